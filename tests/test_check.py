"""What check says: layers, codes, places, sentences with a remedy, the samples, the commands."""
import json
import os
from datetime import date
from pathlib import Path

import pytest

from tollbod.case import refusal
from tollbod.cli import app
from tollbod.findings import FUNCTIONAL_CODES, XML_CODES
from tollbod.play.check import judge, run
from tollbod.play.convert import run as convert
from tollbod.play.describe import run as describe
from tollbod.play.instances import PREPARED, maximal, minimal
from tollbod.rules import check as judged
from tollbod.rules import codes
from tollbod.rules.check import MAX_FINDINGS, check
from tollbod.rules.patterns import example, expression
from tollbod.rules.values import fault, spans
from tollbod.spec import codes as spec_codes
from tollbod.spec.codes import Code, codelist
from tollbod.spec.tables import PROFILES, Type, roots, types
from tollbod.wire import forms, xml
from tollbod.wire import json as json_form

HOME = Path(__file__).parents[1]
GOOD = HOME / "golden" / "messages" / "good"
DECLARATION = GOOD / "01_CC015C.xml"
SHARED = Path(os.environ.get("TOLLBOD_SHARED") or HOME / "../shared")
SAMPLES = SHARED / "reference" / "ncts" / "samples"
INDEX = SAMPLES / "index.json"


def changed(*pairs, path=DECLARATION):
    """The golden declaration with texts replaced, as a message."""
    text = path.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return forms.read(text.encode())


def told(message, layer="all", on=None):
    """The findings as (layer, code, rule, last step of the path)."""
    return [(one.layer, one.code, one.rule, one.path.rpartition("/")[2])
            for one in check(message, layer, on)]


@pytest.mark.parametrize("profile", PROFILES)
def test_made_up_messages_pass(profile):
    """The least and the full instance of every message pass schema and code lists."""
    for root in roots(profile):
        for message in (minimal(profile, root), maximal(profile, root)):
            assert check(message, "schema") == check(message, "codes", PREPARED) == [], root


@pytest.mark.parametrize("profile", PROFILES)
def test_every_example_is_a_value(profile):
    """What a sentence shows as an example is itself right, and as long as the type allows."""
    for name, kind in types(profile).items():
        shown = example(kind)
        assert fault(kind, shown) is None, name
        least, most = spans(kind)
        assert least <= len(shown) and (most is None or len(shown) <= most)
        assert all(expression(pattern).isascii() or "Z" in pattern for pattern in kind.patterns)


@pytest.mark.parametrize("profile", PROFILES)
def test_samples_have_the_verdict_of_the_index(profile, capsys):
    """`check --layer schema --json` agrees with the recorded verdicts of all public samples."""
    if not INDEX.exists():
        pytest.skip(f"no samples at {INDEX}")
    index = json.loads(INDEX.read_text(encoding="utf-8"))
    run([SAMPLES / one["file"] for one in index], True, "schema", profile)
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    recorded = "xsdP6" if profile == "p6" else "xsdP5"
    assert len(answers) == len(index) > 80
    assert [(one["file"], one["verdict"]) for one in answers] == [
        (str(SAMPLES / one["file"]), one[recorded]) for one in index]


def test_findings_stand_in_the_order_of_the_document():
    """Both layers together, by place; each with a line, a remedy in two languages and a value."""
    message = changed(("    <LRN>GRANVIK2026-0042</LRN>\n", ""), ("T1<", "T9<"),
                      ("<security>0<", "<security>x<"), ("2026-06-12", "2026-06-31"),
                      ("<type>C521", "<type>C999"))
    found = check(message)
    assert told(message) == [
        ("schema", "13", "", "LRN"), ("codes", "12", "CL231", "declarationType"),
        ("schema", "53", "", "security"), ("schema", "50", "", "limitDate"),
        ("codes", "12", "CL235", "type")]
    assert [one.line for one in found] == sorted(one.line for one in found) and found[0].line == 8
    for one in found:
        register = XML_CODES if one.layer == "schema" else FUNCTIONAL_CODES
        assert one.code in register and one.text != one.nb and one.nb.endswith((".", "?"))
    assert found[1].value == "T9" and "It has T, T1, T2, T2F, T2SM, TIR." in found[1].text


def test_layers_can_be_asked_for_alone():
    """A layer judges by itself; a place that fails the schema is not judged twice in all."""
    message = changed(("<security>0<", "<security>7<"), ("T1<", "TOOLONG<"))
    assert told(message, "schema") == [("schema", "39", "", "declarationType")]
    assert told(message, "codes") == [("codes", "12", "CL231", "declarationType"),
                                      ("codes", "12", "CL217", "security")]
    assert told(message) == [("schema", "39", "", "declarationType"),
                             ("codes", "12", "CL217", "security")]
    assert told(message, "rules") == []


def test_message_type_is_the_root():
    """The schema lets any type pass in any message; the code list layer does not."""
    message = changed(("<messageType>CC015C", "<messageType>CC013C"))
    assert told(message, "schema") == []
    assert told(message) == [("codes", "12", "CL060", "messageType")]
    (found,) = check(message)
    assert found.text == 'messageType is "CC013C" but the message is CC015C. Write CC015C.'
    assert found.nb == "messageType er «CC013C», men meldingen er CC015C. Skriv CC015C."
    message.first("messageType").text = ""
    assert check(message, "codes")[0].text.startswith('messageType is "" but')


def test_a_long_code_is_cut_to_what_a_rejection_holds():
    """The finding repeats 512 characters of it."""
    for old in ("<messageType>CC015C", "T1</declarationType>"):
        tag, _, end = old.partition("CC015C" if "CC" in old else "T1")
        (found,) = [one for one in check(changed((old, f"{tag}{'A' * 600}{end}")), "codes")
                    if one.rule in ("CL060", "CL231")]
        assert found.value == "A" * 512


def test_two_layers_give_one_order():
    """Two findings alone, the later of them told first, stand in the order of the document; of
    two at one place the first stands."""
    message = changed(("T1<", "T9<"), ("<grossMass>820.5<", "<grossMass>820,5<"))
    assert told(message) == [("codes", "12", "CL231", "declarationType"),
                             ("schema", "50", "", "grossMass")]
    both = check(changed(("  <Authorisation>", "<Odd/>" * 9_998 + "  <Authorisation>"),
                         ("T1<", "T9<"), ("DE</country>", "QQ</country>")))
    assert len(both) == MAX_FINDINGS and both[0].rule == "CL231"


def test_codes_are_judged_on_a_day():
    """A code is refused after its last day and before its first, and the sentence says so; a code
    that is not of that day is not proposed."""
    values = {"T1": Code("", "2026-06-07", ""), "T2": Code("2026-06-09", "", ""),
              "T": Code("", "", ""), "TIR": Code("", "", "")}
    message = changed(("T1</dec", "T9</dec"))
    place = message.first("TransitOperation/declarationType")
    with listed("CL231", values):
        for text, day, said in (("T1", 7, None), ("T2", 9, None), ("T", 8, None),
                                ("T1", 8, "was not valid on 2026-06-08; CL231 (DeclarationType) "
                                 "has it for other days. Use a code of that day."),
                                ("T2", 8, "was not valid on 2026-06-08"),
                                ("T9", 8, "is not in code list CL231 (DeclarationType). It has T, "
                                 "TIR."), ("T9", 7, "It has T1, T, TIR.")):
            place.text = text
            found = check(message, "codes", date(2026, 6, day))
            assert [one.text.partition(f'"{text}" ')[2] for one in found] == (
                [found[0].text.partition(f'"{text}" ')[2]] if said else [])
            assert not said or said in found[0].text
        place.text = "T1"
        (found,) = check(message, "codes", None)        # the day of preparation
        assert found.nb == ("declarationType «T1» gjaldt ikke 2026-06-08; CL231 (DeclarationType) "
                            "har den for andre dager. Bruk en kode som gjelder da.")


def test_the_day_of_a_message():
    """It is the day on which the message was prepared, or in ICS2 issued; none if it names none."""
    message = changed()
    assert judged.prepared_on(message) == date(2026, 6, 8)
    message.first("preparationDateAndTime").text = "soon"
    assert judged.prepared_on(message) is None
    assert judged.prepared_on(minimal("ics2", "IE3F10")) == date(2026, 5, 4)


@pytest.mark.parametrize(("code", "value", "said"), [
    ("CL228", "x", " It has N830."), ("CL251", "X", " It has 0, 1, 2, 3, 4, 5, 8, 9, A, B, J, R."),
    ("CL008", "UK", " Did you mean GB (United Kingdom)?"),
    ("CL010", "el", " Did you mean GR (Greece)?"), ("CL010", "UK", " Use a code of the list."),
    ("CL744", "22", " Use a code of the list."), ("CL744", "2", " Did you mean 21 (Presented)?"),
    ("CL244", "NOXXX", " Use a code of the list."),
    ("CL171", "no371001x" + "x" * 15, " Did you mean NO371001 (Svinesund GDØ)?"),
])
def test_what_may_have_been_meant(code, value, said):
    """A short list is shown whole; of a longer one the code that begins most alike; of one too
    long to look through nothing."""
    assert codes._hint(value, codelist(code), None)[0] == said


def listed(code, values):
    """Have a code list hold these codes for a while."""
    def forget():
        codes._known.cache_clear()
        spec_codes._has.cache_clear()

    class Patch(pytest.MonkeyPatch):
        """Forgets afterwards what was made of the list."""

        def __enter__(self):
            kept = spec_codes._values
            self.setattr(spec_codes, "_values", lambda one: values if one == code else kept(one))
            forget()

        def __exit__(self, *_):
            self.undo()
            forget()
    return Patch()


@pytest.mark.parametrize(("old", "new", "code", "said"), [
    ("<LRN>GRANVIK2026-0042<", "<LRN>GRANVIK2026-0042-AND-MORE<", "39", "at most 22"),
    ("<LRN>GRANVIK2026-0042<", "<LRN><", "40", "is empty"),
    ("<LRN>GRANVIK2026-0042<", "<LRN> GRANVIK<", "51", "neither begins nor ends with a blank"),
    ("NO365001<", "NO36500<", "40", "exactly 8"),
    ("NO365001<", "no365001<", "51", 'such as "NO371001"'),
    ("<grossMass>1000<", "<grossMass>0<", "51", "above zero"),
    ("<grossMass>820.5<", "<grossMass>820,5<", "50", "a point for decimals"),
    ("<numberOfSeals>1<", "<numberOfSeals>10000<", "55", "the highest is 9999"),
    ("<goodsItemNumber>1<", "<goodsItemNumber>0<", "54", "the lowest is 1"),
    ("<bindingItinerary>0<", "<bindingItinerary>2<", "12", "is not one of 0, 1."),
    ("2026-06-12", "12.06.2026", "50", "year-month-day"),
    ("<PlaceOfLoading>", "<PlaceOfLoading><UNLocode>NOBGO</UNLocode>", "35", "at most 1 is"),
    ("<LRN>", "<lrn>x</lrn><LRN>", "15", "lrn is not known in TransitOperation"),
    ("<currency>NOK</currency>", "", "13", "Add it after amountToBeCovered."),
    ("<countryOfDispatch>", "<x:y xmlns:x='urn:x'/><countryOfDispatch>", "15", "its namespace"),
    ("<country>DE</country>", "<country>DE</country>!", "15", '"!" stands between elements'),
])
def test_sentences(old, new, code, said):
    """Each kind of fault has its code of CL030 and a sentence that says how to mend it."""
    found = check(changed((old, new)), "schema")
    assert any(one.code == code and said in one.text for one in found), found
    assert len({one.code for one in found}) == 1


def test_no_more_is_reported_than_moved():
    """One element out of order is one finding, wherever it was moved from and to."""
    text = DECLARATION.read_text(encoding="utf-8")
    moved = "  <messageType>CC015C</messageType>\n"
    at_end = text.replace(moved, "").replace("</ncts:CC015C>", moved + "</ncts:CC015C>")
    assert told(forms.read(at_end.encode())) == [("schema", "15", "", "messageType")]
    last = "  <Consignment>" + text.partition("  <Consignment>")[2].partition("</ncts")[0]
    first = text.replace(last, "").replace("  <messageSender>", last + "  <messageSender>")
    assert told(forms.read(first.encode())) == [("schema", "15", "", "Consignment")]


def test_namespace_on_everything_is_one_finding():
    """The commonest slip of all, a default namespace, is told once."""
    message = changed(("ncts:CC015C", "CC015C"), ("xmlns:ncts", "xmlns"))
    found = check(message)
    assert [(one.code, one.path) for one in found] == [("15", "/CC015C/messageSender")]
    assert "<ncts:...>" in found[0].text


def test_without_any_office_of_transit_those_at_the_border_are_named():
    """C0030 tells which party the goods enter and where they may; elsewhere it says no more."""
    text = DECLARATION.read_text(encoding="utf-8")
    before, _, rest = text.partition("  <CustomsOfficeOfTransitDeclared>")
    text = before + rest.partition("</CustomsOfficeOfTransitDeclared>\n")[2]
    (found,) = check(forms.read(text.replace("DE004851", "SE603303").encode()))
    assert (found.rule, found.code) == ("C0030", "13")
    assert " The goods enter the EU. It may be SE010332 " in found.text
    assert "SE603340 Tullverket Svinesund" in found.text and found.text.endswith(".")
    assert " Varene kommer inn i EU. Det kan være SE010332 " in found.nb
    back = text.replace("NO365001", "SE603303").replace("DE004851", "NO371001")
    (found,) = [one for one in check(forms.read(back.encode())) if one.rule == "C0030"]
    assert " The goods enter NO. It may be NO331001 Bjørnfjell GMBJ, " in found.text
    within = text.replace("NO365001", "SE603303").replace(">T1<", ">T2<")
    (found,) = [one for one in check(forms.read(within.encode())) if one.rule == "C0030"]
    assert found.text.endswith("if that is wrong.")


def test_findings_are_bounded():
    """A message wrong in 60,000 places gives as many findings as a rejection holds, and soon."""
    found = check(changed(("  <Authorisation>", "<Odd/>" * 60_000 + "  <Authorisation>")))
    assert len(found) == MAX_FINDINGS == 9_999
    assert found[-1].path == "/CC015C/Odd[9999]"
    assert found[-1].text.endswith(" No more than 9999 findings are told; there may be others.")
    assert found[-1].nb.endswith(" Det fortelles høyst 9999 funn; det kan være flere.")
    assert "No more than" not in found[-2].text
    assert refusal.reason(tuple(found)).endswith(" (and at least 9994 more)")
    assert refusal.reason(tuple(found[:9])).endswith(" (and 4 more)")
    assert len(refusal.functional_errors(tuple(found), "CC015C")) == MAX_FINDINGS


def test_a_fault_the_table_does_not_explain_is_still_a_finding(monkeypatch):
    """Should XSD and table ever differ, the message is refused in the schema's words."""
    monkeypatch.setattr(judged.structure, "examine", lambda message: iter(()))
    found = check(changed(("<security>0<", "<security>x<")), "schema")
    assert [(one.layer, one.code, one.rule, one.path, one.line) for one in found] == [
        ("schema", "18", "", "/CC015C", 2)]
    assert found[0].text.startswith("The schema refuses the message: Element 'security'")
    assert found[0].nb.startswith("Skjemaet avviser meldingen: Element 'security'")
    again = forms.read(json_form.write(changed(("<security>0<", "<security>x<"))))
    assert check(again, "schema")[0].text == found[0].text and not check(
        forms.read(json_form.write(changed())), "schema")


def test_dates_and_bytes_as_libxml2_has_them():
    """The end of the day is a time; base64 may be broken by blanks but not misspelt."""
    kinds = types("p6")
    for text in ("2024-02-29T24:00:00", " 2026-05-04T08:00:00\n"):
        assert fault(kinds["dateTime"], text) is None
    for text in ("2023-02-29T08:00:00", "2026-05-04T08:00:60", "0000-01-01T00:00:00"):
        assert fault(kinds["dateTime"], text).code == "50"
    base64 = Type("b", "xs:base64Binary")
    assert [fault(base64, text) is None for text in ("YQ==", "Y Q==", "YR==", "YQ=", "====")] == [
        True, True, False, False, False]


# The commands.

def test_check_command(tmp_path, capsys):
    """Exit codes 0, 1, 2; one JSON object a line with the fixed keys; the worst file decides."""
    wrong = tmp_path / "wrong.xml"
    wrong.write_bytes(xml.write(changed(("<security>0<", "<security>x<"))))
    missing = tmp_path / "missing.xml"
    assert run([DECLARATION]) == 0 and "valid" in capsys.readouterr().out
    assert run([DECLARATION, wrong]) == 1
    shown = capsys.readouterr().out
    assert "/CC015C/TransitOperation/security" in shown and "line 12" in shown
    assert run([wrong], language="nb") == 1
    assert "ugyldig, 1 feil" in (nb := capsys.readouterr().out) and "når strukturen" in nb
    assert run([DECLARATION], language="nb") == 0 and "gyldig" in capsys.readouterr().out
    assert run([wrong, missing, DECLARATION], json_out=True) == 2
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [one["verdict"] for one in answers] == ["invalid", "unreadable", "valid"]
    assert list(answers[0]) == ["file", "message", "profile", "verdict", "findings"]
    assert list(answers[0]["findings"][0]) == ["layer", "code", "rule", "path", "line", "text"]
    assert answers[1]["findings"][0]["text"] == "Cannot read the file: there is no such file."


@pytest.mark.parametrize("profile, why",
                         [("p4", "is no interchange"), ("ics2", "has the namespace")])
def test_profiles_of_other_files_are_refused_in_words(profile, why):
    """A profile that is not read yet, or that XML cannot have, is no traceback."""
    answer = judge(DECLARATION, "all", profile)
    assert answer["verdict"] == "unreadable" and why in answer["findings"][0]["text"]


def test_convert_command(tmp_path, capfdbinary):
    """To JSON and back gives the same bytes; what cannot be carried is told."""
    assert convert(DECLARATION, "json") == 0
    as_json = tmp_path / "m.json"
    as_json.write_bytes(capfdbinary.readouterr().out)
    assert convert(as_json, "xml") == 0
    assert capfdbinary.readouterr().out == DECLARATION.read_bytes()
    odd = tmp_path / "odd.xml"
    odd.write_bytes(DECLARATION.read_bytes().replace(b"<LRN>", b'<LRN id="1">'))
    assert convert(odd, "json") == 0
    assert b"left out: the attribute id in /CC015C/TransitOperation/LRN" in (
        capfdbinary.readouterr().err)
    assert convert(tmp_path / "none", "json") == 2
    assert convert(DECLARATION, "edifact") == 0
    written, told = capfdbinary.readouterr()
    assert written.startswith(b"UNA:+.? 'UNB+UNOC:3+") and b"phase 4 demands NamCO17" in told
    assert capfdbinary.readouterr().out == b""


@pytest.mark.parametrize(("what", "said"), [
    ("IE015", "CC015C: Declaration data"), ("cc015c", "LRN "), ("007", "Arrival notification"),
    ("CL231", "T2SM"), ("CL060", "MessageTypes"), ("C0001", "Consignment/HouseConsignment/Consig"),
    ("G03", "CL252"), ("NO365001", "roles:"), ("13", "missing"), ("T2F", "CL231"),
    (str(DECLARATION), "verdict: "),
])
def test_describe_command(what, said, capsys):
    """Whatever has a name is told in words."""
    assert describe(what) == 0
    assert said in capsys.readouterr().out


@pytest.mark.parametrize(("what", "said"), [
    ("IE999", "Did you mean IE"), ("", "It may be"), ("none.xml", "no such file"),
    ("ÆØÅ", "nothing here is called ÆØÅ"),
])
def test_describe_of_nothing(what, said, capsys):
    """What nobody knows is a sentence and exit code 2."""
    assert describe(what) == 2
    shown = capsys.readouterr()
    assert said in shown.err and not shown.out


def test_from_the_command_line(capsys):
    """The command line hands the options on."""
    with pytest.raises(SystemExit) as left:
        app(["check", "--json", "--layer", "schema", "--profile", "p6", str(DECLARATION)])
    assert not left.value.code and json.loads(capsys.readouterr().out)["verdict"] == "valid"
