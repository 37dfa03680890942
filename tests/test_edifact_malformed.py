"""Malformed interchanges: what CONTRL says of each, and where; changes of one that is right.

A row is a name, changes (`OLD=>NEW`, the first place only), and what the answer must hold: service
segments, `fine`, `no answer`, or `unreadable`. Positions count the tag as 1 and UNH as 1.
"""
import gzip
import time
from datetime import UTC, datetime

import pytest

from tollbod.play import ack, check, convert, describe
from tollbod.wire.edifact import contrl
from tollbod.wire.edifact.judge import Verdict, judge, verdicts
from tollbod.wire.message import Unreadable

WHEN = datetime(2026, 11, 2, 9, tzinfo=UTC)
MESSAGE = ("UNH+M1+CUSDEC:D:96B:UN:CC015B'BGM+:::T1++9'LOC+118+NO371001'DTM+137:20261102:102'"
           "RFF+ABE:LRN1'NAD+AF+NO987654321++FJORD FRAKT AS+KAIA 3+BERGEN++5003+NO'UNS+D'"
           "CST+1+03055100'FTX+AAA+++DRIED FISH'UNS+S'CNT+5:1'UNT+12+M1'")
HEAD, TAIL = "UNA:+.? 'UNB+UNOC:3+NO987654:ZZZ+TOLLBOD:ZZZ+261102:0915+R1'", "UNZ+1+R1'"
GROUP, GROUP_END = "UNG+CUSDEC+A+B+261102:0915+G1+UN+D:96B'", "UNE+1+G1'"
BASE = HEAD + MESSAGE + TAIL
GROUPED = HEAD + GROUP + MESSAGE + GROUP_END + TAIL
UCI, UCM = "UCI+R1+NO987654:ZZZ+TOLLBOD:ZZZ+", "UCM+M1+CUSDEC:D:96B:UN:CC015B+4"
V4 = "UNOC:3=>UNOC:4 | 261102:=>20261102:"
STAR = f"{V4} | .? '=>.?*'"

ROWS = """
UNB: small letters at level A | UNOC:3=>UNOA:3 | NO98=>no98 | UCI+R1+no987654:ZZZ+{TO}4+21+UNB+3:1
UNB: no version                      | UNOC:3=>UNOC                               | 4+2+UNB+2:2
UNB: version 03                      | UNOC:3=>UNOC:03                            | 4+2+UNB+2:2
UNB: no syntax identifier            | UNOC:3=>                                   | 4+2+UNB+2:2
UNB: level G in version 3            | UNOC:3=>UNOG:3                             | 4+2+UNB+2:1
UNB: level E in version 3            | UNOC:3=>UNOE:3                             | fine
UNB: level L in version 4            | UNOC:3=>UNOL:4 | 261102:=>20261102:        | fine
UNB: blank recipient                 | TOLLBOD:=> :                               | no answer
UNB: qualifier of five characters    | 54:ZZZ=>54:ZZZZZ                           | 4+39+UNB+3:2
UNB: sender of 36 characters         | NO987654=>{N36}                            | 4+39+UNB+3:1
UNB: sender of four components       | 54:ZZZ=>54:ZZZ:R:X                         | 4+16+UNB+3:4
UNB: a released mark in the sender | NO987654=>NO?+1 | +R1'=>+R1++++1' | UCI+R1+NO?+1:ZZZ+{TO}7
UNB: password too long               | +R1'=>+R1+PASSWORDPASSWORD'                | 4+39+UNB+7:1
UNB: application reference too long  | +R1'=>+R1++ABCDEFGHIJKLMNO'                | 4+39+UNB+8
UNB: time of three digits            | :0915=>:915                                | 4+40+UNB+5:2
UNB: time in letters                 | :0915=>:noon                               | 4+37+UNB+5:2
UNB: no date                         | 261102:=>:                                 | 4+13+UNB+5:1
UNB: a line ends in it               | +R1'=>{CRLF}+R1'                           | 4+21+UNB+5:2
UNB: a line ends in the reference    | +R1'=>+R{LF}1' | +1+R1=>+1+R{LF}1          | 4+21+UNB+6
UNB: test indicator 0                | +R1'=>+R1++++++0'                          | 4+12+UNB+12
UNB: test indicator 2 in version 3   | +R1'=>+R1++++++2'                          | 4+12+UNB+12
UNB: test indicator 5 in version 4   | {V4} | +R1'=>+R1++++++5'                   | 4+12+UNB+12
UNB: test indicator 3 in version 4   | {V4} | +R1'=>+R1++++++3'                   | fine
UNB: acknowledgement request 1       | +R1'=>+R1++++1'                            | {UCI}7
UNB: acknowledgement request 0       | +R1'=>+R1++++0'                            | 4+12+UNB+10
UNB: acknowledgement request 2 in 3  | +R1'=>+R1++++2'                            | 4+12+UNB+10
UNB: receipt is asked for            | {V4} | +R1'=>+R1++++2'                     | {UCI}8
UNB: acknowledgement request 3       | {V4} | +R1'=>+R1++++3'                     | 4+12+UNB+10
UNA: release is the element's mark   | .? '=>.+ '                                 | 4+20+UNA
UNA: five characters                 | .? '=>.?'                                  | unreadable
UNA: twice                           | UNA=>UNA:+.? 'UNA                          | unreadable
UNA: a line after it                 | UNB=>{CRLF}UNB                             | fine
UNH: six components in version 3     | 15B'=>15B:X'                               | {UCM}+16+UNH+3:6
UNH: access reference too long       | 15B'=>15B+{N36}'                           | {UCM}+39+UNH+4
UNH: status of transfer              | 15B'=>15B++1:C'                            | fine
UNH: unknown status of transfer      | 15B'=>15B++1:X'                            | {UCM}+12+UNH+5:2
UNH: five elements                   | 15B'=>15B+A+1:C+X'                         | {UCM}+8+UNH
UNH: agency in small letters         | :UN:=>:un:                                 | 4+3+UNH+3:1
UNH: no reference                    | UNH+M1=>UNH+                               | {UCI}4+13+UNH+2
UNH: a reference of blanks           | UNH+M1+=>UNH+ + | 12+M1'=>12+ '         | {UCI}4+13+UNH+2
UNT: nothing in it                   | UNT+12+M1=>UNT                             | {UCM}+13+UNT+2
UNT: three elements                  | UNT+12+M1=>UNT+12+M1+X                     | {UCM}+8+UNT
UNT: two components                  | UNT+12=>UNT+12:1                           | {UCM}+16+UNT+2
UNT: a blank before the count        | UNT+12=>UNT+ 12                            | {UCM}+37+UNT+2
UNT: a negative count                | UNT+12=>UNT+-12                            | {UCM}+29+UNT+2
UNT: a count with decimals           | UNT+12=>UNT+13.0                           | {UCM}+29+UNT+2
UNT: seven digits                    | UNT+12=>UNT+0000012                        | {UCM}+39+UNT+2
UNT: no reference                    | UNT+12+M1=>UNT+12                          | {UCM}+13+UNT+3
UNT: reference in small letters      | 12+M1=>12+m1                               | {UCM}+28+UNT+3
UNT: it comes after UNZ              | UNT+12+M1'=>                               | {UCM}+13+UNT
UNZ: small letters                   | UNZ=>unz                                   | {UCI}4+33
UNZ: three elements                  | +1+R1'=>+1+R1+X'                           | 4+8+UNZ
UNZ: its end is released             | +1+R1'=>+1+R1?'                            | 4+13+UNZ
UNZ: a negative count                | UNZ+1=>UNZ+-1                              | 4+29+UNZ+2
NUL in text                          | FISH=>FI{NUL}SH                            | UCS+9 UCD+21+5:1
NUL between segments                 | LOC=>{NUL}LOC                              | UCS+3+6
a letter of Latin at level B         | UNOC:3=>UNOB:3 | FJORD=>FJ{AA}RD           | UCS+6 UCD+21+5:1
a letter of Latin in version 1       | UNOC:3=>UNOA:1 | FISH=>FISK{AA}            | UCS+9 UCD+21+5:1
a star in version 3 is text          | .? '=>.?*' | FISH=>FI*SH                   | fine
a released star in version 4         | {STAR} | FISH=>FI?*SH                      | fine
a repetition that is not allowed     | {STAR} | LOC+118=>LOC+118*9                | UCS+3 UCD+35+2
a composite repeated                 | {STAR} | :102'=>:102*137:20261102:102'     | UCS+4 UCD+35+2
a release before a line's end        | FISH'=>?{LF} FISH'                         | UCS+9 UCD+21+5:1
a release in a tag                   | LOC=>L?OC                                  | UCS+3+6
a tag with a letter of Latin         | LOC=>L{AA}C                                | UCS+3+6
a tag of digits                      | LOC=>123                                   | UCS+3+6
a tag of four letters                | LOC=>LOCX                                  | UCS+3+6
blanks before segments               | BGM=>  BGM                                 | UCS+2+6
blanks before UNH                    | UNH=>  UNH                                 | {UCI}4+33
lines end as they like               | UNH=>{CRLF}UNH | BGM=>{LF}BGM | LOC=>{CR}LOC | fine
security in version 4                | {V4} | UNS+D=>USA+1'UNS+D | UNT+12=>UNT+13 | UCS+7+27
security in version 3                | UNS+D=>USA+1'UNS+D | UNT+12=>UNT+13        | UCS+7+6
an empty BGM                         | BGM+:::T1++9=>BGM                          | fine
UNS with an E                        | UNS+S=>UNS+E                               | UCS+10 UCD+12+2
30,000 components | FISH=>F{COMPONENTS} | UCS+9 UCD+16+5:6
30,000 elements                      | FISH=>F{ELEMENTS}                             | UCS+9+8
a million elements                   | FISH=>F{MILLION}                          | UCS+9 UCD+39
five million letters                 | FISH=>{HUGE}                               | UCS+9 UCD+39+5
five million releases                | FISH=>{RELEASES}                           | UCS+9 UCD+39+5
a point and a comma | CNT+5:1=>CNT+5:1,000.5 | UCS+11 UCD+19+2:2
no digit before the point | CNT+5:1=>CNT+5:.5 | UCS+11 UCD+38+2:2
a minus at the end | CNT+5:1=>CNT+5:1- | UCS+11 UCD+37+2:2
two minuses | CNT+5:1=>CNT+5:--1 | UCS+11 UCD+37+2:2
a comma in version 4                 | {V4} | CNT+5:1=>CNT+5:1,5                  | fine
bad UTF-8 | UNOC:3=>UNOY:4 | 261102:=>20261102: | FISH=>F{AA}H | UCS+9 UCD+21+5:1
HTML before it                       | UNA=><html>UNA                             | 4+33+UNB
a letter after it                    | +1+R1'=>+1+R1'Best regards,{CRLF}Ola       | 4+33
"""
SIGNS = {
    "CRLF": "\r\n", "LF": "\n", "CR": "\r", "NUL": "\0", "AA": "\xc5", "N36": "N" * 36,
    "COMPONENTS": ":A" * 30_000, "ELEMENTS": "+A" * 30_000, "MILLION": "+A" * 1_000_000,
    "HUGE": "X" * 5_000_000, "RELEASES": "?" * 5_000_000, "UCI": UCI, "UCM": UCM,
    "TO": "TOLLBOD:ZZZ+",
}
WHOLE = {
    "group: right": (GROUPED, "fine"),
    "group: count in letters": (GROUPED.replace("UNE+1", "UNE+X"), "UCF+G1+A+B+4+37+UNE+2"),
    "group: no recipient, which UCF cannot say": (GROUPED.replace("+A+B+", "+A++"),
                                                  f"{UCI}4+13+UNG+4"),
    "group: its type in small letters": (GROUPED.replace("UNG+CUSDEC", "UNG+cusdec"),
                                         "UCF+G1+A+B+4+31+UNG+2"),
    "group: no such day": (GROUPED.replace("B+261102", "B+261131"), "UCF+G1+A+B+4+12+UNG+5:1"),
    "group: nothing in it": (HEAD + GROUP + "UNE+0+G1'" + TAIL, "UCF+G1+A+B+4+32+UNE"),
    "group: in a group": (HEAD + GROUP + GROUP + MESSAGE + GROUP_END * 2 + TAIL, f"{UCI}4+33+UNG"),
    "group: its reference twice": (
        HEAD + GROUP + MESSAGE + GROUP_END + GROUP + MESSAGE.replace("M1", "M2") + GROUP_END +
        "UNZ+2+R1'", "UCF+G1+A+B+4+26+UNG+6"),
    "group: a reference of the group before": (
        GROUPED[:-len(TAIL)] + (GROUP + MESSAGE + GROUP_END).replace("G1", "G2") + "UNZ+2+R1'",
        f"UCF+G2+A+B+7 {UCM}+26+UNH+2"),
    "UNZ counts messages, not groups": (
        HEAD + GROUP + MESSAGE + MESSAGE.replace("M1", "M2") + "UNE+2+G1'UNZ+2+R1'",
        f"{UCI}4+29+UNZ+2"),
    "a message of nothing": (HEAD + MESSAGE[:30] + "UNT+2+M1'" + TAIL, f"{UCM} UCS+1+13"),
    "no message": (HEAD + TAIL, f"{UCI}4+32+UNZ"),
    "ten thousand items": (BASE.replace("UNS+S'", "CST+2'" * 9_999 + "UNS+S'"),
                           "UCS+10008+36"),
    "a CONTRL that asks for an answer": (
        "UNB+UNOC:3+A+B+261102:0915+X1++++1'UNH+1+CONTRL:D:3:UN'UCI+R1+B+A+8'UNT+3+1'UNZ+1+X1'",
        "no answer"),
    "a CONTRL that is wrong": (
        "UNB+UNOC:3+A+B+261102:0915+X1++++1'UNH+1+CONTRL:D:3:UN'UCI+R1+B+A+9'UNT+3+1'UNZ+1+X1'",
        "no answer"),
    "a CONTRL of no such version": (
        "UNB+UNOC:3+A+B+261102:0915+X1'UNH+1+CONTRL:D:96B:UN'UCI+R1+B+A+8'UNT+3+1'UNZ+1+X1'",
        "no answer"),
    "other marks, all controls": (
        BASE.translate(str.maketrans(":+'", "\x1f\x1d\x1c")), "fine"),
}
BYTES = {"UTF-16": BASE.encode("utf-16"), "UTF-32": BASE.encode("utf-32"),
         "EBCDIC": BASE.encode("cp037"), "gzip": gzip.compress(BASE.encode()), "a release": b"?"}


def rows():
    """Name, interchange and what is expected of each row, then what is written out whole."""
    for line in ROWS.strip().split("\n"):
        name, *changes, wanted = (part.strip(" ") for part in line.split(" | "))
        yield name, changed(changes), wanted.format_map(SIGNS)
    for name, (text, wanted) in WHOLE.items():
        yield name, text, wanted


def changed(changes):
    text, waiting = BASE, [*changes]
    while waiting:
        one = waiting.pop(0)
        if one in ("{V4}", "{STAR}"):
            waiting = (V4 if one == "{V4}" else STAR).split(" | ") + waiting
            continue
        old, new = one.split("=>", 1)
        assert old in text, f"{one}: it is not there"
        text = text.replace(old, new.format_map(SIGNS) if "{" in new else new, 1)
    return text


@pytest.mark.parametrize(("name", "text", "wanted"),
                         [pytest.param(*row, id=row[0]) for row in rows()])
def test_contrl_says_what_is_wrong_and_where(name, text, wanted):
    data = text.encode("latin-1")
    if wanted == "unreadable":
        with pytest.raises(Unreadable):
            list(verdicts(data))
        return
    (verdict,) = verdicts(data)
    if wanted == "fine":
        assert [fault.text() for fault in verdict.faults()] == []
        return
    assert contrl.possible(verdict) == (wanted != "no answer")
    if wanted == "no answer":
        return
    assert contrl.wanted(verdict)
    answer = contrl.answer(verdict, "A1", WHEN)
    assert wanted in " ".join(answer.decode("latin-1").split("'")), answer
    if "qualifier" not in name:         # sent back as it came, though nobody knows it
        assert [fault.text() for one in verdicts(answer) for fault in one.faults()] == []


@pytest.mark.parametrize("data", BYTES.values(), ids=BYTES)
def test_what_is_no_interchange_is_told_as_unreadable(data):
    with pytest.raises(Unreadable):
        list(verdicts(data))


def test_cut_at_any_byte_it_is_never_right():
    whole = GROUPED.encode("latin-1")
    for end in range(len(whole)):
        try:
            found = list(judge(whole[:end]))
        except Unreadable:
            continue
        assert isinstance(found[-1], Verdict) and not found[-1].fine, whole[:end]


def test_bytes_of_another_repertoire_are_read_if_it_is_named(tmp_path):
    path = tmp_path / "windows.edi"
    path.write_bytes(BASE.replace("FISH", "FISH \x80 5").encode("latin-1"))
    assert check.judge(path)["syntax"] == "invalid"
    assert check.judge(path, lenient="windows-1252")["syntax"] == "valid"
    assert check.judge(path, lenient="utf-8")["syntax"] == "invalid"


COMMANDS = {
    "check": lambda path: check.run([path]),
    "check --json": lambda path: check.run([path], True),
    "ack": ack.run,
    "describe": lambda path: describe.run(str(path)),
    **{f"convert --to {form}": lambda path, form=form: convert.run(path, form)
       for form in ("xml", "json", "edifact")},
}


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_say_what_they_can_of_anything(command, tmp_path, capsysbinary):
    """An exit code of the three, no crash and no hang; standard output takes UTF-8 only."""
    path = tmp_path / "one.edi"
    for name, text, _ in rows():
        path.write_bytes(text.encode("latin-1"))
        began = time.process_time()
        assert COMMANDS[command](path) in (0, 1, 2), name
        assert time.process_time() - began < 5, name
        said = capsysbinary.readouterr()[0]
        if command not in ("ack", "convert --to edifact"):      # these speak as the sender did
            said.decode("utf-8")
