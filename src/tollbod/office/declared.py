"""Declared data for the risk analysis: what traders filed, read from the cases of a world."""
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from tollbod.case.model import Party
from tollbod.ics2.letters import AEO
from tollbod.office.decide import decode
from tollbod.office.roles import ROLES
from tollbod.risk.report import Declared
from tollbod.spec.tables import root_of

MOST = 5_000                        # cases of a role that one look takes in
AT_ONCE = 200
# The role, what of its case is the declaration, who declared it, under which kind of message.
KINDS: dict[str, Any] = {
    "filing": lambda case: (case.declaration, case.filer, f"IE3{case.kind}"),
    "departure": lambda case: (case.declaration, case.declarant,
                               root_of(case.edition, "IE015")),
}


def trusted(party: Party | None) -> bool:
    """Tell whether a party is an authorised economic operator for security and safety."""
    return party is not None and any(kind in party.authorisations for kind in AEO)


def declared(store: Any, world: str, since: datetime) -> Iterator[Declared]:
    """Yield what was declared since a time, newest first; what got no number is passed over."""
    for role, told in KINDS.items():
        for row in _cases(store, world, role, since):
            stream = store.stream(row.key)
            case = decode(ROLES[role], stream.state)
            body, who, root = told(case)
            if body and case.mrn:
                yield Declared(case.mrn, trusted(_party(store, world, who)), root, body,
                               row.at.date())


def _cases(store: Any, world: str, role: str, since: datetime) -> Iterator[Any]:
    before, seen = None, 0
    while seen < MOST and (rows := store.movements(world, before, AT_ONCE, role)):
        for row in rows:
            if row.at < since:
                return
            yield row
        before, seen = rows[-1].receipt, seen + len(rows)


def _party(store: Any, world: str, id: str) -> Party | None:
    body = store.party(world, id)
    return msgspec.json.decode(body, type=Party) if body else None
