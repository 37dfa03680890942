"""What the office that a filing is addressed to keeps of it."""
import zlib
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from tollbod.case.carry import at, many
from tollbod.case.model import Case, Hit
from tollbod.spec.ics2_law import Kind, kinds

MASTER = "consignmentMasterLevel"
HOUSE = "consignmentHouseLevel"
MASTER_DOCUMENT = f"{MASTER}/transportDocumentMasterLevel"
ODD_MASS = 10                   # one part of so many: ours, no source says how much is too much


class Referral(msgspec.Struct, frozen=True):
    """A question to the filer: for information (RFI), amendment (AMD) or screening (RFS)."""

    reference: str
    type: str
    at: datetime
    answered: bool = False
    asker: str = ""                         # another office that had it asked, and its reference
    theirs: str = ""


class Link(msgspec.Struct, frozen=True):
    """How a part stands with one declaration: whose it is, and how that stands."""

    granted: bool = False
    master: str = ""                        # MRN of the master filing; empty: not linked
    state: str = ""                         # of the declaration


class Waybill(msgspec.Struct, frozen=True):
    """The master air waybill of a house, and whose it is."""

    document: dict[str, str]
    carrier: str


class Whole(msgspec.Struct, frozen=True):
    """What a master filing knows of the declaration that others complete."""

    n: int = 0                              # the last telling it heard
    awaited: int = 0                        # persons, or receptacles
    linked: int = 0                         # filings
    hits: tuple[str, ...] = ()              # criteria that hit them
    suspected: tuple[str, ...] = ()         # MRNs of some of those filings
    considered: bool = False                # complete, for the officer, as it is
    kilos: Decimal = Decimal()              # gross mass of those whom it names
    own: Decimal = Decimal()                # and its own, as filed


class Filing(Case, frozen=True, kw_only=True):
    """An entry summary declaration as its office knows it."""

    lrn: str = ""
    mrn: str = ""
    office: str = ""                        # that it is addressed to
    stream: str = ""                        # under what its stream keeps it: sender and LRN
    filer: str = ""                         # the party that sent it
    kind: str = ""                          # F50
    head: dict[str, Any] = {}               # who and what, as letters name it
    content: bytes = b""                    # the plain filing as it stands, packed
    registered: datetime | None = None
    conveyance: str = ""                    # key of its vessel or flight, where it has one
    houses: tuple[dict[str, str], ...] = ()     # documents of the houses of a minimum data set
    suspected: tuple[int, ...] = ()         # which of them a criterion hit
    hits: tuple[str, ...] = ()              # criteria of the control filter: never told
    records: tuple[Hit, ...] = ()           # and where each of them hit
    referrals: tuple[Referral, ...] = ()
    control: dict[str, Any] = {}            # office, place and day of a control
    presenters: tuple[str, ...] = ()        # who presented its goods at the border
    transits: tuple[str, ...] = ()          # MRNs of transits that name it as previous document
    flags: tuple[str, ...] = ()             # irregularities, in words, for the officer
    links: dict[str, Link] = {}             # of a part: by the key where its consignment meets
    whole: Whole | None = None              # of a master
    involved: dict[str, str] = {}           # other offices that screen it, and what they said
    waybills: dict[str, Waybill] = {}       # of houses of a minimum data set, told later (F25)

    @property
    def about(self) -> Kind:
        """Return what kind of filing it is."""
        return kinds()[self.kind]

    @property
    def declaration(self) -> dict[str, Any]:
        """Return the plain filing as it stands after its last amendment."""
        return msgspec.json.decode(zlib.decompress(self.content)) if self.content else {}

    @property
    def open_referral(self) -> Referral | None:
        """Return the question that is not answered, if there is one."""
        return next((one for one in self.referrals if not one.answered), None)

    @property
    def speakers(self) -> tuple[str, ...]:
        """Return who may amend and invalidate it: the filer, the declarant, the representative."""
        named = (self.filer, *(at(self.head, f"{who}/identificationNumber")
                               for who in ("declarant", "representative")))
        return tuple(dict.fromkeys(filter(None, named)))

    @property
    def carrier(self) -> str:
        """Return the number of the carrier, also one told later; empty if it is not known."""
        later = next((one.carrier for one in self.waybills.values()), "")
        return at(self.head, "carrier/identificationNumber") or later

    @property
    def documents(self) -> tuple[dict[str, str], ...]:
        """Return the transport documents that are its own: the master's, or those of its houses."""
        found = self.head.get("transportDocument")
        return (found,) if found else tuple(one for one in self.houses if one)

    @property
    def document(self) -> str:
        """Return the key of its master document: mode, number and carrier; empty without one."""
        found = self.head.get("transportDocument")
        return key_of(self.about.mode, found, self.carrier) if found else ""

    @property
    def found(self) -> tuple[str, ...]:
        """Return the criteria that hit it, or another filing of its declaration."""
        return tuple(dict.fromkeys((*self.hits, *(self.whole.hits if self.whole else ()))))

    @property
    def odd_mass(self) -> bool:
        """Tell whether a complete declaration weighs otherwise than its parts: by over a tenth."""
        whole = self.whole
        return bool(whole and whole.own and whole.kilos and not whole.awaited
                    and abs(whole.kilos - whole.own) * ODD_MASS > whole.own)

    @property
    def linked(self) -> bool:
        """Tell whether all of this part stands under a master filing, or has its waybill."""
        if self.waybills:
            return set(self.waybills) == {name_of(one) for one in self.houses}
        return bool(self.links) and all(link.master for link in self.links.values())


def name_of(document: dict[str, str]) -> str:
    """Return a transport document as its key and its address name it."""
    return f"{document.get('type', '')} {document.get('documentNumber', '')}"


def key_of(mode: str, document: dict[str, str], carrier: str) -> str:
    """Return the key where the filings of one master document and carrier meet."""
    return f"{mode} {document.get('documentNumber', '')} {carrier}"


def conveyance(body: dict[str, Any]) -> str:
    """Return the key of a vessel or flight: its number and when it is expected; empty without."""
    means = body.get("activeBorderTransportMeans", {})
    number = means.get("conveyanceReferenceNumber") or means.get("identificationNumber")
    expected = at(means, "estimatedDateAndTimeOfArrival/DateTime")
    return f"conveyance {number} {expected}" if number and expected else ""


def packed(content: dict[str, Any]) -> bytes:
    """Return a plain filing as the case keeps it."""
    return zlib.compress(msgspec.json.encode(content), 1)


def head(body: dict[str, Any], office: str) -> dict[str, Any]:
    """Return what the letters about a filing name: its parties, its office, its document."""
    found: dict[str, Any] = {
        who: {"identificationNumber": number}
        for who, path in (("declarant", "declarant"), ("representative", "representative"),
                          ("carrier", f"{MASTER}/carrier"),
                          ("carrier", f"{MASTER}/{HOUSE}/carrier"))
        if isinstance(number := at(body, f"{path}/identificationNumber"), str) and number}
    for name in ("customsOfficeOfFirstEntry", "addressedMemberState",
                 "SpecificCircumstanceIndicator", "LRN", "MRN"):
        if body.get(name):
            found[name] = body[name]
    document = at(body, MASTER_DOCUMENT)
    if isinstance(document, dict) and document:
        found["transportDocument"] = document
    found["responsibleMemberState"] = {"country": office[:2]}
    return found


def house_documents(body: dict[str, Any]) -> tuple[dict[str, str], ...]:
    """Return the transport document of each house consignment, in order."""
    return tuple(house.get("transportDocumentHouseLevel") or {}
                 for house in many(at(body, f"{MASTER}/{HOUSE}")))
