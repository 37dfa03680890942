"""The same life as three installations over HTTP: one runs NO, one SE, one DE, each on its own.

Traders and officers speak to their own node only; what the nodes tell each other goes by numbered
links. A node that is killed with its database and comes back has lost and doubled nothing.
"""
import time
from collections import Counter

import httpx
import msgspec
import pytest

from installation import Installation, free_ports
from tollbod.office.envelope import Envelope
from tollbod.play.specimen import CONSIGNEE, HOLDER
from tollbod.store import chain
from tollbod.store.streams import Store
from tollbod.transport.http import SIGNATURE, sign
from traffic import GRN, REFERENCE_CENT, Client, Traffic, make_world

COUNTRIES = ("NO", "SE", "DE")
SECRET = "known to the three nodes"
DOWN_SECONDS = 2.0
LIVES_SECONDS = 40.0
AT_EACH = {                             # what happens at the offices of each node in one life
    "NO": "IE015 IE200 IE201 IE203 IE205 IE118 IE006 IE209 IE018 IE204",
    "SE": "IE050 crossing",
    "DE": "IE001 IE007 IE044",
}
LATE = ("IE024",)                       # to SE, where the arrival was told before the passage
LINKS = {"NO": {"SE": ("IE050",), "DE": ("IE001",)}, "SE": {"NO": ("IE118",)},
         "DE": {"NO": ("IE006", "IE018")}}
TRAIL = ("IE015 IE928 IE028 IE029 IE050 IE001 IE118 IE007 IE006 IE043 IE044 IE018 IE025 "
         "IE045").split()


@pytest.fixture(scope="module")
def nodes(tmp_path_factory):
    """Three nodes that know each other, and nothing else of each other than an address."""
    ports = dict(zip(COUNTRIES, free_ports(3)))
    folder, running = tmp_path_factory.mktemp("nodes"), {}
    try:
        for country, port in ports.items():
            peers = ",".join(f"{other}=http://127.0.0.1:{at}" for other, at in ports.items()
                             if other != country)
            running[country] = Installation(
                folder / country, port, COUNTRIES=country, PEERS=peers, LINK_SECRET=SECRET,
                WORKERS="1")
            running[country].start(wait=False)
        for node in running.values():
            node.await_ready()
        yield running
    finally:
        for node in running.values():
            node.end()


def play(nodes, world, lives):
    """Make the world at each node; the traffic of so many lives, not begun."""
    for country, node in nodes.items():
        make_world(node.url, world, guarantee=country == "NO")
    return Traffic({country: node.url for country, node in nodes.items()}, world, lives)


def test_one_life_over_three_nodes(nodes):
    """Each node knows its own part, and the parts make up the whole trail."""
    with play(nodes, "one", 1) as traffic:
        traffic.finish(LIVES_SECONDS)
    mrn, = traffic.ended
    told = {country: Client(node.url, "officer", "one").ask("GET", f"/movements/{mrn}").json()
            for country, node in nodes.items()}
    steps = sorted((step["at"], int(step["id"]), step["what"], step["from"], step["to"])
                   for one in told.values() for step in one["timeline"])
    trail = list(dict.fromkeys(what for _, _, what, _, _ in steps if what in TRAIL))
    look(nodes, "one", traffic)
    assert sorted(trail) == sorted(TRAIL)
    for before, after in (("IE015", "IE028"), ("IE028", "IE029"), ("IE029", "IE118"),
                          ("IE050", "IE118"), ("IE001", "IE007"), ("IE007", "IE006"),
                          ("IE007", "IE043"), ("IE043", "IE044"), ("IE044", "IE018"),
                          ("IE018", "IE045")):
        assert trail.index(before) < trail.index(after), trail
    states = {country: [(one["role"], one["state"]) for one in movement["offices"]]
              for country, movement in told.items()}
    assert ("departure", "written off") in states["NO"]
    assert states["SE"] == [("transit", "passed")]
    assert states["DE"] == [("destination", "goods released")]


@pytest.mark.parametrize("country", ["SE", "DE"])
def test_a_node_that_was_killed_and_comes_back(nodes, country):
    """It is killed with its database in the middle of twenty lives; the others go on meanwhile."""
    world, node = f"killed-{country.lower()}", nodes[country]
    with play(nodes, world, 12) as traffic:
        wait_for(lambda: len(traffic.ended) >= 2)
        node.kill_all()
        traffic.begin_more(8)
        accepted = len(mailbox(traffic, "IE028"))
        time.sleep(DOWN_SECONDS)
        assert len(mailbox(traffic, "IE028")) > accepted, "the others do not wait for it"
        assert traffic.going()
        node.start()
        traffic.finish(LIVES_SECONDS)
    look(nodes, world, traffic)


def mailbox(traffic, ie):
    """What the holder was sent of one kind."""
    return [row for row in traffic.mailboxes[HOLDER] if row["ie"] == ie]


def wait_for(what, seconds=20.0):
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < end, "it does not come about"
        time.sleep(0.02)


def look(nodes, world, traffic):
    """Nothing is lost, doubled or out of order at any node; the guarantee is free again."""
    lives = traffic.lives
    for party, expected in ((HOLDER, ("IE928", "IE028", "IE029", "IE045")),
                            (CONSIGNEE, ("IE043", "IE025"))):
        rows = traffic.mailboxes[party]
        assert [row["marker"] for row in rows] == list(range(1, len(rows) + 1))
        assert Counter(row["ie"] for row in rows) == dict.fromkeys(expected, lives)
    assert set(traffic.ended.values()) == {"IE045"}
    balance = Client(nodes["NO"].url, "officer", world).ask("GET", f"/guarantees/{GRN}").json()
    assert balance["available_cent"] == REFERENCE_CENT and balance["movements"] == []
    given = {}
    for country, node in nodes.items():
        with node.database() as conninfo, Store(conninfo) as store:
            wait_for(lambda: store.idle(world))
            assert chain.verify(store) == [] and store.held(world) == []
            came = Counter(ie.removeprefix("officer ") for ie, in store.call(
                "select ie from inbox i join stream s using (key) where not s.passive "
                "and split_part(key, '/', 1) = %s", (world,)))
            for other in ("register", "timer", *LATE):
                came.pop(other, None)
            assert came == dict.fromkeys(AT_EACH[country].split(), lives)
            given |= {(country, to): sent(store, world, to) for to in LINKS[country]}
            for origin in COUNTRIES:
                if country in LINKS[origin]:
                    given[origin, country, "taken"] = taken(store, world, origin, country)
    for origin, others in LINKS.items():
        for to, kinds in others.items():
            came = Counter(ie for ie, _ in given[origin, to] if ie not in LATE)
            assert came == dict.fromkeys(kinds, lives)
            assert given[origin, to] == given[origin, to, "taken"]


def sent(store, world, to):
    """What was given to a link, in its order: message and content."""
    return [(row.ie, msgspec.msgpack.decode(row.body, type=Envelope).body)
            for row in store.link_rows(world, to, 0, 1000)]


def taken(store, world, origin, country):
    """What was taken from a link, in the order of its numbers; they have no gaps."""
    name = f"{origin}>{country} "
    rows = store.call("select ident, ie, key, n, receipt from inbox where "
                      "split_part(key, '/', 1) = %s and starts_with(ident, %s) order by receipt",
                      (world, name))
    assert [row[0] for row in rows] == [f"{name}{n}" for n in range(1, len(rows) + 1)]
    return [(row[1], store.message(row[4]).body) for row in rows]


# What the receiving end of a link refuses

class Line:
    """Somebody who knows the address of a node, and perhaps the secret."""

    def __init__(self, node, world, secret=SECRET):
        self.node, self.world, self.secret = node, world, secret

    def ask(self, method, body=b"", signature=None, **query):
        """Return status and answer."""
        words = "&".join(f"{name}={value}" for name, value in
                         {"to": "SE", "world": self.world, **query}.items())
        path = f"/api/v1/links/NO?{words}"
        headers = {SIGNATURE: sign(self.secret, path, body) if signature is None else signature}
        answer = httpx.request(method, self.node.url + path, content=body, headers=headers,
                               timeout=20, trust_env=False)
        return answer.status_code, answer.json()

    def last(self):
        """Return the last number that was taken."""
        status, told = self.ask("GET")
        assert status == 200, told
        return told["last"]


def envelope(number, office="SE603340", origin="w/NO365001/departure/x", ie="IE050"):
    """Return a message as it lies in a link; it need not be a good one."""
    return msgspec.msgpack.encode(Envelope(office, "transit", f"case {number}", origin, ie, "",
                                           b"<not-read-here/>"))


def batch(*numbers, **rest):
    """Return a batch of messages."""
    return msgspec.msgpack.encode([envelope(number, **rest) for number in numbers])


@pytest.fixture
def line(nodes, request):
    """The link from NO to SE in a world of the test's own."""
    world = f"link-{request.node.name[:30].replace('_', '-').lower()}"
    make_world(nodes["SE"].url, world, guarantee=False)
    return Line(nodes["SE"], world)


def test_who_does_not_know_the_secret_changes_nothing(line):
    stranger = Line(line.node, line.world, "not the secret")
    for method in ("GET", "POST"):
        assert stranger.ask(method, batch(1), first=1)[0] == 403
        assert line.ask(method, batch(1), signature="", first=1)[0] == 403
    good = sign(SECRET, f"/api/v1/links/NO?to=SE&world={line.world}&first=1", batch(1))
    assert line.ask("POST", batch(2), signature=good, first=1)[0] == 403      # another body
    assert line.ask("POST", batch(1), signature=good, first=2)[0] == 403      # another number
    assert line.last() == 0


def test_a_gap_takes_nothing_and_an_old_batch_changes_nothing(line):
    assert line.ask("POST", batch(2, 3), first=2) == (200, {"last": 0})
    assert line.ask("POST", batch(1, 2), first=1) == (200, {"last": 2})
    assert line.ask("POST", batch(4), first=4) == (200, {"last": 2})
    for old in (batch(1, 2), batch(8, 9)):                      # numbers protect, not content
        assert line.ask("POST", old, first=1) == (200, {"last": 2})
    assert line.ask("POST", batch(2, 3), first=2) == (200, {"last": 3})
    with line.node.database() as conninfo, Store(conninfo) as store:
        rows = store.call("select key, ident from inbox where split_part(key, '/', 1) = %s "
                          "and sender like 'w/%%' order by receipt", (line.world,))
    assert rows == [(f"{line.world}/SE603340/transit/case {n}", f"NO>SE {n}") for n in (1, 2, 3)]


def test_what_is_no_batch_for_this_node_is_refused(line):
    for body in (b"", b"\xc1", batch(1)[:-3], batch(1, office="NO365001"),
                 batch(1, origin="w/SE603340/departure/x"), batch(1, origin="no key"),
                 batch(1, ie="officer crossing"), batch(1, ie="timer"), batch(1, ie="IE015")):
        status, told = line.ask("POST", body, first=1)
        assert status == 400 and told["detail"], body
    assert Line(line.node, "no-such-world").ask("POST", batch(1), first=1)[0] == 404
    assert Line(line.node, "no-such-world").ask("GET")[0] == 404
    assert line.last() == 0


def test_a_world_that_the_other_node_lacks_holds_up_no_other(nodes):
    make_world(nodes["NO"].url, "only-here")
    with Traffic({country: node.url for country, node in nodes.items()}, "only-here", 1) as lonely:
        wait_for(lambda: mailbox(lonely, "IE029"))
        lonely.stop.set()
    with play(nodes, "zz-after-it", 1) as traffic:
        traffic.finish(LIVES_SECONDS)
