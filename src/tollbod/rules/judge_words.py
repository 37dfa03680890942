"""The sentences of a broken condition: what, where, which values here demand it, how to mend it.

English and bokmål, made of the tests that decided; knows nothing of how they were judged.
"""
import re
from collections.abc import Callable, Iterable

from tollbod.rules.conditions_notation import Operand
from tollbod.rules.judge_tests import Reason
from tollbod.rules.values import quoted
from tollbod.spec.codes import codelist
from tollbod.wire.message import Node

REASONS_SHOWN = 3
Both = tuple[str, str]      # English, bokmål


def missing(holder: Node, name: str, others: Iterable[str], reasons: list[Reason]) -> Both:
    """Say that something must stand in a group."""
    either = "".join(f" or {one}" for one in others)
    eller = either.replace(" or ", " eller ")
    where, hvor = (f" in {holder.name}", f" i {holder.name}") if holder.parent else ("", "")
    because, fordi = _because(reasons)
    correct, rett = _correct(reasons)
    return (f"{name}{either} is missing{where}. It is required{because}. Add it{correct}.",
            f"{name}{eller} mangler{hvor}. Det kreves{fordi}. Legg det til{rett}.")


def barred(child: Node, reasons: list[Reason]) -> Both:
    """Say that something may not stand where it does."""
    holder = child.parent
    where, hvor = ((f" in {holder.name}", f" i {holder.name}")
                   if holder is not None and holder.parent else ("", ""))
    because, fordi = _because(reasons)
    correct, rett = _correct(reasons)
    return (f"{child.name} is not allowed{where}{because}. Remove it{correct}.",
            f"{child.name} er ikke tillatt{hvor}{fordi}. Ta det bort{rett}.")


def _because(reasons: list[Reason]) -> Both:
    """Return the tests that decided, those that hold before those that do not.

    Where one but the last has a comma of its own, semicolons keep them apart.
    """
    told: dict[str, Both] = {}
    valued = {one.place for one in reasons if one.value and one.test.kind != "given"}
    for reason in sorted(reasons, key=lambda one: not one.holds):
        if reason.test.kind == "given" and reason.place in valued:
            continue            # what it is will be told
        english, bokmaal = _told(reason)
        told.setdefault(english, (english, bokmaal))
    shown = list(told.values())[:REASONS_SHOWN]
    if not shown:
        return " here", " her"
    apart = ";" if any(", " in one for one, _ in shown[:-1]) else ""
    return (" because " + f"{apart} and ".join(one for one, _ in shown),
            " fordi " + f"{apart} og ".join(one for _, one in shown))


def _correct(reasons: list[Reason]) -> Both:
    """Return what else may be wrong: the value in this message that demands it."""
    for reason in sorted(reasons, key=lambda one: not one.holds):
        if reason.value and not reason.test.operand.path.roots:
            return (f", or correct {reason.place} if that is wrong",
                    f", eller rett {reason.place} hvis den er feil")
    return "", ""


def _told(reason: Reason) -> Both:
    """Return what one test found."""
    place, sted = _place(reason)
    if reason.test.kind in ("given", "once", "known"):
        return _ABOUT[reason.test.kind](place, sted, reason)
    if not reason.value:
        return f"{place} is not given", f"{sted} ikke er oppgitt"
    said, sagt = _said(reason.test.operand, place, sted, reason.value)
    more, mer = _COMPARED[reason.test.kind](reason)
    return said + more, sagt + mer


def _place(reason: Reason) -> Both:
    """Return where the test looked, with the name of another message."""
    roots = reason.test.operand.path.roots
    if not roots:
        return reason.place, reason.place
    return (f"{reason.place} in {' or '.join(roots)}", f"{reason.place} i {' eller '.join(roots)}")


def _said(operand: Operand, place: str, sted: str, value: str) -> Both:
    """Return a value, or the part of it that was looked at."""
    found = re.fullmatch(r"(\D+)(\d+)-?(\d*)", operand.part)
    if not found:
        return f"{place} is {quoted(value)}", f"{sted} er {quoted(value, 'nb')}"
    kind, low, high = found.groups()
    if kind == "first":
        start = value[:int(low)]
        return f"{place} begins with {quoted(start)}", f"{sted} begynner med {quoted(start, 'nb')}"
    if kind == "last":
        end = value[-int(low):]
        return f"{place} ends with {quoted(end)}", f"{sted} slutter med {quoted(end, 'nb')}"
    cut = value[int(low) - 1:int(high or low)]
    return (f"character {low}{'-' + high if high else ''} of {place} is {quoted(cut)}",
            f"tegn {low}{'-' + high if high else ''} i {sted} er {quoted(cut, 'nb')}")


def _given(place: str, sted: str, reason: Reason) -> Both:
    if reason.holds:
        return f"{place} is given", f"{sted} er oppgitt"
    return f"{place} is not given", f"{sted} ikke er oppgitt"


def _once(place: str, sted: str, reason: Reason) -> Both:
    if reason.holds:
        return f"{place} stands once", f"{sted} står én gang"
    return f"{place} does not stand just once", f"{sted} ikke står bare én gang"


def _known(place: str, sted: str, reason: Reason) -> Both:
    if not reason.value:
        return f"{place} is not given", f"{sted} ikke er oppgitt"
    value, verdi = quoted(reason.value), quoted(reason.value, "nb")
    if reason.holds:
        return (f"{place} is {value}, which the register of parties knows",
                f"{sted} er {verdi}, som registeret over parter kjenner")
    return (f"{place} is {value}, which the register of parties does not know",
            f"{sted} er {verdi}, som registeret over parter ikke kjenner")


def _one_of(reason: Reason) -> Both:
    """Tell which values were expected, if it has none of them."""
    if reason.holds:
        return "", ""
    shown = ", ".join(reason.test.values)
    many = len(reason.test.values) > 1
    return f", not {'one of ' * many}{shown}", f", ikke {'en av ' * many}{shown}"


def _in_list(reason: Reason) -> Both:
    """Tell whether the value is in a code list."""
    codes = codelist(reason.test.values[0])
    name = f"{codes.code} ({codes.name})" if codes.name else codes.code
    if reason.holds is not reason.test.lacks:
        return f", which is in {name}", f", som står i {name}"
    return f", which is not in {name}", f", som ikke står i {name}"


def _above(reason: Reason) -> Both:
    bound = reason.test.values[0]
    if reason.holds:
        return f", more than {bound}", f", mer enn {bound}"
    return f", not more than {bound}", f", ikke mer enn {bound}"


def _written(reason: Reason) -> Both:
    name = reason.test.values[0]
    if reason.holds:
        return f", written as an {name} number", f", skrevet som et {name}-nummer"
    return f", not written as an {name} number", f", ikke skrevet som et {name}-nummer"


def _same(reason: Reason) -> Both:
    other = reason.test.other.path
    if reason.holds:
        return f", the same as in {other}", f", det samme som i {other}"
    return f", not the same as in {other}", f", ikke det samme som i {other}"


_ABOUT: dict[str, Callable] = {"given": _given, "once": _once, "known": _known}
_COMPARED: dict[str, Callable[[Reason], Both]] = {
    "=": _one_of, "in": _one_of, "list": _in_list, ">": _above, "fits": _written, "same": _same,
}
