"""The names of the simple types of the message tables, found from their facets.

A name says what the type lets through, in the manner of the formats: `text..35` is up to 35
characters, `text2` exactly two. `text` counts white space as sent, `token` collapses it, `trim`
starts and ends with something else than a space, `ascii` is printable, `letters` and `digits`
are what they say.
"""

import re

SPECIAL = {
    "[A-Z]{2}": "country",
    "[A-Z]{2}[A-Z0-9]{6}": "office",
    "(([0-1][0-9]|[2][0-4])[A-Z]{2}[A-Z0-9]{13}[0-9])"
    "|(([2][4-9]|[3-9][0-9])[A-Z]{2}[A-Z0-9]{12}[J-M][0-9])": "mrn",
    "(([0-1][0-9]|[2][0-4])[A-Z]{2}[A-Z0-9]{13}[0-9])"
    "|(([2][4-9]|[3-9][0-9])[A-Z]{2}[A-Z0-9]{12}[A-E][0-9])": "mrnExport",
    "([2][4-9]|[3-9][0-9])[A-Z]{2}[A-Z0-9]{11}[C][T][0-9]": "mrnEns",
    "[A-Z0-9]* && [0-9]{2}[A-Z]{2}[A-Z0-9]{12}[0-9]([A-Z][0-9]{6})?": "grn",
    r"\p{IsBasicLatin}+ && [^@]+@[^\.]+\..+": "email",
    r"\p{IsBasicLatin}+ && \P{Z}[^@]*@[^\.]+\..*\P{Z}": "emailTrim",
    r"[+-]?([0-8]?[0-9]\.[0-9]{5,7}|90.000000?0?)": "latitude",
    r"[+-]?((0?[0-9]?|1[0-7])[0-9]\.[0-9]{5,7}|180.000000?0?)": "longitude",
    "([1-9][0-9]{0,6}|(1[0-9]|2[0-4])[0-9]{0,6}|25000000"
    "|(X[A-Z]|[A-Z]X)(2[5-9]|[3-9][0-9]|[1-9][0-9][0-9])[0-9]{6})": "tirCarnet",
    "[A-Z]{2}[!-~]{1,15}": "eori",
    "(.{0,4}E)|([!-~]{1,16}E)": "riskResult",
    "[2][0][1-9][0-9]": "year",
    "[a-zA-Z0-9.-]{1,14}": "system..14",
    "[A-Z]{2}.{0,298}": "campaign",
    "[A-Z]*": "capital",
    "[A-Z0-9]*": "capitalOrDigit",
}
VALUES = {
    ("0", "1"): "flag",
    ("0", "1", "false", "true"): "boolean",
    ("C", "D", "U"): "modification",
    ("N", "S", "U"): "unavailability",
    tuple(f"{month:02}" for month in range(1, 13)): "month",
}
FIRST_VALUES = [  # the longer lists, known by some of their values
    ({"AD", "XI", "UA"}, "officeCountry"),
    ({"CC015C", "CD001C"}, "messageType"),
    ({"12", "99"}, "businessError"),
    ({"12", "57"}, "xmlError"),
    ({"12", "93"}, "functionalError"),
]


def name_of(facets):
    """Returns the name of a type.

    >>> name_of({"base": "xs:normalizedString", "pattern": ".{1,35}", "maxLength": "35"})
    'text..35'
    """
    pattern = facets.get("pattern", "")
    if "enum" in facets:
        return name_of_values(tuple(facets["enum"]))
    if facets["base"] == "xs:integer":
        return f"integer{facets['minInclusive']}..{facets['maxInclusive']}"
    if facets["base"] == "xs:decimal":
        kind = "positive" if pattern.startswith("([1-9]") else "decimal"
        return f"{kind}{facets['totalDigits']}.{facets['fractionDigits']}"
    if not pattern or facets["base"] in ("xs:date", "xs:dateTime"):
        length = f"..{facets['maxLength']}" if "maxLength" in facets else ""
        return {"normalizedString": "any"}.get(kind := facets["base"][3:], kind) + length
    if pattern in SPECIAL:
        return SPECIAL[pattern]
    return name_of_text(facets["base"], pattern, facets)


def name_of_text(base, pattern, facets):
    """Returns the name of a type that is a set of characters and a length."""
    length = facets.get("length") or f"..{facets.get('maxLength')}"
    if pattern.startswith(r"\P{Z}"):
        return f"trim{length}"
    if pattern.startswith("[!-~][ -~]"):
        return f"asciiTrim{length}"
    characters, least, most = re.fullmatch(r"(.+)\{(\d+)(,\d+)?\}", pattern).groups()
    length = f"..{most[1:]}" if most else least
    if characters == "[A-Za-z]" and base == "xs:normalizedString":
        return "language"
    text = "token" if base == "xs:token" else "text"
    return {".": text, "[0-9]": "digits", "[A-Za-z]": "letters", "[ -~]": "ascii"}[
        characters] + length


def name_of_values(values):
    """Returns the name of a type that lists its values."""
    if values in VALUES:
        return VALUES[values]
    return next(name for some, name in FIRST_VALUES if some <= set(values))
