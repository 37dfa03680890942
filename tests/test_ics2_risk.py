"""Assessment by families of risk: what criteria hit and where, the result as IE4S02, the report."""
from datetime import UTC, date, datetime

import msgspec
import pytest
from lxml import etree
from structlog.testing import capture_logs
from tollbod.case.model import Facts
from tollbod.ics2.case import Filing, head, house_documents, packed
from tollbod.ics2.result import NO_LOADING, NO_RISK, NOTHING, RISK, in_words, risk_result
from tollbod.play.specimen_ics2 import express, road
from tollbod.risk import control_filter, synthetic
from tollbod.risk.report import Declared, Share, report
from tollbod.rules.check import check
from tollbod.spec import risk_law
from tollbod.spec.tables import ICS2, NAMESPACE_ICS2
from tollbod.wire import xml
from tollbod.wire.message import from_plain
from web_house import declaration, site, world  # noqa: F401

AT = datetime(2026, 5, 4, 8, tzinfo=UTC)
ON = AT.date()
CRITERIA = synthetic.criteria()
CLEAN = b"Brake discs for passenger cars"


def crafted(criterion) -> bytes:
    """A filing by road whose one item is what the criterion looks for."""
    row = next(one for one in risk_law.synthetic() if one.id == criterion.id)
    data = road("R1")
    if row.place == "goods":
        return data.replace(CLEAN, f"Twelve boxes of {row.value.upper()}".encode())
    if row.place == "code":
        code = row.value.ljust(6, "0")[:6]
        return data.replace(b">870830<", f">{code}<".encode())
    return data.replace(b"</commodityCode>", b"</commodityCode><dangerousGoods><UNNumber>"
                        + row.value.encode() + b"</UNNumber></dangerousGoods>")


def of(data: bytes):
    message = xml.read(data, None)
    assert not check(message, "schema")
    return message.plain()


# Families

def test_two_families_with_their_groups():
    """ICS2-RISK-01, ICS2-RISK-03: safety and security; each criterion is of one of them."""
    by_family = {}
    for group in risk_law.groups().values():
        by_family.setdefault(group.family, set()).add(group.name)
    assert by_family == {"SAFETY": {"HEALTH", "CARCINOGEN", "DRUGS", "OTHER"},
                         "SECURITY": {"WEAPONS", "EXPLOSIVES", "DUAL_USE", "CBRN"}}
    assert all(one.group in risk_law.groups() for one in CRITERIA)
    assert {one.group for one in CRITERIA} == set(risk_law.groups())
    assert len({one.id for one in CRITERIA}) == len(CRITERIA)
    assert all(one.id.startswith("SYN-") and len(one.id) <= 17 for one in CRITERIA)
    for row in risk_law.synthetic():
        assert risk_law.paths(row.place) and row.level in "HML" and row.how in control_filter.TESTS


@pytest.mark.parametrize("criterion", CRITERIA, ids=lambda one: one.id)
def test_each_criterion_hits_what_it_is_about(criterion):
    """ICS2-RISK-02, ICS2-RISK-04: a crafted filing is hit by its group and by none of another."""
    body = of(crafted(criterion))
    ids = control_filter.hits(body, CRITERIA, ON)
    assert criterion.id in ids
    assert {one.group for one in CRITERIA if one.id in ids} == {criterion.group}
    found = control_filter.found(body, CRITERIA, ON, "IE3F50")
    assert tuple(one.criterion for one in found) == ids
    assert control_filter.hits(of(road("R1")), CRITERIA, ON) == ()


def test_a_pointer_finds_what_was_hit():
    """The XPaths lead into the filing as it came, to the very elements."""
    data = express("R2", 12).replace(b"Reading glasses, plastic frame", b"Detonator caps", 3)
    (hit,) = control_filter.found(of(data), CRITERIA, ON, "IE3F32")
    tree = etree.fromstring(data)
    assert len(hit.pointers) == 3
    for path in hit.pointers:
        steps = "/".join(f"e:{step}" for step in path.strip("/").split("/"))
        (element,) = tree.xpath(f"/{steps}", namespaces={"e": NAMESPACE_ICS2})
        assert element.text == "Detonator caps"


def test_at_most_nine_pointers_of_a_hit():
    data = express("R3", 40).replace(b"Reading glasses, plastic frame", b"Detonator caps")
    (hit,) = control_filter.found(of(data), CRITERIA, ON, "IE3F32")
    assert len(hit.pointers) == control_filter.MOST_POINTERS == 9


def test_a_criterion_has_its_days():
    one = msgspec.structs.replace(CRITERIA[0], path="a", how="equals", value="x",
                                  first_day=date(2026, 5, 4), last_day=date(2026, 5, 5))
    hits = [bool(control_filter.hits({"a": "x"}, (one,), date(2026, 5, day)))
            for day in (3, 4, 5, 6)]
    assert hits == [False, True, True, False]
    assert bool(control_filter.found({"a": "x"}, (one,), date(2026, 5, 6), "r")) is False


# The result, as customs tell it

def filing(data: bytes) -> Filing:
    body = of(data)
    kind = body["SpecificCircumstanceIndicator"]
    return Filing(
        kind=kind, mrn="26NO32400000001AT7", head=head(body, "NO324001"), content=packed(body),
        houses=house_documents(body) if kind == "F32" else (),
        records=control_filter.found(body, CRITERIA, ON, f"IE3{kind}"))


HEADER = {"MessageHeader": {"messageId": "1", "messageTimestamp": "2026-05-04T08:00:00Z",
                            "messageSender": "NES.NO", "messageRecipient": "NES.SE"}}


@pytest.mark.parametrize("data", [
    road("R4"), road("R4").replace(CLEAN, b"Precursor and detonator, coca leaf"),
    express("R4", 3), express("R4", 3).replace(b"Reading glasses", b"Bushmeat glasses", 2)],
    ids=["clean road", "road", "clean express", "express"])
@pytest.mark.parametrize("verdict", [NOTHING, NO_RISK, RISK, NO_LOADING])
def test_the_result_is_an_ie4s02(data, verdict):
    """A record of each hit: area, level, criterion, result, time, pointers; a valid message."""
    case = filing(data)
    body = risk_result(case, Facts(now=AT, office="NO324001"), verdict)
    message = from_plain(ICS2, "IE4S02", HEADER | body)
    assert not check(xml.read(xml.write(message), None))
    records = message.all("riskAnalysis/riskAnalysisResult")
    assert [one.get("riskCriteriaIdentifier") for one in records] == (
        [hit.criterion for hit in case.records] or [""])
    assert {one.get("resultCode") for one in records} == {verdict}
    assert {one.get("riskAreaCode") for one in records} <= {*risk_law.groups(), ""}
    assert bool(message.all("controlRecommendations")) == (verdict == RISK)
    assert bool(message.all("doNotLoadDetails")) == (verdict == NO_LOADING)


def test_the_officer_reads_what_hit_and_where():
    case = filing(crafted(CRITERIA[0]))
    assert in_words(case.records) == (
        "SYN-HEALTH-1 [HEALTH H] infectious substance (/IE3F50/consignmentMasterLevel/"
        "consignmentHouseLevel/goodsItem/commodity/dangerousGoods/UNNumber)")
    assert "smittefarlig stoff" in in_words(case.records, nb=True)


# The report

def test_trusted_traders_are_counted_by_themselves():
    """ICS2-RISK-05: the rate of each criterion, and who is not controlled, by kind of trader."""
    clean, hit = of(road("A")), of(crafted(CRITERIA[0]))
    declared = [Declared(f"M{n}", trusted, "IE3F50", body, ON) for n, (trusted, body) in enumerate(
        [(True, clean), (True, clean), (True, clean), (True, hit), (False, clean), (False, hit)])]
    made = report(declared, CRITERIA)
    assert made.trusted == Share(4, 0.75) and made.others == Share(2, 0.5)
    first, *rest = made.rates
    assert (first.criterion, first.hits, first.share) == ("SYN-HEALTH-1", 2, 0.3333)
    assert [one.mrn for one in first.examples] == ["M3", "M5"]
    assert {one.hits for one in rest} == {0}
    assert report([], CRITERIA).others == Share(0, 0.0)


def test_officers_search_what_was_declared_and_are_seen(world):  # noqa: F811
    """RISK-01: declared data are searched against fraud; who looked, and why, is logged."""
    world.holder.lodge(declaration())
    world.holder.mail("IE029")
    body = {"why": "undervalued goods, case 7", "days": 7, "criteria": [{
        "id": "TRY-1", "path": "Consignment/HouseConsignment/ConsignmentItem/Commodity/"
        "descriptionOfGoods", "how": "contains", "value": "", "group": "OTHER"}]}
    with capture_logs() as logs:
        told = world.officer.post("/desk/risk", json=body)
    assert told.status_code == 200, told.text
    found = told.json()
    assert found["rates"][0]["hits"] == 1 and found["others"] == {
        "judged": 1, "without_control": 0.0}
    (example,) = found["rates"][0]["examples"]
    assert example["mrn"]
    assert example["places"][0].startswith("/CC015C/Consignment/HouseConsignment")
    (line,) = [one for one in logs if one["event"] == "declared data searched"]
    assert line["why"] == "undervalued goods, case 7" and line["judged"] == 1
    assert line["criteria"] == ["TRY-1"] and line["by"]
    clean = world.officer.post("/desk/risk", json={"why": "a trial", "synthetic": True}).json()
    assert len(clean["rates"]) == len(CRITERIA)
    assert {one["hits"] for one in clean["rates"]} == {0}
    assert world.holder.post("/desk/risk", json=body).status_code == 403
    assert world.officer.post("/desk/risk", json={"days": 7}).status_code == 400
