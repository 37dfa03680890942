"""Who may take part, with what: any country of the list, any software, in test as in production."""
import json
import re
import secrets
import urllib.request
from datetime import UTC, datetime
from urllib.parse import urlencode

from web_house import GRN, site, world  # noqa: F401

from tollbod.office.node import Node
from tollbod.play import specimen
from tollbod.play.world import World
from tollbod.spec import codes

THEN = datetime(2026, 5, 4, 8, tzinfo=UTC)
# What differs from one run to the next: numbers made of receipts, and the MRN made of them.
OWN = re.compile(rb"<(messageIdentification|correlationIdentifier|MRN)>[^<]*<")


def test_connected_countries_are_data():
    """NCTS-GEN-12: the list of offices says which; the configuration says which we run."""
    listed = {office.code[:2] for office in codes.offices(role="DEP")}
    assert len(listed) >= 34 and {"NO", "SE", "DE", "CH", "TR", "UA"} <= listed
    for country in sorted(listed):
        office = next(iter(codes.offices(country=country, role="DEP"))).code
        assert Node((country,)).hosts(office) and not Node(("ZZ",)).hosts(office)
        assert Node(("ZZ",), {country: "http://there"}).reaches(country)


def ask(url, data=None, token="", kind="application/xml"):
    """Ask with the client that Python brings along: nothing of ours."""
    headers = {"Content-Type": kind} | ({"Authorization": f"Bearer {token}"} if token else {})
    request = urllib.request.Request(url, data, headers)
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(request, timeout=30) as answer:
        return answer.status, json.loads(answer.read())


def test_any_software_may_connect(site, world):  # noqa: F811
    """ACCESS-03: the interface is published, and needs nothing but HTTP and XML or JSON."""
    status, described = ask(f"{site.url}/openapi.json")
    assert status == 200 and described["openapi"].startswith("3.1")
    assert "/api/v1/messages" in described["paths"]
    api = f"{site.url}/api/v1"
    told = urlencode({"grant_type": "client_credentials", "client_id": specimen.HOLDER,
                      "client_secret": "demo", "world": world.name}).encode()
    _, granted = ask(f"{api}/token", told, kind="application/x-www-form-urlencoded")
    token = granted["access_token"]
    as_xml = specimen.declaration("OPEN1", "O1", GRN)
    assert ask(f"{api}/messages", as_xml, token)[0] == 202
    world.holder.mail("IE029")
    sent = world.holder.get(f"/messages/{world.holder.mail('IE028')['id']}",
                            headers={"Accept": "application/json"})
    assert sent.headers["content-type"].startswith("application/json")
    text = as_xml.decode().replace("OPEN1", "OPEN2").replace(">O1<", ">O2<")
    as_json = world.holder.post("/messages", content=text).json()["id"]
    body = world.holder.get(f"/messages/{as_json}", headers={"Accept": "application/json"}).content
    again = body.replace(b"OPEN2", b"OPEN3").replace(b'"O2"', b'"O3"')
    assert ask(f"{api}/messages", again, token, "application/json")[0] == 202


def life(conninfo, test):
    """What a declaration brings its declarant, and the offices, in one kind of environment."""
    made = World(conninfo, f"env-{secrets.token_hex(6)}", THEN)
    try:
        made.node = made.worker.node = made.node._replace(test=test)
        for party in specimen.PARTIES:
            made.party(party)
        made.lodge(specimen.HOLDER, specimen.declaration("T1", "E1", GRN))
        made.lodge(specimen.HOLDER, b"<nothing/>")
        made.settle()
        return [(one.ie, one.to, OWN.sub(rb"<\1>...<", one.body))
                for one in made.mailbox(specimen.HOLDER, 0)]
    finally:
        made.close()


def test_the_test_environment_speaks_as_production_does(conninfo):
    """TEST-02: the same messages give the same answers, to the byte but for their numbers."""
    in_test, in_production = life(conninfo, True), life(conninfo, False)
    assert in_test == in_production and [ie for ie, *_ in in_test][:2] == ["IE928", "IE028"]
