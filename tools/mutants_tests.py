"""The tests that judge, run in this process one by one until one fails.

For speed a test that needs no fixture is called as it is; pytest runs the others at the end. What
is imported before a mutant is put in place must not import tollbod.rules.
"""
import doctest
import importlib.util
import inspect
import multiprocessing
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from importlib.machinery import SourceFileLoader
from itertools import product
from pathlib import Path

import pytest
from hypothesis import settings

HOME = Path(__file__).parents[1]
# The tests that judge what a group of files says. Others would notice a little more.
FILES = {
    "judge": ("test_conditions", "test_conditions_order", "test_conditions_words",
              "test_golden"),
    "check": ("test_values", "test_structure", "test_check", "test_golden", "test_check_law"),
    "rules by subject": ("test_rules", "test_golden"),
}
BESIDE_IT = {"test_table_is_what_the_source_says", "test_there_are_enough"}
SECONDS, SLOW_SECONDS = 4, 30       # of work, for one test; the first should take less than one
WRONG_MESSAGES = 6      # of each form of each structure, in place of the 48 of test_check_law
SLOW = ("test_check_law", "too_odd", "1999", "bounded", "place_is_bound")
Test = tuple[str, Callable]


class Loader(SourceFileLoader):
    """Loads a module from code that is at hand."""

    def __init__(self, name: str, path: Path, code):
        super().__init__(name, str(path))
        self.code = code

    def get_code(self, fullname):
        """Return the code of the mutant in place of the file's."""
        return self.code

    def find_spec(self, name, path=None, target=None):
        """Answer for this one module."""
        if name == self.name:
            return importlib.util.spec_from_file_location(name, self.path, loader=self)
        return None


def module(file: str) -> str:
    """Return the name of the module of a file of rules."""
    return f"tollbod.rules.{file.replace('/', '.')}".removesuffix(".__init__")


def put_in_place(file: str, path: Path, code) -> None:
    """Have a module imported from this code."""
    assert module(file) not in sys.modules, f"{file} was imported too early"
    sys.meta_path.insert(0, Loader(module(file), path, code))


def prepare() -> None:
    """Import and make what no mutant changes, once for all of them."""
    sys.path.insert(0, str(HOME / "tests"))
    settings.register_profile("mutants", derandomize=True, database=None, deadline=None)
    settings.load_profile("mutants")
    from tollbod.spec import codes, tables, xsd
    from tollbod.wire import forms, json, xml
    assert codes and forms and json and xml
    for profile in tables.PROFILES:
        for root in tables.roots(profile):
            xsd.schema(profile, root)
    with multiprocessing.get_context("fork").Pool(1) as pool:
        others = pool.apply(_imported)
    for name in others:
        importlib.import_module(name)
    assert "tollbod.rules" not in sys.modules


def _imported() -> list[str]:
    """Return the modules of others that the tests import: no mutant changes them."""
    known = set(sys.modules)
    for file in dict.fromkeys(file for files in FILES.values() for file in files):
        importlib.import_module(file)
    return [name for name in sys.modules if name not in known and "." not in name
            and not name.startswith(("tollbod", "test_"))]


def killer(name: str, group: str, first: Callable[[str], int]) -> str:
    """Return the name of the test that fails, empty if none does; `first` tells which come first
    (a low number)."""
    try:
        _bounded(SECONDS)
        tests, others = _collected(name, FILES[group])
    except BaseException as fault:          # noqa: BLE001 - whatever it is, it was noticed
        return f"import ({type(fault).__name__})"
    for name, test in sorted(tests, key=lambda one: first(one[0])):
        try:
            _bounded(SLOW_SECONDS if any(word in name for word in SLOW) else SECONDS)
            test()
        except pytest.skip.Exception:
            continue
        except BaseException:               # noqa: BLE001 - the same
            return name
    _bounded(SLOW_SECONDS)
    return _by_pytest(others)


def _bounded(seconds: int) -> None:
    """Raise after that much work of this process, as a mutant may never end."""
    def ended(*_):
        raise TimeoutError
    signal.signal(signal.SIGVTALRM, ended)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, 1)


def killer_of_condition(names: tuple[str, ...]) -> str:
    """Return the case of a condition, or of an order between some, that fails; empty if none."""
    import test_conditions
    import test_conditions_order
    for name, test in (*_cases(test_conditions.test_case),
                       *_cases(test_conditions_order.test_last_word)):
        if any(one in name for one in names):
            try:
                test()
            except Exception as fault:      # noqa: BLE001 - whatever it is, it was noticed
                return f"{name} {type(fault).__name__}"
    return ""


def _collected(module_name: str, files: Iterable[str]) -> tuple[list[Test], dict[str, set[str]]]:
    """Return the tests that can be called, and by file the names of those that pytest must run."""
    tests, others = [], {}
    tests.append((f"doctest of {module_name}", lambda: _doctested(module_name)))
    for file in files:
        tests_of = importlib.import_module(file)
        if file == "test_check_law":
            tests_of.MUTANTS = WRONG_MESSAGES
        for name, function in vars(tests_of).items():
            if name[:5] == "test_" and inspect.isfunction(function) and name not in BESIDE_IT:
                cases = list(_cases(function))
                if cases:
                    tests += [(f"{file}::{name}{case}", test) for case, test in cases]
                else:
                    others.setdefault(file, set()).add(name)
    return tests, others


def _doctested(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name))
    assert not result.failed


def _cases(function: Callable) -> Iterator[Test]:
    """Yield the calls of a test, one for each set of parameters; none if it needs a fixture."""
    sets, known = [], set()
    for mark in getattr(function, "pytestmark", ()):
        if mark.name != "parametrize":
            return
        names = mark.args[0]
        names = [one.strip() for one in names.split(",")] if isinstance(names, str) else names
        known |= set(names)
        ids = mark.kwargs.get("ids")
        sets.append([(_id(ids, n, values), dict(zip(names, values)))
                     for n, values in enumerate(
                         one if len(names) > 1 else (one,) for one in mark.args[1])])
    if set(inspect.signature(function).parameters) - known:
        return
    for chosen in product(*sets):
        arguments = {name: one for _, part in chosen for name, one in part.items()}
        name = "-".join(label for label, _ in chosen)
        yield f"[{name}]" if name else "", lambda arguments=arguments: function(**arguments)


def _id(ids, n: int, values) -> str:
    if callable(ids):
        return str(ids(values[0]))
    return str(ids[n] if ids else n)


class _Only:
    """A plugin of pytest: leaves the tests that were not called already."""

    def __init__(self, wanted: dict[str, set[str]]):
        self.wanted, self.failed = wanted, ""

    def pytest_collection_modifyitems(self, items):
        """Keep those of the wanted names."""
        items[:] = [one for one in items
                    if one.originalname in self.wanted.get(one.path.stem, ())]

    def pytest_runtest_logreport(self, report):
        """Remember the first that fails."""
        if report.failed and not self.failed:
            self.failed = report.nodeid


def _by_pytest(wanted: dict[str, set[str]]) -> str:
    """Return the name of the first test that fails, of those that need fixtures."""
    only = _Only(wanted)
    files = [str(HOME / "tests" / f"{file}.py") for file in wanted]
    code = pytest.main(["-x", "-q", "-p", "no:cacheprovider",
                        "--capture=fd", *files], plugins=[only])
    return only.failed or ("" if code == 0 else f"pytest ended with {code}")
