"""Which offices of transit a route asks for: one at the entry of each next contracting party.

The contracting parties of the transit convention are the EU, counted as one, and each of the other
countries; their lists are CL010 and CL112. Knows countries and offices, not messages. A country
outside the convention is passed without an office, but whoever comes back into the convention from
it enters anew. Source: Convention on a common transit procedure, App. I art. 22 (in our words).
"""
import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from tollbod.spec.codes import Office, codelist, offices

SHOWN = 8
FEW = 6                 # a word that more offices name is no place at a border: Cargo, Tulli
_PLACE = re.compile(r"\w{5,}")
UNION = "EU"
# Countries without a border of their own towards another party. Andorra and San Marino are in a
# customs union with the EU; that Andorra wants an office of its own is R0906, not a route.
SAME_PARTY = {"LI": "CH", "SJ": "NO", "GG": "GB", "JE": "GB", "IM": "GB", "XS": "RS",
              "AD": UNION, "SM": UNION}


class Entry(NamedTuple):
    """An entry into another contracting party: its first country, and from where one comes."""

    country: str
    coming_from: str


def party(country: str) -> str:
    """Return the contracting party of a country: EU, or the country; empty outside all of them.

    >>> party("SE"), party("NO"), party("LI"), party("BY")
    ('EU', 'NO', 'CH', '')
    """
    if codelist("CL010").has(country):
        return UNION
    country = SAME_PARTY.get(country, country)
    return country if country == UNION or codelist("CL112").has(country) else ""


def due(departure: str, destination: str, routing: Iterable[str] = ()) -> tuple[Entry, ...]:
    """Return the entries for which an office of transit is due, in the order of the route.

    `routing` are the countries between the two; without them only the ends are known.

    >>> [entry.country for entry in due("NO", "DE", ("SE", "DK"))]
    ['SE']
    >>> [entry.country for entry in due("DE", "IT", ("DE", "CH", "IT"))]
    ['CH', 'IT']
    >>> due("SE", "DE", ("DK",)), due("NO", "NO")
    ((), ())
    """
    way = [departure, *routing, destination]
    found = []
    for before, country in zip(way, way[1:]):
        here = party(country)
        if here and here != party(before):
            found.append(Entry(country, before))
    return tuple(found)


def missing(departure: str, destination: str, routing: Iterable[str],
            declared: Iterable[str]) -> tuple[Entry, ...]:
    """Return the due entries that no declared office of transit covers.

    Each party is asked for once: which of several entries into one party an office stands for
    cannot be told, and a guess would be a false alarm.

    >>> [entry.country for entry in missing("NO", "CH", ("SE", "DE"), ("CH001801",))]
    ['SE']
    >>> missing("NO", "CH", ("SE", "DE"), ("DE007000", "CH001801"))
    ()
    """
    there = {party(office[:2]) for office in declared}
    found: dict[str, Entry] = {}
    for entry in due(departure, destination, routing):
        where = party(entry.country)
        if where not in there:
            found.setdefault(where, entry)
    return tuple(found.values())


def candidates(country: str, coming_from: str = "") -> tuple[Office, ...]:
    """Return up to eight offices of transit of a country, those at the border first.

    >>> "SE603340" in [office.code for office in candidates("SE", "NO")]
    True
    """
    known = offices(country, "TRA")
    near = [one for one in known if _at_border(one, coming_from)]
    return tuple((near + [one for one in known if one not in near])[:SHOWN])


def _at_border(office: Office, neighbour: str) -> bool:
    """Tell whether an office's own words name the neighbour (`KILPISJÄRVI, FI`), or a place that
    offices of these two countries name and no others: Svinesund."""
    return f", {neighbour}" in _words(office) or any(
        {office.country, neighbour} == _places_named().get(word, set())
        for word in _PLACE.findall(_words(office)))


def _words(office: Office) -> str:
    return f"{office.name} {office.city}".upper()


@cache
def _places_named() -> dict[str, set[str]]:
    """Return the countries of the offices that name a word, of each that few of them name."""
    found: dict[str, list[str]] = {}
    for country in codelist("CL009").codes():
        for one in offices(country, "TRA"):
            for word in set(_PLACE.findall(_words(one))):
                found.setdefault(word, []).append(country)
    return {word: set(where) for word, where in found.items() if len(where) <= FEW}
