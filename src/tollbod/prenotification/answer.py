"""An answer about the duty as plain data, one shape for the command, the API and the page.

Sentences come in both languages; moments are UTC, lengths of time in seconds.
"""
from datetime import datetime, timedelta
from typing import Any

from tollbod.prenotification.deadlines import Due
from tollbod.prenotification.duty import Duty, Notification
from tollbod.prenotification.question import FIELDS, Question, Said
from tollbod.spec import prenotification_law
from tollbod.spec.prenotification_law import Deadline, Worded

EVENTS = {
    "loading": Said("loading", "lasting"), "departure": Said("departure", "avgang"),
    "arrival": Said("arrival", "ankomst"), "crossing": Said("the border", "grensepassering"),
}
KINDS = {
    ("entry", "full"): Said("entry prenotification", "forhåndsvarsel ved innførsel"),
    ("exit", "full"): Said("exit prenotification", "forhåndsvarsel ved utførsel"),
    ("entry", "minimum"): Said("minimum data set before loading",
                               "minimumsdatasett før lasting"),
}
SYSTEMS = {
    "NCTS": Said("NCTS", "NCTS"), "ICS2": Said("ICS2", "ICS2"),
    "ICS": Said("the import control system of that country", "landets importkontrollsystem"),
    "ECS": Said("the export system of that country", "landets eksportsystem"),
}
VARIANTS = {
    "pure": Said("pure prenotification", "rent forhåndsvarsel"),
    "combined": Said("combined with a transit declaration",
                     "kombinert forhåndsvarsel/transitteringsdeklarasjon"),
    "ENS": Said("entry summary declaration (ENS)", "summarisk innførselsdeklarasjon (ENS)"),
    "own": Said("as that country wants it", "slik det landet vil ha det"),
}
PAPERS = {
    "slip": Said("a slip with the MRN may be printed", "en talong med MRN kan skrives ut"),
    "TSAD": Said("the accompanying document (TSAD) follows the transport",
                 "følgedokumentet TSAD følger transporten"),
}
RESPONSIBLE = Said("the transporter", "transportøren")
NOT_IN_PAGE = Said("not in the page on prenotification; from the Union's law",
                   "ikke i siden om forhåndsvarsling; fra EUs rett")


def plain(found: Duty) -> dict[str, Any]:
    """Return an answer as data that JSON can carry."""
    exempt = found.exemption
    return {
        "due": found.due, "because": _said(found.because), "regime": found.asked.regime,
        "asked": _asked(found.asked),
        "notifications": [_notification(one, found.asked) for one in found.notifications],
        "alternatives": [_notification(one, found.asked) for one in found.alternatives],
        "exemption": _exemption(exempt) if exempt else None,
        "notes": [_said(one) for one in found.notes],
    }


def _said(one: Said | Worded) -> dict[str, str]:
    return {"en": one.en, "nb": one.nb}


def _asked(asked: Question) -> dict[str, Any]:
    """Return what was asked, by the names outside, without what was not told."""
    found = {}
    for field in FIELDS:
        value = getattr(asked, field.inside)
        if value not in (None, "", (), False):
            found[field.name] = _text(value)
    return found


def _text(value: Any) -> Any:
    match value:
        case datetime():
            return moment(value)
        case timedelta():
            return int(value.total_seconds())
        case tuple():
            return list(value)
        case bool():
            return value
    return str(value)


def moment(at: datetime) -> str:
    """Return a moment of UTC as text: 2022-06-01T11:00:00Z."""
    return f"{at:%Y-%m-%dT%H:%M:%S}Z"


def _notification(one: Notification, asked: Question) -> dict[str, Any]:
    return {
        "flow": one.flow, "data": one.data, "kind": _said(KINDS[one.flow, one.data]),
        "system": one.system, "system_words": _said(SYSTEMS[one.system]), "still": one.still,
        "variant": one.variant, "variant_words": _said(VARIANTS[one.variant]),
        "variants": list(one.variants),
        "border": {"outside": one.crossing.out, "inside": one.crossing.into},
        "office": {"country": one.country, "code": one.office, "may_be": list(one.offices),
                   "at_border": one.country == one.crossing.into, "named_fits": one.office_fits},
        "responsible": _said(RESPONSIBLE),
        "may_file": [{"role": role.name} | _said(role) for role in one.filers],
        "role_may_file": one.may_file,
        "deadline": _deadline(one.due, asked),
        "filed": {"late": one.late,
                  "held_until": moment(one.held_until) if one.held_until else None}
        if asked.filed else None,
        "papers": [{"paper": paper} | _said(PAPERS[paper]) for paper in one.papers],
        "law": [act.en for act in one.law], "law_nb": [act.nb for act in one.law],
        "contents": _contents(one, asked),
    }


def _contents(one: Notification, asked: Question) -> dict[str, Any] | None:
    """Return the annex of the minimum data set and what it asks for (PRE-HOW-03)."""
    if one.data != "minimum":
        return None
    day = asked.day(one.flow)
    return {"annex": prenotification_law.annex(day),
            "elements": [{"element": row.name, "must": row.more == ("must",)} | _said(row)
                         for row in prenotification_law.contents()]}


def _deadline(due: Due, asked: Question) -> dict[str, Any]:
    left = int((due.at - asked.now).total_seconds()) if due.at and asked.now else None
    return {
        "at": moment(due.at) if due.at else None, "needs": list(due.needs),
        "rules": [_row(*rule) for rule in due.rules],
        "clock": None if left is None else {
            "now": moment(asked.now), "left_seconds": left, "missed": due.missed(asked.now)},
    }


def _row(row: Deadline, period: timedelta, at: datetime | None) -> dict[str, Any]:
    return {
        "at": moment(at) if at else None, "event": row.event,
        "seconds_before": int(period.total_seconds()), "strictly_before": row.strictly,
        "words": {"en": row.en, "nb": row.nb}, "article": row.article,
        "in_founding_page": row.in_page,
    }


def _exemption(exempt: Worded) -> dict[str, Any]:
    flow, article, mark = exempt.more
    return {"reason": exempt.name, "flow": flow, "article": article, "source": mark} | _said(exempt)
