"""Times two public EDIFACT readers on a file: what the bench of ours is compared with.

It is run by the Python of an environment of its own, in which the two are installed; nothing of
Tollbod is imported here, and nothing of Tollbod imports this. `edifact_peers.py FILE WHAT` prints
one JSON object: seconds of the processor, messages, and what else was seen.
"""
import codecs
import importlib
import json
import logging
import sys
import time
import types
import warnings
from pathlib import Path

SPELLS = 3                              # the shortest counts, as with ours
EDITION = "D96B"
LENGTH = len("CUSDECD96BUN")            # their grammars do not know what NCTS puts into UNH 0057


def pydifact(path: str) -> dict:
    """Read everything and list the messages, then write it again; it judges nothing (no tables)."""
    warnings.simplefilter("ignore")
    from pydifact.segmentcollection import Interchange
    text = Path(path).read_text("latin-1")
    parsed, written = [], []
    for _ in range(SPELLS):
        began = time.process_time()
        whole = Interchange.from_str(text)
        messages = list(whole.get_messages())
        parsed.append(time.process_time() - began)
        began = time.process_time()
        size = len(whole.serialize())
        written.append(time.process_time() - began)
    return {"parse": min(parsed), "write": min(written), "messages": len(messages), "size": size}


def bots(path: str) -> dict:
    """Read and judge everything by its D.96B grammar, fields included.

    As it comes it cannot read EDIFACT: three things it lacks are put in first.
    """
    logging.disable(logging.CRITICAL)
    import edi_parser.bots
    from edi_parser.core import inmessage
    from edi_parser.lib import utils
    sys.modules["bots"] = edi_parser.bots
    # One: the names of the character levels are codecs nobody has registered.
    codecs.register(lambda name: codecs.lookup("latin-1") if name == "unoc" else None)
    # Two: the content cannot come from a file. Three: grammars lie where it does not look.
    utils.readdata_bin = lambda filename=None, content=None: Path(filename).read_bytes()
    utils.botsimport = _grammar
    spells = []
    for _ in range(SPELLS):
        began = time.process_time()
        read = inmessage.parse_edi_file(
            editype="edifact", messagetype="edifact", charset="utf-8", filename=path,
            checkunknownentities=True, allow_flexible_optional_order=False, require_envelope=True,
            field_validation_mode="strict", empty_segment_handling="error", has_structure=True)
        messages = list(read.nextmessage())
        faults = [*read.errorlist, *(fault for one in messages for fault in one.errorlist)]
        spells.append(time.process_time() - began)
    return {"validate": min(spells), "messages": len(messages), "faults": faults[:3]}


def _grammar(_kind: str, editype: str, name: str) -> tuple:
    """Find a grammar in the folder of its edition, or beside the folders."""
    import edi_parser
    top = Path(edi_parser.__file__).parent / "grammars" / editype
    folder = top if (top / f"{name}.py").exists() else top / EDITION
    package = f"edi_parser.grammars.{editype}" + ("" if folder == top else f".{EDITION}")
    if package not in sys.modules:
        module = types.ModuleType(package)
        module.__path__ = [str(folder), str(top)]
        sys.modules[package] = module
    name = name if folder == top else name[:LENGTH]
    return importlib.import_module(f"{package}.{name}"), str(folder / f"{name}.py")


if __name__ == "__main__":
    print(json.dumps({"pydifact": pydifact, "bots": bots}[sys.argv[2]](sys.argv[1])))
