"""Rules about parties: their identification numbers, telephone numbers and number."""
import re
from collections.abc import Iterator

from tollbod.rules.rule import Place, Reading, at, rule, value

NUMBER = re.compile("[A-Z]{2}[!-~]{1,15}")
PHONE = re.compile("[+](?:[0-9] ?){6,14}[0-9]")
ACTORS = "AdditionalSupplyChainActor"
MOST_ACTORS = 9
HOLDER = "HolderOfTheTransitProcedure/identificationNumber"
SAFETY = "SafetyAndSecurityIdentificationNumber/identificationNumber"
ADMINISTRATION = re.compile(r"N[A-Z]+\.([A-Z]{2})")


def _malformed(m: Reading, id: str) -> Iterator[Place]:
    """Yield the numbers at the places of a rule that have not the form of an EORI number."""
    for node in m.bound_nodes(id):
        if not NUMBER.fullmatch(value(node)):
            yield at(node)


def _in_the_union(m: Reading, country: str | None, party: str) -> bool:
    """Tell whether a country, or that of the administration named there, is known to be in EU."""
    named = ADMINISTRATION.fullmatch(m.get(party))
    known = country or named and named[1]
    return bool(known) and m.is_in("CL010", known)


def _from_the_union(m: Reading) -> bool:
    """Tell whether a message is known to come from the EU."""
    return _in_the_union(m, m.beside.country, "messageSender")


@rule("R0840", "Et EORI- eller TCUIN-nummer begynner med to bokstaver for landet og har så inntil "
      "15 tegn. Rett nummeret.",
      needs="the country in which it is judged, unless an administration receives the message")
def actors_have_an_eori_or_tcuin(m: Reading) -> Iterator[Place]:
    """An EORI or TCUIN number begins with two letters of the country and then has up to 15
    characters. Correct the number.

    Judged by member states alone (G0201), and its form alone: whether it exists only its own
    country can say.
    """
    if _in_the_union(m, m.beside.here, "messageRecipient"):
        yield from _malformed(m, "R0840")


@rule("R0850", "Fra EU oppgis parter med EORI- eller TCUIN-nummer: to bokstaver for landet og "
      "inntil 15 tegn. Rett nummeret.",
      needs="the sender's country, unless an administration sent the message")
def union_parties_have_an_eori_or_tcuin(m: Reading) -> Iterator[Place]:
    """From the EU, parties are named by an EORI or TCUIN number: two letters of the country and up
    to 15 characters. Correct the number.

    The form of the numbers of other countries is not published and not judged.
    """
    if _from_the_union(m):
        yield from _malformed(m, "R0850")


@rule("R0860", "Fra EU oppgis kausjonisten med EORI- eller TCUIN-nummer: to bokstaver for landet "
      "og inntil 15 tegn. Rett nummeret.",
      needs="the sender's country, unless an administration sent the message")
def union_guarantors_have_an_eori_or_tcuin(m: Reading) -> Iterator[Place]:
    """From the EU, the guarantor is named by an EORI or TCUIN number: two letters of the country
    and up to 15 characters. Correct the number."""
    if _from_the_union(m):
        yield from _malformed(m, "R0860")


@rule("R0037", "Her brukes et EORI-nummer: to bokstaver for landet og inntil 15 tegn. Rett "
      "nummeret.")
def safety_numbers_are_eori(m: Reading) -> Iterator[Place]:
    """Here an EORI number is used: two letters of the country and up to 15 characters. Correct the
    number."""
    yield from _malformed(m, "R0037")


@rule("R0995", "Her brukes bare et EORI-nummer: to bokstaver for landet og inntil 15 tegn. Rett "
      "nummeret.")
def location_is_named_by_eori(m: Reading) -> Iterator[Place]:
    """Here only an EORI number is used: two letters of the country and up to 15 characters. Correct
    the number."""
    yield from _malformed(m, "R0995")


@rule("R0029", "Er den ansvarlige for transitten ikke oppgitt med et EORI-nummer, er "
      "sikkerhetsnummeret det når inngangsdata følger med. Rett sikkerhetsnummeret.")
def holder_has_an_eori(m: Reading) -> Iterator[Place]:
    """If the holder of the transit procedure is not named by an EORI number, the safety and
    security number is one when entry data are given. Correct that number."""
    if m.security and not NUMBER.fullmatch(m.get(HOLDER)):
        yield from _malformed(m, "R0029")


@rule("R0034", "Er transportøren ikke oppgitt med et EORI-nummer, er sikkerhetsnummeret det når "
      "inngangsdata følger med. Rett sikkerhetsnummeret.")
def carrier_has_an_eori(m: Reading) -> Iterator[Place]:
    """If the carrier is not named by an EORI number, the safety and security number is one when
    entry data are given. Correct that number."""
    if m.security and not NUMBER.fullmatch(m.get("Consignment/Carrier/identificationNumber")):
        yield from _malformed(m, "R0034")


@rule("R0090", "Representantens sikkerhetsnummer er et EORI-nummer når inngangsdata følger med. "
      "Rett nummeret.")
def representative_has_an_eori(m: Reading) -> Iterator[Place]:
    """The safety and security number of the representative is an EORI number when entry data are
    given. Correct the number."""
    if m.security:
        yield from _malformed(m, "R0090")


@rule("R0033", "Med inngangsdata er representanten en annen enn den ansvarlige for transitten. "
      "Utelat representanten, eller rett nummeret.")
def representative_is_another(m: Reading) -> Iterator[Place]:
    """With entry data the representative is another than the holder of the transit procedure. Leave
    the representative out, or correct the number."""
    if m.security:
        own = {m.get(HOLDER), m.get(f"HolderOfTheTransitProcedure/{SAFETY}")} - {""}
        for node in m.all("Representative/identificationNumber"):
            if value(node) in own:
                yield at(node)


@rule("R0040", "Med inngangsdata oppgis høyst ni aktører i forsyningskjeden på hvert nivå. Ta "
      "bort resten.")
def few_supply_chain_actors(m: Reading) -> Iterator[Place]:
    """With entry data at most nine supply chain actors are given at each level. Take out the
    rest."""
    for path in m.bound("R0040") if m.security else ():
        for above in m.all(path.rpartition("/")[0]):
            for node in above.all(ACTORS)[MOST_ACTORS:MOST_ACTORS + 1]:
                yield at(node, f"There are {len(above.all(ACTORS))}.",
                         f"Det er {len(above.all(ACTORS))}.")


@rule("R0112", "Med inngangsdata skrives telefonnummeret internasjonalt: + og 7 til 15 sifre, med "
      "eller uten enkle mellomrom. Rett nummeret.")
def phone_numbers_are_international(m: Reading) -> Iterator[Place]:
    """With entry data telephone numbers are written internationally: + and 7 to 15 digits, with or
    without single blanks. Correct the number."""
    for node in m.bound_nodes("R0112") if m.security else ():
        if not PHONE.fullmatch(value(node)):
            yield at(node)


@rule("R0510", "Varene ligger i avgangstollstedets land. Rett adressens land.")
def goods_lie_in_the_country_of_departure(m: Reading) -> Iterator[Place]:
    """The goods lie in the country of the office of departure. Correct the country of the
    address."""
    departure = m.country("CustomsOfficeOfDeparture/referenceNumber")
    for node in m.bound_nodes("R0510") if departure else ():
        if value(node) != departure:
            yield at(node, f"It is {value(node)}, the office lies in {departure}.",
                     f"Det er {value(node)}, tollstedet ligger i {departure}.")
