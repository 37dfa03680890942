"""Rules about means of transport: their number, their kind and how they are identified."""
import re
from collections.abc import Iterator

from tollbod.rules.rule import HOUSE, Place, Reading, at, rule, value
from tollbod.wire.message import Node

BORDER = "Consignment/ActiveBorderTransportMeans"
DEPARTURE = "Consignment/DepartureTransportMeans"
AT_HOUSE = f"{HOUSE}/DepartureTransportMeans"
FLIGHT = re.compile("[A-Z0-9]{1,3}[0-9]{1,4}[A-Za-z]?")
RAIL, ROAD = "2", "3"


def _mode(m: Reading) -> str:
    return m.get("Consignment/inlandModeOfTransport")


def _groups(m: Reading) -> Iterator[list[Node]]:
    """Yield the means of departure that belong together: of the consignment, of each house."""
    if nodes := m.all(DEPARTURE):
        yield nodes
    houses: dict[int, list[Node]] = {}
    for node in m.all(AT_HOUSE):
        houses.setdefault(id(node.parent), []).append(node)
    yield from houses.values()


@rule("R0315", "I lufttransport er transportreferansen rutenummeret: selskapets prefiks på inntil "
      "tre tegn, inntil fire sifre og eventuelt en bokstav. Skriv det uten mellomrom.")
def flights_are_named_by_their_number(m: Reading) -> Iterator[Place]:
    """In air transport the conveyance reference is the flight number: the prefix of the airline of
    up to three characters, up to four digits, and a letter if there is one. Write it without
    blanks.

    That it must stand is left to C0531.
    """
    if m.get("Consignment/modeOfTransportAtTheBorder") == "4":
        for node in m.all(f"{BORDER}/conveyanceReferenceNumber"):
            if not FLIGHT.fullmatch(value(node)):
                yield at(node)


@rule("R0076", "Kjennemerket har store bokstaver når transportmiddelet er av type 10, 21, 30, 40, "
      "41 eller 80. Skriv det med store bokstaver.")
def border_means_are_named_in_capitals(m: Reading) -> Iterator[Place]:
    """The identification of a means of transport of type 10, 21, 30, 40, 41 or 80 has capital
    letters. Write it in capitals."""
    for node in m.all(f"{BORDER}/identificationNumber"):
        if _small(node) and node.parent.get("typeOfIdentification").strip() in (
                "10", "21", "30", "40", "41", "80"):
            yield at(node, f"Here stands {value(node)}, write {value(node).upper()}.",
                     f"Her står {value(node)}, skriv {value(node).upper()}.")


@rule("R0473", "Kjennemerket har store bokstaver når transportmiddelet er av type 10, 20, 21, 30, "
      "31, 40, 41 eller 80. Skriv det med store bokstaver.")
def departure_means_are_named_in_capitals(m: Reading) -> Iterator[Place]:
    """The identification of a means of transport of type 10, 20, 21, 30, 31, 40, 41 or 80 has
    capital letters. Write it in capitals."""
    for path in (DEPARTURE, AT_HOUSE):
        for node in m.all(f"{path}/identificationNumber"):
            if _small(node) and node.parent.get("typeOfIdentification").strip() in (
                    "10", "20", "21", "30", "31", "40", "41", "80"):
                yield at(node, f"Here stands {value(node)}, write {value(node).upper()}.",
                         f"Her står {value(node)}, skriv {value(node).upper()}.")


def _small(node: Node) -> bool:
    text = node.text or ""
    return text != text.upper()


@rule("R0472", "Transportmiddelet ved avgang er av en type som begynner med den innenlandske "
      "transportmåten. Rett typen eller transportmåten.")
def departure_means_fit_the_inland_mode(m: Reading) -> Iterator[Place]:
    """The means of transport at departure is of a type that begins with the inland mode of
    transport. Correct the type or the mode."""
    mode = _mode(m)
    if mode in ("1", "2", "3", "4", "8"):
        for path in (DEPARTURE, AT_HOUSE):
            for node in m.all(f"{path}/typeOfIdentification"):
                if not value(node).startswith(mode):
                    yield at(node, f"The type is {value(node)}, the inland mode is {mode}.",
                             f"Typen er {value(node)}, transportmåten er {mode}.")


@rule("R0474", "På vei er det første transportmiddelet ved avgang kjøretøyet (type 30); "
      "tilhengere følger etter. Sett kjøretøyet først.")
def the_road_vehicle_comes_first(m: Reading) -> Iterator[Place]:
    """By road the first means of transport at departure is the vehicle (type 30); trailers follow.
    Put the vehicle first."""
    if _mode(m) == ROAD:
        for means in _groups(m):
            node = means[0].first("typeOfIdentification")
            if node is not None and value(node) != "30":
                yield at(node)


@rule("R0476", "På vei er det andre og tredje transportmiddelet ved avgang tilhengere (type 31). "
      "Rett typen.")
def trailers_follow_the_road_vehicle(m: Reading) -> Iterator[Place]:
    """By road the second and third means of transport at departure are trailers (type 31). Correct
    the type."""
    if _mode(m) == ROAD:
        for means in _groups(m):
            for one in means[1:3]:
                node = one.first("typeOfIdentification")
                if node is not None and value(node) != "31":
                    yield at(node)


@rule("R0855", "Ved avgang oppgis inntil tre transportmidler på vei, så mange som trengs på bane, "
      "og ellers ett. Ta bort resten eller rett transportmåten.")
def few_means_of_transport_depart(m: Reading) -> Iterator[Place]:
    """At departure up to three means of transport are given by road, as many as needed by rail, and
    one otherwise. Take out the rest, or correct the mode.

    A message without an inland mode is not judged.
    """
    mode = _mode(m)
    if mode and mode != RAIL:
        most = 3 if mode == ROAD else 1
        for means in _groups(m):
            for node in means[most:most + 1]:
                yield at(node, f"There are {len(means)}; the inland mode is {mode}.",
                         f"Det er {len(means)}; transportmåten er {mode}.")


@rule("R0789", "Uten transittollsted oppgis bare ett aktivt transportmiddel over grensen. Ta bort "
      "resten.")
def one_means_at_the_border_without_transit(m: Reading) -> Iterator[Place]:
    """Without an office of transit only one active means of transport at the border is given. Take
    out the rest."""
    means = m.all(BORDER)
    if len(means) > 1 and not m.all("CustomsOfficeOfTransitDeclared"):
        yield at(means[1], f"There are {len(means)}.", f"Det er {len(means)}.")


@rule("R0790", "Har deklarasjonen ikke noe transittollsted, oppgis bare ett aktivt "
      "transportmiddel over grensen. Ta bort resten.", needs="the declaration")
def one_means_at_the_border_if_none_was_declared(m: Reading) -> Iterator[Place]:
    """If the declaration has no office of transit, only one active means of transport at the border
    is given. Take out the rest."""
    means, declared = m.all(BORDER), m.declaration()
    if len(means) > 1 and declared and declared.first("CustomsOfficeOfTransitDeclared") is None:
        yield at(means[1], f"There are {len(means)}.", f"Det er {len(means)}.")


@rule("R0038", "Transportmiddelet kommer fram etter at det har reist. Rett et av tidspunktene.")
def means_arrive_after_they_leave(m: Reading) -> Iterator[Place]:
    """A means of transport arrives after it has left. Correct one of the times."""
    for node in m.all(f"{BORDER}/estimatedDateAndTimeOfArrival") if m.security else ():
        left = [time for name in ("actualDateAndTimeOfDeparture", "estimatedDateAndTimeOfDeparture")
                if (time := node.parent.get(name).strip())]
        if left and value(node) <= min(left):
            yield at(node, f"It leaves {min(left)} and arrives {value(node)}.",
                     f"Det reiser {min(left)} og kommer fram {value(node)}.")
