"""Every file in scenarios/ is a test, and together they take every row of every office's table.

The rows that a scenario took are kept in the folder of the run, so that the law on rows plays only
what no other worker has played.
"""
import json
import os
from pathlib import Path

import pytest
from tollbod.office.roles import ROLES
from tollbod.play.scenario import fresh_name, play
from tollbod.play.scenario_player import scenario_of
from tollbod.play.scenario_words import ScenarioError, parse
from tollbod.play.world import World

FOLDER = Path(__file__).parents[1] / "scenarios"
FILES = sorted(FOLDER.rglob("*.scenario"))

# Rows that no scenario can take today: role, state, event, condition, and why.
_SILENT = "ICS2 answers at once where it runs in the same house: tests/test_joined.py takes it"
NOT_YET: dict[tuple[str, str, str, str], str] = {
    ("departure", "entry asked", event, "always"): _SILENT
    for event in ("timer entry answer", "officer ask-entry", "officer refuse")}


def played(path: Path, conninfo: str) -> set[tuple[str, int]]:
    """Play a scenario; the rows it took are kept, so that nobody has to play it again."""
    world = play(scenario_of(path), lambda at: World(conninfo, fresh_name(), at))
    rows = world.rows()
    world.close()
    note = _note(path)
    note.parent.mkdir(exist_ok=True)
    note.write_text(json.dumps(sorted(rows)))
    return rows


def _note(path: Path) -> Path:
    name = str(path.relative_to(FOLDER)).replace("/", "-")
    return Path(os.environ["TOLLBOD_TEST_FOLDER"], "rows", f"{name}.json")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(FOLDER))[:-9])
def test_scenario(path, conninfo):
    played(path, conninfo)


def test_scenarios_take_every_row(conninfo):
    """Every row of the tables of departure, transit, destination and guarantee is taken."""
    taken = set()
    for path in FILES:
        note = _note(path)
        rows = json.loads(note.read_text()) if note.exists() else played(path, conninfo)
        taken |= {tuple(row) for row in rows}
    missing = [
        f"{name}: {row.state} | {row.event} | {row.when.__name__}"
        for name, role in ROLES.items() for number, row in enumerate(role.table)
        if (name, number) not in taken
        and (name, row.state, row.event, row.when.__name__) not in NOT_YET
    ]
    assert not missing, f"{len(missing)} rows that no scenario takes:\n" + "\n".join(missing)


def test_an_excuse_for_a_row_is_about_a_row_that_exists():
    known = {(name, row.state, row.event, row.when.__name__)
             for name, role in ROLES.items() for row in role.table}
    assert set(NOT_YET) <= known


# The language itself

def test_an_unknown_line_names_the_line_and_the_words_there_are():
    with pytest.raises(ScenarioError) as error:
        parse("# story\nworld usual at 2026-05-04T08:00Z\n\nsing a song", Path("odd.scenario"))
    assert str(error.value).startswith("odd.scenario:4: not understood: sing a song")
    assert "< IE029 to NAME" in str(error.value) and "> after 45 min" in str(error.value)


@pytest.mark.parametrize("text, told", [
    ("> IE015 from trader: a.xml b", "odd.scenario:1: 'b' is neither"),
    ("finding 12 CL231", "odd.scenario:1: a finding stands under"),
    ("held none\nworld usual at 2026-05-04T08:00Z", "odd.scenario:2: a setting stands before"),
    ("world usual at yesterday", "odd.scenario:1: world usual at yesterday: Invalid isoformat"),
])
def test_mistakes_are_told_with_their_line(text, told):
    with pytest.raises(ScenarioError, match="^" + told.replace("(", r"\(")):
        parse(text, Path("odd.scenario"))


# What fails a scenario: each of these lines is one thing too few, too many or otherwise

BEGIN = "world usual at 2026-05-04T08:00Z\n> IE015 from trader: simplified.xml LRN=A1\n"
COMES = "< IE928 to trader\n< IE028 to trader\n< IE029 to trader\n"


@pytest.mark.parametrize("text, told", [
    (BEGIN + "< IE928 to trader\n< IE028 to trader\n", "not expected: IE029 to trader"),
    (BEGIN + COMES + "< IE045 to trader\n", "nothing more has come to trader"),
    (BEGIN + "< IE028 to trader\n", "IE928 has come to trader"),
    (BEGIN + COMES.replace("28 to trader", "28 to trader: LRN=A2", 1), "is A1, not A2"),
    (BEGIN + COMES + "state departure arrived\n", "it is released"),
    (BEGIN + COMES + "free 25NO3650010001230 1.00\n", "it is 7000.00"),
    (BEGIN + COMES + "waiting for officer\n", "it waits for carrier at departure"),
    (BEGIN + COMES + "no tasks\n", "open:"),
    (BEGIN + COMES + "> officer NO365001: release\n", "not expected: refused 92"),
    (BEGIN + COMES + "> officer NO365001: dance\n", "not expected: 404"),
    (BEGIN + COMES + "refused 92\n", "nothing was refused"),
    (BEGIN + COMES + "< IE001 to DE004851\n", "not expected: IE200 to NO365001"),
    (BEGIN + "< IE928 to trader: colour=red\n", "IE928 has no place 'colour'"),
    (BEGIN + "< IE928 to trader: LRN={LNR}\n", "unknown: {LNR}"),
    (BEGIN.replace("LRN=A1", "declarationType=T9"), "IE056 to trader"),
    (BEGIN.replace("LRN=A1", "declarationType=T9") + "< IE056 to trader\n", "finding 12 CL231"),
])
def test_what_is_not_as_told_fails(text, told, conninfo):
    scenario = parse(text, FOLDER / "odd.scenario")
    with pytest.raises(ScenarioError) as error:
        play(scenario, lambda at: World(conninfo, fresh_name(), at))
    assert told in str(error.value)
