"""The portal's forms for every kind of filing, and who may see what of it."""
import re
import time
from datetime import datetime, timedelta
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import httpx
import msgspec
import pytest
from ics2_house import CARRIER, FILER, ics2_house
from web_house import NODE, WORLD, Trader

from tollbod.office import as4_push
from tollbod.office.roles import ROLES
from tollbod.play import instances, specimen_ics2
from tollbod.spec import ics2_law
from tollbod.spec.tables import ICS2, structure
from tollbod.store.streams import Store
from tollbod.web import drafts, filing_message, form_parts, ics2_limits, table_form, tokens
from tollbod.web.drafts import Draft
from tollbod.web.form_parts import Asked, Group
from tollbod.web.house import Contact, House
from tollbod.web.tokens import Caller
from tollbod.web.words import words
from tollbod.wire.message import from_plain

KINDS = tuple(ics2_law.kinds())
EN = words("en", "Europe/Oslo")


@pytest.fixture(scope="module")
def house(conninfo, tmp_path_factory):
    """A house in the test environment."""
    with ics2_house(conninfo, tmp_path_factory.mktemp("house")) as site:
        yield site


@pytest.fixture
def web(house):
    """A browser without scripts."""
    with httpx.Client(base_url=house.url, trust_env=False, follow_redirects=True,
                      timeout=60) as client:
        yield client


class Form(HTMLParser):
    """The fields of the form of a page, by name."""

    def __init__(self, text):
        super().__init__()
        self.fields, self.buttons, self._choice, self._lines = {}, [], "", ""
        self.feed(text)

    def handle_data(self, data):
        """Note what stands in a field of several lines."""
        if self._lines:
            self.fields[self._lines] += data

    def handle_endtag(self, tag):
        """A field of several lines is over."""
        self._lines = "" if tag == "textarea" else self._lines

    def handle_starttag(self, tag, attrs):
        """Note a field, or a button."""
        told = dict(attrs)
        self._lines = told.get("name", "") if tag == "textarea" else ""
        if tag in ("input", "textarea", "select") and told.get("name"):
            self.fields[told["name"]] = told.get("value") or ""
            self._choice = told["name"] if tag == "select" else ""
        if tag == "option" and "selected" in told and self._choice:
            self.fields[self._choice] = told.get("value") or ""
        if tag == "button":
            self.buttons.append(told.get("value", ""))


def shown(tree, root):
    """What a form of a tree shows: name and value of each field, and the marks of groups."""
    found = form_parts.parts(structure(ICS2, root), tree, Asked(EN, {}, frozenset()))
    return {one.name: one.value for one in form_parts.entries(found)} | dict.fromkeys(marks(found),
                                                                                      "")


def marks(found):
    """The hidden fields that say that a group is there."""
    for one in found:
        if isinstance(one, Group):
            yield from (one.mark,) if one.mark else ()
            yield from marks(one.parts)


@pytest.mark.parametrize("root", [f"IE3{letter}{kind[1:]}" for kind in KINDS for letter in "FA"
                                  if (letter, kind) != ("A", "F25")])
@pytest.mark.parametrize("make", [instances.minimal, instances.maximal])
def test_what_a_form_shows_is_what_it_gives_back(root, make):
    """Every place of every kind: into the form and back is the same message, counted anew."""
    table, whole = structure(ICS2, root), make(ICS2, root).plain()
    tree = table_form.blank(table, whole)
    back = form_parts.moments(table_form.read(table, shown(tree, root), tree), EN)
    again = table_form.numbered(table, table_form.settled(table, back))
    counted = table_form.numbered(table, tree)
    assert from_plain(ICS2, root, again).plain() == from_plain(ICS2, root, counted).plain()


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_its_form(web, kind):
    page = web.post(f"/filers/{FILER}/drafts", data={"kind": kind})
    assert page.status_code == 200 and "<form" in page.text
    form = Form(page.text)
    assert form.fields["LRN"] and "send" in form.buttons
    due = {name for name, field in structure(ICS2, f"IE3{kind}").walk()
           if not field.children and field.low}
    asked = {re.sub(r"\[\d+\]", "", name) for name in form.fields}
    ways = {name: [name.rsplit("/", n)[0] for n in range(1, name.count("/") + 1)] for name in due}
    table = structure(ICS2, f"IE3{kind}")
    must = {name for name, way in ways.items() if all(table.field(one).low for one in way)}
    never = {name for name in must if name.rpartition("/")[2] in form_parts.NOT_ASKED}
    assert must - never - filing_message.FIXED <= asked
    checked = web.get(f"{page.url.path}?check")
    assert "Fill this in" in checked.text and 'aria-invalid="true"' in checked.text
    assert f"{kind} " in checked.text and "UndefinedError" not in checked.text


def test_groups_are_added_and_removed_without_scripts(web):
    page = web.post(f"/filers/{FILER}/drafts", data={"kind": "F50"})
    route = "activeBorderTransportMeans/countriesOfRoutingOfMeansOfTransport"
    fields = Form(page.text).fields | {f"{route}[1]/country": "RU", f"{route}[2]/country": "NO"}
    page = web.post(page.url.path, data=fields | {"do": f"add:{route}"})
    fields = Form(page.text).fields | {f"{route}[3]/country": "SE"}
    page = web.post(page.url.path, data=fields | {"do": f"drop:{route}[2]"})
    told = Form(page.text).fields
    assert [told[f"{route}[{n}]/country"] for n in (1, 2)] == ["RU", "SE"]
    assert f"{route}[3]/country" not in told
    page = web.post(page.url.path, data=told | {"do": "add:nothing/like/this"})
    assert page.status_code == 200 and Form(page.text).fields == told, "what was written is saved"
    assert web.post(page.url.path, data={"do": "forget"}).url.path == f"/filers/{FILER}"
    assert "There is no such draft" in web.get(page.url.path).text


def test_a_form_has_an_end(web):
    tree = filing_message.beginning("F50", "L1", None, "NO")
    table, name = structure(ICS2, "IE3F50"), "activeBorderTransportMeans/countriesOf" \
        "RoutingOfMeansOfTransport"
    for _ in range(table_form.MOST_COPIES - 2):
        tree = table_form.added(table, tree, name)
    with pytest.raises(table_form.Full):
        table_form.added(table, tree, name)
    for odd in ("LRN", "x", f"{name}[99]/country/x", "consignmentMasterLevel[1]/carrier", "@"):
        with pytest.raises(LookupError):
            table_form.added(table, tree, odd)
    assert table_form.read(table, {"x/y": "1", "LRN": "A\r\nB", f"{name}/country": "NO"}, {}
                           )["LRN"] == "A B"


def test_what_is_written_is_shown_and_never_run(web):
    page = web.post(f"/filers/{FILER}/drafts", data={"kind": "F50"})
    bad = '"><script>alert(1)</script>'
    page = web.post(page.url.path, data=Form(page.text).fields | {"LRN": bad, "do": "check"})
    assert Form(page.text).fields["LRN"] == bad and "<script>alert" not in page.text
    assert web.post(page.url.path, data={"do": "save"},
                    headers={"Origin": "https://evil.example"}).status_code == 403


def as_filer(url):
    """The filer over the API."""
    form = {"grant_type": "client_credentials", "client_id": FILER, "client_secret": "demo"}
    return Trader(url, Trader(url).post("/token", data=form).json()["access_token"])


def lodged(house, lrn):
    """Lodge a filing as the filer; its MRN once it is there."""
    filer = as_filer(house.url)
    after = filer.get("/messages?limit=1000").json()["next"]
    filer.lodge(specimen_ics2.road(lrn))
    return filer.mail("IE3R01", after)["mrn"]


def test_a_filing_is_seen_by_its_parties_alone(house, web):
    mrn = lodged(house, "P1")
    page = web.get(f"/filers/{FILER}/filings/{mrn}")
    assert mrn in page.text and "Amend the filing" in page.text
    letter = re.search(rf"/filers/{FILER}/letters/(\d+)\.xml", page.text)[1]
    assert "IE3F50" in web.get(f"/filers/{FILER}/letters/{letter}.xml").text
    assert b"<LRN>P1</LRN>" in web.get(f"/filers/{FILER}/letters/{letter}.xml?raw").content
    for path in (f"filings/{mrn}", f"letters/{letter}.xml", "filings/r1x", "filings/r99999999999",
                 "drafts/0123456789abcdef", "drafts/../x"):
        assert web.get(f"/filers/{CARRIER}/{path}").status_code == 404, path
    told = web.post(f"/filers/{CARRIER}/drafts", data={"filing": mrn, "do": "like"})
    assert told.status_code == 404


def test_elsewhere_than_in_the_test_environment_one_needs_ones_own_token(conninfo, tmp_path):
    with ics2_house(conninfo, tmp_path, node=NODE._replace(test=False)) as site:
        house = House(site.conninfo, NODE._replace(test=False), WORLD, folder=tmp_path,
                      issuer=site.url)
        own = tokens.issue(house, Caller(FILER, frozenset(["trader"]), WORLD))
        with httpx.Client(base_url=site.url, trust_env=False) as client:
            for path in (f"/filers/{FILER}", "/filings", f"/filers/{FILER}/drafts/{'0' * 16}"):
                assert client.get(path).status_code == 403, path
            assert client.get("/help").status_code == 200
            client.post("/login", data={"token": own})
            assert client.get(f"/filers/{FILER}").status_code == 200
            assert client.get(f"/filers/{CARRIER}").status_code == 403
            assert client.get("/filings").status_code == 403
            assert client.get("/filings/26NO32400000001AT7").status_code == 403
        house.close()


def test_the_page_of_help_names_the_contact(conninfo, tmp_path, web):
    """ICS2-11: whom to ask is configured by whoever runs the house."""
    assert "has named no contact yet" in web.get("/help").text
    contact = Contact("Import desk (fictional)", "ics2@example.no", "+47 00 00 00 00")
    with ics2_house(conninfo, tmp_path, contact=contact) as site:
        told = httpx.get(f"{site.url}/help", trust_env=False).text
    assert "Import desk (fictional)" in told and 'href="mailto:ics2@example.no"' in told
    assert 'href="tel:+4700000000"' in told
    for release in ics2_law.releases("founding"):
        assert str(release.first) in told


def test_each_state_of_rest_has_its_words():
    """What the page says of a filing that nobody waits for."""
    role = ROLES["filing"]
    states = {row.state for row in role.table} | {row.to for row in role.table}
    rest = states - set(role.waits) - {"none", "any state", "same state"}
    for language in ("en", "nb"):
        known = words(language, "Europe/Oslo").sections["filing"]
        assert {f"done {state}" for state in rest} <= known.keys()


def test_a_draft_counts_only_what_is_its_own(house):
    with Store(house.conninfo) as store:
        one = Draft(drafts.new_id(), "IE3F50", store.now(WORLD), {"LRN": "A"})
        drafts.save(store, WORLD, CARRIER, one)
        assert drafts.find(store, WORLD, CARRIER, one.id) == one
        assert drafts.find(store, WORLD, FILER, one.id) is None
        drafts.keep_file(store, WORLD, CARRIER, one.id,
                         drafts.Kept(drafts.new_id(), "a.pdf", "application/pdf", b"%PDF-"))
        drafts.forget(store, WORLD, CARRIER, one.id)
        assert drafts.all_of(store, WORLD, CARRIER) == []
        assert drafts.files(store, WORLD, CARRIER, one.id) == []


def journey(start, end, container="0", office="NO324001"):
    """What a filing tells of its journey, from Russia to Norway on a day in May."""
    return {"activeBorderTransportMeans": {
        "estimatedDateAndTimeOfDeparture": {"DateTime": f"2026-05-04T{start}:00Z"},
        "estimatedDateAndTimeOfArrival": {"DateTime": f"2026-05-04T{end}:00Z"},
        "countriesOfRoutingOfMeansOfTransport": [{"country": "RU"}, {"country": "NO"}]},
        "consignmentMasterLevel": {"containerIndicator": container},
        "customsOfficeOfFirstEntry": {"referenceNumber": office}}


@pytest.mark.parametrize("kind, told, due, article", [
    ("F50", journey("06:00", "12:00"), "11:00", "art. 108"),
    ("F34", journey("06:00", "12:00"), "11:00", "art. 108"),
    ("F51", journey("10:30", "12:00"), "11:00", "art. 107(a)"),
    ("F51", journey("06:00", "12:00"), "10:00", "art. 107(b)"),
    ("F30", journey("09:00", "12:00"), "09:00", "art. 106(2)(a)"),
    ("F27", journey("06:00", "12:00"), "08:00", "art. 106(2)(b)"),
    ("F13", journey("06:00", "12:00", "1"), None, "art. 105(a)"),
    ("F32", {}, None, "art. 106(1)"),
    ("F50", {}, None, "art. 108"),
])
def test_the_legal_limit_of_each_mode(kind, told, due, article):
    """PRE-TIME-01: by the deadlines that exist; what hangs on loading is told without a moment."""
    limit = ics2_limits.of(told, ics2_law.kinds()[kind], "founding")
    assert limit.article == article and limit.en and limit.nb
    assert (f"{limit.at:%H:%M}" if limit.at else None) == due


def test_a_limit_is_counted_down(web):
    """The form says how long it is to the limit, as far as what is written tells."""
    page = web.post(f"/filers/{FILER}/drafts", data={"kind": "F50"})
    means = "activeBorderTransportMeans"
    arrival = (datetime.now(ZoneInfo("Europe/Oslo")) + timedelta(hours=3, minutes=30, seconds=30))
    page = web.post(page.url.path, data=Form(page.text).fields | {
        f"{means}/estimatedDateAndTimeOfArrival/DateTime": f"{arrival:%Y-%m-%dT%H:%M:%S}",
        f"{means}/countriesOfRoutingOfMeansOfTransport[1]/country": "RU",
        f"{means}/countriesOfRoutingOfMeansOfTransport[2]/country": "NO",
        "customsOfficeOfFirstEntry/referenceNumber": "NO324001", "do": "save"})
    assert re.search("2 h (30|29) min left", page.text) and "art. 108" in page.text


@pytest.fixture
def officer(house):
    """An officer of the house."""
    form = {"grant_type": "client_credentials", "client_id": "officer", "client_secret": "demo"}
    token = Trader(house.url).post("/token", data=form).json()["access_token"]
    return Trader(house.url, token)


def sent(web, page, **more):
    """Send the form of a page, with what is written in besides; the page that answers."""
    fields = Form(page.text).fields
    for end, text in more.items():
        name = next(one for one in fields if re.search(end.replace("_", ".*") + "$", one))
        fields[name] = text
    path = page.url.path
    if "multipart/form-data" in page.text.partition('class="filing"')[0].rpartition("<form")[2]:
        return web.post(path, data=fields | {"do": "send"}, files={"file": ("", b"")})
    return web.post(path, data=fields | {"do": "send"})


def until(web, path, text):
    """Look at a page until it says something."""
    for _ in range(100):
        page = web.get(path)
        if text.lower() in page.text.lower():
            return page
        time.sleep(0.1)
    raise AssertionError(f"{path} never said {text!r}")


def asked(web, officer, data, office, do, **details):
    """Lodge a filing that is suspected, ask something about it; the path of its page."""
    filer = as_filer(str(web.base_url).rstrip("/"))
    after = filer.get("/messages?limit=1000").json()["next"]
    filer.lodge(data)
    mrn = filer.mail("IE3R01", after)["mrn"]
    path = f"/filers/{FILER}/filings/{mrn}"
    until(web, path, "an officer assesses the filing")
    done = officer.post("/test/officer", json={"office": office, "case": mrn, "do": do, **details})
    assert done.json()["state"] == "referral open", done.text
    return path


def test_a_request_for_screening_is_answered_house_by_house(web, officer):
    data = specimen_ics2.express("SCR1", 2).replace(b"Reading glasses, plastic frame",
                                                    b"Precursor samples", 1)
    path = asked(web, officer, data, "NO321001", "ask-screening", methods="XRY EDD")
    page = web.get(path)
    assert "Request for screening" in page.text and "XRY, EDD" in page.text
    page = web.post(path, data={"do": "answer"})
    told = Form(page.text).fields
    assert told["hrcmScreeningResults[1]/screeningMethod[2]/method"] == "ZZZ"
    assert not any("transportDocumentHouseLevel" in one for one in told), "it is known"
    page = sent(web, page, Method_1__method="XRY")
    assert "Fill this in" in page.text, "a result is due"
    sent(web, page, Results_result="1")
    until(web, path, "an officer assesses the filing")


def test_a_request_to_amend_is_answered_by_the_amendment(web, officer):
    data = specimen_ics2.road("AMD1").replace(b"Brake discs for passenger cars", b"Precursor")
    path = asked(web, officer, data, "NO324001", "ask-to-amend", text="Say which precursor")
    page = web.get(path)
    assert "Request to amend the filing" in page.text and "Say which precursor" in page.text
    assert ">Answer<" not in page.text
    page = web.post(f"/filers/{FILER}/drafts", data={"filing": path.rpartition("/")[2],
                                                     "do": "amend"})
    sent(web, page, descriptionOfGoods="Acetone, technical, in drums")
    page = until(web, path, "the goods are to be presented")
    assert "IE3N10" in page.text and "Acetone" in page.text


def test_an_endpoint_that_was_stopped_is_let_go_on(conninfo, tmp_path):
    """The page of traders tells how it stands with each endpoint, and a person lets it go on."""
    with ics2_house(conninfo, tmp_path, pushed=frozenset([FILER])) as site, \
            Store(site.conninfo) as store, \
            httpx.Client(base_url=site.url, trust_env=False, timeout=60) as client:
        assert "in order" in client.get("/traders").text
        failed = as4_push.State(as4_push.MOST_TRIES, store.now(WORLD), "nobody there <b>")
        store.keep(f"{WORLD}//as4out/{FILER}", as4_push.STATE, msgspec.json.encode(failed))
        told = client.get("/traders").text
        assert "stopped" in told and "nobody there &lt;b&gt;" in told
        assert client.post(f"/traders/{CARRIER}/push").status_code == 303
        assert as4_push.state(store, WORLD, FILER) == failed, "another's"
        assert client.post(f"/traders/{FILER}/push").status_code == 303
        assert as4_push.state(store, WORLD, FILER) == as4_push.State()
