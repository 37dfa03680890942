"""The whole behaviour of an office towards filings of ICS2: the rows of all its parts.

States: none, registered, rejected, pending completeness (a master others complete), assessed
(complete, no further action), under assessment, referral open, control recommended, control
announced, do not load, arrived, partially arrived, arrived for control, under control, stopped,
presented, invalidated; of a part: pending linking, linked; of an F25: joined. Source: ICS2 HTI
process description v2.00.
"""
from tollbod.case.model import Role, Wait
from tollbod.ics2 import (
    advance, amendment, arrival, assessment, completeness, elsewhere, lower, presentation,
    presented, query, registration, transit, waybill,
)
from tollbod.ics2.case import Filing
from tollbod.ics2.letters import answer
from tollbod.spec.ics2_law import kinds
from tollbod.spec.tables import ICS2

TABLE = tuple(completeness.passing_on(row) for row in (
    *lower.GRANTED, *completeness.GRANTED, *registration.ROWS, *amendment.FIRST, *query.ROWS,
    *lower.STANDING, *waybill.ROWS, *presented.FIRST, *completeness.ROWS, *elsewhere.FIRST,
    *assessment.ROWS, *elsewhere.ROWS, *amendment.REFUSED, *lower.AMENDING,
    *completeness.AMENDING, *amendment.ROWS, *presentation.ROWS, *advance.ROWS, *presented.ROWS,
    *arrival.FILING, *transit.ROWS))

WAITS = {
    "registered": Wait("repository", "its transport documents are compared with other filings",
                       "transportdokumentene sammenlignes med andre deklarasjoner"),
    "pending completeness": Wait("other filers", "who is named in it has still to file",
                                 "noen den nevner, har ennå ikke levert sin del"),
    "pending linking": Wait("carrier", "the master filing of this part is not here yet",
                            "hoveddeklarasjonen til denne delen er ikke her ennå"),
    "linked": Wait("carrier", "the goods are to arrive under the master filing",
                   "varene skal komme under hoveddeklarasjonen"),
    "under assessment": Wait("officer", "an officer assesses the filing",
                             "en tjenesteperson vurderer deklarasjonen"),
    "referral open": Wait("filer", "a question is open (IE3Q02, IE3Q03): answer with IE3R02, "
                          "IE3R03 or an amendment",
                          "et spørsmål er åpent (IE3Q02, IE3Q03): svar med "
                          "IE3R02, IE3R03 eller en endring"),
    "assessed": Wait("carrier", "the goods are to be presented", "varene skal legges fram"),
    "control recommended": Wait("carrier", "the goods are to be presented for a control",
                                "varene skal legges fram for kontroll"),
    "control announced": Wait("carrier", "the goods are to be presented for a control (IE3N09)",
                              "varene skal legges fram for kontroll (IE3N09)"),
    "do not load": Wait("filer", "the goods may not be loaded (IE3Q01): amend or invalidate",
                        "varene kan ikke lastes (IE3Q01): endre eller kanseller"),
    "arrived": Wait("carrier", "the goods are here and to be presented",
                    "varene er her og skal legges fram"),
    "partially arrived": Wait("carrier", "a part is here and may be presented; the rest is to come",
                              "en del er her og kan legges fram; resten skal komme"),
    "arrived for control": Wait("carrier", "the goods are to be presented for a control (IE3N08)",
                                "varene skal legges fram for kontroll (IE3N08)"),
    "under control": Wait("officer", "the result of the control", "resultatet av kontrollen"),
}

# What the parties of a filing are shown instead, until they are told of it by a notice.
UNTOLD = {"control recommended": "assessed"}


def called(ie: str) -> str:
    """Return the event that a message is: filings are one family, amendments another.

    >>> called("IE3F50"), called("IE3A50"), called("IE3Q04")
    ('IE3Fxx', 'IE3Axx', 'IE3Q04')
    """
    return f"{ie[:4]}xx" if ie[3:].replace("A", "F") in kinds() else ie


def earlier(case: Filing) -> dict[str, dict]:
    """Return the filing as it stands, which an amendment is compared with while one may come."""
    return {f"IE3{case.kind}": case.declaration} if case.state in amendment.TAKEN else {}


ROLE = Role("filing", TABLE, Filing, answer, WAITS, earlier=earlier,
            owner=lambda case: case.filer, edition=ICS2, calls=called,
            others=lambda case: case.speakers, heard=elsewhere.HEARD)
