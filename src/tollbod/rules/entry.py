"""Rules about declarations that carry entry data: offices of first entry, places, routing."""
from collections.abc import Iterator

from tollbod.rules.parties import ADMINISTRATION
from tollbod.rules.rule import HOUSE, Place, Reading, at, lack, rule, value
from tollbod.wire.message import Node

DEPARTURE = "CustomsOfficeOfDeparture"
TRANSIT = "CustomsOfficeOfTransitDeclared"
ROUTING = "Consignment/CountryOfRoutingOfConsignment"
INDICATOR = "TransitOperation/specificCircumstanceIndicator"


def _enters(office: Node) -> bool:
    return office.get("entryIndicator").strip() == "1"


@rule("R0014", "Uten sikkerhetsdata (0) oppgis ikke særskilt omstendighet; med utgangsdata (2) er "
      "den A20, med inngangsdata (1, 3) F34, F50 eller F51. Rett koden eller sikkerheten.")
def circumstance_fits_security(m: Reading) -> Iterator[Place]:
    """Without security data (0) no specific circumstance is given; with exit data (2) it is A20,
    with entry data (1, 3) F34, F50 or F51. Correct the code or the security."""
    fits = {"0": (), "2": ("A20",), "1": ("F34", "F50", "F51"), "3": ("F34", "F50", "F51")}
    security = m.get("TransitOperation/security")
    for node in m.all(INDICATOR) if security in fits else ():
        if value(node) not in fits[security]:
            yield at(node, f"Security is {security}, here stands {value(node)}.",
                     f"Sikkerhet er {security}, her står {value(node)}.",
                     code="" if fits[security] else "15")


@rule("R0016", "Kommer varene inn i sikkerhetsområdet ved avgangstollstedet, ligger det i "
      "området. Rett inngangsmerket.")
def entry_at_departure_is_in_the_area(m: Reading) -> Iterator[Place]:
    """If goods enter the security area at the office of departure, it lies in that area. Correct
    the entry indicator."""
    for office in m.all(DEPARTURE):
        if _enters(office) and not m.is_in("CL147", office.get("referenceNumber")[:2]):
            yield at(office.first("referenceNumber") or office)


@rule("R0024", "Kommer varene inn i sikkerhetsområdet ved et transittollsted, ligger det i "
      "området. Rett inngangsmerket.")
def entry_at_transit_is_in_the_area(m: Reading) -> Iterator[Place]:
    """If goods enter the security area at an office of transit, it lies in that area. Correct the
    entry indicator."""
    for office in m.all(TRANSIT):
        if _enters(office) and not m.is_in("CL147", office.get("referenceNumber")[:2]):
            yield at(office.first("referenceNumber") or office)


@rule("R0124", "Kommer varene inn ved avgangstollstedet, har det rollen inngang (ENT). Rett "
      "tollstedet eller inngangsmerket.")
def departure_may_let_goods_enter(m: Reading) -> Iterator[Place]:
    """If goods enter at the office of departure, it has the role of entry (ENT). Correct the office
    or the entry indicator.

    That its country must be in CL267 is not judged: the list has no published values.
    """
    for office in m.all(DEPARTURE):
        node = office.first("referenceNumber")
        if _enters(office) and node is not None and not m.is_in("CL237", value(node)):
            yield at(node)


@rule("R0125", "Kommer varene inn, eller inn igjen, ved et transittollsted, har det rollen "
      "inngang (ENT). Rett tollstedet eller merkene.")
def transit_may_let_goods_enter(m: Reading) -> Iterator[Place]:
    """If goods enter, or enter again, at an office of transit, it has the role of entry (ENT).
    Correct the office or the indicators."""
    for office in m.all(TRANSIT):
        node = office.first("referenceNumber")
        again = office.get("reEntryIndicator").strip() == "1"
        if (_enters(office) or again) and node and not m.is_in("CL237", value(node)):
            yield at(node)


@rule("R0025", "Kommer varene ikke inn ved avgangstollstedet, kommer de inn ved minst ett "
      "transittollsted. Sett inngangsmerket der.")
def goods_enter_somewhere(m: Reading) -> Iterator[Place]:
    """If goods do not enter at the office of departure, they enter at an office of transit. Set the
    entry indicator there."""
    if m.get(f"{DEPARTURE}/entryIndicator") == "0":
        if not any(_enters(office) for office in m.all(TRANSIT)):
            found = m.first(f"{TRANSIT}/entryIndicator")
            yield at(found) if found is not None else lack(m.root, TRANSIT)


@rule("R0109", "Kom varene inn allerede ved avgangstollstedet, kommer de inn igjen ved et "
      "transittollsted med inngangsmerke. Sett merket for ny inngang til 1.")
def a_second_entry_is_a_return(m: Reading) -> Iterator[Place]:
    """If goods entered at the office of departure already, an office of transit with an entry
    indicator is a re-entry. Set the re-entry indicator to 1."""
    if m.get(f"{DEPARTURE}/entryIndicator") == "1":
        for office in m.all(TRANSIT):
            if _enters(office) and office.get("reEntryIndicator").strip() != "1":
                node = office.first("reEntryIndicator")
                yield at(node) if node is not None else lack(office, "reEntryIndicator")


@rule("R0111", "Alle innganger unntatt den første er nye innganger: de er én færre enn "
      "inngangsmerkene. Rett merkene.")
def all_entries_but_one_are_returns(m: Reading) -> Iterator[Place]:
    """All entries but the first are re-entries: there is one less than there are entry indicators.
    Correct the indicators.

    Without any entry nothing is counted.
    """
    offices = m.all(TRANSIT)
    entries = sum(map(_enters, offices)) + (m.get(f"{DEPARTURE}/entryIndicator") == "1")
    again = sum(office.get("reEntryIndicator").strip() == "1" for office in offices)
    if entries and again != entries - 1 and m.all(f"{TRANSIT}/reEntryIndicator"):
        yield at(m.first(f"{TRANSIT}/reEntryIndicator"), f"{entries} enter, {again} enter again.",
                 f"{entries} går inn, {again} går inn igjen.")


@rule("R0480", "Landet til et tollsted der varene kommer inn, er ett av landene på ruten. Legg "
      "det til.")
def entries_are_on_the_route(m: Reading) -> Iterator[Place]:
    """The country of an office at which goods enter is one of the countries of routing. Add it."""
    route = {value(node) for node in m.all(f"{ROUTING}/country")}
    for office in (*m.all(DEPARTURE), *m.all(TRANSIT)):
        country = office.get("referenceNumber").strip()[:2]
        again = office.get("reEntryIndicator").strip() == "1"
        if (_enters(office) or again) and country and country not in route:
            if (consignment := m.first("Consignment")) is not None:
                yield lack(consignment, "CountryOfRoutingOfConsignment", f"{country} is missing.",
                           f"{country} mangler.")
                route.add(country)


@rule("R0089", "Med inngangsdata begynner ruten i lastestedets land og ender i lossestedets. Rett "
      "landene på ruten.")
def route_runs_from_loading_to_unloading(m: Reading) -> Iterator[Place]:
    """With entry data the route begins in the country of loading and ends in that of unloading.
    Correct the countries of routing."""
    route = m.all(f"{ROUTING}/country")
    if not m.security or not route:
        return
    for node, place in ((route[0], "PlaceOfLoading"), (route[-1], "PlaceOfUnloading")):
        fits = {m.get(f"Consignment/{place}/country"), m.get(f"Consignment/{place}/UNLocode")[:2]}
        if (fits := fits - {""}) and value(node) not in fits:
            shown = ", ".join(sorted(fits))
            yield at(node, f"Here stands {value(node)}, {place} is {shown}.",
                     f"Her står {value(node)}, {place} er {shown}.")


@rule("R0998", "Med inngangsdata er landene der delsendingen overtas og leveres, på dens rute. "
      "Legg dem til.")
def house_route_holds_both_ends(m: Reading) -> Iterator[Place]:
    """With entry data the countries in which a house consignment is accepted and delivered are on
    its route. Add them."""
    for house in m.all(HOUSE) if m.security else ():
        route = {value(node) for node in house.all("CountryOfRoutingOfConsignment/country")}
        for place in ("PlaceOfAcceptance", "PlaceOfDelivery") if route else ():
            fits = {house.get(f"{place}/Address/country").strip(),
                    house.get(f"{place}/UNLocode").strip()[:2]} - {""}
            if fits and not fits & route:
                shown = ", ".join(sorted(fits))
                yield lack(house, "CountryOfRoutingOfConsignment", f"{shown} is missing.",
                           f"{shown} mangler.")


@rule("R0087", "Et land som ikke sender inngangsdata gjennom NCTS (CL167), frigir bare med "
      "sikkerhet 0 eller 2. Rett sikkerheten.")
def opt_out_countries_release_without_entry(m: Reading) -> Iterator[Place]:
    """A country that sends no entry data through NCTS (CL167) releases only with Security 0 or 2.
    Correct the security."""
    for node in m.all("TransitOperation/security"):
        if opted_out(m) and value(node) not in ("0", "2"):
            yield at(node)


def opted_out(m: Reading) -> bool:
    """Tell whether the administration that sends the message is in CL167."""
    named = ADMINISTRATION.fullmatch(m.get("messageSender"))
    return named is not None and m.is_in("CL167", named[1])


@rule("R0094", "Inngangsdata meldes (1) når varene kommer inn ved avgangstollstedet, når "
      "deklarasjonen er av type A, og når den forhåndsmeldte er lagt fram (IE170); ellers ikke "
      "(0). Rett merket.", needs="whether there was an IE170, if nothing else decides")
def filing_is_told(m: Reading) -> Iterator[Place]:
    """Entry data are filed (1) if goods enter at the office of departure, if the declaration is of
    type A, and once a prelodged one was presented (IE170); otherwise not (0). Correct the mark."""
    node = m.first("TransitOperation/ensFiling")
    if node is None:
        return
    if (m.get(f"{DEPARTURE}/entryIndicator") == "1"
            or m.get("TransitOperation/additionalDeclarationType") == "A"):
        due = "1"
    elif m.beside.earlier is None:
        return
    else:
        presented = m.earlier("CC170C")
        due = "1" if presented and presented.get("TransitOperation/LRN") else "0"
    if value(node) != due:
        yield at(node, f"Here stands {value(node)}, due is {due}.",
                 f"Her står {value(node)}, ventet er {due}.")
