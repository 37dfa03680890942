"""Goods at the border over HTTP: arrival, presentation, and the routing that comes of them.

After the public API of Norwegian Customs (toll.github.io): a request is taken with a reference,
its validation status is asked for, and the signals are read from a marker on.
"""
import json
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from litestar import Request, Response, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody, QueryParameter
from msgspec import Struct

from tollbod.ics2 import routing as routed
from tollbod.office import border_door, intake
from tollbod.office.decide import decode
from tollbod.office.roles import ROLES
from tollbod.spec.tables import ICS2
from tollbod.store.records import Place
from tollbod.store.streams import Store
from tollbod.web import access, messages
from tollbod.web.access import BEARER
from tollbod.web.answers import told
from tollbod.web.documented import ERRORS, NOT_FOUND, problem
from tollbod.web.problems import Problem
from tollbod.web.tokens import Caller
from tollbod.wire import xml
from tollbod.wire.message import from_plain

MOST = 1000                     # signals of one answer
LONGEST_MARKER = 30
IMO = "10"                      # type of identification: IMO ship number
Routing = Literal["TO_ENTRY", "TO_CONTROL", "ENTRY_PENDING", "ENTRY_DENIED"]
Marker = Annotated[str, QueryParameter(
    name="marker", max_length=40, description="Id of the last signal that was read; leave it out "
    "the first time")]
Limit = Annotated[int, QueryParameter(name="limit", ge=1, le=MOST)]


class DocumentBody(Struct, frozen=True):
    """A transport document."""

    type: Annotated[str, told("Code of CL754: N730")]
    documentNumber: str


class PresentationBody(Struct, frozen=True):
    """Goods that are presented: each by the MRN of its ENS, or by a transport document."""

    requestId: Annotated[str, told("The presenter's own reference, a UUID or the like; used once")]
    customsOffice: Annotated[str, told("Office of first entry: NO324001")]
    ensMrns: list[str] = []
    transportDocuments: list[DocumentBody] = []


class ArrivalBody(Struct, frozen=True):
    """A vessel or flight that has arrived (IE3N06), or the filings that arrive with it."""

    LRN: Annotated[str, told("The notifier's own reference, an..22; used once")]
    customsOffice: str
    modeOfTransport: Annotated[Literal["1", "4"], told("1 sea, 4 air")]
    actualDateAndTimeOfArrival: Annotated[datetime, told("With its zone")]
    identificationNumber: Annotated[str, told("IMO number of a vessel")] = ""
    conveyanceReferenceNumber: Annotated[str, told("Flight or voyage")] = ""
    estimatedDateAndTimeOfArrival: Annotated[datetime | None, told(
        "As it was filed; with vessel or flight it stands for all filings aboard")] = None
    ensMrns: list[str] = []
    transportDocuments: list[DocumentBody] = []


class TakenAnswer(Struct, frozen=True):
    """A request was taken; what became of it is told by its validation status."""

    requestId: str
    verdict: Annotated[str, told("new; again: the same was taken before")]


class PointerAnswer(Struct, frozen=True):
    """Where something is wrong."""

    messageElementPath: str


class FaultAnswer(Struct, frozen=True):
    """Why something is not taken."""

    description: str
    descriptionNb: str
    pointer: PointerAnswer


class ValidationAnswer(Struct, frozen=True, omit_defaults=True):
    """What became of a request."""

    status: Literal["SUCCESS", "FAILURE"]
    requestId: str
    notificationDate: datetime
    mrn: Annotated[str, told("Of an arrival notification: ends in Z and a check digit")] = ""
    validationErrorList: list[FaultAnswer] = []


class SignalAnswer(Struct, frozen=True, omit_defaults=True):
    """What becomes of one consignment."""

    id: Annotated[str, told("Marker: give the last one back to read on")]
    routing: Routing
    customsOffice: str
    routingDate: datetime
    routingControlLocation: Annotated[str, told("ON_ENTRY or AFTER_ENTRY, where something is to be "
                                                "done")] = ""
    ensMrn: str = ""
    consignment: Annotated[dict[str, Any], told("Its transport document and goods items")] = {}
    transitMrns: Annotated[list[str], told("Transits that name the ENS (N355)")] = []
    flag: Annotated[str, told("NON_NOTIFIED: no entry summary declaration stands behind it")] = ""


class RoutingAnswer(Struct, frozen=True):
    """Signals after a marker, oldest first."""

    routingResults: list[SignalAnswer]


class EntryAnswer(Struct, frozen=True):
    """Whether the goods of an ENS may be unloaded and go on."""

    mrn: str
    validEntry: bool
    routing: Annotated[str, told("Empty before the goods were presented")]


@post("/border/presentations", guards=[access.trader], security=BEARER, tags=["border"],
      status_code=202, responses=ERRORS | {
          200: ResponseSpec(TakenAnswer, description="A repeat", generate_examples=False),
          400: problem("Not understood"), 409: problem("The reference was used for other goods"),
          429: problem("Too many presentations of goods that nobody filed for")})
async def present(request: Request, data: JSONBody[PresentationBody]) -> Response[TakenAnswer]:
    """Present goods at the border: 202 once it is stored, 200 for the same again.

    Whoever presents goods has a part in them from then on and reads their routing. Goods that
    nobody filed for are told as NON_NOTIFIED and wait for an officer.
    """
    house, who = access.house(request), access.caller(request)
    goods = [one.strip() for one in data.ensMrns] + [
        f"{one.type.strip()} {one.documentNumber.strip()}" for one in data.transportDocuments]
    asked = border_door.Presented(data.requestId, data.customsOffice, tuple(goods))
    if wrong := border_door.faults(asked, house.node):
        field, english, bokmaal = wrong[0]
        raise Problem(400, "Not understood", f"{field}: {english}", f"{field}: {bokmaal}")
    receipt = await house.work(border_door.present, who.world, who.party, asked)
    if receipt is None:
        raise Problem(429, "Too many", f"more than {border_door.MOST_UNKNOWN} presentations have "
                      "come from you within a day, and nobody filed for these goods; nothing was "
                      "taken. Check the numbers, or try again tomorrow",
                      f"mer enn {border_door.MOST_UNKNOWN} framlegginger har kommet fra deg på ett "
                      "døgn, og ingen har gitt noe for disse varene; ingenting er mottatt. "
                      "Kontroller numrene, eller prøv igjen i morgen")
    if receipt.verdict == "other":
        raise Problem(409, "Reference used", "this requestId was used for other goods; nothing was "
                      "changed. Present these under a new one", "denne requestId-en er brukt for "
                      "andre varer; ingenting er endret. Legg disse fram under en ny")
    return Response(TakenAnswer(data.requestId, receipt.verdict),
                    status_code=202 if receipt.verdict == "new" else 200)


@get("/border/presentations/validation-status/{requestId:str}", guards=[access.trader],
     security=BEARER, tags=["border"], responses=ERRORS | {404: NOT_FOUND})
async def presented(request: Request, requestId: FromPath[str]) -> ValidationAnswer:
    """What became of a presentation; 404 until that is known (a second or so)."""
    house, who = access.house(request), access.caller(request)
    return _known(await house.work(_presented, who, requestId))


def _known(answer: ValidationAnswer | None) -> ValidationAnswer:
    if answer is None:
        raise Problem(404, "Not known yet", "there is no such request of yours, or it is not "
                      "decided yet: ask again in a second", "det finnes ingen slik forespørsel fra "
                      "deg, eller den er ikke avgjort ennå: spør igjen om et sekund")
    return answer


def _presented(store: Store, who: Caller, request: str) -> ValidationAnswer | None:
    key = border_door.find(store, who.world, who.party, request)
    stream = store.stream(key) if key else None
    if stream is None or not stream.state:
        return None
    case = decode(ROLES["presentation"], stream.state)
    if case.state == "sent":
        return None
    faults = [FaultAnswer(f"{one.name}: {one.text}", f"{one.name}: {one.nb}", PointerAnswer(
        f"ensMrns[{n}]")) for n, name in enumerate(case.named)
        for one in case.faults if one.name == name]
    return ValidationAnswer("FAILURE" if faults else "SUCCESS", request, case.since or stream.since,
                            validationErrorList=faults)


@post("/border/arrivals", guards=[access.trader], security=BEARER, tags=["border"],
      status_code=202, responses=ERRORS | {
          200: ResponseSpec(TakenAnswer, description="A repeat", generate_examples=False),
          409: problem("The LRN was used for another arrival"), 422: problem("Not taken")})
async def arrive(request: Request, data: JSONBody[ArrivalBody]) -> Response[TakenAnswer]:
    """Notify the arrival of a vessel or flight (IE3N06): 202 once it is stored.

    By road and rail there is no such notification: the goods are presented.
    """
    house, who = access.house(request), access.caller(request)
    taken = await house.work(intake.receive, house.node, who.world, who.party, _notification(data))
    if isinstance(taken, intake.Refusal):
        raise messages.refusal(taken)
    receipt = taken[0]
    return Response(TakenAnswer(str(receipt.id), receipt.verdict),
                    status_code=202 if receipt.verdict == "new" else 200)


@get("/border/arrivals/validation-status/{requestId:str}", guards=[access.trader],
     security=BEARER, tags=["border"], responses=ERRORS | {404: NOT_FOUND})
async def arrived(request: Request, requestId: FromPath[str]) -> ValidationAnswer:
    """What became of an arrival notification; 404 until that is known."""
    house, who = access.house(request), access.caller(request)
    return _known(await house.work(_arrived, who, requestId))


def _notification(data: ArrivalBody) -> bytes:
    """Return the IE3N06 of an arrival; its day of issue is the arrival, so a repeat is the same."""
    means = {"identificationNumber": data.identificationNumber,
             "typeOfIdentification": IMO if data.identificationNumber else "",
             "ModeOfTransport": data.modeOfTransport,
             "actualDateAndTimeOfArrival": _moment(data.actualDateAndTimeOfArrival),
             "conveyanceReferenceNumber": data.conveyanceReferenceNumber}
    if data.estimatedDateAndTimeOfArrival:
        means["estimatedDateAndTimeOfArrival"] = _moment(data.estimatedDateAndTimeOfArrival)
    return xml.write(from_plain(ICS2, "IE3N06", {
        "LRN": data.LRN, "documentIssueDate": _moment(data.actualDateAndTimeOfArrival),
        "activeBorderTransportMeans": means,
        "relatedTransportDocument": [
            {"documentNumber": one.documentNumber, "type": one.type}
            for one in data.transportDocuments],
        "relatedMRN": [{"identification": mrn} for mrn in data.ensMrns],
        "actualCustomsOfficeOfFirstEntry": {"referenceNumber": data.customsOffice}}))


def _moment(at: datetime) -> dict[str, str]:
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return {"DateTime": f"{aware.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"}


def _arrived(store: Store, who: Caller, request: str) -> ValidationAnswer | None:
    row = store.message(messages.number(request))
    if row is None or row.sender != who.party or Place.of(row.key).world != who.world \
            or Place.of(row.key).role != "arrival":
        return None
    link = next((one for one in store.history(row.key) if one.n == row.n), None)
    if link is None:
        return None
    refused = json.loads(link.what).get("refused", ())
    faults = [FaultAnswer(text, nb, PointerAnswer(path)) for _, _, path, text, nb in refused]
    mrn = "" if faults else decode(ROLES["arrival"], store.stream(row.key).state).mrn
    return ValidationAnswer("FAILURE" if faults else "SUCCESS", request, link.at, mrn, faults)


@get("/border/routing", guards=[access.trader], security=BEARER, tags=["border"],
     responses=ERRORS | {400: problem("No such marker")})
async def routing(request: Request, marker: Marker = "", limit: Limit = MOST) -> RoutingAnswer:
    """What becomes of the goods I have a part in, after a marker, one signal a consignment.

    Each new signal about a consignment replaces the one before. They can be read again for ever.
    """
    house, who = access.house(request), access.caller(request)
    n, _, k = marker.partition(".")
    if marker and not (n.isdigit() and k.isdigit() and len(marker) <= LONGEST_MARKER):
        raise Problem(400, "No such marker", "give the id of a signal that you have read",
                      "oppgi id-en til et signal som du har lest")
    return RoutingAnswer(await house.work(_signals, who, int(n or 1), int(k or 0), limit))


def _signals(store: Store, who: Caller, n: int, k: int, limit: int) -> list[SignalAnswer]:
    rows = store.inbox(f"{who.world}//routing/{who.party}", n - 1, limit + 1)
    found: list[SignalAnswer] = []
    for row in rows:
        said = json.loads(row.body)
        for number, one in enumerate(said["consignments"], 1):
            if (row.n, number) > (n, k) and len(found) < limit:
                found.append(SignalAnswer(
                    f"{row.n}.{number}", said["routing"], said["office"],
                    datetime.fromisoformat(said["at"]), said["routingControlLocation"],
                    said.get("mrn", ""), one, said.get("transits", []), said.get("flag", "")))
    return found


@get("/border/entry/{mrn:str}", guards=[access.trader], security=BEARER, tags=["border"],
     responses=ERRORS | {404: NOT_FOUND})
async def entry(request: Request, mrn: FromPath[str]) -> EntryAnswer:
    """Whether the goods of an ENS may be unloaded: only after TO_ENTRY."""
    house, who = access.house(request), access.caller(request)
    found = await house.work(_entry, who, mrn)
    if found is None:
        raise Problem(404, "No such ENS", "there is no such entry summary declaration that you "
                      "have a part in", "det finnes ingen slik summarisk innførselsdeklarasjon som "
                      "du har del i")
    return found


def _entry(store: Store, who: Caller, mrn: str) -> EntryAnswer | None:
    key = store.address(who.world, f"filing/{mrn}") if "\0" not in mrn else None
    stream = store.stream(key) if key else None
    case = decode(ROLES["filing"], stream.state) if stream else None
    if case is None or who.party not in (*case.speakers, case.carrier, *case.presenters):
        return None
    here = case.state in ("presented", "under control", "stopped") or bool(case.presenters)
    said = routed.BY_STATE.get(case.state, "") if here else ""
    return EntryAnswer(mrn, said == routed.TO_ENTRY, said)


PATHS = [present, presented, arrive, arrived, routing, entry]
