"""The paths for whoever runs the system: is it there, is it ready, how much is there to do."""
from litestar import Request, Response, get

from tollbod.store.streams import Store
from tollbod.web import access
from tollbod.web.answers import HealthAnswer
from tollbod.web.house import House
from tollbod.web.problems import Problem

# name of the store's figure: name of the metric, what it is
METRICS = {
    "streams_waiting": ("tollbod_queue_depth", "Cases with messages that wait for a decision"),
    "longest_wait_seconds": ("tollbod_queue_wait_seconds", "The longest of these waits"),
    "streams_held": ("tollbod_held", "Cases that were set aside for a person"),
    "timers": ("tollbod_timers", "Timers that run"),
    "tasks": ("tollbod_tasks", "Tasks that wait for an officer"),
    "worlds": ("tollbod_worlds", "Worlds"),
    "last_receipt": ("tollbod_last_receipt", "Number of the last receipt given"),
    "messages": ("tollbod_messages_stored", "Messages stored, about"),
    "streams": ("tollbod_streams_stored", "Streams stored, about"),
    "history": ("tollbod_decided", "Messages decided on, about"),
}


@get("/health/live", tags=["health"])
async def live() -> HealthAnswer:
    """The web side answers."""
    return HealthAnswer("ok")


@get("/health/ready", tags=["health"], responses={})
async def ready(request: Request) -> Response[HealthAnswer]:
    """The database answers and the workers live: 200, else 503."""
    house = access.house(request)
    database, workers = await _database(house), house.alive()
    lacks = [name for name, good in (("database", database), ("workers", workers)) if not good]
    status = f"missing: {', '.join(lacks)}" if lacks else "ok"
    return Response(HealthAnswer(status, database, workers), status_code=503 if lacks else 200,
                    headers={"Retry-After": "5"} if lacks else {})


async def _database(house: House) -> bool:
    try:
        await house.work(lambda store: store.now(house.world))
    except Problem:
        return False
    return True


@get("/metrics", media_type="text/plain; version=0.0.4", tags=["health"])
async def metrics(request: Request) -> str:
    """Figures in the text format of Prometheus."""
    house = access.house(request)
    counts = await house.work(_counts)
    lines = []
    for figure, (name, text) in METRICS.items():
        if figure in counts:
            lines += [f"# HELP {name} {text}", f"# TYPE {name} gauge", f"{name} {counts[figure]:g}"]
    lines += ["# HELP tollbod_requests_total Requests answered, by status",
              "# TYPE tollbod_requests_total counter"]
    lines += [f'tollbod_requests_total{{status="{status}"}} {count}'
              for status, count in sorted(house.answered.items())]
    return "\n".join(lines) + "\n"


def _counts(store: Store) -> dict[str, float]:
    return store.counts()
