"""What is asked about a transport, read from plain text: one table of fields for every way in.

The command line, the API and the page all ask by `FIELDS`. What cannot be understood is a `Fault`
with the field's name, in both languages; all of them are told.
"""
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from tollbod.numbers import office as office_number
from tollbod.spec import codes, prenotification_law
from tollbod.spec.regime_tables import REGIMES

MODES = ("road", "sea", "air", "rail", "inland")
CARGO = ("container", "other")
CONSIGNMENTS = ("general", "post", "express", "house")
OUTAGES = ("customs", "consignor", "filer", "network")      # whose fault it is that NCTS is away
MOST_VIA = 20
OSLO = ZoneInfo("Europe/Oslo")          # days of the law begin at its midnight


class Said(NamedTuple):
    """A sentence in both languages."""

    en: str
    nb: str


class Fault(NamedTuple):
    """What cannot be understood: the field, and why in both languages."""

    field: str
    en: str
    nb: str


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """A transport: where from and to, how, when, with what; what is not known is None or ""."""

    origin: str
    to: str
    mode: str
    via: tuple[str, ...] = ()
    departure: datetime | None = None
    arrival: datetime | None = None
    loading: datetime | None = None
    crossing: datetime | None = None
    duration: timedelta | None = None
    from_port: str = ""
    to_port: str = ""
    cargo: str = ""
    consignment: str = "general"
    value: Decimal | None = None                # EUR
    final: str = ""
    goods: str = ""
    office: str = ""
    role: str = ""
    combined: bool = False
    filed: datetime | None = None
    now: datetime | None = None
    outage: str = ""
    on: date | None = None
    regime: str = "founding"

    def length(self) -> timedelta | None:
        """Return how long the journey takes: as told, else from departure to arrival."""
        if self.duration is not None:
            return self.duration
        if self.departure and self.arrival and self.arrival > self.departure:
            return self.arrival - self.departure
        return None

    def at(self, event: str, flow: str) -> datetime | None:
        """Return when an event is; the border is crossed on arrival, going out on departure."""
        if event == "crossing" and self.crossing is None:
            return self.arrival if flow == "entry" else self.departure
        return getattr(self, event)

    def day(self, flow: str) -> date | None:
        """Return the day whose law holds: of the crossing of the border, else what is known."""
        known = (self.at("crossing", flow), self.arrival if flow == "entry" else self.departure,
                 self.departure, self.arrival, self.loading)
        first = next(filter(None, known), None)
        if first is None and self.on:
            return self.on
        first = first or self.now
        return first.astimezone(OSLO).date() if first else None


class _No(ValueError):
    """The text of a field is not what it may be: why, in both languages."""


def _country(text: str, _zone: tzinfo | None) -> str:
    code = text.strip().upper()
    if not codes.codelist("CL008").has(code):
        raise _No("a country is two letters of CL008: NO, SE, RU",
                  "et land er to bokstaver fra CL008: NO, SE, RU")
    return code


def _countries(text: str, zone: tzinfo | None) -> tuple[str, ...]:
    found = tuple(_country(one, zone) for one in re.split(r"[\s,]+", text.strip()) if one)
    if len(found) > MOST_VIA:
        raise _No(f"at most {MOST_VIA} countries", f"høyst {MOST_VIA} land")
    return found


def _port(text: str, _zone: tzinfo | None) -> str:
    code = text.replace(" ", "").upper()
    if not codes.codelist("CL244").has(code):
        raise _No("a place is a UN/LOCODE: NOOSL, RULED", "et sted er en UN/LOCODE: NOOSL, RULED")
    return code


def _moment(text: str, zone: tzinfo | None) -> datetime:
    try:
        found = datetime.fromisoformat(text.strip().upper())
    except ValueError:
        found = None
    if found is None or (found.tzinfo is None and zone is None):
        raise _No("a moment with its zone: 2022-06-01T12:00Z or 2022-06-01T14:00+02:00",
                  "et tidspunkt med tidssone: 2022-06-01T12:00Z eller 2022-06-01T14:00+02:00")
    if not 1990 <= found.year <= 2200:
        raise _No("a year from 1990 to 2200", "et år fra 1990 til 2200")
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)


def _day(text: str, _zone: tzinfo | None) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise _No("a day: 2022-06-01", "en dag: 2022-06-01") from error


def _length(text: str, _zone: tzinfo | None) -> timedelta:
    clock = re.fullmatch(r"(\d{1,4}):([0-5]\d)(?::([0-5]\d))?", text.strip())
    units = re.fullmatch(r"(?i)(?:pt)?(?:(\d{1,4})h)?(?:(\d{1,5})m(?:in)?)?(?:(\d{1,6})s)?",
                         text.replace(" ", ""))
    found = clock or units
    if not found or not any(found.groups()):
        raise _No("a length of time: 3:59, 3h59min", "en tidslengde: 3:59, 3h59min")
    hours, minutes, seconds = (int(one or 0) for one in found.groups())
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


def _euro(text: str, _zone: tzinfo | None) -> Decimal:
    try:
        found = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or found < 0:
        raise _No("an amount in EUR: 22.00", "et beløp i EUR: 22.00")
    return found


def _office(text: str, _zone: tzinfo | None) -> str:
    code = office_number.compact(text)
    if not codes.office(code):
        raise _No("an office of the list: NO324001", "et tollsted i listen: NO324001")
    return code


def _yes(text: str, _zone: tzinfo | None) -> bool:
    if text.strip().lower() not in ("yes", "no", "true", "false", "ja", "nei", "on", "1", "0"):
        raise _No("yes or no", "yes eller no")
    return text.strip().lower() in ("yes", "true", "ja", "on", "1")


def _one_of(*words: str) -> Callable[[str, tzinfo | None], str]:
    def read_one(text: str, _zone: tzinfo | None) -> str:
        if text.strip().lower() not in words:
            raise _No(f"one of {', '.join(words)}", f"en av {', '.join(words)}")
        return text.strip().lower()
    return read_one


class Field(NamedTuple):
    """A field of the question: its name outside and inside, how it is read, what it is."""

    name: str
    inside: str
    read: Callable[[str, tzinfo | None], Any]
    en: str
    nb: str
    choices: tuple[str, ...] = ()


def _choice(name: str, words: tuple[str, ...], en: str, nb: str) -> Field:
    return Field(name, name, _one_of(*words), en, nb, words)


# fmt: off
FIELDS = (
    Field("from", "origin", _country, "country the goods come from", "land varene kommer fra"),
    Field("to", "to", _country, "country they go to", "land de skal til"),
    Field("via", "via", _countries, "countries on the way, in order; by sea and air: where it calls", "land underveis, i rekkefølge; på sjøen og i luften: der det anløpes"),
    _choice("mode", MODES, "active means of transport at the border", "aktivt transportmiddel på grensen"),
    Field("departure", "departure", _moment, "departure; going out: from the zone", "avgang; ved utførsel: fra sonen"),
    Field("arrival", "arrival", _moment, "arrival; coming in: at the first place of the zone", "ankomst; ved innførsel: til første sted i sonen"),
    Field("loading", "loading", _moment, "when loading begins in the port or airport of departure", "når lastingen begynner i avgangshavnen eller på avgangsflyplassen"),
    Field("crossing", "crossing", _moment, "when the border is crossed, if not arrival or departure", "når grensen passeres, hvis ikke ankomst eller avgang"),
    Field("duration", "duration", _length, "of flight, voyage, or from the last train formation station; else departure to arrival", "av flyging, sjøreise eller fra siste togstasjon; ellers fra avgang til ankomst"),
    Field("from-port", "from_port", _port, "port or airport of departure (UN/LOCODE)", "avgangshavn eller -flyplass (UN/LOCODE)"),
    Field("to-port", "to_port", _port, "port or airport of arrival (UN/LOCODE)", "ankomsthavn eller -flyplass (UN/LOCODE)"),
    _choice("cargo", CARGO, "in containers or not", "i container eller ikke"),
    _choice("consignment", CONSIGNMENTS, "post, express, a house consignment, or other", "post, ekspress, en delsending eller annet"),
    Field("value", "value", _euro, "value in EUR, of an express consignment", "verdi i EUR, for en ekspressforsendelse"),
    Field("final", "final", _country, "country of final destination, of post", "endelig bestemmelsesland, for post"),
    _choice("goods", tuple(prenotification_law.exemptions()), "a reason for an exception", "en grunn til unntak"),
    Field("office", "office", _office, "the office that is meant", "tollstedet det gjelder"),
    _choice("role", prenotification_law.roles(), "who wants to file", "hvem som vil avgi forhåndsvarsel"),
    Field("combined", "combined", _yes, "given together with a transit declaration in Norway", "gitt sammen med en transitteringsdeklarasjon i Norge"),
    Field("filed", "filed", _moment, "when it was filed: was that in time?", "når det ble avgitt: var det i tide?"),
    Field("now", "now", _moment, "the time now, for the clock to the deadline", "tiden nå, for klokken til fristen"),
    _choice("outage", OUTAGES, "NCTS is away, and whose fault that is", "NCTS er nede, og hos hvem feilen ligger"),
    Field("on", "on", _day, "the day, where no moment is known", "dagen, når ikke noe tidspunkt er kjent"),
    _choice("regime", REGIMES, "which dated law", "hvilken datert rett"),
)
# fmt: on
REQUIRED = ("from", "to", "mode")


def read(given: Mapping[str, str], zone: tzinfo | None = None) -> Question | list[Fault]:
    """Return the question that texts by field name ask, or all that cannot be understood.

    Moments without a zone are local to `zone`; without that they are not understood.

    >>> read({"from": "ru", "to": "NO", "mode": "road"}).origin
    'RU'
    >>> [fault.field for fault in read({"from": "Russia", "mode": "foot"})]
    ['from', 'mode', 'to']
    """
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for field in FIELDS:
        if text := given.get(field.name, "").strip()[:400]:
            try:
                values[field.inside] = field.read(text, zone)
            except _No as no:
                faults.append(Fault(field.name, *no.args))
    known = {field.name for field in FIELDS}
    faults += [Fault(name[:40], "there is no such field", "feltet finnes ikke")
               for name in given if name not in known]
    faults += [Fault(name, "is needed", "trengs") for name in REQUIRED
               if not given.get(name, "").strip()]
    return faults or Question(**values)
