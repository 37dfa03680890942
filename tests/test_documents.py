"""Papers: what each shows, where its boxes are, what may never stand on them, barcodes read back.

The PDFs are read by another program than the one that sets them. Claims PRE-TALONG-01,
PRE-TALONG-03..10, PRE-COMB-05, PRE-EU-05, NCTS-GEN-09, BCP-03, BCP-05, PRE-BCP-01..02.
"""
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp

from tollbod.documents import content, fallback, kinds, slip, typeset
from tollbod.documents.kinds import KINDS, NotOfThis
from tollbod.numbers import mrn
from tollbod.play import bench
from tollbod.play import documents_golden as golden
from tollbod.spec import boxes, tables
from tollbod.wire import forms

HOME = Path(__file__).parents[1]
SHARED = Path(os.environ.get("TOLLBOD_SHARED", HOME / "../shared")) / "reference" / "ncts"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared reference is not here")
MM = 72 / 25.4                  # points a millimetre
CASES = {case.name: case for case in golden.cases()}
ON_THE_ROAD = [name for name in KINDS if name != "ssd"]
SECRETS = ("Q7ZX", "98765", "54321", "NOK")      # code, amounts and currency of golden IE029


def message(name):
    return forms.read((golden.GOLDEN / f"{name}.xml").read_bytes())


def text(pdf):
    return golden.text(pdf)


def barcodes(pdf, page=0):
    """What a decoder reads from a page drawn at 200 dpi."""
    seen = golden.picture(pdf, page, 200)
    image = memoryview(seen.grey).cast("B", shape=[seen.height, seen.width])
    return [(one.text, one.format) for one in zxingcpp.read_barcodes(image)]


# What they show

@pytest.mark.parametrize("name", CASES)
def test_golden(name):
    """Text and picture of every kind, in both languages, are those that were looked at."""
    assert list(golden.faults(CASES[name])) == []


def test_every_kind_has_a_golden_document():
    assert {case.kind for case in CASES.values()} == set(KINDS)


def test_pictures_are_told_apart():
    """The tolerance is not so wide that another document would pass."""
    tad, tsad = (golden.picture(golden.made(CASES[one])) for one in ("tad-en", "tsad-en"))
    assert golden.unlike(tad, tsad) and not golden.unlike(tad, tad)


@pytest.mark.parametrize("name", CASES)
def test_they_are_archival(name):
    """PDF/A-2u, all fonts inside, every letter with its meaning."""
    pdf = golden.made(CASES[name])
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf and b"pdfaid:conformance>U<" in pdf
    assert pdf.count(b"/FontFile") >= 1 and "\ufffd" not in text(pdf)


def test_the_same_message_gives_the_same_bytes():
    case = CASES["tad-en"]
    assert golden.made(case) == golden.made(case)


@pytest.mark.parametrize("name", [name for name in CASES if CASES[name].message == "IE029.xml"])
def test_barcodes_are_read_back(name):
    """PRE-COMB-05, PRE-TALONG-05, NCTS-GEN-09: Code 128 of the MRN, at 200 dpi, on each page."""
    pdf = golden.made(CASES[name])
    number = message("IE029").get("TransitOperation/MRN")
    assert not mrn.check(number)
    pages = len(pypdfium2.PdfDocument(pdf))
    for page in range(pages):
        assert barcodes(pdf, page) == [(number, zxingcpp.BarcodeFormat.Code128)]


# What may never stand on them

@pytest.mark.parametrize("kind", ["tad", "tsad", "items", "fallback"])
def test_codes_and_amounts_are_not_printed(kind):
    """Access codes, amounts and their currency are not on what goes with the goods."""
    source = message("IE029")
    if kind == "fallback":
        source.root.name = "CC015C"
    shown = text(kinds.pdf(kind, source, "en"))
    assert [secret for secret in SECRETS if secret in shown] == []
    assert "25NO3650010001230" in shown or kind == "items"


def test_no_form_reads_what_is_forbidden():
    """Also no form in the tables asks for them; the paths it asks for are in the messages."""
    forbidden = set(content.FORBIDDEN)
    for form in boxes.forms():
        for box in boxes.boxes(form):
            assert not content.leaves(box.content) & forbidden, (form, box.label)


def test_forms_read_what_messages_have():
    """Every name that a form reads is an element of some message that it is made of."""
    def names(field):
        return {child.name for child in field.children}.union(*(names(c) for c in field.children))
    for kind in KINDS.values():
        if kind.name == "slip":
            continue                        # it asks its own values, in documents.slip
        known = set().union(*(names(tables.structure(profile, root)) for root in
                              (*kind.roots, "CC029C") if root != "CC015N"
                              for profile in ("p5", "p6") if root in tables.roots(profile)))
        for form in kind.forms:
            for box in boxes.boxes(form):
                lost = content.leaves(box.content) - known - {"supplementaryUnits"}
                assert not lost, (kind.name, form, box.label)


# The slip

MRN = "22NO3240010S000078"
OF_SLIP = {"mrn": MRN}


def notified():
    return message("IE015-prenotification")


def test_the_slip_has_seven_items_and_nothing_else():
    """PRE-TALONG-03..10: MRN, barcode, transporter, notifier, packages, weight, the inscription."""
    pdf = kinds.pdf("slip", notified(), "nb", OF_SLIP)
    lines = [line for line in text(pdf).splitlines() if not line.startswith("---")]
    labels = {box.nb for box in boxes.boxes("slip")} - {slip.INSCRIPTION}
    shown = [line for line in lines if line not in labels]
    assert shown == ["Forhåndsvarsel – Norge", MRN, "Fjell Handel (fictional)",
                     "Fjord Frakt (fictional)", "12", "4200"]
    assert barcodes(pdf) == [(MRN, zxingcpp.BarcodeFormat.Code128)]
    assert len(labels) == 5 and len(pypdfium2.PdfDocument(pdf)) == 1


def test_nothing_else_of_a_prenotification_is_on_the_slip():
    """PRE-TALONG-03, the other way: every other value of the message is missing."""
    shown = text(kinds.pdf("slip", notified(), "en", OF_SLIP)).replace(MRN, "")
    allowed = {"Fjell Handel (fictional)", "Fjord Frakt (fictional)", "4200"}

    def values(node):
        yield from ([node.text] if node.text else [])
        for child in node.children:
            yield from values(child)
    others = {one for one in values(notified().root) if len(one) > 3} - allowed
    assert len(others) > 15 and [one for one in others if one in shown] == []


def test_the_inscription_is_norwegian_in_every_language():
    """PRE-TALONG-10."""
    for language in typeset.LANGUAGES:
        assert "Forhåndsvarsel – Norge" in text(kinds.pdf("slip", notified(), language, OF_SLIP))


def test_there_is_no_slip_before_the_mrn():
    """PRE-TALONG-01: it is evidence of what was received; and of a pure prenotification only."""
    with pytest.raises(NotOfThis, match="no MRN yet"):
        kinds.pdf("slip", notified(), "en")
    with pytest.raises(NotOfThis, match="CC015N"):
        kinds.pdf("slip", message("IE029"), "en")


# The accompanying documents

def test_the_security_document_says_so():
    """PRE-EU-05: security data given, risk analysed at departure, where and when."""
    shown = text(kinds.pdf("tsad", message("IE029"), "en"))
    assert "TRANSIT/SECURITY ACCOMPANYING DOCUMENT" in shown
    assert "RISK ANALYSIS DONE AT DEPARTURE" in " ".join(shown.split())
    assert "2; NO365001" in shown and "2026-05-04" in shown
    for number in boxes.security_numbers().values():
        assert f"[{number}]" in shown
    with pytest.raises(NotOfThis, match="print the TAD"):
        kinds.pdf("tsad", message("IE029-plain"), "en")


def test_the_list_of_items_goes_over_three_pages():
    """Twelve items: five a page; each on its page, in order, with the page's number."""
    pages = text(kinds.pdf("items", message("IE029"), "en")).split("--- page ")[1:]
    assert len(pages) == 3
    for number, page in enumerate(pages, 1):
        assert f"{number} of 3" in page
        assert re.findall(r"\[11 03\]\s(\d+)", page) == [
            str(n) for n in range(5 * number - 4, min(5 * number, 12) + 1)]


def test_nothing_is_lost_that_does_not_fit():
    """What a box has no room for stands in full on a continuation sheet."""
    shown = text(golden.made(CASES["tad-long"])).replace("\u200b", "").replace("\n", "")
    source = message("IE029-long")
    pages = text(golden.made(CASES["tad-long"])).split("--- page ")
    assert "Continuation sheet" in pages[-1] and "… continued" in pages[1]
    for one in source.all("Consignment/AdditionalInformation/text"):
        assert one.text.replace(" ", "") in shown.replace(" ", "")
    assert "X" * 70 in shown


def test_what_a_document_is_made_of():
    """Another message, or none, is refused with the reason in both languages."""
    with pytest.raises(NotOfThis) as told:
        kinds.pdf("tad", message("IE043"), "en")
    assert "CC029C" in told.value.text and "CC029C" in told.value.nb
    with pytest.raises(NotOfThis):
        kinds.pdf("tad", None, "en")


# Where the boxes are

def place_of(page, wanted, number=0):
    """Where a label begins, mm from the top left of the page: left of its first letter, its top."""
    textpage = page.get_textpage()
    search = textpage.search(wanted, match_case=True)
    for _ in range(number + 1):
        found = search.get_next()
        assert found, f"{wanted} is not there"
    left, _, _, top = textpage.get_charbox(found[0], loose=True)
    return left / MM, (page.get_height() - top) / MM


def test_boxes_of_ours_are_where_the_table_says():
    """Every framed box with a label of its own is drawn at its place, measured in the PDF."""
    page = pypdfium2.PdfDocument(golden.made(CASES["tad-en"]))[0]
    measured, labels = 0, {}
    for box in boxes.boxes("tad"):
        if "[" not in box.label or "up" in box.style:
            continue
        number = labels[box.label] = labels.get(box.label, -1) + 1
        x, y = place_of(page, box.label, number)
        assert abs(x - box.x - 0.5) < 0.3 and abs(y - box.y) < 0.8, box.label
        measured += 1
    assert measured > 45


@needs_shared
def test_the_accompanying_document_beside_the_described_form():
    """A TAD of a real IE029: every label of the described form, at its place, to 2 mm."""
    source = forms.read((SHARED / "samples/hmrc-tis-downloads/Post-Transition_IE029_TAD.xml")
                        .read_bytes())
    pdf = pypdfium2.PdfDocument(kinds.pdf("tad", source, "en"))
    described = json.loads((SHARED / "tad/label_positions.json").read_text())["labels"]
    ours = {box.label for form in ("tad", "items_head", "items") for box in boxes.boxes(form)}
    checked, seen = 0, {}
    for one in described:
        said = _label(one["label"])
        if said in NOT_SO or one["page"] == 2 and one["y"] > 76:
            continue                        # the second item repeats the first
        match = next((label for label in ours if label.lower() == said.lower()), None)
        assert match, f"no box {said}"
        number = seen.setdefault((one["page"], match), 0)
        seen[one["page"], match] += 1
        if match in ("ID", "Stamp:", "Signature:"):
            continue                        # many of each, measured by the test above
        x, y = place_of(pdf[one["page"] - 1], match, number)
        assert abs(x - one["x"]) < 2 and abs(y - one["y"]) < 2, (match, x, y, one)
        checked += 1
    assert checked > 80


# Labels of the described form that differ, and why.
NOT_SO = {
    "EUROPEAN UNION",                       # the office of departure lies outside it
    "TRANSIT ACCOMPANYING DOCUMENT",        # upright: read from below
    "MRN", "TRANSIT LIST OF ITEMS",         # our barcode is larger; the heading is centred
    "INCIDENTS", "DURING", "CERTIFICATION", "Guarantee not valid",      # read line by line there
}


def _label(text):
    """A label as our table spells it: without the value that was read with it."""
    text = text.replace("\ufb01", "fi").replace("it. Nr.", "it. Nr.")
    text = re.sub(r"^MRN .*", "MRN", text)
    text = re.sub(r"(\[[\d ]+\]):? .*", r"\1", text).rstrip(":") if "[" in text else text
    text = re.sub(r"^Limit date ?\[", "Limit date [", text)
    return SPELT.get(text, text)


SPELT = {
    "Holder of transit procedure [13 07]": "Holder of the transit procedure [13 07]",
    "Return copy has to be sent to office:": "Return copy has to be sent to the office:",
    "ID:": "ID", "Date of arrival": "Date of arrival:",
    "Seals affixed number:": "Seals affixed: Number:", "Limit date [15 11]": "Limit date [15 11]:",
    "Gross mass [18 04]": "Gross mass (kg) [18 04]",
}


def test_the_bench_measures_documents(monkeypatch):
    """Both kinds are set anew each time; that 20 a second are reached, the bench itself says."""
    monkeypatch.setattr(bench, "DOCUMENTS_SECONDS", 0.1)
    figures = {name: value for name, value, _ in bench.documents("")}
    assert set(figures) == {"documents_tad_per_core_second", "documents_slip_per_core_second"}
    assert all(value > 1 for value in figures.values())


# Forms of the business continuity procedure

def test_a_fallback_form_bears_no_mrn():
    """BCP-03: three copies, a number of its own, the stamp's box 26 by 59 mm, the permission."""
    known = {"number": "NO365001-B-26-000017", "permission": "NO365001-P-26-0003"}
    pdf = kinds.pdf("fallback", message("IE015"), "en", known)
    shown = text(pdf)
    assert not re.search(r"\d\d[A-Z]{2}[A-Z0-9]{13}\d\b", shown.replace("25NO3650010001230", ""))
    assert barcodes(pdf) == [] and "BCP" in shown
    pages = shown.split("--- page ")[1:]
    assert [re.search(r"Copy\s+(\d)", page)[1] for page in pages[::2]] == list(fallback.COPIES)
    assert all(known["number"] in page and known["permission"] in page for page in pages[::2])
    stamp = next(box for box in boxes.boxes("fallback") if "red" in box.style)
    assert (stamp.w, stamp.h) == (59.0, 26.0)


def test_the_safety_document_says_all_that_the_prenotification_would_have():
    """PRE-BCP-01: it is filled from the message that could not be sent, item by item."""
    source = message("IE015-prenotification")
    shown = text(kinds.pdf("ssd", source, "en", {"permission": "P1"}))
    said = {leaf for leaf in _texts(source.root)} - {
        "ENTRY", "agent", "0", "NTA.NO", "CC015N", source.identification,
        source.get("preparationDateAndTime"), source.get("Transport/arrivalDateAndTime")}
    flat = " ".join(shown.split())
    assert [one for one in said if one not in flat] == []
    assert "IM" in shown.split() and "2022-06-01 12:00 UTC" in flat


def _texts(node):
    return [node.text] if not node.children else [
        one for child in node.children for one in _texts(child) if one]


def test_without_permission_a_form_says_that_it_is_not_valid():
    """PRE-BCP-06: no form passes for one that was permitted."""
    assert "Not valid without the permission" in text(kinds.pdf("fallback", None, "en"))
    assert "Not valid" not in text(kinds.pdf("fallback", None, "en", {"permission": "P-1"}))


def test_forms_are_made_with_no_database_and_no_network(tmp_path):
    """BCP-03, BCP-05, PRE-BCP-01..02: `document --kind fallback|ssd`, and the SSD on screen."""
    cut_off = ("import socket\ndef no(*a, **k): raise OSError('no network')\n"
               "socket.socket.connect = socket.getaddrinfo = no\n"
               "from tollbod.cli import main; main()")
    for kind, name in (("fallback", "a.pdf"), ("ssd", "b.pdf"), ("ssd", "c.html")):
        words = ["document", "--kind", kind, "-o", str(tmp_path / name), "-l", "nb"]
        words += ["--set", "permission=P-1"]
        words += ["--set", "mail=customs@example.org"] if name == "c.html" else []
        told = subprocess.run([sys.executable, "-c", cut_off, *words], capture_output=True,
                              text=True, env=os.environ | {"PYTHONPATH": str(HOME / "src")},
                              cwd=tmp_path)
        assert told.returncode == 0, told.stderr
        data = (tmp_path / name).read_bytes()
        assert data.startswith(b"%PDF-1.7" if name.endswith("pdf") else b"<!doctype html>")
    page = (tmp_path / "c.html").read_text("utf-8")
    assert "mailto:customs@example.org" in page and page.count("<textarea") > 25
    assert "<script" not in page and "http" not in page and "P-1</textarea>" in page


def test_the_command_tells_what_is_wrong(tmp_path):
    """2 for a wrong line, 1 where there is no such document; no traceback."""
    def told(*words):
        return subprocess.run([sys.executable, "-m", "tollbod", "document", *words,
                               "-o", str(tmp_path / "x.pdf")], capture_output=True, text=True,
                              env=os.environ | {"PYTHONPATH": str(HOME / "src")})
    for words, code, said in (
            (["--kind", "poem"], 2, "there are tad, tsad"),
            (["--kind", "tad"], 2, "name one"),
            (["--kind", "fallback", "--set", "colour=red"], 2, "can be told cause"),
            ([str(golden.GOLDEN / "IE043.xml"), "--kind", "tad"], 1, "made of CC029C")):
        answer = told(*words)
        assert (answer.returncode, said in answer.stderr) == (code, True), answer.stderr
        assert "Traceback" not in answer.stderr
