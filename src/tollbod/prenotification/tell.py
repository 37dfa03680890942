"""An answer about the duty in words, line by line, for the command and the page."""
from datetime import timedelta
from typing import Any

from tollbod.prenotification import answer
from tollbod.prenotification.question import FIELDS

# label: English, bokmål
LABELS = {
    "system": ("in", "i"), "variant": ("as", "som"), "office": ("office", "tollsted"),
    "responsible": ("responsible", "ansvarlig"), "may_file": ("may file", "kan avgi"),
    "deadline": ("by", "innen"), "clock": ("clock", "klokke"), "filed": ("filed", "avgitt"),
    "papers": ("paper", "papir"), "contents": ("contents", "innhold"), "law": ("law", "hjemmel"),
    "needs": ("still to tell", "gjenstår å oppgi"),
}
DUE = {True: ("a prenotification is due", "forhåndsvarsel kreves"),
       False: ("no prenotification is due", "forhåndsvarsel kreves ikke")}


def heading(one: dict[str, Any], language: str) -> str:
    """Return what is to be filed, and over which border.

    >>> kind = {"en": "entry prenotification"}
    >>> heading({"kind": kind, "flow": "entry", "border": {"outside": "RU", "inside": "NO"}}, "en")
    'entry prenotification, RU – NO'
    """
    border = one["border"]
    way = (border["outside"], border["inside"])
    return f"{one['kind'][language]}, {' – '.join(way if one['flow'] == 'entry' else way[::-1])}"


def lines(one: dict[str, Any], language: str) -> list[tuple[str, str]]:
    """Return what is to be told of a notification: label and text."""
    found = [("system", one["system_words"][language]), ("variant", one["variant_words"][language]),
             ("office", office(one["office"], one["flow"], language))]
    found += [("deadline", deadline(rule, language)) for rule in one["deadline"]["rules"]]
    if one["deadline"]["needs"]:
        found.append(("needs", ", ".join(asked(name, language)
                                         for name in one["deadline"]["needs"])))
    if clock := one["deadline"]["clock"]:
        found.append(("clock", left(clock, language)))
    if filed := one["filed"]:
        found.append(("filed", in_time(filed, language)))
    found += [("responsible", one["responsible"][language]),
              ("may_file", ", ".join(role[language] for role in one["may_file"]))]
    found += [("papers", paper[language]) for paper in one["papers"]]
    if held := one["contents"]:
        named = ", ".join(row[language] for row in held["elements"])
        found.append(("contents", f"{held['annex']}: {named}"))
    found.append(("law", "; ".join(one["law_nb" if language == "nb" else "law"])))
    return [(LABELS[name][language == "nb"], text) for name, text in found]


def asked(name: str, language: str) -> str:
    """Return a field of the question in words, with the name by which it is told.

    >>> asked("arrival", "nb"), asked("cargo", "en")
    ('ankomst (arrival)', 'in containers or not (cargo)')
    """
    field = next((one for one in FIELDS if one.name == name), None)
    words = (field.nb if language == "nb" else field.en) if field else name
    return f"{words.partition(';')[0]} ({name})"


def office(where: dict[str, Any], flow: str, language: str) -> str:
    """Return an office in words, or which may be meant.

    >>> there = {"code": "", "may_be": [], "country": "DE", "at_border": True}
    >>> office(there, "exit", "en")
    'office of exit in DE'
    """
    if where["code"]:
        return where["code"]
    if where["may_be"]:
        return ", ".join(where["may_be"])
    if not where["at_border"]:
        departure = ("office of departure in", "avgangstollsted i")[language == "nb"]
        return f"{departure} {where['country']}"
    words = {"entry": ("first office of entry in", "første innpasseringstollsted i"),
             "exit": ("office of exit in", "utpasseringstollsted i")}[flow]
    return f"{words[language == 'nb']} {where['country']}"


def deadline(row: dict[str, Any], language: str) -> str:
    """Return a deadline in words: the moment if it is known, the rule, whether the page has it."""
    found = f"{row['at']}  {row['words'][language]}" if row["at"] else row["words"][language]
    if not row["in_founding_page"]:
        found += f" ({getattr(answer.NOT_IN_PAGE, language)})"
    return found


def left(clock: dict[str, Any], language: str) -> str:
    """Return how much time is left.

    >>> left({"left_seconds": 5400, "missed": False}, "en")
    '1:30:00 left'
    >>> left({"left_seconds": -86400 * 2 - 61, "missed": True}, "nb")
    'ute for 2 døgn 0:01:01 siden'
    """
    length = timedelta(seconds=abs(clock["left_seconds"]))
    unit = "døgn" if language == "nb" else "day" if length.days == 1 else "days"
    days = f"{length.days} {unit} " if length.days else ""
    told = f"{days}{timedelta(seconds=length.seconds)}"
    words = ("over {} ago", "ute for {} siden") if clock["missed"] else ("{} left", "{} igjen")
    return words[language == "nb"].format(told)


def in_time(filed: dict[str, Any], language: str) -> str:
    """Return whether what was filed was in time, and until when the goods are held if not."""
    words = {None: ("the deadline is not known", "fristen er ikke kjent"),
             False: ("in time", "i tide"),
             True: ("late, held until", "for sent, holdes til")}[filed["late"]]
    return f"{words[language == 'nb']} {filed['held_until'] or ''}".rstrip()
