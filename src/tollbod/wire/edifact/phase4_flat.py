"""The form in between (see `phase4_canonical`) of a message, and a message of that form.

Here stands in which order it is made.
"""
from collections.abc import Iterator, Mapping

from tollbod.findings import Finding
from tollbod.spec.edifact.ncts import Kind
from tollbod.spec.edifact.ncts_carried import implied
from tollbod.spec.tables import structure
from tollbod.wire.edifact.phase4_answers import answers_in, answers_out
from tollbod.wire.edifact.phase4_canonical import put_path, shaped
from tollbod.wire.edifact.phase4_check import finding
from tollbod.wire.edifact.phase4_equipment import equipment_in, equipment_out
from tollbod.wire.edifact.phase4_goods import goods_in, goods_out, packages
from tollbod.wire.edifact.phase4_journey import journey_in, journey_out, location_in
from tollbod.wire.edifact.phase4_prenotification import answer_out
from tollbod.wire.edifact.phase4_read import Placed
from tollbod.wire.edifact.phase4_rest import Known, rest_in, rest_out
from tollbod.wire.message import Message

ARRIVALS = ("CC007C",)
REMARKS = "CC044C"


def flattened(message: Message, kind: Kind, known: Known) -> dict:
    """Return the form in between of a message."""
    flat = shaped(message.plain(), message.structure)
    if kind.ie == "IE051":          # phase 4 repeats the declaration that is not released
        flat = {name: value for name, value in known.declaration.items()
                if name not in ("HolderOfTheTransitProcedure",)} | flat | {
            "TransitOperation": dict(known.declaration.get("TransitOperation") or {})
            | flat.get("TransitOperation", {})}
    answer_out(flat, message)
    goods_out(flat)
    if kind.ie == "IE044":          # phase 4 repeats the totals of the unloading permission
        _declared_totals(flat, known.declaration)
    equipment_out(flat)
    journey_out(flat, "arrival" if message.kind in ARRIVALS else "departure")
    rest_out(flat, known)
    answers_out(flat)
    return flat


def _declared_totals(flat: dict, permission: Mapping) -> None:
    """Put the totals of the permission to which unloading remarks are made, where it is known."""
    declared = permission.get("Consignment") or {}
    items = sum(len(house.get("ConsignmentItem") or ())
                for house in declared.get("HouseConsignment") or ())
    if items:
        flat["@TotNumOfIteHEA305"] = str(items)
    if declared.get("grossMass"):
        flat.setdefault("Consignment", {}).setdefault("grossMass", declared["grossMass"])


def raised(flat: dict, kind: Kind, known: Known) -> list[Finding]:
    """Make a message of the form in between, and return what in it contradicts itself.

    The totals of unloading remarks are of all items; only those that differ stand there.
    """
    for path, value in implied(kind.canonical):
        put_path(flat, path, value)
    equipment_in(flat)
    side = "arrival" if kind.canonical in ARRIVALS else "departure"
    remarks = kind.canonical == REMARKS
    journey_in(flat, remarks)
    location_in(flat, side, kind.canonical in ("CC007C", "CC013C", "CC015C"))
    goods_in(flat, remarks)
    rest_in(flat, known, structure(kind.profile, kind.canonical))
    answers_in(flat, kind)
    return [] if remarks else list(_counts(flat))


def _counts(flat: dict) -> Iterator[Finding]:
    """Yield totals that are not the sums of what stands there."""
    items = flat.get("@items") or []
    seals = (flat.get("@SEAINFSLI") or [{}])[0]
    for said, counted, what, nb in (
            (flat.get("@TotNumOfIteHEA305"), len(items), "items", "vareposter"),
            (flat.get("@TotNumOfPacHEA306"), packages(items), "packages", "kolli"),
            (seals.get("SeaNumSLI2"), len(seals.get("SEAIDSID") or ()), "seals", "forseglinger")):
        if isinstance(said, Placed) and said.isdecimal() and counted and int(said) != counted:
            yield finding("14", said, f"The total says {said} {what}, but there are {counted}. "
                          f"Write {counted}.", f"Summen sier {said} {nb}, men det er {counted}. "
                          f"Skriv {counted}.", "rules", "CNT")


