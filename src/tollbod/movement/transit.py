"""The office of transit: the goods cross the frontier (IE118). The table stands in `border`."""
from tollbod.movement.border import Words, role

ROLE = role(Words(
    role="transit", record="IE050", question="IE114", answer="IE115", report="IE118",
    act="crossing", declared="CustomsOfficeOfTransitDeclared",
    actual="CustomsOfficeOfTransitActual", passed="passageDate",
    task=("Register the crossing of the border", "Registrer grensepasseringen"),
))
TABLE = ROLE.table
