"""What the types of the tables want, in words, with an example of each; XSD patterns for `re`.

Source of the types: the message tables. Words and examples are ours; every example is a value of
its type (a test holds that), made of plainly fictional numbers.
"""
import re
from functools import cache

from tollbod.spec.tables import Type

SHOWN = 12              # so many values of a type that lists them
# Constructs of XSD that `re` lacks. Blanks are those libxml2 takes for the category Z.
_BLANK = "\u0020\u00a0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_TRANSLATED = ((r"\P{Z}", f"[^{_BLANK}]"), (r"\p{IsBasicLatin}", r"[\x00-\x7f]"),
               (r"\d", "[0-9]"))

#   type             example                   in English and in bokmål
_TYPES = {
    "riskResult":    ("AE",                    "a risk result code that ends in E",
                                               "en risikokode som slutter på E"),
    "country":       ("NO",                    "a country code of two capitals",
                                               "en landkode på to store bokstaver"),
    "capital":       ("A",                     "one capital, A to Z",
                                               "én stor bokstav, A til Z"),
    "capitalOrDigit": ("A",                    "one capital or digit",
                                               "én stor bokstav eller ett siffer"),
    "language":      ("nb",                    "a language code of two letters",
                                               "en språkkode på to bokstaver"),
    "date":          ("2026-05-04",            "a date, year-month-day without a time zone",
                                               "en dato, år-måned-dag uten tidssone"),
    "dateTime":      ("2026-05-04T08:00:00",   "a date and time in UTC, without fractions or zone",
                                               "en dato og tid i UTC, uten brøkdeler eller sone"),
    "dateTimeZ":     ("2026-05-04T08:00:00Z",  "a date and time in UTC, without fractions, with Z",
                                               "en dato og tid i UTC, uten brøkdeler, med Z"),
    "dateTimeOffset": ("2026-05-04T08:00:00Z", "a date and time without fractions, with Z or hours "
                                               "and minutes from UTC",
                                               "en dato og tid uten brøkdeler, med Z eller timer "
                                               "og minutter fra UTC"),
    "system":        ("NES.NO",                "a system's name of letters, digits, points and "
                                               "hyphens",
                                               "et systemnavn av bokstaver, sifre, punktum og "
                                               "bindestreker"),
    "campaign":      ("NO test",               "two capitals of the country, then any text",
                                               "landets to store bokstaver, så fri tekst"),
    "office":        ("NO371001",              "a customs office: the country's two capitals and "
                                               "six capitals or digits",
                                               "et tollsted: landets to store bokstaver og seks "
                                               "store bokstaver eller sifre"),
    "eori":          ("NO310000019",           "an identification number: the country's two "
                                               "capitals and 1 to 15 characters without blanks",
                                               "et identifikasjonsnummer: landets to store "
                                               "bokstaver og 1 til 15 tegn uten blanke"),
    "email":         ("post@example.no",       "an e-mail address of ASCII characters",
                                               "en e-postadresse av ASCII-tegn"),
    "emailTrim":     ("post@example.no",       "an e-mail address of ASCII characters",
                                               "en e-postadresse av ASCII-tegn"),
    "grn":           ("26NO0000000000012",     "a GRN: year, country, twelve capitals or digits, "
                                               "a check digit, and for a voucher a capital and "
                                               "six digits more",
                                               "en GRN: år, land, tolv store bokstaver eller "
                                               "sifre, et kontrollsiffer, og for et bevis enda en "
                                               "stor bokstav og seks sifre"),
    "mrn":           ("26NO000000000001J6",    "an MRN of transit: year, country, twelve capitals "
                                               "or digits, a capital J to M, a check digit",
                                               "en MRN for transittering: år, land, tolv store "
                                               "bokstaver eller sifre, en stor bokstav J til M, "
                                               "et kontrollsiffer"),
    "mrnPrenotification": ("26NO3240010S000016",
                                               "an MRN of a prenotification: year, country, seven "
                                               "capitals or digits, an S, five more, a check digit",
                                               "en MRN for forhåndsvarsel: år, land, sju store "
                                               "bokstaver eller sifre, en S, fem til, et "
                                               "kontrollsiffer"),
    "commodity":     ("440710",                "a commodity code of six to eight digits",
                                               "en varekode med seks til åtte sifre"),
    "container":     ("ABCU1234560",           "a container's number of capitals and digits",
                                               "et containernummer av store bokstaver og sifre"),
    "unNumber":      ("1203",                  "a UN number of four digits",
                                               "et UN-nummer med fire sifre"),
    "mrnExport":     ("26NO000000000001A4",    "an MRN of export: year, country, twelve capitals "
                                               "or digits, a capital A to E, a check digit",
                                               "en MRN for utførsel: år, land, tolv store "
                                               "bokstaver eller sifre, en stor bokstav A til E, et "
                                               "kontrollsiffer"),
    "mrnEns":        ("26NO00000000001CT0",    "an MRN: year, country, eleven capitals or digits, "
                                               "CT, a check digit",
                                               "en MRN: år, land, elleve store bokstaver eller "
                                               "sifre, CT, et kontrollsiffer"),
    "latitude":      ("59.91273",              "a latitude in degrees with 5 to 7 decimals",
                                               "en breddegrad med 5 til 7 desimaler"),
    "longitude":     ("10.74609",              "a longitude in degrees with 5 to 7 decimals",
                                               "en lengdegrad med 5 til 7 desimaler"),
    "tirCarnet":     ("XF25000001",            "a TIR carnet number",
                                               "et TIR-carnetnummer"),
    "year":          ("2026",                  "a year, 2010 to 2099",
                                               "et årstall, 2010 til 2099"),
    "base64Binary":  ("YQ==",                  "bytes in base64",
                                               "byte i base64"),
    "asciiTrim":     ("AB-1",                  "ASCII characters that neither begin nor end with "
                                               "a blank, 1, 2 or at least 3 of them",
                                               "ASCII-tegn uten blank først eller sist, 1, 2 eller "
                                               "minst 3"),
    "ascii":         ("AB-1",                  "characters of ASCII only",
                                               "bare ASCII-tegn"),
    "trim":          ("ABCDEFGH1",             "a text that neither begins nor ends with a blank",
                                               "en tekst uten blank først eller sist"),
    "letters":       ("ABCDEFGHI",             "letters, A to Z",
                                               "bokstaver, A til Z"),
    "digits":        ("123456789",             "digits",
                                               "sifre"),
    "integer":       ("1",                     "a whole number without leading zeros",
                                               "et helt tall uten ledende nuller"),
    "positive":      ("1.5",                   "a number above zero with a point for decimals, "
                                               "without leading zeros",
                                               "et tall over null med punktum for desimaler, uten "
                                               "ledende nuller"),
    "decimal":       ("1.5",                   "a number with a point for decimals, without "
                                               "leading zeros",
                                               "et tall med punktum for desimaler, uten ledende "
                                               "nuller"),
    "":              ("ABCDEFGHIJ",            "", ""),
}


@cache
def expression(pattern: str) -> str:
    """Return an XSD pattern as `re` has it; use it with fullmatch.

    >>> bool(re.fullmatch(expression(r"\\P{Z}(.*\\P{Z})?"), "a b"))
    True
    """
    for theirs, ours in _TRANSLATED:
        pattern = pattern.replace(theirs, ours)
    return pattern


def listed(enum: tuple[str, ...]) -> tuple[str, str]:
    """Return the values of a type, the first twelve if it has more, in English and bokmål."""
    shown = ", ".join(enum[:SHOWN])
    return (f"{shown} and more", f"{shown} og flere") if len(enum) > SHOWN else (shown, shown)


def wanted(kind: Type) -> tuple[str, str]:
    """Return what a value of the type must be, in English and bokmål, with an example."""
    if kind.enum is not None:
        shown, vist = listed(kind.enum)
        return f"one of {shown}", f"en av {vist}"
    _, english, bokmaal = _row(kind)
    if not english:
        return "a text", "en tekst"
    shown = example(kind)
    return f'{english}, such as "{shown}"', f"{bokmaal}, for eksempel «{shown}»"


def example(kind: Type) -> str:
    """Return a value of the type.

    >>> from tollbod.spec.tables import types
    >>> [example(types("p6")[name]) for name in ("office", "token..4", "text2", "flag")]
    ['NO371001', 'ABCD', 'AB', '0']
    """
    if kind.enum is not None:
        return kind.enum[0]
    shown = _row(kind)[0]
    if kind.base in ("xs:token", "xs:normalizedString"):
        size = kind.length or kind.max_length
        if sized := re.search(r"([0-9]+)\}?$", kind.name):
            size = int(sized[1])
        exact = f"{kind.pattern} ".split("{")[-1].startswith(f"{size}}}") if size else False
        return (shown * (size // len(shown) + 1 if exact else 1))[:size] if size else shown
    return max(shown, str(kind.min_inclusive or "")) if kind.base == "xs:integer" else shown


def _row(kind: Type) -> tuple[str, str, str]:
    """Return the row of the type: by its name, else by its name without the size."""
    return _TYPES.get(kind.name) or _TYPES.get(re.split("[0-9.]", kind.name)[0]) or _TYPES[""]
