"""Writes the compact message tables under src/tollbod/spec/ncts from the reference tree.

    python tools/build_spec.py ../shared [FOLDER]

Input: reference/ncts/structure/p6 and p5, messages.json, codelists/CL060.json and the patches of
reference/derived/p6_structure_patches.json. Output: one file a message, `types.txt`, `index.txt`
for each profile, and `labels.txt` for both. The same input gives the same bytes.
"""

import json
import re
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

from type_names import name_of

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))
from tollbod.spec.tables import in_words  # noqa: E402 (a tool runs without being installed)

READ = "2026-11"
SOURCES = {
    "p6": "DDNTA App. Q2 6.4.1 v1.00 (hmrc/ctc-traders-tis) and XSD 60.4.16 "
          f"(hmrc/transit-movements-validator), both published under Apache-2.0; {READ}",
    "p5": "DDNTA App. Q2 5.15.2 v2.00 (hmrc/ctc-traders-phase5-tis), types as in XSD 60.4.16 "
          f"(hmrc/transit-movements-validator), both published under Apache-2.0; {READ}",
}
DOMAINS = {"external (trader)": "external", "common (customs-customs)": "common",
           "national": "national"}
FACETS = ("base", "pattern", "length", "minLength", "maxLength", "minInclusive", "maxInclusive",
          "totalDigits", "fractionDigits", "enum")
FLAG = {"base": "xs:token", "enum": ["0", "1"]}
# Not in the published patches: the one element of P5 that P6 no longer has.
TYPES_ONLY_IN_P5 = {"incidentFlag": FLAG}
# G0021 says that 0 is a number here "as per applicable XSD pattern"; where the pattern was guessed
# by the element's name alone it is replaced by the one that the published messages have there.
ZERO_IS_A_NUMBER = {
    r"([1-9]\d*(\.\d+)?)|(0\.\d*[1-9]\d*)": {"pattern": r"(0|[1-9]\d*)(\.\d+)?"},
    "[1-9][0-9]{0,2}|[1][0-9]{3}": {"pattern": "[1-9][0-9]{0,2}|[1][0-9]{3}|0",
                                    "minInclusive": "0"},
}
ACRONYMS = re.compile(
    r"\b(AAR|AEO|AES|CD|CTL|ED|ENS|GNSS|GRN|ICS2|IRU|LRN|"
    r"MRN|NACK|NCA|ND|TED|TIR|XML)\b", re.I)


@dataclass
class Source:
    """What the reference tree says, read once."""

    reference: Path

    def __post_init__(self):
        ncts, derived = self.reference / "ncts", self.reference / "derived"
        self.structures = ncts / "structure"
        self.messages = {m["root"]: m for m in load(ncts / "messages.json")}
        self.message_types = list(load(ncts / "codelists" / "CL060.json")["values"])
        patches = load(derived / "p6_structure_patches.json")
        self.inferred = patches["types_where_only_inferred"] | TYPES_ONLY_IN_P5
        self.phases = patches["root_attribute"]["enum"]
        self.retyped = {(root, p["path"]): p for p in patches["wrong_inferred_types"]
                        for root in p["messages"]}
        self.rows = {(root, p["path"]): p["should"] for p in patches["wrong_rows"]
                     for root in p["messages"]}

    def roots(self, profile):
        """The message names of a profile in alphabetical order."""
        return sorted(f.stem for f in (self.structures / profile).glob("C*.json"))


@dataclass
class Writer:
    """Writes the tables of one profile and collects their types."""

    source: Source
    profile: str
    folder: Path

    def __post_init__(self):
        self.types = {}
        self.labels = {}
        self.patched = set()
        self.roots = self.source.roots(self.profile)
        self.message_type = sorted({*self.source.message_types, *self.roots})
        self.type_name({"base": "xs:token", "enum": self.source.phases[self.profile]}, "PhaseID")

    def run(self):
        """Writes every file of the profile."""
        self.folder.mkdir(parents=True, exist_ok=True)
        index = []
        for root in self.roots:
            message = load(self.source.structures / self.profile / f"{root}.json")
            head = self.head(message)
            rows = self.rows(message["children"], root, "", 0)
            inferred = "; names and patterns inferred" * ("only" in message["source"])
            self.write(f"{root}.txt", [" | ".join(head), *aligned(rows)], inferred)
            index.append(head)
        assert self.profile == "p5" or self.patched >= {*self.source.rows, *self.source.retyped}
        self.write("index.txt", aligned(index, " | "))
        self.write("types.txt", type_lines(self.types))

    def write(self, name, lines, note=""):
        """Writes one file below the line that says where it comes from."""
        text = "\n".join([f"# {SOURCES[self.profile]}{note}", *lines]) + "\n"
        (self.folder / name).write_text(text, encoding="utf-8")

    def head(self, message):
        """Returns number, root, title, sender, receiver and domain of a message."""
        about = self.source.messages[message["root"]]
        return (message["ie"], message["root"], sentence(message["name"]),
                party(about["from"]), party(about["to"]), DOMAINS[message["domain"]])

    def rows(self, nodes, root, path, level):
        """Returns the rows of the nodes and all below them."""
        found = []
        for node in self.mended(nodes, root, path):
            place = f"{path}/{node['name']}".strip("/")
            self.learn_label(node)
            group = "children" in node
            found.append((
                "  " * level + node["name"],
                f"{node['min']}..{node['max']}",
                {"0": "O"}.get(node["status"], node["status"]),
                "-" if group else node["format"],
                "-" if group else self.type_name(self.facets(node, root, place)),
                node.get("codelist", {}).get("code", "-"),
                " ".join(node.get("rules", [])),
            ))
            found += self.rows(node.get("children", []), root, place, level + 1)
        return found

    def mended(self, nodes, root, path):
        """Yields the nodes, with a run-together row taken apart."""
        for node in nodes:
            place = (root, f"{path}/{node['name']}".strip("/"))
            if place in self.source.rows:
                self.patched.add(place)
                yield from self.source.rows[place]
            else:
                yield node

    def facets(self, node, root, path):
        """Returns the facets of an element's type, patched where the reference only guessed."""
        if (patch := self.source.retyped.get((root, path))) is not None:
            self.patched.add((root, path))
            return patch.get("type") or {"base": "xs:token", "enum": patch["enum"]}
        given = {k: v for k, v in node["type"].items() if k in FACETS}
        if node["type"].get("inferred") and "G0021" in node.get("rules", ()):
            given |= ZERO_IS_A_NUMBER.get(given["pattern"], {})
        if "base" not in given:
            tail = "/".join(path.split("/")[-3:])
            given = self.source.inferred.get(tail) or self.source.inferred[node["name"]]
            check_format(given, node["format"])
        if given.get("enum") == "96 values":
            given = given | {"enum": self.message_type}
        return given

    def type_name(self, facets, name=None):
        """Returns the name of a type; the same facets have the same name everywhere."""
        row = tuple(tuple(v) if isinstance(v := facets.get(k), list) else v for k in FACETS)
        name = name or name_of(facets)
        assert self.types.setdefault(name, row) == row, f"two types are called {name}"
        return name

    def learn_label(self, node):
        """Keeps a label that does not follow from the name."""
        label = node["label"].replace("_", " ")
        label = sentence(label) if "children" in node else label
        name = in_words(node["name"])
        if (label.casefold(), capitals(label)) != (name.casefold(), capitals(name)):
            assert self.labels.setdefault(node["name"], label) == label


def check_format(facets, format_):
    """Holds that a guessed type has the length its format gives."""
    kind, limit = re.fullmatch(r"(an|a|n)(\d+|\.\.\d+)", format_).groups()
    dates = {"xs:dateTime": "an19", "xs:date": "an10"}
    fits = dates.get(facets["base"]) == format_ or facets.get("enum") == ["0", "1"]
    fits = fits or facets.get("pattern", "").endswith("{1,%s}" % limit.strip("."))
    fits = fits or facets.get("pattern") == "[0-9]{%s}" % limit
    fits = fits or (kind == "n" and facets.get("maxInclusive") == "9" * int(limit.strip(".")))
    assert fits, (facets, format_)


def type_lines(types):
    """Returns a line a type: base, length, value, digits, and the pattern or the values."""
    rows = []
    for name, row in sorted(types.items(), key=lambda item: item[0].casefold()):
        base, pattern, length, least, most, low, high, total, fraction, enum = row
        length = length or (f"{least or ''}..{most or ''}" if least or most else "-")
        value = f"{low}..{high}" if low else "-"
        digits = f"{total},{fraction}" if total else "-"
        tail = f"one of: {' '.join(enum)}" if enum else pattern or "-"
        rows.append((name, base.removeprefix("xs:"), length, value, digits, tail))
    lines = []
    for line in aligned(rows):
        if "one of: " in line and len(line) > 100:
            line = textwrap.wrap(line, 100, subsequent_indent="    ", break_on_hyphens=False,
                                 drop_whitespace=True)
            lines += [one.rstrip() for one in line]
        else:
            lines.append(line)
    return lines


def aligned(rows, gap="  "):
    """Returns the rows as lines with every column but the last padded to one width."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows)][:-1] + [0]
    return [gap.join(c.ljust(w) for c, w in zip(row, widths)).rstrip() for row in rows]


def capitals(label):
    """Returns the acronyms of a label."""
    return re.findall(r"\b[A-Z]{2,}\d*\b", label)


def sentence(title):
    """Returns a capitalised title as a sentence; acronyms stay.

    >>> sentence("MRN ALLOCATED")
    'MRN allocated'
    """
    small = ACRONYMS.sub(lambda m: m.group().upper(), " ".join(title.lower().split()))
    return small[0].upper() + small[1:]


def party(text):
    """Returns who sends or receives: small letters, and words where the source has signs.

    >>> party("Office of Departure"), party("Holder/declarant at departure")
    ('Office of departure', 'Holder or declarant at departure')
    """
    for sign, word in (("/declarant", " or declarant"), ("Enquiry/recovery",
                       "enquiry or recovery"), (" <-> ", " and "), (" / ", " or ")):
        text = text.replace(sign, word)
    text = re.sub(r"\b(Office|Holder|Departure|Destination|Transit|Exit|Guarantee)\b",
                  lambda m: m.group().lower(), text)
    return text[0].upper() + text[1:]


def load(path):
    """Returns a JSON file's content."""
    return json.loads(path.read_text(encoding="utf-8"))


def build(shared, folder):
    """Writes the tables of both profiles into a folder."""
    source = Source(shared / "reference")
    labels = {}
    for profile in ("p6", "p5"):
        writer = Writer(source, profile, folder / profile)
        writer.run()
        labels |= writer.labels
    lines = [f"# {SOURCES['p6']}; only labels that do not follow from the name",
             *aligned(sorted(labels.items(), key=lambda item: item[0].casefold()))]
    (folder / "labels.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    home = Path(__file__).parents[1] / "src" / "tollbod" / "spec" / "ncts"
    build(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else home)
