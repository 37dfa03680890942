"""The 17 messages between customs administrations of ICS2, for build_ics2.py: rows in one form.

Input: reference/ics2/cr_nes_messages_v2.json, and `ics2_customs_types.txt` for the consignments
that it leaves as names of types. A value that stands in a trader's message too has its format
there; what only customs say has the format of its own facets.
"""
import re
from pathlib import Path

NOTE = "{urn:wco:datamodel:eu:ics2:2}"
FORMAT = re.compile(r"(\.|\[0-9\]|\[a-zA-Z\]|\[A-Z\])\{(\d+)(,(\d+))?\}")
CHARACTERS = {".": "an", "[0-9]": "n", "[a-zA-Z]": "a", "[A-Z]": "a"}
OFFSET = (r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+\-]\d\d:\d\d)|"
          r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)")
COUNTRIES = ("country", "nationality")          # two letters elsewhere are no country
CHOICE = ("Indicator", "IndicatorString")       # a flag is written in one way or the other

# Titles in our own words; who sends, who receives.
NES, CR = "National entry system", "Common repository"
RISK, ASKED, CONTROL = "Risk analysis", "Member State involved", "Member State of control"
TITLES = {
    "IE4S01": ("Result of e-screening", ASKED, CR),
    "IE4S02": ("Result of the risk analysis", RISK, CR),
    "IE4N03": ("Hit of the risk analysis", NES, CR),
    "IE4S03": ("Result of a control", CONTROL, CR),
    "IE4N07": ("Arrival of the means of transport", NES, CR),
    "IE4N10": ("Presentation of the goods", NES, CR),
    "IE4Q08": ("Presentation revoked", NES, CR),
    "IE4N09": ("Control decision", NES, CR),
    "IE4Q04": ("Referral for information or amendment", RISK, CR),
    "IE4Q05": ("Referral for screening", RISK, CR),
    "IE4R02": ("Answer to a referral for information", ASKED, CR),
    "IE4R03": ("Result of a screening", NES, CR),
    "IE4N11": ("Control in advance for an authorised operator", CONTROL, CR),
    "IE4N99": ("Error notification between customs", NES, CR),
    "IE4Q07": ("Parameters of a Member State", NES, CR),
    "IE4Q10": ("Query on a declaration", NES, CR),
    "IE4R05": ("Declaration as the repository has it", CR, NES),
}


class Rows:
    """Makes the rows of a message: of its own list, and of the types that it points to."""

    def __init__(self, row, traders):
        self.row, self.types = row, read_types()
        self.known = formats(traders)

    def of(self, elements):
        """Returns the rows of a message."""
        made = []
        for one in elements:
            path = one["path"].split("/")
            made.append(self.one(one, path))
            if "type" in one:
                made += self.group(one["type"], path[-1], len(path))
        return made

    def one(self, one, path):
        """Returns the row of an element; of a choice each way may be left out."""
        rules = one.get(NOTE + "Rules", []) + one.get(NOTE + "Conditions", [])
        least = "0" if path[-1] in CHOICE else one["min"]
        status = "D" if one.get(NOTE + "Conditions") and least == "0" else "RO"[least == "0"]
        form, codelist = None, None
        if one["kind"] == "element":            # a list named at a group is one of flags: its type
            form, codelist = form_of(one["facets"]), (one.get(NOTE + "ICS2CLMS") or [None])[0]
            if form["raw"] == "a2" and path[-1] not in COUNTRIES:
                form = own("a2", base="xs:token", length="2", pattern="[A-Za-z]{2}")
        return self.row(len(path) - 1, path[-1], f"{least}..{one['max']}", status, form, codelist,
                        rules)

    def group(self, type_, name, level):
        """Returns the rows of a type."""
        if type_ == "Amount":
            return [self.row(level, f"@{one}", "1..1", "R", *self.known["", one])
                    for one in ("value", "currency")]
        made = []
        for child, occurs, *more in self.types[type_]:
            inner, *rules = more or [None]
            status = "D" if rules else "R" if occurs[0] != "0" else "O"
            form, codelist = (None, None) if inner else self.value(name, child)
            made.append(self.row(level, child, occurs, status, form, codelist, rules))
            made += self.group(inner, child, level + 1) if inner else []
        return made

    def value(self, group, name):
        """Returns format and code list of a value, as the trader messages have it there."""
        return self.known.get((group, name)) or self.known["", name]


def read_types():
    """Returns the children of each type: name, occurrence, its own type, its condition."""
    found, current = {}, []
    text = Path(__file__).with_name("ics2_customs_types.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        if line.startswith("  "):
            current.append(line.split())
        elif line and not line.startswith("#"):
            current = found[line] = []
    return found


def formats(traders):
    """Returns format and code list by group and name, and by name where it is one everywhere."""
    found = {
        ("", "AEOStatus"): ({"raw": "n1", "type": "n", "max": 1, "fixed": True}, "CL705"),
        ("", "sequenceNumber"): ({"raw": "n..5", "type": "n", "max": 5, "fixed": False}, None),
        ("", "currency"): ({"raw": "a3", "type": "a", "max": 3, "fixed": True}, "CL352"),
    }
    for message in traders.values():
        for one in message["elements"]:
            if one["kind"] == "amount":
                found["", "value"] = (one["format"], None)
            elif one["kind"] == "element":
                *above, name = one["path"].split("/")
                for group in ("", above[-1] if above else ""):
                    found.setdefault((group, name), (one["format"], one.get("codelist")))
    return found


def form_of(given):
    """Returns the format that facets stand for; what no format says keeps its facets.

    >>> form_of({"base": "xs:string", "maxLength": "35", "pattern": ".{1,35}"})["raw"]
    'an..35'
    """
    if "type" in given:
        return own("-", base=given["type"]) if "base64" in given["type"] else flag()
    if given["base"] == "xs:dateTime" and given["pattern"] != OFFSET:
        return {"raw": "an20", "type": "datetime"}
    if given["base"] == "xs:boolean" or given.get("pattern") == "[0-1]{1}":
        return flag()
    form = FORMAT.fullmatch(given.get("pattern", ""))
    if not form:
        base = "xs:normalizedString" if given["base"] == "xs:string" else given["base"]
        length = given.get("maxLength") or "25" * (base == "xs:dateTime")
        return own(f"an..{length}", **given | {"base": base})
    characters, least, _, most = form.groups()
    kind, size = CHARACTERS[characters], int(most or least)
    return {"raw": f"{kind}{'..' if most else ''}{size}", "type": kind, "max": size,
            "fixed": not most}


def flag():
    """Returns the format of a flag; XML writes it in two ways."""
    return own("n1", base="xs:token", enum=("0", "1", "false", "true"))


def own(raw, **given):
    """Returns a format that is its facets."""
    return {"raw": raw, "type": "own", "facets": given}
