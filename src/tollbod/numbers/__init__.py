"""Reference numbers of the trade: one module a kind, all of one shape.

Each module says what the number is, who gives it, its format and the source, and has

    compact(text)            the number without the white space and lower case people add
    check(text, on=None)     what is wrong or odd with it, as a list of `Fault`; empty: all is well
    explain(text, language)  its parts and what they mean; the parts joined are `compact(text)`
    issue(...)               where Tollbod gives such numbers: a new one, always a right one

`check` and `explain` judge `compact(text)` and take any text without raising. Spaces in a message
are for the schema layer to judge, not for these. `on` is the day of judgement for kinds that carry
a date. Nothing here reads a clock, draws a random number or touches a file.

>>> [fault.severity for fault in KINDS["mrn"].module.check("18gb 0000 6010 01EB 15")]
[]
"""
from types import ModuleType
from typing import NamedTuple

from tollbod.numbers import (access_code, container, eori, grn, lrn, mrn, nodi, office, orgnr,
                             seal)


class Kind(NamedTuple):
    """One kind of number: the module that knows it and its name in both languages."""

    module: ModuleType
    en: str
    nb: str


KINDS = {
    "mrn":         Kind(mrn,         "movement reference number",        "referansenummer (MRN)"),
    "grn":         Kind(grn,         "guarantee reference number",       "garantinummer (GRN)"),
    "lrn":         Kind(lrn,         "local reference number",           "lokalt referansenummer"),
    "access_code": Kind(access_code, "access code of a guarantee",       "garantiens tilgangskode"),
    "eori":        Kind(eori,        "EORI number of a trader",          "EORI-nummer"),
    "orgnr":       Kind(orgnr,       "Norwegian organisation number",    "organisasjonsnummer"),
    "nodi":        Kind(nodi,        "Norwegian sender identity, NODI",  "NODI-identitet"),
    "office":      Kind(office,      "customs office",                   "tollsted"),
    "container":   Kind(container,   "container number",                 "containernummer"),
    "seal":        Kind(seal,        "seal",                             "forsegling"),
}
