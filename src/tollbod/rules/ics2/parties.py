"""Rules of ICS2 about parties, their addresses and numbers, and the number of a filing."""
import re
from collections.abc import Iterator

from tollbod.numbers import mrn
from tollbod.rules.rule import Place, Reading, at, lack, rule, value

EORI = re.compile("[A-Z]{2}[!-~]{1,15}")
PHONE = re.compile("[+](?:[0-9] ?){6,14}[0-9]")
INTERFACES = "ABC"          # CL748: shared, national, other
PROCEDURES = "TZ"           # CL734: entry summary declaration, arrival notification


@rule("R3002", "En adresse har gate og nummer, eller en postboks. Legg til det som mangler.",
      code="13")
def addresses_have_a_street_or_a_box(m: Reading) -> Iterator[Place]:
    """An address has a street and a number, or a post office box. Add what is missing."""
    for node in m.bound_nodes("R3002"):
        given = {child.name for child in node.children}
        if "poBox" in given or given >= {"street", "number"}:
            continue
        yield lack(node, "number" if "street" in given else "street")


@rule("R3004", "En deklarasjon nevnes med sin MRN: år, land, elleve tegn, grensesnittet A, B eller "
      "C, bokstaven T (Z for en ankomst) og kontrollsiffer. Rett nummeret.", code="93")
def filings_are_named_by_an_mrn(m: Reading) -> Iterator[Place]:
    """A filing is named by its MRN: year, country, eleven characters, the interface A, B or C, the
    letter T (Z for an arrival) and a check digit. Correct the number."""
    for node in m.bound_nodes("R3004"):
        text = value(node)
        wrong = [one for one in mrn.check(text, letters=PROCEDURES)]
        if wrong:
            yield at(node, wrong[0].en, wrong[0].nb)
        elif text != mrn.compact(text) or text[15] not in INTERFACES or text[16] not in PROCEDURES:
            yield at(node)


@rule("R3005", "Parten oppgis med et EORI-nummer: landets to bokstaver og 1 til 15 tegn. Rett "
      "nummeret.")
def parties_have_an_eori(m: Reading) -> Iterator[Place]:
    """The party is named by an EORI number: the two letters of its country and 1 to 15 characters.
    Correct the number.

    Whether the number is known stands in a register of the Union, which is not public.
    """
    for node in m.bound_nodes("R3005"):
        if not EORI.fullmatch(value(node)):
            yield at(node)


@rule("R3006", "Telefonnummer (TE) skrives internasjonalt: + og 7 til 15 sifre, eventuelt med "
      "enkle mellomrom. Rett nummeret.")
def telephone_numbers_are_international(m: Reading) -> Iterator[Place]:
    """Telephone numbers (TE) are written internationally: + and 7 to 15 digits, with or without
    single blanks. Correct the number."""
    for node in m.bound_nodes("R3006"):
        if node.parent.get("type").strip() == "TE" and not PHONE.fullmatch(value(node)):
            yield at(node)


@rule("R3033", "Representanten er en annen enn deklaranten. Utelat representanten eller rett "
      "nummeret.")
def the_representative_is_another(m: Reading) -> Iterator[Place]:
    """The representative is another than the declarant. Leave the representative out or correct the
    number."""
    declarant = m.get("declarant/identificationNumber")
    for node in m.bound_nodes("R3033") if declarant else ():
        if value(node) == declarant:
            yield at(node)
