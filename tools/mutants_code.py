"""Mutants of Python code: one small change each, such as a slip of the hand would make.

Compared, joined and counted otherwise; a condition turned round; a value, a bound, a statement, a
yield or a result lost. Left alone: what cannot change what a message is told (docstrings,
annotations, sentences, slots, caches) and asserts.
"""
import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

OTHER_COMPARISONS = {
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,), ast.NotIn: (ast.In,), ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
}
OTHER_ARITHMETIC = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.Div: ast.Mult, ast.Mod: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}
NO_EFFECT = {"cache", "lru_cache", "dataclass", "field", "TypeVar"}
SHOWN = 70
New = ast.AST | list


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: the file, where in it, what was and what is now, and the code that has it."""

    group: str
    file: str
    line: int
    where: str
    change: str
    hints: tuple[str, ...]
    install: Callable[[], None]


def mutants(path: Path, group: str, file: str, install: Callable) -> Iterator[Mutant]:
    """Yield every mutant of a file; `install(file, path, code)` has it imported instead."""
    top = ast.parse(path.read_text(encoding="utf-8"))
    for holder, name, index, old, new, where, hints in _sites(top):
        line = getattr(old, "lineno", getattr(holder, "lineno", 0))
        change = f"{_shown(old)} -> {_shown(new)}"

        def put(holder=holder, name=name, index=index, new=new):
            if index is None:
                setattr(holder, name, new)
            else:
                getattr(holder, name)[index] = new
            code = compile(ast.fix_missing_locations(top), str(path), "exec")
            install(file, path, code)
        yield Mutant(group, file, line, where, change, hints, put)


def _shown(node: ast.AST) -> str:
    """Return a piece of code in one short line."""
    text = " ".join(ast.unparse(ast.fix_missing_locations(copy.deepcopy(node))).split())
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


def _sites(top: ast.Module) -> Iterator[tuple]:
    """Yield (holder, field, index, old, new, qualified name, hints) of each change of a module."""
    def walk(node: ast.AST, where: str, hints: tuple[str, ...]) -> Iterator[tuple]:
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns", "type_comment", "ctx"):
                continue
            for index, child in enumerate(value) if isinstance(value, list) else ((None, value),):
                if not isinstance(child, ast.AST) or _left_alone(node, name, index, child):
                    continue
                at, told = where, hints
                if isinstance(child, ast.FunctionDef | ast.ClassDef):
                    at = f"{where}.{child.name}".lstrip(".")
                    told = tuple(_ids(child)) or hints
                for new in _changed(child, bool(at)):
                    yield node, name, index, child, new, at or "module", told
                yield from walk(child, at, told)
    yield from walk(top, "", ())


def _ids(node: ast.FunctionDef | ast.ClassDef) -> Iterator[str]:
    """Yield the official ids that a function carries: the tests that are named so come first."""
    for one in node.decorator_list:
        if isinstance(one, ast.Call) and getattr(one.func, "id", "") == "rule":
            yield one.args[0].value


def _left_alone(node: ast.AST, name: str, index: int | None, child: ast.AST) -> bool:
    """Tell whether a part of the code is not for mutants."""
    if isinstance(child, ast.Assert | ast.Import | ast.ImportFrom | ast.JoinedStr):
        return not isinstance(child, ast.JoinedStr)
    if isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant):
        return True                                                 # a docstring
    if isinstance(child, ast.Call | ast.Name) and name == "decorator_list":
        return getattr(getattr(child, "func", child), "id", "") in NO_EFFECT
    if isinstance(child, ast.Call) and getattr(child.func, "id", "") in NO_EFFECT:
        return True
    if isinstance(child, ast.Assign):
        return getattr(child.targets[0], "id", "") == "__slots__"
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "isinstance":
        return name == "args" and index == 1
    return isinstance(node, ast.JoinedStr) and isinstance(child, ast.Constant)


def _changed(node: ast.AST, in_function: bool) -> Iterator[ast.AST]:
    """Yield what may stand in place of a piece of code."""
    match node:
        case ast.Compare(ops=[op]):
            for other in OTHER_COMPARISONS[type(op)]:
                yield ast.Compare(node.left, [other()], node.comparators)
        case ast.BoolOp(op=op, values=values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield _call("bool", operand)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            yield operand
        case ast.BinOp(left=left, op=op, right=right) if in_function or not isinstance(
                op, ast.BitOr):
            yield ast.BinOp(left, OTHER_ARITHMETIC[type(op)](), right)
        case ast.Constant():
            yield from _other_value(node.value)
        case ast.Slice(lower=lower, upper=upper, step=step):
            if lower is not None:
                yield ast.Slice(None, upper, step)
            if upper is not None:
                yield ast.Slice(lower, None, step)
        case ast.IfExp(test=test, body=body, orelse=orelse):
            yield ast.IfExp(_negated(test), body, orelse)
        case ast.comprehension(ifs=[_, *_]):
            for n, test in enumerate(node.ifs):
                yield ast.comprehension(node.target, node.iter, [
                    *node.ifs[:n], _negated(test), *node.ifs[n + 1:]], node.is_async)
        case ast.match_case(guard=ast.AST() as guard):
            yield ast.match_case(node.pattern, _negated(guard), node.body)
        case ast.stmt():
            yield from _other_statement(node)


def _other_statement(node: ast.stmt) -> Iterator[ast.AST]:
    """Yield what may stand in place of a statement."""
    match node:
        case ast.If(test=test):
            yield ast.If(_negated(test), node.body, node.orelse)
        case ast.While(test=test):
            yield ast.While(_negated(test), node.body, node.orelse)
        case ast.Return(value=value) if not _says_no(value):
            yield ast.Return(ast.Constant(None))
        case ast.Expr(value=ast.Yield() | ast.YieldFrom() as value):    # stays a generator
            yield ast.Expr(ast.IfExp(ast.Constant(False), value, ast.Constant(None)))
        case ast.Expr() | ast.AugAssign() | ast.Raise() | ast.Break() | ast.Continue():
            yield ast.Pass()


def _other_value(value: object) -> Iterator[ast.AST]:
    """Yield another constant; what has a blank is a sentence, which may read otherwise."""
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, int):
        yield ast.Constant(value + 1)
    elif isinstance(value, str) and " " not in value:
        yield ast.Constant(f"{value}x")


def _says_no(value: ast.expr | None) -> bool:
    """Tell whether a result is None or another constant: that is changed as one."""
    return value is None or isinstance(value, ast.Constant) or not getattr(value, "elts", (value,))


def _negated(test: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.Not(), test)


def _call(name: str, argument: ast.expr) -> ast.expr:
    return ast.Call(ast.Name(name, ast.Load()), [argument], [])
