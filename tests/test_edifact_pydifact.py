"""EDIFACT tokens against those of another reader, pydifact, wherever both take an interchange."""
import warnings

import pytest
from pydifact.exceptions import EDISyntaxError
from pydifact.parser import Parser
from test_edifact import GOLDEN, SHARED, needs_shared
from tollbod.play.bench_edifact import interchange
from tollbod.wire.edifact.envelope import Interchange
from tollbod.wire.edifact.reader import read
from tollbod.wire.message import Unreadable

REFUSED = (EDISyntaxError, SyntaxError, ValueError, IndexError, TypeError)  # or it trips
BROKEN = {"cut", "dangling", "outside", "nested", "una", "after", "mixed"}


def ours(data: bytes):
    """Our tokens of the first interchange, envelope and all, and how it is encoded; or None."""
    found = []
    try:
        for one in read(data):
            if isinstance(one, Interchange):
                if one.groups or BROKEN & {fault.key for fault in one.faults}:
                    return None
                ends = [one.trailer.elements] if one.trailer is not None else []
                return [one.header.elements, *found, *ends], one.repertoire.codec
            found += one.segments()
    except Unreadable:
        return None
    return None


def theirs(text: str):
    """Its tokens as lists of components, or None if it refuses."""
    warnings.simplefilter("ignore")
    try:
        found = list(Parser().parse(text))
    except REFUSED:
        return None
    return [[[one.tag], *(part if isinstance(part, list) else [part] for part in one.elements)]
            for one in found if one.tag != "UNA"]


def bare(segments):
    """Without empty components at the end of an element, which mean nothing: pydifact drops one."""
    def cut(parts):
        while len(parts) > 1 and not parts[-1]:
            parts = parts[:-1]
        return parts
    return [[cut(parts) for parts in elements] for elements in segments]


def compared(data: bytes) -> bool:
    """Whether both take it; then the tokens must be equal."""
    mine = ours(data)
    other = theirs(data.decode(mine[1], "surrogateescape")) if mine else None
    if mine is None or other is None:
        return False
    assert bare(mine[0]) == bare(other)
    return True


@needs_shared
def test_third_party_interchanges_give_the_same_tokens():
    folder = SHARED / "third_party"
    files = [path for path in sorted(folder.iterdir()) if path.suffix != ".json"]
    same = [path.name for path in files if compared(path.read_bytes())]
    assert len(files) == 34 and len(same) >= 20, same


@pytest.mark.parametrize("path", sorted((GOLDEN / "good").glob("*.edi")), ids=lambda p: p.stem)
def test_good_interchanges_give_the_same_tokens(path):
    if not compared(path.read_bytes()):
        pytest.skip("it has what pydifact does not read: groups, repetition or another repertoire")


def test_a_long_interchange_gives_the_same_tokens():
    assert compared(interchange(300_000))
