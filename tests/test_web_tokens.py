"""POST /token: assertions as Maskinporten takes them, and everything that is wrong with others."""
import base64
import json
import os
import stat
import time

import msgspec
import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from web_house import NODE, WORLD, Trader, answering, own_database

from tollbod.play import specimen
from tollbod.store.streams import Store
from tollbod.web import clients, keys
from tollbod.web.clients import Client
from tollbod.web.tokens import JWT_BEARER

KEY = RSAKey.generate_key(2048, {"kid": "one"})
OTHER = RSAKey.generate_key(2048, {"kid": "one"})


@pytest.fixture(scope="module")
def url(conninfo, tmp_path_factory):
    """No test environment: one client in its configuration, one in the register."""
    configured = Client(id="transport-software", party=specimen.HOLDER,
                        keys=(KEY.as_dict(private=False),))
    with own_database(conninfo) as own:
        with Store(own) as store:
            store.create_world(WORLD)
            for party in specimen.PARTIES:
                store.put_party(WORLD, party.id, msgspec.json.encode(party))
            clients.register(store, WORLD, Client(id="desk", party="officer",
                                                  scopes=("trader", "officer"),
                                                  keys=(OTHER.as_dict(private=False),)))
        with answering(own, tmp_path_factory.mktemp("house"), NODE._replace(test=False),
                       clients=(configured,)) as address:
            yield address


def claims(url, **changes):
    """The claims of a good assertion, changed; None takes one out."""
    now = int(time.time())
    given = {"aud": url, "iss": "transport-software", "scope": "trader", "iat": now,
             "exp": now + 100, "jti": f"{time.time_ns()}"} | changes
    return {name: value for name, value in given.items() if value is not None}


def ask(url, assertion):
    """Ask for a token."""
    return Trader(url).post("/token", data={"grant_type": JWT_BEARER, "assertion": assertion})


def signed(told, key=KEY, alg="RS256", **header):
    """An assertion."""
    return jwt.encode({"alg": alg, "kid": "one"} | header, told, key, algorithms=[alg])


@pytest.mark.parametrize("alg", ["RS256", "RS384", "RS512"])
def test_a_good_assertion(url, alg):
    answer = ask(url, signed(claims(url), alg=alg))
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert (told["token_type"], told["expires_in"], told["scope"]) == ("Bearer", 970, "trader")
    assert answer.headers["cache-control"] == "no-store"
    assert Trader(url, told["access_token"]).get("/messages").status_code == 200


def test_a_client_of_the_register(url):
    answer = ask(url, signed(claims(url, iss="desk", scope="officer"), OTHER))
    assert answer.json()["scope"] == "officer"
    assert Trader(url, answer.json()["access_token"]).get("/desk/tasks").status_code == 200


def test_once_and_no_more(url):
    assertion = signed(claims(url))
    assert ask(url, assertion).status_code == 200
    assert "used" in ask(url, assertion).json()["detail"]


@pytest.mark.parametrize("changes", [
    {"aud": "http://somebody.else"}, {"aud": None}, {"aud": ["x"]}, {"iss": "nobody"},
    {"iss": None}, {"iss": 7}, {"iat": None}, {"exp": None}, {"jti": None}, {"jti": ""},
    {"iat": int(time.time()) - 500, "exp": int(time.time()) - 400},
    {"iat": int(time.time()) + 60, "exp": int(time.time()) + 120},
    {"exp": int(time.time()) + 1000}, {"exp": "tomorrow"}, {"iat": True}, {"extra": "claim"},
])
def test_claims_that_are_refused(url, changes):
    answer = ask(url, signed(claims(url, **changes)))
    assert answer.status_code == 400 and answer.json()["error"] == "invalid_grant", answer.text


def test_a_scope_one_does_not_have(url):
    assert ask(url, signed(claims(url, scope="officer"))).json()["error"] == "invalid_scope"


def test_a_key_that_is_not_registered(url):
    assert ask(url, signed(claims(url), OTHER)).status_code == 400


def unsigned(told, alg):
    """An assertion that nobody signed."""
    parts = [json.dumps(one).encode() for one in ({"alg": alg, "kid": "one"}, told)]
    return ".".join(base64.urlsafe_b64encode(one).decode().rstrip("=") for one in parts) + "."


def test_algorithms_that_are_refused(url):
    public = json.dumps(KEY.as_dict(private=False)).encode()
    for assertion in (unsigned(claims(url), "none"), unsigned(claims(url), "RS256"),
                      signed(claims(url), OctKey.import_key(public), "HS256")):
        answer = ask(url, assertion)
        assert answer.status_code == 400 and answer.json()["error"] == "invalid_grant"


@pytest.mark.parametrize("assertion", ["", "x", "a.b", "a.b.c", "....", "é.é.é", "x" * 20_000])
def test_what_is_no_assertion(url, assertion):
    assert ask(url, assertion).status_code == 400


@pytest.mark.parametrize("form", [{}, {"grant_type": "password"}, {"grant_type": ""}])
def test_grants_that_are_refused(url, form):
    answer = Trader(url).post("/token", data=form)
    assert answer.json()["error"] == "unsupported_grant_type"


def test_an_access_token_of_another_house(url, tmp_path):
    foreign = keys.own(tmp_path)
    told = {"iss": url, "sub": specimen.HOLDER, "scope": "trader officer", "world": WORLD,
            "exp": int(time.time()) + 900}
    token = jwt.encode({"alg": "HS256"}, told, foreign, algorithms=["HS256"])
    assert Trader(url, token).get("/messages").status_code == 401
    assert Trader(url, unsigned(told, "none")).get("/messages").status_code == 401


def test_the_key_is_the_owners_alone(tmp_path):
    first = keys.own(tmp_path)
    path = tmp_path / keys.FILE
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert keys.own(tmp_path).as_dict() == first.as_dict()
    assert [one.name for one in tmp_path.iterdir()] == [keys.FILE]
