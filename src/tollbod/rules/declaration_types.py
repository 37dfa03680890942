"""Rules about the type of a declaration, simplified procedures and the reduced dataset."""
from collections.abc import Iterator

from tollbod.rules.rule import HOUSE, ITEM, Place, Reading, at, lack, rule, value
from tollbod.wire.message import Node

HEADER = "TransitOperation/declarationType"
AT_ITEM = f"{ITEM}/declarationType"
REDUCED = "TransitOperation/reducedDatasetIndicator"
DEPARTURE = "CustomsOfficeOfDeparture/referenceNumber"
DESTINATIONS = ("CustomsOfficeOfDestinationDeclared/referenceNumber",
                "CustomsOfficeOfDestinationActual/referenceNumber")
INTERNAL = ("T2", "T2F")


def _authorised(m: Reading, kind: str) -> bool:
    return any(value(node) == kind for node in m.all("Authorisation/type"))


def _to(m: Reading) -> list[str]:
    """Return the countries of destination that the message names."""
    return [m.country(path) for path in DESTINATIONS if m.first(path) is not None]


@rule("R0909", "Fra Italia til San Marino brukes T2SM; fra en annen medlemsstat T2 eller T2F, for "
      "hele sendingen eller for en varepost. Endre deklarasjonstypen.")
def to_san_marino_as_union_goods(m: Reading) -> Iterator[Place]:
    """From Italy to San Marino T2SM is used; from another member state T2 or T2F, for the whole
    consignment or for an item. Change the declaration type."""
    if "SM" not in _to(m) or (header := m.first(HEADER)) is None:
        return
    departure = m.country(DEPARTURE)
    if departure == "IT":
        if value(header) != "T2SM":
            yield at(header)
    elif m.is_in("CL010", departure):
        if not any(value(node) in INTERNAL for node in [header, *m.all(AT_ITEM)]):
            yield at(header)


@rule("R0911", "Fra San Marino til EU brukes T2 eller T2F. Endre deklarasjonstypen.")
def from_san_marino_as_union_goods(m: Reading) -> Iterator[Place]:
    """From San Marino to the EU T2 or T2F is used. Change the declaration type."""
    if m.country(DEPARTURE) == "SM" and any(m.is_in("CL010", country) for country in _to(m)):
        for node in m.all(HEADER):
            if value(node) not in INTERNAL:
                yield at(node)


@rule("R0601", "Avgiftspliktige varer (C651, C658) som utføres (N830) går som T1 eller TIR; under "
      "avgiftsutsettelse innenfor EU går de som T2 eller T2F. Endre deklarasjonstypen.")
def excise_goods_have_their_type(m: Reading) -> Iterator[Place]:
    """Excise goods (C651, C658) that are exported (N830) go as T1 or TIR; under suspension of duty
    within the EU they go as T2 or T2F. Change the declaration type.

    The first document of an item that is an excise one decides, an additional reference before a
    supporting document, as the text has it.
    """
    for house in m.all(HOUSE):
        exported = any(value(one) == "N830" for one in house.all("PreviousDocument/type"))
        for item in house.all("ConsignmentItem"):
            if _excise(m, item, "AdditionalReference/type"):
                if exported:
                    yield from _type_of(m, item, ("T1",), ("T1", "TIR"))
            elif _excise(m, item, "SupportingDocument/type"):
                yield from _type_of(m, item, INTERNAL, INTERNAL)


def _excise(m: Reading, item: Node, path: str) -> bool:
    return any(m.is_in("CL234", value(node)) for node in item.all(path))


def _type_of(m: Reading, item: Node, own: tuple[str, ...], header: tuple[str, ...]
             ) -> Iterator[Place]:
    """Yield the type of an item, or that of the whole, if it is not one of these."""
    node, fits = item.first("declarationType"), own
    if node is None:
        node, fits = m.first(HEADER), header
    if node is not None and value(node) not in fits:
        yield at(node, f"It is {value(node)}, due is {' or '.join(fits)}.",
                 f"Den er {value(node)}, ventet er {' eller '.join(fits)}.")


@rule("R0849", "TIR har ikke redusert datasett. Sett indikatoren til 0.")
def tir_has_no_reduced_dataset(m: Reading) -> Iterator[Place]:
    """TIR has no reduced dataset. Set the indicator to 0."""
    if m.get(HEADER) == "TIR" and m.get(REDUCED) not in ("0", ""):
        yield at(m.first(REDUCED))


@rule("R0859", "Redusert datasett krever tillatelse C524, og tillatelsen oppgis bare da. Legg den "
      "til, eller rett indikatoren.")
def reduced_dataset_is_authorised(m: Reading) -> Iterator[Place]:
    """A reduced dataset needs authorisation C524, which is given only then. Add it, or correct the
    indicator."""
    if m.get(REDUCED) == "1":
        if not _authorised(m, "C524"):
            yield lack(m.root, "Authorisation")
    else:
        for node in m.all("Authorisation/type"):
            if value(node) == "C524":
                yield at(node, "The indicator of a reduced dataset is not 1.",
                         "Indikatoren for redusert datasett er ikke 1.")


@rule("R0350", "Redusert datasett på sjø, bane eller i luft krever tillatelse C524. Legg den til, "
      "eller rett indikatoren.")
def reduced_dataset_by_sea_rail_air(m: Reading) -> Iterator[Place]:
    """A reduced dataset by sea, rail or air needs authorisation C524. Add it, or correct the
    indicator.

    Where R0859 binds too, it says the same more widely and this rule is silent.
    """
    if not m.bound("R0859") and m.get(REDUCED) == "1" and not _authorised(m, "C524"):
        if m.get("Consignment/inlandModeOfTransport") in ("1", "2", "4"):
            yield lack(m.root, "Authorisation")


@rule("R0352", "Ved redusert datasett på sjø, bane eller i luft er en av tillatelsene (C524) "
      "gyldig og tilhører den ansvarlige for transitten. Rett nummeret på tillatelsen.",
      needs="the register of parties")
def reduced_dataset_belongs_to_the_holder(m: Reading) -> Iterator[Place]:
    """With a reduced dataset by sea, rail or air one of the authorisations (C524) is valid and
    belongs to the holder of the transit procedure. Correct the number of the authorisation."""
    if m.get(REDUCED) != "1" or m.get("Consignment/inlandModeOfTransport") not in ("1", "2", "4"):
        return
    holder = m.get("HolderOfTheTransitProcedure/identificationNumber")
    given = [node.first("referenceNumber") for node in m.all("Authorisation")
             if node.get("type").strip() == "C524"]
    held = [m.beside.holds(holder, "C524", value(node)) for node in given if node is not None]
    if held and all(answer is False for answer in held):
        yield at(given[0], f"{holder or 'The holder'} does not hold {value(given[0])}.",
                 f"{holder or 'Den ansvarlige'} har ikke {value(given[0])}.")


@rule("R0720", "Prosedyrekategorien er 1 for T1 og TIR og 2 for T2, T2F og T2SM; er typen T, "
      "avgjør varepostene i delsendingen til denne utførselen. Rett kategorien.",
      needs="the declaration")
def category_follows_the_declaration(m: Reading) -> Iterator[Place]:
    """The category of the transit procedure is 1 for T1 and TIR and 2 for T2, T2F and T2SM; with
    type T the items of the house consignment of this export decide. Correct the category."""
    if (declared := m.declaration()) is None:
        return
    for node in m.bound_nodes("R0720"):
        due = _category(declared, node.parent.get("MRN").strip())
        if value(node) != due:
            yield at(node, f"It is {value(node)}, due is {due}.",
                     f"Den er {value(node)}, ventet er {due}.")


def _category(declared: Node, export: str) -> str:
    """Return the category of the goods of an export in a declaration."""
    kind = declared.get(HEADER).strip()
    if kind in ("T1", "TIR", *INTERNAL, "T2SM"):
        return "1" if kind in ("T1", "TIR") else "2"
    for house in declared.all(HOUSE):
        if any(value(one) == export for one in house.all("PreviousDocument/referenceNumber")):
            if any(value(one) == "T1" for one in house.all("ConsignmentItem/declarationType")):
                return "1"
    return "2"


@rule("R0910", "Uten tillatelse C521 (godkjent avsender) er kontrollresultatet ved avgang A1 "
      "eller A2. Rett koden.", needs="the declaration")
def control_results_without_simplification(m: Reading) -> Iterator[Place]:
    """Without authorisation C521 (authorised consignor) the control result at departure is A1 or
    A2. Correct the code."""
    if (declared := m.declaration()) is None:
        return
    if not any(value(node) == "C521" for node in declared.all("Authorisation/type")):
        yield from _unsimplified(m)


@rule("R0912", "For TIR er kontrollresultatet ved avgang A1 eller A2: forenklet prosedyre finnes "
      "ikke. Rett koden.")
def control_results_of_tir(m: Reading) -> Iterator[Place]:
    """For TIR the control result at departure is A1 or A2: there is no simplified procedure.
    Correct the code."""
    if m.get(HEADER) == "TIR":
        yield from _unsimplified(m)


def _unsimplified(m: Reading) -> Iterator[Place]:
    for node in m.all("ControlResult/code"):
        if not m.is_in("CL195", value(node)):
            yield at(node)


@rule("G0160", "Ved forenklet prosedyre (C521) står kontrollresultatet i frigivelsen. Legg det "
      "til.", code="13")
def simplified_release_has_a_control_result(m: Reading) -> Iterator[Place]:
    """In the simplified procedure (C521) the release carries the control result. Add it."""
    if _authorised(m, "C521") and m.first("ControlResult") is None:
        yield lack(m.root, "ControlResult")
