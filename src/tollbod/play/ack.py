"""`tollbod ack FILE`: the CONTRL that answers an EDIFACT interchange."""
import sys
from datetime import UTC, datetime
from pathlib import Path

from tollbod.play.files import FINDINGS, FINE, UNREADABLE, complain, content
from tollbod.play.interchanges import opened
from tollbod.rules.interchanges import DIRECTORIES
from tollbod.wire.edifact import contrl
from tollbod.wire.edifact.judge import Verdict, verdicts
from tollbod.wire.message import Unreadable

STAMP = "%y%m%d%H%M"            # the reference of an answer: this and the interchange's number


def run(file: Path, profile: str | None = None) -> int:
    """Print the CONTRL of every interchange in the file.

    Whether it would be sent, and why there is none, goes to standard error. Returns 0 if all are
    taken, 1 if one is not wholly, 2 if there is no interchange to answer.
    """
    moment, worst = datetime.now(UTC), FINE
    try:
        with opened(file) as stream:
            if stream is None:
                content(file)           # says if it cannot be read at all
                raise Unreadable("52", "This is no EDIFACT interchange, so no CONTRL answers it.",
                                 "Dette er ingen EDIFACT-utveksling, så ingen CONTRL besvarer den.")
            for verdict in verdicts(stream, DIRECTORIES.get(profile or "", "ncts")):
                worst = max(worst, _answer(file, verdict, moment))
    except Unreadable as fault:
        return complain("ack", file, fault)
    return worst


def _answer(file: Path, verdict: Verdict, moment: datetime) -> int:
    """Print one answer, and say whether it is called for."""
    one = verdict.interchange
    if not contrl.possible(verdict):
        why = "a CONTRL is not answered" if verdict.types == {"CONTRL"} else \
            "there is no sender, recipient or reference to answer to"
        print(f"tollbod ack: {file}: interchange {one.reference}: {why}", file=sys.stderr)
        return FINE if verdict.fine else UNREADABLE
    if not contrl.wanted(verdict):
        print(f"tollbod ack: {file}: interchange {one.reference}: nothing is wrong and no answer "
              "was asked for; this one need not be sent", file=sys.stderr)
    reference = f"{moment.strftime(STAMP)}{one.number:04}"
    sys.stdout.buffer.write(contrl.answer(verdict, reference, moment) + b"\n")
    sys.stdout.buffer.flush()
    return FINE if verdict.fine else FINDINGS
