"""`./tollbod send` for ICS2: answers in words over HTTPS and over AS4, with files beside."""
import os
import re

import httpx
import pytest
from as4_ends import PEM, ends
from ics2_house import FILER, ics2_house
from cryptography.hazmat.primitives import serialization
from web_house import WORLD, Trader, problem

from tollbod.office import attachments
from tollbod.office.as4 import Gate
from tollbod.play import answer_words, client, specimen_ics2
from tollbod.spec.tables import ICS2
from tollbod.store.streams import Store
from tollbod.wire import forms, xml
from tollbod.wire.as4.token import fingerprint
from tollbod.wire.message import from_plain

PDF = b"%PDF-1.7 fictional invoice"


@pytest.fixture(scope="module")
def house(conninfo, tmp_path_factory):
    """A house that takes AS4 at its own port, too."""
    made = ends()
    gate = Gate(made.gate.station, "customs.example",
                {FILER: frozenset((fingerprint(made.trader.chain[0]),))})
    with ics2_house(conninfo, tmp_path_factory.mktemp("house"), gate=gate) as site:
        yield site


@pytest.fixture
def officer(house):
    """An officer of the house."""
    form = {"grant_type": "client_credentials", "client_id": "officer", "client_secret": "demo"}
    token = Trader(house.url).post("/token", data=form).json()["access_token"]
    return Trader(house.url, token)


@pytest.fixture
def keys(tmp_path):
    """The folder of a trader on AS4."""
    made = ends()
    (tmp_path / "key.pem").write_bytes(_key(made.trader))
    for name, chain in (("chain", made.trader.chain), ("anchors", made.trader.anchors),
                        ("customs", made.gate.station.chain)):
        (tmp_path / f"{name}.pem").write_bytes(b"".join(one.public_bytes(PEM) for one in chain))
    return tmp_path


def _key(station):
    return station.key.private_bytes(PEM, serialization.PrivateFormat.PKCS8,
                                     serialization.NoEncryption())


def suspicious(lrn):
    """A filing that the control filter hits."""
    return specimen_ics2.road(lrn).replace(b"Brake discs for passenger cars", b"Precursor drums")


def answer(mrn, reference):
    """An answer to a request for information that names a file."""
    return xml.write(from_plain(ICS2, "IE3R02", {
        "documentIssueDate": {"DateTime": "2026-05-04T08:00:00Z"}, "MRN": mrn,
        "responsibleMemberState": {"country": "NO"},
        "declarant": {"identificationNumber": FILER},
        "additionalInformationResponse": [{
            "referralRequestReference": reference,
            "additionalInformation": [{"text": "The invoice is beside this"}],
            "binaryAttachment": [{"identification": "invoice-1", "filename": "invoice.pdf",
                                  "MIME": "application/pdf"}]}]}))


def send(capsys, tmp_path, data, url, **more):
    """Send a message by the command; its exit code, and what it says."""
    (tmp_path / "message.xml").write_bytes(data)
    code = client.send(tmp_path / "message.xml", url, wait=more.pop("wait", 8.0), **more)
    said = capsys.readouterr()
    return code, said.out + said.err


def asked(house, officer, mrn):
    """Ask the filer about a filing; the reference of the question."""
    done = officer.post("/test/officer", json={
        "office": "NO324001", "case": mrn, "do": "ask-information", "text": "Which chemicals?"})
    assert done.json()["state"] == "referral open", done.text
    with Store(house.conninfo) as store:
        row = [one for one in store.mailbox(WORLD, FILER, limit=1000) if one.ie == "IE3Q02"][-1]
    return forms.read(row.body).get("referralRequestDetails/referralRequestReference"), row.body


def test_a_filing_over_https_and_its_answers_in_words(house, officer, tmp_path, capsys):
    code, said = send(capsys, tmp_path, specimen_ics2.road("W1"), house.url)
    assert code == 0 and re.search(r"IE3R01 MRN given: MRN 26NO\w{14} LRN W1\n  registered", said)
    assert "IE3N03 assessment complete" in said and "it is 'assessed'" in said
    code, said = send(capsys, tmp_path, specimen_ics2.road("W1")[:-20], house.url)
    assert code == 1 and "refused (400)" in said


def test_a_rejection_tells_each_fault(house, tmp_path, capsys):
    bad = specimen_ics2.road("W2").replace(b"SpecificCircumstanceIndicator>F50",
                                           b"SpecificCircumstanceIndicator>F51")
    code, said = send(capsys, tmp_path, bad, house.url)
    assert code == 0 and "IE3N99 refused" in said and "it is 'rejected'" in said
    assert "12 /IE3F50/SpecificCircumstanceIndicator: F51 is not the kind" in said


def test_a_question_in_words_and_the_answer_with_its_file(house, officer, tmp_path, capsys):
    _, said = send(capsys, tmp_path, suspicious("W3"), house.url)
    mrn = re.search("MRN (26NO[0-9A-Z]{14})", said)[1]
    assert "waits for the officer" in said and "CR1" not in said
    reference, question = asked(house, officer, mrn)
    told = "\n".join(answer_words.lines(question))
    assert f"Request for information {reference}: answer with IE3R02" in told
    assert "Which chemicals?" in told
    (tmp_path / "other.pdf").write_bytes(b"GIF89a")
    code, said = send(capsys, tmp_path, answer(mrn, reference), house.url,
                      attach=(tmp_path / "other.pdf",))
    assert code == 2 and "says that it is application/pdf" in said
    (tmp_path / "invoice.pdf").write_bytes(PDF)
    code, said = send(capsys, tmp_path, answer(mrn, reference), house.url,
                      attach=(tmp_path / "invoice.pdf",), wait=1.0)
    assert code == 0 and "IE3R02" in said
    with Store(house.conninfo) as store:
        row = next(one for one in store.movement_rows(WORLD, mrn) if one.ie == "IE3R02")
        assert attachments.find(store, WORLD, row, "invoice-1") == PDF
        assert attachments.find(store, WORLD, row, "invoice-2") is None
    page = httpx.get(f"{house.url}/filings/{mrn}/files/{row.receipt}/invoice-1", trust_env=False)
    assert page.content == PDF and "attachment" in page.headers["content-disposition"]
    assert "sandbox" in page.headers["content-security-policy"]


def test_files_that_the_door_does_not_take(house, officer):
    form = {"grant_type": "client_credentials", "client_id": FILER, "client_secret": "demo"}
    token = Trader(house.url).post("/token", data=form).json()["access_token"]
    filer = Trader(house.url, token)

    def lodge(name, data):
        return filer.post("/messages", files=[
            ("message", ("m", answer("26NO32400000001AT7", "R1"), "application/xml")),
            ("file", (name, data))])
    assert "names no file" in problem(lodge("invoice-2", PDF), 422)["detail"]
    assert "PDF or a JPEG" in problem(lodge("invoice-1", b"MZ\x90"), 422)["detail"]
    assert "20 MB" in problem(lodge("invoice-1", PDF + os.urandom(21_000_000)), 422)["detail"]
    problem(lodge("invoice-1", PDF + bytes(32_000_000)), 413)
    assert lodge("invoice-1", PDF + bytes(200_000)).status_code == 202
    problem(filer.post("/messages", files=[("file", ("a", PDF))]), 400)


def test_the_same_by_as4(house, officer, keys, tmp_path, capsys):
    to = f"{house.url}/as4"
    code, said = send(capsys, tmp_path, suspicious("A1"), to, as4=keys)
    assert code == 0 and "customs has confirmed every part" in said, said
    mrn = re.search("MRN (26NO[0-9A-Z]{14}) LRN A1", said)[1]
    reference, _ = asked(house, officer, mrn)
    (tmp_path / "invoice.pdf").write_bytes(PDF)
    code, said = send(capsys, tmp_path, answer(mrn, reference), to, as4=keys,
                      attach=(tmp_path / "invoice.pdf",))
    assert code == 0 and f"Request for information {reference}" in said, "pulled after the answer"
    with Store(house.conninfo) as store:
        row = next(one for one in store.movement_rows(WORLD, mrn) if one.ie == "IE3R02")
        assert attachments.find(store, WORLD, row, "invoice-1") == PDF
    code, said = send(capsys, tmp_path, specimen_ics2.road("A1"), to, as4=keys, wait=3.0)
    assert code == 0 and "IE3N99 refused" in said and "LRN A1 was used for another filing" in said
    (keys / "customs.pem").unlink()
    code, said = send(capsys, tmp_path, suspicious("A2"), to, as4=keys)
    assert code == 2 and "customs.pem" in said


def test_nobody_there(tmp_path, capsys, keys, monkeypatch):
    monkeypatch.setattr("tollbod.transport.as4.FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr("tollbod.play.client.FIRST_PAUSE_SECONDS", 0.01)
    for more in ({}, {"as4": keys}):
        code, said = send(capsys, tmp_path, specimen_ics2.road("N1"), "http://127.0.0.1:9", **more)
        assert code == 2 and "running?" in said
