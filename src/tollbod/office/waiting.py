"""For whom a case waits, since when, why and until when: what `waiting` of the API tells."""
from typing import Any

import msgspec

from tollbod.case.model import Role


def waiting(role: Role, case: Any) -> bytes:
    """Return the JSON `{for, since, because, because_nb, until}`; empty when the case is final."""
    wait = role.waits.get(case.state)
    if wait is None:
        return b""
    until = min(case.timers.values(), default=None)
    return msgspec.json.encode({
        "for": wait.whom, "since": case.since, "because": wait.why, "because_nb": wait.nb,
        "until": until,
    })
