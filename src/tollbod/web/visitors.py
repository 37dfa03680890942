"""Who looks at a page: an officer, or one party at its own; and the forms that they send.

Elsewhere than in the test environment a party needs a session that was opened with its own access
token. A form that another site sends is refused.
"""
from urllib.parse import parse_qsl, urlsplit

from litestar import Request
from litestar.datastructures import UploadFile

from tollbod.web import access, pages, tokens
from tollbod.web.body import bounded
from tollbod.web.problems import Problem
from tollbod.web.tokens import Caller


def officer(request: Request) -> Caller:
    """Return the officer who looks. Raises Closed."""
    pages.admit(request)
    house = access.house(request)
    who = tokens.read(house, request.cookies.get(pages.COOKIE, ""))
    offices = who.offices if who is not None and "officer" in who.scopes else ()
    return Caller(tokens.OFFICER, frozenset([tokens.OFFICER]), house.world, offices)


def party(request: Request, id: str) -> Caller:
    """Return the party who looks at its own; in the test environment anybody may. Raises Closed."""
    house = access.house(request)
    who = tokens.read(house, request.cookies.get(pages.COOKIE, ""))
    if not house.node.test and (who is None or who.party != id or who.world != house.world):
        raise pages.Closed
    return Caller(id, frozenset(["trader"]), house.world)


def from_here(request: Request) -> None:
    """Refuse a form that another site sends. Raises Problem 403."""
    origin = request.headers.get("origin")
    if origin and urlsplit(origin).netloc != request.headers.get("host"):
        raise Problem(403, "Not allowed", "this form was sent by another site",
                      "dette skjemaet er sendt fra et annet nettsted")


async def form(request: Request, most_bytes: int, most_fields: int) -> dict[str, str]:
    """Return the fields of a form. Raises Problem 400, 403, 413."""
    from_here(request)
    data = (await bounded(request, most_bytes)).decode(errors="replace")
    try:
        return dict(parse_qsl(data, keep_blank_values=True, max_num_fields=most_fields))
    except ValueError as error:
        raise Problem(400, "Not understood", f"a form has at most {most_fields} fields",
                      f"et skjema har høyst {most_fields} felter") from error


def plainly(fields: dict[str, str]) -> dict[str, str]:
    """Return the fields of a form in which something was written."""
    return {name: text for name, text in fields.items() if text}


async def parts(request: Request, most_bytes: int, most_fields: int
                ) -> tuple[dict[str, str], list[UploadFile]]:
    """Return the fields and the files of a form that may have files. Raises Problem 400, 403, 413.

    A file that was not chosen is left out.
    """
    if "multipart/" not in request.headers.get("content-type", ""):
        return await form(request, most_bytes, most_fields), []
    from_here(request)
    given = await request.form()
    fields = {name: value for name, value in list(given.multi_items())[:most_fields]
              if isinstance(value, str)}
    files = [value for _, value in given.multi_items()
             if isinstance(value, UploadFile) and value.filename]
    return fields, files
