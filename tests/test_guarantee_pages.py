"""The pages of guarantees without a browser: who sees what, forms, refusals, a list with faults."""
import re

import httpx
import pytest
from test_guarantees_web import LIST
from web_house import (
    GRN, NODE, WORLD, Trader, answering, declaration, own_database, working,
)

from tollbod.office.node import Node
from tollbod.play import specimen
from tollbod.store.streams import Store
from tollbod.web import testbench, tokens
from tollbod.web.house import House
from tollbod.web.tokens import Caller

GIVEN = testbench.GuaranteeBody(GRN, "1", specimen.HOLDER, 1_000_000, ["AC01"])


@pytest.fixture(scope="module")
def own(conninfo):
    """A database with one guarantee, and a worker."""
    with own_database(conninfo) as own, working(own), Store(own) as store:
        store.create_world(WORLD)
        house = House(own, NODE, WORLD, folder=FOLDERS[0])
        testbench.furnish(store, house, WORLD, specimen.PARTIES, [GIVEN])
        yield own


FOLDERS = []


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory):
    """Where the keys of the houses lie."""
    FOLDERS.append(tmp_path_factory.mktemp("house"))


def client(url):
    """A browser without scripts."""
    return httpx.Client(base_url=url, trust_env=False, timeout=30,
                        headers={"Accept": "text/html", "Accept-Language": "en"})


@pytest.fixture
def page(own):
    """A browser on a house of the test environment."""
    with answering(own, FOLDERS[0]) as url, client(url) as browser:
        yield browser


def token(page, who):
    """An access token as the test environment gives it."""
    form = {"grant_type": "client_credentials", "client_id": who, "client_secret": "demo"}
    return Trader(str(page.base_url).rstrip("/")).post("/token", data=form).json()["access_token"]


def identity(page, text):
    """The identification that a form carries."""
    return re.search(r'name="id" value="([0-9a-f]{16})', text)[1]


def test_the_register_is_listed_in_both_languages(page):
    text = page.get("/guarantees").text
    assert GRN in text and "€10,000.00" in text and "Register a guarantee" in text
    norwegian = page.get("/guarantees", headers={"Accept-Language": "nb"}).text
    assert "Registrer en garanti" in norwegian and "Garantier" in norwegian
    own = page.get(f"/holders/{specimen.HOLDER}/guarantees").text
    assert GRN in own and "Register a guarantee" not in own
    assert GRN not in page.get(f"/holders/{specimen.CONSIGNEE}/guarantees").text


def test_the_holder_alone_sees_who_used_which_code(page):
    """GUAR-AC-04."""
    holder = Trader(str(page.base_url).rstrip("/"), token(page, specimen.HOLDER))
    holder.lodge(declaration("PAGE1", "PAGE1"))
    mrn = holder.mail("IE029")["mrn"]
    own = page.get(f"/holders/{specimen.HOLDER}/guarantees/{GRN}").text
    office = page.get(f"/guarantees/{GRN}").text
    assert mrn in own and mrn in office and "<dt>Used</dt>" in own and "<dt>Used" not in office
    assert "AC01" not in own + office
    assert "surety → liable" in own
    assert page.get(f"/holders/{specimen.CONSIGNEE}/guarantees/{GRN}").status_code == 404


def test_an_officer_registers_changes_suspends_and_unlocks(page):
    grn = "26NO3650010000505"
    told = {"id": identity(page, page.get("/guarantees").text), "grn": grn, "type": "1",
            "holder": specimen.HOLDER, "amount": "many", "access_codes": "LI01"}
    refused = page.post("/guarantees", data=told)
    assert "the amount is missing, or not digits" in refused.text and 'value="many"' in refused.text
    told |= {"amount": "500.00", "id": identity(page, refused.text)}
    made = page.post("/guarantees", data=told)
    assert made.status_code == 303 and made.headers["location"] == f"/guarantees/{grn}"
    assert page.post("/guarantees", data=told).status_code == 303          # sent twice, done once
    seen = page.get(f"/guarantees/{grn}").text
    one = {"id": identity(page, seen), "do": "change", "amount": "700.00"}
    assert page.post(f"/guarantees/{grn}", data=one).status_code == 303
    assert "€700.00" in page.get(f"/guarantees/{grn}").text
    wrong = page.post(f"/guarantees/{grn}", data={"do": "change", "amount": "1", "id": "w",
                                                  "valid_to": "never"})
    assert "is no day" in wrong.text
    for do, state in (("suspend", "suspended"), ("resume", "valid"), ("revoke", "revoked")):
        page.post(f"/guarantees/{grn}", data={"do": do, "id": do, "reason": "asked for"})
        assert f">{state}</span>" in page.get(f"/guarantees/{grn}").text
    assert page.post(f"/guarantees/{grn}", data={"do": "dance"}).status_code == 400
    assert page.get("/guarantees/26NO3650010009999").status_code == 404


def test_a_list_with_faults_is_reported_line_by_line(page):
    text = page.post("/guarantees/import", files={"list": ("l.csv", LIST.replace("0505", "0602"),
                                                           "text/csv")}).text
    assert "of 4 lines registered" in text and "no type of guarantee" in text
    assert "is no day" in text and "the amount is missing" in text
    bad = page.post("/guarantees/import", files={"list": ("l.csv", b"\xff\xfe", "text/csv")})
    assert "text in UTF-8" in bad.text


def test_where_a_form_is_sent_is_no_page_of_its_own(page):
    """Who goes there by hand is shown the page that has the form; a program is told what is."""
    there = page.get("/guarantees/import", headers={"Accept": "text/html"})
    assert (there.status_code, there.headers["location"]) == (303, "/guarantees")
    told = page.get("/guarantees/import", headers={"Accept": "application/json"})
    assert told.status_code == 405 and "POST" in told.json()["detail"]


def test_another_sites_form_is_refused(page):
    evil = {"Origin": "https://evil.example"}
    for path in ("/guarantees", f"/guarantees/{GRN}", "/guarantees/import"):
        assert page.post(path, data={"do": "revoke"}, headers=evil).status_code == 403


def test_outside_the_test_environment_each_needs_a_session(own):
    node = Node(("NO", "SE", "DE"))
    with answering(own, FOLDERS[0], node, officer_secret="s3cret") as url, client(url) as page:
        for path in ("/guarantees", f"/guarantees/{GRN}",
                     f"/holders/{specimen.HOLDER}/guarantees/{GRN}"):
            assert page.get(path).status_code == 401
        house = House(own, node, WORLD, folder=FOLDERS[0], issuer=url)
        his = tokens.issue(house, Caller(specimen.HOLDER, frozenset(["trader"]), WORLD))
        assert page.post("/login", data={"token": "no token"}).status_code == 403
        assert page.post("/login", data={"token": his}).status_code == 303
        assert GRN in page.get(f"/holders/{specimen.HOLDER}/guarantees").text
        assert page.get(f"/holders/{specimen.HOLDER}/guarantees/{GRN}").status_code == 200
        assert page.get(f"/holders/{specimen.CONSIGNEE}/guarantees").status_code == 401
        assert page.get("/guarantees").status_code == 401
        assert page.post(f"/guarantees/{GRN}", data={"do": "revoke"}).status_code == 401
        page.cookies.clear()
        assert page.post("/login", data={"secret": "s3cret"}).status_code == 303
        assert GRN in page.get("/guarantees").text
        assert page.get(f"/holders/{specimen.HOLDER}/guarantees").status_code == 401
