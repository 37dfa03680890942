"""What an outage is: whose fault, who asked, who permitted, and the papers begun under it.

Pure values and what may be wrong with what an officer tells of them. Causes and demands: founding
pages NCTS and prenotification (BCP-01, PRE-BCP-03..06). Numbers of papers are ours: the
permission and a running number, so that they can be given out while no system is there.
"""
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from tollbod.case.model import Case
from tollbod.findings import Finding

CAUSES = ("customs", "consignor", "filer", "network")       # whose hardware or software failed
# A transit, a prenotification by mail, or an entry summary declaration that is filed later.
KINDS = ("transit", "ssd", "ens")
MOST_FORMS = 200
LONGEST = 300                                               # of a text that an officer writes
REFERENCE = re.compile(r"[A-Z]{2}[A-Z0-9]{6}-[0-9]{2}-[0-9]{3,6}")


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """One operation that was begun on paper, and ends there."""

    number: str
    kind: str                           # transit, ssd, ens
    holder: str
    begun: datetime
    by: str
    lrn: str = ""
    ended: datetime | None = None
    data: dict[str, str] = {}           # of an SSD: its boxes, by the names of the form
    mrn: str = ""                       # of the declaration that was filed when all was back


class Outage(Case, frozen=True, kw_only=True):
    """An outage as customs keeps it."""

    number: str = ""                    # NO365001-26-0001
    cause: str = ""
    asked_by: str = ""
    began: datetime | None = None
    reason: str = ""                    # and when the system is expected back: of one's own fault
    expected: datetime | None = None
    permission: str = ""
    permitted_by: str = ""
    permitted_at: datetime | None = None
    forms: int = 0                      # how many papers the permission is for
    ended: datetime | None = None
    papers: tuple[Paper, ...] = ()

    def paper(self, number: str) -> Paper | None:
        """Return the paper with a number."""
        return next((one for one in self.papers if one.number == number), None)

    @property
    def numbers(self) -> tuple[str, ...]:
        """Return the numbers that the permission gives out."""
        return tuple(f"{self.permission}-{n:03}" for n in range(1, self.forms + 1))

    @property
    def open(self) -> tuple[Paper, ...]:
        """Return the papers that have not come back."""
        return tuple(one for one in self.papers if one.ended is None)


def moment(told: Any) -> datetime | None:
    """Return a moment with its time zone as UTC; None for what is none.

    >>> moment("2026-05-04T10:00+02:00").isoformat()
    '2026-05-04T08:00:00+00:00'
    """
    try:
        found = datetime.fromisoformat(str(told))
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else None


def text(told: Any) -> str:
    """Return what an officer wrote, of a length that can be kept."""
    return str(told or "").strip()[:LONGEST]


def faults_of_report(told: dict, number: str, now: datetime) -> Iterator[Finding]:
    """Yield why an outage cannot be registered (BCP-01, PRE-BCP-03, PRE-BCP-05)."""
    if not REFERENCE.fullmatch(number):
        yield _fault("case", "an outage is named by office, year and number: NO365001-26-0001",
                     "en driftsstans navngis med tollsted, år og nummer: NO365001-26-0001")
    cause, began = told.get("cause"), moment(told.get("began"))
    if cause not in CAUSES:
        yield _fault("cause", f"fallback is for a system error at one of: {', '.join(CAUSES)}",
                     f"nødprosedyre gjelder systemfeil hos en av: {', '.join(CAUSES)}")
    if not text(told.get("asked_by")):
        yield _fault("asked_by", "say who asked for permission", "oppgi hvem som ba om tillatelse")
    if began is None or began > now:
        yield _fault("began", "say when it began, with its time zone, not in the future",
                     "oppgi når den begynte, med tidssone, ikke i fremtiden")
    if cause in CAUSES and cause != "customs":
        if not text(told.get("reason")):
            yield _fault("reason", "whose own system failed justifies the request",
                         "den som selv har feilen, må begrunne anmodningen")
        if moment(told.get("expected")) is None:
            yield _fault("expected", "say when the system is expected back, with its time zone",
                         "oppgi når systemet ventes tilgjengelig, med tidssone")


def faults_of_permission(case: Outage, told: dict, now: datetime) -> Iterator[Finding]:
    """Yield why a permission cannot be registered as told."""
    at = moment(told["at"]) if "at" in told else now
    if at is None or at > now or at < case.began:
        yield _fault("at", "it was given after the outage began and not in the future",
                     "den ble gitt etter at driftsstansen begynte, og ikke i fremtiden")
    if not 1 <= forms(told) <= MOST_FORMS:
        yield _fault("forms", f"a permission is for 1 to {MOST_FORMS} papers",
                     f"en tillatelse gjelder 1 til {MOST_FORMS} papirer")


def forms(told: dict) -> int:
    """Return for how many papers a permission is, 0 for what is no number."""
    given = str(told.get("forms", "20"))
    return int(given) if given.isdecimal() and len(given) < 6 else 0


def faults_of_paper(case: Outage, told: dict, now: datetime) -> Iterator[Finding]:
    """Yield why a paper cannot be registered: not permitted, known already, outside the time."""
    number, begun = told.get("number"), moment(told.get("begun"))
    if number not in case.numbers:
        yield _fault("number", f"{text(number)[:40]} is no number of permission {case.permission}",
                     f"{text(number)[:40]} er ikke et nummer i tillatelse {case.permission}")
    elif case.paper(number):
        yield _fault("number", f"{number} is registered already: it is never keyed in again",
                     f"{number} er alt registrert: den legges aldri inn på nytt")
    until = case.ended or now
    if begun is None or not case.permitted_at <= begun <= until:
        yield _fault("begun", f"it was begun between {case.permitted_at:%Y-%m-%d %H:%M} and "
                     f"{until:%Y-%m-%d %H:%M} UTC, while fallback was permitted",
                     f"den ble begynt mellom {case.permitted_at:%Y-%m-%d %H:%M} og "
                     f"{until:%Y-%m-%d %H:%M} UTC, mens nødprosedyren var tillatt")
    if told.get("kind", "transit") not in KINDS:
        yield _fault("kind", f"it is one of: {', '.join(KINDS)}",
                     f"den er en av: {', '.join(KINDS)}")
    if not text(told.get("holder")):
        yield _fault("holder", "say whose operation it is", "oppgi hvem den tilhører")


def _fault(name: str, said: str, nb: str) -> Finding:
    return Finding("state", "14", "BCP", name, 0, said, nb)
