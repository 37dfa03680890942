"""Rules about guarantees: their types, the length of a GRN, what a query may ask for."""
from collections.abc import Iterator

from tollbod.rules.rule import Place, Reading, at, rule, value

GRN = "Guarantee/GuaranteeReference/GRN"
CHANGES = ("referenceAmount", "percentageOfReferenceAmount", "guaranteeAmount", "validityDate",
           "numberOfCertificates", "invalidityDate", "invalidityReasonCode")
QUERY = "GuaranteeReference/GuaranteeQuery"


@rule("R0318", "Et GRN har 24 tegn for en garantikupong (type 4), ellers 17. Rett GRN eller "
      "garantitypen.")
def grn_is_as_long_as_its_type(m: Reading) -> Iterator[Place]:
    """A GRN has 24 characters for a voucher (type 4) and 17 otherwise. Correct the GRN or the type
    of guarantee."""
    for node in m.all(GRN):
        kind, length = node.parent.parent.get("guaranteeType").strip(), len(value(node))
        if kind and length != (24 if kind == "4" else 17):
            yield at(node, f"{value(node)} has {length} characters, the type is {kind}.",
                     f"{value(node)} har {length} tegn, typen er {kind}.")


@rule("R0324", "Et GRN har her 17 tegn. Utelat kupongens sju tegn.")
def grn_has_17_characters(m: Reading) -> Iterator[Place]:
    """A GRN has 17 characters here. Leave out the seven of a voucher."""
    for node in m.all("GuaranteeReference/GRN"):
        if len(value(node)) != 17:
            yield at(node, f"{value(node)} has {len(value(node))}.",
                     f"{value(node)} har {len(value(node))}.")


@rule("R0900", "TIR dekkes av garantitype B; ved avgang i EU, Andorra eller San Marino gjelder "
      "typene i CL230, ellers typene i CL229. Velg en annen garantitype.")
def guarantee_type_fits_the_procedure(m: Reading) -> Iterator[Place]:
    """TIR is covered by guarantee type B; for departures in the EU, Andorra or San Marino the types
    of CL230 apply, for others those of CL229. Choose another type of guarantee."""
    if m.get("TransitOperation/declarationType") == "TIR":
        fits = ("B",).__contains__
    elif departure := m.country("CustomsOfficeOfDeparture/referenceNumber"):
        union = m.is_in("CL010", departure) or departure in ("AD", "SM")
        codes = "CL230" if union else "CL229"

        def fits(kind: str) -> bool:
            return m.is_in(codes, kind)
    else:
        return
    for node in m.all("Guarantee/guaranteeType"):
        if not fits(value(node)):
            yield at(node)


@rule("R0267", "Beløpet mellom garantitollsteder oppgis i EUR. Regn om beløpet.")
def amounts_between_offices_are_in_euro(m: Reading) -> Iterator[Place]:
    """The amount between offices of guarantee is given in EUR. Convert the amount."""
    for node in m.bound_nodes("R0267"):
        if value(node) != "EUR":
            yield at(node)


@rule("R0261", "For garanti av type 2 og 4 kan det bare spørres med 1 (bruk) eller 4. Endre "
      "spørsmålskoden.", needs="the type of the guarantee")
def individual_guarantees_answer_few_queries(m: Reading) -> Iterator[Place]:
    """For guarantees of type 2 and 4 only queries 1 (usage) and 4 can be made. Change the query
    identifier."""
    for group in m.all("GuaranteeReference"):
        query = group.first("GuaranteeQuery/queryIdentifier")
        kind = m.beside.guarantee_type(group.get("GRN").strip())
        if query is not None and kind in ("2", "4") and value(query) not in ("1", "4"):
            yield at(query, f"It is {value(query)} for a guarantee of type {kind}.",
                     f"Den er {value(query)} for en garanti av type {kind}.")


@rule("R0263", "Et tidsrom oppgis bare ved spørsmål 1 (bruk) og 3 (bruk og dekning), og bare for "
      "garantitype 0, 1 og 9. Utelat tidsrommet eller endre spørsmålet.")
def periods_belong_to_queries_of_usage(m: Reading) -> Iterator[Place]:
    """A period is given only with queries 1 (usage) and 3 (usage and exposure), and only for
    guarantees of type 0, 1 and 9. Leave the period out or change the query.

    The type is judged where it is known: in the message, or in the register of guarantees.
    """
    for path in m.bound("R0263"):
        for node in m.all(path):
            group = node.parent.parent
            kind = group.get("guaranteeType").strip() or (
                m.beside.guarantee_type(group.get("GRN").strip()) or "")
            query = node.parent.get("queryIdentifier").strip()
            if query not in ("1", "3", "") or kind not in ("0", "1", "9", ""):
                told = f"{query} for type {kind}" if kind else query
                yield at(node, f"The query is {told}.",
                         f"Spørsmålet er {told}.")


@rule("R0705", "Tidsrommets siste dag er etter den første. Rett en av datoene.")
def period_ends_after_it_begins(m: Reading) -> Iterator[Place]:
    """The last day of the period is after the first. Correct one of the dates."""
    for node in m.all(f"{QUERY}/periodToDate"):
        first = node.parent.get("periodFromDate").strip()
        if first and value(node) <= first:
            yield at(node, f"From {first} to {value(node)}.", f"Fra {first} til {value(node)}.")


@rule("G0650", "En endring av en garanti sier minst én ting om garantien. Legg til det som endres.")
def guarantee_updates_say_something(m: Reading) -> Iterator[Place]:
    """A change of a guarantee says at least one thing about it. Add what changes."""
    for node in m.all("GuaranteeReference"):
        if not any(child.name in CHANGES for child in node.children):
            yield at(node)
