"""The filings that make one declaration, for an officer: who supplied which part, who is awaited.

Reads the rows where they meet. Traders are not shown these: whom a forwarder works for is between
the forwarder and customs.
"""
from typing import NamedTuple

import msgspec

from tollbod.ics2.assessment import odd_mass
from tollbod.ics2.book import Part
from tollbod.ics2.case import Filing
from tollbod.ics2.parts import carries_post
from tollbod.ics2.post import POST
from tollbod.store.streams import Store

MOST = 200                      # parts, and persons or receptacles, that are shown


class Whole(NamedTuple):
    """What is shown of a declaration in parts."""

    parts: tuple[Part, ...]             # by their number; of post without who supplied them
    awaited: tuple[str, ...]            # persons, or receptacles
    under: tuple[str, ...]              # MRNs of the master filings that this one is a part of
    odd: tuple[str, str] = ("", "")     # what does not agree among them, in English and bokmål


def of(store: Store, world: str, repository: str, case: Filing) -> Whole:
    """Return the parts of a declaration, if the filing is its master, or its masters."""
    under = tuple(dict.fromkeys(link.master for link in case.links.values() if link.master))
    if case.whole is None:
        return Whole((), (), under)
    key = f"{world}/{repository}/key/"
    if carries_post(case):
        rows = store.kept_under(f"{key}{POST}", f"with/{case.mrn}/", MOST)
        wanted = store.kept_under(f"{key}{POST}", f"wanted/{case.mrn}/", MOST)
        parts = tuple(Part(mrn=_last(name), kind="", by="", linked=True) for name, _ in rows)
        return Whole(parts, tuple(bytes.fromhex(_last(name)).decode() for name, _ in wanted), ())
    rows = store.kept_under(key + case.document, "part/", MOST)
    awaited = store.kept_under(key + case.document, "awaited/", MOST)
    return Whole(tuple(msgspec.json.decode(body, type=Part) for _, body in rows),
                 tuple(name.removeprefix("awaited/") for name, _ in awaited), (),
                 (odd_mass(case), odd_mass(case, nb=True)))


def _last(name: str) -> str:
    return name.rpartition("/")[2]
