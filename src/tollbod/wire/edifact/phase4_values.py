"""How the value of a phase 4 item becomes one of the canonical message, and back.

`WAYS` has every word of the mapping's column `how` that stands for a change of the text: to the
canonical message and to phase 4. What cannot be changed stays as it is, and is judged as it stands.
"""
import re
from collections.abc import Callable

Change = Callable[[str], str]


def _same(text: str) -> str:
    """Return the text."""
    return text


def to_date(text: str) -> str:
    """Return yyyymmdd as a date.

    >>> to_date("20260504"), to_date("4.5.26")
    ('2026-05-04', '4.5.26')
    """
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if re.fullmatch(r"\d{8}", text) else text


def from_date(text: str) -> str:
    """Return a date as yyyymmdd; the time of day is lost.

    >>> from_date("2026-05-04"), from_date("2026-05-04T10:15:00")
    ('20260504', '20260504')
    """
    return text[:10].replace("-", "")


def to_moment(text: str) -> str:
    """Return a day, a minute or a second as a moment.

    >>> to_moment("20260504"), to_moment("202605041015"), to_moment("20260504101530")
    ('2026-05-04T00:00:00', '2026-05-04T10:15:00', '2026-05-04T10:15:30')
    """
    if not re.fullmatch(r"\d{8}(\d{4}(\d{2})?)?", text):
        return text
    whole = text.ljust(14, "0")
    return f"{to_date(whole[:8])}T{whole[8:10]}:{whole[10:12]}:{whole[12:]}"


def _digits(text: str) -> str:
    """Return the first nineteen characters of a moment without what parts them."""
    return re.sub(r"[-T:]", "", text[:19])


def to_number(text: str) -> str:
    """Return a number as the canonical message may have it: a point, no zeros before it.

    >>> to_number("1200.500"), to_number("007"), to_number("12,5"), to_number("much")
    ('1200.500', '7', '12.5', 'much')
    """
    found = re.fullmatch(r"0*(\d+)(?:[.,](\d+))?", text)
    if not found:
        return text
    return f"{found[1]}.{found[2]}" if found[2] else found[1]


def from_number(most: int, places: int) -> Change:
    """Return how to write a number of so many digits and decimals; more decimals are cut off.

    >>> from_number(11, 3)("1200.123456"), from_number(11, 3)("7.50")
    ('1200.123', '7.50')
    """
    def change(text: str) -> str:
        whole, _, rest = to_number(text).partition(".")
        rest = rest[:max(0, min(places, most - len(whole)))]
        return f"{whole}.{rest}" if rest else whole
    return change


def to_mode(text: str) -> str:
    """Return a mode of transport by its first digit.

    >>> to_mode("30"), to_mode("3")
    ('3', '3')
    """
    return text[:1]


def from_mode(text: str) -> str:
    """Return a mode of transport in two digits."""
    return f"{text}0" if len(text) == 1 else text


WAYS: dict[str, tuple[Change, Change]] = {
    "=":       (_same, _same),
    "date":    (to_date, from_date),
    "day":     (to_moment, lambda text: _digits(text)[:8]),
    "minute":  (to_moment, lambda text: _digits(text)[:12]),
    "second":  (to_moment, _digits),
    "mass":    (to_number, from_number(11, 3)),
    "amount":  (to_number, from_number(15, 2)),
    "mode":    (to_mode, from_mode),
    "type":    (lambda text: {"T-": "T"}.get(text, text), lambda text: {"T": "T-"}.get(text, text)),
    "flag":    (_same, _same),
    "flag0":   (_same, _same),
    "flag1":   (_same, _same),
    "express": (lambda text: {"A": "A20"}.get(text, ""), lambda text: {"A20": "A"}.get(text, "")),
}
# What an item means that is not there.
ABSENT = {"flag": "0", "flag0": "0", "flag1": "1"}
