"""Bad input of ICS2, each with the answer that it gets: filings first, then what carries them.

What is wrong with a filing is told by a message (IE3N99 of itself, IE3N01 of its life); what is
wrong with its transport by an error signal of ebMS, and nothing of that is kept.
"""
import tracemalloc
from datetime import UTC, datetime

import msgspec
import pytest
from as4_ends import AT, EORI, ends, header, pushed
from web_house import NODE, WORLD, own_database

from tollbod.office import as4
from tollbod.play.scenario import fresh_name
from tollbod.play.specimen import HOLDER, PARTIES
from tollbod.play.specimen_ics2 import OFFICE, express, road
from tollbod.play.world import World
from tollbod.rules.check import check
from tollbod.spec.tables import ICS2
from tollbod.store.streams import Store
from tollbod.wire import xml
from tollbod.wire.as4 import envelope, mime, signature
from tollbod.wire.as4.envelope import Part
from tollbod.wire.as4.station import Post, told
from tollbod.wire.as4.token import fingerprint
from tollbod.wire.message import from_plain

NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
GOODS = b"Brake discs for passenger cars"


@pytest.fixture
def world(conninfo):
    one = World(conninfo, fresh_name(), NOW)
    for party in PARTIES:
        one.party(party)
    yield one
    one.close()


def filed(world, data: bytes, count: int):
    """File something; what has come since, which is so many messages, each fit to be sent."""
    before = len(world.mailbox(HOLDER, 0))
    assert world.lodge(HOLDER, data).verdict == "new"
    world.settle()
    came = [xml.read(letter.body, None) for letter in world.mailbox(HOLDER, 0)][before:]
    assert not any(check(message, "schema") for message in came)
    assert len(came) == count, [message.kind for message in came]
    return came


def faults(message):
    """What a refusal tells: code and place of each fault."""
    return [(one.get("validationCode"), one.get("pointer/messageElementPath"))
            for one in message.all("error")]


# Filings

def test_a_wrong_telephone_number(world):
    """Not as E.123 writes one: IE3N99, code 14, at that number; nothing is registered."""
    refused, = filed(world, road("P1").replace(b"+47 99 00 00 00", b"call me"), 1)
    assert refused.kind == "IE3N99" and refused.get("functionalReference") == "P1"
    assert faults(refused) == [("14", "/IE3F50/declarant/communication/identifier")]


@pytest.mark.parametrize("words", [b"general cargo parts", b"N/A", b"parts/goods", b"n.a."])
def test_stop_words_only(world, words):
    """Registered (IE3R01), then refused: IE3N99, code 100, at each element that says nothing."""
    registered, refused = filed(world, road("W1").replace(GOODS, words), 2)
    assert (registered.kind, refused.kind) == ("IE3R01", "IE3N99")
    assert faults(refused) == [(
        "100", "/IE3F50/consignmentMasterLevel/consignmentHouseLevel/goodsItem/commodity/"
        "descriptionOfGoods")]


def test_ten_thousand_errors_come_in_one_answer(world):
    """More than the 9,999 that a refusal of NCTS has room for; each with its own place."""
    houses = 10_500
    broken = express("BAD", houses).replace(b"<numberOfPackages>1<", b"<numberOfPackages>x<")
    refused, = filed(world, broken, 1)
    assert refused.kind == "IE3N99" and refused.get("functionalReference") == "BAD"
    assert len(set(faults(refused))) == len(faults(refused)) == houses
    house = "/IE3F32/consignmentMasterLevel/consignmentHouseLevel[10500]"
    assert faults(refused)[-1] == ("53", f"{house}/goodsItem/packaging/numberOfPackages")


def test_a_second_filing_with_the_same_keys(world):
    """The transport document is another filing's: IE3N01, code 81; the first stays."""
    first, = filed(world, road("K1"), 1)
    second, refused = filed(world, road("K2").replace(b">M-K2<", b">M-K1<"), 2)
    assert (first.kind, second.kind, refused.kind) == ("IE3R01", "IE3R01", "IE3N01")
    assert faults(refused) == [(
        "81", "/IE3F50/consignmentMasterLevel/transportDocumentMasterLevel/documentNumber")]
    amended, = filed(world, amendment("K1", first.get("MRN")), 1)
    assert amended.kind == "IE3N10"


def test_two_filings_with_the_same_keys_at_once(world):
    """Undecided both; the key decides which filing has the document."""
    for data in (road("T1"), road("T2").replace(b">M-T2<", b">M-T1<")):
        assert world.lodge(HOLDER, data).verdict == "new"
    world.settle()
    came = [xml.read(letter.body, None) for letter in world.mailbox(HOLDER, 0)]
    assert sorted(message.kind for message in came) == ["IE3N01", "IE3R01", "IE3R01"]


def test_the_same_reference_again_with_other_content(world):
    """An LRN is used once: refused at the door (409, code 94)."""
    filed(world, road("L1"), 1)
    refused = world.lodge(HOLDER, road("L1").replace(b">120.5<", b">121.5<"))
    assert (refused.status, refused.findings[0][0]) == (409, "94")


def amendment(lrn: str, mrn: str) -> bytes:
    """The amendment of a filing: the same content under its MRN."""
    body = xml.read(road(lrn), None).plain()
    del body["LRN"]
    return xml.write(from_plain(ICS2, "IE3A50", body | {"MRN": mrn}))


def test_an_amendment_after_presentation(world):
    """The goods are here: IE3N01, code 72, at the MRN; the filing stays as it was."""
    registered, = filed(world, road("A1"), 1)
    mrn = registered.get("MRN")
    world.act(OFFICE, mrn, "present", "act 1", {})
    world.settle()
    refused, = filed(world, amendment("A1", mrn).replace(b">120.5<", b">130.5<"), 1)
    assert refused.kind == "IE3N01" and refused.get("MRN") == mrn
    assert faults(refused) == [("72", "/IE3A50/MRN")]


# What carries them

class Line:
    """A trader's line to a house that takes AS4: a real gate, before a real case."""

    def __init__(self, store):
        self.store = store

    def ask(self, post: Post) -> Post:
        return as4.answer(self.store, NODE, ends().gate, WORLD, post, AT)

    def kept(self) -> int:
        """How many messages of this trader are kept, and how many filings were opened."""
        came = self.store.stream(f"{WORLD}//as4/{EORI}")
        return came.last_in if came else 0

    def refused(self, post: Post) -> str:
        """The ebMS code by which a message is refused; nothing of it may be kept."""
        before = self.kept(), len(self.store.movements(WORLD, role="filing"))
        opened, _ = ends().trader.read(self.ask(post), AT)
        assert opened.kind == "Error"
        assert (self.kept(), len(self.store.movements(WORLD, role="filing"))) == before
        return told(opened).fault.code


@pytest.fixture
def line(conninfo):
    with own_database(conninfo) as own, Store(own) as store:
        store.create_world(WORLD, NOW)
        for party in PARTIES:
            store.put_party(WORLD, party.id, msgspec.json.encode(party))
        yield Line(store)


def sent(lrn: str) -> Post:
    """A filing, as it is posted by AS4."""
    return pushed(parts=(Part("message", "application/xml", road(lrn)),))


def test_a_tampered_signature(line):
    """A byte of the value is another: EBMS:0101 (FailedAuthentication); as sent, it is taken."""
    whole = sent("S1")
    start = whole.data.index(b"SignatureValue>") + len(b"SignatureValue>")
    other = b"B" if whole.data[start:start + 1] == b"A" else b"A"
    changed = whole.data[:start] + other + whole.data[start + 1:]
    assert line.refused(Post(whole.media, changed)) == "EBMS:0101"
    assert line.kept() == 0
    line.ask(whole)
    assert line.kept() == 1


def test_a_tampered_filing(line):
    """The signature is whole, the filing another: EBMS:0101."""
    whole = sent("S2")
    small, other = (mime.squeeze(road(lrn)) for lrn in ("S2", "S3"))
    changed = whole.data.replace(mime.squeeze(parts_of(whole)), other)
    assert small != other and changed != whole.data
    assert line.refused(Post(whole.media, changed)) == "EBMS:0101"


def parts_of(post: Post) -> bytes:
    return mime.unsqueeze(mime.unpack(*post)[1]["message"], 1_000_000)


def test_a_replayed_message(line):
    """The same message again gets the same receipt, and there is one filing, however often."""
    whole = sent("R1")
    first = line.ask(whole)
    ends().trader.confirmed(whole, first, AT, fingerprint(ends().gate.station.chain[0]))
    assert [line.ask(whole) for _ in range(5)] == [first] * 5
    assert line.kept() == 1 and len(line.store.movements(WORLD, role="filing")) == 1


def test_another_message_under_a_used_identification(line):
    """Whoever signs it: EBMS:0003 (ValueInconsistent)."""
    line.ask(sent("U1"))
    assert line.refused(sent("U2")) == "EBMS:0003"


def signed(parts) -> Post:
    """A message with compressed parts of one's own making, signed well."""
    station = ends().trader
    made = envelope.user_message(header(), (Part("message", "application/xml", b"<x/>"),))
    return Post(*mime.pack(signature.sign(made, parts, station.key, station.chain), parts))


def test_a_compressed_part_of_21_MB(line):
    """More than 20 MB come compressed: EBMS:0004, before anything is unfolded."""
    big = signed((("message", bytes(21_000_000)),))
    tracemalloc.start()
    try:
        assert line.refused(big) == "EBMS:0004"
        assert tracemalloc.get_traced_memory()[1] < 150_000_000
    finally:
        tracemalloc.stop()


def test_a_zip_bomb(line):
    """120 kB that would be 120 MB: EBMS:0303, and no more than the limit is ever held."""
    bomb = signed((("message", mime.squeeze(bytes(120_000_000))),))
    assert len(bomb.data) < 200_000
    tracemalloc.start()
    try:
        assert line.refused(bomb) == "EBMS:0303"
        assert tracemalloc.get_traced_memory()[1] < 250_000_000
    finally:
        tracemalloc.stop()


def test_a_filing_that_unfolds_in_xml(line):
    """Entities that grow: no message at all (IE917); its transport was well and is receipted."""
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    data = road("X1").replace(b"?>", b"?>" + bomb, 1).replace(GOODS, b"&b;")
    post = pushed(parts=(Part("message", "application/xml", data),))
    opened, _ = ends().trader.read(line.ask(post), AT)
    assert opened.kind == "Receipt" and len(line.store.movements(WORLD, role="filing")) == 0
    refused, = line.store.mailbox(WORLD, EORI)
    assert refused.ie == "IE917" and b"DOCTYPE" in refused.body
