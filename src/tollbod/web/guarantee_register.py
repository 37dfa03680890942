"""The register of guarantees over HTTP, for officers: a list from a CSV file, and single acts."""
from typing import Any

from litestar import Request, post
from litestar.params import FromPath, JSONBody
from msgspec import Struct

from tollbod.guarantees import csv_list
from tollbod.guarantees.csv_list import Line
from tollbod.office import officer
from tollbod.store.streams import Store
from tollbod.web import access, body, desk, guarantees
from tollbod.web.access import BEARER
from tollbod.web.answers import OutcomeAnswer
from tollbod.web.desk import ActBody
from tollbod.web.documented import ERRORS, NOT_FOUND, problem
from tollbod.web.house import House
from tollbod.web.problems import Problem
from tollbod.web.tokens import Caller

MOST_BYTES = 1_000_000
ACTS = ("register", "issue", "change", "suspend", "resume", "revoke", "unlock", "give-code")


class LineAnswer(Struct, frozen=True):
    """What became of one line of a list."""

    line: int
    grn: str
    outcome: str                # registered | wrong | refused | waits
    faults: list[dict[str, str]]


class ListAnswer(Struct, frozen=True):
    """What became of a list of guarantees."""

    registered: int
    lines: list[LineAnswer]


@post("/guarantees", guards=[access.officer], security=BEARER, tags=["guarantees"],
      status_code=200, responses=ERRORS | {413: problem("Larger than 1 MB")})
async def register_list(request: Request) -> ListAnswer:
    """Register the guarantees of a CSV file (text/csv); line by line what became of it.

    The first line names the columns: grn, type, holder, guarantor, amount, currency, percentage,
    valid_from, valid_to, not_valid_in, departure, destination, commodities, not_for, certificates,
    access_codes. Lines without faults are registered also when others have some.
    """
    house, who = access.house(request), access.caller(request)
    data = await body.bounded(request, MOST_BYTES)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Problem(400, "Not understood", "the list is text in UTF-8",
                      "listen er tekst i UTF-8") from error
    return await house.patiently(register_lines, house, who, text)


def register_lines(store: Store, house: House, who: Caller, text: str) -> ListAnswer:
    """Register what the lines of a CSV text tell; what became of each."""
    lines = csv_list.read(text, store.now(who.world).date())
    lodged = {}
    for one in lines:
        office = guarantees.office_of(house, one.told.get("grn", ""))
        if not one.faults and office and who.serves(office):
            lodged[one.number] = officer.act(
                store, who.world, office, one.told["grn"], "register", who.party,
                f"list {one.told['grn']}", one.told)
    answers = [_became(store, one, lodged.get(one.number)) for one in lines]
    return ListAnswer(sum(one.outcome == "registered" for one in answers), answers)


def _became(store: Store, line: Line, lodged: tuple | None) -> LineAnswer:
    grn = line.told.get("grn", "")
    if lodged is None:
        told = [one._asdict() for one in line.faults] or [{
            "name": "grn", "en": "kept by an office that is not yours",
            "nb": "føres av et tollsted som ikke er ditt"}]
        return LineAnswer(line.number, grn, "wrong", told)
    key, receipt = lodged
    if receipt.verdict == "other":
        return LineAnswer(line.number, grn, "refused", [{
            "name": "grn", "en": "registered otherwise by an earlier list",
            "nb": "registrert annerledes fra en tidligere liste"}])
    try:
        done = officer.outcome(store, key, receipt)
    except TimeoutError:
        return LineAnswer(line.number, grn, "waits", [])
    refused = [{"name": one["path"], "en": one["text"], "nb": one["nb"]} for one in done.refused]
    return LineAnswer(line.number, grn, "refused" if refused else "registered", refused)


@post("/guarantees/{grn:str}", guards=[access.officer], security=BEARER, tags=["guarantees"],
      status_code=200, responses=ERRORS | {404: NOT_FOUND})
async def act(request: Request, grn: FromPath[str], data: JSONBody[dict[str, Any]]
              ) -> OutcomeAnswer:
    """Register, issue, change, suspend, resume, revoke or unlock a guarantee, or give a new code.

    `{"do": "change", "amount": "20000.00", "id": "..."}`: all fields but do and id are its details.
    """
    house, who = access.house(request), access.caller(request)
    do, office = str(data.get("do", "")), guarantees.office_of(house, grn)
    if do not in ACTS or not office:
        raise Problem(400, "Not understood", f"do is one of {', '.join(ACTS)}; the GRN must be of "
                      "an office of ours", f"do er en av {', '.join(ACTS)}; GRN-et må tilhøre et "
                      "tollsted her")
    details = {name: value for name, value in data.items() if name not in ("do", "id", "by")}
    body_ = ActBody(do, details, str(data.get("id", "")))
    return await house.patiently(desk.act, who, office, grn, body_)
