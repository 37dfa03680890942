"""Which sequences of letters about one movement make sense to a trader.

For each letter of the office of departure: what must have come before it, and what must not. A
declaration that is refused may be lodged again, so each IE928 begins anew.
"""
from typing import NamedTuple

from tollbod.store.records import Message


class Place(NamedTuple):
    """Where a letter stands among the others."""

    after: str = ""             # one of these must have come before (separated by |)
    never_after: str = ""       # none of these may have come before
    most: int = 99


END = "IE051 IE009+ IE045"
# Letters of the office of departure; IE009+ is a cancellation that was granted.
DEPARTURE = {
    "IE928": Place(most=1),
    "IE028": Place("IE928", "IE009+ IE051", 1),
    "IE004": Place("IE928", f"IE029 {END}"),
    "IE022": Place("IE028", f"IE029 {END}"),
    "IE055": Place("IE028", f"IE029 {END}"),
    "IE060": Place("IE928", f"IE029 {END}"),
    "IE029": Place("IE028", END, 1),
    "IE051": Place("IE028", f"IE029 {END}", 1),
    "IE009": Place("IE928", END),
    "IE009+": Place("IE928", END, 1),
    "IE182": Place("IE029", END),
    "IE140": Place("IE029", END, 1),
    "IE019": Place("IE029", f"IE035 {END}", 1),
    "IE035": Place("IE029", END, 1),
    "IE023": Place("IE035", END),
    "IE045": Place("IE029", END, 1),
}
DESTINATION = {
    "IE043": Place(never_after="IE025"),
    "IE025": Place("IE043", most=2),
}
# Of a prenotification; a question (IEN62) may go to another who has the information.
PASSED = "IE009+ IEN25"
PRENOTIFICATION = {
    "IE028": Place("", PASSED, 1),
    "IE060": Place("IE028", PASSED),
    "IEN62": Place("", PASSED),
    "IE009": Place("IE028", PASSED),
    "IE009+": Place("IE028", PASSED, 1),
    "IEN25": Place("IE028", PASSED, 1),
}
ANYWHERE = {"IE056", "IE057", "IE906", "IE917", "IE058"}


def illegal(role: str, letters: list[Message]) -> str:
    """Return why what an office told a trader of one movement makes no sense; empty if it does."""
    order = {"departure": DEPARTURE, "destination": DESTINATION,
             "prenotification": PRENOTIFICATION}.get(role, {})
    come: list[str] = []
    for letter in letters:
        name = letter.ie
        if name in ANYWHERE:
            continue
        if name not in order:
            return f"{name} is not a letter of the office of {role}"
        if name == "IE009" and b"<decision>1</decision>" in letter.body:
            name = "IE009+"
        if name == "IE928" and "IE028" not in come:
            come = []
        if why := _misplaced(name, order[name], come):
            return why
        come.append(name)
    return ""


def _misplaced(name: str, place: Place, come: list[str]) -> str:
    if place.after and not set(place.after.split("|")) & set(come):
        return f"{name} without {place.after} before it"
    if wrong := set(place.never_after.split()) & set(come):
        return f"{name} after {', '.join(sorted(wrong))}"
    if come.count(name) >= place.most:
        return f"{name} more than {place.most} times"
    return ""

