"""Law: of each message of ICS2 the least instance is valid, and one edit is refused at its place.

The oracle is the XSD made from the tables, read by lxml: it judges the same bytes by itself. Code
lists stand in no XSD, so there the lists themselves are asked.
"""
import os
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import pytest
from lxml import etree
from tollbod.play.instances import PREPARED, minimal
from tollbod.rules.check import check
from tollbod.spec import xsd
from tollbod.spec.codes import codelist
from tollbod.spec.tables import ICS2, NAMESPACE_ICS2, roots, structure
from tollbod.wire import xml

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("TOLLBOD_SHARED") or ROOT / "../shared")
SAMPLES = SHARED / "reference" / "ics2" / "samples_minimal"
SPACE = f"{{{NAMESPACE_ICS2}}}"
LEAST, OF_A_KIND = 10, 4            # mutants of each message; places tried for each kind of edit
TRADERS = [root for root in roots(ICS2) if root.startswith("IE3")]
DIGITS = ("digits", "decimal")


class Mutant(NamedTuple):
    """A message with one edit: what was done, the bytes, the place, and what says so."""

    edit: str
    data: bytes
    path: str
    codes: tuple[str, ...]
    by_list: bool = False


def name(element) -> str:
    return element.tag.removeprefix(SPACE)


def place(element) -> str:
    """The XPath that a finding tells: an index only where there are siblings of the name."""
    steps = []
    while element is not None:
        above = element.getparent()
        same = [] if above is None else above.findall(element.tag)
        steps.append(name(element) + (f"[{same.index(element) + 1}]" if len(same) > 1 else ""))
        element = above
    return "/" + "/".join(reversed(steps))


def row_of(element, table):
    path = []
    while element.getparent() is not None:
        path.append(name(element))
        element = element.getparent()
    return table.field("/".join(reversed(path)))


def missing(element, row):
    if len(element.getparent().findall(element.tag)) > 1:
        return None                 # the path of what is left changes; `too few` is tried below
    where = place(element)
    element.getparent().remove(element)
    return where, ("13",)


def too_few(element, row):
    if row.low < 2:
        return None
    above = element.getparent()
    above.remove(element)
    return f"{place(above)}/{row.name}[2]", ("13",)


def too_long(element, row):
    if not row.type or not (row.type.length or row.type.max_length):
        return None
    # A number of a list or of digits goes on as it began.
    element.text = element.text * (row.type.length or row.type.max_length) + element.text[-1]
    return place(element), ("39",)


def wrong_format(element, row):
    if not row.type or not (row.type.name.startswith(DIGITS) or "dateTime" in row.type.name):
        return None
    element.text = element.text.replace("T", " ") if "T" in element.text else "A"
    return place(element), ("40", "50", "53")


def not_there(element, row):
    """A day that no calendar has."""
    if not row.type or "dateTime" not in row.type.name:
        return None
    element.text = "2026-02-30" + element.text[10:]
    return place(element), ("50",)


def empty(element, row):
    if not row.type or not row.type.patterns:
        return None
    element.text = None
    return place(element), ("40",)


def out_of_order(element, row):
    after = element.getnext()
    if after is None or after.tag == element.tag:
        return None
    element.addprevious(after)
    # One of the two stands wrong; which of them is said is settled: the later is in its place.
    return {place(element), place(after)}, ("15",)


def doubled(element, row):
    if row.high > 1:
        return None
    element.addnext(deepcopy(element))
    return place(element.getnext()), ("35",)


def stranger(element, row):
    new = etree.Element(f"{SPACE}notFound")
    new.text = "1"
    element.addprevious(new)
    return place(new), ("15",)


def another_namespace(element, row):
    where = place(element)
    element.tag = f"{{urn:example:other}}{row.name}"
    return {where, f"{place(element.getparent())}/{element.tag}"}, ("15",)


def inside_a_value(element, row):
    if not row.type:
        return None
    text, element.text = element.text, None
    etree.SubElement(element, f"{SPACE}value").text = text
    return place(element), ("15", "12", "13")


def loose_text(element, row):
    if row.type or not len(element):
        return None
    element[0].tail = (element[0].tail or "") + "loose"
    return place(element), ("15", "12")


def attribute(element, row):
    element.set("lang", "nb")
    return f"{place(element)}/@lang", ("15",)


def wrong_code(element, row):
    """A code that the list has not, of the form that the element wants."""
    known = codelist(row.codelist) if row.type and row.codelist else None
    if known is None or not known.judged:
        return None
    size = row.type.length or min(row.type.max_length or 2, 3)
    digits = row.type.name.startswith("digits")
    wrong = [text for letter in ("9753186420" if digits else "QXZWJKFV")
             if not known.has(text := letter * size, PREPARED)]
    element.text = (wrong or [""])[0]
    return (place(element), ("12",)) if wrong else None


EDITS = (missing, too_few, too_long, wrong_format, not_there, empty, out_of_order, doubled,
         stranger, another_namespace, inside_a_value, loose_text, attribute, wrong_code)


def mutants(data: bytes, root: str) -> Iterator[Mutant]:
    """Each kind of edit at the first places of the message where it can be made."""
    table = structure(ICS2, root)
    parser = etree.XMLParser(remove_blank_text=True)
    count = len(list(etree.fromstring(data, parser).iterdescendants("*")))
    for edit in EDITS:
        made = (one for n in range(count) if (one := edited(edit, data, n, table, parser)))
        yield from islice(made, OF_A_KIND)


def edited(edit, data: bytes, n: int, table, parser) -> Mutant | None:
    tree = etree.fromstring(data, parser)
    element = next(islice(tree.iterdescendants("*"), n, None))
    row = row_of(element, table)
    if row is None or (done := edit(element, row)) is None:
        return None
    return Mutant(edit.__name__, etree.tostring(tree), *done, edit is wrong_code)


def wrongs(data: bytes, root: str) -> tuple[list[str], Counter]:
    """What of the mutants is not refused at its place, and how many there were of each edit."""
    schema, wrong, counted = xsd.schema(ICS2, root), [], Counter()
    for one in mutants(data, root):
        counted[one.edit] += 1
        valid = schema.validate(etree.fromstring(one.data))
        layer = "codes" if one.by_list else "schema"
        found = check(xml.read(one.data, None), "all", PREPARED)
        said = {finding.path: finding.code for finding in found if finding.layer == layer}
        places = one.path if isinstance(one.path, set) else {one.path}
        hits = {said.get(where) for where in places} & set(one.codes)
        if valid != one.by_list or not hits:
            wrong.append(f"{root} {one.edit} {one.path} valid={valid} said={said}")
    return wrong, counted


@pytest.mark.parametrize("root", roots(ICS2))
def test_one_edit_is_refused_at_its_place(root):
    """The least instance is valid, at least ten mutants of it are not, and the XSD agrees."""
    data = xml.write(minimal(ICS2, root))
    assert check(xml.read(data, None), "schema") == []
    assert xsd.schema(ICS2, root).validate(etree.fromstring(data))
    wrong, counted = wrongs(data, root)
    assert not wrong, "\n".join(wrong)
    assert counted.total() >= LEAST, counted
    assert len(counted) >= 8, counted


def test_there_are_84_and_17():
    assert len(TRADERS) == 84 and len(roots(ICS2)) == 84 + 17


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the reference tree is not here (TOLLBOD_SHARED)")
@pytest.mark.parametrize("root", TRADERS)
def test_the_samples_of_the_reference(root):
    """The least instances that others made of the published package: the same laws hold."""
    data = (SAMPLES / f"{root}.xml").read_bytes()
    assert check(xml.read(data, None), "schema") == []
    assert xsd.schema(ICS2, root).validate(etree.fromstring(data))
    wrong, counted = wrongs(data, root)
    assert not wrong, "\n".join(wrong)
    assert counted.total() >= LEAST
