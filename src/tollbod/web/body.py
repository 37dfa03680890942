"""The body of a request, with an end to it: what is too large is never held in memory."""
import time

from litestar import Request
from litestar.datastructures import UploadFile

from tollbod.web.problems import Problem
from tollbod.wire.as4.agreement import agreed
from tollbod.wire.xml import MAX_BYTES

MOST_PARTS_BYTES = MAX_BYTES + int(agreed()["largest compressed"]) + 1_000_000
DISCARD_BYTES = 400_000_000     # so much of what is refused is read off, to be able to answer
DISCARD_SECONDS = 60.0


async def bounded(request: Request, most: int = MAX_BYTES) -> bytes:
    """Return the body of at most `most` bytes. Raises Problem 413 for a larger one.

    What is too large is read to its end, within bounds, and thrown away piece by piece: a sender
    that is still writing would otherwise see a broken connection instead of the answer.
    """
    announced = request.content_length or 0
    waits = request.headers.get("expect", "").lower() == "100-continue"
    if announced > most and (waits or announced > DISCARD_BYTES):
        raise too_large(most)
    pieces, size = [], 0
    end = time.monotonic() + DISCARD_SECONDS
    async for piece in request.stream():
        size += len(piece)
        if size <= most and announced <= most:
            pieces.append(piece)
        else:
            pieces.clear()
            if size > DISCARD_BYTES or time.monotonic() > end:
                break
    if size > most or announced > most:
        raise too_large(most)
    return b"".join(pieces)


async def with_files(request: Request) -> tuple[bytes, list[tuple[str, bytes]]]:
    """Return a message and the files beside it, by name. Raises Problem 400, 411, 413.

    A body of parts says how long it is before it is read.
    """
    if "multipart/form-data" not in request.headers.get("content-type", ""):
        return await bounded(request), []
    if request.content_length is None:
        raise Problem(411, "How long?", "a body of parts has a Content-Length",
                      "et innhold i deler har Content-Length")
    if request.content_length > MOST_PARTS_BYTES:
        raise too_large(MOST_PARTS_BYTES)
    form = await request.form()
    parts = [(name, one) for name, one in form.multi_items() if isinstance(one, UploadFile)]
    whole = [await one.read() for name, one in parts if name == "message"]
    if len(whole) != 1 or len(whole[0]) > MAX_BYTES:
        raise Problem(400, "Not understood", "one part is called `message`, of at most 10 MB, all "
                      "others `file`", "én del heter `message`, på høyst 10 MB, alle andre `file`")
    return whole[0], [(one.filename, await one.read()) for name, one in parts if name == "file"]


def too_large(most: int) -> Problem:
    """Return the refusal of a body that is too large."""
    mega = most // 1_000_000
    return Problem(413, "Too large", f"a body may have {mega} MB; nothing was taken. Send less at "
                   f"once", f"innholdet kan være på {mega} MB; ingenting er mottatt. Send mindre "
                   f"om gangen", headers={"Connection": "close"})
