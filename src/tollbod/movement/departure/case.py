"""What the office of departure keeps of a movement."""
from datetime import date, datetime
from typing import Any

import msgspec

from tollbod.case.carry import at, many
from tollbod.case.model import Case


class Use(msgspec.Struct, frozen=True):
    """One guarantee that covers the movement, and how its office of guarantee has answered."""

    grn: str
    type: str
    access_code: str
    office: str
    amount_cent: int                    # IE200 and IE203 always speak in EUR (R0267)
    status: str = "asked"               # asked | checked | reserved | refused
    reasons: tuple[str, ...] = ()       # G01 to G13
    not_valid_in: tuple[str, ...] = ()  # countries, as its office answered


class Export(msgspec.Struct, frozen=True):
    """An export declaration whose goods go in the transit, and what the export system said."""

    mrn: str
    result: str = ""                    # P1 | N1 to N4 (CL100)


class Request(msgspec.Struct, frozen=True):
    """A request for cancellation (IE014), waiting for its decision or decided."""

    by: str
    asked: str                          # requestDateAndTime as it was given
    justification: str
    identification: str                 # of the IE014: correlation of the IE009
    open: bool = True                   # not decided yet
    overtaken: bool = False             # refused for what has just happened: start, no release


def first_entry(declaration: dict[str, Any]) -> str:
    """Return the office at which the goods enter the security area first; empty if none does."""
    here = declaration.get("CustomsOfficeOfDeparture", {})
    if here.get("entryIndicator") == "1":
        return here["referenceNumber"]
    return next((one["referenceNumber"]
                 for one in many(declaration.get("CustomsOfficeOfTransitDeclared"))
                 if one.get("entryIndicator") == "1" and one.get("reEntryIndicator") != "1"), "")


def holds_entry_data(declaration: dict[str, Any]) -> bool:
    """Tell whether a declaration holds entry data for ICS2 (CCA15D, or as amended by CCA13D)."""
    return at(declaration, "messageType").startswith("CCA") and bool(first_entry(declaration))


class Departure(Case, frozen=True, kw_only=True):
    """A movement as its office of departure knows it."""

    lrn: str = ""
    mrn: str = ""
    declarant: str = ""                 # the party that sent the declaration: it gets the answers
    declaration: dict[str, Any] = {}    # plain CC015C, as amended
    entry: str = ""                     # office of first entry, if it holds entry data (CCA15D)
    ens: str = ""                       # MRN of the entry summary declaration made of them
    question: dict[str, Any] = {}       # plain CDA70D: what ICS2 asked last
    amendment: dict[str, Any] = {}      # plain CCA13D that ICS2 is asked about
    edition: str = "p6"                 # the profile of the declaration: its answers have it too
    declared_by: str = ""               # identification of the IE015 (correlation of the answers)
    lodged: datetime | None = None
    accepted: datetime | None = None
    released: datetime | None = None
    arrived: datetime | None = None
    limit: date | None = None           # by when the goods are due at destination
    uses: tuple[Use, ...] = ()
    former: tuple[Use, ...] = ()        # the guarantees before the last amendment
    exports: tuple[Export, ...] = ()    # asked about, where the export system is asked
    former_exports: tuple[Export, ...] = ()     # before the last amendment
    presented: bool = False
    control: str = ""                   # "" | none | hit (in an amendment) | decided | A1 A2 A3
    told_of_control: bool = False       # by ICS2, before the declaration was accepted
    sealed: bool = False
    seals: tuple[str, ...] = ()         # affixed by the office
    request: Request | None = None      # cancellation asked for
    departed: bool = False              # the transport has started, as recorded by an officer
    crossed: tuple[str, ...] = ()       # offices of transit that reported the crossing
    left: tuple[str, ...] = ()          # offices of exit for transit that reported the exit
    asked: tuple[tuple[str, str], ...] = ()     # undeclared offices given a record: office, role
    incidents: tuple[dict[str, Any], ...] = ()  # plain CD180C
    destination: str = ""               # actual office of destination
    results: dict[str, Any] = {}        # plain CD018C
    information: dict[str, Any] = {}    # plain CC141C: what the holder told
    enquired: str = ""                  # the authority at destination that got the enquiry (IE142)
    enquired_on: datetime | None = None
    recovery_at: str = ""               # the authority elsewhere that was asked (IE150)
    debt_cent: int = 0                  # claimed (IE035), in euro cent
    payments: tuple[int, ...] = ()      # of it, in euro cent
    flags: tuple[str, ...] = ()         # irregularities, in words, for the officer

    @property
    def simplified(self) -> bool:
        """Tell whether the authorised consignor's authorisation (C521) is claimed (G0114).

        TIR has no simplified procedure at departure (R0912): there it is decided by an officer.
        """
        return at(self.declaration, "TransitOperation/declarationType") != "TIR" and any(
            a.get("type") == "C521" for a in many(self.declaration.get("Authorisation")))

    @property
    def to_control(self) -> bool:
        """Tell whether a control is decided and its result is not known."""
        return self.control in ("hit", "decided")

    @property
    def prelodged(self) -> bool:
        """Tell whether the declaration was lodged before the goods were presented (type D)."""
        return at(self.declaration, "TransitOperation/additionalDeclarationType") == "D"

    @property
    def holder(self) -> str:
        """Return the number of the holder of the transit procedure."""
        return at(self.declaration, "HolderOfTheTransitProcedure/identificationNumber")

    @property
    def declared_destination(self) -> str:
        """Return the declared office of destination."""
        return at(self.declaration, "CustomsOfficeOfDestinationDeclared/referenceNumber")

    @property
    def started(self) -> bool:
        """Tell whether the transport has started: recorded, or heard of from an office ahead."""
        return bool(self.departed or self.crossed or self.left or self.incidents or self.arrived)

    def overtaken(self) -> "Departure":
        """Return the case after something that ends an open request for cancellation, once."""
        if self.request is None:
            return self
        request = msgspec.structs.replace(
            self.request, open=False, overtaken=self.request.open)
        return msgspec.structs.replace(self, request=request)

    def offices(self, group: str) -> tuple[str, ...]:
        """Return the offices of a repeated group of the declaration, in order."""
        return tuple(office["referenceNumber"] for office in many(self.declaration.get(group)))

    def ahead(self) -> tuple[tuple[str, str], ...]:
        """Return the offices that were told of the movement, with their role, in order."""
        declared = (
            *((o, "transit") for o in self.offices("CustomsOfficeOfTransitDeclared")),
            *((o, "exit") for o in self.offices("CustomsOfficeOfExitForTransitDeclared")),
            (self.declared_destination, "destination"),
        )
        return tuple(dict.fromkeys((*declared, *self.asked)))
