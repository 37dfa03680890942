"""The office of guarantee: the rows of all its parts, in reading order.

One case for each GRN, so that what is asked of one guarantee is decided in order. States: none,
issued (a voucher that its guarantor has not sold yet), valid, suspended, revoked. Sources: founding
document NCTS (guarantee management), states.json, structures and conditions of phase 6.
"""
from collections.abc import Iterable

from tollbod.case.model import ANY, SAME, Event, Facts, On, Role, Send, always, nothing
from tollbod.case.office_answers import SPEAKER, nack
from tollbod.case.refusal import functional_errors
from tollbod.findings import Finding
from tollbod.guarantees import access, acts, guarantor, query, use
from tollbod.guarantees.account import Guarantee

TABLE = (
    *acts.ROWS,
    *use.ROWS,
    *access.ROWS,
    *guarantor.ROWS,
    *query.ROWS,
    On(ANY, "IE906", always, SAME, nothing),
)


def answer(
    _case: Guarantee, event: Event, facts: Facts, findings: tuple[Finding, ...]
) -> Iterable[Send]:
    """Refuse with IE906: an office's message (CD906C), a trader's (CC906C)."""
    if event.name in SPEAKER:
        yield from nack(event, facts, findings)
    elif event.name.startswith("IE"):
        root = event.body.get("messageType", "CC906C")
        yield Send("IE906", facts.sender, {
            "Header": {}, "FunctionalError": functional_errors(findings, root)})


ROLE = Role("guarantee", TABLE, Guarantee, answer, {}, heard=use.HEARD)
