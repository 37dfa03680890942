"""Pure prenotifications in EDIFACT: IE015 of the types ENTRY and EXIT, and requests about them.

PRE-HOW-09, PRE-AMEND-02, MSG-STD-02.
"""
from pathlib import Path

import pytest

from tollbod.rules.check import check
from tollbod.wire.edifact import ncts
from tollbod.wire.edifact.judge import Judged, judge

FILES = Path(__file__).parents[1] / "scenarios/edifact/messages"
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


def test_it_is_not_written_as_edifact():
    with pytest.raises(ncts.Unmapped):
        ncts.write_message(read().message)
