"""The law of prenotification as dated tables: systems, deadlines, offices, filers, exceptions.

Tables in `spec/regimes`, each named in the function that reads it. Nothing is decided here.
"""
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import NamedTuple

from tollbod.spec import regime_tables
from tollbod.spec.regime_tables import Span

FOLDER = Path(__file__).parent / "prenotification"
UNITS = {"h": 60, "min": 1}             # in minutes
MODES = {"1": "sea", "2": "rail", "3": "road", "4": "air", "8": "inland"}      # CL218


class System(NamedTuple):
    """A data set that is due, or may still be given instead, in a system from day to day."""

    regime: str
    flow: str
    modes: frozenset[str]
    consignments: frozenset[str]
    days: Span
    data: str               # full | minimum
    name: str               # NCTS | ICS2
    still: bool             # the deployment window: may still be filed here instead


class Deadline(NamedTuple):
    """How long before which event, in which case, by which article."""

    regime: str
    flow: str
    data: str
    mode: str
    case: str
    strictly: bool          # before the moment; else that moment is in time
    offset: timedelta
    event: str              # loading | departure | arrival | crossing
    article: str
    in_page: bool
    en: str
    nb: str


class Worded(NamedTuple):
    """A role or a reason with its words; `more` is what else its row has."""

    name: str
    en: str
    nb: str
    more: tuple[str, ...] = ()


@cache
def systems() -> tuple[System, ...]:
    """Return `prenotification_systems.txt`."""
    return tuple(
        System(regime, flow, frozenset(modes.split()), frozenset(goods.split()),
               regime_tables.span(first, last), data, name, standing == "still")
        for regime, flow, modes, goods, first, last, data, name, standing
        in regime_tables.rows("prenotification_systems.txt"))


def systems_for(regime: str, flow: str, mode: str, consignment: str,
                day: date) -> tuple[System, ...]:
    """Return what is to be filed where on a day.

    >>> [s.name for s in systems_for("founding", "entry", "air", "post", date(2022, 1, 1))]
    ['NCTS', 'ICS2']
    """
    return tuple(
        one for one in systems()
        if regime_tables.of(regime, one.regime) and one.flow == flow and one.days.covers(day)
        and one.modes & {mode, "any"} and one.consignments & {consignment, "any"})


@cache
def deadlines(regime: str) -> tuple[Deadline, ...]:
    """Return `prenotification_deadlines.txt` as it is under a regime, in its order."""
    return tuple(
        Deadline(which, flow, data, mode, case, relation == "before", length(offset), event,
                 article, page == "page", english, bokmaal)
        for which, flow, data, mode, case, relation, offset, event, article, page, english, bokmaal
        in regime_tables.rows("prenotification_deadlines.txt")
        if regime_tables.of(regime, which))


def length(text: str) -> timedelta:
    """Return a length of time: `24h`, `30min`, `0`.

    >>> length("30min")
    datetime.timedelta(seconds=1800)
    """
    unit = text.lstrip("0123456789")
    return timedelta(minutes=int(text.removesuffix(unit)) * UNITS.get(unit, 0))


@cache
def offices() -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """Return the offices flagged to receive prenotifications: their modes, their ports."""
    return {code: (frozenset(modes.split()), frozenset(ports.split()) - {"-"})
            for code, modes, ports in regime_tables.rows("prenotification_offices.txt")}


def taken_in_ncts(country: str) -> bool:
    """Tell whether a country takes prenotifications in NCTS: it has offices flagged for them.

    >>> taken_in_ncts("NO"), taken_in_ncts("SE")
    (True, False)
    """
    return any(code.startswith(country) for code in offices())


def filers(data: str, system: str) -> tuple[Worded, ...]:
    """Return who may file a data set in a system, from `prenotification_filers.txt`.

    >>> [one.name for one in filers("full", "NCTS")]
    ['transporter', 'agent', 'importer', 'exporter', 'declarant']
    """
    wanted = {f"{data} {system}", f"any {system}"}
    return tuple(Worded(role, english, bokmaal) for where, role, english, bokmaal
                 in regime_tables.rows("prenotification_filers.txt") if where in wanted)


def roles() -> tuple[str, ...]:
    """Return every role that may file something somewhere."""
    found = [role for _, role, *_ in regime_tables.rows("prenotification_filers.txt")]
    return tuple(dict.fromkeys(found))


@cache
def exemptions() -> dict[str, Worded]:
    """Return the exceptions by reason; `more` is flow, article and mark of the source."""
    return {reason: Worded(reason, english, bokmaal, (flow, article, mark))
            for reason, flow, article, mark, english, bokmaal
            in regime_tables.rows("prenotification_exemptions.txt")}


def grounds(where: str, flow: str, day: date) -> tuple[Worded, ...]:
    """Return the acts that ground the duty on a day, `NO` or elsewhere in the `zone`.

    >>> [one.nb for one in grounds("zone", "entry", date(2022, 6, 1))]
    ['forordning (EU) 952/2013 art. 127']
    """
    return tuple(Worded("", english, bokmaal) for first, last, scope, which, english, bokmaal
                 in regime_tables.rows("prenotification_law.txt")
                 if (scope, which) == (where, flow)
                 and regime_tables.span(first, last).covers(day))


@cache
def framework() -> tuple[tuple[str, str], ...]:
    """Return each element of a prenotification with the data of the WCO's framework that it is."""
    text = (FOLDER / "safe.txt").read_text("utf-8")
    return tuple(tuple(cell.strip() for cell in line.split(" | "))
                 for line in text.splitlines() if line[0] != "#")


def annex(day: date) -> str:
    """Return the annex that says the content of the minimum data set on a day; "" before it.

    >>> annex(date(2024, 1, 1)), annex(date(2021, 1, 1))
    ('vareførselsforskriften vedlegg 2', '')
    """
    return next((name for first, last, name in regime_tables.rows("minimum_data_set.txt")
                 if regime_tables.span(first, last).covers(day)), "")


@cache
def contents() -> tuple[Worded, ...]:
    """Return what the minimum data set holds; `name` is its element, `more` whether it must."""
    return tuple(Worded(element, english, bokmaal, (must,)) for element, must, english, bokmaal
                 in regime_tables.rows("minimum_data_set_contents.txt"))


def complete(consignment: str, in_zone: bool, value_eur: Decimal | None, day: date) -> bool | None:
    """Tell whether the minimum data set is all that is due; None if the value would decide.

    Table `prenotification_complete.txt`.

    >>> complete("express", True, Decimal("22.00"), date(2022, 1, 1))
    True
    """
    for which, _, limit, first, last in regime_tables.rows("prenotification_complete.txt"):
        if which == consignment and regime_tables.span(first, last).covers(day):
            if limit == "-":
                return in_zone
            return None if value_eur is None else value_eur <= Decimal(limit.split()[0])
    return False
