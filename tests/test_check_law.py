"""Law: the table and libxml2 come to the same verdict, on thousands of messages made wrong."""
import random
from copy import deepcopy

import pytest
from lxml import etree

from tollbod.play.instances import maximal, minimal
from tollbod.rules import structure
from tollbod.spec import xsd
from tollbod.spec.tables import EVERY_PROFILE, roots
from tollbod.wire import xml

MUTANTS = 48            # of each form (least, full) of each of the 327 structures: 31,392 in all
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
TEXTS = (
    "", " ", "X" * 18, "X" * 600, "x", "Æ", "abc", "AB  CD", "A\tB", "A\nB", " AB", "AB ", "\nAB\n",
    "0", "1", "2", "01", "1.0", "+1", "-1", "1e3", "\u0661", "00", "99999999999", "0.0000001", "1.",
    ".5", "1.50", "0.000", "12345678901234567", "1234567890123456.00", "100000", "9999999999999",
    "2026-02-30", "2024-02-29", "2026-05-04Z", "0000-01-01", "2026-5-4", "2026-05-04",
    "2026-05-04T24:00:00", "2026-05-04T24:00:01", "2026-05-04T08:00:60", "2026-05-04T08:00:00",
    "2026-05-04T08:00:00.5", "2026-05-04T08:00:00+02:00", "2026-05-04 08:00:00", "NO371001",
    "no371001", "NO37100", "26NO0000000000010", "a@b.c", "a@b", "@", "é@b.c", "NTA.NO", "NO", "N",
    "\u00a0AB", "AB\u2028", "A\u0085B", "\u180eA", "\U0001F600" * 35, "\U0001F600" * 36, "YQ=",
    "YQ==", "Y Q==", "YR==", "=", "true", "59.91273", "91.00000", "-180.0000000", "180x00000",
    "T1", "CC015C", "AE", "E", "]]>", "<&>", "25000000", "XA250000001", "NCTS6", "A B", "  ",
)


def drop(element, _):
    element.getparent().remove(element)


def double(element, _):
    element.addnext(deepcopy(element))


def repeat(element, rng):
    for _ in range(rng.choice((8, 9, 10))):
        element.addnext(deepcopy(element))


def swap(element, _):
    other = element.getnext()
    if other is not None:
        element.addprevious(other)


def to_front(element, _):
    element.getparent().insert(0, element)


def to_end(element, _):
    element.getparent().append(element)


def retext(element, rng):
    element.text = rng.choice(TEXTS)


def stretch(element, rng):
    element.text = (element.text or "") * rng.choice((2, 3, 30))


def pad(element, rng):
    blank = rng.choice((" ", "\n", "\t", "\u00a0", "  "))
    element.text = rng.choice((blank + (element.text or ""), (element.text or "") + blank))


def cut(element, rng):
    element.text = (element.text or "")[:rng.randrange(3)]


def spoil(element, rng):
    text = element.text or "A"
    n = rng.randrange(len(text))
    element.text = text[:n] + rng.choice("æ -?x0Aÿ\u2029.") + text[n + 1:]


def empty(element, _):
    for child in list(element):
        element.remove(child)
    element.text = None


def unknown(element, rng):
    element.addnext(etree.Element(rng.choice(("Unknown", "Consigment", "LRN", element.tag + "x"))))


def stranger(element, rng):
    everyone = list(element.getroottree().iter("*"))
    element.addnext(deepcopy(rng.choice(everyone[1:])))


def rename(element, _):
    element.tag = etree.QName(element).localname[:-1] or "x"


def fill(element, rng):
    child = etree.SubElement(element, rng.choice(("sequenceNumber", "name", "X")))
    child.text = "1"


def flatten(element, _):
    empty(element, _)
    element.text = "text"


def mix(element, rng):
    element.tail = rng.choice(("stray", " ", "\n  x"))


def lead(element, rng):
    if len(element):
        element.text = rng.choice(("stray", "\n"))


def attribute(element, rng):
    name = rng.choice(("id", "PhaseID", XSI + "nil", XSI + "schemaLocation", "{urn:x}y",
                       XSI + "type", "{http://www.w3.org/XML/1998/namespace}lang"))
    element.set(name, rng.choice(("true", "false", "NCTS6", "urn:x urn:y", "xs:string", "")))


def phase(element, rng):
    top = element.getroottree().getroot()
    phases = ("NCTS6", "NCTS5.1", "NCTS5.0", " NCTS5.1 ", "NCTS4", "", "ncts6")
    top.set("PhaseID", rng.choice(phases))


def name_space(element, rng):
    for one in rng.choice(([element], list(element.getroottree().getroot().iter("*"))[1:])):
        space = "" if one.tag[0] == "{" else "{http://ncts.dgtaxud.ec}"
        one.tag = space + etree.QName(one).localname


def comment(element, _):
    element.insert(0, etree.Comment("note"))


def nothing(element, _):
    pass


MUTATIONS = (drop, drop, double, repeat, swap, to_front, to_end, *[retext] * 6, stretch, pad, pad,
             cut, spoil, spoil, empty, unknown, stranger, rename, fill, flatten, mix, lead,
             attribute, phase, name_space, comment, nothing)


def mutants(message, seed):
    """Yield (what was done, bytes) for one message, always the same ones."""
    rng = random.Random(seed)
    original = xml.write(message)
    for n in range(MUTANTS):
        top = etree.fromstring(original)
        elements = list(top.iter())[1:]
        done = []
        for _ in range(1 + (n % 7 == 6)):
            mutation, element = rng.choice(MUTATIONS), rng.choice(elements)
            if element.getparent() is not None:
                done.append(f"{mutation.__name__} {element.tag}")
                mutation(element, rng)
        yield "; ".join(done), etree.tostring(top, encoding="UTF-8")


@pytest.mark.parametrize("profile", EVERY_PROFILE)
@pytest.mark.parametrize("make", (minimal, lambda *at: maximal(*at, copies=1)),
                         ids=("least", "full"))
def test_table_and_xsd_agree_on_mutants(profile, make):
    """Both verdicts are the same; about two thirds of the mutants are wrong, so both are tried."""
    wrong = total = 0
    for root in roots(profile):
        schema = xsd.schema(profile, root)
        for done, data in mutants(make(profile, root), f"{profile} {root}"):
            message = xml.read(data, profile)
            valid = schema.validate(message.tree)
            found = [finding for _, finding in structure.examine(message)]
            assert valid == (not found), f"{profile} {root}: {done}: xsd {valid}: {found[:3]}\n" + (
                str(schema.error_log) + data.decode()[:3000])
            wrong, total = wrong + (not valid), total + 1
    assert total == MUTANTS * len(roots(profile)) and 0.4 < wrong / total < 0.95
