"""The store's queries, read from queries/*.sql: each has a name and a sentence, then plain SQL.

    -- name: mailbox
    -- What was sent to a party after a marker, in the order it arrived.
    select ...
"""
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent / "queries"
HEAD = re.compile(r"^-- name: (\w+)\n((?:-- .*\n)+)", re.M)


class Query(NamedTuple):
    """A statement with its name and what it is for."""

    name: str
    sentence: str
    text: str


@cache
def queries():
    """All queries by name; two of one name, or one without a sentence, is a bug."""
    found = {}
    for path in sorted(FOLDER.glob("*.sql")):
        text = path.read_text(encoding="utf-8")
        heads = list(HEAD.finditer(text))
        assert len(heads) == text.count("-- name:"), f"{path.name}: a query without a sentence"
        for head, following in zip(heads, heads[1:] + [None]):
            name = head[1]
            assert name not in found, f"{path.name}: {name} again"
            sentence = " ".join(line[3:] for line in head[2].splitlines())
            body = text[head.end():following.start() if following else None].strip()
            found[name] = Query(name, sentence, body)
    return found
