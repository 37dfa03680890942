"""What must hold of prenotifications after a simulation: at the border, late, replaced.

The laws are the founding page's: nothing passes that was hit and not assessed, or that is held for
being late (PRE-RISK-01, PRE-MISS-02); what was cancelled and what took its place name each other
(PRE-AMEND-03); nothing is given two MRNs.
"""
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from tollbod.office.decide import decode
from tollbod.office.roles import ROLES
from tollbod.play.sim_node import House
from tollbod.prenotification.case import Prenotified
from tollbod.store.records import Place

ASSESSED = {"officer no-risk", "officer control"}


def prenotified(house: House) -> Iterator[tuple[str, str]]:
    """What passes the border was assessed, and not before its time; what was replaced says so."""
    cases = {key: decode(ROLES["prenotification"], row.state)
             for key, row in house.tables.streams.items()
             if Place.of(key).role == "prenotification" and row.state}
    by_mrn: dict[str, Prenotified] = {}
    for key, case in cases.items():
        if case.mrn and case.mrn in by_mrn:
            yield case.mrn, f"{key}: {case.mrn} was given twice"
        by_mrn[case.mrn] = case
        told = [(one.at, json.loads(one.what)) for one in house.store.history(key)]
        for fault in (*_late(case), *_passed(case, told)):
            yield case.mrn or key, f"{key} is '{case.state}': {fault}"
    for key, case in cases.items():
        if case.state == "cancelled":
            new = by_mrn.get(case.replaced_by)
            if new is None or not new.replaces:
                yield case.mrn, f"{key}: {case.replaced_by}, which took its place, does not say so"


def _late(case: Prenotified) -> Iterator[str]:
    """Yield what is wrong with its deadline; "before" a moment means that the moment is late."""
    if case.lodged is None or case.deadline is None:
        return
    if case.late and case.lodged < case.deadline or not case.late and case.lodged > case.deadline:
        yield f"late is {case.late}, lodged {case.lodged}, due {case.deadline}"
    if case.late != (case.held_until is not None):
        yield f"late is {case.late}, held until {case.held_until}"


def _passed(case: Prenotified, told: list[tuple[datetime, Any]]) -> Iterator[str]:
    """Yield what is wrong with how it passed the border."""
    passed = [at for at, one in told if any(ie == "IEN25" for ie, *_ in one.get("sent", ()))]
    if len(passed) > 1:
        yield "it passed the border twice"
    if not passed:
        return
    if case.presented is None or case.presented > passed[0]:
        yield "it passed the border before it was there"
    if case.state != "stopped" and case.held_until and passed[0] < case.held_until:
        yield f"it passed at {passed[0]}, held until {case.held_until}"
    if case.hits and not ASSESSED & {one["event"] for _, one in told if not one.get("refused")}:
        yield f"{', '.join(case.hits)} hit it, and nobody assessed it"
