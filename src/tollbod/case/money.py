"""Amounts: text of a message, integers of the smallest unit, and one currency in another.

Amounts in the program are `int` of the smallest unit (øre, cent) beside their currency. Rates are a
dated table in `spec/regimes`; converting rounds up, so that a reservation is never too small.
"""
from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from functools import cache
from importlib.resources import files

from babel.numbers import get_currency_precision


MOST_DIGITS = 20            # more than any amount has; an exponent could ask for a million


class NoRate(LookupError):
    """No exchange rate is known for this currency on this day."""


def smallest(amount: str, currency: str) -> int:
    """Return an amount as written in a message (n..16,2) in the smallest unit of its currency.

    Raises ValueError or ArithmeticError for what is no amount.

    >>> smallest("30000.00", "NOK"), smallest("12", "JPY")
    (3000000, 12)
    """
    number = Decimal(amount)
    if not number.is_finite() or number.adjusted() > MOST_DIGITS:
        raise ValueError(f"no amount: {amount:.40}")
    units = number.scaleb(get_currency_precision(currency))
    return int(units.to_integral_value(ROUND_HALF_UP))


def exact(amount: str, currency: str) -> int:
    """Return an amount that a person wrote in the smallest unit; nothing is rounded or guessed.

    Raises ValueError for what is not digits with a point, or has more decimals than the currency.

    >>> exact("7000.5", "EUR"), exact("12", "JPY")
    (700050, 12)
    """
    whole, point, part = amount.strip().removeprefix("-").partition(".")
    plain = amount.isascii() and whole.isdigit() and (part.isdigit() or not point)
    if not plain or len(part) > get_currency_precision(currency) or len(whole) > MOST_DIGITS:
        raise ValueError(f"no amount: {amount:.40}")
    return smallest(amount.strip(), currency)


def written(amount: int, currency: str) -> str:
    """Return an amount of the smallest unit as a message writes it.

    >>> written(3000000, "NOK")
    '30000.00'
    """
    return str(Decimal(amount).scaleb(-get_currency_precision(currency)))


@cache
def _rates() -> tuple[tuple[date, str, Decimal], ...]:
    text = (files("tollbod.spec") / "regimes" / "exchange_rates.txt").read_text("utf-8")
    rows = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    return tuple((date.fromisoformat(day), code, Decimal(rate)) for day, code, rate in rows)


def rate(currency: str, on: date) -> Decimal:
    """Return how much of `currency` one euro is on a day; NoRate if the table does not say."""
    if currency == "EUR":
        return Decimal(1)
    known = [(day, value) for day, code, value in _rates() if code == currency and day <= on]
    if not known:
        raise NoRate(f"no rate for {currency} on {on}")
    return max(known)[1]


def convert(amount: int, have: str, want: str, on: date) -> int:
    """Return `amount` of currency `have` in currency `want`, rounded up to the smallest unit.

    >>> convert(500, "EUR", "EUR", date(2026, 5, 4))
    500
    """
    if have == want:
        return amount
    euro = Decimal(written(amount, have)) / rate(have, on)
    units = (euro * rate(want, on)).scaleb(get_currency_precision(want))
    return int(units.to_integral_value(ROUND_CEILING))
