"""AS4 at the door: push, pull and receipts against the real store, and over mutual TLS."""
import socket
import ssl
import threading
import tracemalloc
from dataclasses import replace
from types import SimpleNamespace

import httpx
import msgspec
import pytest
from as4_ends import AT, EORI, OTHER, PDF, PEM, Ends, Holder, ends, filing, header, issue, pushed
from web_house import NODE, WORLD, own_database

from tollbod.findings import Finding
from tollbod.office import as4 as gates
from tollbod.office.intake import Refusal
from tollbod.office.nack import nack
from tollbod.play import specimen
from tollbod.store.records import Arrival
from tollbod.store.streams import Store
from tollbod.transport.as4 import Dialled, Unreachable, mutual_tls
from tollbod.web import as4 as web_as4
from tollbod.web import serve
from tollbod.web.house import House
from tollbod.web.settings import Settings
from tollbod.wire import forms
from tollbod.wire.as4 import envelope, mime, signature
from tollbod.wire.as4.agreement import agreed
from tollbod.wire.as4.envelope import Part
from tollbod.wire.as4.station import Post, told
from tollbod.wire.as4.token import fingerprint

OFFICE = fingerprint(ends().gate.station.chain[0])


class Case:
    """What takes the messages: it remembers them, and refuses what says so."""

    def __init__(self):
        self.taken, self.refusal = [], None

    def __call__(self, party, action, payload, files):
        if self.refusal:
            return self.refusal
        self.taken.append((party, action, payload))
        return None


@pytest.fixture
def call(conninfo):
    """A gate in a database of its own, and the case behind it."""
    with own_database(conninfo) as own, Store(own) as store:
        store.create_world(WORLD)
        yield gates.Call(store, ends().gate, WORLD, AT, Case())


def error(post):
    """What an error signal of customs says."""
    opened, _ = ends().trader.read(post, AT)
    assert opened.kind == "Error"
    return told(opened)


def code(call, post):
    """The code by which a message is refused, which must have changed nothing."""
    before = call.lodge.taken[:]
    refused = error(gates.answered(call, post))
    assert call.lodge.taken == before
    return f"{refused.fault.code} {refused.own}".strip()


def mail(call, n, ie="IE3R01", party=EORI):
    """Lay a message into the mailbox of a party."""
    body = f"<{ie}>{n}</{ie}>".encode()
    call.store.take([Arrival(f"{WORLD}//mailbox/{party}", "office", f"o{n}", body, ie, "", "",
                             body)])
    return body


def pull(call, station=None, eori=EORI, ident="p1@trader.example"):
    return gates.answered(call, (station or ends().trader).pull_request(eori, ident, AT))


def confirmed(call, post, station=None):
    """Send the receipt of what was pulled; the answer."""
    station = station or ends().trader
    opened, signed = station.read(post, AT)
    return gates.answered(call, station.receipt(opened, signed, "r1@trader.example", AT))


# --- push -----------------------------------------------------------------------------------------

def test_a_filing_is_taken_and_receipted(call):
    sent = pushed()
    answer = gates.answered(call, sent)
    ends().trader.confirmed(sent, answer, AT, OFFICE)
    assert call.lodge.taken == [(EORI, "IE3F50", filing().data)]
    whole, = call.store.inbox(f"{WORLD}//as4/{EORI}")
    assert msgspec.msgpack.decode(whole.body, type=Post) == sent     # the file beside it, too


def test_a_replay_gets_the_same_receipt_and_changes_nothing(call):
    sent = pushed()
    first = gates.answered(call, sent)
    later = replace(call, at=AT.replace(microsecond=0))
    assert [gates.answered(later, sent) for _ in range(3)] == [first] * 3
    assert len(call.lodge.taken) == 1
    assert call.store.stream(f"{WORLD}//as4/{EORI}").last_in == 1


def test_two_at_the_same_moment_get_the_same_receipt(call):
    sent, answers = pushed(), []

    def one():
        with Store(call.store.conninfo) as store:
            answers.append(gates.answered(replace(call, store=store), sent))
    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4 and len(set(answers)) == 1
    assert set(call.lodge.taken) == {(EORI, "IE3F50", filing().data)}
    assert call.store.stream(f"{WORLD}//as4/{EORI}").last_in == 1


def test_a_message_that_was_stored_but_not_yet_lodged_is_lodged_by_its_repeat(call):
    """A death between storing and lodging loses nothing: without a receipt it is repeated."""
    sent = pushed()

    class Died(BaseException):
        pass

    def dies(*_):
        raise Died
    with pytest.raises(Died):
        gates.answered(replace(call, lodge=dies), sent)
    ends().trader.confirmed(sent, gates.answered(call, sent), AT, OFFICE)
    assert len(call.lodge.taken) == 1


def test_another_content_under_a_used_id_is_refused(call):
    gates.answered(call, pushed())
    assert code(call, pushed(parts=(filing("another"), PDF))) == "EBMS:0003"
    other = pushed(ends().other, eori=OTHER)            # an id is its sender's own
    ends().other.confirmed(other, gates.answered(call, other), AT, OFFICE)


def test_what_is_refused_is_told_by_a_message_and_receipted(call):
    """A functional error is a message in the mailbox, and the transport is confirmed."""
    letter_of = nack((Finding("schema", "13", "", "", 0, "it is cut off", ""),), "NO", EORI, AT,
                     "NO-1")
    call.lodge.refusal = Refusal(422, (), letter_of)
    sent = pushed()
    ends().trader.confirmed(sent, gates.answered(call, sent), AT, OFFICE)
    gates.answered(call, sent)
    letter, = call.store.mailbox(WORLD, EORI)
    assert (letter.ie, letter.body) == ("IE917", letter_of)
    opened, _ = ends().trader.read(pull(call), AT)
    assert envelope.parts_of(opened)[0].data == letter_of


def test_what_no_message_can_tell_is_told_by_an_error_signal(call):
    call.lodge.refusal = Refusal(422, (Finding("state", "12", "", "", 0, "not sent to us", ""),))
    assert str(error(gates.answered(call, pushed()))) == "EBMS:0004 not sent to us"


def test_who_is_not_known_is_refused_in_the_words_of_ebms(call):
    assert code(call, pushed(eori="NO999999999")) == "EBMS:0004 A001"
    assert code(call, pushed(ends().other)) == "EBMS:0004 A002"
    assert code(call, pushed(ends().expired)) == "EBMS:0004 A003"
    assert code(call, pushed(ends().stranger)) == "EBMS:0101"
    assert call.store.stream(f"{WORLD}//as4/{EORI}") is None


def test_the_line_can_be_tested(call):
    post = ends().trader.user_message(
        replace(header(), service=agreed()["test service"], action=agreed()["test action"]), ())
    ends().trader.confirmed(post, gates.answered(call, post), AT, OFFICE)
    assert call.lodge.taken == [] and call.store.stream(f"{WORLD}//as4/{EORI}") is None


def test_what_is_not_agreed_is_refused(call):
    def sent(**more):
        return ends().trader.user_message(replace(header(), **more), (filing(), PDF))
    trader = envelope.trader(EORI)
    assert code(call, sent(service="other")) == "EBMS:0010"
    assert code(call, sent(receiver=trader)) == "EBMS:0010"
    assert code(call, sent(sender=trader._replace(kind="duns"))) == "EBMS:0010"
    assert code(call, sent(sender=trader._replace(role="Customs"))) == "EBMS:0010"
    assert code(call, sent(action="CC015C")) == "EBMS:0010"
    assert code(call, sent(action="IE3A50")) == "EBMS:0003"
    lonely = Part("file2", "image/jpeg", b"\xff\xd8")
    assert code(call, pushed(parts=(filing(), lonely))) == "EBMS:0011"


def test_a_signed_bomb_is_refused_and_nothing_is_kept(call):
    """A part of some 120 kB that would have 120 MB: the limit is 100 MB, and there it stops."""
    station, small = ends().trader, (("message", mime.squeeze(bytes(120_000_000))),)
    data = signature.sign(envelope.user_message(header(), (filing(),)), small, station.key,
                          station.chain)
    bomb = Post(*mime.pack(data, small))
    assert len(bomb.data) < 200_000
    tracemalloc.start()
    try:
        assert code(call, bomb) == "EBMS:0303"
        assert tracemalloc.get_traced_memory()[1] < 250_000_000
    finally:
        tracemalloc.stop()
    assert call.store.stream(f"{WORLD}//as4/{EORI}") is None


# --- pull -----------------------------------------------------------------------------------------

def test_messages_are_pulled_one_after_another(call):
    bodies = [mail(call, 1), mail(call, 2, "CC928C"), mail(call, 3, "IE3N03")]
    first = pull(call)
    assert pull(call, ident="p2@trader.example") == first       # the same until it is confirmed
    opened, _ = ends().trader.read(first, AT)
    head = envelope.header_of(opened)
    assert (head.action, head.service, head.sender, head.receiver) == (
        "IE3R01", agreed()["service to trader"], envelope.customs(), envelope.trader(EORI))
    assert envelope.parts_of(opened)[0].data == bodies[0]
    assert confirmed(call, first) == confirmed(call, first) == Post("", b"")
    second = pull(call)
    opened, _ = ends().trader.read(second, AT)
    assert envelope.header_of(opened).action == "IE3N03"        # the other is not of ICS2
    assert envelope.parts_of(opened)[0].data == bodies[2]
    confirmed(call, second)
    assert error(pull(call)).fault.code == "EBMS:0006"
    confirmed(call, first)                                      # late, and long since known
    assert error(pull(call)).fault.code == "EBMS:0006"


def test_a_receipt_of_something_else_confirms_nothing(call):
    mail(call, 1)
    first = pull(call)
    opened, signed = ends().trader.read(first, AT)
    another, of_another = ends().gate.station.read(pushed(), AT)
    wrong = ends().trader.receipt(replace(another, id=opened.id), of_another, "r@x", AT)
    assert error(gates.answered(call, wrong)).fault.code == "EBMS:0302"
    unknown = ends().trader.receipt(replace(opened, id="m7@x"), signed, "r@x", AT)
    assert error(gates.answered(call, unknown)).fault.code == "EBMS:0302"
    stolen = ends().other.receipt(opened, signed, "r@x", AT)
    assert error(gates.answered(call, stolen)).fault.code == "EBMS:0302"
    assert pull(call) == first


def test_nobody_pulls_from_anothers_channel(call):
    mail(call, 1)
    assert error(pull(call, ends().other)).own == "A002"
    assert error(pull(call, eori="NO999999999")).own == "A001"
    assert error(pull(call, ends().expired)).own == "A003"
    assert error(pull(call, ends().other, OTHER)).fault.code == "EBMS:0006"


# --- over the network -----------------------------------------------------------------------------

def _folder(path, made: Ends, server):
    """Write the folder that a house is configured by."""
    def pem(*chain):
        return b"".join(one.public_bytes(PEM) for one in chain)
    station = made.gate.station
    (path / "parties").mkdir()
    (path / "host").write_text("customs.example\n")
    (path / "chain.pem").write_bytes(pem(*station.chain))
    (path / "anchors.pem").write_bytes(pem(made.root.certificate))
    (path / "parties" / f"{EORI}.pem").write_bytes(pem(made.trader.chain[0]))
    for name, key, chain in (("key.pem", station.key, ()), ("tls.pem", server.key, (
            server.certificate, made.issuing.certificate)), ("trader.key", made.trader.key, ())):
        (path / name).write_bytes(Holder(key, None).pem + pem(*chain))
    (path / "trader.pem").write_bytes(pem(*made.trader.chain))
    return path


@pytest.fixture(scope="module")
def site(conninfo, tmp_path_factory):
    """A house that answers AS4 by mutual TLS, and its folder."""
    made = ends()
    folder = _folder(tmp_path_factory.mktemp("as4"), made,
                     issue("127.0.0.1", made.issuing, host="localhost"))
    with own_database(conninfo) as own:
        with Store(own) as store:
            store.create_world(WORLD)
            for party in specimen.PARTIES:
                store.put_party(WORLD, party.id, msgspec.json.encode(party))
        listening = serve.listen("127.0.0.1", 0)
        house = House(own, NODE, WORLD, folder=tmp_path_factory.mktemp("house"),
                      gate=web_as4.gate(folder))
        port = listening.getsockname()[1]
        with serve.answering(web_as4.app(house), listening, **web_as4.mutual_tls(folder)):
            yield f"https://localhost:{port}/as4", folder, own


def dialled(site, **more):
    url, folder, _ = site
    tls = mutual_tls(folder / "anchors.pem", folder / "trader.pem", folder / "trader.key")
    return Dialled(url, tls, **more)


def test_push_and_pull_over_mutual_tls(site):
    """What no case can take is answered by a message, which is pulled over the same line."""
    line = dialled(site)
    sent = pushed(parts=(Part("message", "application/xml", b"<IE3F50>"),))
    answer = Post(*line.post(*sent))
    ends().trader.confirmed(sent, answer, AT, OFFICE)
    assert Post(*line.post(*sent)) == answer
    ask = ends().trader.pull_request(EORI, "p@x", AT)
    letter, signed = ends().trader.read(Post(*line.post(*ask)), AT)
    told_by = forms.read(envelope.parts_of(letter)[0].data)
    assert told_by.ie == envelope.header_of(letter).action
    assert line.post(*ends().trader.receipt(letter, signed, "r@x", AT))[1] == b""
    assert error(Post(*line.post(*ask))).fault.code == "EBMS:0006"
    line.close()


def test_who_shows_no_certificate_does_not_get_in(site):
    url, folder, _ = site
    trusting = ssl.create_default_context(cafile=str(folder / "anchors.pem"))
    with pytest.raises(httpx.HTTPError):
        httpx.post(url, content=b"x", verify=trusting, trust_env=False)
    line = Dialled(url, trusting, tries=2, pause=0.01)
    with pytest.raises(Unreachable, match="tried 2 times"):
        line.post("application/soap+xml", b"x")


def test_what_is_too_large_is_refused_on_the_way(site):
    line = dialled(site, tries=1)
    refused = error(Post(*line.post("application/soap+xml", bytes(30_000_000))))
    assert refused.fault.code == "EBMS:0004"


def test_a_folder_that_cannot_be_used_is_told(tmp_path):
    with pytest.raises(web_as4.Unfit, match="key.pem"):
        web_as4.gate(tmp_path)


def test_a_house_listens_as_its_folder_says(site, conninfo, tmp_path):
    """With tls.pem AS4 has a port of its own, and the port of all others does not answer it."""
    folder, own = site[1:]
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    told_to = Settings(data=str(tmp_path), world=WORLD, as4=str(folder), as4_port=port)
    sent = ends().trader.pull_request(EORI, "p2@x", AT)
    listening = serve.listen("127.0.0.1", 0)
    with serve.web(told_to, own, listening, SimpleNamespace(alive=lambda: True)):
        line = dialled((f"https://localhost:{port}/as4", *site[1:]))
        assert error(Post(*line.post(*sent))).fault.code == "EBMS:0006"
        plain = Dialled(f"{serve.address(listening)}/as4", tries=1)
        with pytest.raises(Unreachable, match="404"):
            plain.post(*sent)


def test_a_retry_sends_identical_bytes():
    """Two connections break, the third is answered: all three brought the same."""
    came = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        def serve_three():
            for n in range(3):
                with listening.accept()[0] as peer:
                    data = b""
                    while not data.endswith(b"the same"):
                        data += peer.recv(65536)
                    came.append(data)
                    if n == 2:
                        peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        thread = threading.Thread(target=serve_three)
        thread.start()
        line = Dialled(f"http://127.0.0.1:{listening.getsockname()[1]}/as4", pause=0.01)
        assert line.post("application/soap+xml", b"always the same")[1] == b"ok"
        thread.join()
    assert len(came) == 3 and len(set(came)) == 1
