"""What the pages say, in English or Norwegian: the catalogues, and times, ages and amounts."""
from datetime import datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

import msgspec
from babel.dates import format_date, format_time
from babel.numbers import format_currency

from tollbod.case.money import written

LANGUAGES = ("en", "nb")
NORWEGIAN = ("nb", "no", "nn")


class Words:
    """One language: words by section and name, and how moments and amounts are written."""

    def __init__(self, language: str, zone: str) -> None:
        self.language, self.zone = language, ZoneInfo(zone)
        self.sections = _catalogue(language)

    def __call__(self, section: str, name: str, **values: object) -> str:
        """Return the words for a name; the name itself where the catalogue has none."""
        text = self.sections[section].get(name, name)
        return text.format(**values) if values else text

    def day(self, at: datetime) -> str:
        """Return a day: 4 May, 4. mai."""
        pattern = "d. MMM" if self.language == "nb" else "d MMM"
        return format_date(at.astimezone(self.zone), pattern, locale=self.language)

    def time(self, at: datetime) -> str:
        """Return a time of day: 14:05."""
        return format_time(at.astimezone(self.zone), "HH:mm", locale=self.language)

    def moment(self, at: datetime) -> str:
        """Return day and time."""
        return f"{self.day(at)} {self.time(at)}"

    def age(self, seconds: int) -> str:
        """Return how long something has lasted, in its largest unit."""
        for name, unit in (("day", 86400), ("hour", 3600), ("minute", 60)):
            if seconds >= unit:
                return self("text", name, n=seconds // unit)
        return self("text", "now")

    def left(self, seconds: float) -> str:
        """Return how long it is to a limit, in its two largest units: 1 h 20 min."""
        minutes = int(seconds // 60)
        units = (("day", minutes // 1440), ("hour", minutes // 60 % 24), ("minute", minutes % 60))
        told = [self("text", name, n=n) for name, n in units if n]
        return " ".join(told[:2]) or self("text", "minute", n=0)

    def amount(self, amount: int, currency: str) -> str:
        """Return an amount of the smallest unit of a currency."""
        return format_currency(Decimal(written(amount, currency)), currency, locale=self.language)

    def chosen(self, english: str, bokmaal: str) -> str:
        """Return the one of two sentences that is in this language."""
        return bokmaal if self.language == "nb" and bokmaal else english

    def actor(self, role: str, id: str) -> str:
        """Return who sends or gets: a party's id, or an office with what it is there."""
        words = self("role", role) if role in self.sections["role"] else self("text", role)
        return id if role == "party" else f"{words} {id}".strip()

    def event(self, name: str) -> str:
        """Return an event of a table in words: `IE118 crossed`, `Officer: release`."""
        kind, _, rest = name.partition(" ")
        if kind == "officer":
            return f"{self('text', 'officer')}: {self('act', rest)}"
        if kind == "timer":
            return f"{self('text', 'timer')}: {self('act', rest)}".rstrip(": ")
        if kind == "tell":
            return self("act", rest)
        known = self.sections["message"]
        words = known.get(name) or known.get(f"{name[:4]}xx", "")
        return f"{name} {words}".strip()


@cache
def _catalogue(language: str) -> dict[str, dict[str, str]]:
    text = (files("tollbod.web") / "catalogues" / f"{language}.toml").read_bytes()
    return msgspec.toml.decode(text)


@cache
def words(language: str, zone: str) -> Words:
    """Return the words of a language, with the clock of a time zone."""
    return Words(language, zone)


def preferred(header: str) -> str:
    """Return the language that a header Accept-Language prefers.

    >>> preferred("nn-NO,nb;q=0.9,en;q=0.5"), preferred("de, en;q=0.1"), preferred("")
    ('nb', 'en', 'en')
    """
    wanted = []
    for part in header[:200].split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            wanted.append((-float(quality or 1), tag.split("-")[0].lower()))
        except ValueError:
            continue
    for _, tag in sorted(wanted, key=lambda one: one[0]):
        if tag in NORWEGIAN:
            return "nb"
        if tag == "en":
            return "en"
    return "en"
