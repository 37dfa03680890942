"""Rules of ICS2 about the messages that follow a filing: arrival, query, control, do not load."""
from collections.abc import Iterator

from tollbod.rules.rule import Place, Reading, at, lack, rule
from tollbod.wire.message import Node

ARRIVAL = "activeBorderTransportMeans/estimatedDateAndTimeOfArrival"


def _one_of(node: Node, *names: str, only: bool = False) -> Iterator[Place]:
    """Yield what breaks "at least one of these", or with `only` "exactly one of these"."""
    given = [found for name in names if (found := node.first(name)) is not None]
    if not given:
        yield lack(node, names[0], code="13")
    elif only and len(given) > 1:
        yield at(given[1], code="15")


@rule("R3025", "Et forbud mot lasting nevner kolli, transportdokument eller transportutstyr. Legg "
      "til ett av dem.")
def do_not_load_names_something(m: Reading) -> Iterator[Place]:
    """A do-not-load message names a receptacle, a transport document or transport equipment. Add
    one of them."""
    for node in m.bound_nodes("R3025"):
        yield from _one_of(node, "transportDocument", "receptacle", "transportEquipment")


@rule("R3027", "En ankomst oppgir beregnet ankomst eller MRN-ene den gjelder. Legg til ett av dem.")
def an_arrival_names_its_filings(m: Reading) -> Iterator[Place]:
    """An arrival gives the estimated arrival or the MRNs that it is about. Add one of them."""
    if m.bound("R3027"):
        yield from _one_of(m.root, "relatedMRN", ARRIVAL)


@rule("R3028", "En forespørsel gjelder en MRN eller et transportdokument, ikke begge. Ta bort ett "
      "av dem.")
def a_query_names_one_thing(m: Reading) -> Iterator[Place]:
    """A query is about an MRN or about a transport document, not both. Remove one of them."""
    if not m.bound("R3028"):
        return
    number = m.first("MRN")
    document = m.first("transportDocument") or m.first("transportDocumentHouse")
    if number is not None and document is not None:
        yield at(document, code="15")
    elif number is None and document is None:
        yield lack(m.root, "MRN", code="13")


@rule("R3029", "Stedet for undersøkelsen oppgis med navn eller med referansenummer, ikke begge. "
      "Velg ett.")
def an_examination_has_one_place(m: Reading) -> Iterator[Place]:
    """The place of examination is given by name or by its reference number, not both. Choose
    one."""
    for node in m.bound_nodes("R3029"):
        yield from _one_of(node, "placeOfExamination", "referenceNumber", only=True)


@rule("R3030", "En kontroll gjelder noe: kolli, varepost, delsending, emballasje, dokument eller "
      "utstyr. Legg til ett av dem.")
def a_control_has_a_subject(m: Reading) -> Iterator[Place]:
    """A control is about something: a receptacle, an item, a house, packages, a document or
    equipment. Add one of them."""
    for node in m.bound_nodes("R3030"):
        if not node.children:
            yield lack(node, "consignmentHouseLevel", code="13")


@rule("R3034", "En kansellering rettes til første innførselstollsted eller til en medlemsstat, "
      "ikke begge. Velg én.")
def a_filing_goes_to_one_addressee(m: Reading) -> Iterator[Place]:
    """An invalidation goes to the customs office of first entry or to a member state, not both.
    Choose one."""
    if m.bound("R3034"):
        yield from _one_of(m.root, "customsOfficeOfFirstEntry", "addressedMemberState", only=True)


@rule("R3048", "En ankomst nevner transportdokumenter eller MRN-er, ikke begge. Ta bort de ene.",
      code="15")
def an_arrival_names_documents_or_filings(m: Reading) -> Iterator[Place]:
    """An arrival names transport documents or MRNs, not both. Remove the one or the other."""
    document, number = m.first("relatedTransportDocument"), m.first("relatedMRN")
    if m.bound("R3048") and document is not None and number is not None:
        yield at(document)
