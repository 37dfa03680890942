"""The commands of `./tollbod`: their names, options and help, and where each one's work is done.

Every command imports its work inside the function, so that a small command starts fast, and
returns an exit code. Nothing is decided here.
"""
import os
import sys
from enum import Enum
from pathlib import Path
from typing import Annotated, Literal

import typer

from tollbod import __version__

HOME = Path(__file__).parents[2]        # the checkout: tests/, golden/, scenarios/


def end_with(code: int | None, **_) -> None:
    """What a command returns is the exit code of the process."""
    raise typer.Exit(code or 0)


app = typer.Typer(
    name="tollbod", result_callback=end_with, no_args_is_help=True, add_completion=False,
    rich_markup_mode=None, pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="An open electronic customs transit system: the customs side of several countries, the "
         "traders' side, and a test environment in which both can be tried.",
)

# Options that several commands share.
Files = Annotated[list[Path], typer.Argument(metavar="FILE...", help="XML, JSON or EDIFACT files.")]
Tongue = Annotated[Literal["en", "nb"], typer.Option("--language", "-l", help="Of sentences.")]
Json = Annotated[bool, typer.Option("--json", help="Machine-readable output.")]
To = Annotated[str, typer.Option("--to", metavar="URL", help="The customs house to talk to.",
                                 envvar="TOLLBOD_URL")]
As = Annotated[str | None, typer.Option(
    "--as", metavar="PARTY", envvar="TOLLBOD_PARTY",
    help="Who you are; if not given the sender of the message, or the trader of the demo.")]
Secret = Annotated[str, typer.Option(metavar="S", envvar="TOLLBOD_SECRET", help="Its secret.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port of pages and API; 0: a free one.")]


class Layer(str, Enum):
    """What `check` judges."""

    schema, codes, rules, all = "schema", "codes", "rules", "all"


class Profile(str, Enum):
    """Editions of the specification."""

    p4, p5, p6, ics2, d96b = "p4", "p5", "p6", "ics2", "d96b"


class Filing(str, Enum):
    """What one data set can be made into."""

    transit, combined, prenotification, ens = "transit", "combined", "prenotification", "ens"
    due = "due"


class Form(str, Enum):
    """How a message is written."""

    xml, edifact, json = "xml", "edifact", "json"


def version(wanted: bool) -> None:
    """Print the version and end."""
    if wanted:
        print(f"tollbod {__version__}")
        raise typer.Exit()


@app.callback()
def options(
    _: Annotated[bool, typer.Option("--version", callback=version, is_eager=True,
                                    help="Print the version and end.")] = False,
) -> None:
    """Options that stand before the command."""


@app.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="End after the transit, exit 0.")] = False,
    port: Port = 8400,
) -> int:
    """A customs house on this machine: one real transit from Norway through Sweden to Germany.

    Starts the embedded database and a world of offices, traders and guarantees, serves the pages
    and the API at http://127.0.0.1:PORT, plays a transit with real message files and shows each
    message as it passes. The last line is the trail: IE015 IE928 IE028 IE029 ... IE045.
    """
    from tollbod.play import demo as work
    return work.run(once=once, port=port)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on; 127.0.0.1 if not "
                                                  "configured.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port; 8400 if not "
                                             "configured, 0 takes a free one.")] = None,
) -> int:
    """The customs house without the demo world.

    A TOML file (TOLLBOD_CONFIG) and the environment configure it: TOLLBOD_DATABASE (a DSN, instead
    of the embedded server), TOLLBOD_TEST=1 and more: see src/tollbod/web/settings.py.
    """
    from tollbod.web import serve as work
    return work.run(host=host, port=port)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def test(context: typer.Context) -> int:
    """The whole test suite. Every argument goes on to pytest: -k NAME, -x, -n 0, a file ...

    Two workers share one embedded database, unless -n says otherwise.
    """
    if not (HOME / "tests").is_dir():
        print("tollbod test: there is no tests folder: run it from a checkout", file=sys.stderr)
        return 2
    import pytest
    extra = context.args
    if not any(Path(arg.partition("::")[0]).exists() for arg in extra if not arg.startswith("-")):
        os.chdir(HOME)                  # no file of the caller's folder is named: all of tests/
    if not any(arg.startswith(("-n", "--numprocesses", "--pdb")) for arg in extra):
        extra = ["-n", "2", *extra]
    return int(pytest.main(["-c", str(HOME / "pyproject.toml"), "--rootdir", str(HOME), *extra]))


@app.command()
def check(
    files: Files,
    json: Json = False,
    language: Tongue = "en",
    layer: Annotated[Layer, typer.Option(help="Judge only this layer.")] = Layer.all,
    profile: Annotated[Profile | None, typer.Option(
        help="Edition of the specification; read from the message if not given. For "
             "interchanges p4 (NCTS on D.96B) or d96b (nothing but D.96B).")] = None,
    lenient: Annotated[Literal["windows-1252", "utf-8", "iso8859-1"] | None, typer.Option(
        help="Read the bytes of interchanges so, whatever repertoire UNB announces.")] = None,
) -> int:
    """Judge messages without lodging them: what is wrong, where, and how to mend it.

    Exit code 0: all fine. 1: findings. 2: a file could not be read as a message.
    """
    from tollbod.play import check as work
    edition = profile and profile.value
    return work.run(files, json, layer.value, edition, lenient or "", language)


@app.command()
def convert(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The message.")],
    to: Annotated[Form, typer.Option("--to", help="The form it is to have.")],
) -> int:
    """The same message in another form, on standard output."""
    from tollbod.play import convert as work
    return work.run(file, to.value)


@app.command()
def filing(
    kind: Annotated[Filing, typer.Argument(help="What is to be made of it.")],
    file: Annotated[Path | None, typer.Argument(
        metavar="[FILE]", help="The data set, as JSON; without one an example is printed.")] = None,
) -> int:
    """One data set, filed once: made into a declaration, a prenotification or an ENS.

    `due`: what must be notified of it by law, and so what to make.

    Exit code 0: made and valid. 1: made, but something is missing or wrong. 2: unreadable.
    """
    from tollbod.play import filing as work
    return work.run(kind.value, file)


@app.command()
def describe(
    what: Annotated[str, typer.Argument(metavar="FILE|IE015|C0001|G03",
                                        help="A message file, a message, a rule or a code.")],
) -> int:
    """What a message, a rule or a code is, in words."""
    from tollbod.play import describe as work
    return work.run(what)


@app.command()
def ack(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The EDIFACT interchange.")],
    profile: Annotated[Profile, typer.Option(
        help="p4 (NCTS on D.96B) or d96b (nothing but D.96B).")] = Profile.p4,
) -> int:
    """The CONTRL that answers an EDIFACT interchange: what was taken, what was not, and where.

    Exit code 0: all taken. 1: something is wrong. 2: there is nothing to answer.
    """
    from tollbod.play import ack as work
    return work.run(file, profile.value)


@app.command()
def send(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The message to lodge.")],
    to: To = "http://127.0.0.1:8400",
    party: As = None,
    secret: Secret = "demo",
    json: Json = False,
    attach: Annotated[list[Path], typer.Option(metavar="FILE", help="A file beside a message of "
                                               "ICS2 (PDF, JPEG).")] = [],
    as4: Annotated[Path | None, typer.Option("--as4", metavar="FOLDER", help="Go by AS4, with the "
                                             "keys of this folder, to the endpoint --to.")] = None,
    wait: Annotated[float, typer.Option(help="Seconds to wait for answers of ICS2.")] = 10.0,
) -> int:
    """Lodge a message as a trader and show the receipt; the same again gives the same receipt.

    What answers a message of ICS2 is waited for and said in words.
    """
    from tollbod.play import client
    return client.send(file, to, party, secret, json, tuple(attach), as4, wait)


@app.command()
def inbox(
    to: To = "http://127.0.0.1:8400",
    party: As = None,
    secret: Secret = "demo",
    after: Annotated[int, typer.Option(metavar="N", min=0,
                                       help="Only what came after message number N.")] = 0,
    follow: Annotated[bool, typer.Option("--follow", help="Go on as messages come.")] = False,
    json: Json = False,
    save: Annotated[Path | None, typer.Option(
        metavar="FOLDER", help="Write each message there, in this trader's form.")] = None,
) -> int:
    """What customs has sent to this trader, in order."""
    from tollbod.play import client
    return client.inbox(to, party, secret, after, follow, json, save)


@app.command()
def scenario(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files or folders.")],
    against: Annotated[str | None, typer.Option(
        metavar="URL", help="Play it against a running customs house.")] = None,
) -> int:
    """Run executable stories; each message that comes in is delivered twice."""
    from tollbod.play import scenario as work
    return work.run(files, against)


@app.command()
def sim(
    seed: Annotated[str, typer.Option(metavar="N|A..B", help="The seed, or the first and the "
                                                             "last of many.")] = "1",
    movements: Annotated[int, typer.Option(min=1, help="Movements in each simulation.")] = 50,
    faults: Annotated[bool, typer.Option("--faults", help="A bad network, and workers that "
                                                          "crash.")] = False,
    countries: Annotated[str, typer.Option(help="The countries, each a node of its own: two at "
                                                "least.")] = "NO,SE,DE,GB",
    minutes: Annotated[float, typer.Option(min=0, help="Go on with further seeds so long.")] = 0,
) -> int:
    """Simulate several countries from a seed, and look whether everything holds afterwards.

    Traders do right and wrong, officers decide late or never, clocks jump; with --faults messages
    between countries are lost, doubled, late and out of order. The same seed gives the same trace.
    Exit code 1: something was broken; it is shown with its movement and how to see it again.
    """
    from tollbod.play import sim as work
    return work.run(seed, movements, faults, countries, minutes)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def duty(
    context: typer.Context,
    json: Json = False,
    language: Annotated[str, typer.Option(metavar="en|nb", help="Language of the answer.")] = "en",
) -> int:
    """What must be notified about a transport: where, by whom, by when, on which legal ground.

    --from CC --to CC --mode road|sea|air|rail|inland are needed; --via CC,CC for the way.

    Moments, with a zone (2022-06-01T12:00Z): --departure --arrival --loading --crossing; --filed:
    was that in time; --now for the clock. --on DAY where none is known; --duration 3:59.
    Ports (UN/LOCODE): --from-port --to-port.

    The goods: --cargo container|other, --consignment general|post|express|house, --value EUR,
    --final CC, --goods REASON of an exception. Who and where: --role, --office, --combined yes.

    --outage customs|consignor|filer|network: NCTS is away. --regime founding|current.
    """
    from tollbod.play import duty as work
    return work.run(work.words(context.args), json, language)


@app.command()
def guarantees(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV; the first line names the "
                                                              "columns.")],
    to: To = "http://127.0.0.1:8400",
    secret: Secret = "demo",
) -> int:
    """Register the guarantees of a CSV file; what is wrong is told line by line.

    Columns: grn type holder guarantor amount currency percentage valid_from valid_to not_valid_in
    departure destination commodities not_for certificates access_codes.
    """
    from tollbod.play import guarantee_list as work
    return work.run(file, to, secret)


@app.command()
def document(
    ref: Annotated[str | None, typer.Argument(metavar="[REF]", help="A message file, or the MRN "
                                              "or LRN of a movement of a running house; none for "
                                              "a blank form.")] = None,
    kind: Annotated[str, typer.Option(metavar="KIND", help="tad, tsad, items, slip, unloading, "
                                      "fallback, ssd.")] = "tad",
    out: Annotated[Path, typer.Option("-o", "--out", metavar="FILE", help="The PDF; .html for a "
                                      "form to be filled in on screen.")] = Path("document.pdf"),
    language: Tongue = "en",
    known: Annotated[list[str], typer.Option("--set", metavar="NAME=TEXT", help="What no message "
                                             "tells: number, permission, initiated ...")] = [],
    to: To = "http://127.0.0.1:8400",
    party: As = None,
    secret: Secret = "demo",
) -> int:
    """A paper of a movement as PDF/A; fallback and ssd need no database and no network.

    Exit code 1: there is no such document of this, with the reason.
    """
    from tollbod.play import document as work
    from tollbod.play.client import DEMO_PARTY
    return work.run(ref, kind, out, language, known, to, party or DEMO_PARTY, secret)


@app.command()
def number(
    kind: Annotated[str, typer.Argument(metavar="mrn|grn|lrn|eori|orgnr|...",
                                        help="What kind of number it is.")],
    value: Annotated[str, typer.Argument(metavar="VALUE", help="The number.")],
    json: Json = False,
) -> int:
    """Check a reference number and explain its parts."""
    from tollbod.play import number as work
    return work.run(kind, value, json)


@app.command()
def bench(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]",
                                               help="One measurement; all if not given.")] = None,
    json: Json = False,
) -> int:
    """Measure speed and sizes. With --json one line a figure: {"name", "value", "unit", ...}."""
    from tollbod.play import bench as work
    return work.run(name, json)


@app.command()
def golden(
    update: Annotated[bool, typer.Option("--update", help="Rewrite the expected results; "
                                                          "then read the diff.")] = False,
) -> int:
    """The golden messages against the code."""
    from tollbod.play import golden as work
    return work.run(update)


@app.command()
def trace() -> int:
    """Requirement and rule ids that nothing claims."""
    from tollbod.play import trace as work
    return work.run()


@app.command()
def manual() -> int:
    """Write docs/manual from the specification and the code."""
    from tollbod.manual import write
    return write.run()


@app.command()
def doctor() -> int:
    """Is everything in order? Python, packages, the database, the chains of history."""
    from tollbod.play import doctor as work
    return work.run()


def main() -> None:
    """Run the command line and end the process; Ctrl-C is 130, a mistake in the line is 2."""
    app(prog_name="tollbod")
