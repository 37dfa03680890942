"""The bytes of AS4: what is signed is what is read, and nothing else passes."""
import tracemalloc
import zlib
from base64 import b64decode, b64encode
from datetime import timedelta

import pytest
from as4_ends import AT, EORI, PDF, ends, filing, header, issue, pushed
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tollbod.wire.as4 import envelope, mime, signature
from tollbod.wire.as4.agreement import Refused
from tollbod.wire.as4.envelope import Part
from tollbod.wire.as4.names import CONTENT, DS, EB, ID, SOAP, q
from tollbod.wire.as4.station import Post, Station, told
from tollbod.wire.as4.token import fingerprint, write


def read(post, at=AT):
    return ends().gate.station.read(post, at)


def refused(post, at=AT):
    """The code by which a body is refused."""
    with pytest.raises(Refused) as caught:
        read(post, at)
    return f"{caught.value.fault.code} {caught.value.own}".strip()


def edited(post, edit):
    """The same body after somebody on the way has changed the tree of its envelope."""
    start = post.data.index(b"<?xml")
    end = post.data.index(b"Envelope>", start) + len(b"Envelope>")
    root = etree.fromstring(post.data[start:end])
    edit(root)
    return Post(post.media, post.data[:start] + etree.tostring(
        root, encoding="UTF-8", xml_declaration=True) + post.data[end:])


def test_a_message_comes_as_it_was_sent():
    opened, signed = read(pushed())

    assert envelope.header_of(opened).action == "IE3F50"
    assert envelope.header_of(opened).sender == envelope.trader(EORI)
    assert envelope.parts_of(opened) == (filing(), PDF)
    assert fingerprint(signed.certificate) in ends().gate.registered[EORI]
    assert set(signed.digests) == {f"#{opened.messaging.get(ID)}", f"#{opened.body.get(ID)}",
                                   "cid:message", "cid:file1"}


def test_the_same_message_has_the_same_bytes():
    assert pushed() == pushed()


def test_a_receipt_is_that_of_the_message():
    office, sent = ends().gate.station, pushed()
    signer = fingerprint(office.chain[0])
    opened, signed = read(sent)
    receipt = office.receipt(opened, signed, "r1@customs.example", AT)
    ends().trader.confirmed(sent, receipt, AT, signer)
    with pytest.raises(Refused, match="EBMS:0302"):
        ends().trader.confirmed(pushed(parts=(filing("another"), PDF)), receipt, AT, signer)
    with pytest.raises(Refused, match="EBMS:0302"):
        ends().trader.confirmed(pushed(ident="m2@trader.example"), receipt, AT, signer)
    with pytest.raises(Refused, match="EBMS:0101"):
        ends().trader.confirmed(sent, receipt, AT, "0" * 64)
    for old, new in ((b"m1@trader", b"m2@trader"), (b"<ds:DigestValue>", b"<ds:DigestValue>A")):
        at = receipt.data.index(old)
        forged = Post(receipt.media, receipt.data[:at] + new + receipt.data[at + len(old):])
        with pytest.raises(Refused, match="EBMS:0101"):
            ends().trader.confirmed(sent, forged, AT, signer)


def test_an_error_signal_says_what_was_refused():
    sent = ends().gate.station.error(Refused("EBMS:0004", "no such party", "A001"), "m1@x", "e1@y",
                                     AT)
    opened, _ = ends().trader.read(sent, AT)
    assert (opened.kind, opened.ref) == ("Error", "m1@x")
    assert str(told(opened)) == "EBMS:0004 A001 no such party"
    with pytest.raises(Refused, match="A001"):
        ends().trader.confirmed(pushed(), sent, AT, fingerprint(ends().gate.station.chain[0]))


def test_a_changed_part_is_seen():
    sent, small = pushed(), mime.squeeze(filing().data)
    other = mime.squeeze(filing("another").data)
    assert refused(Post(sent.media, sent.data.replace(small, other))) == "EBMS:0101"


def test_a_part_too_much_or_too_few_is_seen():
    sent, small = pushed(), mime.squeeze(PDF.data)
    envelope_of, parts = mime.unpack(*sent)
    more = Post(*mime.pack(envelope_of, (*parts.items(), ("file2", small))))
    fewer = Post(*mime.pack(envelope_of, (("message", parts["message"]),)))
    assert (refused(more), refused(fewer)) == ("EBMS:0103", "EBMS:0103")
    renamed = Post(*mime.pack(envelope_of, (("message", parts["message"]), ("file9", small))))
    assert refused(renamed) == "EBMS:0103"


def _text(path, text):
    def edit(root):
        root.find(f".//{path}").text = text
    return edit


def _body(root):
    root[1].append(etree.Element("x"))


def _body_id(root):
    root[1].set(ID, "another")


def _wrapped(root):
    """The signed header is hidden where its reference still finds it; another takes its place."""
    signed = root[0][0]
    root[0].remove(signed)
    hidden = etree.SubElement(etree.SubElement(root[0][0], "Object"), "hidden")
    hidden.append(signed)
    false = etree.fromstring(etree.tostring(signed))
    false.find(f".//{q(EB, 'Action')}").text = "IE3A50"
    false.set(ID, "false")
    root[0].insert(0, false)


def _wrapped_same_id(root):
    signed = root[0][0]
    _wrapped(root)
    root[0][0].set(ID, signed.get(ID))


def _doubled(root):
    root[0].insert(0, etree.fromstring(etree.tostring(root[0][0])))


def _doubled_body(root):
    root.append(etree.fromstring(etree.tostring(root[1])))


def _comment(root):
    action = root.find(f".//{q(EB, 'Action')}")
    action.text, split = "IE3F", etree.Comment("")
    split.tail = "50"
    action.append(split)


def _uncovered(root):
    info = root.find(f".//{q(DS, 'SignedInfo')}")
    info.remove(info[-1])


def _unsigned(root):
    security = root[0][1]
    security.remove(security[1])


def _second_list(root):
    """What the signature does not cover is named in a list of its own, which nobody signed."""
    info = root.find(f".//{q(DS, 'SignedInfo')}")
    info.getparent().append(etree.fromstring(etree.tostring(info)))
    for one in info.getparent()[-1][2:-1]:
        info.getparent()[-1].remove(one)
    info.remove(info[-1])


def _second_list_doubled(root):
    info = root.find(f".//{q(DS, 'SignedInfo')}")
    second = etree.SubElement(info.getparent(), q(DS, "SignedInfo"))
    etree.SubElement(second, q(DS, "Extra"))


def _weak(root):
    root.find(f".//{q(DS, 'SignatureMethod')}").set("Algorithm", f"{DS}rsa-sha1")


def _transform(root):
    for one in root.iterfind(f".//{q(DS, 'Transform')}"):
        if one.get("Algorithm") == CONTENT:
            one.set("Algorithm", CONTENT.replace("Content-", "Complete-"))


def _more_header(root):
    etree.SubElement(root[0], q(SOAP, "Anything"))


# fmt: off
EDITS = [
    (_text(q(EB, "Action"), "IE3A50"),          "EBMS:0101"),
    (_text(q(EB, "MessageId"), "m9@x"),         "EBMS:0101"),
    (_text(q(DS, "DigestValue"), "AAAA"),       "EBMS:0101"),
    (_text(q(DS, "SignatureValue"), "AAAA"),    "EBMS:0101"),
    (_text(q(DS, "SignatureValue"), "%"),       "EBMS:0103"),
    (_text(q(SOAP, "Body"), "x"),               "EBMS:0009"),
    (_text(q(SOAP, "Body"), " "),               "EBMS:0101"),
    (_body,                                     "EBMS:0009"),
    (_body_id,                                  "EBMS:0103"),
    (_wrapped,                                  "EBMS:0103"),
    (_wrapped_same_id,                          "EBMS:0103"),
    (_doubled,                                  "EBMS:0009"),
    (_doubled_body,                             "EBMS:0009"),
    (_comment,                                  "EBMS:0009"),
    (_uncovered,                                "EBMS:0101"),
    (_unsigned,                                 "EBMS:0103"),
    (_second_list,                              "EBMS:0103"),
    (_second_list_doubled,                      "EBMS:0103"),
    (_weak,                                     "EBMS:0103"),
    (_transform,                                "EBMS:0101"),
    (_more_header,                              "EBMS:0009"),
]
# fmt: on


@pytest.mark.parametrize("edit, code", EDITS, ids=[
    f"{n} {getattr(edit, '__name__', '')}" for n, (edit, _) in enumerate(EDITS)])
def test_a_changed_envelope_is_refused(edit, code):
    assert refused(edited(pushed(), edit)) == code


def test_relative_names_of_namespaces_are_no_fault_of_ours():
    """Canonical XML has no form for them; that is the sender's error."""
    def edit(root):
        etree.SubElement(root[0][0][0], "{relative}x")
    assert refused(edited(pushed(), edit)) == "EBMS:0009"


@given(st.data())
def test_a_body_with_other_bytes_is_refused_or_means_the_same(data):
    """Bytes changed anywhere: refused in the words of ebMS, or what was signed is untouched."""
    sent, right = pushed(), read(pushed())
    changed = bytearray(sent.data)
    for _ in range(data.draw(st.integers(1, 3))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    try:
        opened, signed = read(Post(sent.media, bytes(changed)))
    except Refused:
        return
    assert envelope.header_of(opened) == envelope.header_of(right[0])
    assert (opened.parts, signed.digests) == (right[0].parts, right[1].digests)


def test_what_covers_less_is_refused_though_it_is_signed_well():
    """A trader that leaves a part unsigned, or asks for another transform, is told so."""
    station, small = ends().trader, (("message", mime.squeeze(filing().data)),)
    root = envelope.user_message(header(), (filing(),))
    bare = signature.sign(root, (), station.key, station.chain)
    assert refused(Post(*mime.pack(bare, small))) == "EBMS:0103"


def test_who_may_sign():
    station = ends().trader
    assert refused(pushed(ends().stranger)) == "EBMS:0101"
    assert refused(pushed(ends().expired)) == "EBMS:0004 A003"
    assert refused(pushed(), AT + timedelta(days=60)) == "EBMS:0004 A003"
    assert refused(pushed(), AT - timedelta(days=60)) == "EBMS:0004 A003"
    weak = issue("weak", ends().issuing, bits=1024)
    path = station.chain[1:]
    assert refused(pushed(Station(weak.key, (weak.certificate, *path), ()))) == "EBMS:0103"
    trader_as_authority = issue("below a trader", type(ends().root)(station.key, station.chain[0]))
    assert refused(pushed(Station(trader_as_authority.key, (
        trader_as_authority.certificate, *station.chain), ()))) == "EBMS:0101"
    other_key = Station(ends().other.key, station.chain, station.anchors)
    assert refused(pushed(other_key)) == "EBMS:0101"
    without_root = Station(station.key, station.chain[:2], station.anchors)
    assert read(pushed(without_root))[1].certificate == station.chain[0]


@pytest.mark.parametrize("token", ["", "%", "AAAA", "MAA=", "MIIB", "MH//"])
def test_a_token_that_is_no_path(token):
    name = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd}"
    assert refused(edited(pushed(), _text(f"{name}BinarySecurityToken", token))) == "EBMS:0103"


def test_a_token_with_something_after_it():
    longer = write(ends().trader.chain)
    name = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd}"
    data = b64encode(b64decode(longer) + b"\0").decode()
    assert refused(edited(pushed(), _text(f"{name}BinarySecurityToken", data))) == "EBMS:0103"


# fmt: off
BODIES = [
    ("text/plain",                                  b"hello",                    "EBMS:0007"),
    ("",                                            b"",                         "EBMS:0007"),
    ("application/soap+xml",                        b"",                         "EBMS:0009"),
    ("application/soap+xml",                        b"<a/>",                     "EBMS:0009"),
    ("application/soap+xml",                        b"<a",                       "EBMS:0009"),
    ("application/soap+xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',        "EBMS:0009"),
    ("multipart/related",                           b"--x\r\n\r\n\r\n--x--",     "EBMS:0007"),
    ('multipart/related; boundary="x"',             b"",                         "EBMS:0007"),
    ('multipart/related; boundary="x"',             b"--x--",                    "EBMS:0007"),
    ('multipart/related; boundary="x"',             b"--x\r\na: b\r\n\r\nc",     "EBMS:0007"),
    ('multipart/related; boundary="x"',             b"--xy\r\n\r\n\r\n\r\n--x",  "EBMS:0007"),
    ('multipart/related; boundary="x"',             b"--x" * 10_000,             "EBMS:0007"),
]
# fmt: on


@pytest.mark.parametrize("media, data, code", BODIES, ids=range(len(BODIES)))
def test_a_body_that_is_no_message(media, data, code):
    assert refused(Post(media, data)) == code


def test_every_cut_of_a_body_is_refused():
    sent = pushed()
    for at in range(0, len(sent.data) - 4, 97):
        assert refused(Post(sent.media, sent.data[:at])).startswith("EBMS:")


def test_line_ends_of_another_program_change_nothing():
    """A preamble, and other order of headers in a part, are MIME; what is signed is the content."""
    sent = pushed()
    data = b"This is MIME.\r\n" + sent.data
    assert read(Post(sent.media, data))[0].parts == read(sent)[0].parts
    swapped = data.replace(b"Content-ID: <file1>", b"content-id:<file1>")
    assert swapped != data
    assert read(Post(sent.media, swapped))[0].id == "m1@trader.example"


def test_parts_that_are_not_what_the_header_says():
    def code(parts, small):
        station = ends().trader
        data = signature.sign(envelope.user_message(header(), parts), small, station.key,
                              station.chain)
        opened, _ = read(Post(*mime.pack(data, small)))
        with pytest.raises(Refused) as caught:
            envelope.parts_of(opened)
        return caught.value.fault.code
    good = mime.squeeze(filing().data)
    pdf = ("file1", mime.squeeze(PDF.data))
    assert code((filing(),), (("message", b"no gzip"),)) == "EBMS:0303"
    assert code((filing(),), (("message", good[:-9]),)) == "EBMS:0303"
    assert code((filing(),), (("message", good + b"more"),)) == "EBMS:0303"
    assert code((filing(),), (("message", good), pdf)) == "EBMS:0011"
    assert code((filing(), PDF), (("message", good),)) == "EBMS:0011"
    assert code((PDF,), (pdf,)) == "EBMS:0010"
    exe = Part("file1", "application/x-msdownload", b"MZ")
    assert code((filing(), exe), (("message", good), ("file1", mime.squeeze(b"MZ")))) == "EBMS:0010"


def test_a_bomb_does_not_unfold():
    """A part of 200 kB that would become 200 MB is refused, and no more than the limit is held."""
    squeezer, pieces = zlib.compressobj(9, wbits=31), []
    for _ in range(200):
        pieces.append(squeezer.compress(bytes(1_000_000)))
    bomb = b"".join(pieces) + squeezer.flush()
    assert len(bomb) < 250_000
    tracemalloc.start()
    try:
        with pytest.raises(Refused, match="EBMS:0303"):
            mime.unsqueeze(bomb, 5_000_000)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_parts_that_are_too_large_are_refused_before_they_are_read():
    sent = pushed()
    big = Post(*mime.pack(mime.unpack(*sent)[0], (("message", bytes(21_000_000)),)))
    assert len(big.data) < mime.largest()
    assert refused(big) == "EBMS:0004"
    assert refused(Post(big.media, big.data + bytes(mime.largest()))) == "EBMS:0004"
