"""What an office has told a party about a case: read off the mailbox, where every letter stays."""
from datetime import datetime
from typing import Any

from tollbod.store.streams import Store
from tollbod.wire import forms

MOST = 200                      # letters of one case that are told again; the newest


def letters(store: Store, key: str, movement: str, party: str, since: datetime
            ) -> list[tuple[str, dict[str, Any]]]:
    """Return what a stream has sent to a party about its case since a moment, in order.

    Each is the number of the message and its plain content.
    """
    world = key.partition("/")[0]
    rows = [row for row in store.movement_rows(world, movement)
            if row.origin == key and row.at >= since and row.key == f"{world}//mailbox/{party}"]
    return [(row.ie, forms.read(row.body).plain()) for row in rows[-MOST:]]
