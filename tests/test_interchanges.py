"""The door for EDIFACT over real HTTP: what is taken, what CONTRL says, the forms of mail."""
import re
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from web_house import GRN, problem, site, world  # noqa: F401

from tollbod.office.interchange import MOST_MESSAGES
from tollbod.play import specimen
from tollbod.spec.tables import root_of
from tollbod.wire import forms
from tollbod.wire.edifact import contrl, ncts
from tollbod.wire.edifact.envelope import Message
from tollbod.wire.edifact.judge import Judged, judge, verdicts
from tollbod.wire.message import from_plain

SCENARIOS = Path(__file__).parents[1] / "scenarios"
WHEN = datetime(2026, 5, 4, 8, tzinfo=UTC)
REGISTER = ncts.Known({one.id: ncts.Party(one.id, one.name, one.street, one.postcode, one.city,
                                          one.country, one.authorisations)
                       for one in specimen.PARTIES})
EDIFACT = {"Accept": "application/edifact"}


def interchange(*messages, reference="R1", sender=specimen.HOLDER, recipient="NTA.NO", ask=False,
                when=WHEN):
    """An interchange of XML messages."""
    some = [ncts.write_message(forms.read(one), REGISTER, reference=f"M{n}")
            for n, one in enumerate(messages, 1)]
    return ncts.write_interchange(some, sender=sender, recipient=recipient, reference=reference,
                                  when=when, test=True, acknowledge=ask)


def declared(lrn="LRN1", reference="R1", **more):
    return interchange(specimen.declaration(lrn, "M1", GRN), reference=reference, **more)


def opened(data):
    """The message of an interchange of ours, which must be right by syntax and directory."""
    found = list(judge(data))
    assert [str(fault) for fault in found[-1].faults()] == []
    one, whole = found[0].message, found[-1].interchange
    assert isinstance(found[0], Judged) and isinstance(one, Message) and len(found) == 2
    return whole, one


def letters(trader, after=0, seconds=5):
    """Everything in the mailbox after a marker, in EDIFACT: (ie, interchange, message)."""
    rows = trader.get("/messages", params={"after": after, "wait": seconds}).json()["messages"]
    return [(row["ie"], *opened(trader.get(f"/messages/{row['id']}", headers=EDIFACT).content))
            for row in rows]


# --- what is taken --------------------------------------------------------------------------------

def test_an_interchange_is_taken_whole_and_once(world):  # noqa: F811
    first = world.holder.lodge(declared())
    assert (first["ie"], first["identification"], first["verdict"]) == ("interchange", "R1", "new")
    assert [(one["reference"], one["ie"], one["verdict"]) for one in first["messages"]] == [
        ("M1", "IE015", "new")]
    again = world.holder.lodge(declared().replace(b"'", b"'\r\n"), 200)
    assert (again["id"], again["verdict"]) == (first["id"], "again")
    assert world.holder.mail("IE029")["mrn"]
    assert len(world.officer.get("/movements").json()["movements"]) == 1


def test_another_interchange_under_the_same_reference(world):  # noqa: F811
    world.holder.lodge(declared())
    world.holder.mail("IE029")
    for _ in range(2):
        told = problem(world.holder.post("/messages", content=declared("LRN2")), 409)
        assert [one["code"] for one in told["findings"]] == ["26"]
    found = [(ie, message) for ie, _, message in letters(world.holder) if ie == "CONTRL"]
    report = contrl.report(found[0][1])
    assert len(found) == 1 and (report.action, report.lines[0].code) == ("4", "26")
    assert len(world.officer.get("/movements").json()["movements"]) == 1


def test_several_messages_go_each_to_its_case(world):  # noqa: F811
    data = interchange(*(specimen.declaration(f"LRN{n}", f"M{n}", GRN) for n in range(5)))
    told = world.holder.lodge(data)
    assert [one["verdict"] for one in told["messages"]] == ["new"] * 5
    assert len(world.officer.get("/movements").json()["movements"]) == 5


def test_what_is_right_is_taken_though_another_is_not(world):  # noqa: F811
    """Partial acceptance: one message is rejected by CONTRL, the other is decided on."""
    data = interchange(*(specimen.declaration(f"LRN{n}", f"M{n}", GRN) for n in range(2)))
    first, second = data.split(b"UNH+M2")
    broken = first + b"UNH+M2" + second.replace(b"LOC+118+NO365001'", b"LOC+XQ+NO365001'")
    told = world.holder.lodge(broken)
    assert [(one["reference"], one["verdict"]) for one in told["messages"]] == [
        ("M2", "rejected"), ("M1", "new")]
    world.holder.mail("IE029")
    ie, whole, message = letters(world.holder)[0]
    report = contrl.report(message)
    assert ie == "CONTRL" and report.reference == "R1" and report.action == "7"
    assert [(line.level, line.reference, line.code, line.segment, line.element)
            for line in report.lines if line.level in ("message", "element")] == [
        ("message", "M2", "", 0, 0), ("element", "", "12", 8, 2)]
    assert (whole.sender, whole.recipient) == ("NTA.NO", specimen.HOLDER)
    assert [one["lrn"] for one in world.officer.get("/movements").json()["movements"]] == ["LRN0"]


def test_a_message_under_an_identification_that_is_used(world):  # noqa: F811
    """It may have come as XML: identity is that of the message, in whatever form."""
    xml = specimen.declaration("LRN9", "R1-M1", GRN)
    world.holder.lodge(xml)
    told = world.holder.lodge(interchange(specimen.declaration("LRN1", "M1", GRN),
                                          specimen.declaration("LRN2", "M2", GRN)))
    assert [(one["reference"], one["verdict"]) for one in told["messages"]] == [
        ("M1", "rejected"), ("M2", "new")]
    report = next(contrl.report(message) for ie, _, message in letters(world.holder)
                  if ie == "CONTRL")
    assert [(line.reference, line.code) for line in report.lines
            if line.level == "message"] == [("M1", "26")]


def test_an_interchange_is_its_sender_s_alone(world):  # noqa: F811
    """It holds access codes: an officer sees its messages, where they are hidden."""
    data = declared()
    told = world.holder.lodge(data)
    mine = world.holder.get(f"/messages/{told['id']}")
    assert (mine.content, mine.headers["content-type"]) == (data, "application/edifact")
    problem(world.officer.get(f"/messages/{told['id']}"), 404)
    problem(world.consignee.get(f"/messages/{told['id']}"), 404)
    one = told["messages"][0]["id"]
    for accept in ("application/xml", "application/json", "application/edifact"):
        seen = world.officer.get(f"/messages/{one}", headers={"Accept": accept})
        assert seen.status_code == 200 and b"AC01" not in seen.content, accept
    assert b"AC01" in world.holder.get(f"/messages/{one}", headers=EDIFACT).content


# --- what is refused ------------------------------------------------------------------------------

REFUSED = {
    "count": (lambda data: data.replace(b"UNZ+1", b"UNZ+2"), 400, "29"),
    "cut": (lambda data: data[:-40], 400, "13"),
    "partner": (lambda data: data.replace(specimen.HOLDER.encode(), b"NO999999999", 1), 422, "23"),
    "recipient": (lambda data: data.replace(b"NTA.NO", b"NTA.XX", 1), 422, "7"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_broken_interchange_changes_nothing_and_is_told_once(world, name):  # noqa: F811
    spoil, status, code = REFUSED[name]
    data = spoil(declared())
    for _ in range(2):
        told = problem(world.holder.post("/messages", content=data), status)
        assert code in [one["code"] for one in told["findings"]]
    report = contrl.report(next(judge(told["answer"].encode())).message)
    assert report.action == "4"
    found = letters(world.holder)
    assert [ie for ie, *_ in found] == ["CONTRL"]
    assert contrl.report(found[0][2]).lines[0].code == code
    assert world.officer.get("/movements").json()["movements"] == []
    world.holder.lodge(declared())                  # its reference is not used up


def test_two_interchanges_in_one_body(world):  # noqa: F811
    problem(world.holder.post("/messages", content=declared() + declared("LRN2", "R2")), 422)
    assert world.officer.get("/movements").json()["movements"] == []


def test_as_many_messages_as_one_commit_holds(world):  # noqa: F811
    one = declared()
    begins, ends = one.index(b"UNH+M1"), one.index(b"UNZ+")

    def many(count):
        inside = b"".join(
            one[begins:ends].replace(b"+M1+", b"+M%d+" % n).replace(b"+M1'", b"+M%d'" % n)
            .replace(b"LRN1", b"LRN%d" % n) for n in range(1, count + 1))
        return one[:begins] + inside + b"UNZ+%d+R1'" % count
    problem(world.holder.post("/messages", content=many(MOST_MESSAGES + 1)), 422)
    told = world.holder.lodge(many(200))
    assert [part["verdict"] for part in told["messages"]] == ["new"] * 200


def test_a_message_for_no_case_is_answered_by_ie917(world):  # noqa: F811
    """Its syntax is right, so CONTRL says nothing; what it says is for no office of ours."""
    data = declared().replace(b"LOC+118+NO365001'", b"LOC+118+FR001260'")
    told = world.holder.lodge(data)
    assert [one["verdict"] for one in told["messages"]] == ["refused"]
    (ie, _, message), = letters(world.holder)
    assert (ie, message.kind, message.identifier[0]) == ("IE917", "CC917A", "CUSRES")


def test_every_letter_of_the_stories_can_be_said_in_edifact():
    """All that comes to a trader in some story has a row in the mapping, without exception."""
    letters = {found[1] for path in SCENARIOS.glob("*/*.scenario")
               for found in re.finditer(r"^< (IE\d+) to [a-z]", path.read_text(), re.M)}
    assert len(letters) > 20
    for ie in letters:
        said = {"TransitOperation": {"businessRejectionType": "007"}} if ie == "IE057" else {}
        assert ncts.kind_of(from_plain("p6", root_of("p6", ie), said)), ie


def test_the_page_of_traders(world, site):  # noqa: F811
    page = httpx.get(f"{site.url}/traders", timeout=30)
    assert page.status_code == 200 and specimen.HOLDER in page.text
    answer = httpx.post(f"{site.url}/traders/{specimen.HOLDER}", timeout=30, data={
        "form": "edifact", "channel": "http", "partner": "FJORD"})
    assert answer.status_code == 303
    assert 'value="FJORD"' in httpx.get(f"{site.url}/traders", timeout=30).text
    for wrong in ({"partner": specimen.CONSIGNEE}, {"partner": "it's"}, {"form": "morse"}):
        told = httpx.post(f"{site.url}/traders/{specimen.HOLDER}", timeout=30, data=wrong)
        assert told.status_code == 409 and 'role="alert"' in told.text
    stranger = httpx.post(f"{site.url}/traders/{specimen.HOLDER}", data={"form": "json"},
                          headers={"Origin": "https://elsewhere.example"}, timeout=30)
    assert stranger.status_code == 403


# --- CONTRL and the forms of mail -----------------------------------------------------------------

def test_contrl_is_sent_when_it_is_asked_for_and_is_never_answered(world):  # noqa: F811
    world.holder.lodge(declared(ask=True))
    world.holder.mail("IE029")
    found = letters(world.holder)
    reports = [contrl.report(message) for ie, _, message in found if ie == "CONTRL"]
    assert [(one.action, one.reference) for one in reports] == [("7", "R1")]
    ours = world.holder.get("/messages", headers=EDIFACT)
    assert ours.headers["X-Next"] == "4"
    for number, verdict in enumerate(verdicts(ours.content), 1):
        assert verdict.fine and verdict.interchange.reference == str(number)    # without a gap
        answer = contrl.answer(verdict, f"C{number}", WHEN)
        if contrl.possible(verdict):
            told = world.holder.lodge(answer)
            assert (told["ie"], told.get("messages", [])) == ("CONTRL", [])
            assert world.holder.lodge(answer, 200)["verdict"] == "again"
    assert len(letters(world.holder, seconds=0.5)) == 4


def test_a_party_chooses_its_form(world):  # noqa: F811
    put = world.holder.http.put
    assert put("/party", json={"form": "edifact"}).json()["form"] == "edifact"
    world.holder.lodge(declared())
    released = world.holder.mail("IE029")
    assert released["form"] == "edifact"
    plain = world.holder.get(f"/messages/{released['id']}")
    assert plain.headers["content-type"] == "application/edifact"
    whole, message = opened(plain.content)
    assert (message.kind, whole.reference) == ("CC029B", str(released["marker"]))
    put("/party", json={"partner": "FJORD", "form": "json"})
    same = world.holder.get(f"/messages/{released['id']}", headers=EDIFACT)
    assert same.content == plain.content            # what was once sent stays as it was
    assert world.holder.get(f"/messages/{released['id']}").json()["CC029C"]
    for accept, profile in (("application/xml", "p6"), ("application/xml;profile=p5", "p5")):
        told = world.holder.get(f"/messages/{released['id']}", headers={"Accept": accept})
        assert forms.read(told.content).profile == profile
    problem(world.holder.get(f"/messages/{released['id']}", headers={"Accept": "text/csv"}), 406)
    world.holder.lodge(declared("LRN2", "R2", sender="FJORD"))
    problem(world.holder.post("/messages", content=declared("LRN3", "R3")), 422)


def test_an_address_belongs_to_one_party(world):  # noqa: F811
    problem(world.consignee.http.put("/party", json={"partner": specimen.HOLDER}), 409)
    problem(world.consignee.http.put("/party", json={"channel": "folder"}), 409)
    told = world.consignee.http.put("/party", json={"partner": "no such'address"})
    assert told.status_code == 400


def test_a_refusal_of_content_is_a_message_of_phase_4(world):  # noqa: F811
    """What is wrong is told at the place where it stood in the interchange."""
    data = declared().replace(b"LOC+36+DE'", b"LOC+36+ZZ'")
    world.holder.lodge(data)
    world.holder.mail("IE056")
    ie, whole, message = letters(world.holder)[-1]
    assert (ie, message.kind) == ("IE056", "CC016A")
    reading = ncts.read_message(message)
    pointers = [one.get("errorPointer") for one in reading.message.all("FunctionalError")]
    assert any("LOC" in one for one in pointers), pointers
