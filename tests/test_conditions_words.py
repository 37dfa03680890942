"""What is said of a broken condition, and what `describe` tells of one: in both languages."""
import pytest

from tollbod.play import describe, instances
from tollbod.play.condition_cases import Scene, apply
from tollbod.rules import judge_words
from tollbod.rules.conditions_notation import read_cond
from tollbod.rules.judge_tests import Reason

HOLDER = "HolderOfTheTransitProcedure"
ITEM = "Consignment/HouseConsignment/ConsignmentItem"
CODE_OF_ITEM = f"{ITEM}/Commodity/CommodityCode/combinedNomenclatureCode"
TOLD = [
    ("CC015C", "C0821", ("CustomsOfficeOfDeparture/referenceNumber=NO365001", f"+{CODE_OF_ITEM}"),
     'because CustomsOfficeOfDeparture/referenceNumber begins with "NO", which is in CL112 (',
     "fordi CustomsOfficeOfDeparture/referenceNumber begynner med «NO», som står i CL112 ("),
    ("CD001C", "C0812", ("messageRecipient=NTA.RS", "+Consignment/Carrier"),
     'because messageRecipient ends with "RS", which is not in CL147 (',
     "fordi messageRecipient slutter med «RS», som ikke står i CL147 ("),
    ("CC117D", "C0033", (f"{HOLDER}/identificationNumber=12345",
                         "TransitOperation/MRN=26NO36500100001LL5"),
     (f'because character 17 of TransitOperation/MRN is "L" and {HOLDER}/identificationNumber is '
     '"12345", not written as an EORI number.'),
     (f"fordi tegn 17 i TransitOperation/MRN er «L» og {HOLDER}/identificationNumber er «12345», "
     "ikke skrevet som et EORI-nummer.")),
    ("CC117D", "C0033", (f"{HOLDER}/identificationNumber=NO310000019",
                         "TransitOperation/MRN=26NO36500100001LL5",
                         f"+{HOLDER}/SafetyAndSecurityIdentificationNumber"),
     ', written as an EORI number. Remove it, or correct', ", skrevet som et EORI-nummer. Ta det"),
    ("CC015C", "C0823", ("TransitOperation/additionalDeclarationType=A",
                         "Consignment/containerIndicator=1", "-Consignment/TransportEquipment"),
     "It is required because Consignment/containerIndicator is \"1\". Add it",
     "Det kreves fordi Consignment/containerIndicator er «1». Legg det til"),
    ("CD150C", "C0014", ("GuaranteeReference/GRN=25NO3650010001230",
                         "CD205C:Guarantee/guaranteeType=4"),
     ('because messageSender ends with "NO", the same as in GuaranteeReference/GRN; and '
     'Guarantee/guaranteeType in CD205C is "4"'),
     ("fordi messageSender slutter med «NO», det samme som i GuaranteeReference/GRN; og "
     "Guarantee/guaranteeType i CD205C er «4»")),
    ("CC015C", "C0250", (f"{HOLDER}/identificationNumber=NO310000019", f"+{HOLDER}/name",
                         "known=NO310000019"),
     f'because {HOLDER}/identificationNumber is "NO310000019", which the register of parties knows',
     "som registeret over parter kjenner"),
    ("CC015C", "C0250", (f"{HOLDER}/identificationNumber=NO310000019", f"-{HOLDER}/name"),
     "which the register of parties does not know. Add it, or correct",
     "som registeret over parter ikke kjenner. Legg det til, eller rett"),
    ("CC015C", "C0250", (f"-{HOLDER}/identificationNumber", f"-{HOLDER}/name"),
     "because identificationNumber is not given. Add it.",
     "fordi identificationNumber ikke er oppgitt. Legg det til."),
    ("CC015C", "C0670", ("2*Consignment/TransportEquipment",
                         "-Consignment/TransportEquipment/GoodsReference"),
     "because Consignment/TransportEquipment[1] does not stand just once",
     "fordi Consignment/TransportEquipment[1] ikke står bare én gang"),
    ("CC015C", "C0569", ("Consignment/TransportEquipment/numberOfSeals=2",
                         "-Consignment/TransportEquipment/Seal"),
     'because Consignment/TransportEquipment/numberOfSeals is "2", more than 0',
     "fordi Consignment/TransportEquipment/numberOfSeals er «2», mer enn 0"),
    ("CC015C", "C0569", ("Consignment/TransportEquipment/numberOfSeals=0",
                         "+Consignment/TransportEquipment/Seal"),
     'is "0", not more than 0. Remove it', "er «0», ikke mer enn 0. Ta det bort"),
    ("CC015C", "C0587", ("TransitOperation/security=0", "+CustomsOfficeOfExitForTransitDeclared"),
     ('CustomsOfficeOfExitForTransitDeclared is not allowed because TransitOperation/security is '
     '"0", not one of 2, 3. Remove it, or correct TransitOperation/security if that is wrong.'),
     ("er ikke tillatt fordi TransitOperation/security er «0», ikke en av 2, 3. Ta det bort, eller "
     "rett TransitOperation/security hvis den er feil.")),
    ("CC015C", "C0587", ("TransitOperation/security=2",
                         "CustomsOfficeOfTransitDeclared/referenceNumber=SE603340",
                         "+CustomsOfficeOfExitForTransitDeclared"),
     'begins with "SE", which is in CL147 (', "begynner med «SE», som står i CL147 ("),
    ("CC044C", "C0440", ("case", "+UnloadingRemark", "UnloadingRemark/stateOfSeals=1"),
     "because Consignment/TransportEquipment/numberOfSeals in CC043C is not given and",
     "fordi Consignment/TransportEquipment/numberOfSeals i CC043C ikke er oppgitt og"),
    ("CC017C", "C0930", ("ControlResult/code=B1", "-Consignment",
                         "-TransitOperation/otherThingsToReport"),
     "Consignment or TransitOperation/otherThingsToReport is missing. It is required because",
     "Consignment eller TransitOperation/otherThingsToReport mangler. Det kreves fordi"),
    ("CC015C", "C0586", ("TransitOperation/bindingItinerary=1",
                         "-Consignment/CountryOfRoutingOfConsignment"),
     ("CountryOfRoutingOfConsignment is missing in Consignment. It is required because "
     'TransitOperation/bindingItinerary is "1". Add it, or correct'),
     ("CountryOfRoutingOfConsignment mangler i Consignment. Det kreves fordi "
     "TransitOperation/bindingItinerary er «1». Legg det til, eller rett")),
]


def scene(root: str, *edits: str) -> Scene:
    """Return a message after some edits."""
    made = Scene(instances.minimal("p6", root))
    for edit in ("messageSender=NTA.NO", "messageRecipient=NTA.NO", *edits):
        apply(made, edit)
    return made


def test_sentences_name_what_demands_it():
    """The finding says what is wrong, which value here demands it, and how to mend it."""
    made = scene("CC015C", "TransitOperation/additionalDeclarationType=A",
                 "+Authorisation", "Authorisation/type=C521")
    told, = made.findings("C0839")
    assert told.text == (
        'limitDate is missing in TransitOperation. It is required because Authorisation/type is '
        '"C521" and TransitOperation/additionalDeclarationType is "A", not D. Add it, or correct '
        "Authorisation/type if that is wrong.")
    assert told.nb == (
        "limitDate mangler i TransitOperation. Det kreves fordi Authorisation/type er «C521» og "
        "TransitOperation/additionalDeclarationType er «A», ikke D. Legg det til, eller rett "
        "Authorisation/type hvis den er feil.")


def test_the_value_that_decided_is_shown():
    """Of several values the one that passed is told, not the first (C0839)."""
    made = scene("CC015C", "TransitOperation/additionalDeclarationType=A", "2*Authorisation",
                 "Authorisation/type=C524")
    made.message.all("Authorisation")[1].first("type").text = "C521"
    told, = made.findings("C0839")
    assert 'because Authorisation[2]/type is "C521"' in told.text


@pytest.mark.parametrize("root, rule, edits, english, bokmaal", TOLD,
                         ids=[f"{one[1]}-{n}" for n, one in enumerate(TOLD)])
def test_sentence(root, rule, edits, english, bokmaal):
    """Each kind of test is told in words of its own, in both languages."""
    made = scene(root, *edits)
    told = made.findings(rule)
    assert told and english in told[0].text and bokmaal in told[0].nb, told


def test_long_reasons_are_cut_and_choices_named():
    """No more than three reasons are told; each place that would do is named in both languages."""
    def reason(place, value):
        return Reason(read_cond(f"{place} = {value}"), place, value, True)
    root = instances.minimal("p6", "CC015C").root
    told, sagt = judge_words.missing(root, "Carrier", ("Consignor", "Consignee"), [
        reason("one", "1"), reason("one", "1"), *(reason(f"p{n}", "x") for n in range(4))])
    assert told == ('Carrier or Consignor or Consignee is missing. It is required because one is '
                    '"1" and p0 is "x" and p1 is "x". Add it, or correct one if that is wrong.')
    assert sagt == ("Carrier eller Consignor eller Consignee mangler. Det kreves fordi one er «1» "
                    "og p0 er «x» og p1 er «x». Legg det til, eller rett one hvis den er feil.")
    assert judge_words.missing(root, "Carrier", (), []) == (
        "Carrier is missing. It is required here. Add it.",
        "Carrier mangler. Det kreves her. Legg det til.")
    assert judge_words.barred(root.first("Consignment"), [])[0] == (
        "Consignment is not allowed here. Remove it.")


def test_described(capsys):
    """`describe` tells a condition in words, in the notation, with its places."""
    for name, words in (("C0045", ("in force", "if TransitOperation/declarationType = T",
                                   "stands in", "CC015C")),
                        ("C0461", ("not judged", "CL385")), ("C0240", ("p5", "p6")),
                        ("C0403", ("PlaceOfLoading",)), ("S1010", ("C0812 before C0186",)),
                        ("S1022", ("C0466 before C0030",))):
        assert describe.run(name) == 0
        told = capsys.readouterr().out
        assert all(word in told for word in words), told
    assert describe.run("C9999") == 2
