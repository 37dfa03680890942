"""The words of the scenario language: a line of text becomes one step.

Knows the forms of all lines and what each holds. Does not know messages, offices or how a step is
played. What the language means stands in `scenario`, which the manual quotes.
"""
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from tollbod.office.roles import ROLES

UNITS = {"min": "minutes", "minute": "minutes", "hour": "hours", "day": "days"}
ROLE = "|".join(ROLES)
FIRST = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)  # a Monday, 10:00 in Oslo


class ScenarioError(Exception):
    """A line that cannot be read, or that did not come true; the text begins with file:line."""


class Unplayable(ScenarioError):
    """What a scenario wants can only be done in this process, not at a URL; the text says what."""


class Change(NamedTuple):
    """One `path=value`, or `without path` (value None)."""

    path: str
    value: str | None


class Finding(NamedTuple):
    """One `finding CODE RULE at PATH` under a rejection; an empty part is not looked at."""

    code: str
    rule: str
    path: str


@dataclass
class Step:
    """One line: its number, its text, and what its form (`kind`) holds in `parts`."""

    line: int
    text: str
    kind: str
    parts: dict = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    findings: list[Finding] = field(default_factory=list)

    def __getitem__(self, name: str):
        return self.parts[name]


@dataclass
class Scenario:
    """A file: the story in words, the settings of its world, and the steps in order."""

    path: Path
    story: str
    settings: list[Step]
    steps: list[Step]


class Form(NamedTuple):
    """One form of line: its kind, how it looks in words, and its pattern."""

    kind: str
    looks: str
    pattern: re.Pattern
    read: Callable[[re.Match], dict]
    setting: bool = False


def _form(kind: str, looks: str, pattern: str, read: Callable = re.Match.groupdict,
          setting: bool = False) -> Form:
    return Form(kind, looks, re.compile(pattern), read, setting)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)


def _span(match: re.Match) -> dict:
    return {"span": timedelta(**{UNITS[match["unit"].removesuffix("s")]: int(match["many"])})}


def cent(text: str) -> int:
    """Return an amount of euro in cent.

    >>> cent("7391.30"), cent("7000")
    (739130, 700000)
    """
    return int(Decimal(text) * 100)


def _guarantee(match: re.Match) -> dict:
    parts = match.groupdict()
    return parts | {
        "cent": cent(parts["amount"]),
        "codes": [c for c in re.split(r"[ ,]+", parts["codes"]) if c],
        "not_in": [c for c in re.split(r"[ ,]+", parts["not_in"] or "") if c],
    }


def _party(match: re.Match) -> dict:
    parts = match.groupdict()
    kinds = [k for k in re.split(r"[ ,]+", parts.pop("authorised") or "") if k]
    notices = tuple((parts.pop("notices") or "").split())
    return parts | {"authorised": kinds, "notices": notices}


PAIRS = r"(?:: *(?P<pairs>.*))?"
FORMS = (
    _form("world", "world [NAME] at 2026-05-04T08:00Z",
          r"world(?: (?P<name>\w+))? at (?P<at>\S+)",
          lambda m: {"name": m["name"], "at": _moment(m["at"])}, True),
    _form("party", 'party NAME NUMBER "Full name" City COUNTRY [authorised C521 C522] '
          "[without postcode] [subscribes IE3N03 IE3N09]",
          r'party (?P<name>\w+) (?P<id>\S+) "(?P<title>[^"]+)" (?P<city>.+?) (?P<country>[A-Z]{2})'
          r"(?: authorised (?P<authorised>[A-Z0-9 ,]+))?(?P<bare> without postcode)?"
          r"(?: subscribes (?P<notices>[A-Z0-9 ]+))?", _party,
          True),
    _form("speaks", "NAME speaks edifact|p5|p6|json",
          r"(?P<name>\w+) speaks (?P<form>edifact|p5|p6|json)", setting=True),
    _form("guarantee", "guarantee GRN type 1 holder NAME has 10000.00 EUR code AC01 "
          "[not valid in DE] [from DAY] [to DAY]",
          r"guarantee (?P<grn>\w+) type (?P<type>\w) holder (?P<holder>\w+)"
          r" has (?P<amount>[\d.]+) EUR codes? (?P<codes>[\w, ]+?)(?: not valid in "
          r"(?P<not_in>[A-Z, ]+?))?(?: from (?P<first>[\d-]+))?(?: to (?P<last>[\d-]+))?",
          _guarantee, True),
    _form("filter", "filter synthetic|PATH equals|starts|contains VALUE", r"filter (?:synthetic|"
          r"(?P<path>\S+) (?P<how>equals|starts|contains) (?P<value>.+))", setting=True),
    _form("acceptance", "acceptance by officer", r"acceptance by officer", setting=True),
    _form("regime", "regime founding|current", r"regime (?P<name>founding|current)", setting=True),

    _form("after", "> after 45 min", r"> after (?P<many>\d+) (?P<unit>minutes?|min|hours?|days?)",
          _span),
    _form("again", "> again", r"> again"),
    _form("act", "> [at once] officer OFFICE [on CASE]: ACT [NAME=VALUE ...]",
          r"> (?P<once>at once )?officer (?P<office>[A-Z]{2}\w{6})"
          r"(?: on (?P<case>\{.+?\}|\S+?))?: +"
          r"(?P<do>[\w-]+)(?P<pairs>.*)"),
    _form("letter", "> [at once] IE006 from OFFICE to [ROLE] OFFICE [: PATH=VALUE ...]",
          r"> (?P<once>at once )?(?P<ie>IE\w+) from (?P<office>[A-Z]{2}\w{6})"
          rf" to (?:(?P<role>{ROLE}) )?(?P<to>[A-Z]{{2}}\w{{6}})" + PAIRS),
    _form("lodge", "> [at once] IE015 from NAME [: FILE PATH=VALUE ... without PATH]",
          r"> (?P<once>at once )?(?P<ie>IE\w+|message) from (?P<party>\w+)" + PAIRS),
    _form("present", "> goods from NAME at OFFICE: MRN or TYPE NUMBER, ...",
          r"> goods from (?P<party>\w+) at (?P<office>[A-Z]{2}\w{6}): *(?P<goods>.+)"),
    _form("routing", "routing NAME TO_CONTROL [ON_ENTRY] [not notified]",
          r"routing (?P<party>\w+) (?P<code>[A-Z]+_[A-Z]+)(?: (?P<where>[A-Z]+_[A-Z]+))?"
          r"(?P<flag> not notified)?"),
    _form("fault", "not taken: words of the reason", r"not taken: *(?P<words>.+)"),
    _form("expect", "< IE029 to NAME|OFFICE [: PATH=VALUE ... without PATH]",
          r"< (?P<ie>IE\w+|CONTRL) to (?P<to>\w+)" + PAIRS),
    _form("finding", "finding CODE [RULE] [at PATH]",
          r"finding (?P<code>\w+)(?: (?!at )(?P<rule>\S+))?(?: at (?P<path>\S+))?"),
    _form("refused", "refused 92 [: words of the reason]",
          r"refused (?P<code>\w+)(?: *: *(?P<words>.+))?"),
    _form("status", "409 26 | 400 CODE | 404 | 422 12 CL141",
          r"(?P<status>4\d\d)(?: (?P<code>\w+))?(?: (?P<rule>\w+))?"),
    _form("state", f"state {ROLE} [of LRN] [OFFICE or GRN] STATE",
          rf"state (?P<role>{ROLE})(?: of (?P<lrn>\S+))?"
          r"(?: (?P<which>[A-Z]{2}\d\w{5}|\d\d[A-Z]{2}\w+))?"
          r" (?P<state>[a-z -]+)"),
    _form("balance", "free GRN AMOUNT | liable GRN AMOUNT",
          r"(?P<account>free|liable) (?P<grn>\w+) (?P<amount>[\d.]+)",
          lambda m: m.groupdict() | {"cent": cent(m["amount"])}),
    _form("waiting", "waiting for WHOM [at ROLE]",
          rf"waiting for (?P<whom>[a-z ]+?)(?: at (?P<role>{ROLE}))?"),
    _form("task", "task NAME [at OFFICE] [: act act ...]",
          r"task (?P<name>\w+)(?: at (?P<office>\w{8}))?(?: *: *(?P<acts>[\w -]+))?"),
    _form("no tasks", "no tasks", r"no tasks"),
    _form("held", "held none", r"held none"),
)
PAIR = re.compile(r'without (\S+)|([^\s="]+)=("[^"]*"|(?:\{[^{}]*\}|[^\s"])*)|(\S+)')


def read(path: Path) -> Scenario:
    """Read a scenario file. Raises ScenarioError, which names the line and the known forms."""
    return parse(path.read_text("utf-8"), path)


def opening(scenario: Scenario) -> tuple[datetime, list[Step]]:
    """Return when the world begins and all its settings, those of the named world first."""
    at, settings = FIRST, []
    for step in scenario.settings:
        if step.kind == "world":
            at = step["at"]
            settings += read(_world(scenario.path, step["name"])).settings if step["name"] else []
    return at, settings + [step for step in scenario.settings if step.kind != "world"]


def _world(path: Path, name: str) -> Path:
    """Return the file of a world: beside a scenario, or one folder up."""
    beside = path.parent / f"{name}.world"
    return beside if beside.is_file() else path.parents[1] / f"{name}.world"


def parse(text: str, path: Path) -> Scenario:
    """Read the text of a scenario; `path` is for errors and for files that it names."""
    story, settings, steps = [], [], []
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if line.startswith("#"):
            if not settings and not steps:
                story.append(line.lstrip("# "))
            continue
        if not line:
            continue
        form, step = _step(path, number, line)
        if form.setting and steps:
            raise ScenarioError(f"{path.name}:{number}: a setting stands before the first step")
        if step.kind == "finding":
            _finding(path, step, steps)
        else:
            (settings if form.setting else steps).append(step)
    return Scenario(path, " ".join(story), settings, steps)


def details(pairs) -> dict:
    """Return an officer's details as the act takes them: groups nested, seals as a list."""
    details: dict = {}
    for path, value in pairs:
        *groups, name = path.split("/")
        here = details
        for group in groups:
            here = here.setdefault(group, {})
        if name == "seals":
            here[name] = [] if value == "none" else value.split(",")
        else:
            here[name] = value
    return details


def _step(path: Path, number: int, line: str) -> tuple[Form, Step]:
    """Return the step of one line."""
    for form in FORMS:
        if match := form.pattern.fullmatch(line):
            try:
                parts = form.read(match)
            except ValueError as error:
                raise ScenarioError(f"{path.name}:{number}: {line}: {error}") from error
            step = Step(number, line, form.kind, dict(parts))
            _pairs(path, step)
            return form, step
    known = "\n".join(f"    {form.looks}" for form in FORMS)
    raise ScenarioError(f"{path.name}:{number}: not understood: {line}\n"
                        f"  a line is one of\n{known}")


def _pairs(path: Path, step: Step) -> None:
    """Take the changes, and the FILE of a message, out of the text after the colon."""
    text = step.parts.pop("pairs", None) or ""
    changes, names = [], []
    for match in PAIR.finditer(text):
        gone, name, value, bare = match.groups()
        if gone:
            changes.append(Change(gone, None))
        elif name:
            changes.append(Change(name, value.strip('"')))
        else:
            names.append(bare)
    if step.kind == "lodge" and names:
        step.parts["file"] = names.pop(0)
    if names:
        raise ScenarioError(f"{path.name}:{step.line}: '{names[0]}' is neither PATH=VALUE nor "
                            "'without PATH'")
    step.changes = tuple(changes)


def _finding(path: Path, step: Step, steps: list[Step]) -> None:
    """Hang a finding onto the rejection above it."""
    if not steps or steps[-1].kind not in ("expect", "status"):
        raise ScenarioError(f"{path.name}:{step.line}: a finding stands under the message "
                            "(<) or the refusal (400, 422) that tells it")
    steps[-1].findings.append(
        Finding(step["code"], step["rule"] or "", step["path"] or ""))
