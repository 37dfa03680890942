"""Risk analysis for officers: what criteria would stop of what was declared lately.

Whoever looks says why, and the look is logged: declared data are used against fraud (RISK-01), and
by nobody unseen.
"""
from datetime import timedelta
from typing import Annotated

import msgspec
import structlog
from litestar import Request, post
from litestar.params import JSONBody

from tollbod.office.declared import declared
from tollbod.risk import synthetic
from tollbod.risk.control_filter import FILTER, Criterion
from tollbod.risk.report import Report, report
from tollbod.store.streams import Store
from tollbod.web import access
from tollbod.web.access import BEARER
from tollbod.web.documented import ERRORS
from tollbod.web.tokens import Caller

log = structlog.get_logger()
MOST_CRITERIA = 200


class TrialBody(msgspec.Struct, frozen=True):
    """Which criteria to try, on how many days, and why."""

    why: Annotated[str, msgspec.Meta(min_length=3, max_length=512)]
    days: Annotated[int, msgspec.Meta(ge=1, le=366)] = 30
    criteria: Annotated[list[Criterion], msgspec.Meta(max_length=MOST_CRITERIA)] = []
    synthetic: bool = False


@post("/desk/risk", guards=[access.officer], security=BEARER, tags=["desk"], status_code=200,
      responses=ERRORS)
async def trial(request: Request, data: JSONBody[TrialBody]) -> Report:
    """Try criteria on what was declared: theirs who ask, else synthetic ones, else those in force.

    Tells of each how often it hits and where, and which share of trusted traders (AEO) and of all
    others no criterion would stop.
    """
    house, who = access.house(request), access.caller(request)
    return await house.work(_trial, who, data)


def _trial(store: Store, who: Caller, body: TrialBody) -> Report:
    criteria = tuple(body.criteria) or (synthetic.criteria() if body.synthetic else
                                        _in_force(store, who.world))
    since = store.now(who.world) - timedelta(days=body.days)
    made = report(declared(store, who.world, since), criteria)
    log.info("declared data searched", by=who.party, world=who.world, why=body.why,
             days=body.days, criteria=[one.id for one in criteria],
             judged=made.trusted.judged + made.others.judged)
    return made


def _in_force(store: Store, world: str) -> tuple[Criterion, ...]:
    kept = store.party(world, FILTER)
    return msgspec.json.decode(kept, type=tuple[Criterion, ...]) if kept else ()
