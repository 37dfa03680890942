"""What a party of a filing may ask of it: its state, by MRN or transport document (IE3Q05, IE3R08).

Who wishes is sent the notices of the last thirty days again: its own, or, if it speaks for the
filing, those of the filer.
"""
from collections.abc import Iterable
from datetime import timedelta

from tollbod.case.model import ANY, SAME, Effect, Event, Facts, On, Send, always, refuse
from tollbod.ics2.case import Filing
from tollbod.ics2.letters import letter
from tollbod.spec.tables import ICS2

# States as CL744 knows them: of the filing (ENF), and of the declaration that it is or makes (ENS).
STATES = {
    "registered": ("01", ""), "rejected": ("02", ""), "invalidated": ("09", ""),
    "pending completeness": ("03", "10"), "pending linking": ("04", ""), "linked": ("05", ""),
    "arrived": ("03", "19"), "partially arrived": ("03", "19"), "arrived for control": ("03", "19"),
    "presented": ("03", "21"), "stopped": ("03", "21"), "under control": ("03", "21"),
}
COMPLETE = ("03", "11")
CONSIDERED = "12"
PENDING_LINKING, LINKED = "04", "05"
KEPT = timedelta(days=30)       # HTI process description: how long notices can be asked for


# When

def no_party(case: Filing, event: Event, facts: Facts) -> bool:
    """Hold if who asks is neither of the parties that filed it nor its carrier, or not itself."""
    asked = event.body["requester"]["identificationNumber"]
    return asked != facts.sender or facts.sender not in (*case.speakers, case.carrier)


def wants_notices(_case: Filing, event: Event, _facts: Facts) -> bool:
    """Hold if it asks for the notices, too."""
    return event.body["dataRequest"] == "1"


# Then

def tell_not_found(_case: Filing, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Answer as if it were not there (error 97)."""
    yield refuse("97", "no filing of yours is found under this reference",
                 "ingen deklarasjon fra deg finnes under denne referansen", "", f"/{event.ie}")


def tell_state(case: Filing, event: Event, facts: Facts) -> Iterable[Effect]:
    """Tell its state, and that of the declaration it is or is a part of (IE3R08)."""
    yield letter("IE3R08", facts.sender, {}, {
        "functionalReference": event.body["functionalReference"],
        "ENSEntity": [{"type": kind, "identification": mrn, "state": state}
                      for kind, mrn, state in _entities(case)]})


def tell_again(case: Filing, event: Event, facts: Facts) -> Iterable[Effect]:
    """Tell its state (IE3R08), and send the notices of thirty days again."""
    yield from tell_state(case, event, facts)
    to = case.filer if facts.sender in case.speakers else facts.sender
    for ie, body in facts.told(case.mrn, to, facts.now - KEPT):
        if ie != "IE3R08":
            yield Send(ie, facts.sender, body, edition=ICS2)


def _entities(case: Filing) -> list[tuple[str, str, str]]:
    filing, whole = STATES.get(case.state, COMPLETE)
    if (case.links or case.waybills) and filing not in ("01", "02", "09"):
        filing = LINKED if case.linked else PENDING_LINKING
    if case.whole and case.whole.considered and whole == COMPLETE[1]:
        whole = CONSIDERED
    of = [("ENS", link.master, STATES.get(link.state, COMPLETE)[1])
          for link in case.links.values() if link.master]
    if whole and case.about.level in ("full", "master"):
        of.append(("ENS", case.mrn, whole))
    return [("ENF", case.mrn, filing), *of]


ROWS = (
    On(ANY, "IE3Q05", no_party,      SAME, tell_not_found),
    On(ANY, "IE3Q05", wants_notices, SAME, tell_again),
    On(ANY, "IE3Q05", always,        SAME, tell_state),
)
