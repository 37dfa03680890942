"""The notation of conditions: what a block of `spec/ncts/conditions` says, read and written.

A block is a tree of statements. Each line is one:

    if TransitOperation/security in {1 3} and not Consignment/Carrier given
      R Consignment/ActiveBorderTransportMeans        must stand
      N Consignment/PlaceOfUnloading                  must not stand
    else if CC013C|CC015C:Authorisation/type = C521   the first of these messages of the case
      O Consignment/Carrier                           may stand, says nothing
      last word                                       no later condition is judged for these

Paths begin below the root, or with `./` at the group that holds the place judged. Tests: `P given`,
`P = V`, `P = Q`, `P in {V W}`, `P in CL009`, `P > 0`, `P once`, `P fits EORI`, `P known`. Before
a path: `some`, `first2`, `first3`, `last2`, `char17`, `chars3-4`. `R some P` asks for one of them
all, `R P or Q` for either. Nothing here judges a message.
"""
import re
from collections.abc import Iterator
from dataclasses import dataclass


class Unclear(ValueError):
    """A block that is not written in the notation."""


@dataclass(frozen=True, slots=True)
class Path:
    """Where to look: names below the root of this message, or of the first of `roots` there is."""

    steps: tuple[str, ...]
    roots: tuple[str, ...] = ()

    def __str__(self) -> str:
        return ("|".join(self.roots) + ":" if self.roots else "") + "/".join(self.steps)


@dataclass(frozen=True, slots=True)
class Operand:
    """The values at a path, or a part of each: first2, last2, char17, chars3-4."""

    path: Path
    part: str

    def __str__(self) -> str:
        return f"{self.part} {self.path}" if self.part else str(self.path)


@dataclass(frozen=True, slots=True)
class Test:
    """A test of the values at a place; it holds if it holds for one of them.

    `kind`: given once known = same in list > fits. `values` are what to compare with (the number
    of a code list, the name of a pattern), `other` is the second place of `same`. `lacks`: one
    value is not so.
    """

    kind: str
    operand: Operand
    values: tuple[str, ...] = ()
    other: Operand | None = None
    lacks: bool = False

    def __str__(self) -> str:
        left = f"some {self.operand}" if self.lacks else str(self.operand)
        lacks = "not " if self.lacks else ""
        match self.kind:
            case "given" | "once" | "known":
                return f"{left} {self.kind}"
            case "=" | ">":
                return f"{left} {self.kind} {_quote(self.values[0])}"
            case "same":
                return f"{left} = {self.other}"
            case "in":
                return f"{left} {lacks}in {{{' '.join(map(_quote, self.values))}}}"
            case "list":
                return f"{left} {lacks}in {self.values[0]}"
            case "fits":
                return f"{left} fits {self.values[0]}"
        raise Unclear(self.kind)


@dataclass(frozen=True, slots=True)
class Not:
    """Holds where the test does not."""

    test: "Cond"

    def __str__(self) -> str:
        return f"not {_grouped(self.test)}"


@dataclass(frozen=True, slots=True)
class All:
    """Holds where all do."""

    tests: tuple["Cond", ...]

    def __str__(self) -> str:
        return " and ".join(map(_grouped, self.tests))


@dataclass(frozen=True, slots=True)
class Any:
    """Holds where one does."""

    tests: tuple["Cond", ...]

    def __str__(self) -> str:
        return " or ".join(map(_grouped, self.tests))


Cond = Test | Not | All | Any


@dataclass(frozen=True, slots=True)
class Put:
    """What a place must be: R, O or N; `some`: one of all; `others`: or one of these instead.

    `where` tells which of the groups at the path count (only with `some`).
    """

    demand: str
    path: Path
    some: bool
    others: tuple[Path, ...]
    where: Cond | None

    def __str__(self) -> str:
        head = f"{self.demand} {'some ' if self.some else ''}{self.path}"
        tail = f" where {self.where}" if self.where is not None else ""
        return head + "".join(f" or {one}" for one in self.others) + tail


@dataclass(frozen=True, slots=True)
class If:
    """Statements that apply where the condition holds, and those that apply where it does not."""

    cond: Cond
    then: tuple["Statement", ...]
    otherwise: tuple["Statement", ...] = ()


@dataclass(frozen=True, slots=True)
class LastWord:
    """Nothing that is ordered after this condition is judged at the places it has just named."""


Statement = Put | If | LastWord


def _grouped(cond: Cond) -> str:
    return f"({cond})" if isinstance(cond, All | Any) else str(cond)


def _quote(value: str) -> str:
    return value if re.fullmatch(r"[\w.+-]+", value) else f"'{value}'"


# --- reading -----------------------------------------------------------------------------------

_WORD = re.compile(r"\s*(?:'([^']*)'|([(){}])|([^\s(){}']+))")
_PARTS = re.compile(r"first\d|last\d|char\d+|chars\d+-\d+")


class _Words:
    """The words of a line, the next one first; a quoted word is marked by its kind."""

    def __init__(self, line: str):
        self.line, self.at = line, 0
        self.words = [(m[1], True) if m[1] is not None else (m[2] or m[3], False)
                      for m in _WORD.finditer(line)]

    def peek(self) -> str:
        """Return the next word, empty at the end or where a quoted one stands."""
        if self.at == len(self.words) or self.words[self.at][1]:
            return ""
        return self.words[self.at][0]

    def take(self, *wanted: str) -> str:
        """Return the next word and move on; it must be one of `wanted` if any are given."""
        if self.at == len(self.words) or (wanted and self.peek() not in wanted):
            raise Unclear(f"{' or '.join(wanted) or 'a word'} expected in: {self.line}")
        self.at += 1
        return self.words[self.at - 1][0]

    def skip(self, word: str) -> bool:
        """Move on if the next word is this one, and tell whether it was."""
        if self.peek() != word:
            return False
        self.at += 1
        return True

    def end(self) -> None:
        """Complain if anything is left."""
        if self.at != len(self.words):
            raise Unclear(f"{self.words[self.at][0]} was not expected in: {self.line}")


def read_block(lines: list[str]) -> tuple[Statement, ...]:
    """Return the statements of a block; two spaces of indent a level, long lines are continued.

    >>> write_block(read_block(["if A/b in {1 2} and (not C given or some D not in CL147)",
    ...                         "  R some E", "else", "  N E"]))
    ['if A/b in {1 2} and (not C given or some D not in CL147)', '  R some E', 'else', '  N E']
    """
    joined: list[str] = []
    for line in lines:
        if line.lstrip().startswith(("and ", "or ")):
            joined[-1] += " " + line.strip()
        else:
            joined.append(line.rstrip())
    found, rest = _statements(joined, 0)
    if rest:
        raise Unclear(f"wrong indent: {rest[0]}")
    return found


def _statements(lines: list[str], level: int) -> tuple[tuple[Statement, ...], list[str]]:
    """Read the statements of one level; return them and the lines that are left."""
    found: list[Statement] = []
    pad = "  " * level
    while lines and lines[0].startswith(pad) and lines[0][len(pad):][:1].strip():
        text, lines = lines[0].strip(), lines[1:]
        if text.startswith("if "):
            one, lines = _branches(text[3:], lines, level)
            found.append(one)
        elif text == "last word":
            found.append(LastWord())
        elif text[:2] in ("R ", "O ", "N "):
            found.append(_put(_Words(text)))
        else:
            return tuple(found), [pad + text, *lines]
    return tuple(found), lines


def _branches(cond: str, lines: list[str], level: int) -> tuple[If, list[str]]:
    """Read what follows an `if` or `else if`."""
    then, lines = _statements(lines, level + 1)
    pad = "  " * level
    otherwise: tuple[Statement, ...] = ()
    if lines and lines[0] == pad + "else":
        otherwise, lines = _statements(lines[1:], level + 1)
    elif lines and lines[0].startswith(pad + "else if "):
        nested, lines = _branches(lines[0].strip()[8:], lines[1:], level)
        otherwise = (nested,)
    return If(read_cond(cond), then, otherwise), lines


def _put(words: _Words) -> Put:
    demand, some = words.take("R", "O", "N"), words.skip("some")
    path, others, where = _path(words.take()), [], None
    while words.skip("or"):
        others.append(_path(words.take()))
    if words.skip("where"):
        where = _any(words)
    words.end()
    return Put(demand, path, some, tuple(others), where)


def read_cond(text: str) -> Cond:
    """Return the condition that a text says."""
    words = _Words(text)
    cond = _any(words)
    words.end()
    return cond


def _any(words: _Words) -> Cond:
    found = [_all(words)]
    while words.skip("or"):
        found.append(_all(words))
    return found[0] if len(found) == 1 else Any(tuple(found))


def _all(words: _Words) -> Cond:
    found = [_one(words)]
    while words.skip("and"):
        found.append(_one(words))
    return found[0] if len(found) == 1 else All(tuple(found))


def _one(words: _Words) -> Cond:
    if words.skip("not"):
        return Not(_one(words))
    if words.skip("("):
        cond = _any(words)
        words.take(")")
        return cond
    return _test(words)


def _test(words: _Words) -> Test:
    some = words.skip("some")
    operand = _operand(words)
    lacks = words.skip("not")
    kind = words.take("given", "once", "known", "=", ">", "in", "fits")
    if lacks != some or (lacks and kind != "in"):
        raise Unclear(f"'some ... not in' expected in: {words.line}")
    if kind in ("given", "once", "known"):
        return Test(kind, operand)
    if kind == "in" and words.skip("{"):
        values = []
        while not words.skip("}"):
            values.append(words.take())
        return Test("in", operand, tuple(values), lacks=lacks)
    if kind == "in":
        return Test("list", operand, (words.take(),), lacks=lacks)
    if kind == "=" and (_PARTS.fullmatch(words.peek()) or "/" in words.peek()):
        return Test("same", operand, other=_operand(words))
    return Test(kind, operand, (words.take(),))


def _operand(words: _Words) -> Operand:
    part = words.take() if _PARTS.fullmatch(words.peek()) else ""
    return Operand(_path(words.take()), part)


def _path(text: str) -> Path:
    roots, _, steps = text.rpartition(":")
    return Path(tuple(steps.split("/")), tuple(roots.split("|")) if roots else ())


# --- writing -----------------------------------------------------------------------------------

WIDTH = 98


def write_block(statements: tuple[Statement, ...]) -> list[str]:
    """Return the lines of a block, which read back the same."""
    return list(_lines(statements, ""))


def _lines(statements: tuple[Statement, ...], pad: str) -> Iterator[str]:
    for one in statements:
        if isinstance(one, Put):
            yield f"{pad}{one}"
        elif isinstance(one, LastWord):
            yield f"{pad}last word"
        else:
            yield from _if_lines(one, pad)


def _if_lines(one: If, pad: str) -> Iterator[str]:
    head = "if"
    while True:
        yield from _wrapped(f"{pad}{head} {one.cond}", pad)
        yield from _lines(one.then, pad + "  ")
        match one.otherwise:
            case ():
                return
            case (If() as nested,):
                one, head = nested, "else if"
            case rest:
                yield f"{pad}else"
                yield from _lines(rest, pad + "  ")
                return


def _wrapped(line: str, pad: str) -> Iterator[str]:
    """Break a long line before `and` and `or`."""
    while len(line) > WIDTH:
        cuts = [m.start() for m in re.finditer(r" (?=(?:and|or) )", line)
                if m.start() > len(pad) + 8]
        if not cuts:
            break
        cut = max((cut for cut in cuts if cut <= WIDTH), default=cuts[0])
        yield line[:cut]
        line = pad + "    " + line[cut + 1:]
    yield line
