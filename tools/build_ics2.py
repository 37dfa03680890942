"""Writes the compact message tables under src/tollbod/spec/ics2/v2 from the reference tree.

    python tools/build_ics2.py ../shared [FOLDER]

Input: reference/ics2/hti_messages_v2.json, and for the messages between customs what
`build_ics2_customs` reads. Output: one file a message, `types.txt`, `index.txt` and `labels.txt`,
in the form of the tables of NCTS. A date is a group that holds DateTime, and an
amount is a group of attributes, whose names begin with @, as both stand in the XML. The same
input gives the same bytes.
"""

import sys
from pathlib import Path

from build_codes import differs_in_ics2
from build_ics2_customs import OFFSET, TITLES, Rows
from build_spec import aligned, load, type_lines
from type_names import name_of

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))
from tollbod.spec.tables import in_words  # noqa: E402 (a tool runs without being installed)

SOURCE = ("ICS2 HTI message specifications v2.02, 2022-05-04 (boldpawn/boldpawn.com), XML "
          "conventions as in CR-for-NES V2.21 (hmrc/import-control-wsdls, Apache-2.0); 2026-11")
SOURCE_CUSTOMS = ("CR-for-NES services V2.21, 2022-03 (hmrc/import-control-wsdls, Apache-2.0), "
                  "formats as in the ICS2 HTI message specifications v2.02; 2026-11")
FACETS = ("base", "pattern", "length", "minLength", "maxLength", "minInclusive", "maxInclusive",
          "totalDigits", "fractionDigits", "enum")
STATUS = {"M": "R", "O": "O", "C": "D"}
IN_NCTS = {"referenceNumberUCR"}    # called otherwise there, and so here
TIME = r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z"
TIMES = {TIME: "dateTimeZ", OFFSET: "dateTimeOffset"}
CHARACTERS = {"a": "[A-Za-z]", "n": "[0-9]", "an": "."}

# Titles in our own words: what a filing is about, and what the other messages say.
FILINGS = {
    "F10": "sea, straight bill of lading, full", "F11": "sea, master and house, full",
    "F12": "sea, master bill of lading only",
    "F13": "sea, straight bill of lading without buyer and seller",
    "F14": "sea, house bill of lading", "F15": "sea, house bill of lading with lowest-level data",
    "F16": "sea, lowest-level data of a house", "F17": "sea, lowest-level data, straight bill",
    "F20": "air, full, pre-loading", "F21": "air, master air waybill, pre-arrival",
    "F22": "air, house air waybill, pre-arrival", "F23": "air, minimum data set, pre-loading",
    "F24": "air, minimum data set with master reference, pre-loading",
    "F25": "air, master reference for an earlier minimum data set",
    "F26": "air, minimum data set and full house data, pre-loading",
    "F27": "air, full, pre-arrival", "F28": "air, direct air waybill, pre-loading",
    "F29": "air, direct air waybill, pre-arrival", "F30": "express by air, full, pre-arrival",
    "F31": "express on general cargo, full, pre-arrival",
    "F32": "express, minimum data set, pre-loading",
    "F33": "express on general cargo, house, pre-arrival", "F34": "express by road, full",
    "F40": "post by road, transport and receptacles",
    "F41": "post by rail, transport and receptacles",
    "F42": "post by air, transport and receptacles", "F43": "post, minimum data set, pre-loading",
    "F44": "post, items in receptacles, pre-loading",
    "F45": "post by sea, transport and receptacles", "F50": "road, full", "F51": "rail, full",
}
OTHERS = {
    "N01": "Life-cycle check failed", "N02": "Filing not complete in time",
    "N03": "Assessment complete", "N04": "Information requested, copy to the carrier",
    "N05": "Screening requested, copy to the carrier", "N06": "Arrival notification",
    "N07": "House consignment in an incorrect state", "N08": "Control notification",
    "N09": "Control notification in advance", "N10": "Amendment accepted",
    "N11": "Filing pending", "N99": "Error notification", "Q01": "Do not load",
    "Q02": "Request for information or amendment", "Q03": "Request for high-risk screening",
    "Q04": "Invalidation request", "Q05": "Query on a filing", "R01": "Filing registered",
    "R02": "Answer to a request for information", "R03": "Answer to a request for screening",
    "R04": "Arrival registered", "R07": "Invalidation accepted", "R08": "Answer to a query",
}
FROM_TRADER = {"N06", "Q04", "Q05", "R02", "R03"}


class Writer:
    """Writes the tables and collects their types and labels."""

    def __init__(self, reference, folder):
        self.messages = load(reference / "ics2" / "hti_messages_v2.json")["messages"]
        self.customs = load(reference / "ics2" / "cr_nes_messages_v2.json")["messages"]
        self.own_lists = differs_in_ics2(reference)
        self.folder, self.types, self.labels = folder, {}, {}

    def run(self):
        """Writes every file."""
        self.folder.mkdir(parents=True, exist_ok=True)
        index = []
        for root, message in sorted(self.messages.items()):
            head = (root, root, title(root), *parties(root), "external")
            self.write(f"{root}.txt", [" | ".join(head), *aligned(self.rows(message["elements"]))])
            index.append(head)
        rows = Rows(self.row, self.messages)
        for root, message in sorted(self.customs.items()):
            head = (root, root, *TITLES[root], "common")
            self.write(f"{root}.txt", [" | ".join(head), *aligned(rows.of(message["elements"]))],
                       SOURCE_CUSTOMS)
            index.append(head)
        self.write("index.txt", aligned(index, " | "))
        self.write("types.txt", type_lines(self.types))
        labels = [(name, *known) for name, known in self.labels.items()
                  if len(known) == 1 and {*known} != {in_words(name)} and name not in IN_NCTS]
        self.write("labels.txt", aligned(sorted(labels, key=lambda row: row[0].casefold())))

    def write(self, name, lines, source=SOURCE):
        """Writes one file below the line that says where it comes from."""
        text = "\n".join([f"# {source}", *lines]) + "\n"
        (self.folder / name).write_text(text, encoding="utf-8")

    def rows(self, elements):
        """Returns the rows of a message: the source has them in order, by their paths."""
        found = []
        for one in elements:
            level = one["path"].count("/")
            group = one["kind"] != "element" or one["format"]["type"] == "datetime"
            found.append(self.row(level, one["xml"], f"{one['min']}..{one['max']}",
                                  STATUS[one["status"]], None if group else one["format"],
                                  one.get("codelist"),
                                  one.get("rules", []) + one.get("conditions", [])))
            self.learn_label(one)
            if one["kind"] == "amount":
                found.append(self.row(level + 1, "@value", "1..1", "R", one["format"]))
                currency = {"raw": "a3", "type": "a", "max": 3, "fixed": True}
                found.append(self.row(level + 1, "@currency", "1..1", "R", currency,
                                      one["codelist_currency"]))
            elif group and one["kind"] == "element":
                found.append(self.row(level + 1, "DateTime", "1..1", "R", one["format"]))
        return found

    def row(self, level, name, occurs, status, form=None, codelist=None, rules=()):
        """Returns a row's cells; a group has no format."""
        own = f"ICS2-{codelist}" if codelist in self.own_lists else codelist
        return ("  " * level + name, occurs, status,
                form["raw"].split(" ")[0] if form else "-",
                self.type_name(form, codelist) if form else "-", own or "-",
                " ".join(rules))

    def type_name(self, form, codelist):
        """Returns the name of the type that a format stands for."""
        given = facets(form, codelist)
        row = tuple(given.get(key) for key in FACETS)
        name = TIMES.get(given.get("pattern")) or name_of(given)
        assert self.types.setdefault(name, row) == row, f"two types are called {name}"
        return name

    def learn_label(self, one):
        """Keeps what a name is called; one that is called otherwise elsewhere speaks for itself."""
        same = one["name"].casefold() == in_words(one["xml"]).casefold()
        self.labels.setdefault(one["xml"], set()).add(
            in_words(one["xml"]) if same else one["name"])


def facets(form, codelist):
    """Returns the facets of a format.

    >>> facets({"raw": "an..35", "type": "an", "max": 35, "fixed": False}, None)["pattern"]
    '.{1,35}'
    """
    if form["type"] == "own":
        return form["facets"]
    if form["type"] == "datetime":
        return {"base": "xs:dateTime", "pattern": TIME}
    if form.get("decimals"):
        return {"base": "xs:decimal", "totalDigits": str(form["max"]),
                "fractionDigits": str(form["decimals"]), "pattern": r"(0|[1-9]\d*)(\.\d+)?"}
    if form["raw"] == "a2":
        return {"base": "xs:normalizedString", "length": "2", "pattern": "[A-Z]{2}"}
    size = form["max"]
    spans = "{%d}" % size if form["fixed"] else "{1,%d}" % size
    coded = codelist or form["type"] != "an"
    return {"base": "xs:token" if coded else "xs:normalizedString",
            "pattern": CHARACTERS[form["type"]] + spans,
            "length" if form["fixed"] else "maxLength": str(size)}


def title(root):
    """Returns what a message is called.

    >>> title("IE3A50"), title("IE3R01")
    ('Amendment of entry summary declaration F50: road, full', 'Filing registered')
    """
    kind, number = root[3], root[4:]
    if kind in "FA":
        what = "Entry summary declaration" if kind == "F" else "Amendment of entry summary " \
               "declaration"
        return f"{what} F{number}: {FILINGS['F' + number]}"
    return OTHERS[kind + number]


def parties(root):
    """Returns who sends and who receives a message.

    >>> parties("IE3R01")
    ('Customs', 'Person filing')
    """
    trader = root[3] in "FA" or root[3:] in FROM_TRADER
    return ("Person filing", "Customs") if trader else ("Customs", "Person filing")


if __name__ == "__main__":
    home = Path(__file__).parents[1] / "src" / "tollbod" / "spec" / "ics2" / "v2"
    Writer(Path(sys.argv[1]) / "reference",
           Path(sys.argv[2]) if len(sys.argv) > 2 else home).run()
