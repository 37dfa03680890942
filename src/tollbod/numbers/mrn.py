"""MRN, the movement reference number: the name of a transit movement, on paper a barcode.

Given by the office of departure when it accepts the declaration (IE028). 18 characters in one of
two forms, by the year the number itself carries:

    before 2024   year 2, country 2, 13 of A-Z 0-9,             check digit     (phase 4)
    2024          both forms
    from 2025     year 2, country 2, 12 of A-Z 0-9, letter J-M, check digit     (phases 5 and 6)

The letter says which summary declaration the transit declaration holds (rule R0410). In Norway's
phase 4 numbers the 13 are six of the office and seven of a serial, whose second is S for a
prenotification. A number written in fallback may end in F instead of a digit; messages do not take
it. Numbers of other procedures have another letter; pass `letters` to judge those.

Source: schema type MRN of NCTS phases 5 and 6; rules R0028, R0410, R0416 (export); toll.no on
the national form; Montenegro's external specification on F.

>>> for number in ("24GB000246J8NY33L7", "25GB0002466YBYPKJ0", "25GB000246TK0E6WJ1",
...                "25GB000246Z3G0TUJ4", "25GB000246FDFV3GJ4", "23GB000246IF9W5YJ0",
...                "24XI000081LAQJBTJ2", "18GB0000601001EB15", "19IT02110010007827",
...                "20GB00006010024812"):
...     assert check(number) == [], number
>>> check("24GB000246B72DUJL4")[0].severity         # seen in public, with a failing check digit
'odd'
>>> check("25GB000246Z3G0TUX4")[0].en
'The 17th character is X; in a transit number from 2025 it is one of J, K, L, M.'
>>> issue(2026, "NO", serial("371001", 1), "J")
'26NO371001000001J7'
"""
import re
from datetime import date

from tollbod.numbers.fault import Fault, odd, one_part, say, shown, wrong
from tollbod.numbers.reference import (CENTURY, beginning, check_digit, explain_check_digit,
                                       explain_country, explain_year, made_of_digits_and_capitals,
                                       misprint, serial, year_ahead, year_of)
from tollbod.numbers.spelling import joined

__all__ = ["EXPORT", "TRANSIT", "check", "compact", "explain", "issue", "letter", "serial"]

LENGTH = 18
SHAPE = re.compile(r"[0-9]{2}[A-Z]{2}[A-Z0-9]{13}[0-9F]")
BOTH_FORMS = 2024       # the year in which numbers of both forms were given
TRANSIT = "JKLM"        # R0410
EXPORT = "ABE"          # R0416
# security of the declaration (CL217): letter. R0410.
LETTERS = {"0": "J", "1": "L", "2": "K", "3": "M"}
MEANING = {
    "A": ("an export or exit number",                 "et eksport- eller utførselsnummer"),
    "B": ("an export or exit number",                 "et eksport- eller utførselsnummer"),
    "C": ("an export or exit number",                 "et eksport- eller utførselsnummer"),
    "D": ("an export or exit number",                 "et eksport- eller utførselsnummer"),
    "E": ("an export or exit number",                 "et eksport- eller utførselsnummer"),
    "J": ("transit without security data",            "transittering uten sikkerhetsdata"),
    "K": ("transit with exit summary data",           "transittering med utførselsdata"),
    "L": ("transit with entry summary data",          "transittering med innførselsdata"),
    "M": ("transit with entry and exit summary data",
          "transittering med innførsels- og utførselsdata"),
    "R": ("an import number",                         "et importnummer"),
    "T": ("an entry summary number",                  "et nummer for summarisk innførselsmelding"),
}


def compact(text: str) -> str:
    """Return the number in capitals, without white space and hyphens."""
    return joined(text, drop="-")


def check(text: str, on: date | None = None, letters: str = TRANSIT) -> list[Fault]:
    """Return what is wrong or odd with an MRN; `letters` are those allowed at place 17.

    >>> check("23GB000246IF9W5YJ0", on=date(2022, 5, 1))[0].en
    'The year 2023 has not begun.'
    """
    number = compact(text)
    if not SHAPE.fullmatch(number):
        return misshapen(number)
    if number[-1] == "F":
        return [odd("It ends in F: a fallback number. Messages do not take it.",
                    "Det slutter på F: et nødrutinenummer. Meldinger tar det ikke."),
                *year_ahead(number, on)]
    return [*wrong_letter(number, letters), *misprint(number[:-1], number[-1]),
            *year_ahead(number, on)]


def wrong_letter(number: str, letters: str) -> list[Fault]:
    """Return a fault if the 17th character is not one of those the number's year demands."""
    given, allowed = number[16], ", ".join(letters)
    if year_of(number) <= BOTH_FORMS or given in letters or prenotified(number):
        return []
    what = "a transit number" if letters == TRANSIT else "this number"
    what_nb = "et transitteringsnummer" if letters == TRANSIT else "dette nummeret"
    en, nb = MEANING.get(given, ("", ""))
    return [wrong(f"The 17th character is {given}{en and f' ({en})'}; in {what} from 2025 "
                  f"it is one of {allowed}.",
                  f"Tegn 17 er {given}{nb and f' ({nb})'}; i {what_nb} fra 2025 "
                  f"er det ett av {allowed}.")]


def prenotified(number: str) -> bool:
    """Tell whether a number is of the Norwegian form for prenotifications: S at place 12.

    >>> prenotified("26NO3240010S000016"), prenotified("26NO371001000001J7")
    (True, False)
    """
    return number[2:4] == "NO" and number[11] == "S" and number[16] not in TRANSIT


def prenotified_at(number: str) -> str:
    """Return the office that gave a prenotification its MRN.

    >>> prenotified_at("26NO3240010S000016")
    'NO324001'
    """
    return number[2:10]


def misshapen(number: str) -> list[Fault]:
    """Return the first reason why this is no MRN at all."""
    if len(number) != LENGTH:
        return [wrong(f"It has {len(number)} characters; an MRN has {LENGTH}.",
                      f"Det har {len(number)} tegn; et MRN har {LENGTH}.")]
    if not made_of_digits_and_capitals(number):
        return [wrong(f"{shown(number)} holds something else than A-Z and 0-9.",
                      f"{shown(number)} har annet enn A-Z og 0-9.")]
    if not re.match("[0-9]{2}[A-Z]{2}", number):
        return [wrong(f"It begins with {number[:4]}; an MRN begins with the year in two digits and "
                      "the country in two letters.",
                      f"Det begynner med {number[:4]}; et MRN begynner med året i to sifre og "
                      "landet i to bokstaver.")]
    return [wrong(f"It ends in {number[-1]}; an MRN ends in a check digit.",
                  f"Det slutter på {number[-1]}; et MRN slutter på et kontrollsiffer.")]


def explain(text: str, language: str = "en") -> list[tuple[str, str]]:
    """Return the parts of an MRN and what each means.

    >>> for part in explain("24GB000246J8NY33L7"): print(*part, sep="  ")
    24  given in 2024
    GB  country that gave it
    000246J8NY33  the country's own characters
    L  transit with entry summary data
    7  check digit, right
    """
    number = compact(text)
    if not SHAPE.fullmatch(number):
        return one_part(number, say(language, "not an MRN", "ikke et MRN"))
    return [explain_year(number, language), explain_country(number, language),
            *explain_middle(number, language), explain_last(number, language)]


def explain_middle(number: str, language: str) -> list[tuple[str, str]]:
    """Return the 13 characters between country and check digit, as their year divides them."""
    year, own, given = year_of(number), number[4:16], number[16]
    if prenotified(number):
        return [(number[4:10], say(language, "office, without NO", "tollsted, uten NO")),
                (number[10:17], say(language, "serial number of a prenotification",
                                    "løpenummer for et forhåndsvarsel"))]
    if year > BOTH_FORMS or (year == BOTH_FORMS and given in MEANING):
        what = MEANING.get(given, ("not a letter of any procedure known here",
                                   "ikke en bokstav for noen prosedyre som er kjent her"))
        return [(own, say(language, "the country's own characters", "landets egne tegn")),
                (given, say(language, *what))]
    if number[2:4] != "NO":
        return [(own + given, say(language, "the country's own characters", "landets egne tegn"))]
    return [(number[4:10], say(language, "office, without NO", "tollsted, uten NO")),
            (number[10:17], say(language, "serial number", "løpenummer"))]


def explain_last(number: str, language: str) -> tuple[str, str]:
    """Return the last character and what it means: the check digit, or F."""
    if number[-1] == "F":
        return "F", say(language, "written in fallback", "skrevet i nødrutine")
    return explain_check_digit(number[:-1], number[-1], language)


def letter(security: str) -> str:
    """Return the 17th character for the declaration's security 0, 1, 2 or 3 (R0410).

    >>> [letter(security) for security in "0123"]
    ['J', 'L', 'K', 'M']
    """
    return LETTERS[security]


def issue(year: int, country: str, serial: str, letter: str = "J") -> str:
    """Return a new MRN: 12 characters and a letter, or 13 and `letter=""` for the phase 4 form.

    Raises ValueError on anything that would not make a right number.

    >>> issue(2023, "NO", "371001" + "0S00001", letter="")
    '23NO3710010S000011'
    """
    if letter not in {*TRANSIT, ""}:
        raise ValueError(f"the letter is one of {TRANSIT} or none, not {letter!r}")
    if not letter and year > BOTH_FORMS:
        raise ValueError(f"from {BOTH_FORMS + 1} an MRN has a letter")
    if len(serial + letter) != 13 or not made_of_digits_and_capitals(serial):
        raise ValueError(f"the serial is {13 - len(letter)} of A-Z and 0-9, not {serial!r}")
    body = beginning(year, country, first=BOTH_FORMS if letter else CENTURY) + serial + letter
    return body + check_digit(body)


def issue_entry(year: int, country: str, given: str, letter: str = "T", by: str = "A") -> str:
    """Return a new MRN of ICS2: 11 characters, its interface, T (filing) or Z (arrival).

    Interfaces: A shared, B national, C another, such as transit.

    >>> issue_entry(2026, "NO", "37100000001")
    '26NO37100000001AT8'
    """
    if len(given) != 11 or letter not in "TZ" or by not in "ABC":
        raise ValueError(f"11 of A-Z and 0-9, A to C, T or Z, not {given!r}, {by!r}, {letter!r}")
    if not made_of_digits_and_capitals(given):
        raise ValueError(f"A-Z and 0-9, not {given!r}")
    body = f"{beginning(year, country, first=CENTURY)}{given}{by}{letter}"
    return body + check_digit(body)


def issue_prenotification(year: int, country: str, given: str) -> str:
    """Return a new MRN of a prenotification: office and serial with S at place 12, no letter.

    `given` is what `serial` makes: six of the office, six of the number.

    >>> issue_prenotification(2026, "NO", serial("324001", 1))
    '26NO3240010S000016'
    """
    body = beginning(year, country, first=CENTURY) + given[:7] + "S" + given[7:]
    return body + check_digit(body)
