"""What a pure prenotification must fulfil besides its structure, and what the law says of it.

Rules N0001 to N0007, N0011 and N0012 are national; their words are what the filer reads. Each is
judged on the plain message and on what the duty (`duty`) says of the transport it tells of.
"""
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from tollbod.case.carry import at, many
from tollbod.case.model import Facts
from tollbod.findings import Finding
from tollbod.prenotification.duty import Notification, duty
from tollbod.prenotification.question import Question
from tollbod.spec import codes, prenotification_law

FIELDS = ("CustomsOfficeOfDeparture", "CustomsOfficeOfTransitDeclared",
          "CustomsOfficeOfDestinationDeclared")
ROOT = "/CC015N"
# rule: English, bokmål. The requirement of the founding page stands behind it.
WORDS = {
    # PRE-HOW-09
    "N0001": ("A pure prenotification has the same office in the fields of departure, transit and "
              "destination. Give the office of entry or exit in all three.",
              "Et rent forhåndsvarsel har samme tollsted i feltene avgang, transittering og "
              "bestemmelse. Oppgi inn- eller utpasseringstollstedet i alle tre."),
    # PRE-HOW-07
    "N0002": ("This office does not take prenotifications for this mode of transport. GET /duty "
              "tells which offices do.",
              "Dette tollstedet tar ikke imot forhåndsvarsel for denne transportmåten. GET /duty "
              "sier hvilke som gjør det."),
    # PRE-ICS2-01
    "N0003": ("Entry by this mode of transport has moved to ICS2. File an entry summary "
              "declaration (ENS) there.",
              "Innførsel med denne transportmåten er flyttet til ICS2. Gi en summarisk "
              "innførselsdeklarasjon (ENS) der."),
    # PRE-ICS2-04
    "N0004": ("The minimum data set is not given in NCTS. File it in ICS2 before the goods are "
              "loaded.",
              "Minimumsdatasettet gis ikke i NCTS. Gi det i ICS2 før varene lastes."),
    # PRE-TIME-01..06
    "N0005": ("The deadline is counted from this moment. Give it.",
              "Fristen regnes fra dette tidspunktet. Oppgi det."),
    # PRE-HOW-04, PRE-HOW-05
    "N0006": ("The transport does not cross the border of the security zone here in this "
              "direction. Look at the countries, the type and the office.",
              "Transporten passerer ikke grensen til sikkerhetssonen her i denne retningen. Se på "
              "landene, typen og tollstedet."),
    # PRE-BCP-02
    "N0011": ("Only customs registers what came in on paper. Leave the group out.",
              "Bare tollmyndighetene registrerer det som kom inn på papir. Utelat gruppen."),
    # PRE-EU-06
    "N0012": ("A transit declaration holds the exit data of this transport document already. "
              "Nothing more is to be filed.",
              "En transitteringsdeklarasjon har alt utførselsopplysningene for dette "
              "transportdokumentet. Mer skal ikke gis."),
}
ANCHORS = {"entry": "arrivalDateAndTime", "exit": "departureDateAndTime"}


def findings(body: dict[str, Any], facts: Facts) -> tuple[Finding, ...]:
    """Return what is wrong with a prenotification, all of it."""
    return tuple(_findings(body, facts))


def _findings(body: dict[str, Any], facts: Facts) -> Iterator[Finding]:
    kind = at(body, "TransitOperation/declarationType")
    if kind == "MINIMUM":
        yield _found("N0004", "TransitOperation/declarationType", kind)
        return
    if body.get("Paper") and not codes.office(facts.sender):
        yield _found("N0011", "Paper")
    offices = [at(body, f"{field}/referenceNumber") for field in FIELDS]
    for field, office in zip(FIELDS[1:], offices[1:], strict=True):
        if office != offices[0]:
            yield _found("N0001", f"{field}/referenceNumber", office)
    mode = prenotification_law.MODES.get(at(body, "Transport/modeOfTransportAtTheBorder"), "")
    open_for, _ = prenotification_law.offices().get(facts.office, (frozenset(), frozenset()))
    if mode not in open_for:
        yield _found("N0002", f"{FIELDS[0]}/referenceNumber", facts.office)
        return
    anchor = ANCHORS[kind.lower()]
    if not at(body, f"Transport/{anchor}"):
        yield _found("N0005", f"Transport/{anchor}", code="13")
        return
    for n, one in enumerate(many(body["Transport"].get("TransportDocument")), 1):
        name = f"{filer(body, facts)} {one.get('type', '')} {one.get('referenceNumber', '')}"
        if kind == "EXIT" and (mrn := facts.exit_in(name)):
            yield _found("N0012", f"Transport/TransportDocument[{n}]/referenceNumber", mrn)
    due = obligation(body, facts)
    if due is None:
        yield _found("N0006", "TransitOperation/declarationType", kind)
    elif due.system == "ICS2":
        yield _found("N0003", "TransitOperation/declarationType", kind)


def _found(rule: str, path: str, value: str = "", code: str = "14") -> Finding:
    english, bokmaal = WORDS[rule]
    return Finding("rules", code, rule, f"{ROOT}/{path}", 0, english, bokmaal, value)


def obligation(body: dict[str, Any], facts: Facts) -> Notification | None:
    """Return what is due at this office in the direction of the prenotification, by the law."""
    flow = at(body, "TransitOperation/declarationType").lower()
    found = duty(question(body, facts))
    here = [one for one in (*found.notifications, *found.alternatives)
            if one.flow == flow and one.data == "full" and one.country == facts.office[:2]]
    return next((one for one in here if one.system != "ICS2"), here[0] if here else None)


def question(body: dict[str, Any], facts: Facts) -> Question:
    """Return the question about the duty that a prenotification answers."""
    transport = body["Transport"]
    return Question(
        origin=transport["countryOfDeparture"], to=transport["countryOfDestination"],
        via=tuple(one["country"] for one in many(transport.get("CountryOfRouting"))),
        mode=prenotification_law.MODES[transport["modeOfTransportAtTheBorder"]],
        departure=_moment(transport.get("departureDateAndTime")),
        arrival=_moment(transport.get("arrivalDateAndTime")),
        loading=_moment(transport.get("loadingDateAndTime")),
        from_port=transport.get("placeOfLoading", ""),
        to_port=transport.get("placeOfUnloading", ""),
        cargo="container" if transport["containerIndicator"] == "1" else "other",
        role=at(body, "Filer/role"), filed=filed(body, facts), now=facts.now,
        regime=facts.regime, outage=at(body, "Paper/outage"),
    )


def filed(body: dict[str, Any], facts: Facts) -> datetime:
    """Return when a prenotification was filed: now, or when the paper came in (PRE-BCP-02)."""
    return _moment(at(body, "Paper/receivedDateAndTime")) or facts.now


def filer(body: dict[str, Any], facts: Facts) -> str:
    """Return the party that files: the sender, or who is named on paper that an office sends."""
    return at(body, "Filer/identificationNumber") if codes.office(facts.sender) else facts.sender


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).replace(tzinfo=UTC) if text else None
