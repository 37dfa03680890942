"""The envelope and its attachments as one body of HTTP, and gzip with an end to it."""
import gzip
import zlib
from email.message import Message
from email.parser import BytesHeaderParser
from hashlib import sha256

from tollbod.wire.as4.agreement import Refused, agreed

SOAP_TYPE = "application/soap+xml"
ROOT = "root@tollbod"
MOST_PARTS = 101                    # one message and a hundred files
LONGEST_HEAD = 4096
LARGEST_ENVELOPE = 1 << 20
MARGIN = LARGEST_ENVELOPE + MOST_PARTS * LONGEST_HEAD


def largest() -> int:
    """Return how many bytes a whole body may have: the attachments, and what is around them."""
    return int(agreed()["largest compressed"]) + MARGIN


def pack(envelope: bytes, parts: tuple[tuple[str, bytes], ...]) -> tuple[str, bytes]:
    """Return content type and body of an envelope with its compressed parts (cid, bytes)."""
    if not parts:
        return f"{SOAP_TYPE}; charset=UTF-8", envelope
    seen = sha256(envelope)
    for _, data in parts:
        seen.update(data)
    boundary = f"MIME_{seen.hexdigest()}"       # of the content, so that it cannot stand in it
    pieces = [_piece(boundary, f"{SOAP_TYPE}; charset=UTF-8", "8bit", ROOT, envelope)]
    pieces += [_piece(boundary, agreed()["compression"], "binary", cid, data)
               for cid, data in parts]
    media = f'multipart/related; boundary="{boundary}"; type="{SOAP_TYPE}"; start="<{ROOT}>"'
    return media, b"".join(pieces) + f"--{boundary}--\r\n".encode()


def _piece(boundary: str, media: str, encoding: str, cid: str, data: bytes) -> bytes:
    head = (f"--{boundary}\r\nContent-Type: {media}\r\nContent-Transfer-Encoding: {encoding}\r\n"
            f"Content-ID: <{cid}>\r\n\r\n")
    return head.encode() + data + b"\r\n"


def unpack(media: str, body: bytes) -> tuple[bytes, dict[str, bytes]]:
    """Return the envelope and the parts by cid. Raises Refused (EBMS:0004, 0007)."""
    if len(body) > largest():
        raise Refused("EBMS:0004", f"a body may have {largest()} bytes")
    head = Message()
    head["Content-Type"] = media
    if head.get_content_type() == SOAP_TYPE:
        return _envelope(body), {}
    boundary = head.get_boundary()
    if head.get_content_type() != "multipart/related" or not boundary:
        raise Refused("EBMS:0007", f"the body is neither {SOAP_TYPE} nor multipart/related")
    pieces = _pieces(boundary, body)
    (root, envelope), *rest = pieces
    start = str(head.get_param("start") or f"<{root}>")
    if start.strip("<>") != root:
        raise Refused("EBMS:0007", "the envelope is not the first part")
    parts = dict(rest)
    if len(parts) != len(rest):
        raise Refused("EBMS:0007", "two parts have the same Content-ID")
    if sum(map(len, parts.values())) > int(agreed()["largest compressed"]):
        most = agreed()["largest compressed"]
        raise Refused("EBMS:0004", f"parts may have {most} bytes together")
    return _envelope(envelope), parts


def _envelope(data: bytes) -> bytes:
    if len(data) > LARGEST_ENVELOPE:
        raise Refused("EBMS:0009", f"an envelope may have {LARGEST_ENVELOPE} bytes")
    return data


def _pieces(boundary: str, body: bytes) -> list[tuple[str, bytes]]:
    """Return Content-ID and content of each part of a body."""
    mark = b"--" + boundary.encode("ascii", "replace")
    first = 0 if body.startswith(mark) else body.find(b"\r\n" + mark) + 2
    found, at = [], first + len(mark)
    while body[at:at + 2] != b"--":
        end = body.find(b"\r\n" + mark, at)
        split = body.find(b"\r\n\r\n", at, at + LONGEST_HEAD)
        if first == 1 or end < 0 or not 0 <= split < end or body[at:at + 2] != b"\r\n":
            raise Refused("EBMS:0007", "the parts are not as their boundary says")
        found.append(_content(body[at + 2:split + 4], body[split + 4:end]))
        if len(found) > MOST_PARTS + 1:
            raise Refused("EBMS:0007", f"there are more than {MOST_PARTS} attachments")
        at = end + 2 + len(mark)
    if not found:
        raise Refused("EBMS:0007", "there is no part")
    return found


def _content(head: bytes, content: bytes) -> tuple[str, bytes]:
    told = BytesHeaderParser().parsebytes(head)
    encoding = str(told.get("Content-Transfer-Encoding", "binary")).lower()
    if encoding not in ("binary", "8bit", "7bit"):
        raise Refused("EBMS:0007", f"a part is encoded as {encoding[:20]}, not binary")
    return str(told.get("Content-ID", "")).strip().strip("<>"), content


def squeeze(data: bytes) -> bytes:
    """Return bytes compressed, the same each time.

    >>> unsqueeze(squeeze(b"ICS2"))
    b'ICS2'
    """
    return gzip.compress(data, 6, mtime=0)


def unsqueeze(data: bytes, most: int = 0) -> bytes:
    """Return what was compressed, at most so many bytes. Raises Refused (EBMS:0303).

    It stops at the limit: a bomb never unfolds.
    """
    most = most or int(agreed()["largest message"])
    stream = zlib.decompressobj(31)
    try:
        plain = stream.decompress(data, most + 1)
    except zlib.error as error:
        raise Refused("EBMS:0303", "a part is not gzip") from error
    if len(plain) > most:
        raise Refused("EBMS:0303", f"a part has more than {most} bytes when it is unpacked")
    if not stream.eof or stream.unused_data:
        raise Refused("EBMS:0303", "a part's gzip has no end, or more comes after it")
    return plain
