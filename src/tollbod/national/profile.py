"""A country's profile: opening hours, holidays, who accepts, which office keeps a guarantee.

Times in the tables are local; everything that goes in or out of the functions is aware UTC.
"""
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import holidays
import msgspec

from tollbod.national import four_eyes
from tollbod.national.four_eyes import Mark
from tollbod.spec import codes

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LOOK_AHEAD_DAYS = 60            # an office that does not open within is closed for good
# Whose public holidays a country keeps where its own code does not say: country and part of it.
HOLIDAYS = {"GB": ("GB", "ENG"), "XI": ("GB", "NIR")}


class Hours(msgspec.Struct, frozen=True):
    """When an office is open: the weekdays and the local times of day."""

    office: str                 # reference number, or * for every other office of the country
    days: tuple[str, ...]
    opens: time
    closes: time                # 24:00 is written 23:59 and means the end of the day


class Profile(msgspec.Struct, frozen=True):
    """What a decision needs to know of the country in which it is taken."""

    country: str
    zone: str
    hours: tuple[Hours, ...]
    accepted_by_officer: bool = False       # normal procedure: an officer accepts (IE928 first)
    release_minutes: int = 0                # how long automatic release waits
    cancels_after_release: bool = True      # a request (IE014) after release is judged
    writes_off_minor: bool = False          # result A5 is written off without an officer
    presentation_minutes: int = 0           # to present pre-lodged goods; 0: the table of timers
    shares_register_with: tuple[str, ...] = ()      # countries outside the Union, of parties

    def second_officer(self, role: str, act: str, state: str, on: date) -> Mark | None:
        """Return why an act needs a second officer who confirms it; None if one is enough."""
        return four_eyes.mark(self.country, role, act, state, on)

    def open(self, office: str, now: datetime) -> bool:
        """Tell whether `office` is open at `now` (aware UTC)."""
        local = now.astimezone(ZoneInfo(self.zone))
        if local.date() in _holidays(self.country, local.year):
            return False
        return any(
            DAYS[local.weekday()] in one.days and one.opens <= local.time() < _end(one)
            for one in self._of(office)
        )

    def working_days_after(self, now: datetime, count: int) -> datetime:
        """Return the same local time so many working days later: no weekend, no public holiday."""
        zone = ZoneInfo(self.zone)
        local = now.astimezone(zone)
        day, left = local.date(), count
        for day in (local.date() + timedelta(days=n) for n in range(1, LOOK_AHEAD_DAYS)):
            left -= day.weekday() < 5 and day not in _holidays(self.country, day.year)
            if left <= 0:
                break
        return datetime.combine(day, local.time(), zone).astimezone(UTC)

    def opens(self, office: str, now: datetime) -> datetime:
        """Return when `office` is open next: `now` itself while it is open."""
        if self.open(office, now):
            return now
        zone = ZoneInfo(self.zone)
        first = now.astimezone(zone).date()
        for day in (first + timedelta(days=n) for n in range(LOOK_AHEAD_DAYS)):
            if moment := self._opening(office, day, zone, now):
                return moment
        return now + timedelta(days=LOOK_AHEAD_DAYS)

    def _opening(self, office: str, day: date, zone: ZoneInfo, now: datetime) -> datetime | None:
        if day in _holidays(self.country, day.year):
            return None
        starts = sorted(
            datetime.combine(day, one.opens, zone).astimezone(UTC)
            for one in self._of(office)
            if DAYS[day.weekday()] in one.days
        )
        return next((start for start in starts if start > now), None)

    def _of(self, office: str) -> list[Hours]:
        own = [one for one in self.hours if one.office == office]
        return own or [one for one in self.hours if one.office == "*"]

    def guarantee_office(self, grn: str) -> str:
        """Return the office of guarantee that keeps `grn`: named in the number or its country's.

        A number of an unknown country goes to our own office, which answers that it does not
        exist (G01).
        """
        named = grn[2:10]
        office = codes.office(named)
        if office and "GUA" in office.roles:
            return named
        return first_office(grn[2:4], "GUA") or first_office(self.country, "GUA")

    def departure_office(self, mrn: str) -> str:
        """Return an office of departure of the country that gave `mrn`: as named, or its first.

        Empty for a country without one. Any office of the country's system finds the movement.
        """
        named = mrn[2:10]
        office = codes.office(named)
        return named if office and "DEP" in office.roles else first_office(mrn[2:4], "DEP")

    def enquiry_office(self, office: str) -> str:
        """Return the enquiry authority for `office`: itself or the first of its country."""
        return _authority(office, "ENQ")

    def recovery_office(self, office: str) -> str:
        """Return the recovery authority for `office`: itself or the first of its country."""
        return _authority(office, "REC")


def _authority(office: str, role: str) -> str:
    known = codes.office(office)
    return office if known and role in known.roles else first_office(office[:2], role)


@cache
def first_office(country: str, role: str) -> str:
    """Return the first office of a country with a role; empty if it has none."""
    return next((o.code for o in codes.offices(country=country, role=role)), "")


def interface_office(country: str) -> str:
    """Return the office that takes filings addressed to a member state and to no office.

    The first of its offices of entry; where the list names none, the first that takes incidents.
    """
    return first_office(country, "ENT") or first_office(country, "INC")


@cache
def _holidays(country: str, year: int) -> frozenset[date]:
    of, part = HOLIDAYS.get(country, (country, None))
    return frozenset(holidays.country_holidays(of, subdiv=part, years=year, observed=False))


def _end(hours: Hours) -> time:
    return time.max if hours.closes == time(23, 59) else hours.closes


def read(country: str, zone: str, **more: Any) -> Profile:
    """Return the profile of a country from its folder's table `hours.txt`."""
    folder = files("tollbod.national") / country.lower()
    rows = []
    for line in (folder / "hours.txt").read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            office, days, opens, closes = line.split()[:4]
            rows.append(Hours(office, _days(days), time.fromisoformat(opens),
                              time.fromisoformat(closes)))
    return Profile(country, zone, tuple(rows), **more)


def _days(text: str) -> tuple[str, ...]:
    """Return the weekdays of `Mon-Fri` or `Sat`.

    >>> _days("Mon-Wed")
    ('Mon', 'Tue', 'Wed')
    """
    first, _, last = text.partition("-")
    return DAYS[DAYS.index(first) : DAYS.index(last or first) + 1]
