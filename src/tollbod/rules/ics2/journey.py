"""Rules of ICS2 about the means of transport, its route and its times."""
import re
from collections.abc import Iterator

from stdnum import imo

from tollbod.rules.rule import Place, Reading, at, lack, rule, value
from tollbod.wire.message import Node

MEANS = "activeBorderTransportMeans"
ROUTE = f"{MEANS}/countriesOfRoutingOfMeansOfTransport"
MASTER = "consignmentMasterLevel"
HOUSE = f"{MASTER}/consignmentHouseLevel"
IMO, ENI = "10", "80"       # CL750: type of identification
SEA, WATERWAY = "1", "8"    # CL018: mode of transport
AREA = "CL717"              # the countries that take part


def country_of(place: Node | None) -> str:
    """Return the country of a place: that of its UN/LOCODE or of its address."""
    if place is None:
        return ""
    return place.get("UNLOCODE").strip()[:2] or place.get("address/country").strip()


def _means(m: Reading) -> tuple[Node | None, str, str]:
    """Return the number of the means of transport, its type and the mode."""
    return (m.first(f"{MEANS}/identificationNumber"), m.get(f"{MEANS}/typeOfIdentification"),
            m.get(f"{MEANS}/ModeOfTransport"))


@rule("R3007", "Transportmiddelet ved grensen oppgis med reisenummer, eller med nummer og "
      "nummertype. Legg til det som mangler.", code="13")
def means_at_the_border_are_named(m: Reading) -> Iterator[Place]:
    """The means of transport at the border is named by its conveyance reference number, or by its
    number and the type of that. Add what is missing."""
    for node in m.bound_nodes("R3007"):
        if not node.first("conveyanceReferenceNumber"):
            for name in ("identificationNumber", "typeOfIdentification"):
                if not node.first(name):
                    yield lack(node, name)
                    break


@rule("R3008", "Vognene oppgis for delsendingen eller for hver varepost, ikke begge steder og ikke "
      "ingen av dem. Velg ett nivå.")
def wagons_are_named_at_one_level(m: Reading) -> Iterator[Place]:
    """The wagons are named for the house consignment or for each item, not in both places and not
    in neither. Choose one level."""
    for house in m.all(HOUSE) if m.bound("R3008") else ():
        of_house = house.first("passiveBorderTransportMeans")
        of_items = house.first("goodsItem/passiveBorderTransportMeans")
        if of_house is not None and of_items is not None:
            yield at(of_house, code="15")
        elif of_house is None and of_items is None:
            yield lack(house, "passiveBorderTransportMeans", code="13")


@rule("R3009", "Et IMO-nummer (type 10) har sju sifre, det siste et kontrollsiffer. Rett nummeret.",
      code="70")
def vessels_have_an_imo_number(m: Reading) -> Iterator[Place]:
    """An IMO number (type 10) has seven digits, the last one a check digit. Correct the number."""
    node, kind, _ = _means(m)
    if node is not None and kind == IMO and not imo.is_valid(value(node)):
        yield at(node)


@rule("R3010", "Et ENI-nummer (type 80) har åtte sifre. Rett nummeret.", code="70")
def barges_have_an_eni_number(m: Reading) -> Iterator[Place]:
    """An ENI number (type 80) has eight digits. Correct the number."""
    node, kind, _ = _means(m)
    if node is not None and kind == ENI and not re.fullmatch("[0-9]{8}", value(node)):
        yield at(node)


@rule("R3011", "Til sjøs (transportmåte 1) oppgis skipets IMO-nummer: type 10. Rett typen.")
def at_sea_the_imo_number_is_given(m: Reading) -> Iterator[Place]:
    """At sea (mode 1) the IMO number of the vessel is given: type 10. Correct the type."""
    yield from _type_is(m, "R3011", SEA, IMO)


@rule("R3012", "På innlands vannveier (transportmåte 8) oppgis ENI-nummeret: type 80. Rett typen.")
def on_waterways_the_eni_number_is_given(m: Reading) -> Iterator[Place]:
    """On inland waterways (mode 8) the ENI number is given: type 80. Correct the type."""
    yield from _type_is(m, "R3012", WATERWAY, ENI)


def _type_is(m: Reading, id: str, mode: str, wanted: str) -> Iterator[Place]:
    for node in m.bound_nodes(id):
        if m.get(f"{MEANS}/ModeOfTransport") == mode and value(node) != wanted:
            yield at(node)


@rule("R3013", "Reiseruten begynner i landet der varene lastes. Rett ruten eller lastestedet.")
def the_route_begins_where_goods_are_loaded(m: Reading) -> Iterator[Place]:
    """The route of the means of transport begins in the country where the goods are loaded. Correct
    the route or the place of loading."""
    yield from _end_of_route(m, 0, "placeOfLoading")


@rule("R3014", "Reiseruten slutter i landet der varene losses. Rett ruten eller lossestedet.")
def the_route_ends_where_goods_are_unloaded(m: Reading) -> Iterator[Place]:
    """The route of the means of transport ends in the country where the goods are unloaded. Correct
    the route or the place of unloading."""
    yield from _end_of_route(m, -1, "placeOfUnloading")


def _end_of_route(m: Reading, end: int, name: str) -> Iterator[Place]:
    """Yield the first or last country of the route if it is not that of the place."""
    due = country_of(m.first(f"{MASTER}/{name}"))
    route = m.all(f"{ROUTE}/country")
    if due and route and value(route[end]) != due:
        yield at(route[end], f"Here stands {value(route[end])}, the place is in {due}.",
                 f"Her står {value(route[end])}, stedet er i {due}.")


@rule("R3018", "Det første landet på ruten som deltar i ICS2, er landet til første "
      "innførselstollsted. Rett ruten eller tollstedet.")
def the_route_enters_at_the_first_office(m: Reading) -> Iterator[Place]:
    """The first country on the route that takes part in ICS2 is that of the customs office of first
    entry. Correct the route or the office."""
    due = m.country("customsOfficeOfFirstEntry/referenceNumber")
    route = m.all(f"{ROUTE}/country")
    if not due or not route:
        return
    entered = next((node for node in route if m.is_in(AREA, value(node))), None)
    if entered is None:
        yield at(route[-1], f"No country on the route takes part; the office is in {due}.",
                 f"Ingen land på ruten deltar; tollstedet er i {due}.")
    elif value(entered) != due:
        yield at(entered, f"The route enters in {value(entered)}, the office is in {due}.",
                 f"Ruten går inn i {value(entered)}, tollstedet er i {due}.")


@rule("R3022", "En delsendings rute omfatter landene for overtakelse og levering. Legg til det som "
      "mangler.")
def a_house_passes_its_places(m: Reading) -> Iterator[Place]:
    """The route of a house consignment holds the countries of acceptance and of delivery. Add what
    is missing."""
    for house in m.all(HOUSE) if m.bound("R3022") else ():
        route = house.all("countriesOfRoutingOfConsignment/country")
        passed = {value(node) for node in route}
        for name in ("placeOfAcceptance", "placeOfDelivery"):
            due = country_of(house.first(name))
            if route and due and due not in passed:
                yield at(route[0], f"{due}, the country of {name}, is not on the route.",
                         f"{due}, landet for {name}, er ikke på ruten.")


@rule("R3035", "Enten beregnet eller faktisk avgang oppgis, ikke begge. Rett tidene.")
def one_departure_is_given(m: Reading) -> Iterator[Place]:
    """Either the estimated or the actual departure is given, not both. Correct the times."""
    for node in m.bound_nodes("R3035"):
        actual = node.first("actualDateAndTimeOfDeparture")
        estimated = node.first("estimatedDateAndTimeOfDeparture")
        if actual is None and estimated is None:
            yield lack(node, "estimatedDateAndTimeOfDeparture", code="13")
        elif actual is not None and estimated is not None:
            yield at(estimated, code="15")


@rule("R3053", "Beregnet ankomst er ikke før avgang. Rett tidene.", code="103")
def goods_arrive_after_they_leave(m: Reading) -> Iterator[Place]:
    """The estimated arrival is not before the departure. Correct the times."""
    arrival = m.first(f"{MEANS}/estimatedDateAndTimeOfArrival/DateTime")
    if arrival is None or not m.bound("R3053"):
        return
    for name in ("actualDateAndTimeOfDeparture", "estimatedDateAndTimeOfDeparture"):
        left = m.get(f"{MEANS}/{name}/DateTime")
        if left and value(arrival) < left:
            yield at(arrival, f"Arrival {value(arrival)}, departure {left}.",
                     f"Ankomst {value(arrival)}, avgang {left}.")
            return
