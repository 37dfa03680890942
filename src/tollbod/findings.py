"""What is wrong with a message, and the register of codes in which that is said.

Knows the codes of the functional and XML error lists (CL437, CL180, CL030) that Tollbod itself
uses, with the sentence of each in English and Norwegian. Does not know how a fault is found, nor
how it travels: the reader, the judge and the writer of rejections all use it.
"""
from typing import NamedTuple


class Finding(NamedTuple):
    """One thing that is wrong with a message, where, and how to mend it.

    `path` is an XPath (`/CC015C/Guarantee[2]/guaranteeType`) or an EDIFACT position, `line` the
    line of the input (0 when there is none), `rule` the official id that was broken (`C0250`,
    `CL231`; empty for the bare structure), `value` what stood there.
    """

    layer: str          # schema | codes | rules | state
    code: str           # CL437 / CL030: 12, 13, 14, 15, 26, 35, 39, 40, 50, 90, 92, 93 ...
    rule: str
    path: str
    line: int
    text: str           # English, with the remedy
    nb: str = ""        # the same in bokmål
    value: str = ""


# Codes are never reused. Source: names of code lists CL030 (bare structure of an XML message) and
# CL180 / CL437 and, for ICS2, CL723 (everything else), in our words. The same number may mean two
# things in the two.
XML_CODES = {
    "12": ("not a value of the enumeration", "ikke blant de tillatte verdiene"),
    "13": ("missing", "mangler"),
    "15": ("not allowed in this position", "ikke tillatt på dette stedet"),
    "18": ("other fault", "annen feil"),
    "35": ("too many repetitions", "for mange forekomster"),
    "39": ("too long", "for lang"),
    "40": ("too short", "for kort"),
    "50": ("not a value of the type", "ikke en verdi av denne typen"),
    "51": ("does not fit the pattern", "passer ikke med mønsteret"),
    "52": ("not well-formed XML", "ikke velformet XML"),
    "53": ("a character that is not allowed", "et tegn som ikke er tillatt"),
    "54": ("below the lowest value", "under laveste tillatte verdi"),
    "55": ("above the highest value", "over høyeste tillatte verdi"),
}
FUNCTIONAL_CODES = {
    "12": ("not a value of the code list", "ikke en verdi i kodelisten"),
    "13": ("missing", "mangler"),
    "14": ("breaks a rule", "bryter en regel"),
    "15": ("not allowed here", "ikke tillatt her"),
    "70": ("not the number of a means of transport", "ikke nummeret til et transportmiddel"),
    "71": ("the house consignment is in another state", "hussendingen er i en annen tilstand"),
    "72": ("the filing is in another state", "deklarasjonen er i en annen tilstand"),
    "81": ("this transport document stands twice", "transportdokumentet er oppgitt to ganger"),
    "26": ("this message identification has been used", "meldings-ID-en er allerede brukt"),
    "90": ("unknown MRN", "ukjent MRN"),
    "92": ("out of sequence", "utenfor rekkefølge"),
    "93": ("not a valid MRN", "ugyldig MRN"),
    "94": ("this LRN has been used", "dette LRN-et er allerede brukt"),
    "97": ("not found", "ikke funnet"),
    "98": ("an unknown reference", "en ukjent referanse"),
    "100": ("says too little", "sier for lite"),
    "101": ("an amendment may not add this", "en endring kan ikke legge til dette"),
    "102": ("a character of another script", "et tegn fra et annet skriftsystem"),
    "103": ("times in the wrong order", "tider i feil rekkefølge"),
    "104": ("an amendment may not change this", "en endring kan ikke endre dette"),
}


def meaning(layer: str, code: str, language: str = "en") -> str:
    """Return the short meaning of a finding's code in its layer.

    >>> meaning("rules", "13"), meaning("schema", "35", "nb")
    ('missing', 'for mange forekomster')
    """
    english, bokmaal = (XML_CODES if layer == "schema" else FUNCTIONAL_CODES)[code]
    return bokmaal if language == "nb" else english
