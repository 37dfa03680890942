"""What offices of transit and of exit for transit have in common: both let the goods pass.

The two differ in their messages, by one row of words each; the table is the same for both. Read
`rows` for the behaviour.
"""
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from tollbod.case.carry import at, carry, many
from tollbod.case.model import (
    ANY, SAME, Case, Effect, Event, Facts, On, Role, Send, Task, Wait, always, nothing, refuse,
)
from tollbod.case.office_answers import nack
from tollbod.findings import Finding
from tollbod.movement import presented, speakers
from tollbod.movement.deadlines import start, waiting_for_goods
from tollbod.movement.incident import incident_letter
from tollbod.movement.status import answer_status

P6 = "p6"
UNCOVERED = ("the guarantee is not valid in this country", "garantien gjelder ikke i dette landet")


class Words(NamedTuple):
    """The messages and groups of one kind of office."""

    role: str
    record: str         # the record comes
    question: str       # asked for where it did not come
    answer: str         # the answer to that
    report: str         # the goods have passed
    act: str            # the officer's act that says so
    declared: str       # group of the declared offices
    actual: str         # group of the actual office
    passed: str         # name of the date in the report
    task: tuple[str, str]


class Border(Case, frozen=True, kw_only=True):
    """A movement as one office that it passes knows it."""

    mrn: str = ""
    record: dict[str, Any] = {}             # plain CD050C, CD115C, CD160C, CD165C
    passed: datetime | None = None
    incidents: tuple[dict[str, Any], ...] = ()
    flags: tuple[str, ...] = ()

    @property
    def departure(self) -> str:
        """Return the office of departure."""
        return at(self.record, "CustomsOfficeOfDeparture/referenceNumber")


# Learn

def expected(case: Border, event: Event, _facts: Facts) -> Border:
    """Learn the record of the movement."""
    return msgspec.structs.replace(case, mrn=at(event.body, "TransitOperation/MRN"),
                                   record=event.body)


def passed(case: Border, _event: Event, facts: Facts) -> Border:
    """Learn when the goods passed."""
    return msgspec.structs.replace(case, passed=facts.now)


def wanted(case: Border, event: Event, _facts: Facts) -> Border:
    """Learn that the goods are here although no record came."""
    return msgspec.structs.replace(case, mrn=event.body["case"])


def named(case: Border, event: Event, _facts: Facts) -> Border:
    """Learn which movement ended before its record came."""
    return msgspec.structs.replace(case, mrn=at(event.body, "TransitOperation/MRN"))


def overdue(case: Border, _event: Event, _facts: Facts) -> Border:
    """Learn that the goods have not come in time."""
    return msgspec.structs.replace(case, flags=(*case.flags, "did not come in time"))


def forgotten(case: Border, _event: Event, _facts: Facts) -> Border:
    """Learn that the record is not kept any longer: goods that come now are asked for anew."""
    return msgspec.structs.replace(case, record={})


def heard(case: Border, event: Event, _facts: Facts) -> Border:
    """Learn an incident that another office registered (IE181) or this one did."""
    return msgspec.structs.replace(case, incidents=(*case.incidents, event.body))


# When

def negative(_case: Border, event: Event, _facts: Facts) -> bool:
    """Hold if the office of departure has no record to give."""
    return bool(at(event.body, "TransitOperation/requestRejectionReasonCode"))


# Then

def tell_status(case: Border, event: Event, facts: Facts) -> Iterable[Effect]:
    """Tell the office of departure how the movement stands here (IE095)."""
    yield answer_status(case.state, case.mrn, event, facts)


def register_incident(case: Border, event: Event, facts: Facts) -> Iterable[Effect]:
    """Notify the office of departure of an incident that was registered here (IE180)."""
    yield incident_letter(case.mrn, case.departure, event, facts)


def tell_cancelled(_case: Border, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Close what an officer was asked to do."""
    yield Task("passage")
    yield Task("record")


def tell_denied(_case: Border, event: Event, _facts: Facts) -> Iterable[Effect]:
    """Tell the officers that there is no record of this movement."""
    yield Task("record")
    code = at(event.body, "TransitOperation/requestRejectionReasonCode")
    yield Task("denied", f"The office of departure has no record of this movement (reason {code})",
               f"Avgangstollstedet har ingen melding om denne forsendelsen (grunn {code})",
               ("noted",))


def keep_record(_case: Border, _event: Event, facts: Facts) -> Iterable[Effect]:
    """Keep the record of overdue goods for some time yet: departure looks for them."""
    yield start("record kept", facts)


def not_expected(_case: Border, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Expect the goods no longer."""
    yield Task("passage")


def give_up(_case: Border, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Wait for the record no longer: the officer has decided what becomes of the goods."""
    yield Task("record")


def noted(_case: Border, _event: Event, _facts: Facts) -> Iterable[Effect]:
    """Close the task: an officer has taken note."""
    yield Task("denied")


def _ask(words: Words) -> Callable[..., Iterable[Effect]]:
    def ask_passage(case: Border, _event: Event, _facts: Facts) -> Iterable[Effect]:
        """Ask an officer to register the passage when the carrier comes."""
        yield Task("record")
        yield Task("denied")
        refusing = ("refuse-crossing",) if words.role == "transit" else ()
        told = words.task
        if at(case.record, f"{words.actual}/guaranteeNotValidForCountry") == "1":
            told = tuple(f"{text}: {more}" for text, more in zip(told, UNCOVERED))
        yield Task("passage", *told, (words.act, *refusing, "incident"))
    return ask_passage


def _report(words: Words) -> Callable[..., Iterable[Effect]]:
    def report_passage(case: Border, _event: Event, facts: Facts) -> Iterable[Effect]:
        """Notify the office of departure that the goods passed."""
        yield Task("passage")
        yield Send(words.report, case.departure, {
            "TransitOperation": {"MRN": case.mrn, words.passed: f"{facts.now:%Y-%m-%d}"},
            "CustomsOfficeOfDeparture": {"referenceNumber": case.departure},
            words.actual: {"referenceNumber": facts.office},
        }, role="departure", case=case.mrn)
    return report_passage


def _question(words: Words) -> Callable[..., Iterable[Effect]]:
    def ask_record(case: Border, event: Event, facts: Facts) -> Iterable[Effect]:
        """Ask the office of departure for the record of goods that came unannounced."""
        yield Task("denied")
        departure = event.body.get("departure") or facts.profile.departure_office(case.mrn)
        yield Send(words.question, departure, {
            "TransitOperation": {"MRN": case.mrn},
            words.actual: {"referenceNumber": facts.office},
        }, role="departure", case=case.mrn)
    return ask_record


def _again(words: Words) -> Callable[..., Iterable[Effect]]:
    question = _question(words)

    def ask_record_again(case: Border, event: Event, facts: Facts) -> Iterable[Effect]:
        """Ask the silent office of departure for the record once more; an officer may give up."""
        yield from question(case, event, facts)
        yield start("record", facts)
        departure = facts.profile.departure_office(case.mrn)
        yield Task("record", f"The office of departure {departure} does not answer",
                   f"Avgangstollstedet {departure} svarer ikke", ("ask-record", "give-up"))
    return ask_record_again


def _not_ours(words: Words) -> Callable[..., bool]:
    def not_ours(_case: Border, event: Event, facts: Facts) -> bool:
        """Hold if the record does not name this office."""
        return all(office["referenceNumber"] != facts.office
                   for office in many(event.body.get(words.declared)))
    return not_ours


def _tell_not_ours(words: Words) -> Callable[..., Iterable[Effect]]:
    def tell_not_ours(_case: Border, event: Event, facts: Facts) -> Iterable[Effect]:
        """Refuse a record that is meant for another office."""
        yield refuse("14", f"the record does not name {facts.office} in {words.declared}",
                     f"meldingen nevner ikke {facts.office} i {words.declared}", "G0030",
                     f"/CD{words.record[2:]}C/{words.declared}/referenceNumber")
    return tell_not_ours


def refuse_passage(case: Border, event: Event, facts: Facts) -> Iterable[Effect]:
    """Refuse the passage: IE119 to the office of departure, with the reason."""
    yield Task("passage")
    yield Send("IE119", case.departure, {
        "TransitOperation": {
            "MRN": case.mrn, "passageRefusalDate": f"{facts.now:%Y-%m-%d}",
            "passageRefusalReasonCode": event.body.get("code", "4"),
            "text": event.body.get("text") or "The passage is refused.",
        },
        "CustomsOfficeOfDeparture": {"referenceNumber": case.departure},
        "CustomsOfficeOfTransitActual": {"referenceNumber": facts.office},
    }, role="departure", case=case.mrn)
    carrier = at(case.record, "Consignment/Carrier/identificationNumber")
    if carrier:
        yield Send("IE058", carrier, carry(P6, "CC058D", {}, {
            "TransitOperation": {
                "MRN": case.mrn, "businessRejectionType": "117",
                "rejectionDateAndTime": f"{facts.now:%Y-%m-%dT%H:%M:%S}", "rejectionCode": "4",
                "rejectionReason": event.body.get("text") or "The passage is refused.",
            },
            "CustomsOfficeOfTransitActual": {"referenceNumber": facts.office},
            "Consignment/Carrier/identificationNumber": carrier,
        }))


def rows(words: Words) -> tuple[On, ...]:
    """Return the table of one kind of office."""
    act, ask, report = f"officer {words.act}", _ask(words), _report(words)
    # fmt: off
    return waiting_for_goods((
        #  in state       on                              when              go to           then                   learn
        On("none",        words.record,                   _not_ours(words), SAME,           _tell_not_ours(words)),
        On("none",        words.record,                   always,           "expected",     ask,                   expected),
        On("record asked", words.record,                  always,           "expected",     ask,                   expected),
        On("none",        f"officer ask-{words.act}",     always,           "record asked", _question(words),      wanted),
        On("record asked", words.answer,                  negative,         "denied",       tell_denied),
        On("record asked", words.answer,                  always,           "expected",     ask,                   expected),
        On("record asked", "timer record",                always,           SAME,           _again(words)),
        On("record asked", "officer ask-record",          always,           SAME,           _again(words)),
        On("record asked", "officer give-up",             always,           "denied",       give_up),
        On("denied",      "officer noted",                always,           SAME,           noted),
        On("denied",      words.record,                   always,           "expected",     ask,                   expected),
        On("denied",      f"officer ask-{words.act}",     always,           "record asked", _question(words),      wanted),
        On("expected",    "timer expected",               always,           SAME,           keep_record,           overdue),
        On("expected",    "timer record kept",            always,           "none",         not_expected,          forgotten),
        On("expected",    act,                            always,           "passed",       report,                passed),
        On("expected",    "officer incident",             always,           SAME,           register_incident),
        On("passed",      "officer incident",             always,           SAME,           register_incident),
        *_refusal(words),
        On("none",        "IE010",                        always,           "cancelled",    nothing,               named),
        On("expected",    "IE010",                        always,           "cancelled",    tell_cancelled),
        On("record asked", "IE010",                       always,           "cancelled",    tell_cancelled),
        On("closed",      act,                            always,           "passed",       report,                passed),
        On("none",        "IE024",                        always,           "closed",       nothing,               named),
        On("expected",    "IE024",                        always,           "closed",       tell_cancelled),
        On(ANY,           "IE024",                        always,           SAME,           nothing),
        On("cancelled",   words.record,                   always,           SAME,           nothing),
        On("closed",      words.record,                   always,           SAME,           nothing),
        On(ANY,           words.answer,                   always,           SAME,           nothing),
        On(ANY,           "IE181",                        always,           SAME,           nothing,               heard),
        On(ANY,           "IE063",                        always,           SAME,           nothing),
        On(ANY,           "IE094",                        always,           SAME,           tell_status),
        On(ANY,           "IE906",                        always,           SAME,           nothing),
    ))
    # fmt: on


def _refusal(words: Words) -> tuple[On, ...]:
    """Return the rows of a refused passage: only an office of transit can refuse (IE119)."""
    if words.role != "transit":
        return ()
    return (
        *presented.ROWS,
        On("expected", "officer refuse-crossing", always, "refused", refuse_passage),
        On("refused", "officer crossing", always, "passed", _report(words), passed),
        On("refused", "IE010", always, "cancelled", nothing),
        On("refused", "IE024", always, "closed", nothing),
        On("refused", "timer record kept", always, "none", not_expected, forgotten),
    )


def answer(
    _case: Border, event: Event, facts: Facts, findings: tuple[Finding, ...]
) -> Iterable[Send]:
    """Refuse another office's message with IE906, a trader's presentation with IE058."""
    if event.name == "IE117":
        yield from presented.answer(event, facts, findings)
        return
    yield from nack(event, facts, findings)


def role(words: Words) -> Role:
    """Return the role of one kind of office."""
    waits = {
        "expected": Wait("carrier", f"the goods have not come to the office yet ({words.act})",
                         "varene har ikke kommet til tollstedet ennå"),
        "record asked": Wait("office of departure", f"the record was asked for ({words.question})",
                             f"forsendelsen er etterspurt ({words.question})"),
    }
    if words.role == "transit":
        waits["refused"] = Wait("carrier", "the passage was refused (IE119)",
                                "passeringen ble nektet (IE119)")
    return Role(words.role, rows(words), Border, answer, waits, heard=speakers.AHEAD)
