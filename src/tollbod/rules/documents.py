"""Rules about documents, references and additional information."""
import re
from collections.abc import Iterator

from tollbod.rules.rule import HOUSE, ITEM, Place, Reading, at, lack, repeated, rule, value

PREVIOUS = "Consignment/PreviousDocument/type"
TRANSPORT = "Consignment/TransportDocument"
AT_HOUSE = f"{HOUSE}/TransportDocument"
INDICATOR = "TransitOperation/specificCircumstanceIndicator"
NEGOTIABLE = "30600"            # negotiable bill of lading "to order": the consignee is unknown
EXPORT_MRN = re.compile("[0-9]{2}[A-Z]{2}[A-Z0-9]{12}[ABE][0-9]")
DESTINATIONS = ("Consignment/countryOfDestination", f"{HOUSE}/countryOfDestination",
                f"{ITEM}/countryOfDestination")


@rule("R0020", "T2 og T2F fra et land utenfor EU krever at varenes unionsstatus er vist: et "
      "tidligere dokument av type C612, C620, N822 eller N825 for sendingen eller for vareposten. "
      "Legg det til.")
def union_status_is_shown(m: Reading) -> Iterator[Place]:
    """T2 and T2F from a country outside the EU need proof of the goods' Union status: a previous
    document of type C612, C620, N822 or N825 for the consignment or for the item. Add it."""
    if not m.is_in("CL112", m.country("CustomsOfficeOfDeparture/referenceNumber")):
        return
    if any(m.is_in("CL178", value(node)) for node in m.all(PREVIOUS)):
        return
    whole = m.get("TransitOperation/declarationType") in ("T2", "T2F")
    for item in m.all(ITEM):
        if whole or item.get("declarationType").strip() in ("T2", "T2F"):
            if not any(m.is_in("CL178", value(node)) for node in item.all("PreviousDocument/type")):
                yield lack(item, "PreviousDocument")


@rule("R0023", "Referansen til et avgiftsdokument (C651, C658) er ikke 0. Oppgi referansen.")
def excise_references_are_given(m: Reading) -> Iterator[Place]:
    """The reference of an excise document (C651, C658) is not 0. Give the reference."""
    for node in m.all(f"{ITEM}/AdditionalReference/referenceNumber"):
        if value(node) == "0" and m.is_in("CL234", node.parent.get("type").strip()):
            yield at(node)


@rule("R0416", "Referansen til en utførsel (N830) er MRN for utførselsdeklarasjonen: 18 tegn, og "
      "tegn 17 er A, B eller E. Rett nummeret.")
def exports_are_named_by_their_mrn(m: Reading) -> Iterator[Place]:
    """The reference of an export (N830) is the MRN of the export declaration: 18 characters, and
    the 17th is A, B or E. Correct the number.

    The check digit is not judged: whoever gave the number knows it.
    """
    for node in m.all(f"{HOUSE}/PreviousDocument/referenceNumber"):
        if node.parent.get("type").strip() == "N830" and not EXPORT_MRN.fullmatch(value(node)):
            yield at(node)


@rule("R0449", "MRN for utførselen er ett av dem som stod i svaret fra utførselssystemet (IE191). "
      "Bruk et av dem.", needs="the last IE191")
def exports_are_those_that_answered(m: Reading) -> Iterator[Place]:
    """The MRN of the export is one of those in the answer of the export system (IE191). Use one of
    them."""
    if (answer := m.earlier("CC191C")) is not None:
        known = {value(node) for node in answer.all("AESResults/ExportOperation/MRN")}
        for node in m.all("ExportOperation/MRN"):
            if value(node) not in known:
                yield at(node)


@rule("R3060", "Tilleggsopplysning 30600 (konnossement til ordre) gjelder bare varer til land "
      "utenfor transittkonvensjonen. Ta den bort, eller rett bestemmelseslandet.")
def orders_leave_the_convention(m: Reading) -> Iterator[Place]:
    """Additional information 30600 (bill of lading to order) is only for goods to countries outside
    the transit convention. Take it out, or correct the country of destination."""
    yield from _to_order(m, "Consignment/AdditionalInformation/code")


@rule("R3062", "Tilleggsopplysning 30600 (konnossement til ordre) for en delsending gjelder bare "
      "varer til land utenfor transittkonvensjonen. Ta den bort, eller rett bestemmelseslandet.")
def orders_of_a_house_leave_the_convention(m: Reading) -> Iterator[Place]:
    """Additional information 30600 (bill of lading to order) of a house consignment is only for
    goods to countries outside the transit convention. Take it out, or correct the country of
    destination."""
    yield from _to_order(m, f"{HOUSE}/AdditionalInformation/code")


def _to_order(m: Reading, path: str) -> Iterator[Place]:
    """Yield the codes 30600 at a path if some goods stay within the convention."""
    for node in m.all(path):
        if value(node) == NEGOTIABLE:
            inside = [value(one) for place in DESTINATIONS for one in m.all(place)
                      if m.is_in("CL009", value(one))]
            if inside:
                yield at(node, f"Goods go to {inside[0]}.", f"Varer skal til {inside[0]}.")


@rule("R3061", "Tilleggsopplysning 30600 (konnossement til ordre) oppgis ikke for en varepost. "
      "Flytt den til sendingen eller delsendingen.")
def orders_are_not_told_at_items(m: Reading) -> Iterator[Place]:
    """Additional information 30600 (bill of lading to order) is not given for a goods item. Move it
    to the consignment or to the house consignment."""
    for node in m.all(f"{ITEM}/AdditionalInformation/code"):
        if value(node) == NEGOTIABLE:
            yield at(node)


@rule("R0062", "Med inngangsdata (sikkerhet 1 eller 3) har sendingen ett transportdokument. Ta "
      "bort resten.")
def one_transport_document_with_entry_data(m: Reading) -> Iterator[Place]:
    """With entry data (Security 1 or 3) the consignment has one transport document. Take out the
    rest."""
    for node in m.all(TRANSPORT)[1:2] if m.security else ():
        yield at(node, f"There are {len(m.all(TRANSPORT))}.", f"Det er {len(m.all(TRANSPORT))}.")


@rule("R0066", "Med inngangsdata (sikkerhet 1 eller 3) er transportdokumentet av type N704 eller "
      "N705. Rett typen.")
def master_documents_with_entry_data(m: Reading) -> Iterator[Place]:
    """With entry data (Security 1 or 3) the transport document is of type N704 or N705. Correct the
    type."""
    for node in m.all(f"{TRANSPORT}/type") if m.security else ():
        if value(node) not in ("N704", "N705"):
            yield at(node)


@rule("R0067", "Med inngangsdata (sikkerhet 1 eller 3) står hver referanse til et "
      "transportdokument bare én gang. Ta bort gjentakelsen.")
def transport_documents_differ(m: Reading) -> Iterator[Place]:
    """With entry data (Security 1 or 3) each reference of a transport document stands only once.
    Take the repetition out."""
    for node, _ in repeated(m.all(f"{TRANSPORT}/referenceNumber")) if m.security else ():
        yield at(node)


@rule("R0083", "Med inngangsdata (sikkerhet 1 eller 3) står hver referanse til et "
      "transportdokument for en delsending bare én gang i deklarasjonen. Ta bort gjentakelsen.")
def house_documents_differ(m: Reading) -> Iterator[Place]:
    """With entry data (Security 1 or 3) each reference of a transport document of a house
    consignment stands only once in the declaration. Take the repetition out."""
    for node, _ in repeated(m.all(f"{AT_HOUSE}/referenceNumber")) if m.security else ():
        yield at(node)


def _complete(m: Reading) -> bool:
    """Tell whether the declaration CCA15D holds the filing F50 or F34."""
    declared = m.earlier("CCA15D")
    return declared is not None and declared.get(INDICATOR).strip() in ("F50", "F34")


@rule("R0078", "Med inngangsdata F50 eller F34 har hver delsending ett transportdokument. Ta bort "
      "resten.", needs="the declaration, in other messages than CCA15D")
def one_house_document_with_f50(m: Reading) -> Iterator[Place]:
    """With entry data F50 or F34 each house consignment has one transport document. Take out the
    rest."""
    for house in m.all(HOUSE) if _complete(m) else ():
        for node in house.all("TransportDocument")[1:2]:
            yield at(node)


@rule("R0081", "Med inngangsdata F50 eller F34 er delsendingens transportdokument av type N714. "
      "Rett typen.", needs="the declaration, in other messages than CCA15D")
def house_documents_with_f50(m: Reading) -> Iterator[Place]:
    """With entry data F50 or F34 the transport document of a house consignment is of type N714.
    Correct the type."""
    for node in m.all(f"{AT_HOUSE}/type") if _complete(m) else ():
        if value(node) != "N714":
            yield at(node)


@rule("R0093", "Til et land utenfor sikkerhetsområdet sendes ikke tidligere dokument N355 (ENS); "
      "til et land i det, med sikkerhet 1 eller 3, står minst ett N355. Rett dokumentene.")
def entry_data_are_named_inside_the_area(m: Reading) -> Iterator[Place]:
    """To a country outside the security area no previous document N355 (ENS) is sent; to one inside
    it, with Security 1 or 3, there is at least one N355. Correct the documents.

    Judged only between administrations (NTA.XX): a trader's number tells no country.
    """
    to = m.get("messageRecipient")
    if not re.fullmatch(r"N[A-Z]+\.[A-Z]{2}", to):
        return
    ens = [node for node in m.all(PREVIOUS) if value(node) == "N355"]
    if not m.is_in("CL147", to[-2:]):
        for node in ens:
            yield at(node)
    elif m.security and not ens and (consignment := m.first("Consignment")) is not None:
        yield lack(consignment, "PreviousDocument")


@rule("R0524", "Kommer varene inn ved et transittollsted i et land som ikke sender inngangsdata "
      "gjennom NCTS (CL167), står tidligere dokument N355 (ENS). Legg det til.")
def entry_elsewhere_names_the_ens(m: Reading) -> Iterator[Place]:
    """If the goods enter at an office of transit of a country that sends no entry data through NCTS
    (CL167), there is a previous document N355 (ENS). Add it."""
    enters = any(
        office.get("entryIndicator").strip() == "1"
        and office.get("reEntryIndicator").strip() == "0"
        and m.is_in("CL167", office.get("referenceNumber")[:2])
        for office in m.all("CustomsOfficeOfTransitDeclared"))
    if enters and (consignment := m.first("Consignment")) is not None:
        if not any(value(node) == "N355" for node in m.all(PREVIOUS)):
            yield lack(consignment, "PreviousDocument")
