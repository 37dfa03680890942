"""The laws of this code as tests: imports, purity, sizes, tables, what may not be committed.
A law that has exceptions names them here, with the reason. What a law says stands in its docstring.
"""
import ast
import doctest
import gzip
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from at_rest import AT_REST
import tollbod
from tollbod.case.model import ANY, SAME, Role, always
from tollbod.office.roles import DOORS, ROLES
from tollbod.play import trace
from tollbod.spec import tables
from tollbod.store import sql
from tollbod.web.words import LANGUAGES, words

HOME = Path(__file__).parents[1]
SOURCE = HOME / "src" / "tollbod"
NOT_OURS = {"__pycache__", "build", "dist", "htmlcov", "node_modules"}
BOTTOM = "findings spec numbers "
CORE = "case rules national wire " + BOTTOM
ROLE_FOLDERS = "movement ics2 prenotification guarantees risk documents continuity "
RIM = "office store transport " + ROLE_FOLDERS + CORE
# folder: what it may import besides itself. The folders of ROLE_FOLDERS never import one another.
ARROWS = {
    "findings":  "",
    "numbers":   "",
    "spec":      "findings numbers",
    "wire":      BOTTOM,
    "rules":     "wire " + BOTTOM,
    "national":  "wire " + BOTTOM,
    "case":      "rules national wire " + BOTTOM,
    **dict.fromkeys(ROLE_FOLDERS.split(), CORE),
    "store":     "",
    "transport": "",
    "office":    RIM,
    "web":       RIM,
    "play":      "web " + RIM,
    "manual":    "web " + RIM,
    "cli":       "play manual web " + RIM,
    "__main__":  "cli",
}
PURE = (ROLE_FOLDERS + CORE).split()
IMPURE = set("os sys socket time random secrets logging subprocess threading asyncio tempfile "
             "psycopg httpx urllib http structlog uuid".split())
CLOCKS = {"now", "utcnow", "today", "fromtimestamp", "utcfromtimestamp"}

FILE_LINES, FUNCTION_LINES, LINE, FILE_BYTES, MANUAL_BYTES = 400, 40, 100, 1_000_000, 5_000_000

# Begun unasked: no task asks for them, or, of a border's passage, under the name given there.
UNASKED = set("register issue change suspend resume revoke give-code ask-amendment depart ask-exit "
              "ask-crossing crossing exit export-known export-silent arrive-unnotified "
              "report-outage".split())


# Reading

def files(*endings: str) -> Iterator[Path]:
    """Every file of the checkout with one of these endings that is, or could be, committed."""
    for path in sorted(HOME.rglob("*")):
        parts = path.relative_to(HOME).parts
        hidden = any(part.startswith(".") and part not in (".ci", ".gitignore") for part in parts)
        if path.is_file() and not hidden and not NOT_OURS & set(parts):
            if not endings or path.name.endswith(endings):
                yield path


def python(*folders: str) -> list[Path]:
    """Our Python files, of the whole checkout or of these folders of the package."""
    if not folders:
        return list(files(".py"))
    return [path for path in files(".py")
            if path.is_relative_to(SOURCE) and folder(path) in folders]


def folder(path: Path) -> str:
    """The folder of the package that a file belongs to, or the file's own name."""
    first = path.relative_to(SOURCE).parts[0]
    return first.removesuffix(".py")


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def place(path: Path, node: ast.AST | int = 0) -> str:
    line = node if isinstance(node, int) else getattr(node, "lineno", 0)
    return f"{path.relative_to(HOME)}:{line}" if line else str(path.relative_to(HOME))


def told(broken: list[str]) -> None:
    """Fail with everything that breaks the law."""
    assert not broken, f"{len(broken)} times:\n" + "\n".join(broken)


def imports(module: ast.Module) -> Iterator[tuple[str, int]]:
    """Every module that is imported, at the top or inside a function."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "imports are absolute"
            if node.module == "tollbod":
                yield from ((f"tollbod.{alias.name}", node.lineno) for alias in node.names)
            else:
                yield node.module, node.lineno


def functions(module: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


# Who may import whom, and what the core may not touch

def test_imports_point_inward():
    """A folder imports only what stands further in (DESIGN: cli ... -> numbers)."""
    broken = []
    for path in python(*ARROWS):
        may = {folder(path), *ARROWS[folder(path)].split(), "__version__"}
        for name, line in imports(tree(path)):
            top, _, rest = name.partition(".")
            if top == "tollbod" and rest and rest.split(".")[0] not in may:
                broken.append(f"{place(path, line)} imports {name}")
    told(broken)


def test_every_folder_has_its_arrows():
    """No folder stands outside the table of arrows."""
    named = {folder(path) for path in files(".py") if path.is_relative_to(SOURCE)}
    assert named - {"__init__"} <= set(ARROWS)


def test_the_core_is_pure():
    """The core reads no clock, draws no number, opens no connection and writes no log."""
    broken = []
    for path in python(*PURE):
        module = tree(path)
        broken += [f"{place(path, line)} imports {name}" for name, line in imports(module)
                   if name.split(".")[0] in IMPURE]
        for node in ast.walk(module):
            if isinstance(node, ast.Call):
                called = node.func
                name = called.attr if isinstance(called, ast.Attribute) else ""
                plain = called.id if isinstance(called, ast.Name) else ""
                if name in CLOCKS or plain in ("print", "input"):
                    broken.append(f"{place(path, node)} calls {name or plain}")
    told(broken)


def test_times_are_aware():
    """No naive datetime is made: a time zone stands in every construction."""
    broken = []
    for path in python():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and _naive(node):
                broken.append(f"{place(path, node)} {ast.unparse(node)[:80]}")
    told(broken)


def _naive(call: ast.Call) -> bool:
    named = {keyword.arg for keyword in call.keywords}
    match call.func:
        case ast.Name("datetime") | ast.Attribute(ast.Name("datetime"), "datetime"):
            return len(call.args) < 8 and "tzinfo" not in named
        case ast.Attribute(ast.Name("datetime"), "now"):
            return not call.args and "tz" not in named
        case ast.Attribute(ast.Name("datetime"), "fromtimestamp"):
            return len(call.args) < 2 and "tz" not in named
        case ast.Attribute(ast.Name("datetime"), "combine"):
            return len(call.args) < 3 and "tzinfo" not in named
        case ast.Attribute(_, "utcnow" | "utcfromtimestamp"):
            return True
    return False


# Sizes, words, names

def test_files_are_short():
    """A file has at most 400 lines."""
    told([f"{place(path)} has {count} lines" for path in python()
          if (count := len(path.read_text("utf-8").splitlines())) > FILE_LINES])


def test_functions_are_short():
    """A function has at most 40 lines below its docstring."""
    broken = []
    for path in python():
        for node in functions(tree(path)):
            first = node.body[1] if ast.get_docstring(node) and node.body[1:] else node.body[0]
            count = node.end_lineno - first.lineno + 1
            if count > FUNCTION_LINES:
                broken.append(f"{place(path, node)} {node.name} has {count} lines")
    told(broken)


def test_lines_are_short():
    """A line has at most 100 characters; an aligned table goes between `fmt: off` and `fmt: on`."""
    broken = []
    for path in [*python(), *files(".sql")]:
        lines = path.read_text("utf-8").splitlines()
        if path.parent.name == "schema" and "replaceable" not in lines[0]:
            continue            # databases were made from it: it is never changed again
        table = False
        for number, line in enumerate(lines, 1):
            table = line.strip() == "# fmt: off" or table and line.strip() != "# fmt: on"
            if len(line) > LINE and not table:
                broken.append(f"{place(path, number)} has {len(line)} characters")
    told(broken)


def test_what_is_public_is_explained():
    """Every module has a docstring, and in the package every public function and class."""
    broken = [place(path) for path in python() if not ast.get_docstring(tree(path))]
    for path in python(*ARROWS):
        for node in tree(path).body:
            public = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            if public and not node.name.startswith("_") and not ast.get_docstring(node):
                broken.append(f"{place(path, node)} {node.name}")
    told(broken)


def test_names_say_something():
    """Nothing is called after what everything is: utils, helpers, manager, base, common."""
    empty = {"util", "utils", "helper", "helpers", "manager", "base", "common"}
    broken = []
    for path in files():
        inside = set(path.relative_to(HOME).with_suffix("").parts)
        broken += [place(path)] if empty & inside else []
    for path in python():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                words = re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+", node.name)
                if not node.name.startswith("_") and empty & {word.lower() for word in words}:
                    broken.append(f"{place(path, node)} {node.name}")
    told(broken)


def test_everything_is_caught_in_one_place():
    """`except Exception` stands where a message is set aside for a person, nowhere else."""
    broken = []
    for path in python(*ARROWS):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ExceptHandler):
                caught = ast.unparse(node.type) if node.type else ""
                if caught in ("", "Exception") and path != SOURCE / "office" / "worker.py":
                    broken.append(place(path, node))
    told(broken)


def test_examples_run():
    """The examples of all docstrings give what they say."""
    broken = []
    for found in pkgutil.walk_packages(tollbod.__path__, "tollbod."):
        if not found.name.endswith("__main__"):
            failed, _ = doctest.testmod(importlib.import_module(found.name))
            broken += [found.name] if failed else []
    told(broken)


# Tables of the office roles

def named_states(role: Role) -> set[str]:
    return {state for row in role.table for state in (row.state, row.to)} - {ANY, SAME}


def reachable(role: Role) -> set[str]:
    """The states that rows lead to, from the state of a new case."""
    found, new = set(), {role.kind().state}
    while new:
        found |= new
        new = {row.to for row in role.table if row.state in found | {ANY}} - {SAME} - found
    return found


@pytest.mark.parametrize("role", ROLES.values(), ids=ROLES)
def test_the_plain_case_stands_last(role):
    """The rows of one state and event end with `always` and have it once."""
    groups: dict[tuple[str, str], list] = {}
    for row in role.table:
        groups.setdefault((row.state, row.event), []).append(row.when)
    for (state, event), whens in groups.items():
        assert always not in whens[:-1], f"{state}, {event}: rows after always"
        assert state == ANY or whens[-1] is always, f"{state}, {event}: no plain case"


@pytest.mark.parametrize("role", ROLES.values(), ids=ROLES)
def test_states_can_be_reached_and_waits_have_an_end(role):
    """Every state is reachable; whoever is waited for can end the wait; the rest is at rest."""
    states = named_states(role)
    assert states == reachable(role)
    assert states - set(role.waits) == AT_REST[role.name] and set(role.waits) <= states
    leaves = {row.state for row in role.table if row.to not in (SAME, row.state)}
    assert not set(role.waits) - leaves, "a wait that no row ends"


def test_rows_say_what_they_do():
    """Every predicate, effect and lesson of a row has a sentence: the manual prints it."""
    told([f"{role.name}: {named.__name__}" for role in ROLES.values() for row in role.table
          for named in (row.when, row.then, row.learn) if not named.__doc__])


def test_every_act_is_asked_for():
    """Every act of an officer stands in a task, unless officers begin it themselves."""
    asked = set()
    for path in python(*ROLE_FOLDERS.split()):
        for function in functions(tree(path)):
            called = {ast.unparse(n.func) for n in ast.walk(function) if isinstance(n, ast.Call)}
            if "Task" in called:
                asked |= {n.value for n in ast.walk(function) if isinstance(n, ast.Constant)}
    acts = {row.event.removeprefix("officer ") for role in ROLES.values() for row in role.table
            if row.event.startswith("officer ")}
    assert acts - asked == UNASKED


def test_every_message_named_has_a_structure():
    """A message that the core or the rim names is one that the specification has."""
    editions = ("p6", tables.NATIONAL, tables.ICS2)
    known = {one.ie for p in editions for one in tables.messages(p).values()}
    broken = []
    for path in python(*ROLE_FOLDERS.split(), "case", "office"):
        for node in ast.walk(tree(path)):
            text = node.value if isinstance(node, ast.Constant) else ""
            if isinstance(text, str) and re.fullmatch("IE([34][A-Z]|[0-9A-Z])[0-9]{2}", text):
                broken += [f"{place(path, node)} {text}"] if text not in known else []
    told(broken)


def test_traders_messages_are_taken_by_their_role():
    """What stands at the door is foreseen in the table of the role behind it."""
    for ie, door in DOORS.items():
        role = ROLES[door.role]
        assert role.calls(ie) in {row.event for row in role.table}


def test_the_words_of_the_pages_can_be_read():
    """No name stands twice in a catalogue, and both languages have the same sections."""
    english, bokmaal = (words(language, "UTC").sections for language in LANGUAGES)
    assert english.keys() == bokmaal.keys()


# What may be committed

def test_what_is_claimed_is_a_requirement():
    """No test, scenario or docstring claims a requirement that no list has."""
    assert trace.unknown() == []
    assert len(trace.requirements()) == 229


def test_queries_have_a_name_and_a_sentence():
    """A query says what it is for, and somebody asks it."""
    asked = "\n".join(path.read_text("utf-8") for path in python("store", "office", "web", "play"))
    for query in sql.queries().values():
        assert query.sentence[:1].isupper() and query.sentence.endswith("."), query.name
        assert f'"{query.name}"' in asked, f"nobody asks {query.name}"


def test_data_tell_where_they_come_from():
    """Line one of a table is its source, version and date, or whose work it is."""
    broken = []
    for path in files(".txt", ".tsv", ".tsv.gz"):
        if path.is_relative_to(SOURCE) or path.is_relative_to(HOME / "tools"):
            opened = gzip.open if path.name.endswith(".gz") else open
            with opened(path, "rt", encoding="utf-8") as text:
                broken += [] if re.match("# .{10}", text.readline()) else [place(path)]
    told(broken)


def test_nothing_of_one_machine_is_committed():
    """No path of somebody's machine, no address of a package index, no note to oneself."""
    foreign = re.compile("|".join((
        r"/(work|home|root|Users)/\w", "py" r"pi\.org", "python" r"hosted\.org",
        "index" "-url *[=h]", r"\b(TO" r"DO|FIX" r"ME|XX" r"X:)", "/usr/local/" "lib")))
    broken = []
    for path in files():
        try:
            lines = path.read_text("utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        broken += [f"{place(path, number)} {found[0]}" for number, line in enumerate(lines, 1)
                   if (found := foreign.search(line))]
    told(broken)


def test_files_are_small():
    """No file weighs more than a megabyte, and the manual no more than five."""
    told([place(path) for path in files() if path.stat().st_size > FILE_BYTES])
    manual = [path for path in files() if path.is_relative_to(HOME / "docs" / "manual")]
    assert sum(path.stat().st_size for path in manual) < MANUAL_BYTES
