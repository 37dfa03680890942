"""EDIFACT on a generated interchange of 10 MB: reading, judging, writing, peak memory.

The content is of the size and shape of transit declarations on CUSDEC D.96B; the same seed makes
the same bytes. Memory is that of a process of its own, which reads the file as a stream. Speed
is per second of the processor, so that what else runs on the machine does not count.
"""
import io
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tollbod.play import bench_peers
from tollbod.wire.edifact import write
from tollbod.wire.edifact.envelope import Elements, Message
from tollbod.wire.edifact.judge import Judged, judge, verdicts
from tollbod.wire.edifact.reader import read

SIZE = 10_000_000
SPELLS = 3
WORDS = ("DRIED FISH", "MACHINE PARTS", "TØRRFISK", "PAPER REELS", "ALUMINIUM", "FURNITURE",
         "SMØREOLJE", "BOLTS 3/4'' + NUTS: A?", "GLASS BOTTLES", "RUBBER TYRES")
PEAK = """
import sys
from tollbod.wire.edifact.judge import verdicts
with open(sys.argv[1], "rb") as stream:
    assert all(one.fine for one in verdicts(stream))
with open("/proc/self/status") as status:       # ru_maxrss would count the parent before exec
    print(next(line.split()[1] for line in status if line.startswith("VmHWM")))
"""


def figures(_conninfo: str) -> Iterator[tuple[str, float, str]]:
    """Read, judge and write an interchange of 10 MB of D.96B declarations, peers beside ours."""
    data = interchange(SIZE)
    size = len(data) / 1e6
    yield "edifact_size", size, "MB"
    yield "edifact_scan", size / best(lambda: sum(1 for _ in read(io.BytesIO(data)))), "MB/s"
    yield "edifact_validate", size / best(lambda: list(verdicts(io.BytesIO(data)))), "MB/s"
    messages = [one.segments() for one in read(data) if isinstance(one, Message)]
    ours = {"parse": best(lambda: parse(data)), "validate": best(lambda: parse_and_judge(data)),
            "write": best(lambda: [write.text(one) for one in messages])}
    yield "edifact_parse", size / ours["parse"], "MB/s"
    yield "edifact_parse_validate", size / ours["validate"], "MB/s"
    yield "edifact_write", size / ours["write"], "MB/s"
    count = len(messages)
    yield "edifact_messages", count, ""
    del messages
    yield "edifact_peak", peak(data), "MB"
    yield from beside(data, count, ours)


def beside(data: bytes, messages: int, ours: dict[str, float]) -> Iterator[tuple[str, float, str]]:
    """Yield the figures of each peer, and how often ours is as fast at the same work.

    What ours judges is held against what a peer without tables only parses too.
    """
    size = len(data) / 1e6
    for name, theirs in bench_peers.measured(data, messages):
        for what, seconds in theirs.items():
            yield f"edifact_{name}_{what}", size / seconds, "MB/s"
        for what in ours:
            base = theirs.get(what) or (theirs.get("parse") if what == "validate" else None)
            if base:
                yield f"edifact_{what}_times_{name}", base / ours[what], "x"


def best(work) -> float:
    """Return the shortest of a few spells, in seconds of the processor."""
    spells = []
    for _ in range(SPELLS):
        began = time.process_time()
        work()
        spells.append(time.process_time() - began)
    return min(spells)


def parse(data: bytes) -> None:
    """Read every message and split it wholly into components."""
    for one in read(io.BytesIO(data)):
        if isinstance(one, Message):
            one.segments()


def parse_and_judge(data: bytes) -> None:
    """Read every message, split it wholly and judge it wholly."""
    for one in judge(io.BytesIO(data)):
        if isinstance(one, Judged):
            assert not one.faults
            one.message.segments()


def peak(data: bytes) -> float:
    """Return the peak memory of a process that judges the interchange from a file, in MB."""
    with tempfile.TemporaryDirectory(prefix="tollbod-bench-") as folder:
        path = Path(folder) / "large.edi"
        path.write_bytes(data)
        said = subprocess.run([sys.executable, "-c", PEAK, str(path)], check=True,
                              capture_output=True, text=True)
    return int(said.stdout) / 1024


def interchange(size: int, seed: int = 7) -> bytes:
    """Return an interchange of about that size."""
    chance = random.Random(seed)
    parts, length, number = [], 0, 0
    while length < size:
        number += 1
        text = write.text(message(chance, number))
        parts.append(text)
        length += len(text)
    head = write.text([[["UNB"], ["UNOC", "3"], ["NO987654", "ZZZ"], ["TOLLBOD", "ZZZ"],
                        ["261102", "0915"], ["BENCH"]]])
    tail = write.text([[["UNZ"], [str(number)], ["BENCH"]]])
    return ("UNA:+.? '" + head + "".join(parts) + tail).encode("latin-1")


def message(chance: random.Random, number: int) -> list[Elements]:
    """Return one declaration of 1 to 20 items."""
    reference, items = f"M{number:09}", chance.randint(1, 20)
    rows = [f"UNH+{reference}+CUSDEC:D:96B:UN:CC015B", "BGM+:::T1++9", "LOC+36+IT", "LOC+35+NO",
            "LOC+9+OSLO", "LOC+118+NO371001", "LOC+14++NO987654-A1", "LOC+91+:::OSLO",
            f"LOC+50+SE{chance.randint(100000, 999999)}", "LOC+45+IT021300",
            "DTM+137:20261102:102", "DTM+268:20261109:102", "GIS+1:109",
            f"MEA+WT+AAD+KGM:{chance.randint(100, 24000)}.{chance.randint(0, 999):03}"]
    rows += [f"SEL+NO{chance.randint(100000, 999999)}" for _ in range(chance.randint(0, 4))]
    rows += ["FTX+CCI++A3", f"RFF+ABE:NO98765420261102{number:06}", "RFF+ABK:1",
             "PAC++++AC1:26NO00000100001", "PCI+19+AD", "TDT+1++30",
             "TDT+11++30+31++++:::AB12345:NO"]
    rows += [f"NAD+{role}+{tin}++{chance.choice(WORDS[:7])} AS+GATA {chance.randint(1, 200)}+"
             f"BERGEN++5003+NO" for role, tin in (("AF", "NO987654321"), ("CN", ""), ("CZ", ""))]
    segments = [[part.split(":") for part in row.split("+")] for row in [*rows, "UNS+D"]]
    for item in range(1, items + 1):
        segments += goods(chance, item)
    segments += [[["UNS"], ["S"]], [["CNT"], ["5", str(items)]]]
    return [*segments, [["UNT"], [str(len(segments) + 1)], [reference]]]


def goods(chance: random.Random, item: int) -> list[Elements]:
    """Return the segments of one item; a few hold text in which marks are released."""
    words = [chance.choice(WORDS), f"{chance.choice(WORDS)} {chance.choice(WORDS)}"]
    rows = [f"MEA+WT+AAB+KGM:{chance.randint(10, 9999)}.5",
            f"MEA+WT+AAA+KGM:{chance.randint(10, 9999)}", f"PAC+6+++CT:{chance.randint(1, 500)}",
            f"PCI+28+{chance.choice(WORDS[:7])}:ADR {chance.randint(1, 999)}",
            f"RFF+AAQ:MSKU{chance.randint(1000000, 9999999)}"]
    rows += [f"DOC+916:::N{chance.choice((380, 730, 271))}+{chance.randint(10**6, 10**8)}"
             for _ in range(chance.randint(1, 3))]
    rows.append(f"DOC+190:::830+26NO{chance.randint(10**9, 10**10)}")
    return [[["CST"], [str(item)], [str(chance.randint(10000000, 99999999))]],
            [["FTX"], ["AAA"], [""], [""], words],
            *([part.split(":") for part in row.split("+")] for row in rows)]
