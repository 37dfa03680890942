"""The page of one data set: a form, what the law asks of it, and every message that it makes.

Anybody may use it; nothing is kept. In the test environment what was made may be lodged as the
filer that the data name.
"""
import re
from collections.abc import Iterator
from itertools import groupby
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from litestar import Request, Response, get, post

from tollbod.office import filings
from tollbod.prenotification import answer, tell
from tollbod.web import access, pages
from tollbod.web.body import bounded
from tollbod.web.dataset import clock, lodged, told_of, understood
from tollbod.web.problems import Problem
from tollbod.web.tokens import Caller

MOST_BYTES, MOST_FIELDS = 200_000, 2_000
SPARE = 1                       # empty lines after the goods and the offices
NAME = re.compile(r"([a-z_]+)(?:\.(\d{1,3}))?(?:\.([a-z_]+))?")


@get("/dataset", include_in_schema=False)
async def shown(request: Request) -> Response:
    """Show the form, filled with the example where that is asked for."""
    filled = "example" in request.query_params
    data = filings.example(await clock(access.house(request))) if filled else {}
    return _page(request, data)


@post("/dataset", include_in_schema=False, status_code=200)
async def made(request: Request) -> Response:
    """Show what the law asks of the data, and the messages; lodge them where that is chosen."""
    text = (await bounded(request, MOST_BYTES)).decode(errors="replace")
    form = parse_qsl(text, max_num_fields=MOST_FIELDS)
    data, house = _data(form), access.house(request)
    chosen = tuple(kind for kind in filings.KINDS if ("kind", kind) in form)
    now = await clock(house)
    due = filings.due(data, house.node.regime, now)
    kinds = chosen or filings.wanted(data, house.node.regime, now) or filings.KINDS
    found = [told_of(kind, filings.made(understood(data), kind, now)) for kind in kinds]
    receipts, fault = [], None
    if ("do", "lodge") in form and house.node.test:
        _from_here(request)
        who = Caller(str((data.get("filer") or {}).get("number", "")), frozenset(["trader"]),
                     house.world)
        try:
            receipts = await house.work(lodged, house, who, data, kinds, now)
        except Problem as problem:
            fault = problem
    return _page(request, data, chosen=kinds, found=found, receipts=receipts, fault=fault,
                 due=answer.plain(due) if due else None)


def _from_here(request: Request) -> None:
    """Refuse a form that another site sends. Raises Problem 403."""
    origin = request.headers.get("origin")
    if origin and urlsplit(origin).netloc != request.headers.get("host"):
        raise Problem(403, "Not allowed", "this form was sent by another site",
                      "dette skjemaet er sendt fra et annet nettsted")


def _page(request: Request, data: dict[str, Any], **more: Any) -> Response:
    nothing = {"chosen": (), "found": [], "receipts": [], "fault": None, "due": None}
    return pages.page(request, "dataset.html", groups=list(_groups(data)), kinds=filings.KINDS,
                      tell=tell, **nothing | more)


def _groups(data: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    """Yield the inputs of the form, those of one group together; of a list line by line."""
    told = {name: said for name, said in filings.fields().items() if name != "prepared"}
    for _, names in groupby(told, key=_group):
        some = [one for name in names for one in _inputs(name, told[name], data)]
        yield sorted(some, key=lambda one: one["line"])


def _group(name: str) -> str:
    """Return the group that a field is in; nothing for one that stands alone.

    >>> _group("items[].gross"), _group("filer.name"), _group("routing[]"), _group("mode")
    ('items', 'filer', '', '')
    """
    head, dot, _ = name.partition(".")
    return head.removesuffix("[]") if dot else ""


def _inputs(name: str, said: tuple[str, str], data: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the inputs of a field: one, or one a line of its list."""
    if name.endswith("[]"):
        some = data.get(name[:-2]) or ()
        return [_input(name[:-2], said, " ".join(str(one) for one in some))]
    if "[]." in name:
        group, _, leaf = name.partition("[].")
        lines = data.get(group) or []
        return [_input(f"{group}.{n}.{leaf}", said, str(line.get(leaf, "")), n + 1)
                for n, line in enumerate([*lines, *[{}] * SPARE])]
    group, _, leaf = name.rpartition(".")
    value = (data.get(group) or {}).get(leaf, "") if group else data.get(leaf, "")
    return [_input(name, said, str(value))]


def _input(name: str, said: tuple[str, str], value: str, line: int = 0) -> dict[str, Any]:
    return {"name": name, "en": said[0], "nb": said[1], "value": value, "line": line}


def _data(form: list[tuple[str, str]]) -> dict[str, Any]:
    """Return the data set that a form says, without what is empty."""
    lists = {name[:-2] for name in filings.fields() if name.endswith("[]")}
    data: dict[str, Any] = {}
    lines: dict[tuple[str, int], dict[str, str]] = {}
    for name, text in form:
        found = NAME.fullmatch(name)
        if not found or not text.strip() or name in ("kind", "do"):
            continue
        group, number, leaf = found.groups()
        if group in lists:
            data[group] = text.split()
        elif number:
            lines.setdefault((group, int(number)), {})[leaf or ""] = text.strip()
        elif leaf:
            data.setdefault(group, {})[leaf] = text.strip()
        else:
            data[group] = text.strip()
    for (group, _), line in sorted(lines.items()):
        data.setdefault(group, []).append(line)
    return data


PATHS = [shown, made]
