"""An officer's act enters like any other message: through the stream of its case.

Knows how a case is found by office, act and reference, and where the outcome is read. Does not
know what an act brings about: the role's table does.
"""
import json
import time
from hashlib import sha256
from typing import Any, NamedTuple

from tollbod.case import four_eyes
from tollbod.case.model import Role
from tollbod.office.decide import decode
from tollbod.office.roles import ROLES, acts
from tollbod.spec import codes
from tollbod.store.records import Arrival, Place, Receipt
from tollbod.store.streams import Store

LONGEST_ANSWER = 350            # characters: as much as a refusal has room for
WAIT_SECONDS = 10.0             # how long `outcome` waits for the decision


class Unknown(LookupError):
    """No such act, office or case; the text says which."""


class Outcome(NamedTuple):
    """What became of an act: the state now, and why it was refused if it was."""

    receipt: int
    state: str
    refused: tuple[dict[str, str], ...]
    proposed: bool = False          # a second officer has to confirm it


def act(
    store: Store, world: str, office: str, case: str, do: str, by: str, ident: str,
    details: dict[str, Any] | None = None,
) -> tuple[str, Receipt]:
    """Lodge an officer's act; the key of its stream and the receipt.

    `case` is an MRN, an LRN (`holder:LRN`), a GRN, a receptacle of post, or for `resolve` the key
    of what was set aside; `ident` makes a repeat of the same act harmless. `resolve` tries again
    what could not be decided, or with `answer`, a text, refuses it for that reason. Raises Unknown.
    """
    if not codes.office(office):
        raise Unknown(f"there is no office {office[:20]!r}")
    if do == "resolve":
        key = f"{world}/{office}/desk/{case}"
        own = case.startswith(f"{world}/{office}/") and store.stream(case)
        if not own and not store.stream(key):
            raise Unknown(f"office {office} has no case {case} that was set aside")
        text = str((details or {}).get("answer", ""))[:LONGEST_ANSWER]
        if text:
            store.answer(case, json.dumps({"by": by, "text": text}).encode())
        else:
            store.unhold(case)
    else:
        key = find(store, world, office, case, do)
    told = {**(details or {}), "do": do, "by": by, "case": case}    # no detail says otherwise
    body = json.dumps(told, sort_keys=True).encode()
    movement = case if Place.of(key).role not in ("guarantee", "desk") else ""
    arrival = Arrival(key, f"officer/{office}/{by}", ident, sha256(body).digest(),
                      f"officer {do}", movement, "", body)
    receipt = store.take([arrival])[0]
    store.notify()
    if receipt.verdict == "again":                  # by now another role may foresee the act
        key = store.message(receipt.id).key
    return key, receipt


def find(store: Store, world: str, office: str, case: str, do: str) -> str:
    """Return the key of the stream that an act on a case belongs to. Raises Unknown."""
    known = acts() | dict.fromkeys(four_eyes.ANSWERS, tuple(ROLES))
    if do not in known:
        raise Unknown(f"no act '{do}'; there are {', '.join(sorted(known))}")
    keys = [_key(store, world, office, ROLES[role], case) for role in known[do]]
    existing = [key for key in keys if store.stream(key)]
    if existing:
        return next((key for key in existing if _foreseen(store, key, do)), existing[0])
    opening = next((key for key in keys if _opens(key, do)), None)
    if opening:
        return opening
    raise Unknown(f"office {office} has no case {case} for '{do}'")


def _key(store: Store, world: str, office: str, role: Role, case: str) -> str:
    key = f"{world}/{office}/{role.name}/{case}"
    if role.name in ("departure", "prenotification", "filing"):
        known = store.address(world, f"{role.name}/{case}") or (
            store.address(world, f"receptacle/{case}") if role.name == "filing" else None)
        if known and Place.of(known).office == office:      # never another office's case
            return known
    return key


def _opens(key: str, do: str) -> bool:
    """Tell whether an act may begin a case: the table has a row for it in state `none`."""
    table = ROLES[Place.of(key).role].table
    return any(row.event == f"officer {do}" and row.state == "none" for row in table)


def _foreseen(store: Store, key: str, do: str) -> bool:
    """Tell whether the table of a stream foresees the act in its present state."""
    stream = store.stream(key)
    role = ROLES[Place.of(key).role]
    if do in four_eyes.ANSWERS:
        return bool(stream.state) and decode(role, stream.state).proposal is not None
    table = role.table
    return any(row.event == f"officer {do}" and row.state == (stream.phase or "none")
               for row in table)


def outcome(store: Store, key: str, receipt: Receipt, patience: float = WAIT_SECONDS) -> Outcome:
    """Wait until the act is decided and tell what came of it; TimeoutError after `patience` s."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        stream = store.stream(key)
        if stream and stream.last_done >= receipt.n:
            link = next(link for link in store.history(key) if link.n == receipt.n)
            said = json.loads(link.what)
            refused = tuple(
                {"code": code, "rule": rule, "path": path, "text": text, "nb": nb}
                for code, rule, path, text, nb in said.get("refused", ())
            )
            return Outcome(receipt.id, said.get("to", stream.phase), refused, "proposes" in said)
        if stream and stream.held:
            raise TimeoutError(f"the case was set aside: {stream.held}")
        time.sleep(0.01)
    raise TimeoutError("not decided yet; it stands in the queue and is not lost")
