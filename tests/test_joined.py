"""ICS2 joined with transit: who takes entry data inside the transit, and N355 of one data set.

ICS2-01, ICS2-05, PRE-ICS2-06. The lives are scenarios: scenarios/ics2/S24*, S25*.
"""
import re
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from tollbod.case.carry import HEADER, carry
from tollbod.case.model import Event, Facts, Refuse, Send, Task, Timer, step
from tollbod.documents import kinds
from tollbod.ics2 import from_transit
from tollbod.movement.departure import table as departure
from tollbod.movement.departure.case import Departure
from tollbod.national import countries
from tollbod.office import filings, ics2_door
from tollbod.prenotification.duty import duty
from tollbod.prenotification.question import Question
from tollbod.rules.check import check
from tollbod.spec import ens_in_transit, ics2_law, security_zone
from tollbod.spec.codes import codelist
from tollbod.spec.tables import ICS2, structure
from tollbod.wire import forms
from tollbod.wire.message import from_plain

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
DAY = NOW.date()


@pytest.mark.parametrize("regime", ["founding", "current"])
def test_the_table_says_who_opts_out_as_the_code_list_does(regime):
    listed = {one.country for one in ens_in_transit.stances(regime) if not one.joined}
    assert listed and all(codelist("CL167").has(country) for country in listed)
    taking = {one.country for one in ens_in_transit.stances(regime) if one.joined}
    assert not any(codelist("CL167").has(country) for country in taking)


@pytest.mark.parametrize("regime", ["founding", "current"])
def test_every_country_of_the_zone_with_a_customs_territory_of_its_own_is_connected(regime):
    """Each takes entry data one way or the other from release 3 on (ICS2-05)."""
    parts = {"AX", "GF", "GP", "MC", "MF", "MQ", "RE", "YT"}        # of France and Finland
    zone = {place for place in security_zone.members(regime)
            if len(place) == 2 and security_zone.inside(place, DAY, regime)}
    assert {country for country in zone - parts - {"XI"}
            if ens_in_transit.stance(country, DAY, regime) is None} == set()


def test_nothing_is_taken_before_release_3():
    assert ens_in_transit.stance("SE", date(2024, 2, 29), "founding") is None
    assert ens_in_transit.stance("SE", date(2025, 3, 31), "current") is None
    assert ens_in_transit.opts_in("SE", date(2025, 4, 1), "current")


def test_one_data_set_names_its_ens_in_the_transit():
    data = filings.example() | {"filed": ["26NO324000000001T5"]}
    made = filings.made(data, "transit", datetime(2024, 2, 26, 8, tzinfo=UTC))
    assert (made.missing, made.findings) == ((), ())
    assert [one.plain() for one in made.message.all("Consignment/PreviousDocument")] == [
        {"sequenceNumber": "1", "type": "N355", "referenceNumber": "26NO324000000001T5"}]


# Entry data of a transit as a filing

TEMPLATE = Path(__file__).parents[1] / "scenarios" / "ics2" / "messages" / "IEA15.xml"
FILLED = {"{sender}": "SE200000001", "{now}": "2026-05-04T08:00:00", "{id}": "M1", "{LRN}": "L1",
          "{today+1}": "2026-05-05"}
MORE = {"LRN": "26SE000050000001L0", "customsOfficeOfFirstEntry": {"referenceNumber": "SE000050"}}


@pytest.fixture(scope="module")
def declaration():
    """The declaration with entry data of the scenarios, plain."""
    text = TEMPLATE.read_text("utf-8")
    for name, value in FILLED.items():
        text = text.replace(name, value)
    message = forms.read(text.encode(), "p6")
    assert check(message, on=DAY) == []
    return message.plain()


def filed(declaration, ie="IE3F50"):
    return from_transit.filing(declaration, ie, MORE)


def test_the_filing_of_a_valid_declaration_is_valid(declaration):
    message = from_plain(ICS2, "IE3F50", filed(declaration))
    assert check(message, on=DAY) == []
    assert message.get("declarant/identificationNumber") == "SE200000001"
    assert message.get("consignmentMasterLevel/consignmentHouseLevel/goodsShipment/seller/name") \
        == "Kola Handel (fictional)"


def test_every_row_names_a_place_that_both_messages_have():
    filings_ = [structure(ICS2, ie) for ie in ("IE3F50", "IE3F51", "IE3F34")]
    source = structure("p6", "CDA15D")
    for row in from_transit.rows():
        to, of = ("/".join(path).replace("[]", "") for path in (row.to, row.source))
        assert source.field(of) is not None, of
        assert any(one.field(to) is not None for one in filings_), to


def test_a_place_in_the_filing_leads_back_to_where_its_value_came_from():
    for row in from_transit.rows():
        number = iter(range(2, 9))
        path = "/".join(one.replace("[]", f"[{next(number)}]") if "[]" in one else one
                        for one in row.to)
        back = from_transit.back(f"/IE3F50/{path}", "CCA15D")
        names = "/".join(row.source).replace("[]", "")
        if row.kind == "value" and row.to[-1] not in ("sequenceNumber", "status"):
            assert re.sub(r"\[\d+\]", "", back) == f"/CCA15D/{names}"
    assert from_transit.back("/IE3F50/nothing", "CCA15D") == "/CCA15D"


def test_a_container_is_at_the_goods_that_it_holds_or_at_every_house(declaration):
    data = deepcopy(declaration)
    house, = data["Consignment"]["HouseConsignment"]
    item, = house["ConsignmentItem"]
    house["ConsignmentItem"] = [item, item | {"goodsItemNumber": "2",
                                              "declarationGoodsItemNumber": "2"}]
    box = {"sequenceNumber": "1", "containerIdentificationNumber": "MSKU1234565",
           "containerSizeAndType": "22G1", "numberOfSeals": "1",
           "Seal": [{"sequenceNumber": "1", "identifier": "S1"}]}
    data["Consignment"]["TransportEquipment"] = [box]
    made, = filed(data)["consignmentMasterLevel"]["consignmentHouseLevel"]
    assert [one["containerIdentificationNumber"] for one in made["transportEquipment"]] == [
        "MSKU1234565"]
    assert made["transportEquipment"][0]["seal"] == [{"identifier": "S1"}]
    data["Consignment"]["TransportEquipment"] = [box | {"GoodsReference": [
        {"sequenceNumber": "1", "declarationGoodsItemNumber": "2"}]}]
    made, = filed(data)["consignmentMasterLevel"]["consignmentHouseLevel"]
    assert "transportEquipment" not in made
    assert ["transportEquipment" in one for one in made["goodsItem"]] == [False, True]


def test_a_party_from_elsewhere_goes_by_the_number_that_the_security_area_knows(declaration):
    data = deepcopy(declaration)
    data["Consignment"]["Carrier"] |= {
        "identificationNumber": "GB100000000019",
        "SafetyAndSecurityIdentificationNumber": {
            "identificationNumber": "SE200000001", "country": "SE"}}
    carrier = filed(data)["consignmentMasterLevel"]["carrier"]
    assert carrier["identificationNumber"] == "SE200000001"


def test_the_release_of_a_transit_with_entry_data_has_its_accompanying_document(declaration):
    release = carry("p6", "CCA29D", declaration, {
        "TransitOperation/MRN": "26SE000050000001L0",
        "TransitOperation/declarationAcceptanceDate": "2026-05-04",
        "TransitOperation/releaseDate": "2026-05-04",
        "ControlResult": {"code": "A3", "date": "2026-05-08", "controlledBy": "SE000050"}})
    header = {name: declaration[name] for name in HEADER if name in declaration}
    message = from_plain("p6", "CCA29D", header | {"messageType": "CCA29D"} | release)
    assert check(message, on=DAY) == []
    sheet = kinds.sheet("tsad", message, "en")
    said = str(sheet)
    assert "26SE000050000001L0" in said and "Hamngatan 1" in said


def test_a_silent_ics2_is_asked_again_and_an_officer_may_refuse(declaration):
    case = Departure(state="entry asked", lrn="L1", mrn="26SE000050000001L0", entry="SE000050",
                     declarant="SE200000001", declaration=declaration)
    facts = Facts(now=NOW, office="SE000050", profile=countries.of("SE"))
    for event in ("timer entry answer", "officer ask-entry"):
        done = step(departure.TABLE, case, Event(event, {}), facts)
        told = {type(effect): effect for effect in done.effects}
        assert done.case.state == "entry asked"
        assert (told[Send].root, told[Send].to, told[Send].role) == ("CDA15D", "SE000050", "bridge")
        assert told[Timer] == Timer("entry answer", NOW + timedelta(hours=1))
        assert told[Task].acts == ("ask-entry", "refuse")
    done = step(departure.TABLE, case, Event("officer refuse", {}), facts)
    assert (done.case.state, done.case.mrn) == ("rejected", "")
    assert Timer("entry answer", None) in done.effects and Task("silent") in done.effects
    assert [one for one in done.effects if isinstance(one, Refuse)]


# Who is in scope

@pytest.mark.parametrize("regime", ["founding", "current"])
def test_whoever_carries_express_post_or_houses_has_its_filings_taken(regime):
    """Every kind that a release names for a sort of operator is taken at the door (ICS2-09)."""
    sorts = {"carrier", "express", "post", "house filer"}
    named = {sort for one in ics2_law.releases(regime) for sort in sorts if sort in one.who}
    assert named == sorts
    named = {kind for one in ics2_law.releases(regime) for kind in one.kinds}
    assert {f"IE3{kind}" for kind in named} <= set(ics2_door.DOORS)


@pytest.mark.parametrize("mode", ["sea", "air", "road", "rail"])
def test_after_release_3_an_ens_is_due_whatever_the_mode(mode):
    """From a third country every carrier files in ICS2 (ICS2-03, ICS2-REL-06, ICS2-REL-10)."""
    at = datetime(2024, 3, 2, 12, tzinfo=UTC)
    found = duty(Question(origin="CN", to="NO", mode=mode, departure=at, arrival=at, loading=at,
                          now=at, regime="founding"))
    assert found.due
    assert {one.system for one in found.notifications if one.flow == "entry"} == {"ICS2"}
