"""Makes a random message obey the rules about goods: numbers, masses, packages, seals, documents.

Each function mends what its rules ask for and changes nothing that is right already. It runs only
where the tables of the message carry one of its rules.
"""
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

from tollbod.play import random_messages_values as values
from tollbod.play.random_messages_tree import Draft
from tollbod.rules.answers import NEGATIVE
from tollbod.rules.declaration_types import INTERNAL
from tollbod.rules.guarantees import CHANGES
from tollbod.rules.rule import HOUSE, ITEM, same
from tollbod.wire.message import Node

Mend = Callable[[Draft], None]
EQUIPMENT = "Consignment/TransportEquipment"
ROAD, RAIL = "3", "2"


def numbers(d: Draft) -> None:
    """Number each group within the one above, and items through the declaration."""
    waiting = [d.root]
    while waiting:
        node = waiting.pop()
        counted: dict[str, int] = {}
        for child in node.children:
            if child.children:
                counted[child.name] = counted.get(child.name, 0) + 1
                number = str(counted[child.name])
                for leaf in child.children:
                    if leaf.name == "sequenceNumber" or (
                            leaf.name == "goodsItemNumber" and child.name == "ConsignmentItem"):
                        d.say(leaf, number)
                waiting.append(child)
    for expected, node in enumerate(d.all(f"{ITEM}/declarationGoodsItemNumber"), 1):
        d.say(node, str(expected))


def masses(d: Draft) -> None:
    """Let net not exceed gross, and what is above weigh at least what is below."""
    whole = Decimal()
    for house in d.all(HOUSE):
        parts = Decimal()
        for measure in house.all("ConsignmentItem/Commodity/GoodsMeasure"):
            gross, net = measure.first("grossMass"), measure.first("netMass")
            if gross is not None and gross.text != "0" and Decimal(gross.text) > 10**7:
                d.say(gross, str(d.rng.randint(1, 10**5)))
            if gross is not None and net is not None and Decimal(net.text) > Decimal(gross.text):
                if gross.text != "0":
                    d.say(net, gross.text)
            parts += Decimal(gross.text) if gross is not None else 0
        node = house.first("grossMass")
        if node is not None and Decimal(node.text) > 10**8:
            d.say(node, str(d.rng.randint(1, 10**6)))
        if node is not None and Decimal(node.text) < parts:
            d.say(node, f"{parts:f}")
        whole += Decimal(node.text) if node is not None else 0
    node = d.root.first("Consignment/grossMass")
    if node is not None and Decimal(node.text) < whole:
        d.say(node, f"{whole:f}")


def packages(d: Draft) -> None:
    """Count packages; now and then an item lies in the packages of another one."""
    for house in d.all(HOUSE):
        items = house.all("ConsignmentItem")
        for item in items:
            if _none(item) and not _lies_elsewhere(d, item, items):
                for node in item.all("Packaging/numberOfPackages"):
                    d.say(node, str(d.rng.randint(1, 99)))
                for node in item.all("Commodity/GoodsMeasure/grossMass"):
                    if Decimal(node.text) == 0:
                        d.say(node, "1.5")
            elif not _none(item):
                for node in item.all("Commodity/GoodsMeasure/grossMass"):
                    if Decimal(node.text) == 0:
                        d.say(node, str(d.rng.randint(1, 999)))


def _none(item: Node) -> bool:
    """Tell whether an item counts packages as 0."""
    return any(node.text == "0" for node in item.all("Packaging/numberOfPackages"))


def _lies_elsewhere(d: Draft, item: Node, items: list[Node]) -> bool:
    """Put an item into the packages that another one counts; tell whether that can be."""
    others = [pack for one in items if one is not item and not _none(one)
              for pack in one.all("Packaging")
              if pack.first("numberOfPackages") is not None and pack.get("shippingMarks")
              and not d.has("CL181", pack.get("typeOfPackages"))
              and not d.has("CL182", pack.get("typeOfPackages"))]
    packs = item.all("Packaging")
    bulk = any(d.has(codes, pack.get("typeOfPackages")) for pack in packs
               for codes in ("CL181", "CL182"))
    gross = item.first("Commodity/GoodsMeasure/grossMass")
    if not others or bulk or gross is None or "positive" in d.row_of(gross).field.type.name:
        return False
    marks = {pack.get("shippingMarks") for pack in others}
    for pack in packs:
        d.put(pack, "numberOfPackages", "0")
        if pack.get("shippingMarks") not in marks:
            d.put(pack, "shippingMarks", sorted(marks)[0])
    d.say(gross, "0")
    return True


def seals(d: Draft) -> None:
    """Count the seals of each equipment; seal what is no container; name each seal once."""
    for path in (EQUIPMENT, "Consignment/Incident/TransportEquipment"):
        for equipment in d.all(path):
            count, found = equipment.first("numberOfSeals"), equipment.all("Seal")
            if count is None:
                continue
            if found:
                d.say(count, str(len(found)))
            elif count.text == "0":
                if equipment.first("containerIdentificationNumber") is None:
                    d.say(count, "1")
            elif "Seal" in d.row_of(equipment).kid:
                d.say(count, str(len([d.grow(equipment, "Seal")])))
    seen: set[str] = set()
    for path in (EQUIPMENT, "Consignment/Incident/TransportEquipment"):
        for node in d.all(f"{path}/Seal/identifier"):
            while node.text in seen:
                d.redraw(node)
            seen.add(node.text)


def goods_references(d: Draft) -> None:
    """Let equipment name items that are there, with some filings those of one house only."""
    houses = [[node.text for node in house.all("ConsignmentItem/declarationGoodsItemNumber")]
              for house in d.all(HOUSE)]
    if not any(houses):
        return
    known = {number for house in houses for number in house}
    apart = d.story.circumstance in ("F50", "F51")
    for equipment in d.all(EQUIPMENT):
        nodes = equipment.all("GoodsReference/declarationGoodsItemNumber")
        first = next((house for house in houses if nodes and nodes[0].text in house), houses[0])
        for node in nodes:
            if node.text not in (first if apart else known):
                d.say(node, d.rng.choice(first or sorted(known)))


def means(d: Draft) -> None:
    """Let means of departure fit the inland mode, and one or several means be what the mode
    allows."""
    mode = d.get("Consignment/inlandModeOfTransport")
    holders = [node for path in ("Consignment", HOUSE) for node in d.all(path)]
    for holder in holders:
        found = holder.all("DepartureTransportMeans")
        most = 3 if mode == ROAD else len(found) if mode in ("", RAIL) else 1
        for node in found[most:]:
            d.drop(node)
        for place, node in enumerate(found[:most]):
            kind = node.first("typeOfIdentification")
            if kind is not None and mode == ROAD:
                d.say(kind, "31" if place else "30")
            elif kind is not None and mode in ("1", "2", "4", "8") and kind.text[:1] != mode:
                d.recode(kind, lambda code: code.startswith(mode))
    border = d.all("Consignment/ActiveBorderTransportMeans")
    declared = "R0790" in d.bindings and d.story.transits
    if not d.all("CustomsOfficeOfTransitDeclared") and not declared:
        for node in border[1:]:
            d.drop(node)
    for path in ("Consignment/ActiveBorderTransportMeans", "Consignment/DepartureTransportMeans",
                 f"{HOUSE}/DepartureTransportMeans"):
        for node in d.all(f"{path}/identificationNumber"):
            d.say(node, node.text.upper())
    if d.get("Consignment/modeOfTransportAtTheBorder") == "4":
        for node in d.all("Consignment/ActiveBorderTransportMeans/conveyanceReferenceNumber"):
            if not node.text[2:].isdecimal() or len(node.text) != 6:
                d.say(node, f"SK{d.rng.randint(1000, 9999)}")


def authorisations(d: Draft) -> None:
    """Let a reduced dataset be authorised, and only that; TIR has none."""
    reduced = d.root.first("TransitOperation/reducedDatasetIndicator")
    if reduced is not None and d.story.kind == "TIR":
        d.say(reduced, "0")
    wanted = reduced is not None and reduced.text == "1"
    types = d.all("Authorisation/type")
    if wanted and not any(node.text == "C524" for node in types):
        if types:
            d.say(types[0], "C524")
        else:
            d.put(d.grow(d.root, "Authorisation"), "type", "C524")
    for node in types if not wanted else ():
        if node.text == "C524":
            d.recode(node, lambda code: code != "C524")


def control_results(d: Draft) -> None:
    """Let a simplified release say its control result, and broken seals show in it."""
    if "ControlResult" in d.row.kid and d.root.first("ControlResult") is None:
        if any(node.text == "C521" for node in d.all("Authorisation/type")):
            d.grow(d.root, "ControlResult")
    for result in d.all("ControlResult"):
        if result.get("stateOfSeals") == "0" and result.get("code") not in ("A5", "B1"):
            if not d.recode(d.child(result, "code"), lambda code: code in ("A5", "B1")):
                d.put(result, "stateOfSeals", "1")


def documents(d: Draft) -> None:
    """Name exports by their MRN, show Union status, keep orders outside the convention."""
    _exports(d)
    outside = d.has("CL112", d.get("CustomsOfficeOfDeparture/referenceNumber")[:2])
    whole = d.story.kind in INTERNAL and d.root.first("TransitOperation/declarationType")
    shown = any(d.has("CL178", node.text) for node in d.all("Consignment/PreviousDocument/type"))
    for item in d.all(ITEM) if outside and not shown else ():
        if whole or item.get("declarationType") in INTERNAL:
            types = item.all("PreviousDocument/type")
            if not any(d.has("CL178", node.text) for node in types):
                if not types:
                    types = [d.child(d.child(item, "PreviousDocument"), "type")]
                d.recode(types[0], lambda code: d.has("CL178", code))
    inside = any(d.has("CL009", node.text) for path in ("Consignment", HOUSE, ITEM)
                 for node in d.all(f"{path}/countryOfDestination"))
    for path in ("Consignment", HOUSE, ITEM):
        for node in d.all(f"{path}/AdditionalInformation/code"):
            if node.text == "30600" and (inside or path == ITEM):
                d.recode(node, lambda code: code != "30600")
    _excise(d)


def _exports(d: Draft) -> None:
    """Give each export an MRN of export; goods that end in the Union leave at an office of exit."""
    destination = d.get("CustomsOfficeOfDestinationDeclared/referenceNumber")
    unfit = d.has("CL010", destination[:2]) and not d.has("CL294", destination)
    types = [d.story.kind, *(node.text for node in d.all(f"{ITEM}/declarationType"))]
    for document in d.all(f"{HOUSE}/PreviousDocument"):
        if document.get("type") == "N830":
            if unfit and any(kind in INTERNAL for kind in types) and "G0034" in d.bindings:
                d.drop(document)
                continue
            number = document.first("referenceNumber")
            if number is not None and (len(number.text) != 18 or number.text[16] not in "ABE"):
                d.say(number, values.mrn(d.rng, "NO", d.rng.choice("ABE")))


def _excise(d: Draft) -> None:
    """Let excise goods have the type of declaration that they need, or be no excise goods."""
    for house in d.all(HOUSE):
        exported = any(node.text == "N830" for node in house.all("PreviousDocument/type"))
        for item in house.all("ConsignmentItem"):
            own = item.get("declarationType")
            named, backed = ([one for one in item.all(f"{group}/type") if d.has("CL234", one.text)]
                             for group in ("AdditionalReference", "SupportingDocument"))
            if named:
                fits = not exported or own == "T1" or not own and d.story.kind in ("T1", "TIR")
            else:
                fits = (own or d.story.kind) in INTERNAL
            for node in (named or backed) if not fits else ():
                d.recode(node, lambda code: not d.has("CL234", code))


def guarantees(d: Draft) -> None:
    """Choose types of guarantee that the departure allows, and a GRN as long as the type."""
    if "R0900" in d.bindings and (d.story.kind == "TIR" or d.story.departure):
        union = d.has("CL010", d.story.departure[:2]) or d.story.departure[:2] in ("AD", "SM")
        for node in d.all("Guarantee/guaranteeType"):
            fits = {"B"} if d.story.kind == "TIR" else \
                values.code_set("CL230" if union else "CL229", d.story.today)
            if node.text not in fits:
                d.recode(node, fits.__contains__)
    for guarantee in d.all("Guarantee") if "R0318" in d.bindings else ():
        voucher = guarantee.get("guaranteeType") == "4"
        for node in guarantee.all("GuaranteeReference/GRN"):
            if len(node.text) != (24 if voucher else 17):
                d.say(node, values.guarantee(d.rng, voucher))
    for node in d.all("GuaranteeReference/GRN") if "R0324" in d.bindings else ():
        d.say(node, node.text[:17])
    for path in d.bindings.get("R0267", ()):
        for node in d.all(path):
            d.say(node, "EUR")
    for group in d.all("GuaranteeReference") if "G0650" in d.bindings else ():
        if not any(child.name in CHANGES for child in group.children):
            d.grow(group, d.rng.choice([one for one in CHANGES if one in d.row_of(group).kid]))


def queries(d: Draft) -> None:
    """Ask for a period only with queries of usage."""
    for query in d.all("GuaranteeReference/GuaranteeQuery"):
        kind = query.parent.get("guaranteeType")
        if query.get("queryIdentifier") not in ("1", "3", "") or kind not in ("0", "1", "9", ""):
            for node in [*query.all("periodFromDate"), *query.all("periodToDate")]:
                d.drop(node)


def unavailability(d: Draft) -> None:
    """Tell one type of unavailability."""
    nodes = d.all("Country/Action/Unavailability/type")
    for node in nodes[1:]:
        d.say(node, nodes[0].text)


def export_answers(d: Draft) -> None:
    """Let the global answer follow from the exports."""
    results = d.all("AESResults/ExportOperation/resultIndicator")
    for node in d.all("AESResults/globalValidationResponse"):
        if any(one.text in NEGATIVE for one in results):
            d.say(node, "0")
        else:
            d.say(node, "1")


def headers(d: Draft) -> None:
    """Let a header name the movement, and an answer hold something."""
    for header in d.all("Header"):
        if not any(child.name in ("LRN", "MRN") for child in header.children):
            d.grow(header, d.rng.choice(("LRN", "MRN")))
    for answer in d.all("AdditionalInformationResponse"):
        if not any(child.name in ("AdditionalInformation", "BinaryAttachment")
                   for child in answer.children):
            d.grow(answer, d.rng.choice(("AdditionalInformation", "BinaryAttachment")))


def enquiries(d: Draft) -> None:
    """Give 28 or 40 days for the answer to an enquiry."""
    for node in d.all("Enquiry/limitForTheEnquiryResponseDate"):
        days = {(d.story.prepared.date() + timedelta(days)).isoformat() for days in (28, 40)}
        if node.text[:10] not in days:
            d.say(node, d.rng.choice(sorted(days)) + node.text[10:])


def lifted(d: Draft) -> None:
    """Let one of the houses, or one of the items, differ where all say the same."""
    for id, above in (("R0506", HOUSE), ("R0507", ITEM)):
        groups = d.all(above)
        for path in d.bindings.get(id, ()) if len(groups) > 1 else ():
            name = path.rpartition("/")[2]
            said = [[same(node) for node in group.all(name)] for group in groups]
            if said[0] and all(one == said[0] for one in said):
                d.redraw(groups[0].first(name))

