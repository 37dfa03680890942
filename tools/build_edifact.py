"""Writes the EDIFACT directories under src/tollbod/spec/edifact from the reference tree.

    python tools/build_edifact.py ../shared [FOLDER]

Output: a folder a directory (`d96b`, `service3`, `service4`) with `elements.tsv`,
`composites.txt`, `segments.txt`, `codes.tsv` and one table a message. What NCTS needs beyond
them is written by hand in `ncts.txt`. The same input gives the same bytes.
"""
import json
import re
import sys
from pathlib import Path

SOURCES = {
    "d96b": "UNECE UNTDID, directory D.96B; facts read from php-edifact/edifact-mapping c875cda0, "
            "checked entry by entry against the bots grammars; 2026-11",
    "service3": "ISO 9735 syntax version 3, service segments and CONTRL D.3; facts read from "
                "php-edifact/edifact-mapping c875cda0; 2026-11",
    "service4": "ISO 9735 syntax version 4, service segments and CONTRL 4.1; facts read from "
                "php-edifact/edifact-mapping c875cda0; 2026-11",
}
TITLES = {
    "CUSDEC": "Customs declaration", "CUSRES": "Customs response",
    "SANCRT": "International movement of goods governmental regulatory",
    "CONTRL": "Syntax and service report",
}
SERVICE = "UNB UNG UNH UNS UNT UNE UNZ UCI UCF UCM UCS UCD".split()
SPLIT = ("document/message", "place/location", "date/time/period", "date/time", "duty/tax/fee",
         "allowance/charge", "charge/allowance", "surface/layer", "request/notification",
         "container/package", "full/empty", "number/po box", "account/bank", "message/package")
# The first UNS parts header from detail, the second detail from summary (code list 0081).
SECTIONS = ("D", "S")


def words(name: str) -> str:
    """Return a name of the directory as words.

    >>> words("placelocationQualifier"), words("UNSeal")
    ('place/location qualifier', 'unseal')
    """
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
    for spelled in SPLIT:
        text = text.replace(spelled.replace("/", ""), spelled)
    return text


def format_of(part: dict) -> str:
    """Return a format: `an..35`, `n6`."""
    fixed = part.get("len_fixed")
    return f"{part['type']}{fixed}" if fixed else f"{part['type']}..{part['max']}"


def place_of(part: dict) -> str:
    """Return an element's place in a segment or composite: `3227M`, `C506C*9`."""
    times = part.get("repeat") or part.get("max_repeat") or 1
    return f"{part['id']}{part['status']}" + (f"*{times}" if times > 1 else "")


class Directory:
    """One directory on its way to its folder."""

    def __init__(self, name: str, segments: dict, codes: dict, folder: Path):
        self.name, self.segments, self.folder = name, segments, folder / name
        self.elements: dict[str, tuple[str, str]] = {}
        self.composites: dict[str, tuple[str, str]] = {}
        self.folder.mkdir(parents=True, exist_ok=True)
        for segment in segments.values():
            for place in segment["elements"]:
                parts = place.get("components")
                if parts:
                    row = " ".join(place_of(part) for part in parts)
                    self.composites[place["id"]] = row, words(place["name"])
                for part in parts or [place]:
                    self.elements[part["id"]] = format_of(part), words(part["name"])
        self.codes = {name: values for name, values in codes.items() if name in self.elements}

    def write(self, messages: dict[str, dict]) -> None:
        """Write every table."""
        self.put("elements.tsv", "id, format, name",
                 (f"{name}\t{form}\t{said}"
                  for name, (form, said) in sorted(self.elements.items())))
        self.put("composites.txt", "id, components, name",
                 (f"{name}  {row}  | {said}" for name, (row, said)
                  in sorted(self.composites.items())))
        self.put("segments.txt", "tag, elements, name", (
            f"{tag}  {' '.join(place_of(place) for place in segment['elements'])}  | "
            f"{words(segment['name'])}" for tag, segment in sorted(self.segments.items())))
        self.put("codes.tsv", "element, code, meaning",
                 (f"{name}\t{code}\t{' '.join(said.split())}"
                  for name, values in sorted(self.codes.items())
                  for code, said in values.items()))
        for message, content in messages.items():
            self.message(message, content)

    def message(self, message: str, content: dict) -> None:
        """Write the table of one message."""
        uns = iter(SECTIONS)
        lines = [f"{' '.join(content['identifier'].values())} | {TITLES[message]}"]

        def walk(rows, depth):
            for row in rows:
                group = row["kind"] == "group"
                value = f" {next(uns)}" if row.get("tag") == "UNS" else ""
                lines.append(f"{row['pos']}  {'  ' * depth}{row['id'] if group else row['tag']} "
                             f"{row['status']} {row['max']}{value}")
                if group:
                    walk(row["children"], depth + 1)
        walk(content["structure"], 0)
        self.put(f"{message}.txt", "position, segment or group, status, times", lines)

    def put(self, file: str, columns: str, lines) -> None:
        """Write one table with its source in line one."""
        text = "\n".join([f"# {SOURCES[self.name]}; {columns}", *lines])
        (self.folder / file).write_text(text + "\n", "utf-8")


def main(shared: Path, folder: Path) -> None:
    """Write all directories."""
    reference = shared / "reference" / "edifact"

    def load(name):
        return json.loads((reference / name).read_text("utf-8"))
    un = Directory("d96b", load("d96b_segments.json")["segments"],
                   load("d96b_codes.json")["code_lists"], folder)
    un.write({name: load(f"d96b_{name.lower()}.json") for name in ("CUSDEC", "CUSRES", "SANCRT")})
    for version in "34":
        service = load(f"service_v{version}.json")
        segments = {tag: service["segments"][tag] for tag in SERVICE}
        Directory(f"service{version}", segments, service["code_lists"], folder).write(
            {"CONTRL": service["contrl"]})


if __name__ == "__main__":
    here = Path(__file__).parents[1]
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2
         else here / "src" / "tollbod" / "spec" / "edifact")
