"""`./tollbod demo`: a customs house on this machine, a transit and a prenotification played.

Starts the embedded database, the offices of NO, SE and DE, a world of fictional traders with
guarantees, workers and the web side; plays the life of `demo_play` through the same door as any
trader; shows each message as it passes; ends with what may be looked at and the trail.
"""
import signal
import sys
import threading

from rich.console import Console

from tollbod.play import demo_world
from tollbod.play.client import Refused, Unreachable
from tollbod.play.demo_play import Failed, Life, Passing, play
from tollbod.play.world import COUNTRIES
from tollbod.spec.tables import NATIONAL, messages
from tollbod.store import schema
from tollbod.store.server import ServerError
from tollbod.store.streams import Store
from tollbod.web import serve, settings
from tollbod.web.settings import Misconfigured, Settings

TRAIL = ("IE015 IE928 IE028 IE029 IE050 IE001 IE118 IE007 IE006 IE043 IE044 IE018 IE025 "
         "IE045").split()
PRENOTIFICATION_TRAIL = "IE015 IE028 IEN25".split()
GUARANTEE_TRAIL = "IE200 IE201 IE203 IE205 IE209 IE204".split()


def run(once: bool = False, port: int = 8400) -> int:
    """Play the demo; with `once` end after it. 0: the life went as it should, 1: it did not."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    console = Console(highlight=False, soft_wrap=True)
    try:
        told = _settings(once, port)
        with serve.house(told) as running:
            code = _transit(console, running, once)
            if not once:
                try:
                    stop.wait()
                except KeyboardInterrupt:
                    print("stopping ...", flush=True)
            return code
    except (ServerError, schema.NewerSchema, schema.ChangedSchema, Misconfigured) as error:
        print(f"tollbod demo: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _settings(once: bool, port: int) -> Settings:
    """Return how the demo's house runs; with `once` a busy port is no reason not to play."""
    told = settings.changed(settings.read(), port=port, world=demo_world.WORLD, test=True,
                            countries=COUNTRIES, peers={})
    if once:
        try:
            serve.listen(told.host, told.port).close()
        except ServerError:
            told = settings.changed(told, port=0)
    return told


def _transit(console: Console, running: serve.Running, once: bool) -> int:
    """Play the transit at a running house and print it; the exit code."""
    console.print(f"[bold]Tollbod[/] is ready at {running.url}: offices of Norway, Sweden, "
                  "Germany, Great Britain and Northern Ireland, fictional traders, real messages\n")
    try:
        with Store(running.conninfo) as store:
            demo_world.furnish(store)
            life = play(running.url, store, lambda one: _show(console, one))
    except (Failed, Refused, Unreachable, TimeoutError) as error:
        print(f"tollbod demo: {error}", file=sys.stderr)
        return 1
    return _end(console, life, "" if once else running.url)


def _show(console: Console, one: Passing) -> None:
    """Print a message as it passes."""
    known = messages("p6").get(one.root) or messages(NATIONAL).get(one.root)
    title = known.title if known else one.ie
    style = "dim" if one.ie.startswith("IE2") else ""
    console.print(f"{one.at:%H:%M:%S.%f}"[:12] + f"  {one.sender:>11} → {one.to:<11}  "
                  f"{one.ie:5}  {title:<40.40}  {one.telling}", style=style)


def _end(console: Console, life: Life, url: str) -> int:
    """Print the balance, where to look next and the trail; 0 if all is as it should be."""
    wrong = _wrong(life)
    console.print(f"\nguarantee {demo_world.GRN}: {life.before.free} EUR available before, "
                  f"{life.lowest} EUR while the goods were on the way, {life.after.free} EUR now; "
                  f"{life.after.liable} EUR still liable")
    if url:
        console.print(f"the movement in pictures:  {url}/movements/{life.mrn}")
        console.print(f"the prenotification:       {url}/movements/{life.prenotified}")
        console.print(f"what the trader was sent:  ./tollbod inbox --as {demo_world.DECLARANT} "
                      f"--to {url}")
        console.print("a declaration of your own: ./tollbod filing transit > data.json; ./tollbod "
                      f"filing transit data.json > m.xml; ./tollbod send m.xml --to {url}")
        console.print(f"the API, to try it:        {url}/openapi.json   (Ctrl-C ends the demo)")
    else:
        console.print("to look around in it:      ./tollbod demo   (without --once)")
    console.print("the messages it was sent:  golden/demo/   more such stories: scenarios/")
    for reason in wrong:
        print(f"tollbod demo: {reason}", file=sys.stderr)
    console.print(f"prenotification: {' '.join(life.prenotification_trail)}")
    console.print(f"guarantee: {' '.join(life.guarantee_trail)}")
    print(f"trail: {' '.join(life.trail)}", flush=True)
    return 1 if wrong else 0


def _wrong(life: Life) -> list[str]:
    """Return what is not as it should be."""
    wrong = []
    if life.trail != TRAIL:
        wrong.append(f"the trail should be: {' '.join(TRAIL)}")
    if life.prenotification_trail != PRENOTIFICATION_TRAIL:
        wrong.append(f"the prenotification's trail should be: {' '.join(PRENOTIFICATION_TRAIL)}")
    if life.guarantee_trail != GUARANTEE_TRAIL:
        wrong.append(f"the guarantee's messages should be: {' '.join(GUARANTEE_TRAIL)}")
    if life.unfetched:
        wrong.append(f"these messages cannot be fetched by their id: {', '.join(life.unfetched)}")
    if life.after != life.before:
        wrong.append(f"the guarantee is not back where it was: {life.after}, before {life.before}")
    return wrong
