"""The facts of one random message, chosen before it is written: type, security, route, dates.

A route is chosen as a trader would: offices that exist, with the roles they play, a transit office
in each contracting party that is entered. What the conditions make of the facts is not known here.
"""
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from random import Random

from tollbod.play.random_messages_decks import Decks
from tollbod.play.random_messages_values import MOMENT, code_set, moment
from tollbod.rules import route
from tollbod.spec.tables import types
from tollbod.wire.message import Node

DEPARTURE, DESTINATION, TRANSIT, EXIT, ENTRY = "CL171", "CL172", "CL173", "CL175", "CL237"
UNION, OTHERS, AREA = "CL010", "CL112", "CL147"
SMALL = ("AD", "SM")
INTERNAL = ("T2", "T2F")
CIRCUMSTANCES = {"0": (), "2": ("A20",), "1": ("F34", "F50", "F51"), "3": ("F34", "F50", "F51")}
TRIES = 60
GREEDY = 0.8            # chance that a message of a run with decks makes room for their codes


@dataclass(slots=True)
class Story:
    """What is settled before a message is written; `density` is the chance of what may stand."""

    today: date
    prepared: datetime
    density: float
    kind: str                       # declarationType
    security: str
    circumstance: str               # specificCircumstanceIndicator; empty: none
    departure: str
    destination: str
    routing: tuple[str, ...]
    transits: tuple[str, ...]
    enters: str = ""                # "departure", "transit" or none: where entry data begin
    declared: Node | None = None    # the declaration of the case, where there is one
    letter: str = ""                # place 17 of the MRN; empty: any
    presented: bool = False         # the goods of a declaration lodged before were presented
    decks: Decks | None = None      # what the run deals its codes from
    greedy: bool = False            # makes room for codes of long lists that no message held

    def time(self, rng: Random, name: str) -> str:
        """Return a moment for an element: what is yet to come after the message, the rest before.
        """
        after = any(word in name for word in _LATER)
        return f"{moment(rng, self.prepared, 40, after):{MOMENT}}"


_LATER = ("Estimated", "estimatedDateAndTimeOfArrival", "limit", "Limit", "validityDate", "ToDate",
          "end", "End", "expiry", "scheduled")


def draw(rng: Random, today: date, declared: Node | None = None, presented: bool = False,
         decks: Decks | None = None) -> Story:
    """Return the facts of a message: those of the declaration where the case has one.

    `presented`: the case holds a presentation of the goods (IE170).
    """
    prepared = datetime(today.year, today.month, today.day, tzinfo=UTC) + timedelta(
        seconds=rng.randint(0, 86_399))
    density = rng.choice((0.05, 0.2, 0.35, 0.5, 0.5, 0.65, 0.8))
    greedy = decks is not None and rng.random() < GREEDY
    if declared is not None:
        return replace(_of(declared, rng, today, prepared, density), presented=presented,
                       decks=decks, greedy=greedy)
    security = rng.choice("00123")
    kind = rng.choice(("T1", "T1", "T2", "T2F", "T", "T", "TIR", "T2SM"))
    enters = ""
    if security in "13":
        enters = "departure" if kind in ("TIR", "T2SM") else rng.choice(("departure", "transit"))
    departure, destination, routing, transits = _route(rng, today, kind, enters, decks)
    fits = CIRCUMSTANCES[security]
    return Story(today, prepared, density, kind, security, rng.choice(fits) if fits else "",
                 departure, destination, routing, transits, enters, decks=decks,
                 greedy=greedy)


def _of(declared: Node, rng: Random, today: date, prepared: datetime, density: float) -> Story:
    """Return the facts that a declaration has settled."""
    def texts(path: str) -> tuple[str, ...]:
        return tuple((node.text or "").strip() for node in declared.all(path))
    office = "CustomsOfficeOf{}/referenceNumber".format
    security = declared.get("TransitOperation/security")
    enters = "departure" if "1" in texts("CustomsOfficeOfDeparture/entryIndicator") else \
        "transit" if "1" in texts("CustomsOfficeOfTransitDeclared/entryIndicator") else ""
    return Story(today, prepared, density, declared.get("TransitOperation/declarationType"),
                 security, declared.get("TransitOperation/specificCircumstanceIndicator"),
                 declared.get(office("Departure")), declared.get(office("DestinationDeclared")),
                 texts("Consignment/CountryOfRoutingOfConsignment/country"),
                 texts(office("TransitDeclared")), enters, declared,
                 letter={"1": "L", "2": "K", "3": "M"}.get(security, "J"))


def _route(rng: Random, today: date, kind: str, enters: str, decks: Decks | None):
    """Return departure, destination, countries on the way and transit offices that fit."""
    for _ in range(TRIES):
        departure, destination = _ends(rng, today, kind, enters, decks)
        if departure and destination and _allowed(kind, departure[:2], destination[:2], today):
            among = [one for one in _countries(TRANSIT, today)
                     if kind not in ("TIR", "T2SM") or one in code_set(UNION, today)]
            routing = tuple(rng.choices(among, k=rng.randint(1, 3)))
            if enters:
                routing = (departure[:2], *routing)
            transits = _transits(rng, today, (kind, departure[:2], destination[:2]), routing,
                                 enters, decks)
            if transits is not None:
                return departure, destination, routing, transits
    raise AssertionError(f"no route was found for {kind}")


def _ends(rng: Random, today: date, kind: str, enters: str, decks: Decks | None
          ) -> tuple[str, str]:
    """Return two offices that may be departure and destination."""
    union = code_set(UNION, today)
    from_, to = rng.choice(_countries(DEPARTURE, today)), rng.choice(_countries(DESTINATION, today))
    if decks is not None:
        from_, to = ((_office(decks, codes) or country)[:2]
                     for codes, country in ((DEPARTURE, from_), (DESTINATION, to)))
    elif rng.random() < 0.3:
        from_, to = rng.choice((("NO", to), (from_, "NO"), ("NO", "NO")))
    if kind == "T2SM":
        from_, to = "IT", "SM"
    elif kind == "TIR":
        from_, to = (rng.choice([one for one in _countries(codes, today) if one in union])
                     for codes in (DEPARTURE, DESTINATION))
    departures = pool(DEPARTURE, today).get(from_, ())
    if enters == "departure":
        departures = [one for one in departures if one in code_set(ENTRY, today)
                      and from_ in code_set(AREA, today)]
    ends = (DEPARTURE, departures), (DESTINATION, pool(DESTINATION, today).get(to, ()))
    return tuple(_pick(rng, decks, codes, one) if one else "" for codes, one in ends)


def _office(decks: Decks, codes: str) -> str:
    """Return an office that no message of the run held, empty if there is none."""
    return decks.deal("", codes, types("p6")["office"])


def _pick(rng: Random, decks: Decks | None, codes: str, among: Sequence[str]) -> str:
    """Return one of some offices: one that no message of the run held, if there is any."""
    return rng.choice(among) if decks is None else decks.pick(codes, among, rng)


def _allowed(kind: str, from_: str, to: str, today: date) -> bool:
    """Tell whether goods may go from one country to the other under that type (rules R0901 to
    R0911)."""
    union = code_set(UNION, today)
    if from_ in SMALL and (to not in code_set("CL553", today)
                           or from_ == "SM" and to in union and kind not in INTERNAL):
        return False
    if to in SMALL and from_ in code_set(OTHERS, today):
        return False
    if to == "SM":
        return kind == "T2SM" if from_ == "IT" else kind in INTERNAL or from_ not in union
    return True


def _transits(rng: Random, today: date, ends: tuple[str, str, str], routing: tuple[str, ...],
              enters: str, decks: Decks | None) -> tuple[str, ...] | None:
    """Return the offices of transit of a route, in the order of it; None if there can be none."""
    kind, from_, to = ends
    if kind in ("TIR", "T2SM"):
        return () if enters != "transit" else None
    others = code_set(OTHERS, today)
    due = [entry.country for entry in route.due(from_, to, routing)]
    due += [to] * (to in others or to == "AD")
    if enters == "transit":
        due.append(rng.choice([one for one in routing if one in code_set(AREA, today)] or ["DE"]))
    elif rng.random() < 0.3:
        due.append(rng.choice(_countries(TRANSIT, today)))
    if not due and (kind in ("T", "T2") or {from_, to} & {*others, *SMALL}):
        due.append(rng.choice(_countries(TRANSIT, today)))
    found: dict[str, None] = {}
    for country in due:
        if not any(office[:2] == country for office in found) or rng.random() < 0.3:
            offices = pool(TRANSIT, today).get(country, ())
            if enters:
                offices = [one for one in offices if one in code_set(ENTRY, today)] or offices
            if not offices:
                return None
            found[_pick(rng, decks, TRANSIT, offices)] = None
    return tuple(found) if len(found) <= 9 else None


@cache
def pool(codes: str, today: date) -> Mapping[str, tuple[str, ...]]:
    """Return the offices of a list by country."""
    found: dict[str, list[str]] = {}
    for office in sorted(code_set(codes, today)):
        found.setdefault(office[:2], []).append(office)
    return {country: tuple(offices) for country, offices in found.items()}


@cache
def _countries(codes: str, today: date) -> tuple[str, ...]:
    return tuple(pool(codes, today))
