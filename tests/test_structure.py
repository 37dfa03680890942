"""The schema layer in words: what is said of each fault of structure, in both languages."""
from itertools import permutations

import pytest

from tollbod.play.instances import PREPARED, minimal
from tollbod.rules import check, structure
from tollbod.wire import forms, json, xml
from tollbod.wire.message import Message

LONGEST = 6


def changed(*pairs: tuple[str, str], root: str = "CC015C") -> Message:
    """The least message of a kind with parts of its text replaced, once each."""
    text = xml.write(minimal("p6", root)).decode()
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    return forms.read(text.encode())


def least_in_disorder(places: list[int]) -> int:
    """How many must go for the rest to stand in order, found the slow way: by trying all."""
    best = [0] * len(places)
    for n, place in enumerate(places):
        best[n] = 1 + max((best[k] for k in range(n) if places[k] <= place), default=0)
    return len(places) - max(best, default=0)


def test_as_few_as_possible_are_out_of_place():
    """Whatever the order, the ones that are kept stand in order, and no more could be."""
    for size in range(LONGEST):
        for places in {*permutations(range(size)), *permutations([n // 2 for n in range(size)])}:
            for some in (list(places), [-1, *places], [*places[:2], -1, *places[2:], -1]):
                kept = structure._in_order(some)
                assert len(kept) == len(some)
                left = [place for place, stays in zip(some, kept) if stays and place >= 0]
                known = [place for place in some if place >= 0]
                assert left == sorted(left) and len(known) - len(left) == least_in_disorder(known)
                assert all(stays for place, stays in zip(some, kept) if place < 0)


STRANGER = "<messageSender>", "<{0}>x</{0}><messageSender>"
GUARANTEE = "<sequenceNumber>1</sequenceNumber>\n    <guaranteeType>A</guaranteeType>"


@pytest.mark.parametrize(("old", "new", "path", "english", "bokmaal"), [
    ("<messageSender>ABCDEFGHIJ</messageSender>", "", "13 messageSender",
     "The element messageSender (an..35) is missing in CC015C. Add it before messageRecipient.",
     "Elementet messageSender (an..35) mangler i CC015C. Sett det inn foran messageRecipient."),
    ("<security>1</security>", "", "13 TransitOperation/security",
     "The element security (n1) is missing in TransitOperation. Add it after "
     "presentationOfTheGoodsDateAndTime.", "Elementet security (n1) mangler i TransitOperation. "
     "Sett det inn etter presentationOfTheGoodsDateAndTime."),
    (f"<Guarantee>\n    {GUARANTEE}\n  </Guarantee>", "", "13 Guarantee",
     "The group Guarantee is missing in CC015C. Add it after Representative.",
     "Gruppen Guarantee mangler i CC015C. Sett den inn etter Representative."),
    ("  <Guarantee>", f"  <Guarantee>{GUARANTEE}</Guarantee>" * 9 + "<Guarantee>",
     "35 Guarantee[10]", "Guarantee stands 10 times; at most 9 are allowed. Remove the rest.",
     "Guarantee står 10 ganger; høyst 9 er tillatt. Ta bort resten."),
    ("<messageSender>", "<messageSender>A</messageSender>" * 2 + "<messageSender>",
     "35 messageSender[2]", "messageSender stands 3 times; at most 1 is allowed. Remove the rest.",
     "messageSender står 3 ganger; høyst 1 er tillatt. Ta bort resten."),
    (STRANGER[0], STRANGER[1].format("messageSendr"), "15 messageSendr",
     "messageSendr is not known in CC015C. Did you mean messageSender?",
     "messageSendr er ikke kjent i CC015C. Mente du messageSender?"),
    (STRANGER[0], STRANGER[1].format("security"), "15 security", "security is not known in CC015C. "
     "Remove it; CC015C has it in TransitOperation/security.", "security er ikke kjent i CC015C. "
     "Ta det bort; CC015C har det i TransitOperation/security."),
    (STRANGER[0], STRANGER[1].format("zzz"), "15 zzz", "zzz is not known in CC015C. Remove it.",
     "zzz er ikke kjent i CC015C. Ta det bort."),
    ("<security>1</security>", "<security><a/></security>", "15 TransitOperation/security",
     "security holds elements but is a value (n1). Put its text there instead.",
     "security inneholder elementer, men er en verdi (n1). Sett inn teksten i stedet."),
    ('PhaseID="NCTS6"', 'PhaseID="x"', "12 @PhaseID", 'PhaseID "x" is not one of NCTS6, NCTS5.1, '
     "NCTS5.0 (profile p6). Correct it or leave it out.", "PhaseID «x» er ikke en av NCTS6, "
     "NCTS5.1, NCTS5.0 (profil p6). Rett det eller utelat det."),
    ("<LRN>", '<LRN a="1">', "15 TransitOperation/LRN/@a", "The attribute a is not allowed; a "
     "message has no attribute but PhaseID on its root. Remove it.", "Attributtet a er ikke "
     "tillatt; en melding har ikke andre attributter enn PhaseID på roten. Ta det bort."),
    ("<LRN>", "stray<LRN>", "15 TransitOperation", 'The text "stray" stands between elements. '
     "Remove it.", "Teksten «stray» står mellom elementer. Ta den bort."),
    ("<LRN>ABCDEFGH1</LRN>", "", "13 TransitOperation/LRN", "The element LRN (an..22) is missing "
     "in TransitOperation. Add it before declarationType.", "Elementet LRN (an..22) mangler i "
     "TransitOperation. Sett det inn foran declarationType."),
], ids=lambda one: one[:30].strip())
def test_sentence(old, new, path, english, bokmaal):
    found = check.check(changed((old, new)), "schema")
    code, _, place = path.partition(" ")
    assert [(one.layer, one.code, one.rule, one.path, one.text, one.nb) for one in found] == [
        ("schema", code, "", f"/CC015C/{place}", english, bokmaal)]


@pytest.mark.parametrize(("old", "new"), [
    ('PhaseID="NCTS6"', 'PhaseID="{0}"'), ("<LRN>", '<LRN a="{0}">'), ("<LRN>", "{0}<LRN>"),
    ("<security>1", "<security>{0}"), ("<LRN>", "<zzz>{0}</zzz><LRN>"),
], ids=["phase", "attribute", "stray text", "value", "stranger"])
def test_a_long_value_is_cut_to_what_a_rejection_holds(old, new):
    value = "y" * 600
    (found,) = check.check(changed((old, new.format(value))), "schema")
    assert found.value == (value[:512] if "zzz" not in new else "") and value not in found.text


def test_what_is_missing_where_there_is_nothing_beside_it():
    office = "<CustomsOfficeOfDeparture>\n    <referenceNumber>NO371001</referenceNumber>"
    (found,) = check.check(changed((office, "<CustomsOfficeOfDeparture>")), "schema")
    assert found.text == ("The element referenceNumber (an8) is missing in "
                          "CustomsOfficeOfDeparture. Add it first.")
    assert found.nb == ("Elementet referenceNumber (an8) mangler i CustomsOfficeOfDeparture. Sett "
                        "det inn først.")
    lone = forms.read(b'<n:CC015C xmlns:n="http://ncts.dgtaxud.ec"><a/></n:CC015C>')
    assert [one.path for one in check.check(lone, "schema")][0] == "/CC015C/messageSender"


def test_a_group_that_must_stand_twice():
    """Of ICS2: two countries of routing are the least."""
    text = json.write(minimal("ics2", "IE3A12")).decode()
    route = '"countriesOfRoutingOfMeansOfTransport": '
    head, _, tail = text.partition(route)
    inner, _, rest = tail.partition("]")
    one = inner.strip().lstrip("[").split("}")[0] + "}"
    for left, path in ((f"[{one}]", "[2]"), ("[]", "")):
        message = forms.read(f"{head}{route}{left}{rest}".encode())
        (found,) = check.check(message, "schema")
        assert (found.code, found.rule, found.layer) == ("13", "", "schema")
        assert found.path.endswith(f"countriesOfRoutingOfMeansOfTransport{path}")
    (found,) = check.check(forms.read(f"{head}{route}[{one}]{rest}".encode()), "schema")
    assert found.text == ("At least 2 countriesOfRoutingOfMeansOfTransport are due in "
                          "activeBorderTransportMeans, which has 1. Add the rest.")
    assert found.nb == ("Minst 2 countriesOfRoutingOfMeansOfTransport kreves i "
                        "activeBorderTransportMeans, som har 1. Legg til resten.")


def test_a_message_that_is_no_xml_is_judged_the_same():
    """The phase of a message in JSON is judged too; one that has none may leave it out."""
    message = minimal("p6", "CC015C")
    for phase, codes in (("x", ["12"]), ("", []), ("NCTS6", [])):
        again = forms.read(json.write(message).replace(b'"NCTS6"', f'"{phase}"'.encode()))
        assert [one.code for one in check.check(again, "schema")] == codes
    assert [one.code for one in check.check(changed(('"NCTS6"', '""')), "schema")] == ["12"]


def test_a_text_in_a_group_is_told_before_what_it_lacks():
    found = check.check(changed((f"<Guarantee>\n    {GUARANTEE}\n  </Guarantee>",
                                 f"<Guarantee>{'x' * 600}</Guarantee>")), "schema")
    assert [(one.code, one.path) for one in found] == [
        ("15", "/CC015C/Guarantee"), ("13", "/CC015C/Guarantee/sequenceNumber"),
        ("13", "/CC015C/Guarantee/guaranteeType")]
    assert found[0].value == "x" * 512 and found[1].value == ""
    assert found[0].text == ("Guarantee holds a text but is a group. Put elements such as "
                             "sequenceNumber in it.")
    assert found[0].nb == ("Guarantee inneholder tekst, men er en gruppe. Sett inn elementer som "
                           "sequenceNumber.")


@pytest.mark.parametrize(("old", "new", "english", "bokmaal"), [
    ("T</dec", "T7</dec", 'declarationType "T7" is not in code list CL231 (DeclarationType). It '
     "has T, T1, T2, T2F, T2SM, TIR.", "declarationType «T7» er ikke i kodelisten CL231 "
     "(DeclarationType). Den har T, T1, T2, T2F, T2SM, TIR."),
    (">NO371001", ">NO371099", " Did you mean NO371", " Mente du NO371"),
    (">NO371001", ">QQ123456", " Use a code of the list.", " Bruk en kode fra listen."),
    ("AB</typeOf", "??</typeOf", " Use a code of the list.", " Bruk en kode fra listen."),
], ids=["short list", "office", "no such country", "nothing alike"])
def test_code(old, new, english, bokmaal):
    found = [one for one in check.check(changed((old, new)), "codes", PREPARED)
             if one.value and one.value in new]
    assert len(found) == 1 and found[0].code == "12"
    assert english in found[0].text and bokmaal in found[0].nb, found[0]
