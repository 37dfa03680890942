"""Rules about what an amendment may change: compared with the declaration that it replaces."""
from collections.abc import Iterator

from tollbod.rules.rule import ITEM, Place, Reading, at, lack, rule, same, value
from tollbod.wire.message import Node

GROUPS = ("HolderOfTheTransitProcedure", "Representative", "CustomsOfficeOfDeparture")
VALUES = ("TransitOperation/additionalDeclarationType", "TransitOperation/declarationType",
          "TransitOperation/MRN", "TransitOperation/LRN", "TransitOperation/security")
HEADER = ("messageSender", "messageRecipient", "preparationDateAndTime", "messageIdentification",
          "messageType", "correlationIdentifier", "TransitOperation", "Guarantee")
HS_CODE = "Commodity/CommodityCode/harmonizedSystemSubHeadingCode"
# What is fixed as well once the ENS has been registered, by the circumstance of the filing.
_FILED = ("TransitOperation/specificCircumstanceIndicator",
          "Consignment/modeOfTransportAtTheBorder",
          "Consignment/Carrier/identificationNumber", f"{ITEM}/goodsItemNumber")
_MEANS = "Consignment/ActiveBorderTransportMeans"
_MASTER = "Consignment/TransportDocument/referenceNumber"
_HOUSE = "Consignment/HouseConsignment/TransportDocument/referenceNumber"
FILED = {
    "F34": (*_FILED, f"{_MEANS}/identificationNumber", _HOUSE),
    "F50": (*_FILED, f"{_MEANS}/identificationNumber", _HOUSE, _MASTER),
    "F51": (*_FILED, f"{_MEANS}/conveyanceReferenceNumber", _MASTER),
}


@rule("R0520", "En endring rører ikke den ansvarlige, representanten, avgangstollstedet, "
      "deklarasjonstypen, MRN, LRN, sikkerheten eller varekodene; mens garantien rettes (merke "
      "1), bare garantien. Sett tilbake det som stod, eller trekk deklarasjonen og lever en ny.",
      needs="the declaration as it was last amended")
def amendments_leave_the_core(m: Reading) -> Iterator[Place]:
    """An amendment does not touch the holder, the representative, the office of departure, the
    declaration type, MRN, LRN, security or the commodity codes; while the guarantee is amended
    (flag 1), nothing but the guarantee. Restore what stood there, or cancel the declaration and
    lodge a new one."""
    yield from _amended(m, ())


@rule("R0523", "En endring med inngangsdata (IEA13) rører ikke den ansvarlige, representanten, "
      "avgangstollstedet, deklarasjonstypen, MRN, LRN, sikkerheten, varekodene eller, når ENS er "
      "registrert, det den bygger på; mens garantien rettes (merke 1), bare garantien. Sett "
      "tilbake det som stod.",
      needs="the declaration as it was last amended, and the IE928")
def amendments_leave_the_registered_ens(m: Reading) -> Iterator[Place]:
    """An amendment with entry data (IEA13) does not touch the holder, the representative, the
    office of departure, the declaration type, MRN, LRN, security, the commodity codes or, once an
    ENS is registered, what it rests on; while the guarantee is amended (flag 1), nothing but the
    guarantee. Restore what stood there."""
    yield from _amended(m, _filed(m))


@rule("R0528", "En endring som avgangstollstedet sender videre, lar stå det samme som IEA13 bak "
      "den: den ansvarlige, representanten, avgangstollstedet, deklarasjonstypen, MRN, LRN, "
      "sikkerheten, varekodene og det en registrert ENS bygger på; etter en hendelse (IE180) rører "
      "den bare det hendelsen gjorde. Sett tilbake det som stod.",
      needs="the declaration as it was last amended, and the IE928 or IE028")
def forwarded_amendments_leave_the_core(m: Reading) -> Iterator[Place]:
    """An amendment that the office of departure passes on leaves alone what the IEA13 behind it
    does: the holder, the representative, the office of departure, the declaration type, MRN, LRN,
    security, the commodity codes and what a registered ENS rests on; after an incident (IE180) it
    touches only what the incident did. Restore what stood there.

    After an incident (CD180C) only what it touched may change; what that is, is not judged.
    """
    incident = m.beside.earlier and m.earlier("CD180C") is not None
    yield from _amended(m, () if incident else _filed(m))


def _filed(m: Reading) -> tuple[str, ...]:
    """Return what is fixed because an ENS was registered for the declaration."""
    for root in ("CC928D", "CC028D"):
        answer = m.earlier(root)
        if answer is not None and answer.get("EnsOperation/ENSMRN"):
            return FILED.get(m.get("TransitOperation/specificCircumstanceIndicator"), ())
    return ()


def _amended(m: Reading, filed: tuple[str, ...]) -> Iterator[Place]:
    """Yield what differs from the declaration although it may not."""
    before = m.declaration()
    flag = m.get("TransitOperation/amendmentTypeFlag")
    if before is None:
        return
    if flag == "1":
        if m.beside.guarantee_amended is not False:
            yield from _all_but_the_guarantee(m, before)
            yield from _values(m, before, VALUES)
        return
    if flag != "0" or m.beside.guarantee_amended:
        return
    for name in GROUPS:
        yield from _differing(m, before, name)
    yield from _values(m, before, (*VALUES, *filed))
    yield from _commodity_codes(m, before)


def _values(m: Reading, before: Node, paths: tuple[str, ...]) -> Iterator[Place]:
    """Yield the values that both have, where they are not the same."""
    for path in paths:
        here, there = m.all(path), before.all(path)
        if here and there and sorted(map(value, here)) != sorted(map(value, there)):
            old = ", ".join(map(value, there[:3]))
            yield at(here[0], f"Before stood {old}.", f"Før stod {old}.")


def _commodity_codes(m: Reading, before: Node) -> Iterator[Place]:
    """Yield the codes of items that had another code under the same number."""
    number = "declarationGoodsItemNumber"
    old = {item.get(number).strip(): item.get(HS_CODE).strip() for item in before.all(ITEM)}
    for item in m.all(ITEM):
        node, stood = item.first(HS_CODE), old.get(item.get(number).strip())
        if node is not None and stood and value(node) != stood:
            yield at(node, f"Before stood {stood}.", f"Før stod {stood}.")


def _all_but_the_guarantee(m: Reading, before: Node) -> Iterator[Place]:
    """Yield each group at the top, the guarantee and the header apart, that has changed."""
    names = dict.fromkeys(child.name for node in (m.root, before) for child in node.children)
    for name in names:
        if name not in HEADER:
            yield from _differing(m, before, name)


def _differing(m: Reading, before: Node, name: str) -> Iterator[Place]:
    """Yield a group at the top that is not as it was."""
    here, there = m.all(name), before.all(name)
    if [same(node) for node in here] != [same(node) for node in there]:
        yield at(here[0]) if here else lack(m.root, name)
