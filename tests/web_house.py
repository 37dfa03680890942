"""A running house for the tests of the web side: a database of its own, a worker, a real server."""
import contextlib
import secrets
import threading
import time
from typing import NamedTuple

import httpx
import msgspec
import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from tollbod.office import worker
from tollbod.office.node import Node
from tollbod.play import specimen
from tollbod.store import schema
from tollbod.store.streams import Store
from tollbod.web import serve
from tollbod.web.api import app

WORLD = "main"
NODE = Node(("NO", "SE", "DE"), test=True)
GRN = "25NO3650010001230"


class Site(NamedTuple):
    """Where a house answers, and the database behind it."""

    url: str
    conninfo: str


@contextlib.contextmanager
def own_database(conninfo):
    """A database of one's own on the server that all tests share."""
    name = f"web_{secrets.token_hex(6)}"
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(f"create database {name}")
    own = make_conninfo(conninfo, dbname=name)
    schema.migrate(own)
    try:
        yield own
    finally:
        with psycopg.connect(conninfo, autocommit=True) as connection:
            connection.execute(f"drop database {name} with (force)")


@contextlib.contextmanager
def working(conninfo, node=NODE):
    """A worker that decides in a thread."""
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(conninfo, node, 0, stop))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@contextlib.contextmanager
def answering(conninfo, folder, node=NODE, **settings):
    """The web side of a house on a free port; its URL."""
    listening = serve.listen("127.0.0.1", 0)
    url = serve.address(listening)
    with serve.answering(app(conninfo, node, WORLD, folder=folder, issuer=url, **settings),
                         listening):
        yield url


@pytest.fixture(scope="module")
def site(conninfo, tmp_path_factory):
    """A house in the test environment, with a worker."""
    with own_database(conninfo) as own:
        with Store(own) as store:
            store.create_world(WORLD)
            for party in specimen.PARTIES:
                store.put_party(WORLD, party.id, msgspec.json.encode(party))
        with working(own), answering(own, tmp_path_factory.mktemp("house")) as url:
            yield Site(url, own)


class Trader:
    """One party, an officer or nobody, as a client of the API."""

    def __init__(self, url, token=""):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self.http = httpx.Client(base_url=f"{url}/api/v1", headers=headers, trust_env=False,
                                 timeout=30)
        self.get, self.post = self.http.get, self.http.post

    def lodge(self, data, status=202):
        """Lodge a message that is answered with this status; the answer."""
        answer = self.post("/messages", content=data)
        assert answer.status_code == status, answer.text
        return answer.json()

    def mail(self, ie, after=0):
        """Wait for a message of this kind after a marker."""
        for _ in range(10):
            answer = self.get("/messages", params={"after": after, "wait": 2}).json()
            for one in answer["messages"]:
                if one["ie"] == ie:
                    return one
            after = answer["next"]
        came = [one["ie"] for one in self.get("/messages").json()["messages"]]
        raise AssertionError(f"no {ie} came, but {came}")

    def until(self, seen, path, **params):
        """Ask a path until its answer is seen: another office decides in its own time."""
        for _ in range(200):
            answer = self.get(path, params=params).json()
            if seen(answer):
                return answer
            time.sleep(0.1)
        raise AssertionError(f"{path} goes on saying {answer}")


class World(NamedTuple):
    """A world of its own: its clients, and its name."""

    name: str
    holder: Trader
    consignee: Trader
    officer: Trader

    def act(self, office, case, do, **details):
        """Play an officer; the outcome."""
        answer = self.officer.post("/test/officer",
                                   json={"office": office, "case": case, "do": do, **details})
        assert answer.status_code == 200, answer.text
        return answer.json()


def declaration(lrn="LRN1", identification="M1"):
    """An IE015 of the holder."""
    return specimen.declaration(lrn, identification, GRN)


def problem(answer, status):
    """What an answer says that is no success; always in two languages."""
    assert answer.status_code == status, answer.text
    told = answer.json()
    assert told["title"] and told["detail"] and told["detail_nb"]
    return told


def make_world(url, **more):
    """Make a world with the parties of the specimen and a guarantee."""
    body = {
        "parties": msgspec.to_builtins(specimen.PARTIES),
        "guarantees": [{"grn": GRN, "type": "1", "holder": specimen.HOLDER,
                        "reference_cent": 1_000_000, "access_codes": ["AC01"]}], **more}
    answer = Trader(url).post("/test/worlds", json=body)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    parts = (specimen.HOLDER, specimen.CONSIGNEE, "officer")
    return World(made["world"], *(Trader(url, made["tokens"][part]) for part in parts))


@pytest.fixture
def world(site):
    """A fresh world in the site."""
    return make_world(site.url)
