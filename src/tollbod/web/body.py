"""The body of a request, with an end to it: what is too large is never held in memory."""
import time

from litestar import Request

from tollbod.web.problems import Problem
from tollbod.wire.xml import MAX_BYTES

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


def too_large(most: int) -> Problem:
    """Return the refusal of a body that is too large."""
    mega = most // 1_000_000
    return Problem(413, "Too large", f"a body may have {mega} MB; nothing was taken. Send less at "
                   f"once", f"innholdet kan være på {mega} MB; ingenting er mottatt. Send mindre "
                   f"om gangen", headers={"Connection": "close"})
