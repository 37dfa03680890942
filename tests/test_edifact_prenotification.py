"""Pure prenotifications in EDIFACT: IE015 of the types ENTRY and EXIT, and requests about them.

PRE-HOW-09, PRE-AMEND-01..03, MSG-STD-02.
"""
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tollbod.rules.check import check
from tollbod.wire import forms
from tollbod.wire.edifact import ncts
from tollbod.wire.edifact.judge import Judged, judge
from tollbod.wire.message import from_plain

SCENARIOS = Path(__file__).parents[1] / "scenarios"
FILES = SCENARIOS / "edifact/messages"
FILER, CARRIER = "NO310000019", "NO310000027"
PARTIES = {
    FILER: ncts.Party(FILER, "Fjord Frakt (fictional)", contact="Desk", phone="+47 00000000",
                      mail="desk@example.no"),
    CARRIER: ncts.Party(CARRIER, "Fjell Handel (fictional)")}


def read(name="prenotification.edi", parties=PARTIES, **changes) -> ncts.Reading:
    """Return the reading of a template of the scenarios, with texts in it changed."""
    text = (FILES / name).read_text("utf-8")
    for old, new in {"{prepared}": "220601:1100", "{id}": "I1", "{LRN}": "L1", "{day}": "20220601",
                     "{MRN}": "22NO3240010S000017", **changes.pop("texts", {})}.items():
        text = text.replace(old, new)
    messages = [one.message for one in judge(text.encode()) if isinstance(one, Judged)]
    return ncts.read_message(messages[0], ncts.Known(parties))


def test_it_is_the_national_message_with_what_the_register_knows():
    reading = read()
    assert not reading.findings
    message = reading.message
    assert (message.profile, message.kind) == ("no1", "CC015N")
    assert not check(message)
    assert message.get("Filer/name") == "Fjord Frakt (fictional)"
    assert message.get("Filer/ContactPerson/eMailAddress") == "desk@example.no"
    assert message.get("Carrier/name") == "Fjell Handel (fictional)"
    assert message.get("Goods/GoodsItem/numberOfPackages") == "12"
    assert message.get("Transport/TransportDocument/type") == "N730"


@pytest.mark.parametrize("flow, moment", [("ENTRY", "arrivalDateAndTime"),
                                          ("EXIT", "departureDateAndTime")])
def test_the_moment_at_the_office_is_that_of_the_direction(flow, moment):
    message = read(texts={":::ENTRY": f":::{flow}"}).message
    assert message.get(f"Transport/{moment}") == "2022-06-01T12:00:00"


@pytest.mark.parametrize("segment, role", [
    (f"NAD+CA+{FILER}", "transporter"), (f"NAD+CA+{CARRIER}'\nNAD+CZ+{FILER}", "exporter"),
    (f"NAD+CA+{CARRIER}'\nNAD+CN+{FILER}", "importer"), (f"NAD+CA+{CARRIER}", "agent")])
def test_the_role_follows_from_who_the_filer_is(segment, role):
    message = read(texts={f"NAD+CA+{CARRIER}": segment}).message
    assert message.get("Filer/role") == role


def test_a_contact_that_nobody_knows_is_told_at_the_filer():
    reading = read(parties={})
    told = reading.placed(check(reading.message))
    assert [one.code for one in told] == ["13", "13", "13"]
    assert "ContactPerson" in told[1].text and "/NAD[1]" in told[1].path


def test_no_guarantee_is_demanded_of_it_and_of_a_transit_still():
    assert not any("GUAGUA" in one.text for one in read().findings)
    transit = read(texts={":::ENTRY": ":::T1"})
    assert transit.message.kind == "CC015C"
    assert any("GUAGUA" in one.text for one in transit.findings)


def test_what_has_no_place_is_told():
    lost = {str(one.value) for one in read().losses}
    assert lost == {"CT", "FJORD 1-12"}


def test_the_reason_of_a_cancellation_names_the_new_one():
    reading = read("prenotification-cancel.edi",
                   texts={"REPLACED,": "REPLACED BY 22NO3240010S000025,"})
    assert reading.message.kind == "CC014N" and not reading.findings
    assert reading.message.get("Invalidation/replacedByMRN") == "22NO3240010S000025"
    assert read("prenotification-cancel.edi").message.get("Invalidation/replacedByMRN") == ""


def test_a_correction_in_edifact_is_one_of_a_prenotification():
    reading = read("prenotification-correct.edi")
    assert (reading.message.kind, reading.findings, reading.losses) == ("CC013N", (), ())
    assert reading.message.get("TransitOperation/MRN") == "22NO3240010S000017"
    assert not check(reading.message)


def again(message, known=ncts.NOBODY):
    """Return a message written as EDIFACT and read back, and what was written."""
    written = ncts.write_message(message, known)
    data = ncts.write_interchange([written], sender=FILER, recipient="NTA.NO", reference="I2",
                                  when=datetime(2022, 6, 1, 11, tzinfo=UTC))
    judged, verdict = judge(data)
    assert not judged.faults and not list(verdict.faults())
    return written, ncts.read_message(judged.message, known)


def test_what_is_written_is_what_was_read():
    message = read().message
    written, reading = again(message, ncts.Known(PARTIES))
    assert (written.losses, written.missing, reading.findings) == ((), (), ())
    content = {name: value for name, value in message.plain().items()
               if name not in ("messageIdentification", "messageType")}
    assert content.items() <= reading.message.plain().items()


def test_what_phase_4_cannot_carry_is_named():
    """The contact that no register has, what it replaces, and when the goods were loaded."""
    message = forms.read((SCENARIOS / "messages/prenotification.xml").read_bytes().replace(
        b"</declarationType>", b"</declarationType><replacesMRN>22NO3240010S000017</replacesMRN>"))
    written, reading = again(message)
    assert {one.path.rpartition("/")[2] for one in written.losses} >= {
        "ContactPerson", "replacesMRN"}
    assert reading.message.get("Transport/TransportDocument/referenceNumber")


@pytest.mark.parametrize("said", ["WRONG PACKAGES", "SEE 22NO3240010S000025, WRONG PACKAGES"])
def test_the_new_number_is_in_the_reason_of_a_cancellation(said):
    message = from_plain("no1", "CC014N", {
        "messageSender": FILER, "messageRecipient": "NTA.NO", "messageIdentification": "I3",
        "preparationDateAndTime": "2022-06-01T11:00:00", "messageType": "CC014N",
        "TransitOperation": {"MRN": "22NO3240010S000017"},
        "Invalidation": {"justification": said, "replacedByMRN": "22NO3240010S000025"},
        "CustomsOfficeOfDeparture": {"referenceNumber": "NO324001"}})
    written, reading = again(message)
    assert written.name == "IE014" and not reading.findings and not written.missing
    assert reading.message.get("Invalidation/replacedByMRN") == "22NO3240010S000025"
    assert said in reading.message.get("Invalidation/justification")
    assert len(written.losses) == (0 if said.startswith("SEE") else 1)
