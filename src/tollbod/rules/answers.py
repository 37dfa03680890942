"""Rules about what offices answer: codes of rejections, results and states."""
from collections.abc import Iterator

from tollbod.rules.entry import opted_out
from tollbod.rules.rule import Place, Reading, at, lack, number, rule, value

RESULTS = "AESResults/ExportOperation/resultIndicator"
GLOBAL = "AESResults/globalValidationResponse"
NEGATIVE = ("N1", "N2", "N3", "N4")
MOST_EXPORT_ITEMS = 999


@rule("R0102", "Beslutningen er 0 (avslått) eller 1 (godtatt). Rett verdien.")
def decisions_are_yes_or_no(m: Reading) -> Iterator[Place]:
    """The decision is 0 (refused) or 1 (accepted). Correct the value."""
    for node in m.all("Invalidation/decision"):
        if value(node) not in ("0", "1"):
            yield at(node)


@rule("R0437", "Et land som ikke sender inngangsdata gjennom NCTS (CL167), bruker feilkodene i "
      "CL180. Velg en av dem.", code="12")
def opt_out_countries_use_their_error_codes(m: Reading) -> Iterator[Place]:
    """A country that sends no entry data through NCTS (CL167) uses the error codes of CL180. Choose
    one of them."""
    for node in m.all("FunctionalError/errorCode") if opted_out(m) else ():
        if not m.is_in("CL180", value(node)):
            yield at(node)


@rule("R0852", "Et land som ikke sender inngangsdata gjennom NCTS (CL167), avviser ikke A13, A15 "
      "og A71. Velg en annen type.")
def opt_out_countries_reject_no_entry_data(m: Reading) -> Iterator[Place]:
    """A country that sends no entry data through NCTS (CL167) does not reject A13, A15 and A71.
    Choose another type."""
    for node in m.all("TransitOperation/businessRejectionType") if opted_out(m) else ():
        if value(node) in ("A13", "A15", "A71"):
            yield at(node)


@rule("R0551", "Er en av utførslene ikke i orden (N1 til N4), er det samlede svaret 0. Rett "
      "svaret.")
def one_bad_export_spoils_the_answer(m: Reading) -> Iterator[Place]:
    """If one of the exports is not in order (N1 to N4), the global answer is 0. Correct the
    answer."""
    if any(value(node) in NEGATIVE for node in m.all(RESULTS)):
        for node in m.all(GLOBAL):
            if value(node) != "0":
                yield at(node)


@rule("R0875", "Er det samlede svaret 1, er alle utførslene i orden (P1); ellers er minst én det "
      "ikke (N1 til N4). Rett resultatet eller svaret.")
def exports_bear_the_answer_out(m: Reading) -> Iterator[Place]:
    """If the global answer is 1, all exports are in order (P1); otherwise at least one is not (N1
    to N4). Correct the result or the answer.

    One bad export under the answer 1 is left to R0551.
    """
    results, answer = m.all(RESULTS), m.get(GLOBAL)
    if answer == "1":
        for node in results:
            if value(node) != "P1" and value(node) not in NEGATIVE:
                yield at(node)
    elif answer and results and not any(value(node) in NEGATIVE for node in results):
        yield at(results[0])


@rule("G0999", "En vareposts nummer i utførselsdeklarasjonen er høyst 999. Rett nummeret.")
def export_items_end_at_999(m: Reading) -> Iterator[Place]:
    """The number of a goods item in an export declaration is at most 999. Correct the number."""
    for node in m.bound_nodes("G0999"):
        if (number(node) or 0) > MOST_EXPORT_ITEMS:
            yield at(node)


@rule("G0017", "Er forseglingene ikke i orden (0), er kontrollresultatet A5, eller B1 ved større "
      "avvik. Rett koden eller tilstanden.")
def broken_seals_show_in_the_result(m: Reading) -> Iterator[Place]:
    """If the seals are not in order (0), the control result is A5, or B1 with greater
    discrepancies. Correct the code or the state of the seals."""
    for result in m.all("ControlResult"):
        code = result.first("code")
        if result.get("stateOfSeals").strip() == "0" and value(code) not in ("A5", "B1"):
            yield at(code) if code is not None else lack(result, "code")


@rule("G0821", "Koden for et risikoresultat mellom tollsteder slutter på E. Rett koden.")
def results_of_risk_end_in_e(m: Reading) -> Iterator[Place]:
    """The code of a risk result that offices tell each other ends in E. Correct the code."""
    for node in m.bound_nodes("G0821"):
        if not value(node).endswith("E"):
            yield at(node)
