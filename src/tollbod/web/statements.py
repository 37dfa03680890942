"""A page of a guarantee's statement: whole messages, with the balances carried forward."""
from tollbod.guarantees import statement
from tollbod.guarantees.account import FREE, LIABLE
from tollbod.guarantees.statement import Line
from tollbod.store.streams import Store


def page(store: Store, key: str, after: int, most: int) -> tuple[list[Line], int]:
    """Return the entries after the message `after`, about `most` of them, and the next marker.

    The entries of one message are never parted.
    """
    rows = store.entries_after(key, after, most + 1)
    if len(rows) > most:
        last = rows[-1][0].n
        rows = [row for row in rows if row[0].n != last] or store.entries_of(key, last)
    if not rows:
        return [], after
    before = {name: store.balance_at(key, name, after) for name in (FREE, LIABLE)}
    names = {entry.n: ie for entry, ie in rows}
    lines = statement.lines([entry for entry, _ in rows], names, before)
    return lines, lines[-1].n
