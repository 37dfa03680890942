"""The door for whatever a trader sends: a message in XML or JSON, or an interchange."""
from tollbod.office import intake, interchange
from tollbod.office.attachments import File
from tollbod.office.node import Node
from tollbod.store.records import Receipt
from tollbod.store.streams import Store
from tollbod.wire import forms
from tollbod.wire.message import Message


def receive(store: Store, node: Node, world: str, party: str, data: bytes,
            files: tuple[File, ...] = (),
            ) -> tuple[Receipt, Message | interchange.Taken] | intake.Refusal:
    """Take what an authenticated party sends: a receipt once it is durable, or a refusal.

    `files` come beside a message, never beside an interchange.
    """
    if forms.sniff(data) == "edifact":
        return interchange.receive(store, node, world, party, data)
    return intake.receive(store, node, world, party, data, files)
