"""What an office of entry or exit keeps of a pure prenotification."""
from datetime import datetime
from typing import Any

import msgspec

from tollbod.case.model import Case


class Asked(msgspec.Struct, frozen=True):
    """A question about a prenotification: to whom, what, by when, and what was answered."""

    of: str                             # the filer, or another who has the information
    text: str
    due: datetime
    answer: str = ""


class Prenotified(Case, frozen=True, kw_only=True):
    """A pure prenotification as its office knows it."""

    lrn: str = ""
    mrn: str = ""
    filer: str = ""                     # the party that sent it
    declaration: dict[str, Any] = {}    # plain CC015N
    edition: str = ""
    declared_by: str = ""               # identification of the IE015 (correlation of the answers)
    lodged: datetime | None = None
    deadline: datetime | None = None    # by when it was due, as far as it can be known
    late: bool = False
    held_until: datetime | None = None  # the goods may not go on before, since it was late
    hits: tuple[str, ...] = ()          # criteria of the control filter: never told
    asked: tuple[Asked, ...] = ()
    control: str = ""                   # "" | ordered | satisfactory | stopped
    presented: datetime | None = None   # at the border, with the MRN or the slip
    shown: str = ""                     # mrn | slip
    cancelling: str = ""                # why cancellation is asked for, while it is not decided
    replaces: str = ""                  # MRN of the earlier one whose place this one takes
    replaced_by: str = ""               # MRN of the later one that takes its place
    flags: tuple[str, ...] = ()         # irregularities, in words, for the officer

    @property
    def flow(self) -> str:
        """Return `entry` or `exit`."""
        return self.declaration["TransitOperation"]["declarationType"].lower()

    @property
    def open_question(self) -> Asked | None:
        """Return the question that is not answered, the last one asked."""
        return self.asked[-1] if self.asked and not self.asked[-1].answer else None
