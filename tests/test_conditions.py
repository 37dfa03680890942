"""Conditions: the table, the reading of it, a case for every outcome, the public samples."""
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tollbod.play import instances
from tollbod.play.condition_cases import CODE, Scene, apply, read_case, staged
from tollbod.play.condition_solver import demands
from tollbod.rules.case_file import CaseFile
from tollbod.rules.check import check, prepared_on
from tollbod.rules.conditions import IN_FORCE, NOT_JUDGED, condition, conditions, order
from tollbod.rules.conditions_notation import Operand, Unclear, read_block, read_cond, write_block
from tollbod.rules.conditions_notation import Path as Where
from tollbod.rules.conditions_notation import Test as Asked
from tollbod.rules.judge import judge
from tollbod.rules.judge_places import bindings
from tollbod.spec import tables
from tollbod.wire import forms
from tollbod.wire.message import Unreadable, from_plain

HOME = Path(__file__).parents[1]
GOLDEN = HOME / "golden" / "messages" / "conditions"
SHARED = Path(os.environ.get("TOLLBOD_SHARED", HOME / "../shared")) / "reference"
SAMPLES = SHARED / "ncts" / "samples"


def rows(name: str) -> list[str]:
    """Return the rows of a file of cases."""
    return (GOLDEN / f"{name}.txt").read_text(encoding="utf-8").splitlines()[1:]


CASES = [read_case(row, profile) for profile in tables.EVERY_PROFILE if conditions(profile)
         for row in rows(profile)]


# The table

@pytest.mark.parametrize("profile", tables.EVERY_PROFILE)
def test_every_condition_of_the_tables_is_listed(profile):
    """Each C that a structure carries has its block; what is not judged says why."""
    carried = {name for root in tables.roots(profile)
               for _, row in tables.structure(profile, root).walk()
               for name in row.rules if name[0] == "C"}
    assert {one.id for one in conditions(profile)} == carried
    for one in conditions(profile):
        assert one.status in (IN_FORCE, NOT_JUDGED)
        assert bool(one.why) == (one.status == NOT_JUDGED)
        assert one.source and (one.statements or one.why) and one.messages


def test_how_many():
    """222 conditions of phase 6, of which two cannot be judged; 135 of phase 5; 39 of ICS2;
    none of the national edition, whose offices judge it by their tables."""
    assert len(conditions("p6")) == 222 and len(conditions("p5")) == 135
    assert len(conditions("ics2")) == 39 and not conditions("no1")
    assert [one.id for one in conditions("p6") if one.why] == ["C0461", "C0716"]
    assert [one.id for one in conditions("ics2") if one.why] == [
        "C3009", "C3010", "C3011", "C3039", "C3040", "C3043", "C3044", "C3045", "C3047", "C3049",
        "C3052"]
    assert len(order()) == 11


def test_words_for_everyone():
    """Every condition says in both languages what it is about."""
    silent = [one.id for profile in tables.EVERY_PROFILE for one in conditions(profile)
              if not one.text.endswith(".") or not one.nb.endswith(".")]
    assert silent == []


def test_blocks_read_back_the_same():
    """What is written is what was read."""
    for profile in tables.EVERY_PROFILE:
        for one in conditions(profile):
            lines = write_block(one.statements)
            assert read_block(lines) == one.statements
            assert profile == "p5" or "\n".join(lines) == one.notation, "as the tool wrote it"
    with pytest.raises(Unclear):
        str(Asked("odd", Operand(Where(("A",)), "")))
    for text, said in (("A given and", "a word expected"), ("A given D", "D was not expected")):
        with pytest.raises(Unclear, match=said):
            read_cond(text)
    assert read_cond("A = 'not x'") == Asked("=", Operand(Where(("A",)), ""), ("not x",))
    assert read_cond("A in {'not' b}").values == ("not", "b")
    assert read_cond("A = C/d").other == Operand(Where(("C", "d")), "")
    for text in ("A given and", "A/b is 1", "not", "A in {1", "some A in {1}", "A = 1 2"):
        with pytest.raises(Unclear):
            read_cond(text)
    long = [f"if {' and '.join(f'Consignment/p{n} given' for n in range(9))}", "  R A", "else",
            "  N A"]
    assert max(map(len, write_block(read_block(long)))) <= 98
    assert read_block(write_block(read_block(long))) == read_block(long)
    for lines in (["  R A"], ["if A given", "    R B"], ["perhaps"], ["R A B"]):
        with pytest.raises(Unclear):
            read_block(lines)


def test_table_is_what_the_source_says(tmp_path):
    """The tables are built again, byte for byte."""
    if not SHARED.exists():
        pytest.skip("no reference collection beside the checkout")
    tool = HOME / "tools" / "build_conditions.py"
    subprocess.run([sys.executable, tool, SHARED.parent, tmp_path], check=True,
                   capture_output=True)
    for built in tmp_path.iterdir():
        kept = HOME / "src/tollbod/spec/ncts/conditions" / built.name
        assert built.read_bytes() == kept.read_bytes(), built.name


@pytest.mark.parametrize("profile", tables.EVERY_PROFILE)
def test_each_place_is_bound(profile):
    """Wherever a structure carries a condition that can demand or forbid the place, it binds."""
    bound = {(root, one.rule, "/".join(one.home + one.target))
             for root in tables.roots(profile) for one in bindings(profile, root)}
    for one in (one for one in conditions(profile) if one.status == IN_FORCE):
        for number, put, _ in demands(one):
            for root, paths in one.messages.items():
                if put.demand == "O" or put.path.roots and root not in put.path.roots:
                    continue
                path = "/".join(put.path.steps)
                if path in paths:
                    assert (root, one.id, path) in bound, (number, root, path)
    closed = {one.id for one in conditions(profile) if one.status == NOT_JUDGED}
    assert not [row for row in bound if row[1] in closed]


# A case for each outcome

@pytest.mark.parametrize("case", CASES, ids=lambda one: f"{one.profile}-{one.rule}-{one.outcome}")
def test_case(case):
    """The broken message gives exactly its finding, the kept one none, both fit the structure;
    where the place may stand or not, neither gives any."""
    broken, kept = staged(case, True), staged(case, False)
    found = [one for one in broken.findings(case.rule) if plain(one.path) == case.place]
    wanted = {CODE[case.outcome[-1]]} if case.outcome[-1] != "O" else set()
    assert {one.code for one in found} == wanted
    assert not [one for one in kept.findings(case.rule) if plain(one.path) == case.place]
    assert not check(broken.message, "schema") and not check(kept.message, "schema")
    for one in found:
        assert one.layer == "rules" and one.text.endswith(".") and one.nb.endswith(".")
        assert case.place.split("/")[-1] in one.text and one.text != one.nb


def plain(path: str) -> str:
    """Return the path of a finding below the root, without indexes."""
    return "/".join(step.partition("[")[0] for step in path.split("/")[2:])


@pytest.mark.parametrize("profile", tables.EVERY_PROFILE)
def test_no_outcome_without_a_case(profile, capsys):
    """Each R, N and O of each condition in force has a case, or a reason why none is possible."""
    shown = {(one.rule, one.outcome) for one in CASES if one.profile == profile}
    excused = {tuple(cell.strip() for cell in row.split(" | ")[:3]) for row in rows("unreached")}
    excused = {(rule, outcome) for name, rule, outcome in excused if name == profile}
    other = {one.id: one.notation for one in conditions("p6")} if profile == "p5" else {}
    wanted = {(one.id, f"{number}{put.demand}") for one in conditions(profile)
              if one.status == IN_FORCE and other.get(one.id) != one.notation
              for number, put, _ in demands(one)}
    with capsys.disabled():
        print(f"\n{profile}: {len(wanted)} outcomes, {len(shown)} with a case, "
              f"{len(excused)} out of reach")
    assert shown | excused == wanted and not shown & excused
    assert not [row for row in rows("unreached") if "no way found" in row]


# How it is read

def found(scene: Scene, rule: str) -> list[str]:
    """Return code and place of what is said."""
    return [f"{one.code} {one.path.split('/', 2)[2]}" for one in scene.findings(rule)]


def scene(root: str, *edits: str, profile: str = "p6") -> Scene:
    """Return a message after some edits."""
    made = Scene(instances.minimal(profile, root))
    for edit in ("messageSender=NTA.NO", "messageRecipient=NTA.NO", *edits):
        apply(made, edit)
    return made


def test_this_house():
    """A house's own destination decides about its own consignee (C0001)."""
    house = "Consignment/HouseConsignment"
    made = scene("CC015C", "TransitOperation/security=0", f"2*{house}")
    first, second = made.message.all(house)
    for node, country in ((first, "NO"), (second, "US")):
        node.children.insert(1, type(node)("countryOfDestination", country, [], 0, node))
    assert found(made, "C0001") == ["13 Consignment/HouseConsignment[1]/Consignee"]


def test_this_guarantee():
    """Of each owner of a guarantee it is his own country that waives the postcode (C0505)."""
    waived, due = ({"Owner": {"Address": {"city": "A", "country": one}}} for one in ("AE", "NO"))
    for order, first in (((waived, due), 2), ((due, waived), 1)):
        made = Scene(from_plain("p6", "CC037C", {"GuaranteeReference": list(order)}))
        assert found(made, "C0505") == [f"13 GuaranteeReference[{first}]/Owner/Address/postcode"]


def test_some_result_without_a_code():
    """Of all results one must have a code, and one of those without its area (C0715)."""
    results = "RiskAnalysisIdentification/RiskAnalysis/RiskAnalysisResult"
    for one, said in (({"code": "AE", "riskAreaCode": "1"}, [f"13 {results}[1]/riskAreaCode"]),
                      ({"riskAreaCode": "1"}, [])):
        made = Scene(from_plain("p6", "CD003C", {"RiskAnalysisIdentification": {
            "code": "Y", "RiskAnalysis": {"RiskAnalysisResult": [{"code": "AE"}, one]}}}))
        assert found(made, "C0715") == said


def test_no_number_is_not_above():
    """A number of seals that is no number is not above zero (C0569)."""
    made = scene("CC015C", "Consignment/TransportEquipment/numberOfSeals=many",
                 "+Consignment/TransportEquipment/Seal")
    assert found(made, "C0569") == ["15 Consignment/TransportEquipment/Seal"]


def test_the_value_that_may_not_stand_is_told():
    """A finding repeats the value, as far as a rejection has room for it; a group has none."""
    for text, told in ((" 2026-05-09 ", "2026-05-09"), ("9" * 600, "9" * 512)):
        made = scene("CC015C", f"TransitOperation/limitDate={text}",
                     "TransitOperation/additionalDeclarationType=D")
        assert [one.value for one in made.findings("C0839")] == [told]
    made = scene("CC015C", "Consignment/TransportEquipment/numberOfSeals=0",
                 "+Consignment/TransportEquipment/Seal")
    assert [one.value for one in made.findings("C0569")] == [""]


def test_any_house():
    """At the level of the consignment "at least one house" is looked for (C0001)."""
    made = scene("CC015C", "TransitOperation/security=2", "2*Consignment/HouseConsignment",
                 "+Consignment/Consignee")
    assert found(made, "C0001") == []
    second = made.message.all("Consignment/HouseConsignment")[1]
    apply(made, "Consignment/HouseConsignment/AdditionalInformation/code=30600")
    second.children.append(made.message.first("Consignment/HouseConsignment").children.pop(-1))
    made = Scene(forms.read(json_of(made)))
    assert "15 Consignment/Consignee" in found(made, "C0001")


def json_of(made: Scene) -> bytes:
    """Return a scene's message as bytes."""
    from tollbod.wire import json as wire_json
    return wire_json.write(made.message)


def test_one_of_all():
    """Of all containers one must have its number, in each incident by itself (C0055, C0820)."""
    equipment = "Consignment/TransportEquipment"
    made = scene("CC015C", "Consignment/containerIndicator=1", f"2*{equipment}")
    assert found(made, "C0055") == [
        "13 Consignment/TransportEquipment[1]/containerIdentificationNumber"]
    made = scene("CC015C", "Consignment/containerIndicator=1", f"2*{equipment}",
                 f"{equipment}/containerIdentificationNumber=ABCU1234560")
    assert found(made, "C0055") == []
    made = scene("CC015C", "Consignment/containerIndicator=1")
    assert found(made, "C0055") == [], "without any equipment there is nothing to number"


def test_one_of_all_in_each_incident():
    """Of the containers of an incident one must have its number, whatever others have (C0820)."""
    def incident(into: str, *numbers: str) -> dict:
        return {"Transhipment": {"containerIndicator": into}, "TransportEquipment": [
            {"sequenceNumber": "1", "containerIdentificationNumber": one} for one in numbers]}
    made = Scene(from_plain("p6", "CC043C", {"Consignment": {"Incident": [
        incident("1", "", "ABCU1234560"), incident("1", "", ""), incident("0", "")]}}))
    assert found(made, "C0820") == [
        "13 Consignment/Incident[2]/TransportEquipment[1]/containerIdentificationNumber"]


def test_each_group_by_itself():
    """What is asked of a group's own number is asked of each group's own (C0250)."""
    known, stranger = "NO310000019", "NO999999999"
    made = Scene(from_plain("p6", "CC015C", {
        "HolderOfTheTransitProcedure": {"identificationNumber": known},
        "Consignment": {
            "Consignor": {"identificationNumber": stranger, "name": "Granvik AS"},
            "HouseConsignment": {"Consignee": {"identificationNumber": known, "name": "Ny AS"}},
        }}), known={known})
    assert found(made, "C0250") == [
        "13 Consignment/Consignor/Address", "15 Consignment/HouseConsignment/Consignee/name"]


def test_either_will_do():
    """Of two places one must stand (C0930)."""
    made = scene("CC017C", "ControlResult/code=B1", "-Consignment",
                 "-TransitOperation/otherThingsToReport")
    assert found(made, "C0930") == ["13 Consignment"]
    made = scene("CC017C", "ControlResult/code=B1", "-Consignment",
                 "TransitOperation/otherThingsToReport=x")
    assert found(made, "C0930") == []


def test_several_values():
    """A test holds if one value passes; its opposite if none does (C0839)."""
    for second, date, said in (("C523", "+", ["15 TransitOperation/limitDate"]),
                               ("C521", "-", ["13 TransitOperation/limitDate"])):
        made = scene("CC015C", "TransitOperation/additionalDeclarationType=A", "2*Authorisation",
                     "Authorisation/type=C524", f"{date}TransitOperation/limitDate")
        made.message.all("Authorisation")[1].first("type").text = second
        assert found(made, "C0839") == said


def test_what_is_not_known_is_not_judged():
    """Without the case, the register or a public list nothing is said; what is sure is said."""
    made = scene("CC170C", "TransitOperation/limitDate=2026-05-09")
    assert found(made, "C0840") == []
    apply(made, "case")
    assert found(made, "C0840") == ["15 TransitOperation/limitDate"]
    party = ("HolderOfTheTransitProcedure/identificationNumber=NO310000019",
             "-HolderOfTheTransitProcedure/name", "-HolderOfTheTransitProcedure/Address")
    message = scene("CC015C", *party).message
    assert not [one for _, one in judge(message) if one.rule == "C0250"]
    assert len([one for _, one in judge(message, register=lambda number: False)
                if one.rule == "C0250"]) == 2
    message = scene("CC015C", *party[1:]).message
    apply(Scene(message), "-HolderOfTheTransitProcedure/identificationNumber")
    assert len([one for _, one in judge(message) if one.rule == "C0250"]) == 2


def test_an_amendment_replaces_the_declaration():
    """What an amendment says counts, whether it is kept as a message or as content (C0170)."""
    edits = ("Consignment/inlandModeOfTransport=3",)
    made = scene("CC170C", *edits, "CC015C:TransitOperation/reducedDatasetIndicator=1")
    assert found(made, "C0170") == ["15 Consignment/inlandModeOfTransport"]
    apply(made, "CC013C:TransitOperation/reducedDatasetIndicator=0")
    assert found(made, "C0170") == []
    message = scene("CC170C", *edits).message
    content = {"TransitOperation": {"reducedDatasetIndicator": "1"}, "Authorisation": [{}, {}]}
    for earlier in ({"CC015C": content}, {"IE015": content},
                    {"IE015": from_plain("p6", "CC015C", content)}):
        assert [one.rule for _, one in judge(message, earlier) if one.rule == "C0170"]
    assert CaseFile({"IE999": {"a": "1"}}, "p6").newest(["CC015C", "CD999Z"]) is None
    assert CaseFile({"CD501C": {"a": {"b": ["1", "2"]}}}, "p6").newest(["CD501C"]).all("a/b")


def test_phase_5_in_its_own_words():
    """A road incident of phase 5 has no code 7, and needs each container's number."""
    incident = "Consignment/Incident"
    for profile, said in (("p6", []), ("p5", ["15 Consignment/Incident/TransportEquipment"])):
        made = scene("CC043C", f"+{incident}", f"{incident}/code=7",
                     f"+{incident}/TransportEquipment", profile=profile)
        assert found(made, "C0240") == said
    assert condition("C0403", "p5") and condition("C0403", "p6") is None


# Messages of others

def recorded() -> list[dict]:
    """Return the records of the public samples."""
    index = SAMPLES / "index.json"
    return json.loads(index.read_text()) if index.exists() else []


@pytest.mark.parametrize("record", recorded(), ids=lambda one: one["file"])
def test_sample(record):
    """A public sample breaks the conditions that were recorded of it, and no others."""
    try:
        message = forms.read((SAMPLES / record["file"]).read_bytes(), "p6")
    except Unreadable as fault:
        pytest.skip(f"not readable: {fault}")
    if record.get("xsdP6") != "valid":
        pytest.skip("does not fit the structure of phase 6")
    said = {f"{one.rule}({one.code}) {plain(one.path)}"
            for _, one in judge(message, on=prepared_on(message))}
    assert said == {one for one in record["ruleViolations"] if one[0] == "C"}


def test_samples_are_there():
    """Says so when the samples are not at hand."""
    if not recorded():
        pytest.skip("no public samples beside the checkout")
