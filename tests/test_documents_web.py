"""Papers over HTTP and on the pages: who gets which, and when. DEP-NORMAL-05, DEP-SIMPL-07,
PRE-COMB-06."""
import re

import httpx
import msgspec
import pytest
from web_house import (  # noqa: F401
    GRN, Trader, declaration, make_world, problem, site, world,
)

from tollbod.case.model import Party
from tollbod.play import documents_golden as golden
from tollbod.play import document as command
from tollbod.play import specimen
from tollbod.wire import forms
from tollbod.wire.message import from_plain

CARRIER = Party(id="SE200000021", name="Skog Transport (fictional)", street="Granvägen 1",
                postcode="11122", city="Stockholm", country="SE")
STRANGER = Party(id="SE200000039", name="Sjö Frakt (fictional)", street="Granvägen 2",
                 postcode="11122", city="Stockholm", country="SE")


def carried():
    """A declaration that names a carrier."""
    plain = forms.read(declaration()).plain()
    plain["Consignment"] = {"Carrier": {"identificationNumber": CARRIER.id}} | plain["Consignment"]
    return forms.write(from_plain("p6", "CC015C", plain, "NCTS6"), "xml")


def paper(trader, kind, reference, **params):
    answer = trader.get(f"/documents/{kind}/{reference}", params=params)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/pdf"
    return golden.text(answer.content)


def test_papers_are_there_from_release_on(world):  # noqa: F811
    """DEP-SIMPL-07, DEP-NORMAL-05: trader and officer print the TAD with its list of items."""
    world.holder.lodge(declaration())
    mrn = world.holder.mail("IE029")["mrn"]
    shown = paper(world.holder, "tad", mrn)
    assert mrn in shown and "TRANSIT LIST OF ITEMS" in shown and "Frozen salmon" in shown
    assert "AC01" not in shown and "FØLGEDOKUMENT" in paper(world.officer, "tad", "LRN1",
                                                           language="nb")
    told = problem(world.holder.get(f"/documents/tsad/{mrn}"), 409)
    assert "security" in told["detail"]
    told = problem(world.consignee.get(f"/documents/unloading/{mrn}"), 404)
    world.consignee.lodge(specimen.arrival(mrn, "A1"))
    world.consignee.mail("IE043")
    assert "UNLOADING PERMISSION" in paper(world.consignee, "unloading", mrn)


def test_there_are_none_before_release(world):  # noqa: F811
    """DEP-NORMAL-05: goods that an officer has not released have no accompanying document."""
    world.holder.lodge(declaration().replace(b"<type>C521</type>", b"<type>C523</type>"))
    for kind in ("tad", "items"):
        assert world.holder.get(f"/documents/{kind}/LRN1").status_code in (404, 409)


def test_papers_are_for_those_they_concern(site):  # noqa: F811
    """PRE-COMB-06: also the carrier gets what goes with the goods; a stranger nothing."""
    parties = msgspec.to_builtins((*specimen.PARTIES, CARRIER, STRANGER))
    made = Trader(site.url).post("/test/worlds", json={
        "parties": parties, "guarantees": [{
            "grn": GRN, "type": "1", "holder": specimen.HOLDER, "reference_cent": 1_000_000,
            "access_codes": ["AC01"]}]}).json()
    holder, carrier, stranger = (Trader(site.url, made["tokens"][one]) for one in
                                 (specimen.HOLDER, CARRIER.id, STRANGER.id))
    holder.lodge(carried())
    mrn = holder.mail("IE029")["mrn"]
    assert mrn in paper(carrier, "tad", mrn) and mrn in paper(carrier, "items", mrn)
    problem(stranger.get(f"/documents/tad/{mrn}"), 404)
    problem(carrier.get(f"/documents/slip/{mrn}"), 404)
    problem(holder.get(f"/documents/poem/{mrn}"), 404)
    problem(Trader(site.url).get(f"/documents/tad/{mrn}"), 401)


def test_the_page_of_a_movement_links_to_its_papers(site):  # noqa: F811
    """DEP-NORMAL-05: the office prints from the movement's page, in the page's language."""
    def client(party):
        token = Trader(site.url).post("/token", data={
            "grant_type": "client_credentials", "client_id": party, "client_secret": "demo"})
        return Trader(site.url, token.json()["access_token"])
    listed = "grn;type;holder;amount;currency;access_codes\n" \
        f"{GRN};1;{specimen.HOLDER};10000.00;EUR;AC01\n"
    client("officer").post("/guarantees", content=listed, headers={"Content-Type": "text/csv"})
    holder = client(specimen.HOLDER)
    holder.lodge(declaration())
    mrn = holder.mail("IE029")["mrn"]
    with httpx.Client(base_url=site.url, trust_env=False,
                      headers={"Accept-Language": "nb"}) as browser:
        page = browser.get(f"/movements/{mrn}").text
        links = re.findall(r'href="(/documents/[^"]+)"', page)
        assert links == [f"/documents/tad/{mrn}", f"/documents/items/{mrn}"]
        assert "Følgedokument (TAD)" in page
        for link in links:
            assert mrn in golden.text(browser.get(link).content)
        assert "FELLES TRANSITTERING" in golden.text(browser.get(links[0]).content)
        assert browser.get(f"/documents/unloading/{mrn}").status_code == 404


def test_a_statement_on_paper(world):  # noqa: F811
    """For the holder: balances and each entry; no access code; nobody else."""
    world.holder.lodge(declaration())
    mrn = world.holder.mail("IE029")["mrn"]
    answer = world.holder.get(f"/guarantees/{GRN}/statement.pdf", params={"language": "nb"})
    shown = golden.text(answer.content)
    assert "GARANTIOVERSIKT" in shown and GRN in shown and mrn in shown and "10000.00" in shown
    assert "AC01" not in shown
    problem(world.consignee.get(f"/guarantees/{GRN}/statement.pdf"), 404)


def test_the_slip_of_a_prenotification(site):  # noqa: F811
    """PRE-TALONG-01: printed when the MRN is there, by who filed it, and by the transporter."""
    house = make_world(site.url, clock="2022-05-31T08:00:00Z")
    body = (golden.GOLDEN / "IE015-prenotification.xml").read_bytes()
    house.holder.lodge(body)
    mrn = house.holder.mail("IE028")["mrn"]
    shown = paper(house.holder, "slip", mrn)
    assert mrn in shown and "Forhåndsvarsel – Norge" in shown
    problem(house.consignee.get(f"/documents/slip/{mrn}"), 404)


@pytest.mark.parametrize("reference", ["26NO36500100000ZZ9", "x" * 90, "%00"])
def test_no_such_movement(world, reference):  # noqa: F811
    problem(world.holder.get(f"/documents/tad/{reference}"), 404)


def test_the_command_fetches_from_a_running_house(site, tmp_path, monkeypatch):  # noqa: F811
    """`./tollbod document MRN --to URL` gives the paper of the house."""
    house = make_world(site.url)
    house.holder.lodge(declaration())
    mrn = house.holder.mail("IE029")["mrn"]
    monkeypatch.setattr(command, "Client", lambda *_: _Inside(house.holder))
    out = tmp_path / "tad.pdf"
    assert command.run(mrn, "tad", out, "en", [], site.url, specimen.HOLDER, "demo") == 0
    assert mrn in golden.text(out.read_bytes())


class _Inside:
    """The client of a world that was made for one test: its token is at hand."""

    def __init__(self, trader):
        self.trader = trader

    def call(self, method, path, **more):
        return self.trader.http.request(method, path.lstrip("/"), **more)
