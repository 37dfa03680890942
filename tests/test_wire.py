"""Bytes to messages and back: what is read, what is refused in which words, what a digest is."""
import json as plain_json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tollbod.play.instances import maximal, minimal
from tollbod.rules.check import check
from tollbod.spec.tables import EVERY_PROFILE, NAMESPACE, UnknownMessage, roots
from tollbod.wire import forms, json, xml
from tollbod.wire.message import Node, Unreadable, digest, from_plain

HEAD = {"messageSender": "A", "messageRecipient": "NTA.NO", "messageType": "CD118C",
        "preparationDateAndTime": "2026-05-04T08:00:00", "messageIdentification": "1"}


def wrapped(body, kind="CD118C", extra=""):
    """A message of our own making around the body."""
    return f'<n:{kind} xmlns:n="{NAMESPACE}"{extra}>{body}</n:{kind}>'.encode()


def refused(data, read=forms.read):
    """What the reader says of bytes that are no message."""
    with pytest.raises(Unreadable) as caught:
        read(data)
    assert caught.value.text.endswith((".", "?")) and caught.value.nb.endswith((".", "?"))
    return caught.value


@pytest.mark.parametrize("profile", EVERY_PROFILE)
def test_every_message_survives_both_forms(profile):
    """XML and JSON of one content are read as the same content, for every message there is."""
    for root in roots(profile):
        for message in (minimal(profile, root), maximal(profile, root)):
            as_xml, as_json = xml.write(message), json.write(message)
            first, second = xml.read(as_xml, profile), json.read(as_json, profile)
            assert first.plain() == second.plain() == message.plain()
            assert digest(first) == digest(second) == digest(message)
            assert xml.write(second) == as_xml and json.write(first) == as_json
            assert xml.write(from_plain(profile, root, first.plain(), first.phase)) == as_xml


def test_what_a_message_tells():
    """The header's fields have names of their own."""
    message = forms.read(wrapped("<messageSender> A </messageSender><messageRecipient>B"
                                 "</messageRecipient><messageIdentification>7"
                                 "</messageIdentification>", extra=' PhaseID="NCTS5.1"'))
    assert (message.kind, message.ie, message.profile, message.form, message.phase) == (
        "CD118C", "IE118", "p5", "xml", "NCTS5.1")
    assert (message.sender, message.recipient, message.identification, message.correlation) == (
        "A", "B", "7", "")


def test_nodes_know_their_place():
    """Index only where there are siblings of one name; the line is the line of the start tag."""
    message = forms.read(wrapped("\n<A><B>1</B>\n<B>2</B><C/></A>\n<A><B>3</B></A>"))
    places = [(node.path(), node.line, node.text) for node in message.all("A/B")]
    assert places == [("/CD118C/A[1]/B[1]", 2, "1"), ("/CD118C/A[1]/B[2]", 3, "2"),
                      ("/CD118C/A[2]/B", 4, "3")]
    assert message.first("A/C").path() == "/CD118C/A[1]/C"
    assert message.get("A/B") == "1" and message.get("A/X", "-") == "-"
    assert message.first("A/X") is None and message.all("X") == []


def test_from_plain_puts_things_in_order():
    """The table's order; nothing for None, empty texts, lists and groups; numbers as text."""
    message = from_plain("p6", "CC015C", {
        "Consignment": {"grossMass": Decimal("12.500"), "Consignor": {"name": ""},
                        "referenceNumberUCR": None, "HouseConsignment": [{"sequenceNumber": 1}]},
        "messageType": "CC015C", "Authorisation": [], "Odd": "x", "messageSender": "A"})
    assert [node.name for node in message.root.children] == [
        "messageSender", "messageType", "Consignment", "Odd"]
    assert message.plain()["Consignment"] == {
        "grossMass": "12.500", "HouseConsignment": [{"sequenceNumber": "1"}]}
    with pytest.raises(UnknownMessage):
        from_plain("p6", "CC999C", {})


def test_demanded_group_stays_though_empty():
    """A group that the table demands but which may be empty is written as an empty element."""
    message = from_plain("p6", "CC004C", {"HolderOfTheTransitProcedure": {"name": ""}})
    assert b"<HolderOfTheTransitProcedure/>" in xml.write(message)


def test_plain_lists_what_may_be_repeated():
    """A list where the table allows many, and where an unknown name repeats."""
    content = forms.read(wrapped("<Z>1</Z><Z>2</Z><Y>1</Y>")).plain()
    assert content == {"Z": ["1", "2"], "Y": "1"}


SAME = [
    wrapped("<messageSender>A B</messageSender><messageType>CD118C</messageType>"),
    wrapped("\n  <messageSender> A\n B </messageSender>\n  <messageType>CD118C</messageType>\n"),
    wrapped("<!-- x --><messageSender>A <?y?>B</messageSender><messageType>CD118C</messageType>"),
    wrapped("<messageSender>A&#32;B</messageSender><messageType><![CDATA[CD118C]]></messageType>"),
    wrapped("<messageSender>A B</messageSender><messageType>CD118C</messageType>").replace(
        b"n:", b"other:").replace(b"xmlns:n", b"xmlns:other"),
    wrapped("<messageSender>A B</messageSender><messageType>CD118C</messageType>",
            extra=' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
                  'xsi:schemaLocation="urn:x y.xsd"'),
    b'{"CD118C": {"messageType": "CD118C", "messageSender": "A B"}}',
    '{"CD118C": {"messageType": "CD118C", "messageSender": "A B"}}'.encode("utf-16"),
]
OTHER = [
    wrapped("<messageSender>A C</messageSender><messageType>CD118C</messageType>"),
    wrapped("<messageSender>A B</messageSender><messageType>CD118C</messageType><X/>"),
    wrapped("<messageSender>A B</messageSender><messageType>CD118C</messageType>",
            extra=' PhaseID="NCTS6"'),
    wrapped("<messageSender>A B</messageSender>x<messageType>CD118C</messageType>"),
    wrapped('<messageSender id="1">A B</messageSender><messageType>CD118C</messageType>'),
    wrapped("<messageType>CD118C</messageType><messageSender>A B</messageSender>"),
    SAME[0].replace(b"n:CD118C xmlns:n", b"CD118C xmlns").replace(b"/n:", b"/"),
]


def test_digest_is_of_the_content():
    """Layout, prefix, comments, hints and the form do not count; everything else does."""
    same = {digest(forms.read(data)) for data in SAME}
    assert len(same) == 1
    other = [digest(forms.read(data)) for data in OTHER]
    assert len({*other, *same}) == len(OTHER) + 1


def test_digest_keeps_blanks_of_free_text():
    """Blanks count in free text, as they do for the schema, and not around a number."""
    def of(text, mass):
        body = f"<Consignment><grossMass>{mass}</grossMass><Consignee><name>{text}</name>"
        return digest(forms.read(wrapped(body + "</Consignee></Consignment>", "CC015C")))
    assert of("A  B", "1") != of("A B", "1") == of("A B", "\n1 ")
    assert of("A\nB", "1") == of("A B", "1")


@pytest.mark.parametrize("encoding", ["UTF-8", "UTF-16", "ISO-8859-1", "ISO-8859-15",
                                      "windows-1252"])
def test_declared_encodings(encoding):
    """Characters arrive whatever declared encoding they came in."""
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + wrapped(
        "<messageSender>Bjørn &amp; Söner</messageSender>").decode()
    assert forms.read(text.encode(encoding)).sender == "Bjørn & Söner"


def test_text_is_kept_as_sent():
    """Reading changes no character; writing escapes what must be, and comes back the same."""
    text = "<a> & \"b\" ]]> 'c'\té\u2028\U0001F600 "
    message = from_plain("p6", "CC015C", {"Consignment": {"Consignee": {"name": text}}})
    assert forms.read(xml.write(message)).get("Consignment/Consignee/name") == text
    assert forms.read(json.write(message)).get("Consignment/Consignee/name") == text
    returned = from_plain("p6", "CD118C", {"messageSender": "a\r\nb"})
    assert forms.read(xml.write(returned)).root.get("messageSender") == "a\r\nb"


ENTITIES = "".join(f'<!ENTITY a{n + 1} "{f"&a{n};" * 10}">' for n in range(12))
BAD = [
    #  bytes                                                       code  what is said
    (b"",                                                          "52", "empty"),
    (b" \n\t ",                                                    "52", "empty"),
    (b"hello",                                                     "52", "not XML."),
    (b"PK\x03\x04 and so on",                                      "52", "zip archive"),
    (b"%PDF-1.7",                                                  "52", "PDF"),
    (b"\x1f\x8b\x08",                                              "52", "gzip"),
    (b"UNB+UNOC:3+A+B+260504:0800+1'",                             "52", "EDIFACT"),
    (b"<a>",                                                       "52", "line 1, column 4"),
    (b"<a>\n</b>",                                                 "52", "line 2"),
    (b"<a/><b/>",                                                  "52", "after the end"),
    (b"<a>R & D</a>",                                              "52", "&amp;"),
    (b"<a>&nbsp;</a>",                                             "52", "entity"),
    (b"<a b=c/>",                                                  "52", "quoted"),
    (b"<x:a/>",                                                    "52", "prefix"),
    (b'\n<?xml version="1.0"?><a/>',                               "52", "does not stand first"),
    (b"<a>\xff</a>",                                               "53", "declared encoding"),
    (b"<a>\x01</a>",                                               "53", "control character"),
    (b"<a>&#1;</a>",                                               "53", "control character"),
    (b'<?xml version="1.0" encoding="EBCDIC-US"?><a/>',            "53", "EBCDIC-US"),
    (b'<?xml version="1.0" encoding="UTF-7"?><a/>',                "53", "UTF-7"),
    (b"<CC015C/>",                                                 "15", "no namespace"),
    (b"<s:Envelope xmlns:s='urn:soap'/>",                          "15", "Send the message alone"),
    (b'<CC015C xmlns="urn:other"/>',                               "15", 'namespace "urn:other"'),
    (wrapped("", "CC015X"),                                        "15", "Did you mean CC015C?"),
    (wrapped("", "Envelope"),                                      "15", "such as CC015C"),
    (b"<!DOCTYPE a><a/>",                                          "15", "DOCTYPE"),
    (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',              "15", "DOCTYPE"),
    (f'<!DOCTYPE a [<!ENTITY a0 "x">{ENTITIES}]><a>&a12;</a>'.encode(), "15", "DOCTYPE"),
    ('<?xml version="1.0"?><!DOCTYPE a><a/>'.encode("utf-16"),     "15", "DOCTYPE"),
    (wrapped("<a>" * 25 + "</a>" * 25),                            "35", "deep"),
    (b"<a>" * 5000 + b"</a>" * 5000,                               "52", "nested too deeply"),
    (wrapped("<a/>" * 400_000),                                    "35", "more than 300,000"),
    (wrapped("<a/>" * 900_000),                                    "35", "more than 300,000"),
    (b"<" + b"a" * xml.MAX_BYTES,                                  "39", "at most 10,000,000"),
    (b"{}",                                                        "52", "named after the message"),
    (b"[]",                                                        "52", "named after the message"),
    (b'{"CC015C": 1}',                                             "52", "must be an object"),
    (b'{"CC015C": {"a": "b"}',                                     "52", "not JSON: line 1"),
    (b'{"CC015C": {"a": NaN}}',                                    "52", "NaN"),
    (b'{"CC015C": {"a": [["b"]]}}',                                "52", "list of strings"),
    (b'{"CC015C": {"a": "1", "a": "2"}}',                          "35", "twice"),
    (b'{"CC015C": {"a": "\\u0001"}}',                              "53", "U+0001"),
    (b'{"CC015C": {"a": "\\ud800"}}',                              "53", "U+D800"),
    (b'{"CC015C": {"a b": "1"}}',                                  "53", "name of an element"),
    (b'{"CC015C": {"a": "\xff"}}',                                 "53", "not UTF-8"),
    (b'{"CC015X": {}}',                                            "15", "Did you mean CC015C?"),
    (b"[" * 100_000,                                               "35", "deep"),
    (b'{"CC015C": ' + b'{"a": ' * 50 + b"1" + b"}" * 51,           "35", "deep"),
    (b"[" * 900_000,                                               "39", "too many parts"),
]


@pytest.mark.parametrize(("data", "code", "said"), BAD, ids=range(len(BAD)))
def test_bad_input(data, code, said):
    """Each kind of bytes that are no message has its own code and sentence."""
    fault = refused(data)
    assert (fault.code, said in fault.text) == (code, True), fault.text


def test_profile_of_a_message():
    """The PhaseID names the profile unless one is asked for; a profile may lack a message."""
    five = wrapped("", "CC015C", ' PhaseID="NCTS5.1"')
    assert forms.read(five).profile == "p5" and forms.read(five, "p6").profile == "p6"
    assert forms.read(wrapped("", "CCA15D", ' PhaseID="NCTS5.1"')).profile == "p6"
    fault = refused(wrapped("", "CCA15D"), lambda data: forms.read(data, "p5"))
    assert "Profile p6 has it." in fault.text


def test_json_has_no_order_and_takes_numbers():
    """Members come in any order, numbers as spelt, null is nothing, {} an empty group."""
    message = json.read(b'{"CC015C": {"Consignment": {"grossMass": 12.500, "Consignee": null, '
                        b'"Consignor": {}}, "messageSender": "A", "@id": "x"}}')
    assert [node.name for node in message.root.children] == ["messageSender", "Consignment"]
    assert message.get("Consignment/grossMass") == "12.500"
    assert message.first("Consignment/Consignor").plain() == ""
    assert message.first("Consignment/Consignee") is None
    assert [(stray.path, stray.name) for stray in message.stray] == [("/CC015C", "id")]
    assert plain_json.loads(json.write(message))["CC015C"]["Consignment"]["Consignor"] == {}


def bits():
    """Pieces that XML, JSON and messages are made of, in any order."""
    return st.lists(st.sampled_from([
        b"<", b">", b"/", b"</", b"<a>", b"</a>", b"&", b"&amp;", b"<![CDATA[", b"]]>", b"<!--",
        b"-->", b"<?xml version='1.0'?>", b"<!DOCTYPE", b"\x00", b"\xff", b"\xfe", b"{", b"}", b"[",
        b"]", b":", b",", b'"', b'"CC015C"', b"null", b"1", b"NaN", b"\\u0000", wrapped("<a>1</a>"),
        b'{"CC015C":{"a":"b"}}', "é".encode(), b" PhaseID='NCTS6'", b"UNB+", b" ",
        b'<n:CC015C xmlns:n="http://ncts.dgtaxud.ec">', b"</n:CC015C>"]), max_size=20).map(b"".join)


@given(st.one_of(st.binary(max_size=200), bits(), bits().map(lambda data: wrapped(
    data.decode("latin-1"), "CC015C"))))
def test_any_bytes_are_read_or_refused(data):
    """Whatever comes in, it is a message (which can be judged and written) or Unreadable."""
    try:
        message = forms.read(data)
    except Unreadable as fault:
        assert fault.code and fault.text and fault.nb
        return
    assert check(message) and len(digest(message)) == 32
    for node in message.root.children:
        assert isinstance(node, Node) and node.path().startswith(f"/{message.kind}/")
    json.write(message)
    xml.write(message)


@given(st.recursive(st.none() | st.booleans() | st.text(max_size=5) | st.integers(),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
                        st.sampled_from(["Consignment", "grossMass", "@x", "Odd", "1", "LRN"]),
                        inner, max_size=3), max_leaves=12))
def test_any_json_is_read_or_refused(content):
    """Any JSON value under a message's name is a message or Unreadable; its XML is well-formed."""
    try:
        message = forms.read(plain_json.dumps({"CC015C": content}).encode())
    except Unreadable:
        return
    assert check(message)
    etree.fromstring(xml.write(message))
