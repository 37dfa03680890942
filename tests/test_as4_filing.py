"""A filing by AS4, whole: into its case, decided by a worker, and the answer pulled."""
import time
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from as4_ends import AT, EORI, ends, pushed
from web_house import NODE, WORLD, own_database, working

from tollbod.office import as4
from tollbod.play import specimen
from tollbod.store.streams import Store
from tollbod.wire import forms
from tollbod.wire.as4 import envelope
from tollbod.wire.as4.envelope import Part
from tollbod.wire.as4.station import Post
from tollbod.wire.as4.token import fingerprint

FILING = Path(__file__).parents[1] / "scenarios" / "ics2" / "messages" / "IE3F50.xml"
NOW = datetime(2026, 5, 4, 8, tzinfo=UTC)
FILLED = {b"LRN": b"LRN1", b"now": b"2026-05-04T08:00:00", b"today+1": b"2026-05-05",
          b"sender": EORI.encode()}


def test_a_filing_goes_in_and_its_answer_comes_back(conninfo):
    """ICS2-01: an entry summary declaration by AS4; its repeat changes nothing; its MRN comes."""
    filed = FILING.read_bytes()
    for blank, value in FILLED.items():
        filed = filed.replace(b"{%s}" % blank, value)
    office = fingerprint(ends().gate.station.chain[0])
    with own_database(conninfo) as own, Store(own) as store:
        store.create_world(WORLD, NOW)
        for party in specimen.PARTIES:
            store.put_party(WORLD, party.id, msgspec.json.encode(party))

        def ask(post):
            return as4.answer(store, NODE, ends().gate, WORLD, post, AT)

        sent = pushed(parts=(Part("message", "application/xml", filed),))
        with working(own):
            for _ in range(2):
                ends().trader.confirmed(sent, ask(sent), AT, office)
            for _ in range(400):
                if store.mailbox(WORLD, EORI):
                    break
                time.sleep(0.05)
        letter, signed = ends().trader.read(ask(ends().trader.pull_request(EORI, "p1@x", AT)), AT)
        answer = forms.read(envelope.parts_of(letter)[0].data)
        assert (answer.ie, answer.get("LRN")) == ("IE3R01", "LRN1")
        assert answer.get("MRN")
        assert ask(ends().trader.receipt(letter, signed, "r1@x", AT)) == Post("", b"")
        assert [row.ie for row in store.mailbox(WORLD, EORI)].count("IE3R01") == 1
