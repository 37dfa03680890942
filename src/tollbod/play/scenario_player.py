"""Plays a scenario in a world: gives each message twice, collects what comes out, compares.

Knows the meaning of each kind of step. Does not know how a world is reached: `world.World` plays in
this process, `world_http` over HTTP.
"""
from collections import deque
from collections.abc import Callable
from pathlib import Path

from tollbod.case.model import Party
from tollbod.office import ics2_door
from tollbod.play import scenario_border, scenario_forms
from tollbod.play import scenario_letters as letters
from tollbod.play.scenario_words import (
    Finding, Scenario, ScenarioError, Step, Unplayable, cent, details, opening, read,
)
from tollbod.play.world import Letter, Lodged, Movement, guarantee_office
from tollbod.risk.control_filter import Criterion
from tollbod.spec.tables import ICS2

Tell = Callable[[str, str], None]               # kind (story | step | in | out), text
AUTHORISATION = {"C521": "ACR", "C522": "ACE"}
OFFICE_LENGTH = 8
NO_MRN = "no MRN yet"


class Wrong(Exception):
    """A step did not come true; the text says what came instead."""


class Player:
    """One scenario in one world."""

    def __init__(self, scenario: Scenario, world, tell: Tell) -> None:
        self.scenario, self.world, self.tell = scenario, world, tell
        self.parties: dict[str, str] = {}               # name: number
        self.markers: dict[str, int] = {}               # number: last letter read
        self.come: dict[str, deque[Letter]] = {}        # receiver: letters not expected yet
        self.refused: deque = deque()                   # reasons of refused acts, not expected yet
        self.status: deque[Lodged] = deque()            # refusals of intake, not expected yet
        self.waiting: list[str] = []                    # acts lodged, outcome not read yet
        self.movements: list[Movement] = []
        self.strangers: list[str] = []                  # MRNs that only an office spoke of
        self.seen: dict[str, int] = {}                  # MRN: letters between offices read
        self.criteria: list[Criterion] = []
        self.count = 0
        self.last: tuple[str, bytes] = ("", b"")
        self.sent: dict[tuple[str, str, str], Letter] = {}      # IE, from, to: the last such one
        self.heard = any(step.kind in ("expect", "letter") and _is_office(step["to"])
                         for step in scenario.steps)

    def play(self) -> None:
        """Play all of it. Raises ScenarioError at the first line that does not come true."""
        step = None
        try:
            for step in opening(self.scenario)[1]:
                SETTINGS[step.kind](self, step)
            self._settle()
            self._nothing_left()
            steps = self.scenario.steps
            for n, step in enumerate(steps):
                self.tell("step", step.text)
                once = n + 1 < len(steps) and bool(steps[n + 1].parts.get("once"))
                if self.world.remote and (once or step.kind == "letter"):
                    raise Unplayable(f"{self.scenario.path.name}:{step.line}: only in this process")
                if step.text.startswith(">") and not step.parts.get("once"):
                    self._nothing_left()
                STEPS[step.kind](self, step)
                if step.text.startswith(">") and not once:
                    self._settle()
            self._nothing_left()
            self._held()
        except (Wrong, letters.Unfit, LookupError, ValueError, TimeoutError) as error:
            line = f"{step.line}: {step.text}" if step else "0"
            raise ScenarioError(f"{self.scenario.path.name}:{line}\n  {error}") from error

    # Settings

    def _party(self, step: Step) -> None:
        number = step["id"]
        authorised = {kind: f"{number[:2]}{AUTHORISATION.get(kind, kind)}000001"
                      for kind in step["authorised"]}
        self.world.party(Party(id=number, name=step["title"], street="Fictional Street 1",
                               postcode="" if step["bare"] else "0001", city=step["city"],
                               country=step["country"], authorisations=authorised,
                               notices=step["notices"], **scenario_forms.CONTACT))
        self.parties[step["name"]] = number

    def _speaks(self, step: Step) -> None:
        self.world.speaks(self._number(step["name"]), step["form"])

    def _guarantee(self, step: Step) -> None:
        self._lodge_act(guarantee_office(step["grn"]), step["grn"], "register", {
            "grn": step["grn"], "type": step["type"], "holder": self._number(step["holder"]),
            "reference_cent": step["cent"], "access_codes": step["codes"],
            "not_valid_in": step["not_in"], "valid_from": step["first"], "valid_to": step["last"]})

    def _filter(self, step: Step) -> None:
        self.criteria += scenario_forms.criteria(step, len(self.criteria) + 1)
        self.world.filter(self.criteria)

    def _acceptance(self, _step: Step) -> None:
        self.world.acceptance_by_officer()

    def _regime(self, step: Step) -> None:
        self.world.regime(step["name"])

    # What goes in

    def _lodge(self, step: Step) -> None:
        party = self._number(step["party"])
        self.count += 1
        data = letters.made(self._template(step), step.changes,
                            lambda name: self._known(name, party, step["ie"]))
        data = scenario_forms.sent(data, party, self.world, self.count)
        first = self.world.lodge(party, data)
        self.last = (party, data)
        self._again(step, first)
        if first.verdict == "refused":
            self.status.append(first)
        elif _declares(step["ie"]):
            self._declared(party, data)

    def _again(self, _step: Step, first: Lodged | None = None) -> None:
        again = self.world.lodge(*self.last)
        if first is None:
            same = again.verdict == "again"
        elif first.verdict == "refused":
            same = again == first
        else:
            same = first.verdict == "new" and (again.verdict, again.receipt) == (
                "again", first.receipt)
        if not same:
            raise Wrong(f"delivered twice it gave {first and first[:3]}, then {again[:3]}")

    def _declared(self, party: str, data: bytes) -> None:
        message = scenario_forms.read(data)
        if message.profile == ICS2:
            new = Movement(party, ics2_door.office_of(message, "")[0],
                           message.get("LRN").strip())
        else:
            new = Movement(party, message.get("CustomsOfficeOfDeparture/referenceNumber"),
                           message.get("TransitOperation/LRN"))
        known = next((one for one in self.movements if one[:3] == new[:3]), new)
        self.movements = [one for one in self.movements if one != known] + [known]

    def _template(self, step: Step) -> bytes:
        """Return the FILE that a step names, or the template of its message."""
        here = self.scenario.path.parent
        name = step.parts.get("file") or f"{step['ie']}.xml"
        for path in (here / name, here / "messages" / name, here.parent / "messages" / name):
            if path.is_file():
                return path.read_bytes()
        raise Wrong(f"there is no file {name}, neither here nor in {here.name}/messages")

    def _act(self, step: Step) -> None:
        case = step["case"] or self._movement().case
        self._lodge_act(step["office"], self._filled(case), step["do"], details(
            (change.path, self._filled(change.value or "")) for change in step.changes))

    def _lodge_act(self, office: str, case: str, do: str, details: dict) -> None:
        self.count += 1
        ident = f"act-{self.count}"
        for _ in range(2):
            told = self.world.act(office, case, do, ident, details)
        if told.status != 200:
            self.status.append(Lodged("refused", 0, told.status))
        else:
            self.waiting.append(ident)

    def _letter(self, step: Step) -> None:
        """Play another office: the last such letter between the two, or a template, changed."""
        sent = self._sent(step)
        self.count += 1
        data = letters.made(sent.body if sent else self._template(step), step.changes, self._known)
        mrn = letters.forms.read(data).get("TransitOperation/MRN")
        if mrn and mrn not in self._mrns():
            self.strangers.append(mrn)
        role = step["role"] or (sent.role if sent else "")
        self.world.letter(step["office"], step["to"], role, data, f"letter-{self.count}")
        self.seen[mrn] = self.seen.get(mrn, 0) + 1      # what we say ourselves is not expected

    def _sent(self, step: Step) -> Letter | None:
        """Return the last letter that the office sent there, or else anywhere."""
        same = [(key, letter) for key, letter in self.sent.items()
                if key[:2] == (step["ie"], step["office"])]
        there = [letter for key, letter in same if key[2] == step["to"]]
        return there[-1] if there else same[-1][1] if same else None

    def _after(self, step: Step) -> None:
        self.world.advance(step["span"])

    def _settle(self) -> None:
        """Let everything be decided, and collect what came out."""
        self.world.settle()
        while self.waiting:
            told = self.world.outcome(self.waiting.pop(0))
            self.refused.extend(told.refused)
            if told.second:                 # the office's other officer confirms
                self.world.settle()
                self.waiting.extend(told.second)
        letters_come = [letter for party in self.parties.values()
                        for letter in self.world.mailbox(party, self.markers.get(party, 0))]
        for letter in letters_come:
            if not scenario_forms.fits(letter.body, self.world.parties.get(letter.to)):
                raise Wrong(f"{letter.ie} came to {self._name(letter.to)}, but not in its form")
            self.markers[letter.to] = letter.n
            self._learn_mrn(letter)
        if self.heard:
            for mrn in self._mrns():
                new = self.world.office_letters(mrn)[self.seen.get(mrn, 0):]
                self.seen[mrn] = self.seen.get(mrn, 0) + len(new)
                known = {one.receipt for one in letters_come}       # it may be of two cases
                letters_come += [one for one in new if one.receipt not in known]
        for letter in sorted(letters_come, key=lambda one: one.receipt):
            self.tell("out", f"{letter.ie} from {letter.sender} to {self._name(letter.to)}")
            self.come.setdefault(letter.to, deque()).append(letter)
            self.sent[letter.ie, letter.sender, letter.to] = letter

    def _learn_mrn(self, letter: Letter) -> None:
        """Learn from an IE028 or IE3R01 which MRN a declaration was given."""
        if letter.ie not in ("IE028", "IE3R01"):
            return
        message = scenario_forms.read(letter.body)
        group = "TransitOperation/" if letter.ie == "IE028" else ""
        lrn, mrn = (message.get(f"{group}{name}") for name in ("LRN", "MRN"))
        self.movements = [one._replace(mrn=mrn) if one[:4:2] == (letter.to, lrn) and not one.mrn
                          else one for one in self.movements]

    # What must be so

    def _expect(self, step: Step) -> None:
        to = step["to"] if _is_office(step["to"]) else self._number(step["to"])
        letter = next(iter(self.come.get(to, ())), None)
        if letter is None:
            raise Wrong(f"nothing more has come to {step['to']}; {self._left() or 'nothing else'}")
        message = scenario_forms.read(letter.body)
        if letter.ie != step["ie"]:
            told = ", ".join(f"{f.code} {f.rule} {f.path}" for f in letters.rejected(message))
            raise Wrong(f"{letter.ie} has come to {step['to']} {told}")
        wrong = letters.differences(message, step.changes, step.findings, self._known)
        if wrong:
            raise Wrong("; ".join(wrong))
        self.come[to].popleft()

    def _refused(self, step: Step) -> None:
        if not self.refused:
            raise Wrong("nothing was refused")
        code, text = self.refused.popleft()
        if code != step["code"] or (step["words"] or "") not in text:
            raise Wrong(f"it was refused so: {code}: {text}")

    def _status(self, step: Step) -> None:
        if not self.status:
            raise Wrong("nothing was refused at intake")
        got = self.status.popleft()
        found = [Finding(*one) for one in got.findings]
        want = step.findings or [Finding(step["code"] or "", step["rule"] or "", "")]
        wrong = [] if str(got.status) == step["status"] else [f"the status is {got.status}"]
        if step["code"] or step.findings:
            wrong += letters.told(found, want)
        if wrong:
            raise Wrong("; ".join(wrong))

    def _state(self, step: Step) -> None:
        role, which, state = step["role"], step["which"], step["state"].strip()
        if role == "guarantee":
            have = [self.world.guarantee(self._filled(which or ""))]
        else:
            of = step["lrn"]
            movement = self._movement() if of is None else self._called(of)
            have = [one.state for one in self.world.standing(movement)
                    if one.role == role and which in (None, one.office)]
        if have != [state]:
            raise Wrong(f"it is {' and '.join(have) or 'not known there'}")

    def _balance(self, step: Step) -> None:
        have = self.world.balance(step["grn"], step["account"])
        if have != cent(step["amount"]):
            raise Wrong(f"it is {have / 100:.2f}")

    def _waits(self, step: Step) -> None:
        have = [(one.role, one.waits_for) for one in self.world.standing(self._movement())
                if one.waits_for]
        if not any(whom == step["whom"] and step["role"] in (None, role) for role, whom in have):
            raise Wrong(f"it waits for {' and '.join(f'{w} at {r}' for r, w in have) or 'nobody'}")

    def _task(self, step: Step) -> None:
        open_ = [one for one in self.world.tasks()
                 if one[0] == step["name"] and step["office"] in (None, one[1])]
        acts = tuple((step["acts"] or "").split())
        if not any(acts in ((), one[2]) for one in open_):
            raise Wrong(f"open: {self.world.tasks()}")

    def _no_tasks(self, _step: Step) -> None:
        if self.world.tasks():
            raise Wrong(f"open: {self.world.tasks()}")

    def _held(self, _step: Step | None = None) -> None:
        if held := self.world.held():
            raise Wrong(f"set aside: {'; '.join(held)}")

    def _nothing_left(self) -> None:
        """Hold that everything that came out has been expected."""
        if left := self._left():
            self._held()
            raise Wrong(f"before this line there came, and was not expected: {left}")

    def _left(self) -> str:
        left = [f"{letter.ie} to {self._name(to)}" for to, queue in self.come.items()
                for letter in queue]
        left += [f"refused {code}: {text}" for code, text in self.refused]
        left += [f"{one.status} {' '.join(map(str, one.findings))}" for one in self.status]
        return ", ".join(left)

    # Names and placeholders

    def _number(self, name: str) -> str:
        """Return the number of a party by its name; a number stands for itself."""
        if name not in self.parties and not name[:2].isupper():
            raise Wrong(f"no party is called {name}; there are {', '.join(self.parties)}")
        return self.parties.get(name, name)

    def _name(self, number: str) -> str:
        return next((name for name, one in self.parties.items() if one == number), number)

    def _movement(self) -> Movement:
        if not self.movements:
            raise Wrong("there is no movement yet")
        return self.movements[-1]

    def _called(self, lrn: str) -> Movement:
        """Return the movement that was declared under an LRN."""
        for one in self.movements:
            if one.lrn == lrn:
                return one
        raise Wrong(f"nothing was declared under {lrn}")

    def _mrns(self) -> list[str]:
        return self.strangers + [one.mrn for one in self.movements if one.mrn]

    def _filled(self, text: str) -> str:
        return letters.filled(text, self._known)

    def _known(self, name: str, sender: str = "", ie: str = "") -> str:
        """Return what a placeholder stands for."""
        if (told := letters.moment(name, self.world.now())) is not None:
            return told
        if name == "sender":
            return sender
        if name == "id":
            return f"S-{self.count:04d}"
        if name == "LRN":
            declared = self.movements[-1].lrn if self.movements and not _declares(ie) else ""
            return declared or f"LRN-{self.count:04d}"
        if name == "MRN":
            return self.movements[-1].mrn or NO_MRN if self.movements else NO_MRN
        if name == "referral":
            return letters.referral(self.sent.values())
        if name == "ENS":
            return letters.entry(self.sent.values())
        if name.startswith("MRN "):
            return self._called(name[4:]).mrn
        raise Wrong(f"unknown: {{{name}}}; known are id LRN MRN {{MRN LRN}} ENS referral "
                    "sender now today+N")


def _declares(ie: str) -> bool:
    return ie in ("IE015", "IEA15") or ie.startswith("IE3F")


def _is_office(name: str) -> bool:
    return len(name) == OFFICE_LENGTH and name[:2].isupper() and name[2:].isalnum()


def scenario_of(path: Path) -> Scenario:
    """Read a scenario file, and the usual world if it begins there, so that errors come early."""
    scenario = read(path)
    opening(scenario)
    return scenario


SETTINGS = {"party": Player._party, "speaks": Player._speaks, "guarantee": Player._guarantee,
            "filter": Player._filter, "acceptance": Player._acceptance, "regime": Player._regime}
STEPS = {
    "lodge": Player._lodge, "again": Player._again, "act": Player._act, "letter": Player._letter,
    "after": Player._after, "expect": Player._expect, "refused": Player._refused,
    "status": Player._status, "state": Player._state, "balance": Player._balance,
    "waiting": Player._waits, "task": Player._task, "no tasks": Player._no_tasks,
    "held": Player._held, **scenario_border.STEPS,
}
