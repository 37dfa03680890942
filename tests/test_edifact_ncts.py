"""NCTS messages in EDIFACT: read, written, and read back."""
import re
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from random import Random

import pytest

from tollbod.play import check as check_command
from tollbod.play import edifact_golden
from tollbod.play.random_messages import random_message
from tollbod.rules.check import check
from tollbod.spec import tables
from tollbod.spec.edifact import ncts as mapping
from tollbod.spec.edifact.ncts_carried import fates
from tollbod.spec.edifact.tables import segments_of
from tollbod.wire import forms
from tollbod.wire.edifact import ncts, write
from tollbod.wire.edifact.judge import Judged, judge
from tollbod.wire.edifact.phase4_check import fits
from tollbod.wire.edifact.phase4_losses import losses
from tollbod.wire.edifact.phase4_read import widths
from tollbod.wire.edifact.phase4_values import WAYS
from tollbod.wire.edifact.phase4_write import folded
from tollbod.wire.message import Node, Unreadable, from_plain

ROOT = Path(__file__).parents[1]
# Every message that a trader of the founding documents sends or gets, and answers besides.
ASKED = ("IE004 IE005 IE007 IE008 IE009 IE013 IE014 IE015 IE016 IE019 IE021 IE022 IE025 IE026 "
         "IE028 IE029 IE035 IE043 IE044 IE045 IE051 IE055 IE058 IE060 IE140 IE141 IE182 IE906 "
         "IE917 IE928")
SEEDS = 8                       # random messages of each kind
SEGMENTS = segments_of("d96b")
WHEN = datetime(2026, 5, 4, 10, 15, tzinfo=UTC)
GOOD = [path for path in sorted((ROOT / "golden/messages/good").glob("*.xml"))
        if any(one.canonical == path.stem.partition("_")[2] for one in mapping.kinds())]


def back(written, **more):
    """Return what a reader makes of a written message, which must be right by the directory."""
    data = ncts.write_interchange([written], sender="NO310000019", recipient="NTA.NO",
                                  reference="R1", when=WHEN)
    [found] = [one for one in judge(data) if isinstance(one, Judged)]
    assert found.faults == []
    return ncts.read_message(found.message, **more)


@pytest.mark.parametrize("kind", mapping.kinds(), ids=lambda kind: kind.root)
def test_every_item_of_every_message_has_a_row(kind):
    """In the order of the structure, and its path is one of a message of today."""
    assert {one.ie for one in mapping.kinds()} >= set(ASKED.split())
    structures = [tables.structure(one.profile, one.canonical) for one in mapping.kinds()]

    def walk(rows, fields, base):
        assert [row.name for row in rows] == [field.name for field in fields]
        for row, field in zip(rows, fields):
            path = "/".join(part for part in (base, row.canonical) if part)
            path = path.replace("ConsignmentItem/../", "")
            if row.canonical and row.how != "made":
                assert any(one.field(path) for one in structures), (row.path, path)
            if row.how not in ("made", "party"):
                walk(row.children, field.children, path)
    walk(mapping.items(kind.root), tables.structure("p4", kind.root).children, "")


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_message_comes_back_as_it_was(path):
    """What is not told as lost is equal; the rules find in it what they find in the original."""
    message = forms.read(path.read_bytes())
    written = ncts.write_message(message)
    reading = back(written)
    assert reading.message.kind == message.kind
    told = {one.path for one in written.losses}
    assert {one.path for one in losses(message, reading.message)} == told
    if not told and not written.missing:
        assert check(reading.message) == []


def read(data):
    """Return the reading of the one message of an interchange."""
    [found] = [one for one in judge(data) if isinstance(one, Judged)]
    assert found.faults == []
    return ncts.read_message(found.message)


INTERCHANGES = sorted((ROOT / "golden/edifact/ncts").glob("*.edi"))
# Messages that repeat what another said: without that they are shorter when written again.
WITH_DECLARATION = ("IE029", "IE044", "IE051")


def test_every_message_has_a_golden_interchange():
    """One a message, by its number."""
    assert [path.stem for path in INTERCHANGES] == sorted(one.ie for one in mapping.kinds())


@pytest.mark.parametrize("path", INTERCHANGES, ids=lambda path: path.stem)
def test_golden_interchanges(path):
    """Read as the file beside says, without a finding; written again the same, byte for byte."""
    data = path.read_bytes()
    assert edifact_golden.read_from(path) == path.with_suffix(".reading").read_text("utf-8")
    assert b"".join(write.canonical(data)) == data
    verdict = check_command.judge(path)
    assert (verdict["verdict"], verdict["findings"]) == ("valid", [])
    reading = read(data)
    assert (reading.name, reading.test) == (path.stem, True)
    if path.stem in WITH_DECLARATION:
        return
    again = ncts.write_message(reading.message, DECLARED, reference=reading.reference)
    header = reading.message
    assert ncts.write_interchange(
        [again], sender=header.sender, recipient=header.recipient,
        reference=header.identification.partition("-")[0], test=True,
        when=datetime.fromisoformat(header.get("preparationDateAndTime"))) == data


def explained(loss, message, kind):
    """Tell whether a row with a plain change allows a loss: too long, or odd letters."""
    node = message.root
    for step in loss.path.split("/")[2:]:
        name, _, number = step.rstrip("]").partition("[")
        node = node.all(name)[int(number or 1) - 1]
    if node.children or not node.text:
        return True
    path = re.sub(r"\[\d+\]", "", loss.path).split("/", 2)[2]
    row, field = plain_rows(kind.root).get(path, (None, None))
    if row is None:
        return True
    value = WAYS[row.how][1](node.text)
    whole = value == folded(value).strip() and WAYS[row.how][0](value) == node.text
    return not (whole and fits(value, field.type)
                and len(value) <= sum(widths(SEGMENTS[row.place.step.tag], row.place.spots)))


@cache
def plain_rows(root):
    """Return the rows of a message that a plain change carries, by canonical path."""
    found = {}

    def walk(rows, fields, base):
        for row, field in zip(rows, fields):
            path = "/".join(part for part in (base, row.canonical) if part)
            if field.children:
                if row.how in ("-", "party") and (row.canonical or row.place is None):
                    walk(row.children, field.children, path)
            elif row.canonical and row.how in WAYS and "House" not in path:
                found[path] = row, field
    walk(mapping.items(root), tables.structure("p4", root).children, "")
    return found


@pytest.mark.parametrize("root", sorted({one.canonical for one in mapping.kinds()
                                         if one.profile == "p6"}))
def test_what_a_row_carries_comes_back(root):
    """Random messages: equal, or told as lost; and lost only as the row allows."""
    carried = 0
    for seed in range(SEEDS):
        message = from_plain("p6", root, random_message(root, Random(seed)))
        written = ncts.write_message(message)
        reading = back(written)
        assert reading.name == written.name
        told = {one.path for one in written.losses}
        assert {one.path for one in losses(message, reading.message)} == told
        generic = {re.sub(r"\[\d+\]", "", path).split("/", 2)[2] for path in told}
        for fate in fates(written.kind.root):
            if fate.fate == "lost" and message.get(fate.path):
                assert any(fate.path.startswith(path) for path in generic), (seed, fate.path)
        for loss in written.losses:
            assert explained(loss, message, written.kind), (seed, loss)
        assert all(one.code in ("13", "14") for one in reading.findings), seed
        again = ncts.write_message(reading.message, reference=reading.reference)
        twice = back(again)
        assert [one.path for one in losses(reading.message, twice.message)] == [
            one.path for one in again.losses]
        carried += sum(1 for path in plain_rows(written.kind.root) if message.get(path))
    assert carried or not plain_rows(written.kind.root)


def test_a_rejection_is_the_message_for_what_it_rejects():
    """IE056 and IE057 by what they reject, and back to them."""
    for type_, code, name in (("015", "12", "IE016"), ("013", "12", "IE005"),
                              ("054", "12", "IE062"), ("014", "12", "IE056"),
                              ("170", "4", "IE056")):
        assert _rejected("CC056C", type_, code).name == name
    for type_, code, name in (("007", "12", "IE008"), ("007", "3", "IE021"),
                              ("044", "12", "IE058")):
        assert _rejected("CC057C", type_, code).name == name


@pytest.mark.parametrize("root, name", [
    ("CC004D", "IE004"), ("CC009D", "IE009"), ("CC028D", "IE028"), ("CC056D", None),
    ("CC058D", "IE056"), ("CC060D", "IE060"), ("CC928D", "IE928"), ("CCA13D", "IE013"),
    ("CCA15D", "IE015"), ("CCA29D", "IE029"), ("CCA64D", "IE060")])
def test_messages_with_security_data_go_as_the_plain_ones(root, name):
    """What they say of safety and security, and of the office of transit, is told as lost."""
    message = from_plain("p6", root, random_message(root, Random(1)))
    written = ncts.write_message(message)
    assert name in (written.name, None)
    assert back(written).name == written.name


def _rejected(root, type_, code):
    """Return a written rejection, which must come back."""
    message = from_plain("p6", root, {
        "messageSender": "NTA.NO", "messageRecipient": "NO310000019",
        "preparationDateAndTime": "2026-05-04T10:15:00", "messageIdentification": "R-1",
        "TransitOperation": {
            "MRN": "26NO365001ABCDEF12", "businessRejectionType": type_,
            "rejectionDateAndTime": "2026-05-04T00:00:00", "rejectionCode": code},
        "FunctionalError": [{"errorPointer": "/CC015C/Guarantee/guaranteeType", "errorCode": "12",
                             "errorReason": "CL251"}] if code == "12" else []})
    written = ncts.write_message(message)
    reading = back(written)
    assert reading.message.kind == root and reading.name == written.name
    operation = reading.message.first("TransitOperation")
    assert operation.get("businessRejectionType") == type_
    assert operation.get("rejectionCode") == code
    return written


def test_findings_stand_at_the_places_they_came_from():
    """Of the canonical message, of phase 4, of totals; pointers of answers are places too."""
    data = DECLARATION.replace(b"CNT+5:2", b"CNT+5:3").replace(b"UNT+48", b"UNT+47")
    data = data.replace(b"FTX+AAA+++Dried cod, split'", b"")
    reading = read(data)
    assert [(one.code, one.path.partition("]/")[2]) for one in reading.findings] == [
        ("13", "SG30[1]/CST[1]/1496"), ("14", "CNT[1]/C270/6066")]
    wrong = read(DECLARATION.replace(b"030551", b"999999"))
    [finding] = wrong.placed(check(wrong.message))
    assert finding.path == "UNH[1]/SG30[1]/CST[1]/C246/7361" and "segment 30" in finding.text
    [inside] = check(wrong.message)
    rejection = from_plain("p6", "CC056C", {
        "TransitOperation": {"LRN": "L", "businessRejectionType": "015", "rejectionCode": "12"},
        "FunctionalError": [{"errorPointer": inside.path, "errorCode": "12",
                             "errorReason": "CL152"}]})
    pointer = back(ncts.write_message(rejection, answers=wrong)).message.get(
        "FunctionalError/errorPointer")
    assert pointer.startswith("UNH[1]/SG30[1]/CST[1]/C246/7361 (segment 30")


def test_the_register_fills_in_what_phase_4_wants():
    """Names and addresses, the authorisation and the representative; and out they go again."""
    known = ncts.Known({"NO310000426": ncts.Party(
        "NO310000426", "Granvik Sjømat (fiktiv)", "Bryggen 1", "5003", "Bergen", "NO",
        {"C521": "NOACR26000042"})})
    message = forms.read((ROOT / "golden/messages/good/01_CC015C.xml").read_bytes())
    written = ncts.write_message(message, known)
    assert written.missing == () and written.losses == ()
    reading = back(written, known=known)
    assert reading.message.first("HolderOfTheTransitProcedure").get("name") == ""
    assert check(reading.message) == []


def test_what_has_no_place_is_told():
    """Nothing is dropped silently: neither what phase 4 lacks, nor what is in no row."""
    message = forms.read((ROOT / "golden/messages/good/12_CC043C.xml").read_bytes())
    lost = ncts.write_message(message).losses
    assert lost and all("hase 4" in one.text and "ase 4" in one.nb for one in lost)
    reading = read(DECLARATION.replace(b"UNS+D'", b"TOD+5'UNS+D'").replace(b"UNT+48", b"UNT+49"))
    assert "UNH[1]/SG7[1]/TOD[1]/4055" in [one.path for one in reading.losses]
    unknown = read(DECLARATION.replace(b"UN:CC015B'", b"UN:CC999B'"))
    assert unknown.message is None and unknown.findings[0].path == "UNH[1]/UNH/S009/0057"
    with pytest.raises(ncts.Unmapped):
        ncts.write_message(from_plain("p6", "CD001C", {}))


def test_letters_of_other_repertoires_are_told():
    """UNOC lacks them: they are written without their marks, and the change is told."""
    message = forms.read((ROOT / "golden/messages/good/03_CC028C.xml").read_bytes())
    message.root.children.append(Node("HolderOfTheTransitProcedure", None, [], 0, message.root))
    holder = message.all("HolderOfTheTransitProcedure")[0]
    holder.children.append(Node("name", "Łódź Spedycja", [], 0, holder))
    del message.root.children[-1]
    [loss] = ncts.write_message(message).losses
    assert loss.value == "Łódź Spedycja" and "Lódz Spedycja" in loss.text


MUTATIONS = 600


def test_no_interchange_breaks_the_reader():
    """Golden ones with bytes changed, and segments swapped and doubled: read, judged, written."""
    rng, read_ = Random(20260504), 0
    whole = [path.read_bytes() for path in INTERCHANGES]
    for _ in range(MUTATIONS):
        data = mutated(rng.choice(whole), rng)
        try:
            found = [one for one in judge(data) if isinstance(one, Judged)]
        except Unreadable:
            continue
        for one in found:
            reading = ncts.read_message(one.message)
            assert all(said.path and said.text and said.nb
                       for said in (*reading.findings, *reading.losses))
            if reading.message is not None:
                reading.placed(check(reading.message))
                ncts.write_message(reading.message)
                read_ += 1
    assert read_ > MUTATIONS // 2


def mutated(data, rng):
    """Return an interchange with a few mistakes in it, its header left alone."""
    for _ in range(rng.randint(1, 4)):
        segments = data.split(b"'")
        one, other = (rng.randrange(3, len(segments) - 2) for _ in range(2))
        what = rng.choice("change cut swap double".split())
        if what == "swap":
            segments[one], segments[other] = segments[other], segments[one]
        elif what == "double":
            segments.insert(one, segments[other])
        elif segments[one]:
            at = rng.randrange(len(segments[one]))
            mark = bytes([rng.choice(b"+:?*ABZ019 ")]) if what == "change" else b""
            segments[one] = segments[one][:at] + mark + segments[one][at + 1:]
        data = b"'".join(segments)
    return data


DECLARED = ncts.Known(declaration={"TransitOperation": {"declarationType": "T1"}})
DECLARATION = ncts.write_interchange(
    [forms.read((ROOT / "golden/messages/good/01_CC015C.xml").read_bytes())], sender="NO310000426",
    recipient="NTA.NO", reference="R1", when=WHEN)
