"""What goes out by AS4: the messages of ICS2 in a party's mailbox, one after another.

They are pulled, or pushed to those who have an endpoint (`as4_push`); both confirm them here.
A message is made once and kept, so that a repeat brings identical bytes. The next one is given only
when the receipt of the last is here, checked against what was sent: so none is lost or overtaken.
"""
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from tollbod.store.records import Arrival, Message
from tollbod.wire.as4.agreement import Refused, agreed
from tollbod.wire.as4.envelope import Header, Opened, Part, customs, open_up, trader
from tollbod.wire.as4.station import Post, confirm

if TYPE_CHECKING:
    from tollbod.office.as4 import Call

PAGE = 100
FAMILY = "IE3"                  # of ICS2; besides it goes what answers a message that came by AS4


def pulled(call: "Call", party: str) -> Post:
    """Return the next message to a party, the same until its receipt came.

    Raises Refused (EBMS:0006) when there is none.
    """
    row = waiting(call, party)
    if row is None:
        raise Refused("EBMS:0006", "there is no message to fetch")
    return made(call, party, row)


def receipted(call: "Call", parties: list[str], came: Opened) -> None:
    """Note that a party has what it was given. Raises Refused (EBMS:0302).

    The receipt of something that was confirmed before changes nothing.
    """
    for party in parties:
        row = waiting(call, party)
        if row is not None:
            name = f"as4 {row.n}"
            kept = call.store.kept(row.key, [name]).get(name)
            sent = kept and msgspec.msgpack.decode(kept, type=Post)
            if sent and open_up(*sent).id == came.ref:
                confirm(sent, came)
                passed(call, party, row.n, came.ref)
                return
        if call.store.kept(_key(call, party), [f"passed {came.ref}"]):
            return
    raise Refused("EBMS:0302", "no message of ours waits for this receipt")


def _key(call: "Call", party: str) -> str:
    return f"{call.world}//as4out/{party}"


def waiting(call: "Call", party: str) -> Message | None:
    """Return the first message of ICS2 after the last that was confirmed."""
    stream = call.store.stream(_key(call, party))
    after = 0
    if stream is not None and stream.last_in:
        last = call.store.inbox(stream.key, stream.last_in - 1, 1)
        after = int(last[0].body)
    while rows := call.store.mailbox(call.world, party, after, PAGE):
        for row in rows:
            if row.ie.startswith(FAMILY) or row.sender == agreed()["customs id"]:
                return row
        after = rows[-1].n
    return None


def passed(call: "Call", party: str, n: int, ref: str) -> None:
    """Note, for ever, that the message with this number is confirmed."""
    key, body = _key(call, party), str(n).encode()
    call.store.take([Arrival(key, party, f"passed {n}", sha256(body).digest(), "receipt", "", "",
                             body)])
    call.store.keep_first(key, f"passed {ref}", body)


def made(call: "Call", party: str, row: Message) -> Post:
    """Return a message of a mailbox as it travels, made once."""
    name = f"as4 {row.n}"
    kept = call.store.kept(row.key, [name]).get(name)
    if kept is None:
        header = Header(call.gate.ident(), call.at, customs(), trader(party),
                        agreed()["service to trader"], row.ie,
                        channel="" if party in call.gate.pushed else
                        agreed()["pull channel"] + party)
        post = call.gate.station.user_message(
            header, (Part("message", agreed()["message type"], row.body),))
        kept = call.store.keep_first(row.key, name, msgspec.msgpack.encode(post))
    return msgspec.msgpack.decode(kept, type=Post)
