"""Four eyes: an act that is marked is proposed by one officer and confirmed or rejected by another.

Knows no particular act: which are marked says the national profile. A proposal changes nothing but
the case's memory of it; it is void when the case has moved on to another state.
"""
from typing import Any

import msgspec

from tollbod.case.model import Decision, Event, Facts, Proposal, Refuse, Role, Task, refuse

CONFIRM, REJECT = "officer confirm", "officer reject"
ANSWERS = ("confirm", "reject")
TASK = "second"
OWN = ("do", "by", "case")          # of an act's body: who does what to which case


def proposed(role: Role, case: Any, event: Event, facts: Facts, decision: Decision
             ) -> Decision | None:
    """Return the proposal that a marked act becomes; None: the act is decided as it stands.

    What would be refused anyway is refused at once. `decision` is what the act would bring about.
    """
    act = event.name.removeprefix("officer ")
    if act == event.name or any(isinstance(effect, Refuse) for effect in decision.effects):
        return None
    mark = facts.profile.second_officer(role.name, act, case.state, facts.now.date())
    if mark is None:
        return None
    if case.proposal:
        before = case.proposal
        return Decision(case, (refuse(
            "92", f"'{before.act}', proposed by {before.by}, waits for a second officer: confirm "
            "or reject it first", f"«{before.act}», foreslått av {before.by}, venter på en annen "
            "tjenesteperson: bekreft eller avslå det først"),), -1)
    details = {name: value for name, value in event.body.items() if name not in OWN}
    by = event.body.get("by", "")
    said = "".join(f", {name}: {value}" for name, value in details.items())[:200]
    task = Task(TASK, f"{by} proposes '{act}'{said}; a second officer confirms or rejects: "
                f"{mark.why}", f"{by} foreslår «{act}»{said}; en annen tjenesteperson bekrefter "
                f"eller avslår: {mark.nb}", ANSWERS)
    proposal = Proposal(act, by, facts.now, details)
    return Decision(msgspec.structs.replace(case, proposal=proposal), (task,), -1)


def answered(case: Any, event: Event) -> Event | Decision:
    """Return the act that a second officer confirms, to be decided now, or what else follows."""
    proposal, by = case.proposal, event.body.get("by", "")
    if proposal is None:
        return Decision(case, (refuse("92", "nothing is proposed that could be confirmed or "
                                      "rejected", "ingenting er foreslått som kan bekreftes "
                                      "eller avslås"),), -1)
    if event.name == REJECT:
        return Decision(without(case), (Task(TASK),), -1)
    if by == proposal.by:
        return Decision(case, (refuse(
            "14", f"{by} proposed '{proposal.act}' and cannot confirm it: another officer must",
            f"{by} har foreslått «{proposal.act}» og kan ikke bekrefte det selv: det må en annen "
            "tjenesteperson gjøre"),), -1)
    return Event(f"officer {proposal.act}", event.body | proposal.details | {
        "do": proposal.act, "by": by})


def without(case: Any) -> Any:
    """Return the case without a proposal."""
    return msgspec.structs.replace(case, proposal=None)


def told(event: str, before: Any, after: Any) -> dict[str, Any]:
    """Return what the history says besides of an act that is proposed, confirmed or given up."""
    if before.proposal == after.proposal:
        return {}
    became = "proposes" if after.proposal else "confirms" if event == CONFIRM else \
        "rejects" if event == REJECT else "voids"
    one = after.proposal or before.proposal
    return {became: {"act": one.act, "by": one.by, "at": one.at, "details": one.details}}
