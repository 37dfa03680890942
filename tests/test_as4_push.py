"""Pushing by AS4: to an endpoint that answers, is away, lies, or loses what it was sent."""
import threading
import time
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from as4_ends import AT, EORI, OTHER, ends, filing, issue
from test_as4 import _folder, call, confirmed, mail, pull  # noqa: F401
from web_house import NODE, WORLD, own_database

from tollbod.office import as4_push
from tollbod.store.records import Arrival
from tollbod.store.streams import Store
from tollbod.transport.as4 import Unreachable
from tollbod.web import as4 as web_as4
from tollbod.wire.as4 import envelope
from tollbod.wire.as4.agreement import Refused
from tollbod.wire.as4.station import Post

URL = "https://trader.example/as4"


class Endpoint:
    """A trader's end: takes each message once, by its MessageId, and answers by its receipt."""

    def __init__(self, station=None):
        self.station = station or ends().trader
        self.taken, self.seen, self.away, self.answer = [], [], False, None

    def post(self, media, data):
        if self.away:
            raise Unreachable("nobody there")
        self.seen.append(Post(media, data))
        opened, signed = self.station.read(Post(media, data), AT)
        if opened.id not in [one for one, _ in self.taken]:
            self.taken.append((opened.id, envelope.parts_of(opened)[0].data))
        if self.answer == "lost":
            raise Unreachable("the answer did not come")
        if self.answer == "error":
            return self.station.error(Refused("EBMS:0004", "the disk is full"), opened.id,
                                      "e1@trader.example", AT)
        return self.answer or self.station.receipt(opened, signed, "r1@trader.example", AT)

    @property
    def bodies(self):
        """What was taken, in order."""
        return [body for _, body in self.taken]


def listening(end):
    """The server of an endpoint, on a free port."""
    class Handler(BaseHTTPRequestHandler):
        """Hands what is posted to the endpoint."""

        def do_POST(self):
            """Answer as the endpoint does."""
            data = self.rfile.read(int(self.headers["Content-Length"]))
            answer = Post(*end.post(self.headers["Content-Type"], data))
            self.send_response(200)
            self.send_header("Content-Type", answer.media)
            self.send_header("Content-Length", str(len(answer.data)))
            self.end_headers()
            self.wfile.write(answer.data)

        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@pytest.fixture
def pushing(call):  # noqa: F811
    """The gate with an endpoint for the first trader."""
    return replace(call, gate=replace(call.gate, pushed={EORI: URL}))


def later(call, seconds):  # noqa: F811
    """The same gate some time after."""
    return replace(call, at=AT + timedelta(seconds=seconds))


def stands(call):  # noqa: F811
    return as4_push.state(call.store, WORLD, EORI)


def test_what_lies_in_the_mailbox_is_pushed_in_order(pushing):
    sent, end = [mail(pushing, n) for n in range(3)], Endpoint()
    assert as4_push.push(pushing, EORI, end) == 3 and end.bodies == sent
    header = envelope.header_of(end.station.read(end.seen[0], AT)[0])
    assert (header.receiver, header.channel) == (envelope.trader(EORI), "")
    assert as4_push.push(pushing, EORI, end) == 0 and len(end.seen) == 3
    sent.append(mail(pushing, 3))
    assert as4_push.push(pushing, EORI, end) == 1 and end.bodies == sent


def test_an_answer_that_was_lost_brings_the_identical_bytes_again(pushing):
    sent, end = mail(pushing, 1), Endpoint()
    end.answer = "lost"
    assert as4_push.push(pushing, EORI, end) == 0
    end.answer = None
    assert as4_push.push(later(pushing, 1), EORI, end) == 1
    assert end.seen[0] == end.seen[1] and end.bodies == [sent]


def test_an_endpoint_that_is_away_is_tried_ever_more_rarely_and_then_stopped(pushing):
    sent, end, at, tries = mail(pushing, 1), Endpoint(), 0, []
    end.away = True
    while not stands(pushing).stopped:
        as4_push.push(later(pushing, at), EORI, end)
        tries.append(at)
        at += int((stands(pushing).again - (AT + timedelta(seconds=at))).total_seconds())
    assert tries[:5] == [0, 1, 3, 7, 15] and len(tries) == as4_push.MOST_TRIES
    assert {b - a for a, b in zip(tries[11:], tries[12:])} == {900}
    assert "nobody there" in stands(pushing).why
    end.away = False
    assert as4_push.push(later(pushing, 10**6), EORI, end) == 0, "it waits for a person"
    as4_push.resume(pushing.store, WORLD, EORI)
    assert as4_push.push(later(pushing, at), EORI, end) == 1 and end.bodies == [sent]
    assert stands(pushing) == as4_push.State()


@pytest.mark.parametrize("wrong", ["error", "another's", "of another message", "no AS4"])
def test_a_wrong_answer_confirms_nothing(pushing, wrong):
    mail(pushing, 1), mail(pushing, 2)
    end = Endpoint()
    if wrong == "another's":
        end.station = ends().other
    elif wrong == "of another message":
        as4_push.push(pushing, EORI, end)
        opened, signed = ends().trader.read(end.seen[0], AT)
        mail(pushing, 3)
        end.answer = ends().trader.receipt(opened, signed, "r9@trader.example", AT)
    else:
        end.answer = "error" if wrong == "error" else Post("text/html", b"<p>hello")
    before = len(end.bodies)
    assert as4_push.push(pushing, EORI, end) == 0
    assert stands(pushing).failures == 1 and stands(pushing).why
    assert as4_push.push(pushing, EORI, end) == 0, "not before its time"
    assert len(end.bodies) <= before + 1


def test_what_is_pushed_may_be_pulled_meanwhile(pushing):
    sent, end = [mail(pushing, n) for n in range(2)], Endpoint()
    end.away = True
    as4_push.push(pushing, EORI, end)
    first = pull(pushing)
    assert confirmed(pushing, first) == Post("", b"")
    end.away = False
    assert as4_push.push(later(pushing, 1), EORI, end) == 1 and end.bodies == sent[1:]


def test_one_party_s_endpoint_holds_up_nobody_else(pushing):
    both = replace(pushing.gate, pushed={EORI: URL, OTHER: URL})
    away, other = Endpoint(), Endpoint(ends().other)
    away.away = True
    mail(pushing, 1), mail(pushing, 2, party=OTHER)
    lines = {EORI: away, OTHER: other}
    assert as4_push.round(pushing.store, NODE, WORLD, both, lines, AT) == 1
    assert len(other.bodies) == 1


def test_the_folder_names_endpoints(tmp_path, pushing):
    made = ends()
    folder = _folder(tmp_path, made, issue("127.0.0.1", made.issuing, host="localhost"))
    (folder / "parties" / f"{EORI}.url").write_text(f"{URL}\n")
    assert web_as4.gate(folder).pushed == {EORI: URL}
    (folder / "parties" / f"{EORI}.url").write_text("ftp://somewhere\n")
    with pytest.raises(web_as4.Unfit, match="no address"):
        web_as4.gate(folder)
    (folder / "parties" / f"{EORI}.url").write_text(URL)
    (folder / "parties" / "SE200000001.url").write_text(URL)
    with pytest.raises(web_as4.Unfit, match="no certificate"):
        web_as4.gate(folder)


def test_the_carrier_pushes_over_http_until_it_is_stopped(conninfo):
    end, stop = Endpoint(), threading.Event()
    server = listening(end)
    url = f"http://127.0.0.1:{server.server_port}/as4"
    gate = replace(ends().gate, pushed={EORI: url})
    with own_database(conninfo) as own, Store(own) as store:
        store.create_world(WORLD)
        carrier = threading.Thread(target=as4_push.run, args=(
            own, NODE, WORLD, gate, lambda to: web_as4.dial(web_as4.Path("nowhere"), to), stop))
        carrier.start()
        try:
            body = filing().data
            store.take([Arrival(f"{WORLD}//mailbox/{EORI}", "office", "o1", body, "IE3R01", "", "",
                                body)])
            store.notify()
            until = time.monotonic() + 20
            while not end.bodies and time.monotonic() < until:
                time.sleep(0.05)
            assert end.bodies == [body]
        finally:
            stop.set()
            carrier.join()
            server.shutdown()
            server.server_close()
