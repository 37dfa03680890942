"""Makes a random message obey the rules about its route: offices, countries, entry data."""
from tollbod.play import random_messages_story as stories
from tollbod.play import random_messages_values as values
from tollbod.play.random_messages_tree import Draft
from tollbod.rules import route
from tollbod.rules.rule import HOUSE
from tollbod.wire.message import Node

TRANSIT = "CustomsOfficeOfTransitDeclared"
EXIT = "CustomsOfficeOfExitForTransitDeclared"
DEPARTURE = "CustomsOfficeOfDeparture"
DESTINATION = "CustomsOfficeOfDestinationDeclared/referenceNumber"
ROUTING = "CountryOfRoutingOfConsignment"
MASTERS = ("N704", "N705")


def offices(d: Draft) -> None:
    """Write the offices of transit that the route has; others where they are named once more."""
    found = d.all(TRANSIT)
    if found and not d.story.transits:
        if d.story.declared is not None and "R0871" in d.bindings and not d.row.kid[TRANSIT].low:
            for node in found:
                d.drop(node)
            found = []
        else:
            d.story.transits = _transits(d)
    if found:
        _as_many(d, found, len(d.story.transits))
        for node, office in zip(d.all(TRANSIT), d.story.transits):
            d.put(node, "referenceNumber", office)
    if d.story.declared is not None and "R0871" in d.bindings:
        exits = [node.text for node in d.story.declared.all(f"{EXIT}/referenceNumber")]
        _as_many(d, d.all(EXIT), min(len(exits), len(d.all(EXIT))))
        for node, office in zip(d.all(EXIT), exits):
            d.put(node, "referenceNumber", office)
    on_route = {node.text for node in d.all(f"{TRANSIT}/referenceNumber")} | {d.get(DESTINATION)}
    for node in d.all(f"{EXIT}/referenceNumber"):
        if node.text in on_route:
            d.redraw(node)
    known = sorted({node.text for node in d.all(f"{EXIT}/referenceNumber")} | on_route - {""})
    border = "Consignment/ActiveBorderTransportMeans/customsOfficeAtBorderReferenceNumber"
    for node in d.all(border) if d.get(DESTINATION) else ():
        if node.text not in known:
            d.say(node, d.rng.choice(known))
    _export(d)


def _transits(d: Draft) -> tuple[str, ...]:
    """Return offices of transit for a route that had none: where the goods end, and where it
    enters another party."""
    some = stories.pool(stories.TRANSIT, d.story.today)
    end = d.story.destination[:2]
    found = [d.rng.choice(some[end if end in some else d.rng.choice(sorted(some))])]
    for entry in route.missing(d.story.departure[:2], end, d.story.routing, found):
        if entry.country in some:
            found.append(d.rng.choice(some[entry.country]))
    return tuple(found)


def _export(d: Draft) -> None:
    """Let an export end at the office of departure, in whose country the goods lie."""
    places = [node for path in d.bindings.get("R0510", ()) for node in d.all(path)]
    departure = d.root.first(f"{DEPARTURE}/referenceNumber")
    ends = d.root.first("CustomsOfficeOfExit/referenceNumber") if "R0509" in d.bindings else None
    if departure is None:
        return
    fits = set(d.codes(departure)) & set(d.codes(ends) if ends is not None else d.codes(departure))
    for node in places:
        if departure.text[:2] not in d.codes(node):
            fits = {one for one in fits if one[:2] in d.codes(node)}
    if departure.text not in fits:
        d.story.departure = d.rng.choice(sorted(fits))
        d.say(departure, d.story.departure)
    if ends is not None:
        d.say(ends, departure.text)
    for node in places:
        d.say(node, departure.text[:2])


def _as_many(d: Draft, found: list[Node], wanted: int) -> None:
    """Grow or drop groups until there are as many as wanted."""
    for node in found[wanted:]:
        d.drop(node)
    for _ in range(len(found), wanted):
        d.grow(found[0].parent, found[0].name)


def routing(d: Draft) -> None:
    """Write the countries of routing; with entry data they run from loading to unloading."""
    consignment = d.root.first("Consignment")
    if consignment is None:
        return
    found = consignment.all(ROUTING)
    if found and d.story.routing:
        _as_many(d, found, len(d.story.routing))
        for node, country in zip(consignment.all(ROUTING), d.story.routing):
            d.put(node, "country", country if d.has("CL008", country) else "GB")
        for name, country in (("PlaceOfLoading", d.story.routing[0]),
                              ("PlaceOfUnloading", d.story.routing[-1])):
            if d.story.security in ("1", "3"):
                _lies_in(d, consignment.first(name), country)
    for house in d.all(HOUSE) if d.story.security in ("1", "3") else ():
        for name, place in (("PlaceOfAcceptance", 0), ("PlaceOfDelivery", -1)):
            nodes = house.all(f"{ROUTING}/country")
            lies = {one for path in ("Address/country", "UNLocode")
                    if (one := house.get(f"{name}/{path}")[:2])}
            fits = sorted(one for one in lies if d.has("CL008", one))
            if nodes and lies and not fits:     # a place at sea (UN/LOCODE: XZ) has no country
                _lies_in(d, house.first(name), nodes[place].text)
            elif nodes and fits and not {node.text for node in nodes} & set(fits):
                if len(nodes) == 1:
                    nodes.append(d.child(d.grow(house, ROUTING), "country"))
                d.say(nodes[place], fits[0])


def _lies_in(d: Draft, place: Node | None, country: str) -> None:
    """Put a place into a country."""
    for node in list(place.children) if place is not None else ():
        if node.name == "country":
            d.say(node, country)
        elif node.name == "UNLocode" and node.text[:2] != country:
            there = stories.pool(d.row_of(node).field.codelist, d.story.today).get(country)
            if there:
                d.say(node, d.rng.choice(there))
            else:
                d.drop(node)


def entries(d: Draft) -> None:
    """Mark where the goods enter the security area, and enter again."""
    marks = [*d.all(f"{DEPARTURE}/entryIndicator"), *d.all(f"{TRANSIT}/entryIndicator")]
    if not marks or not d.story.enters:
        return
    for node in d.all(f"{DEPARTURE}/entryIndicator"):
        d.say(node, str(int(d.story.enters == "departure")))
    entered = d.story.enters == "departure"
    for group in d.all(TRANSIT):
        mark, office = group.first("entryIndicator"), group.get("referenceNumber")
        if mark is None:
            continue
        may = d.has(stories.AREA, office[:2]) and d.has(stories.ENTRY, office)
        enters = may and (not entered or mark.text == "1")
        d.say(mark, str(int(enters)))
        if group.first("reEntryIndicator") is not None:
            d.put(group, "reEntryIndicator", str(int(enters and entered)))
        entered = entered or enters
        if enters and office[:2] not in d.story.routing:
            d.story.routing = (*d.story.routing[:1], office[:2], *d.story.routing[1:])
    filed = d.root.first("TransitOperation/ensFiling")
    if filed is not None:
        at_once = (d.story.enters == "departure"
                   or d.get("TransitOperation/additionalDeclarationType") == "A")
        d.say(filed, "1" if at_once or d.story.presented else "0")


def filings(d: Draft) -> None:
    """Let transport documents be those that the filing of entry data wants."""
    if d.story.security not in ("1", "3"):
        return
    masters = d.all("Consignment/TransportDocument")
    for node in masters[1:]:
        d.drop(node)
    for node in masters[:1]:
        if node.get("type") not in MASTERS:
            d.recode(d.child(node, "type"), MASTERS.__contains__)
    for house in d.all(HOUSE) if d.story.circumstance in ("F50", "F34") else ():
        found = house.all("TransportDocument")
        for node in found[1:]:
            d.drop(node)
        for node in found[:1]:
            d.put(node, "type", "N714")


def entry_documents(d: Draft) -> None:
    """Name the ENS where it was lodged elsewhere; do not, to countries outside the area."""
    to = d.get("messageRecipient")
    consignment = d.root.first("Consignment")
    types = d.all("Consignment/PreviousDocument/type")
    named = [node for node in types if node.text == "N355"]
    if consignment is None or not to.startswith("NTA."):
        return
    inside = d.has(stories.AREA, to[-2:])
    for node in named if not inside and "R0093" in d.bindings else ():
        d.recode(node, lambda code: code != "N355")
    if inside and not named and d.story.security in ("1", "3"):
        if "PreviousDocument" in d.row_of(consignment).kid:
            if not types:
                types = [d.child(d.child(consignment, "PreviousDocument"), "type")]
            d.say(types[0], "N355")


def circumstances(d: Draft) -> None:
    """Keep the circumstance that fits the security, and mend what offices outside NCTS send."""
    for node in d.all("TransitOperation/specificCircumstanceIndicator"):
        if d.story.circumstance:
            d.say(node, d.story.circumstance)
        elif "R0014" in d.bindings:
            d.drop(node)
    sender = d.root.first("messageSender")
    if d.has("CL167", sender.text[-2:]) and set(d.bindings) & {"R0087", "R0437", "R0852"}:
        d.say(sender, f"NTA.{d.rng.choice(values.COUNTRIES)}")
