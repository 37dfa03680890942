"""Rules about customs offices: which may stand where, and in which country they lie."""
from collections.abc import Iterator

from tollbod.findings import Finding
from tollbod.rules import route
from tollbod.rules.parties import ADMINISTRATION
from tollbod.rules.rule import Place, Reading, at, lack, number_of, repeated, rule, value
from tollbod.spec.codes import office
from tollbod.wire.message import Message

DEPARTURE = "CustomsOfficeOfDeparture/referenceNumber"
DESTINATION = "CustomsOfficeOfDestinationDeclared/referenceNumber"
TRANSIT = "CustomsOfficeOfTransitDeclared/referenceNumber"
EXIT = "CustomsOfficeOfExitForTransitDeclared/referenceNumber"
SMALL = ("AD", "SM")                    # in customs union with the EU, without borders of their own


@rule("R0003", "Hvert transittollsted står bare én gang. Ta bort gjentakelsen eller rett nummeret.")
def transit_offices_differ(m: Reading) -> Iterator[Place]:
    """Each office of transit stands only once. Take the repetition out, or correct the number."""
    for node, before in repeated(m.all(TRANSIT)):
        yield at(node, f"{value(node)} is office of transit number {number_of(before)} already.",
                 f"{value(node)} er alt transittollsted nummer {number_of(before)}.")


@rule("R0006", "Skal varene til et land i transittkonvensjonen, ligger minst ett transittollsted "
      "i det landet; skal de fra et slikt land til EU, ligger minst ett i EU. Legg til tollstedet "
      "der varene kommer inn.")
def transit_reaches_the_destination(m: Reading) -> Iterator[Place]:
    """If the goods go to a country of the transit convention, at least one office of transit lies
    in that country; if they go from one to the EU, at least one lies in the EU. Add the office at
    which the goods enter.

    A declaration without any office of transit is left to C0030.
    """
    offices = m.all(TRANSIT)
    if not offices:
        return
    departure, destination = m.country(DEPARTURE), m.country(DESTINATION)
    there = {value(node)[:2] for node in offices}
    if m.is_in("CL112", destination):
        if destination not in there:
            yield _due(m, destination)
    elif m.is_in("CL112", departure) and m.is_in("CL010", destination):
        if not any(m.is_in("CL010", country) for country in there):
            yield _due(m, destination)


def _due(m: Reading, country: str, frm: str = "") -> Place:
    """Say that an office of transit in the party of a country is missing, with candidates."""
    where, names, navn = _proposed(country, frm)
    return lack(m.root, "CustomsOfficeOfTransitDeclared", f"None lies in {where}.{names}",
                f"Ingen ligger i {where.removeprefix('the ')}.{navn}")


def _proposed(country: str, frm: str) -> tuple[str, str, str]:
    """Return the party of a country and a sentence with offices at its entry, if any is known."""
    names = ", ".join(f"{one.code} {one.name}" for one in route.candidates(country, frm))
    party = route.party(country)
    return (f"the {party}" if party == route.UNION else party,
            f" It may be {names}." if names else "", f" Det kan være {names}." if names else "")


def with_candidates(message: Message, finding: Finding) -> Finding:
    """Return a finding of C0030, that no office of transit stands at all, with those it may be.

    Others are returned as they are. The first party that the goods enter is told, by the countries
    of routing where they are given, else by the office of destination alone.
    """
    if finding.rule != "C0030" or finding.code != "13":
        return finding
    ends = [(message.get(place) or "")[:2] for place in (DEPARTURE, DESTINATION)]
    countries = [value(node)
                 for node in message.all("Consignment/CountryOfRoutingOfConsignment/country")]
    for entry in route.due(*ends, countries)[:1]:
        where, names, navn = _proposed(entry.country, entry.coming_from)
        return finding._replace(
            text=f"{finding.text} The goods enter {where}.{names}",
            nb=f"{finding.nb} Varene kommer inn i {where.removeprefix('the ')}.{navn}")
    return finding


@rule("G0142", "Går ruten fra én avtalepart til en annen, står et transittollsted der varene "
      "kommer inn i den andre. Legg det til, eller rett landene på ruten.", code="14")
def transit_office_at_each_party(m: Reading) -> Iterator[Place]:
    """Where the route passes from one contracting party to another, an office of transit stands
    for the entry into the other. Add it, or correct the countries of routing.

    Judged only where countries of routing are given for the transit itself: with security data and
    without a binding itinerary they may be ports of call. The party of destination is left to
    R0006.
    """
    if m.get("TransitOperation/bindingItinerary") != "1" and m.get(
            "TransitOperation/security") in ("1", "2", "3"):
        return
    countries = [value(node) for node in m.all("Consignment/CountryOfRoutingOfConsignment/country")]
    if not countries or not m.all(TRANSIT):
        return
    departure, destination = m.country(DEPARTURE), m.country(DESTINATION)
    declared = [value(node) for node in m.all(TRANSIT)]
    for entry in route.missing(departure, destination, countries, declared):
        if route.party(entry.country) != route.party(destination):
            yield _due(m, entry.country, entry.coming_from)


@rule("R0103", "Tollstedet for utførsel ved transitt er verken et transittollsted eller "
      "bestemmelsestollstedet. Bruk tollstedet der varene forlater sikkerhetsområdet.")
def exit_office_is_another(m: Reading) -> Iterator[Place]:
    """The office of exit for transit is neither an office of transit nor the office of
    destination. Use the office at which the goods leave the security area."""
    others = {value(node) for node in m.all(TRANSIT)} | {m.get(DESTINATION)}
    for node in m.all(EXIT):
        if value(node) in others:
            yield at(node)


@rule("R0901", "En TIR-transport begynner og ender i EU. Velg et tollsted i EU, eller en annen "
      "deklarasjonstype.")
def tir_stays_in_the_union(m: Reading) -> Iterator[Place]:
    """A TIR movement begins and ends in the EU. Choose an office in the EU, or another declaration
    type."""
    if m.get("TransitOperation/declarationType") == "TIR":
        for node in m.bound_nodes("R0901"):
            if not m.is_in("CL010", value(node)[:2]):
                yield at(node)


@rule("R0904", "Fra Andorra eller San Marino går varene til et tollsted i en medlemsstat. Rett "
      "bestemmelsestollstedet.")
def from_andorra_and_san_marino_to_a_member_state(m: Reading) -> Iterator[Place]:
    """From Andorra or San Marino goods go to an office in a member state. Correct the office of
    destination."""
    if m.country(DEPARTURE) in SMALL:
        for node in m.all(DESTINATION):
            if not m.is_in("CL553", value(node)[:2]):
                yield at(node)


@rule("R0905", "Fra et land i transittkonvensjonen utenfor EU går varene ikke til Andorra eller "
      "San Marino. Rett bestemmelsestollstedet.")
def not_from_outside_to_andorra_and_san_marino(m: Reading) -> Iterator[Place]:
    """From a country of the transit convention outside the EU goods do not go to Andorra or San
    Marino. Correct the office of destination."""
    if m.country(DESTINATION) in SMALL and m.is_in("CL112", m.country(DEPARTURE)):
        yield at(m.first(DESTINATION))


@rule("R0906", "Skal varene til Andorra, ligger et transittollsted i Andorra. Legg det til.")
def andorra_is_entered_there(m: Reading) -> Iterator[Place]:
    """If the goods go to Andorra, an office of transit lies in Andorra. Add it.

    "The office" with several of them is read as at least one; none at all is left to C0030.
    """
    if m.country(DESTINATION) != "AD":
        return
    for path in m.bound("R0906"):
        nodes = m.all(path)
        if nodes and not any(value(node).startswith("AD") for node in nodes):
            yield at(nodes[0])


@rule("R0509", "Avgangstollstedet er det samme som utpasseringstollstedet. Bruk ett og samme "
      "nummer.")
def departure_is_where_export_ends(m: Reading) -> Iterator[Place]:
    """The office of departure is the same as the office of exit. Use one number for both."""
    exit_office = m.get("CustomsOfficeOfExit/referenceNumber")
    if exit_office and m.get(DEPARTURE) and m.get(DEPARTURE) != exit_office:
        yield at(m.first(DEPARTURE), f"Departure is {m.get(DEPARTURE)}, exit is {exit_office}.",
                 f"Avgang er {m.get(DEPARTURE)}, utpassering er {exit_office}.")


@rule("R0871", "Tollstedene er de som står i deklarasjonen. Bruk de samme numrene.",
      needs="the declaration")
def offices_are_those_declared(m: Reading) -> Iterator[Place]:
    """The offices are those of the declaration. Use the same numbers."""
    if (declared := m.declaration()) is None:
        return
    for path in m.bound("R0871"):
        known = {value(node) for node in declared.all(path)}
        for node in m.all(path):
            if value(node) not in known:
                shown = ", ".join(sorted(known))
                yield at(node, f"Here stands {value(node)}, declared is {shown or 'none'}.",
                         f"Her står {value(node)}, deklarert er {shown or 'ingen'}.")


@rule("G0034", "Ved utførsel fulgt av transitt er bestemmelsestollstedet i EU også et "
      "utpasseringstollsted (CL172 og CL294); et tollsted utenfor EU er alltid egnet. Velg et "
      "tollsted med begge oppgaver.", code="12")
def export_ends_at_an_office_of_exit(m: Reading) -> Iterator[Place]:
    """In an export followed by transit an office of destination in the EU is also an office of
    exit (CL172 and CL294); one outside the EU always fits. Choose an office with both roles.

    Read for T2 and T2F, the internal procedure; the text says "whenever" it is applied.
    """
    types = [m.get("TransitOperation/declarationType"),
             *map(value, m.all("Consignment/HouseConsignment/ConsignmentItem/declarationType"))]
    if not any(kind in ("T2", "T2F") for kind in types):
        return
    documents = m.all("Consignment/HouseConsignment/PreviousDocument/type")
    exported = any(value(node) == "N830" for node in documents)
    destination = m.get(DESTINATION)
    found = office(destination)         # one that our list lacks is left to the code list
    if exported and found and m.is_in("CL010", destination[:2]):
        if not (m.is_in("CL172", destination) and m.is_in("CL294", destination)):
            name = f"{destination} {found.name}"
            yield at(m.first(DESTINATION), f"{name} is not known as an office of exit.",
                     f"{name} er ikke kjent som utpasseringstollsted.")


@rule("G0203", "Tollstedet som spørres, etterlyser transitter (rolle ENQ). Velg et slikt tollsted.")
def enquiries_go_to_an_office_of_enquiry(m: Reading) -> Iterator[Place]:
    """The office that is asked has the role of enquiry (ENQ). Choose such an office."""
    for node in m.all("CustomsOfficeOfRequest/referenceNumber"):
        if not m.is_in("CL176", value(node)):
            yield at(node)


@rule("G0204", "Tollstedet i svaret etterlyser (ENQ) ved svarkode 1, 2 og 3, og krever inn (REC) "
      "ved svarkode 4. Velg et tollsted med den rollen.")
def answers_name_an_office_that_enquires_or_recovers(m: Reading) -> Iterator[Place]:
    """The office in the answer has the role of enquiry (ENQ) with response codes 1, 2 and 3, and
    of recovery (REC) with response code 4. Choose an office with that role."""
    wanted = {"1": "CL176", "2": "CL176", "3": "CL176", "4": "CL177"}
    codes = wanted.get(m.get("Enquiry/responseCode"))
    for node in m.all("CustomsOfficeOfRequest/referenceNumber") if codes else ():
        if not m.is_in(codes, value(node)):
            yield at(node)


@rule("G0789", "Grensetollstedet er ett av transittollstedene, ett av tollstedene for utførsel "
      "eller bestemmelsestollstedet. Bruk nummeret til ett av dem.")
def border_office_is_on_the_route(m: Reading) -> Iterator[Place]:
    """The customs office at the border is one of the offices of transit, one of the offices of exit
    for transit, or the office of destination. Use the number of one of them.

    A message that itself names no office of destination is not judged, nor one to a country outside
    the security area, to which the offices of exit are not told (C0812).
    """
    to = ADMINISTRATION.fullmatch(m.get("messageRecipient"))
    untold = to is not None and not m.is_in("CL147", to[1])
    if not m.get(DESTINATION) or untold and m.first(EXIT) is None:
        return
    known = {value(node) for path in (TRANSIT, EXIT, DESTINATION) for node in m.all(path)}
    for node in m.bound_nodes("G0789"):
        if value(node) not in known:
            yield at(node, f"Here stands {value(node)}; there are {', '.join(sorted(known))}.",
                     f"Her står {value(node)}; de er {', '.join(sorted(known))}.")
