"""Arrival, presentation and control routing over HTTP, as a trader's software uses them.

ICS2-03, ICS2-08, ICS2-10. What each state of a filing gives is told by scenarios/ics2/routing.
"""
import time
import uuid
from datetime import UTC, datetime

import httpx
import pytest
from lxml import etree
from web_house import make_world, problem, site  # noqa: F401

from tollbod.office import border_door
from tollbod.play.specimen_ics2 import OFFICE, road

CRITERION = {"id": "F1", "how": "contains", "value": "precursor", "path":
             "consignmentMasterLevel/consignmentHouseLevel/goodsItem/commodity/descriptionOfGoods"}


@pytest.fixture
def border(site):
    """A world in which precursors are looked at."""
    return make_world(site.url, criteria=[CRITERION])


def filed(trader, lrn, precursor=False):
    """File for a lorry; the MRN."""
    data = road(lrn)
    trader.lodge(data.replace(b"Brake discs", b"Precursor") if precursor else data)
    after = 0
    for _ in range(20):
        mail = trader.get("/messages", params={"after": after, "wait": 2}).json()
        for one in mail["messages"]:
            if one["ie"] == "IE3R01" and one["LRN" if "LRN" in one else "lrn"] == lrn:
                body = trader.get(f"/messages/{one['id']}", headers={"Accept": "application/xml"})
                found = etree.fromstring(body.content).findtext("{*}MRN")
                return found
        after = mail["next"]
    raise AssertionError("no IE3R01 came")


def present(trader, mrns, request="", documents=(), status=202):
    """Present goods; the reference."""
    request = request or str(uuid.uuid4())
    answer = trader.post("/border/presentations", json={
        "requestId": request, "customsOffice": OFFICE, "ensMrns": list(mrns),
        "transportDocuments": list(documents)})
    assert answer.status_code == status, answer.text
    return request


def validated(trader, request, what="presentations"):
    """Ask until it is known what became of a request."""
    for _ in range(200):
        answer = trader.get(f"/border/{what}/validation-status/{request}")
        if answer.status_code == 200:
            return answer.json()
        assert answer.status_code == 404
        time.sleep(0.05)
    raise AssertionError("it was never decided")


def signals(trader, **asked):
    answer = trader.get("/border/routing", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()["routingResults"]


def test_goods_are_presented_and_routed_in(border):
    mrn = filed(border.holder, "A1")
    request = present(border.consignee, [mrn])          # a stranger, who has a part from now on
    assert present(border.consignee, [mrn], request, status=200) == request
    told = validated(border.consignee, request)
    assert (told["status"], told["requestId"]) == ("SUCCESS", request)
    for trader in (border.holder, border.consignee):
        one, = signals(trader)
        assert (one["routing"], one["ensMrn"], one["customsOffice"]) == ("TO_ENTRY", mrn, OFFICE)
        assert one["consignment"] == {
            "transportDocument": {"documentNumber": "H-A1", "type": "N730"}, "goodsItems": ["1"]}
        assert "routingControlLocation" not in one
        assert trader.get(f"/border/entry/{mrn}").json() == {
            "mrn": mrn, "validEntry": True, "routing": "TO_ENTRY"}


def test_a_control_comes_first_and_the_signal_after_it_replaces_the_one_before(border):
    mrn = filed(border.holder, "B1", precursor=True)
    assert border.holder.get(f"/border/entry/{mrn}").json() == {
        "mrn": mrn, "validEntry": False, "routing": ""}
    validated(border.holder, present(border.holder, [mrn]))
    assert border.holder.get(f"/border/entry/{mrn}").json()["routing"] == "ENTRY_PENDING"
    border.act(OFFICE, mrn, "control", place="Shed 7")
    border.act(OFFICE, mrn, "control-result", result="stopped")
    said = [(one["routing"], one.get("routingControlLocation")) for one in signals(border.holder)]
    assert said == [("ENTRY_PENDING", "ON_ENTRY"), ("TO_CONTROL", "AFTER_ENTRY"),
                    ("ENTRY_DENIED", None)]
    assert border.holder.get(f"/border/entry/{mrn}").json() == {
        "mrn": mrn, "validEntry": False, "routing": "ENTRY_DENIED"}


def test_signals_are_read_on_from_a_marker_and_again_for_ever(border):
    mrns = [filed(border.holder, f"C{n}") for n in range(3)]
    for mrn in mrns:
        validated(border.holder, present(border.holder, [mrn]))
    every = signals(border.holder)
    assert [one["ensMrn"] for one in every] == mrns
    read, marker = [], ""
    while some := signals(border.holder, limit=1, **({"marker": marker} if marker else {})):
        read += some
        marker = some[-1]["id"]
    assert read == every == signals(border.holder)
    assert signals(border.consignee) == []              # it has no part in any of them
    for odd in ("x", "1", "1.x", "-1.2", "9" * 40):
        assert border.holder.get("/border/routing", params={"marker": odd}).status_code == 400


def test_goods_that_nobody_filed_for_are_not_notified_and_wait_for_an_officer(border):
    document = {"type": "N730", "documentNumber": "NOBODY-1"}
    request = present(border.consignee, [], documents=[document])
    assert validated(border.consignee, request)["status"] == "SUCCESS"
    one, = signals(border.consignee)
    assert (one["routing"], one["flag"], one["routingControlLocation"]) == (
        "ENTRY_PENDING", "NON_NOTIFIED", "ON_ENTRY")
    assert one["consignment"] == {"name": "N730 NOBODY-1"}
    task, = border.officer.get("/desk/tasks").json()["tasks"]
    done = border.officer.post(f"/desk/tasks/{task['id']}", json={
        "do": "deny-entry", "details": {}, "id": "deny 1"})
    assert done.status_code == 200, done.text
    assert signals(border.consignee)[-1]["routing"] == "ENTRY_DENIED"


def test_unknown_goods_have_a_limit_and_known_ones_do_not(border, monkeypatch):
    monkeypatch.setattr(border_door, "MOST_UNKNOWN", 2)
    mrn = filed(border.holder, "L1")
    first = present(border.holder, ["26NO324000000001T0"])
    validated(border.holder, present(border.holder, ["26NO324000000002T0"]))
    present(border.holder, ["26NO324000000003T0"], status=429)
    present(border.holder, ["26NO324000000001T0"], first, status=200)
    assert validated(border.holder, present(border.holder, [mrn]))["status"] == "SUCCESS"
    present(border.consignee, ["26NO324000000003T0"])               # each has its own


def test_what_cannot_be_presented_is_told_with_its_place(border):
    mrn = filed(border.holder, "D1")
    for body, field in (
            ({"requestId": "x y", "customsOffice": OFFICE, "ensMrns": [mrn]}, "requestId"),
            ({"requestId": "x", "customsOffice": "XX000000", "ensMrns": [mrn]}, "customsOffice"),
            ({"requestId": "x", "customsOffice": OFFICE}, "goods"),
            ({"requestId": "x", "customsOffice": OFFICE, "ensMrns": ["a\u0000b"]}, "goods"),
            ({"requestId": "x", "customsOffice": OFFICE, "ensMrns": [mrn] * 1001}, "goods")):
        told = problem(border.holder.post("/border/presentations", json=body), 400)
        assert told["detail"].startswith(field) and told["detail_nb"].startswith(field)
    request = present(border.holder, [mrn])
    present(border.holder, ["26NO324000000001T0"], request, status=409)
    assert border.consignee.get(
        f"/border/presentations/validation-status/{request}").status_code == 404
    assert border.consignee.get(f"/border/entry/{mrn}").status_code == 404
    assert border.officer.get("/border/routing").status_code == 403


def test_an_arrival_is_notified_by_sea_and_refused_where_it_says_too_little(border):
    body = {"LRN": "ARR1", "customsOffice": OFFICE, "modeOfTransport": "1",
            "actualDateAndTimeOfArrival": f"{datetime.now(UTC):%FT%TZ}",
            "identificationNumber": "9074729", "ensMrns": ["26NO324000000001T0"]}
    first = border.holder.post("/border/arrivals", json=body)
    again = border.holder.post("/border/arrivals", json=body)
    assert (first.status_code, again.status_code) == (202, 200), first.text + again.text
    assert first.json()["requestId"] == again.json()["requestId"]
    told = validated(border.holder, first.json()["requestId"], "arrivals")
    assert told["status"] == "SUCCESS" and told["mrn"][16] == "Z"
    other = border.holder.post("/border/arrivals", json=body | {"identificationNumber": "9321483"})
    assert problem(other, 409)["findings"][0]["code"] == "94"
    bad = border.holder.post("/border/arrivals", json=body | {
        "LRN": "ARR2", "identificationNumber": ""}).json()
    told = validated(border.holder, bad["requestId"], "arrivals")
    assert told["status"] == "FAILURE"
    assert told["validationErrorList"][0]["pointer"]["messageElementPath"].startswith(
        "/IE3N06/activeBorderTransportMeans")
    nowhere = border.holder.post("/border/arrivals", json=body | {"customsOffice": "FR000000"})
    assert problem(nowhere, 422)["findings"]


def test_the_paths_are_described(site):
    described = httpx.get(f"{site.url}/openapi.json", trust_env=False).json()
    paths = described["paths"]
    for path in ("presentations", "presentations/validation-status/{requestId}", "arrivals",
                 "arrivals/validation-status/{requestId}", "routing", "entry/{mrn}"):
        assert f"/api/v1/border/{path}" in paths
    assert "400" in paths["/api/v1/border/routing"]["get"]["responses"]
    said = described["components"]["schemas"]["SignalAnswer"]["properties"]["routing"]
    assert said["enum"] == ["TO_ENTRY", "TO_CONTROL", "ENTRY_PENDING", "ENTRY_DENIED"]
