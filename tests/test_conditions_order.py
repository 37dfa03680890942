"""Conditions: which has the last word over which, by the S rules, case by case."""
import pytest
from test_conditions import found, scene

from tollbod.play.condition_cases import apply
from tollbod.rules import conditions

REJECTED = "+TransitOperation/requestRejectionReasonCode"       # C0466 has the last word
ABROAD = "messageRecipient=NTA.RS"                              # C0812 has it
ASKED = "-TransitOperation/requestRejectionReasonCode"
EXITS = ("TransitOperation/security=0", "+CustomsOfficeOfExitForTransitDeclared")
HOUSE_CHARGES = "Consignment/HouseConsignment/TransportCharges"


@pytest.mark.parametrize(("order", "root", "edits", "rule", "said", "guards"), [
    ("S1002", "CD003C", EXITS, "C0587", "15 CustomsOfficeOfExitForTransitDeclared",
     (REJECTED, ABROAD)),
    ("S1002", "CD115C", (ABROAD, *EXITS), "C0812", "15 CustomsOfficeOfExitForTransitDeclared",
     (REJECTED,)),
    ("S1003", "CD003C", ("TransitOperation/security=1", "messageSender=NTA.NO",
                         "-RiskAnalysisIdentification"), "C0813",
     "13 RiskAnalysisIdentification", (REJECTED,)),
    ("S1004", "CD003C", ("TransitOperation/declarationType=TIR",
                         "-TransitOperation/TIRCarnetNumber"), "C0411",
     "13 TransitOperation/TIRCarnetNumber", (REJECTED,)),
    ("S1007", "CD003C", (ABROAD, "TransitOperation/specificCircumstanceIndicator=A20"), "C0812",
     "15 TransitOperation/specificCircumstanceIndicator", (REJECTED,)),
    ("S1008", "CD165C", EXITS, "C0587", "15 CustomsOfficeOfExitForTransitDeclared", (REJECTED,)),
    ("S1010", "CD001C", ("TransitOperation/security=0", "+Consignment/TransportCharges"), "C0186",
     "15 Consignment/TransportCharges", (ABROAD,)),
    ("S1011", "CD001C", ("+Consignment", "TransitOperation/security=1",
                         "-Consignment/PlaceOfUnloading"), "C0191",
     "13 Consignment/PlaceOfUnloading", (ABROAD,)),
    ("S1012", "CD001C", ("TransitOperation/security=0", f"+{HOUSE_CHARGES}"), "C0186",
     f"15 {HOUSE_CHARGES}", (ABROAD,)),
    ("S1012", "CD001C", ("TransitOperation/security=1", "+Consignment/TransportCharges",
                         f"+{HOUSE_CHARGES}"), "C0337", f"15 {HOUSE_CHARGES}", (ABROAD,)),
    ("S1022", "CD003C", ("TransitOperation/declarationType=T2",
                         "-CustomsOfficeOfTransitDeclared"), "C0030",
     "13 CustomsOfficeOfTransitDeclared", (REJECTED,)),
], ids=lambda one: one if isinstance(one, str) else "")
def test_last_word(order, root, edits, rule, said, guards):
    """Where C0466 or C0812 forbid, what is ordered after them is not judged."""
    for guard in guards:
        made = scene(root, *[ASKED] * (guard == REJECTED), *edits)
        assert found(made, rule) == [said]
        apply(made, guard)
        assert found(made, rule) == []


def test_every_order_is_shown():
    """Each S rule has its case above; two order conditions of which none has the last word."""
    (mark,) = test_last_word.pytestmark
    silent = {name for name, ids in conditions.order().items()
              if not any("last word" in conditions.condition(one, "p6").notation for one in ids)}
    assert {row[0] for row in mark.args[1]} | silent == set(conditions.order())
    assert silent == {"S1018", "S1023"}
