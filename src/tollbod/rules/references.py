"""Rules about reference numbers: MRN and GRN, and what must be as in an earlier message."""
from collections.abc import Iterator

from tollbod.numbers import grn, mrn
from tollbod.rules.rule import Place, Reading, at, lack, rule, same, value
from tollbod.wire.message import Node

LETTERS = {"1": "L", "2": "K", "3": "M"}            # place 17 of an MRN, by Security


def _bad(node: Node, of) -> Iterator[Place]:
    """Yield a number that its kind calls wrong; a failing check digit is only odd."""
    for fault in of.check(value(node)):
        if fault.severity == "wrong":
            yield at(node, fault.en, fault.nb, "" if of is mrn else "14")
            break


@rule("R0028", "Nummeret er bygd riktig: årstall, land, landets egne tegn og kontrollsiffer. Rett "
      "det; sammenlign tegn for tegn med dokumentet.", code="93")
def numbers_are_well_formed(m: Reading) -> Iterator[Place]:
    """The number is well formed: year, country, the country's own characters, check digit. Correct
    it; compare it with the document character by character.

    A check digit that fails is not a finding: numbers of test systems and of some countries fail
    it, and a misprint shows as an unknown number.
    """
    for path in m.bound("R0028"):
        for node in m.all(path):
            of = grn if path.endswith("GRN") else mrn
            if not of.SHAPE.fullmatch(value(node)):
                yield from _bad(node, of)


@rule("R0027", "ENS-MRN er bygd riktig: årstall, land, landets egne tegn og kontrollsiffer. Rett "
      "det.", code="93")
def ens_numbers_are_well_formed(m: Reading) -> Iterator[Place]:
    """The MRN of the ENS is well formed: year, country, the country's own characters, check digit.
    Correct it."""
    for node in m.bound_nodes("R0027"):
        if not mrn.SHAPE.fullmatch(value(node)):
            yield from _bad(node, mrn)


@rule("R0410", "Tegn 17 i MRN viser sikkerhetsdataene: L inngang, K utgang, M begge, J ingen. Gi "
      "et annet MRN.", code="93", needs="the declaration")
def mrn_tells_the_security(m: Reading) -> Iterator[Place]:
    """Character 17 of the MRN tells the security data: L entry, K exit, M both, J none. Give
    another MRN."""
    declared = m.earlier("CC015C", "CCA15D")
    if declared is None:
        return
    due = LETTERS.get(declared.get("TransitOperation/security").strip(), "J")
    for node in m.all("TransitOperation/MRN"):
        if value(node)[16:17] != due:
            yield at(node, f"{value(node)} has {value(node)[16:17]}, due is {due}.",
                     f"{value(node)} har {value(node)[16:17]}, ventet er {due}.")


@rule("R0008", "Korrelasjonen er identifikasjonen av meldingen som det svares på. Rett den.",
      needs="the message that is answered")
def answers_name_their_question(m: Reading) -> Iterator[Place]:
    """The correlation identifier is the identification of the message that is answered. Correct
    it."""
    due = m.beside.answers
    for node in m.all("correlationIdentifier") if due else ():
        if value(node) != due:
            yield at(node, f"Here stands {value(node)}, due is {due}.",
                     f"Her står {value(node)}, ventet er {due}.")


@rule("R0026", "Gruppen sier det samme som i forespørselen til utførselssystemet (IE190). Gjenta "
      "den uendret.", needs="the last IE190")
def export_answers_repeat_the_question(m: Reading) -> Iterator[Place]:
    """The group says the same as in the request to the export system (IE190). Repeat it unchanged.

    What the answer leaves out of a group is not judged: its table lacks some of the elements.
    """
    if (asked := m.earlier("CC190C")) is None:
        return
    for name in ("TransitOperation", "CustomsOfficeOfExit", "CustomsOfficeOfDeparture"):
        here, there = m.first(name), asked.first(name)
        if here is not None and there is not None:
            known = {same(child) for child in there.children}
            names = {child.name for child in there.children}
            for child in here.children:
                if child.name in names and same(child) not in known:
                    yield at(child)


@rule("R0095", "Landet som spør, er det i spørsmålet (IEA70). Bruk det samme.",
      needs="the last IEA70")
def referral_answers_name_the_country(m: Reading) -> Iterator[Place]:
    """The requesting country is that of the request (IEA70). Use the same."""
    yield from _as_asked(m, "RequestingCountry/country", "RequestingCountry/country")


@rule("R0096", "Referansen er den i spørsmålet (IEA70). Bruk den samme.", needs="the last IEA70")
def referral_answers_name_the_request(m: Reading) -> Iterator[Place]:
    """The reference of the referral request is that of the request (IEA70). Use the same."""
    for path in m.bound("R0096"):
        yield from _as_asked(m, path, "ReferralRequestDetails/referralRequestReference")


def _as_asked(m: Reading, path: str, asked: str) -> Iterator[Place]:
    """Yield what the referral request CCA70D does not hold."""
    if (question := m.earlier("CCA70D")) is None:
        return
    known = {value(node) for node in question.all(asked)}
    for node in m.all(path):
        if known and value(node) not in known:
            shown = ", ".join(sorted(known))
            yield at(node, f"Here stands {value(node)}, asked was {shown}.",
                     f"Her står {value(node)}, spurt ble det om {shown}.")


@rule("R0030", "Gjelder kontrollen en ENS (IE060 med ENS-MRN), er meldingstypen 0. Rett den.",
      needs="the last CD060D")
def controls_of_an_ens_are_announced_as_such(m: Reading) -> Iterator[Place]:
    """If the control concerns an ENS (CD060D with an ENS MRN), the notification type is 0. Correct
    it."""
    yield from _announced(m, "CD060D")


@rule("R0031", "Gjelder kontrollen en ENS (IEA64 med ENS-MRN), er meldingstypen 0. Rett den.",
      needs="the last CDA64D")
def controls_on_entry_are_announced_as_such(m: Reading) -> Iterator[Place]:
    """If the control concerns an ENS (CDA64D with an ENS MRN), the notification type is 0. Correct
    it."""
    yield from _announced(m, "CDA64D")


def _announced(m: Reading, root: str) -> Iterator[Place]:
    """Yield a notification type that is not 0 although that message names an ENS."""
    told = m.earlier(root)
    if told is not None and told.get("EnsOperation/ENSMRN"):
        for node in m.all("TransitOperation/notificationType"):
            if value(node) != "0":
                yield at(node)


@rule("T0001", "Hodet har minst ett av elementene LRN og MRN. Legg det til.", code="13")
def headers_name_the_movement(m: Reading) -> Iterator[Place]:
    """The header holds at least one of LRN and MRN. Add it."""
    for header in m.all("Header"):
        if header.first("LRN") is None and header.first("MRN") is None:
            yield lack(header, "MRN")


@rule("T0002", "Et svar på en forespørsel om opplysninger har minst én opplysning eller ett "
      "vedlegg. Legg det til.", code="13")
def answers_hold_information(m: Reading) -> Iterator[Place]:
    """An answer to a request for information holds at least one piece of information or one
    attachment. Add it."""
    for answer in m.all("AdditionalInformationResponse"):
        if not answer.all("AdditionalInformation") and not answer.all("BinaryAttachment"):
            yield lack(answer, "AdditionalInformation")
