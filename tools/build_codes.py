"""Writes the code lists under src/tollbod/spec/codes from the reference tree.

    python tools/build_codes.py ../shared [FOLDER]

Output: a table a list (code, active_from, active_to, text; the two longest compressed),
`offices.tsv`, and `index.txt`, which knows every list by name and says where its values are.
The same input gives the same bytes.
"""

import csv
import gzip
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from build_spec import aligned, load

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))
from tollbod.spec.tables import in_words  # noqa: E402 (a tool runs without being installed)

READ = "2026-11"
SNAPSHOT = "2025-02-12"
# A code of the snapshot that the list of November 2025 no longer has was valid at least until
# the snapshot; the day it ended is not public, so none is given: a false "invalid" is worse.
NOT_KNOWN = ""
LONGEST = 60
COMPRESSED = {"CL016": "cus_codes.csv.gz", "CL244": "unlocode.csv.gz"}
GUARANTEE_LISTS = {"CL076", "CL229", "CL230", "CL251", "CL286"}
OFFICE_LISTS = {
    "CL141": "any", "CL171": "DEP", "CL172": "DES", "CL173": "TRA", "CL174": "GUA",
    "CL175": "TXT", "CL176": "ENQ", "CL177": "REC", "CL179": "ENQ REC", "CL194": "EXT",
    "CL237": "ENT", "CL294": "EXT",
}
# Lists that ICS2 names and does not print: those NCTS has under the same number, or another one.
SHARED_IN_ICS2 = {"CL013", "CL017", "CL101", "CL141", "CL244"}
# The list of the first edition names the Union and Northern Ireland; Norway and Switzerland take
# part by the documents of Norwegian Customs.
MORE_IN_ICS2 = {"CL717": {"CH": "Switzerland", "NO": "Norway"}}
SAME_IN_ICS2 = {"CL352": "CL048", "CL718": "CL008", "CL719": "CL016"}
# How sure one must be of a list without a public edition to call a code in a message wrong.
WEAK = re.compile("guess|part|unknown|proposed")


@dataclass
class Row:
    """A line of the index."""

    code: str
    name: str
    values: str
    judged: bool = True
    confidence: str = "public"
    basis: str = "-"

    def cells(self):
        """Returns the line's cells."""
        judged = "judged" if self.judged else "not judged"
        return self.code, judged, self.values, self.confidence, self.name, self.basis


class Builder:
    """Collects the lists, and writes them."""

    def __init__(self, reference, folder):
        self.reference, self.folder = reference, folder
        self.lists = reference / "ncts" / "codelists"
        self.ours = own_labels(Path(__file__).with_name("code_labels.txt"))
        self.first_days = first_days(reference / "derived" / "code_validity.csv")
        more = load(reference / "derived" / "codelists_derived_more.json")["lists"]
        self.unknown = more.pop("still_unknown")
        self.derived = {code: entry for code, entry
                        in (load(self.lists / "_derived.json") | more).items()
                        if code.startswith("CL")}
        self.names = {row["code"]: row["name"] for row in load(self.lists / "_index.json")}
        self.ics2 = load(reference / "ics2" / "codelists.json")
        self.index = {}

    def run(self):
        """Writes every file."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for path in sorted(self.lists.glob("CL???.json")):
            if path.stem not in OFFICE_LISTS:
                self.public(load(path))
        for code, entry in sorted(self.derived.items()):
            self.from_facts(code, entry)
        for code, roles in OFFICE_LISTS.items():
            self.add(code, f"offices {roles}", confidence="public",
                     basis=f"customs office list, snapshot {SNAPSHOT}, by role")
        for code in sorted({*self.names, *self.unknown} - {*self.index}):
            self.add(code, "none", judged=False, confidence="unknown")
        self.more_of_ics2()
        self.offices()
        rows = [row.cells() for _, row in sorted(self.index.items())]
        self.write("index.txt", f"own work on the sources that each list names; {READ}",
                   aligned(rows, " | "))

    def add(self, code, values, **more):
        """Adds a line to the index."""
        name = self.names.get(code) or self.derived[code]["name"]
        self.index[code] = Row(code, name, values, **more)

    def public(self, entry):
        """Writes a list with published values."""
        code, repository = entry["code"], entry["source"].split(" (")[0]
        days = self.first_days.get(code, {})
        values = self.whole(code) if code in COMPRESSED else entry["values"]
        rows = [(value, days.get(value, ""), "", self.label(code, value, text))
                for value, text in values.items()]
        rows += [(value, day, NOT_KNOWN, "") for value, day in days.items() if value not in values]
        edition = "2025-11" if "crdl" in repository else "60.4.16"
        edition = f"{edition}, whole list {SNAPSHOT}" if code in COMPRESSED else edition
        note = f", first days {SNAPSHOT}" if days else ""
        self.table(code, f"{repository} (Apache-2.0), {edition}{note}", rows)
        if code == "CL060":
            self.add(code, "own and roots", basis="the published list and every message we have")
        else:
            self.add(code, "own")

    def from_facts(self, code, entry):
        """Adds a list that has no public edition: values of our own, another list's, or none."""
        confidence = entry.get("confidence", "verified")
        basis = entry.get("basis", "the same list in ICS2").replace("\n", " ")
        basis = basis + (": " + confidence.partition(": ")[2] if ": " in confidence else "")
        sure = {"judged": not WEAK.search(confidence), "basis": basis,
                "confidence": confidence.partition(": ")[0]}
        use = entry.get("use", "")
        if "ics2" in use:
            self.from_ics2(code)
        elif use.startswith("CL"):
            self.add(code, f"as {use[:5]}", **sure)
        elif use:
            return  # an office list, OFFICE_LISTS has it
        elif not entry.get("values"):
            self.add(code, "none", **sure | {"judged": False})
        else:
            values = entry["values"]
            values = values if isinstance(values, dict) else dict.fromkeys(values, "")
            rows = [(value, "", "", text) for value, text in values.items()]
            rows += [(value, "", "", "proposed") for value in entry.get("proposed", ())]
            self.table(code, f"derived by us; basis: {basis}; confidence: {confidence}", rows)
            self.add(code, "own", **sure)

    def from_ics2(self, code):
        """Writes a list of the ICS2 harmonised interface, which has the same number there."""
        entry = self.ics2["lists"][code]
        rows = [(value, "", "", shortened(text)) for value, text in entry["values"].items()]
        self.table(code, "ICS2 HTI code lists 2.01, 2022-05-23", rows)
        self.add(code, "own", basis="the list of the same number in ICS2")

    def more_of_ics2(self):
        """Adds what ICS2 has besides: lists of its own, and those of a number that differ there."""
        differ = differs_in_ics2(self.reference)
        for code, entry in sorted(self.ics2["lists"].items()):
            if code in self.index and code not in differ:
                continue
            name = f"ICS2-{code}" if code in differ else code
            self.names[name] = entry["name"]
            if code in SAME_IN_ICS2:
                self.add(name, f"as {SAME_IN_ICS2[code]}", basis="the same list under NCTS")
            elif entry["values"]:
                more = MORE_IN_ICS2.get(code, {})
                rows = [(value, "", "", shortened(text)) for value, text
                        in (entry["values"] | more).items()]
                self.table(name, "ICS2 HTI code lists 2.01, 2022-05-23", rows)
                self.add(name, "own", basis=f"with {', '.join(more)}" if more else "-")
            else:
                self.add(name, "none", judged=False, confidence="unknown",
                         basis="kept by the Union outside the published lists")

        self.named_by_customs()
        self.with_postcodes()

    def named_by_customs(self):
        """Adds the lists that only the messages between customs name: none of them is public."""
        messages = load(self.reference / "ics2" / "cr_nes_messages_v2.json")["messages"]
        rows = (one for message in messages.values() for one in message["elements"])
        for code, path in sorted((code, one["path"]) for one in rows
                                 for key, lists in one.items() if key.endswith("ICS2CLMS")
                                 for code in lists):
            if code not in self.index:
                self.names[code] = ", ".join(in_words(one) for one in path.split("/")[-2:])
                self.add(code, "none", judged=False, confidence="unknown",
                         basis="named by the messages between customs of ICS2 only")

    def with_postcodes(self):
        """Adds the countries that have postcodes, by the list of ICS2 that tells of each."""
        name, levels = "CL733-P", self.ics2["lists"]["CL733"]["values"]
        self.names[name] = "Countries with postcodes"
        self.table(name, "made of CL733 of the ICS2 HTI code lists 2.01, 2022-05-23",
                   [(value, "", "", "") for value, level in levels.items() if level in "AB"])
        self.add(name, "own", basis="the countries to which CL733 gives level A or B")

    def whole(self, code):
        """Returns all values of a list that the reference keeps in a compressed file."""
        with gzip.open(self.lists / COMPRESSED[code], "rt", encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))[1:]
        return {row[0]: row[1] if len(row) > 1 else "" for row in rows}

    def label(self, code, value, text):
        """Returns the short text of a value, our own if the published one is a sentence."""
        guarantee = "guarantee" if code in GUARANTEE_LISTS else code
        for key in ((code, value), (guarantee, value), ("*", value)):
            if key in self.ours:
                return self.ours[key]
        return shortened(text)

    def table(self, code, source, rows):
        """Writes a list's table."""
        lines = ["\t".join(row) for row in sorted(rows)]
        name = f"{code}.tsv" + ".gz" * (code in COMPRESSED)
        self.write(name, f"{code} {self.names.get(code, '')}; {source}; {READ}", lines)

    def offices(self):
        """Writes the customs offices with their roles."""
        path = self.reference / "derived" / "offices_2025-02-12.csv.gz"
        with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
            rows = list(csv.reader(line for line in file if not line.startswith("#")))[1:]
        lines = ["\t".join(" ".join(cell.split()) for cell in row) for row in sorted(rows)]
        self.write("offices.tsv", "EU customs office list COL-Generic-20250212, as carried by "
                   f"hmrc/customs-reference-data (Apache-2.0), {SNAPSHOT}; {READ}", lines)

    def write(self, name, source, lines):
        """Writes a file below the line that says where it comes from."""
        data = "\n".join([f"# {source}", *lines, ""]).encode()
        if name.endswith(".gz"):
            data = gzip.compress(data, 9, mtime=0)
        (self.folder / name).write_bytes(data)


def differs_in_ics2(reference):
    """Returns the numbers of lists that hold other values in ICS2 than in NCTS."""
    found = set()
    for code, entry in load(reference / "ics2" / "codelists.json")["lists"].items():
        path = reference / "ncts" / "codelists" / f"{code}.json"
        if path.exists() and (entry["values"] or code not in SHARED_IN_ICS2):
            if {*entry["values"]} != {*load(path)["values"]}:
                found.add(code)
    return found


def shortened(text):
    """Returns a short name, or nothing if the text is a sentence or an address.

    >>> shortened("Customs authority responsible for granting the authorisation of "
    ...           "authorised issuer")
    'Grants: authorised issuer'
    """
    text = " ".join((text or "").split())
    text = re.sub(r"^Customs authority responsible for (granting )?(the )?authorisation "
                  r"(of |for |to )?(the )?(status of )?(use of )?(the )?", "Grants: ", text)
    if len(text) > LONGEST:
        text = re.sub(r"^(Grants: )(operation of |provision of a |establish |regular use of a )",
                      r"\1", text).split(", including")[0]
        text = text.removesuffix(" for the customs warehousing of goods")
    return "" if len(text) > LONGEST or "://" in text else text


def own_labels(path):
    """Returns the labels of our own by list and code."""
    lines = path.read_text(encoding="utf-8").splitlines()[1:]
    found = {(code, value): text for code, value, text in (line.split(None, 2) for line in lines)}
    assert all(len(text) <= LONGEST for text in found.values())
    return found


def first_days(path):
    """Returns the first day of validity by list and code."""
    found = {}
    with path.open(encoding="utf-8", newline="") as file:
        for code, value, day in csv.reader(line for line in file if not line.startswith("#")):
            found.setdefault(code, {})[value] = day
    return found


if __name__ == "__main__":
    home = Path(__file__).parents[1] / "src" / "tollbod" / "spec" / "codes"
    Builder(Path(sys.argv[1]) / "reference",
            Path(sys.argv[2]) if len(sys.argv) > 2 else home).run()
