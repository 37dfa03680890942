"""What a condition or a rule is, as plain data: for the API, the portal and traders' software.

Knows where conditions and rules are kept and brings both into one shape. Does not judge.
"""
from typing import Any

from tollbod.rules import rulebook
from tollbod.rules.conditions import condition, conditions
from tollbod.spec.tables import EVERY_PROFILE


def explain(id: str) -> dict[str, Any] | None:
    """Return what `id` (C0001, R0007, G0033) demands, in English and bokmål; None if unknown.

    >>> told = explain("C0250")
    >>> told["status"], sorted(told)
    ('in force', ['en', 'id', 'messages', 'nb', 'notation', 'reason', 'status'])
    """
    one = next(filter(None, (condition(id, profile) for profile in EVERY_PROFILE)), None)
    if one is not None:
        return {
            "id": one.id, "status": one.status, "en": one.text, "nb": one.nb,
            "notation": one.notation, "reason": one.why,
            "messages": {one.profile: sorted(one.messages)},
        }
    rule = rulebook.rules().get(id)
    if rule is None:
        return None
    return {
        "id": rule.id, "status": rule.status, "en": rule.en, "nb": rule.nb, "notation": "",
        "reason": rule.reason,
        "messages": {profile: list(roots) for profile, roots in rule.messages.items()},
    }


def everything() -> list[dict[str, Any]]:
    """Return all conditions and rules, in the order of their ids."""
    ids = {one.id for profile in EVERY_PROFILE for one in conditions(profile)}
    return [told for id in sorted(ids | set(rulebook.rules())) if (told := explain(id))]
