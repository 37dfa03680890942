"""What a holder wants to know before filing: headroom, what binds money longest, what comes back.

Pure: usages and the days on which the goods are expected come in.
"""
from collections.abc import Callable, Iterable
from datetime import date
from typing import NamedTuple

from tollbod.case.money import NoRate, convert
from tollbod.guarantees.account import Guarantee
from tollbod.guarantees.allow import in_force
from tollbod.guarantees.usage import Usage

ALERT_PERCENT = 20          # of the reference amount: less is told as an alert; ours


class Expected(NamedTuple):
    """What will be free at the end of a day, if all goods due until then have arrived."""

    day: date
    back: int
    free: int


class Verdict(NamedTuple):
    """Whether an amount would be covered now, and if not, the day from which it should be."""

    covered: bool
    missing: int            # smallest unit of the guarantee's currency
    from_day: date | None


def expected(case: Guarantee, usages: Iterable[Usage], due: Callable[[str], date | None],
             on: date) -> list[Expected]:
    """Return day by day what comes back; what nobody knows a day for is left out.

    So are goods that are overdue. What only one movement may use never comes back.
    """
    back: dict[date, int] = {}
    for one in usages:
        day = due(one.mrn) if one.state == "reserved" and not case.once else None
        if day and day >= on:
            back[day] = back.get(day, 0) + one.bound
    free, found = case.free, []
    for day, amount in sorted(back.items()):
        free += amount
        found.append(Expected(day, amount, free))
    return found


def verdict(case: Guarantee, amount: int, currency: str, on: date, days: list[Expected]) -> Verdict:
    """Tell whether an amount in any currency would be covered today. Raises NoRate.

    While wrong access codes have locked it, nothing is. A day after the guarantee's last is none
    on which more will be free.
    """
    wanted = convert(convert(amount, currency, "EUR", on), "EUR", case.currency, on)
    missing = max(0, wanted - case.free)
    later = next((one.day for one in days if one.free >= wanted and in_force(case, one.day)), None)
    covered = in_force(case, on) and not missing and not case.locked
    return Verdict(covered, missing, later if missing else None)


def alert(case: Guarantee, days: list[Expected]) -> tuple[str, str]:
    """Return a warning in both languages when little is left; empty texts when not."""
    if case.once or case.free * 100 >= case.reference * ALERT_PERCENT:
        return "", ""
    back = f"{days[0].day:%Y-%m-%d}" if days else ""
    return (f"less than {ALERT_PERCENT} % of the reference amount is free"
            + (f"; the next amount is expected back on {back}" if back else ""),
            f"under {ALERT_PERCENT} % av referansebeløpet er ledig"
            + (f"; neste beløp ventes tilbake {back}" if back else ""))


__all__ = ["ALERT_PERCENT", "Expected", "NoRate", "Verdict", "alert", "expected", "verdict"]
