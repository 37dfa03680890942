"""What must hold after a simulation, however bad the network and the traders were.

Each law looks at the tables of the houses and tells what breaks it: one sentence a violation, with
the movement it is about.
"""
import json
from collections.abc import Iterator
from itertools import groupby
from typing import Any, NamedTuple

import msgspec

from tollbod.case.four_eyes import TASK
from tollbod.case.model import ANY, Task
from tollbod.guarantees import usage
from tollbod.guarantees.account import BOUND, FREE, LIABLE, SPENT
from tollbod.movement.departure.case import Departure
from tollbod.movement.departure.debt import DEBT, left
from tollbod.office import links
from tollbod.office.decide import decode
from tollbod.office.envelope import Envelope
from tollbod.office.roles import ROLES
from tollbod.play.sim_inbox import illegal
from tollbod.play.sim_laws_border import prenotified
from tollbod.play.sim_node import WORLD, House
from tollbod.store.chain import link
from tollbod.store.records import Place

REFUSALS = {"IE056", "IE057", "IE906", "IE917"}
NEVER_ANSWERED = {"IE906", "IE917"}         # a refusal of a refusal would never end


class Violation(NamedTuple):
    """A broken law."""

    law: str
    movement: str               # MRN, or the key of a stream
    text: str


def broken(sim: Any) -> list[Violation]:
    """Return everything that is wrong after a run."""
    found = [Violation("intake", "", text) for text in sim.wrong]
    for house in sim.houses:
        for law in (held, chains, answered, once, ledger, waits, tasks, letters,
                    prenotified):
            found += [Violation(law.__name__, *one) for one in law(house)]
    for law in (borders, guarantees):
        found += [Violation(law.__name__, *one) for one in law(sim)]
    return found


Broken = Iterator[tuple[str, str]]


def held(house: House) -> Broken:
    """No stream is set aside: that would be a bug, or something that we did not foresee."""
    for row in house.store.held(WORLD):
        trouble = house.failures.get(row.key, "").strip().splitlines()[-3:]
        yield row.movement or row.key, f"{row.key} is held: {row.held}\n" + "\n".join(trouble)


def chains(house: House) -> Broken:
    """Every history is a whole chain that ends in the head of its stream."""
    for key, row in house.tables.streams.items():
        head = b""
        history = house.store.history(key)
        for n, one in enumerate(history, 1):
            head = link(head, one.what)
            if one.hash != head or one.n != n:
                yield key, f"{key}: the chain is broken at {n}"
        if not row.passive and (head != row.head or len(history) != row.last_done):
            yield key, f"{key}: the head is not the end of the history"
        if [m.n for m in house.tables.inbox.get(key, [])] != list(range(1, row.last_in + 1)):
            yield key, f"{key}: the inbox has gaps"
        if row.last_done != row.last_in and row.held is None:
            yield key, f"{key}: something is left undecided"


def answered(house: House) -> Broken:
    """Whoever sent a message that was refused is told; a timer fires only where a row waits."""
    for key in house.tables.history:
        inbox = house.tables.inbox[key]
        for one in house.store.history(key):
            said = json.loads(one.what)
            if one.ie == "timer" and said.get("refused") and said["row"] < 0:
                yield key, f"{key}: {said['event']} fired in '{said['from']}', which has no row"
            if not said.get("refused") or not one.ie.startswith("IE") or one.ie in NEVER_ANSWERED:
                continue
            message = inbox[one.n - 1]
            told = [ie for ie, to, _ in said["sent"] if _reaches(to, message)]
            if not REFUSALS & set(told):
                yield message.movement or key, (
                    f"{key}: {one.ie} from {message.sender} was refused "
                    f"({said['refused'][0][3]}) in '{said['from']}', nobody was told")


def once(house: House) -> Broken:
    """A request for cancellation (IE014) is decided once (IE009), unless customs itself cancels."""
    for key in house.tables.history:
        if Place.of(key).role != "departure":
            continue
        told = [json.loads(one.what) for one in house.store.history(key)]
        asked = sum(one["event"] == "IE014" and not one["refused"] for one in told)
        own = sum(one["event"] == "officer cancel" and not one["refused"] for one in told)
        decided = sum(ie == "IE009" for one in told for ie, *_ in one["sent"])
        if decided > asked + own:
            yield key, f"{key}: {asked} requests for cancellation were decided {decided} times"


def _reaches(to: str, message: Any) -> bool:
    """Tell whether a message to a stream reaches the sender of another."""
    if not message.origin:
        return to == f"{WORLD}//mailbox/{message.sender}"
    place, there = Place.of(message.origin), Place.of(to)
    return there.office == place.office or to == f"{WORLD}//link/{place.office[:2]}"


def ledger(house: House) -> Broken:
    """Every ledger sums to zero, its balances are the sums of its entries, and fit the case."""
    for key, rows in house.tables.balances.items():
        sums: dict[str, int] = {}
        for one in house.store.entries(key):
            sums[one.debit] = sums.get(one.debit, 0) - one.amount
            sums[one.credit] = sums.get(one.credit, 0) + one.amount
        stands = {account: amount for (account, _), (amount, _) in rows.items()}
        if sum(sums.values()) or {a: n for a, n in sums.items() if n} != {
                a: n for a, n in stands.items() if n}:
            yield key, f"{key}: the balances {stands} are not the sums of the entries {sums}"
        case = decode(ROLES[Place.of(key).role], house.tables.streams[key].state)
        if isinstance(case, Departure):
            due = 0 if case.state == "written off" else left(case)
            if stands.get(DEBT, 0) != due:
                yield key, f"{key}: the debt is {stands.get(DEBT, 0)}, the case says {due}"
            continue
        usages = usage.read(house.store.kept_under(key, usage.OPEN))
        bound = sum(one.bound for one in usages if one.state == "reserved")
        liable = sum(one.amount for one in usages)
        spent = stands.get(SPENT, 0)
        wanted = {FREE: case.reference - bound - spent, BOUND: bound, LIABLE: liable}
        if (case.free, case.liable) != (wanted[FREE], liable):
            yield key, f"{key}: the case says {case.free} and {case.liable}, its rows {wanted}"
        for account, amount in wanted.items():
            if stands.get(account, 0) != amount:
                yield key, f"{key}: {account} is {stands.get(account, 0)}, the case says {amount}"


def waits(house: House) -> Broken:
    """Each case is final, or it waits for someone named who can end the wait."""
    for key, row in house.tables.streams.items():
        role = ROLES.get(Place.of(key).role)
        if role is None or row.passive or not row.state:
            continue
        wait = role.waits.get(row.phase)
        if bool(wait) != bool(row.waiting):
            yield row.movement or key, f"{key} is '{row.phase}', waiting {row.waiting!r}"
        if wait and role.name == "departure":
            has = [name for k, name in house.tables.tasks if k == key]
            runs = [timer.name for timer in house.store.timers(key)]
            yield row.movement or key, (
                f"{key} is still '{row.phase}' after everything was done that could be: waits for "
                f"{wait.whom}; tasks {has}, timers {runs}")
        elif wait and wait.whom.startswith(("office of", "enquiry authority")):
            yield row.movement or key, (
                f"{key} is still '{row.phase}': {wait.whom} owes an answer ({wait.why})")
        elif wait and wait.whom == "officer" and not any(k == key for k, _ in house.tables.tasks):
            yield row.movement or key, f"{key} is '{row.phase}': it waits for an officer unasked"
        if not wait and role.name == "departure" and house.store.timers(key):
            names = [timer.name for timer in house.store.timers(key)]
            yield row.movement or key, f"{key} is '{row.phase}', final, and timers {names} run"


def tasks(house: House) -> Broken:
    """What a task offers can be done: the table foresees every act of it in the present state."""
    for (key, name), (_, body) in house.tables.tasks.items():
        role = ROLES.get(Place.of(key).role)
        if role is None:
            continue
        row = house.tables.streams[key]
        events = {one.event for one in role.table if one.state in (row.phase, ANY)}
        acts = msgspec.json.decode(body, type=Task).acts
        lacks = [do for do in acts if f"officer {do}" not in events and name != TASK]
        if lacks:
            yield row.movement or key, (
                f"{key}: task '{name}' offers {', '.join(lacks)}, of which the table knows nothing "
                f"in '{row.phase}'")


def letters(house: House) -> Broken:
    """What a trader is told about one movement is a sequence that makes sense."""
    for key, rows in house.tables.inbox.items():
        if Place.of(key).role != "mailbox":
            continue
        for origin, some in groupby(sorted(rows, key=lambda m: (m.origin, m.n)),
                                    key=lambda m: m.origin):
            told = list(some)
            why = illegal(Place.of(origin).role, told)
            if why:
                yield told[-1].movement or origin, (
                    f"{key} is told by {origin}: {' '.join(m.ie for m in told)}: {why}")


def borders(sim: Any) -> Broken:
    """What one node sent to another is what the other took, in its order, byte for byte."""
    for line in sim.lines:
        giver, taker = line.giver, line.taker
        sent = [msgspec.msgpack.decode(row.body, type=Envelope)
                for row in giver.tables.inbox.get(f"{WORLD}//link/{taker.country}", [])]
        name = links.name_of(giver.country, taker.country)
        taken = [message for _, message in sorted(taker.tables.receipts.items())
                 if message.ident.startswith(f"{name} ") and message.origin]
        if [m.ident for m in taken] != [f"{name} {n}" for n in range(1, len(sent) + 1)]:
            yield name, f"{name}: {len(sent)} were sent, {len(taken)} taken, or in another order"
        for envelope, message in zip(sent, taken):
            if (envelope.ie, envelope.body) != (message.ie, message.body):
                yield envelope.movement, f"{name}: {message.ident} is not what was sent"


def guarantees(sim: Any) -> Broken:
    """Nothing is bound, and nobody liable, for a movement that is over."""
    over = {row.movement: row.phase for house in sim.houses
            for key, row in house.tables.streams.items()
            if Place.of(key).role == "departure" and row.movement
            and row.phase not in ROLES["departure"].waits}
    for house in sim.houses:
        for key, row in house.tables.streams.items():
            if Place.of(key).role == "guarantee" and row.state:
                for one in usage.read(house.store.kept_under(key, usage.OPEN)):
                    if one.mrn in over:
                        yield one.mrn, (f"{key}: {one.amount} is {one.state} for {one.mrn}, "
                                        f"which is {over[one.mrn]}")
