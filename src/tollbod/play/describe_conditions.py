"""What `describe C0001` prints of a condition: words, notation, where it binds, an example.

Everything is read from the tables of conditions; the place where it stands is `describe`'s.
"""
from tollbod.findings import FUNCTIONAL_CODES
from tollbod.rules.conditions import Condition, condition, order
from tollbod.spec.tables import EVERY_PROFILE


def lines(name: str) -> list[str]:
    """Return what is known of a condition or a rule of order; nothing of others."""
    if name in order():
        return [(f"{name}: {' before '.join(order()[name])}, where it stands; the first one that "
                "forbids the place has the last word")]
    found = [one for profile in EVERY_PROFILE if (one := condition(name, profile)) is not None]
    if found and found[-1].notation == found[0].notation and len(found) > 1:
        found = found[:1]
    if not any(one.messages for one in found):
        return []
    return [line for one in found if one.messages for line in _condition(one, len(found) > 1)]


def _condition(one: Condition, several: bool) -> list[str]:
    """Return the lines of a condition; its profile only where another words it otherwise."""
    kind = f"a condition of {one.profile}" if several else "a condition"
    state = one.status if not one.why else f"{one.status}: {one.why}"
    return [f"{one.id}: {kind} ({state})", f"  {one.text}", f"  {one.nb}", "",
            *(f"  {line}" for line in one.notation.splitlines()), "",
            (f"R: must stand (code 13, {FUNCTIONAL_CODES['13'][0]}); N: must not (code 15, "
            f"{FUNCTIONAL_CODES['15'][0]}); O: free"),
            f"source: {one.source}"]
