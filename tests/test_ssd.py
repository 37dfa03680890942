"""A safety and security document by mail: from the boxes of the form to a prenotification.

PRE-BCP-01, PRE-BCP-02.
"""
from datetime import UTC, datetime

from tollbod.continuity import safety
from tollbod.continuity.outage import Outage

NOW = datetime(2022, 6, 1, 6, tzinfo=UTC)
OUTAGE = Outage(number="NO365001-22-0001", cause="network", permitted_at=NOW)
PAPER = {
    "number": "NO365001-22-0001-P-001", "kind": "ssd", "holder": "NO310000019",
    "begun": "2022-06-01T04:10Z", "received": "2022-06-01T04:30Z", "type": "EX",
    "border_office": "NO324001", "notifier": "Fjord Frakt (fictional)", "contact": "Desk",
    "phone": "+47 00000000", "mail": "desk@example.no", "carrier": "Fjell Handel (fictional)",
    "mode": "3", "means": "AB12345", "from": "NO", "to": "RU", "routing": "FI",
    "departure": "2022-06-01T09:00Z", "gross": "4200", "transport_document": "N730 CMR-1",
    "description": "Sawn timber", "packages": "12"}


def told(**changes) -> list[tuple[str, str]]:
    """Return the boxes that are refused, with the code."""
    return [(one.path, one.code) for one in safety.faults(OUTAGE, PAPER | changes, NOW)]


def test_a_complete_paper_is_a_prenotification():
    assert told() == []
    body = safety.body(OUTAGE, PAPER, NOW)
    assert body["TransitOperation"] == {"LRN": PAPER["number"], "declarationType": "EXIT"}
    assert body["Paper"] == {"referenceNumber": PAPER["number"], "outage": "network",
                             "receivedDateAndTime": "2022-06-01T04:30:00"}
    assert body["Goods"]["numberOfPackages"] == "12"
    assert body["Goods"]["GoodsItem"][0]["grossMass"] == "4200"


def test_further_items_have_their_own_boxes():
    more = {"item_gross": "4000", "description2": "Nails", "packages2": "3", "item_gross2": "200"}
    assert told(**more) == []
    goods = safety.body(OUTAGE, PAPER | more, NOW)["Goods"]
    assert goods["numberOfPackages"] == "15"
    assert [one["descriptionOfGoods"] for one in goods["GoodsItem"]] == ["Sawn timber", "Nails"]
    assert told(**(more | {"packages2": ""})) == [("packages", "13"), ("packages2", "13")]


def test_every_box_that_lacks_is_named_and_no_other():
    for box in ("type", "border_office", "notifier", "contact", "carrier", "mode", "means", "from",
                "description", "packages", "transport_document"):
        assert {name for name, _ in told(**{box: ""})} == {box}, box


def test_it_came_in_after_it_was_begun_and_before_now():
    assert told(received="2022-06-01T04:00Z") == [("received", "14")]
    assert told(received="2022-06-01T07:00Z") == [("received", "14")]
    assert told(received="yesterday") == [("received", "14")]


def test_a_reference_of_the_filer_goes_before_the_number():
    assert safety.reference(PAPER) == PAPER["number"]
    assert safety.reference(PAPER | {"lrn": "MINE1"}) == "MINE1"
