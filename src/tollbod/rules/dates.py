"""Rules about dates and times that must follow one another."""
from collections.abc import Iterator
from datetime import date, timedelta

from tollbod.rules.rule import Place, Reading, at, rule, value

EXPECTED = "CustomsOfficeOfTransitDeclared/arrivalDateAndTimeEstimated"
ENQUIRY_DAYS = (28, 40)


@rule("R0004", "Ventet ankomst til et transittollsted er etter frigivelsen. Rett tidspunktet.")
def transit_follows_the_release(m: Reading) -> Iterator[Place]:
    """The arrival expected at an office of transit is after the release. Correct the time."""
    released = m.get("TransitOperation/releaseDate")
    for node in m.all(EXPECTED) if released else ():
        if value(node) <= f"{released[:10]}T00:00:00":
            yield at(node, f"It is {value(node)}, release was {released}.",
                     f"Den er {value(node)}, frigivelsen var {released}.")


@rule("R0005", "Ventet ankomst til et transittollsted er etter at meldingen ble laget. Rett "
      "tidspunktet.")
def transit_follows_the_message(m: Reading) -> Iterator[Place]:
    """The arrival expected at an office of transit is after the message was prepared. Correct the
    time."""
    prepared = m.get("preparationDateAndTime")
    for node in m.all(EXPECTED) if prepared else ():
        if value(node) <= prepared[:19]:
            yield at(node, f"It is {value(node)}, the message was prepared {prepared}.",
                     f"Den er {value(node)}, meldingen ble laget {prepared}.")


@rule("R0519", "En utilgjengelighet begynner før den slutter. Rett et av tidspunktene.")
def unavailability_ends_after_it_begins(m: Reading) -> Iterator[Place]:
    """An unavailability begins before it ends. Correct one of the times."""
    for node in m.all("Country/Action/Unavailability/endDateAndTime"):
        begins = node.parent.get("startDateAndTime").strip()
        if begins and value(node) <= begins:
            yield at(node, f"From {begins} to {value(node)}.", f"Fra {begins} til {value(node)}.")


@rule("G0125", "Fristen for svar på en etterlysning er 28 eller 40 dager etter at den sendes. "
      "Rett fristen.")
def enquiries_give_28_or_40_days(m: Reading) -> Iterator[Place]:
    """The limit for the answer to an enquiry is 28 or 40 days after it is sent. Correct the
    limit."""
    for node in m.all("Enquiry/limitForTheEnquiryResponseDate"):
        try:
            sent = date.fromisoformat(m.get("preparationDateAndTime")[:10])
            days = (date.fromisoformat(value(node)[:10]) - sent) // timedelta(days=1)
        except ValueError:
            continue
        if days not in ENQUIRY_DAYS:
            yield at(node, f"It is {days} days.", f"Den er {days} dager.")
