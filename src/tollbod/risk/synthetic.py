"""The synthetic criteria as the control filter takes them: for tests, demos and scenarios."""
from functools import cache

from tollbod.risk.control_filter import Criterion
from tollbod.spec import risk_law


@cache
def criteria() -> tuple[Criterion, ...]:
    """Return the synthetic criteria of every group.

    >>> criteria()[0].id, criteria()[0].group
    ('SYN-HEALTH-1', 'HEALTH')
    """
    return tuple(Criterion(
        id=row.id, path=" ".join(risk_law.paths(row.place)), how=row.how, value=row.value,
        reason=row.text, nb=row.nb, group=row.group, level=row.level)
        for row in risk_law.synthetic())
