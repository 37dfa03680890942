"""EDIFACT: what is read, what is wrong and where, the CONTRL that says so, and writing again."""
import io
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tollbod.spec.edifact import tables
from tollbod.wire.edifact import contrl, write
from tollbod.wire.edifact.envelope import Interchange, Message
from tollbod.wire.edifact.judge import Judged, judge, verdicts
from tollbod.wire.edifact.marks import DEFAULT
from tollbod.wire.edifact.reader import Agreement, read
from tollbod.wire.edifact.tokens import Repeated
from tollbod.wire.edifact.tree import Branch, plain, tree, values
from tollbod.wire.message import Unreadable

HOME = Path(__file__).parents[1]
GOLDEN = HOME / "golden" / "edifact"
SHARED = Path(os.environ.get("TOLLBOD_SHARED", HOME / ".." / "shared")) / "reference" / "edifact"
MOMENT = datetime(2026, 11, 2, 9, 16, tzinfo=UTC)
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared reference is not here")


def answers(data, profile="ncts"):
    """The CONTRL of every interchange that can be answered, a segment a line."""
    return "".join(contrl.answer(one, f"A{one.interchange.number}", MOMENT).decode("latin-1")
                   .replace("'", "'\n") for one in verdicts(data, profile) if contrl.possible(one))


def codes(data, profile="ncts", agreement=Agreement()):
    return [(fault.level, fault.code) for one in verdicts(data, profile, agreement)
            for fault in one.faults()]


def cusdec(*segments, unb="UNB+UNOC:3+A+B+261102:0915+R1'", una=""):
    body = [*segments, "UNS+D", "UNS+S"] if "UNS+D" not in segments else segments
    text = f"{una}{unb}UNH+1+CUSDEC:D:96B:UN'BGM'"
    return f"{text}{''.join(one + chr(39) for one in body)}UNT+{len(body) + 3}+1'UNZ+1+R1'"


# Golden interchanges

@pytest.mark.parametrize("path", sorted((GOLDEN / "broken").glob("*.edi")), ids=lambda p: p.stem)
def test_broken_interchanges_are_answered(path):
    """Every fault has its CONTRL; the CONTRL itself is right, and reads back as what was wrong."""
    expected = path.with_suffix(".contrl").read_text("latin-1")
    assert answers(path.read_bytes()) == expected
    if "NEP" not in expected:           # a qualifier that nobody knows is sent back as it came
        assert codes(expected.replace("'\n", "'").encode("latin-1")) == []


@pytest.mark.parametrize("path", sorted((GOLDEN / "good").glob("*.edi")), ids=lambda p: p.stem)
def test_good_interchanges_are_valid_and_written_back(path):
    data = path.read_bytes()
    assert codes(data) == []
    assert b"".join(write.canonical(data)) == data


def test_golden_interchanges_cover_the_codes():
    """Each code of 0085 that is given for what is wrong in the bytes has a broken interchange."""
    found = {code for path in (GOLDEN / "broken").glob("*.edi")
             for _, code in codes(path.read_bytes())}
    assert {"2", "3", "6", "8", "12", "13", "15", "16", "19", "21", "26", "28", "29", "30", "31",
            "32", "33", "34", "35", "36", "37", "38", "39"} <= found


@pytest.mark.parametrize("spoilt", ["+ +B+", "+A+  :ZZZ+", "++B+"])
def test_an_address_of_blanks_names_nobody(spoilt):
    """Nobody can be answered: the fault is told, and no CONTRL goes to a blank."""
    data = cusdec("LOC+9+OSLO").replace("+A+B+", spoilt)
    (verdict,) = verdicts(data.encode())
    assert [(fault.tag, fault.code) for fault in verdict.faults()][0] == ("UNB", "13")
    assert not contrl.possible(verdict)


# The reference

EXPECTED = {       # what index.json expects, as CONTRL says it
    "02": "UCM+M1+CUSDEC:D:96B:UN:CC015B+4+37+UNT", "04": "UN:CC015B+4+13+UNT",
    "06": "ZZZ+4+29", "08": "ZZZ+4+22", "10": "ZZZ+4+20", "14": "ZZZ+4+33", "16": "ZZZ+4+30",
    "20": "UCS+9'\nUCD+21", "22": "ZZZ+4+13", "26": "ZZZ+4+33", "28": "ZZZ+4+33",
    "30": "UCS+5+6", "32": "UCS+6+13", "34": "UCS+4'\nUCD+13+2", "36": "UCS+3+8",
    "38": "UCS+3'\nUCD+12+2", "40": "ZZZ+4+32", "46": "UCS+7+6", "48": "UN:CC015B+4+3",
    "52": "UN+4+13+UNT'\nUCS+102+35", "00": "ZZZ+8'", "42": "ZZZ+8'", "44": "ZZZ+8'",
    "24": "ZZZ+4+26",
}


@needs_shared
def test_malformed_interchanges_get_the_expected_code():
    index = json.loads((SHARED / "malformed" / "index.json").read_text("utf-8"))
    assert len(index) == 26
    for row in index:
        data = (SHARED / "malformed" / row["file"]).read_bytes()
        number = row["file"][:2]
        if row["contrl"] == "none possible":
            with pytest.raises(Unreadable):
                list(read(data))
            continue
        assert EXPECTED[number] in answers(data), row
        if row["expected"].startswith("accept"):
            assert codes(data)[:1] in ([], [("interchange", "26")]), row
        else:
            assert codes(data), row
        kind = row["contrl"].split("/")[-1].split()
        told = {code for _, code in codes(data)}
        for code in (word.strip(",") for word in kind):
            if code.isdigit() and not row["expected"].startswith("accept"):
                assert code in told or "or" in kind, row


@needs_shared
def test_ncts_examples_are_valid_in_the_profile():
    for path in sorted((SHARED / "ncts_examples").glob("*.edi")):
        assert codes(path.read_bytes()) == [], path.name
    example = (SHARED / "ncts_examples" / "IE015.edi").read_bytes()
    assert codes(example, "strict") == [("element", "39"), ("element", "12")]


@needs_shared
def test_third_party_interchanges_are_read_or_refused_for_a_reason():
    index = json.loads((SHARED / "third_party" / "index.json").read_text("utf-8"))
    assert len(index) == 34
    for row in index:
        data = (SHARED / "third_party" / row["file"]).read_bytes()
        if not row["unb_count"] and b"UNB" not in data:
            with pytest.raises(Unreadable):
                list(read(data))
            continue
        messages = [one for one in read(data) if isinstance(one, Message)]
        assert len(messages) >= len(row["messages"]), row["file"]
        for message, said in zip(messages, row["messages"]):
            assert said.startswith(":".join(message.identifier))
        once = b"".join(write.canonical(data))
        assert b"".join(write.canonical(once)) == once, row["file"]


# Syntax

def test_places_are_exact():
    """A fault knows its segment, element, component, byte and line, in text with release too."""
    data = cusdec("\nLOC+9+OSL?'O:::X", "\nLOC+XQ+A").encode()
    fault = next(fault for one in verdicts(data) for fault in one.faults())
    assert (fault.segment, fault.element, fault.component, fault.line) == (4, 2, 0, 3)
    assert data[fault.offset:fault.offset + 4] == b"XQ+A"
    assert fault.path == "UNH[1]/LOC[2]/3227" and fault.code == "12"


def test_bytes_are_counted_in_multibyte_repertoires():
    data = cusdec("FTX+AAA+++ÆØÅ", "FTX+XQ+1", una="UNA:+.?*'",
                  unb="UNB+UNOY:4+A+B+20261102:0915+R1'").encode()
    fault = next(fault for one in verdicts(data) for fault in one.faults())
    assert data[fault.offset:fault.offset + 2] == b"XQ"


@pytest.mark.parametrize("level, text, good", [
    ("UNOA:3", "ABC", True), ("UNOA:3", "abc", False), ("UNOB:3", "abc", True),
    ("UNOB:3", "å", False), ("UNOC:3", "å", True), ("UNOD:3", "ł", True), ("UNOE:3", "Ж", True),
    ("UNOF:3", "Ω", True), ("UNOG:4", "ħ", True), ("UNOH:4", "ķ", True), ("UNOI:4", "ع", True),
    ("UNOJ:4", "א", True), ("UNOK:4", "ş", True), ("UNOX:4", "日本", True), ("UNOY:4", "日本", True),
    ("UNOC:3", "\x85", False), ("UNOY:3", "a", False),
])
def test_repertoires_are_strict(level, text, good):
    codec = {"A": "latin-1", "B": "latin-1", "C": "latin-1", "D": "iso8859-2", "E": "iso8859-5",
             "F": "iso8859-7", "G": "iso8859-3", "H": "iso8859-4", "I": "iso8859-6",
             "J": "iso8859-8", "K": "iso8859-9", "X": "iso2022_jp_2", "Y": "utf-8"}[level[3]]
    date = "20261102" if level.endswith("4") else "261102"
    data = cusdec(f"FTX+AAA+++{text}", unb=f"UNB+{level}+A+B+{date}:0915+R1'").encode(codec)
    assert (codes(data) == []) is good
    if good:
        message = next(read(data))
        assert message.segments()[2][4] == [text]
        assert b"".join(write.canonical(b"".join(write.canonical(data)))) \
            == b"".join(write.canonical(data))


def test_a_lenient_reader_is_asked_for_by_name():
    data = cusdec("FTX+AAA+++20 €").encode("cp1252")
    assert codes(data) == [("element", "21")]
    assert codes(data, agreement=Agreement(lenient="windows-1252")) == []


@pytest.mark.parametrize("ends", [0, 1, 3, 4, 5, 9, 5_000])
def test_empty_ends_are_cut_off_whatever_their_length(ends):
    some = [[["FTX"], ["AAA"], ["", "x", *[""] * ends], *[[""] * 2] * ends],
            [["LOC"], [""] * (ends + 1), Repeated([["a", *[""] * ends], ["b"]])], [["UNS"]]]
    version4 = DEFAULT._replace(repetition="*")
    assert write.text(some, version4) == "FTX+AAA+:x'LOC++a*b'UNS'"


def test_marks_of_una_and_information_separators():
    text = cusdec("LOC+9+OSLO", "FTX+AAA+++A?+B")
    other = text.replace("?+", "\0").translate(str.maketrans("+:'", "*|~")).replace("\0", "+")
    assert codes(("UNA|*.? ~" + other).encode()) == []
    controls = cusdec("LOC+9+OSLO", unb="UNB+UNOB:1+A+B+261102:0915+R1'").translate(
        str.maketrans("+:'", "\x1d\x1f\x1c"))
    assert codes(controls.encode()) == []
    decimal = cusdec("MEA+WT++KGM:1,5", una="UNA:+,? '")
    assert codes(decimal.encode()) == []
    assert codes(decimal.replace("UNA:+,? '", "").encode()) == []       # 6314 is alphanumeric
    assert codes(cusdec("MOA+22:1,5").encode()) == [("element", "19")]


def test_agreements_about_senders_tests_and_duplicates():
    data = cusdec(unb="UNB+UNOC:3+A+B+261102:0915+R1++++++1'").encode()
    agreed = Agreement(senders={"X"}, recipients={"Y"}, tests=(), seen={("A", "B", "R1")})
    assert codes(data) == []
    assert [code for _, code in codes(data, agreement=agreed)] == ["23", "7", "26", "25"]


def test_the_tree_has_groups_names_and_meanings():
    message = next(read((GOLDEN / "good" / "cusdec.edi").read_bytes()))
    top = tree(message)
    groups = [one.name for one in top if isinstance(one, Branch)]
    assert groups == ["SG1", "SG4", "SG6", "SG30"]
    office = next(one for one in top if one.number == 3)
    assert [(one.path, one.text, one.meaning) for one in values(office)] == [
        ("3227", "118", "Customs office of departure"), ("C517/3225", "NO371001", "")]
    numbers = [one["segment"] for one in flat(plain(top))]
    assert numbers == list(range(1, message.count + 1))


def flat(rows):
    for row in rows:
        yield from flat(row["content"]) if "group" in row else [row]


def test_a_contrl_reads_back():
    sent = (GOLDEN / "broken" / "two-faults-in-two-messages.contrl").read_text("latin-1")
    message = next(read(sent.replace("\n", "").encode()))
    found = contrl.report(message)
    assert (found.reference, found.rejected) == ("R0001", False)
    assert [found.becomes(one) for one in ("M1", "M2", "M3")] == [
        "rejected", "acknowledged", "rejected"]
    assert ("12", 3, 2) in {(one.code, one.segment, one.element) for one in found.lines}


def test_contrl_is_sent_when_asked_for_or_when_something_is_wrong():
    def one(data):
        return next(iter(verdicts(data)))
    plain_ = one(cusdec().encode())
    asked = one(cusdec(unb="UNB+UNOC:3+A+B+261102:0915+R1++++1'").encode())
    wrong = one(cusdec("LOC+XQ").encode())
    answer = one(contrl.answer(wrong, "C1", MOMENT))
    assert [contrl.wanted(it) for it in (plain_, asked, wrong, answer)] == [
        False, True, True, False]
    assert [contrl.action(it) for it in (plain_, asked, wrong)] == ["8", "7", "7"]
    assert not contrl.possible(answer)


def test_written_interchanges_count_and_refuse_what_the_repertoire_lacks():
    message = [[["UNH"], ["1"], ["CUSDEC", "D", "96B", "UN"]], [["BGM"]], [["UNS"], ["D"]],
               [["UNS"], ["S"]]]
    made = write.interchange(["A"], ["B"], "R1", MOMENT, [message])
    assert made.endswith(b"UNT+5+1'UNZ+1+R1'") and codes(made) == []
    for odd in ("ł", "\x07", "\ud800"):
        with pytest.raises(write.Unwritable):
            write.interchange([odd], ["B"], "R1", MOMENT, [message])


def test_tables_name_their_messages():
    assert {one[0] for one in tables.identifiers()} == {"CUSDEC", "CUSRES", "SANCRT", "CONTRL"}
    ncts = tables.message("CUSDEC", "D", "96B", "UN", "ncts")
    times = {row.name: row.times for _, row in ncts.walk()}
    assert (times["SG31"], times["SG37"], times["SG38"]) == (99, 108, 99)
    with pytest.raises(tables.UnknownMessage):
        tables.message("CUSDEC", "D", "99B", "UN")


def test_messages_come_one_at_a_time():
    """A stream is read in chunks: the first message is there before the last was read."""
    whole = cusdec().encode()
    start, end = whole.index(b"UNH"), whole.index(b"UNZ")

    class Stream(io.BytesIO):
        taken = 0

        def read(self, size=-1):
            self.taken += size
            return super().read(size)
    stream = Stream(whole[:start] + whole[start:end] * 20_000 + whole[end:])
    first = next(iter(judge(stream)))
    assert isinstance(first, Judged) and stream.taken < 200_000
    last = list(judge(stream.getvalue()))[-1]
    assert isinstance(last.interchange, Interchange) and last.interchange.messages == 20_000
