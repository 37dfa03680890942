"""What another office gets to see of a filing, and how customs address each other."""
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tollbod.case.model import Facts
from tollbod.ics2 import elsewhere
from tollbod.ics2.case import Filing, packed
from tollbod.office.compose import Trigger, compose
from tollbod.play.specimen_ics2 import express, road
from tollbod.spec import ics2_law
from tollbod.wire import xml

FOLDER = Path(__file__).parents[1] / "scenarios" / "ics2" / "messages"
FACTS = Facts(now=datetime(2026, 5, 4, 8, tzinfo=UTC), office="NO324001", sender="SE603340",
              receipt=7)
MRN = "26NO32400000001AT7"
# Placeholders of the templates, as a sender would fill them.
FILLED = {b"{LRN}": b"L1", b"{id}": b"L1", b"{now}": b"2026-05-04T08:00:00",
          b"{today+1}": b"2026-05-05", b"{today}": b"2026-05-04", b"{sender}": b"NO310000019"}
KINDS = [kind for kind in ics2_law.kinds() if (FOLDER / f"IE3{kind}.xml").exists()]


def filled(kind: str) -> bytes:
    data = (FOLDER / f"IE3{kind}.xml").read_bytes()
    for blank, value in FILLED.items():
        data = data.replace(blank, value)
    return data


def shown(data: bytes):
    """The IE4R05 that shows a filing, after our own check, and the filing."""
    body = xml.read(data, None).plain()
    case = Filing(kind=body["SpecificCircumstanceIndicator"], mrn=MRN, content=packed(body))
    send, = elsewhere.show_declaration(case, None, FACTS)
    return xml.read(compose(send, 1, Trigger("-"), FACTS), None), body


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_filing_can_be_shown(kind):
    """What is sent passes our own check, and holds the goods, the parties and the route."""
    message, body = shown(filled(kind))
    ens = message.plain()["relatedENS"]
    assert (ens["MRN"], ens["SpecificCircumstanceIndicator"]) == (MRN, kind)
    for name in ("declarant", "consignmentMasterLevel", "activeBorderTransportMeans"):
        assert (name in ens) == (name in body), name
    texts = {one.text for one in message.root.all("relatedENS/consignmentMasterLevel/"
                                                  "consignmentHouseLevel/goodsItem/commodity/"
                                                  "descriptionOfGoods")}
    ours = {one.text for one in xml.read(filled(kind), None).root.all(
        "consignmentMasterLevel/consignmentHouseLevel/goodsItem/commodity/descriptionOfGoods")}
    assert texts == ours


def test_nothing_of_the_goods_is_lost():
    """Every value of the consignment stands in what is shown, but for what has no room there."""
    message, body = shown(road("V1"))
    lost = missing(body["consignmentMasterLevel"],
                   message.plain()["relatedENS"]["consignmentMasterLevel"])
    assert lost == ["/consignmentHouseLevel[1]/goodsItem[1]/passiveBorderTransportMeans[1]/"
                    "typeOfMeansOfTransport"]


def missing(here, there, path=""):
    """The paths of what stands in one and not in the other."""
    if isinstance(here, dict):
        return [one for name, value in here.items() for one in (
            missing(value, there[name], f"{path}/{name}") if name in there else [f"{path}/{name}"])]
    if isinstance(here, list):
        return [one for n, value in enumerate(here)
                for one in missing(value, there[n], f"{path}[{n + 1}]")]
    return [] if here == there else [f"{path}: {here} {there}"]


def test_many_houses_are_shown():
    message, _ = shown(express("V2", 500))
    assert len(message.all("relatedENS/consignmentMasterLevel/consignmentHouseLevel")) == 500


def test_the_header_of_customs():
    """Sender, receiver, time and an identification of its own; the same again is the same."""
    message, _ = shown(road("V3"))
    assert message.plain()["MessageHeader"] == {
        "messageId": "NO324001-7-1", "messageTimestamp": "2026-05-04T08:00:00Z",
        "messageSender": "NES.NO", "messageRecipient": "NES.SE"}
