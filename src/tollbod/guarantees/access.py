"""Access codes of a guarantee: given, changed by the holder (IE026), withdrawn, locked.

A code is never kept, only its digest under the node's key (`Facts.keyed`), bound to the GRN. A
wrong code and an unknown one are the same; after MOST_WRONG of them in a row the guarantee is
locked until an officer unlocks it, and then even the right code is G03: nobody learns which it was.

IE026 as we read it: the master code authorises; current and new change a code, new alone adds one,
current alone withdraws one. The master code may be changed so, but not withdrawn.
"""
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec

from tollbod.case.carry import at
from tollbod.case.model import (
    ANY, SAME, Effect, Event, Facts, On, Task, always, nothing, refuse,
)
from tollbod.guarantees.account import WITH_CODES, AccessCode, Guarantee
from tollbod.numbers.access_code import check, compact

USABLE = frozenset({"valid", "suspended"})      # states in which wrong codes lock, and one unlocks
MOST_WRONG = 5          # wrong codes in a row; ours, no source gives a number
MOST_CODES = 50         # valid at once
MOST_KEPT = 200         # withdrawn ones included

REFERENCE = "/CC026C/GuaranteeReference"


def digest(grn: str, code: str, facts: Facts) -> str:
    """Return what is kept of a code."""
    return facts.keyed(f"{grn} {compact(code)}")


def valid(case: Guarantee, code: str, facts: Facts) -> AccessCode | None:
    """Return the valid access code that `code` is, locked or not."""
    kept = digest(case.grn, code, facts)
    found = [one for one in case.access_codes if one.digest == kept and not one.withdrawn]
    return found[0] if code and found else None


def used(case: Guarantee, code: str, facts: Facts) -> AccessCode | None:
    """Return the access code that `code` is, if it may be used now."""
    return None if case.locked else valid(case, code, facts)


def heard(case: Guarantee, code: str, facts: Facts) -> Guarantee:
    """Learn that a code was tried: a right one is counted, too many wrong ones lock."""
    if case.state not in USABLE or case.locked:
        return case
    right = valid(case, code, facts)
    if right is None:
        wrong = case.wrong + 1
        return msgspec.structs.replace(case, wrong=wrong, locked=wrong >= MOST_WRONG)
    noted = msgspec.structs.replace(right, used=right.used + 1, last=facts.now)
    return msgspec.structs.replace(case, wrong=0, access_codes=tuple(
        noted if one is right else one for one in case.access_codes))


def alarm(case: Guarantee) -> Iterable[Effect]:
    """Ask an officer to look into a guarantee that is locked and could be used."""
    if case.locked and case.state in USABLE:
        yield Task("locked", f"{case.grn} is locked after {MOST_WRONG} wrong access codes",
                   f"{case.grn} er låst etter {MOST_WRONG} gale tilgangskoder", ("unlock",))


def added(case: Guarantee, code: str, master: bool, by: str, facts: Facts) -> Guarantee:
    """Give one more code."""
    number = max((one.number for one in case.access_codes), default=0) + 1
    new = AccessCode(number, digest(case.grn, code, facts), master, facts.now, by)
    return msgspec.structs.replace(case, access_codes=_kept((*case.access_codes, new)))


def _kept(codes: tuple[AccessCode, ...]) -> tuple[AccessCode, ...]:
    """Return the codes without the oldest withdrawn ones, when there are too many."""
    surplus = len(codes) - MOST_KEPT
    gone = [one.number for one in codes if one.withdrawn][:max(0, surplus)]
    return tuple(one for one in codes if one.number not in gone)


def withdrawn(case: Guarantee, code: AccessCode, now: datetime) -> Guarantee:
    """Withdraw a code."""
    return msgspec.structs.replace(case, access_codes=tuple(
        msgspec.structs.replace(one, withdrawn=now) if one is code else one
        for one in case.access_codes))


class Wish(msgspec.Struct, frozen=True):
    """What an IE026 asks for."""

    master: str
    current: str
    new: str


def wish(body: dict[str, Any]) -> Wish:
    """Read an IE026."""
    group = "GuaranteeReference/AccessCode"
    return Wish(at(body, "GuaranteeReference/masterAccessCode"),
                at(body, f"{group}/accessCodeCurrent"), at(body, f"{group}/accessCodeNew"))


# When

def not_the_holder(case: Guarantee, _event: Event, facts: Facts) -> bool:
    """Hold if the sender is not the holder of a guarantee of that number."""
    return case.state in ("none", "issued") or facts.sender != case.holder


def codes_are_fixed(case: Guarantee, _event: Event, _facts: Facts) -> bool:
    """Hold if the holder cannot change codes of this type of guarantee (0 and 1 only)."""
    return case.type not in WITH_CODES


def not_authorised(case: Guarantee, event: Event, facts: Facts) -> bool:
    """Hold if the master access code is wrong, or the guarantee is locked."""
    known = used(case, wish(event.body).master, facts)
    return known is None or not known.master


def impossible(case: Guarantee, event: Event, facts: Facts) -> bool:
    """Hold if the change of codes cannot be made."""
    want = wish(event.body)
    current = valid(case, want.current, facts)
    alive = [one for one in case.access_codes if not one.withdrawn]
    return bool(
        not (want.current or want.new)                              # nothing is asked for
        or want.current and current is None                         # no such code
        or want.new and valid(case, want.new, facts)                # there is one like it
        or current and current.master and not want.new              # the master stays
        or want.new and not want.current and len(alive) >= MOST_CODES)


def no_code(case: Guarantee, event: Event, facts: Facts) -> bool:
    """Hold if the officer gives no access code, what cannot be one, or one that is there already.
    """
    code = str(event.body.get("access_code", ""))
    there = valid(case, code, facts)
    return bool(any(fault.severity == "wrong" for fault in check(code))
                or there and not there.master)


# Learn

def master_heard(case: Guarantee, event: Event, facts: Facts) -> Guarantee:
    """Learn that a master code was tried; another valid code in its place counts as wrong."""
    known = valid(case, wish(event.body).master, facts)
    return heard(case, wish(event.body).master if known and known.master else "", facts)


def changed(case: Guarantee, event: Event, facts: Facts) -> Guarantee:
    """Learn the code that was added, changed or withdrawn."""
    case, want = master_heard(case, event, facts), wish(event.body)
    current = valid(case, want.current, facts) if want.current else None
    if current:
        case = withdrawn(case, current, facts.now)
    if want.new:
        case = added(case, want.new, bool(current and current.master), facts.sender, facts)
    return case


def unlocked(case: Guarantee, _event: Event, _facts: Facts) -> Guarantee:
    """Learn that the access codes may be used again."""
    return msgspec.structs.replace(case, wrong=0, locked=False)


def given(case: Guarantee, event: Event, facts: Facts) -> Guarantee:
    """Learn a new master code from an officer: the holder has lost the old one."""
    for one in case.access_codes:
        if one.master and not one.withdrawn:
            case = withdrawn(case, one, facts.now)
    by = event.body.get("by", "officer")
    case = added(case, event.body["access_code"], True, by, facts)
    return unlocked(case, event, facts)


# Then

def tell_not_yours(_case: Guarantee, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse: no guarantee of the sender has this number. A stranger learns no more."""
    yield refuse("12", "no guarantee of yours has this GRN", "ingen garanti som er din, har "
                 "denne GRN", "", f"{REFERENCE}/GRN")


def tell_fixed(case: Guarantee, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse: codes of this type are not changed by message."""
    yield refuse("14", f"the access code of a guarantee of type {case.type} cannot be changed; "
                 "only those of types 0 and 1 can",
                 f"tilgangskoden til en garanti av type {case.type} kan ikke endres; bare de til "
                 "type 0 og 1 kan det", "", f"{REFERENCE}/GRN")


def tell_not_authorised(case: Guarantee, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse: the master access code is not valid; an officer is told when that locks."""
    yield from alarm(case)
    yield refuse("12", "the master access code is not valid", "hovedtilgangskoden er ikke gyldig",
                 "", f"{REFERENCE}/masterAccessCode")


def tell_impossible(_case: Guarantee, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse: the change cannot be made."""
    yield refuse("14", "give accessCodeNew to add a code, accessCodeCurrent to withdraw one, or "
                 "both to change one. The current code must be valid, the new one another than "
                 f"all valid ones; the master code cannot be withdrawn; at most {MOST_CODES} are "
                 "valid", "oppgi accessCodeNew for å legge til en kode, accessCodeCurrent for å "
                 "gjøre en ugyldig, eller begge for å endre en. Den gamle må være gyldig, den nye "
                 "ulik alle gyldige; hovedkoden kan ikke gjøres ugyldig; høyst "
                 f"{MOST_CODES} er gyldige", "", f"{REFERENCE}/AccessCode")


def tell_no_code(_case: Guarantee, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Refuse: an access code has one to four characters, and is none of the additional ones."""
    yield refuse("14", "give access_code, of four characters, another than the additional ones",
                 "oppgi access_code, på fire tegn, en annen enn tilleggskodene")


def close_alarm(_case: Guarantee, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Close the task about the lock."""
    yield Task("locked")


# fmt: off
ROWS = (
    #  in state      on                   when             go to  then                 learn
    On(ANY,          "IE026",             not_the_holder,  SAME,  tell_not_yours),
    On(ANY,          "IE026",             codes_are_fixed, SAME,  tell_fixed),
    On(ANY,          "IE026",             not_authorised,  SAME,  tell_not_authorised, master_heard),
    On(ANY,          "IE026",             impossible,      SAME,  tell_impossible),
    On(ANY,          "IE026",             always,          SAME,  nothing,             changed),
    On("valid",      "officer unlock",    always,          SAME,  close_alarm,         unlocked),
    On("suspended",  "officer unlock",    always,          SAME,  close_alarm,         unlocked),
    On("valid",      "officer give-code", no_code,         SAME,  tell_no_code),
    On("valid",      "officer give-code", always,          SAME,  close_alarm,         given),
)
# fmt: on
