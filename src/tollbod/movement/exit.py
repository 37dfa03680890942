"""The office of exit for transit: the goods leave the security area (IE168). See `border`."""
from tollbod.movement.border import Words, role

ROLE = role(Words(
    role="exit", record="IE160", question="IE164", answer="IE165", report="IE168",
    act="exit", declared="CustomsOfficeOfExitForTransitDeclared",
    actual="CustomsOfficeOfExitForTransitActual", passed="passageDate",
    task=("Register the exit from the security area", "Registrer utpassering fra "
          "sikkerhetsområdet"),
))
TABLE = ROLE.table
