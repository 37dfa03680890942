"""The web side for whoever runs it: health, metrics, headers, what it tells of itself, outages."""
import time

import httpx
import msgspec
from web_house import (  # noqa: F401
    NODE, WORLD, Trader, answering, declaration, problem, site, working,
)

from tollbod.case.model import ANY, SAME
from tollbod.office.roles import ROLES
from tollbod.play import specimen
from tollbod.prenotification.question import FIELDS
from tollbod.store import schema
from tollbod.store.server import Server
from tollbod.store.streams import Store
from tollbod.web.words import words


def test_health_and_metrics(site):  # noqa: F811
    nobody = httpx.Client(base_url=site.url, trust_env=False)
    for prefix in ("", "/api/v1"):
        assert nobody.get(f"{prefix}/health/live").json()["status"] == "ok"
        assert nobody.get(f"{prefix}/health/ready").json()["database"] is True
        assert "tollbod_queue_depth" in nobody.get(f"{prefix}/metrics").text


def test_openapi_describes_every_path(site):  # noqa: F811
    told = httpx.get(f"{site.url}/openapi.json", trust_env=False).json()
    assert told["openapi"].startswith("3.1")
    for path, operations in told["paths"].items():
        for method, one in operations.items():
            assert one["description"], (method, path)
            assert one["tags"], (method, path)
            for answer in one["responses"].values():        # not the phrases of HTTP
                assert "Request fulfilled" not in answer["description"], (method, path)
    lodged = told["paths"]["/api/v1/messages"]["post"]
    assert "application/xml" in lodged["requestBody"]["content"]
    assert {"200", "202", "400", "409", "413", "422", "503"} <= set(lodged["responses"])


def test_test_paths_exist_only_in_the_test_environment(site, tmp_path):  # noqa: F811
    with answering(site.conninfo, tmp_path, NODE._replace(test=False)) as url:
        client = Trader(url)
        for path in ("/test/clock", "/test/officer", "/test/worlds"):
            problem(client.post(path, json={}), 404)
        form = {"grant_type": "client_credentials", "client_id": specimen.HOLDER,
                "client_secret": "demo"}
        assert problem(client.post("/token", data=form), 400)["error"] == "unsupported_grant_type"
        assert "/api/v1/test/clock" not in httpx.get(f"{url}/openapi.json",
                                                     trust_env=False).json()["paths"]


def test_every_answer_is_guarded(site):  # noqa: F811
    for path in ("/", "/api/v1/messages", "/static/style.css", "/nothing"):
        headers = httpx.get(site.url + path, headers={"Origin": "http://evil.example"},
                            trust_env=False).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "access-control-allow-origin" not in headers


def test_the_database_is_away(tmp_path):
    server = Server(tmp_path / "pg")
    conninfo = server.start()
    schema.migrate(conninfo)
    with Store(conninfo) as store:
        store.create_world(WORLD)
        for party in specimen.PARTIES:
            store.put_party(WORLD, party.id, msgspec.json.encode(party))
    with answering(conninfo, tmp_path) as url:
        form = {"grant_type": "client_credentials", "client_id": specimen.HOLDER,
                "client_secret": "demo"}
        holder = Trader(url, Trader(url).post("/token", data=form).json()["access_token"])
        server.stop()
        answer = holder.post("/messages", content=declaration())
        assert answer.headers["Retry-After"] and "database" in problem(answer, 503)["detail"]
        assert holder.get("/health/ready").status_code == 503
        assert holder.get("/health/live").status_code == 200
        server.start()
        time.sleep(0.3)
        sent = declaration()
        holder.lodge(sent)
        holder.lodge(sent, 200)
        with working(conninfo):
            assert holder.mail("IE028")["correlation"] == "M1"
            assert len(holder.get("/movements").json()["movements"]) == 1
    server.stop()


def test_every_choice_of_the_duty_has_its_words():
    """Nobody chooses between words of the program."""
    english, bokmaal = (words(language, "Europe/Oslo").sections for language in ("en", "nb"))
    choices = {choice for field in FIELDS for choice in field.choices}
    assert english["choice"].keys() == bokmaal["choice"].keys() == choices


def test_everything_has_its_words():
    """Whatever the tables can say, the pages say in English and in Norwegian."""
    english, bokmaal = (words(language, "Europe/Oslo").sections for language in ("en", "nb"))
    for section in ("text", "message", "who"):
        assert english[section].keys() == bokmaal[section].keys()
    for role in ROLES.values():
        assert role.name in english["role"] and role.name in bokmaal["role"]
        for row in role.table:
            kind, _, act = row.event.partition(" ")
            section, name = ("act", act) if act else ("message", kind)
            assert name in bokmaal[section], row.event
            assert {row.state, row.to} <= bokmaal["state"].keys() | {ANY, SAME}, row
        for wait in role.waits.values():
            assert wait.whom in english["who"] and wait.whom in bokmaal["who"], wait
