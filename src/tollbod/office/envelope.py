"""The envelope of a message to another node: for whom it is, and from which stream."""
import msgspec

from tollbod.case.model import Send


class Envelope(msgspec.Struct, frozen=True, array_like=True):
    """What the receiver has to know of a message besides its bytes."""

    office: str             # for whom
    role: str
    case: str               # MRN or GRN
    origin: str             # key of the stream that sent it
    ie: str
    movement: str
    body: bytes


def wrap(send: Send, origin: str, movement: str, body: bytes) -> bytes:
    """Return a message in its envelope, as it lies in the link's stream."""
    return msgspec.msgpack.encode(
        Envelope(send.to, send.role, send.case, origin, send.ie, movement, body))
