"""In which form a message is had: what `Accept` names, else what its receiver has chosen."""
import msgspec
from litestar import Request

from tollbod.case.model import Party
from tollbod.office import outgoing
from tollbod.office.node import Node
from tollbod.store.records import Message, Place
from tollbod.store.streams import Store
from tollbod.web.problems import Problem

OFFERED = ["application/xml", "application/json", "application/edifact"]
FORMS = dict(zip(OFFERED, ("", "json", "edifact")))
PROFILES = ("p5", "p6")         # application/xml; profile=p5
LOST = "X-Not-Carried"          # how many values the form has no place for; the first few
MOST_LOST = 10


def wanted(request: Request) -> str | None:
    """Return the form that the header Accept prefers; None leaves it to the register.

    Raises Problem 406 for what there is not.
    """
    said = request.headers.get("accept", "").strip()
    if said in ("", "*/*"):
        return None
    best = request.accept.best_match(OFFERED)
    if best is None:
        raise Problem(406, "No such form", f"a message is had as {', '.join(OFFERED)}",
                      f"en melding fås som {', '.join(OFFERED)}")
    if best == "application/xml":
        return next((one for one in PROFILES if f"profile={one}" in said.replace('"', "")), "")
    return FORMS[best]


def party_of(store: Store, row: Message) -> Party:
    """Return the party in whose mailbox a message lies, as the register has it; else nobody."""
    place = Place.of(row.key)
    if place.role != "mailbox":
        return Party(id="-", name="-", street="-", city="-", country="-")
    body = store.party(place.world, place.case_id)
    if body is None:
        return Party(id=place.case_id, name="-", street="-", city="-", country="-")
    return msgspec.json.decode(body, type=Party)


def written(store: Store, node: Node, row: Message, form: str | None, mine: bool = True,
            ) -> outgoing.Written:
    """Return a message of ours, or sent to us, in a form. Raises Problem 406.

    What the register would have it in and cannot be is answered as XML; the header tells. What
    was once written is shown to its owner only: to others the form is made of what they may see.
    """
    party = party_of(store, row)
    mailbox = mine and Place.of(row.key).role == "mailbox"
    if form is None and mailbox:
        return outgoing.own(store, node, row, party)
    try:
        if mailbox:
            return outgoing.written(store, node, row, form or "", party)
        if form or row.ie == "CONTRL":
            return outgoing.made(store, node, row, form or "", party)
        return outgoing.Written(row.body, "")
    except outgoing.Unwritable as reason:
        raise Problem(406, "Not in this form", str(reason), reason.nb) from reason


def headers(row: Message, made: outgoing.Written) -> dict[str, str]:
    """Return what is told beside a message: what it is, and what its form could not carry."""
    told = {"X-Message": row.ie, "X-Movement": row.movement, "Vary": "Accept"}
    if made.lost:
        some = ", ".join(made.lost[:MOST_LOST])
        told[LOST] = f"{len(made.lost)}: {some}".encode("ascii", "replace").decode()[:2000]
    return told
