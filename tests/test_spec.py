"""The message tables, the XSD made from them, and the code lists."""

import doctest
import filecmp
import gzip
import json
import os
import sys
from datetime import date
from pathlib import Path

import pytest
from lxml import etree

from tollbod.spec import codes, tables, xsd

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("TOLLBOD_SHARED") or ROOT / "../shared")
REFERENCE = SHARED / "reference"
with_reference = pytest.mark.skipif(
    not REFERENCE.is_dir(), reason="the reference tree is not here (TOLLBOD_SHARED)")
PLACES = [(profile, root) for profile in tables.EVERY_PROFILE for root in tables.roots(profile)]

# A value for each type that its name and length do not give away.
VALUES = {
    "base64Binary": "VG9sbGJvZA==", "campaign": "NO test",
    "capital": "A", "capitalOrDigit": "0", "country": "NO",
    "date": "2026-11-20", "dateTime": "2026-11-20T08:30:00",
    "dateTimeOffset": "2026-11-20T08:30:00+01:00",
    "dateTimeZ": "2026-11-20T08:30:00Z", "email": "post@example.no",
    "emailTrim": "post@example.no", "eori": "NO974761076", "grn": "26NO0000000000001",
    "language": "NO", "latitude": "59.91273", "longitude": "10.74609",
    "mrn": "26NO000000000000J0", "mrnEns": "26NO00000000000CT0", "mrnExport": "26NO000000000000A0",
    "mrnPrenotification": "26NO3240010S000016", "commodity": "440710", "unNumber": "1203",
    "office": "NO365001", "riskResult": "AE", "tirCarnet": "XA25000000", "year": "2026",
}


def smallest(kind):
    """Returns a value that a type lets through."""
    if kind.enum:
        return kind.enum[0]
    if kind.name in VALUES:
        return VALUES[kind.name]
    if kind.min_inclusive is not None or kind.total_digits:
        return "1"
    exact = kind.length or kind.name.lstrip("abcdefghijklmnopqrstuvwxyzT")
    character = "1" if kind.name.startswith("digits") else "A"
    return character * (int(exact) if str(exact).isdigit() else 1)


def instance(structure, least):
    """Returns a message with one of everything (least 0) or only of what must be there (1)."""
    root = etree.Element(f"{{{tables.namespace(structure.profile)}}}{structure.root}")
    space = f"{{{tables.NAMESPACE_ICS2}}}" if structure.profile == tables.ICS2 else ""
    if structure.phase_ids:
        root.set("PhaseID", structure.phase_ids[-1])

    def fill(parent, children):
        for one in children:
            if one.low >= least and one.name[0] == "@":
                parent.set(one.name[1:], smallest(one.type))
            elif one.low >= least:
                for _ in range(max(one.low, 1)):
                    node = etree.SubElement(parent, space + one.name)
                    if one.type:
                        node.text = smallest(one.type)
                    fill(node, one.children)
    fill(root, structure.children)
    return root


def test_counts():
    """124 messages of phase 6 and 91 of phase 5; two run-together rows were taken apart."""
    rows = {profile: [row for root in tables.roots(profile)
                      for _, row in tables.structure(profile, root).walk()]
            for profile in tables.PROFILES}
    elements = {profile: sum(row.type is not None for row in rows[profile]) for profile in rows}
    assert [len(tables.roots(profile)) for profile in ("p6", "p5")] == [124, 91]
    assert elements == {"p6": 6643 + 2, "p5": 4453}
    assert {row.status for profile in rows for row in rows[profile]} == {"R", "D", "O"}
    assert all((row.low == 1) == (row.status == "R") for each in rows.values() for row in each)


def test_known_places():
    """Places that everybody who has read the specification knows."""
    declaration = tables.structure("p6", "CC015C")
    house = declaration.field("Consignment/HouseConsignment")
    assert (house.low, house.high, house.status, house.type) == (1, 1999, "R", None)
    assert declaration.phase_ids == ("NCTS6", "NCTS5.1", "NCTS5.0")
    assert tables.structure("p5", "CC015C").phase_ids == ("NCTS5.1", "NCTS5.0")
    assert (declaration.ie, declaration.title, declaration.domain) == (
        "IE015", "Declaration data", "external")
    lrn = declaration.field("TransitOperation/LRN")
    assert (lrn.format, lrn.type.max_length, lrn.codelist) == ("an..22", 22, "")
    kind = declaration.child("TransitOperation").child("declarationType")
    assert (kind.codelist, kind.label) == ("CL231", "Declaration type")
    assert declaration.field("TransitOperation/nothing/at/all") is None
    email = tables.types("p6")["email"]
    assert email.patterns == (r"\p{IsBasicLatin}+", r"[^@]+@[^\.]+\..+")


def test_patches_are_in():
    """What the reference says should be read otherwise is read otherwise."""
    seal = tables.structure("p6", "CC044C").field("Consignment/TransportEquipment/Seal/identifier")
    assert seal.status == "O"
    number = tables.structure("p6", "CCA15D").field(
        "Consignment/HouseConsignment/Consignor/Address/number")
    assert (number.format, number.type.base, number.type.max_length) == (
        "an..35", "xs:normalizedString", 35)
    error = tables.structure("p6", "CC056D").field("FunctionalError/errorCode")
    assert len(error.type.enum) == 34
    file = tables.structure("p6", "CCA71D").field("AdditionalInformationResponse/BinaryAttachment")
    assert [one.name for one in file.children][-2:] == ["MIME", "includedBinaryObject"]
    assert {*tables.roots("p6")} <= {*tables.types("p6")["messageType"].enum}


@pytest.mark.parametrize("module", [tables, codes], ids=["tables", "codes"])
def test_examples(module):
    """The examples in the docstrings run."""
    ran = doctest.testmod(module)
    assert ran.attempted and not ran.failed


def test_names_of_messages():
    """A number leads to a root and back; what is not there says so."""
    assert tables.root_of("p6", "IE028") == "CC028C"
    assert tables.root_of("p6", "IE906") == "CC906C"
    assert tables.root_of("p6", "IE411") == "CD411D"
    assert tables.root_of("p6", "IEA93") == "CDA93D"
    assert tables.ie_of("CCA15D") == "IEA15"
    for profile, root in PLACES:
        assert tables.messages(profile)[root].ie == tables.ie_of(root)
    for wrong in (lambda: tables.structure("p6", "CC012C"), lambda: tables.root_of("p5", "IEA15"),
                  lambda: tables.roots("p7"), lambda: tables.ie_of("../x")):
        with pytest.raises(tables.UnknownMessage):
            wrong()


@pytest.mark.parametrize("least", [0, 1], ids=["everything", "least"])
def test_every_message_has_an_instance_that_its_schema_accepts(least):
    """The schema of each message lets the message with one of everything, or least, through."""
    for profile, root in PLACES:
        message = instance(tables.structure(profile, root), least)
        schema = xsd.schema(profile, root)
        assert schema.validate(message), (profile, root, schema.error_log.last_error)


def test_the_combined_schema_judges_alike():
    """One schema for a whole profile accepts the same messages."""
    for profile in tables.PROFILES:
        schema = etree.XMLSchema(etree.fromstring(xsd.text(profile)))
        for root in tables.roots(profile):
            assert schema.validate(instance(tables.structure(profile, root), 0)), root


@pytest.mark.parametrize("path, value, fine", [
    ("TransitOperation/LRN", "A" * 22, True),
    ("TransitOperation/LRN", "A" * 23, False),
    ("HolderOfTheTransitProcedure/ContactPerson/eMailAddress", "pøst@example.no", False),
    ("HolderOfTheTransitProcedure/ContactPerson/eMailAddress", "postexample.no", False),
    ("HolderOfTheTransitProcedure/name", "Nordlys Spedisjon AS", True),
    ("HolderOfTheTransitProcedure/name", " Nordlys", False),
    ("Consignment/grossMass", "0.5", True),
    ("Consignment/grossMass", "0", False),
    ("Consignment/grossMass", "1.1234567", False),
    ("preparationDateAndTime", "2026-11-20T08:30:00Z", False),
    ("messageSender", "  NO1  ", True),
    ("messageType", "CC999C", False),
])
def test_what_a_type_lets_through(path, value, fine):
    """Each pattern counts, also where there are two; tokens are trimmed first."""
    message = instance(tables.structure("p6", "CC015C"), 0)
    message.find(path).text = value
    assert xsd.schema("p6", "CC015C").validate(message) is fine


def test_order_number_and_namespace():
    """A schema minds order, number, namespace and PhaseID."""
    schema = xsd.schema("p6", "CC007C")

    def verdict(change):
        message = instance(tables.structure("p6", "CC007C"), 1)
        change(message)
        return schema.validate(message)
    assert verdict(lambda m: None)
    assert not verdict(lambda m: m.append(m[0]))
    assert not verdict(lambda m: m.remove(m[0]))
    assert not verdict(lambda m: m.set("PhaseID", "NCTS4"))
    assert not verdict(lambda m: m[0].set("PhaseID", "NCTS6"))
    assert verdict(lambda m: m.attrib.pop("PhaseID"))
    assert not verdict(lambda m: setattr(m[0], "tag", f"{{{tables.NAMESPACE}}}messageSender"))


@with_reference
def test_verdicts_on_the_public_samples():
    """Each public sample has the verdict that the published XSDs gave it, in both profiles."""
    samples = REFERENCE / "ncts" / "samples"
    index = json.loads((samples / "index.json").read_text())
    compared = 0
    for entry in index:
        tree = etree.parse(samples / entry["file"])
        for profile, key in (("p6", "xsdP6"), ("p5", "xsdP5")):
            verdict = xsd.schema(profile, entry["root"]).validate(tree)
            assert ("valid" if verdict else "invalid") == entry[key], (entry["file"], profile)
            compared += 1
    assert compared == 2 * 87


# tools/build_conditions.py makes those of NCTS (see test_conditions.py), those of ICS2 are by hand.
NOT_OF_THESE_TOOLS = ("conditions/", "conditions.txt", "words.txt")


@with_reference
@pytest.mark.parametrize("what", ["ncts", "codes", "ics2/v2"])
def test_tables_are_what_the_tools_make(what, tmp_path):
    """Building again gives the same bytes."""
    sys.path.insert(0, str(ROOT / "tools"))
    try:
        import build_codes
        import build_ics2
        import build_p4
        import build_spec
    finally:
        sys.path.pop(0)
    if what == "ncts":
        build_spec.build(SHARED, tmp_path)
        build_p4.main(SHARED, tmp_path / "p4")
    elif what == "ics2/v2":
        build_ics2.Writer(REFERENCE, tmp_path).run()
    else:
        build_codes.Builder(REFERENCE, tmp_path).run()
    stored = ROOT / "src" / "tollbod" / "spec" / what
    made = sorted(str(f.relative_to(tmp_path)) for f in tmp_path.rglob("*") if f.is_file())
    kept = [str(f.relative_to(stored)) for f in stored.rglob("*") if f.is_file()]
    assert made == sorted(name for name in kept if not name.startswith(NOT_OF_THESE_TOOLS))
    assert filecmp.cmpfiles(tmp_path, stored, made, shallow=False) == (made, [], [])


def test_code_lists():
    """Facts about lists that everybody uses, and validity by day."""
    today = date(2026, 11, 20)
    assert codes.codelist("CL231").codes(today) == ("T", "T1", "T2", "T2F", "T2SM", "TIR")
    assert codes.codelist("CL252").codes() == (
        "G01", "G02", "G03", "G04", "G05", "G06", "G08", "G09", "G10", "G11", "G12", "G13")
    assert codes.codelist("CL252").text("G03") == "Access code not valid"
    assert codes.codelist("CL009").has("NO", today) and not codes.codelist("CL009").has("US", today)
    assert codes.codelist("CL009").has("NO", date(2000, 1, 1)), "judged as on the snapshot's day"
    assert not codes.Code("2026-01-01", "", "").valid(date(2025, 12, 31))
    assert not codes.Code("2020-01-01", "2025-06-30", "").valid(date(2025, 7, 1))
    assert codes.codelist("CL009").has("NO")
    means = codes.codelist("CL750")
    assert means.has("99", today) and not means.has("98", today)
    assert codes.codelist("CL152").has("847130") and codes.codelist("CL152").text("847130") == ""
    assert {*tables.roots("p6"), *tables.roots("p5"), "CC061C"} <= {
        *codes.codelist("CL060").codes()}
    assert codes.codelist("CL199").codes() == codes.codelist("CL248").codes()


def test_long_lists():
    """Places and substances are found, and nothing near them is."""
    places = codes.codelist("CL244")
    assert places.has("NOOSL") and places.text("NOOSL") == "Oslo"
    assert len(places.codes()) == 99539 and places.has(places.codes()[0])
    assert places.has(places.codes()[-1])
    assert len(codes.codelist("CL016").codes()) == 57362
    assert not any(places.has(x) for x in ("", "NOOS", "NOOSLO", "NOOSL\t", "NOOSL\n", "ø", "# "))
    assert not places.has("NOOSL" * 10_000)         # too long to be remembered


def test_no_code_has_blanks_to_be_settled():
    """A value that is in its list as it stands need not be settled before it is looked up."""
    settled = [len(" ".join(code.split())) == len(code)
               for one in codes.codelists() for code in one.codes()]
    assert len(settled) > 200_000 and all(settled)


def test_every_list_in_use_is_judged_or_openly_not():
    """Every list a table names resolves, and a judged list has values."""
    used = codes.codelists_used()
    assert len(used) == 165
    for number in used:
        found = codes.codelist(number)
        assert found.code == number
        assert bool(found.codes()) >= found.judged, number
        assert not found.judged or (found.source and found.name)
    assert not codes.codelist("CL211").judged and codes.codelist("CL211").codes() == ()
    assert not codes.codelist("CL187").judged and codes.codelist("CL187").codes()
    assert codes.codelist("CL998") == codes.CodeList("CL998", "", "", judged=False)


def test_line_one_and_short_texts():
    """Each file of the tables says where it is from and when, and no text is a sentence."""
    files = [file for folder in (tables.FOLDER, codes.FOLDER) for file in folder.rglob("*.t*")]
    assert len(files) > 124 + 91
    for file in files:
        data = file.read_bytes()
        line = (gzip.decompress(data) if file.suffix == ".gz" else data).split(b"\n", 1)[0]
        assert line.startswith(b"# ") and b"2026-11" in line, file
    for one in codes.codelists():
        if one.values.startswith("own") and one.code != "CL244":
            assert all(len(one.text(value)) <= 62 for value in one.codes()), one.code


# Codes of the snapshot of February 2025 that the list of November 2025 lacks: kept, undated.
GONE_SINCE_THE_SNAPSHOT = {"CL214": 1, "CL215": 1, "CL219": 1, "CL248": 1, "CL296": 1, "CL380": 1,
                           "CL750": 1, "CL754": 5}


@with_reference
def test_counts_of_public_lists():
    """Each published list has as many codes as the reference counts, besides those now gone."""
    later = date(2026, 11, 20)
    longer_at_source = {"CL016", "CL244"}   # the reference holds the whole list of February 2025
    index = json.loads((REFERENCE / "ncts/codelists/_index.json").read_text())
    public = [row for row in index if row["valuesPublic"] and row["code"] not in longer_at_source]
    assert len(public) == 66
    for row in public:
        if row["code"] == "CL060":
            assert row["count"] == 96
            continue
        gone = GONE_SINCE_THE_SNAPSHOT.get(row["code"], 0)
        assert len(codes.codelist(row["code"]).codes(later)) == row["count"] + gone, row["code"]


def test_offices():
    """3,426 offices; the office lists are their roles."""
    assert len(codes.offices()) == 3426
    assert codes.office("NO365001").city == "OSLO" and codes.office("NO999999") is None
    assert len(codes.offices("NO", "DES")) > len(codes.offices("NO", "DEP")) > 0
    today = date(2026, 11, 20)
    departure = codes.codelist("CL171")
    assert departure.codes() == tuple(one.code for one in codes.offices(role="DEP"))
    assert departure.has("NO365001", today) and not departure.has("NO999999", today)
    either = {one.code for role in ("ENQ", "REC") for one in codes.offices(role=role)}
    assert {*codes.codelist("CL179").codes()} == either
    assert len(codes.codelist("CL141").codes()) == 3426
