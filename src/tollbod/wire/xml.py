"""Messages as XML: hardened reading, fast writing. Knows nothing of what a message may hold.

Nothing is fetched, no entity is expanded, no document type is taken; size, depth and number of
elements are bounded before a tree of ours is built.
"""
import gc
import re
from collections.abc import Callable
from difflib import get_close_matches
from functools import cache

from lxml import etree

from tollbod.spec.tables import (
    ICS2, NAMESPACE, NAMESPACE_ICS2, NATIONAL, PROFILES, namespace, roots, structure,
)
from tollbod.wire.message import MAX_DEPTH, NO_CHILDREN, Message, Node, Unreadable
from tollbod.wire.parser_words import explain
from tollbod.wire.stray import holds_attributes

MAX_BYTES = 10_000_000      # the largest real message measured is far below 1 MB
MAX_MARKUP = 800_000        # angle brackets, which bound the parser's memory
MAX_ATTRIBUTES = 200_000    # equals signs, the same
MAX_NODES = 300_000
TIMES_ICS2 = 10             # filings of ICS2 may be so many times larger: 100 MB (ICD v3.30)
ENCODINGS = {"UTF-8", "UTF8", "UTF-16", "UTF-16LE", "UTF-16BE", "US-ASCII", "ASCII",
             "WINDOWS-1252", *(f"ISO-8859-{n}" for n in (1, 2, 3, 4, 5, 7, 9, 10, 13, 14, 15))}
_PARSER = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False,
           "dtd_validation": False, "remove_comments": True, "remove_pis": True,
           "collect_ids": False}
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_DECLARED = re.compile(rb"""<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_OPENING = f'<ncts:%s xmlns:ncts="{NAMESPACE}"%s>'


def read(data: bytes, profile: str | None = "p6") -> Message:
    """Read a message of the profile; None takes the one that namespace and PhaseID name.

    Any of the encodings above, text as sent (white space included). Unreadable says why bytes
    are no such message, in English and bokmål, with the line.
    """
    larger = profile == ICS2 or profile is None and NAMESPACE_ICS2.encode() in data[:2_000]
    times = TIMES_ICS2 if larger else 1
    _refuse_beforehand(data, times)
    top = parse(data, huge=larger)
    if profile is None and top.tag.startswith(f"{{{NAMESPACE_ICS2}}}"):
        profile = ICS2
    kind = _kind(top, profile or "p6")
    phase = "" if profile == ICS2 else top.get("PhaseID", "")
    profile = profile or profile_of(phase, kind)
    if kind not in roots(profile):
        raise unknown_kind(kind, profile, top.sourceline or 0)
    root = _without_collecting(_build, top, profile, kind, MAX_NODES * times)
    root.name = kind
    return Message(root, profile, "xml", phase, top.getroottree())


def parse(data: bytes, huge: bool = False) -> etree._Element:
    """Parse bytes without trusting them: no document type, no entities, nothing fetched.

    `huge` lifts libxml2's own limits; size and number of elements are bounded beforehand.
    """
    parser = etree.XMLParser(**_PARSER | {"huge_tree": huge})
    try:
        top = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        if b"<!DOCTYPE" in data[:100_000].replace(b"\0", b""):
            raise _doctype() from None
        raise explain(parser.error_log) from None
    except (ValueError, LookupError):
        raise Unreadable("53", "The encoding that the XML declaration names cannot be read; send "
                         "UTF-8.", "Tegnkodingen som XML-deklarasjonen oppgir, kan ikke leses; "
                         "send UTF-8.", 1) from None
    if top is None:
        raise Unreadable("52", "There is no element in this document.",
                         "Det er ikke noe element i dette dokumentet.")
    if top.getroottree().docinfo.internalDTD is not None:
        raise _doctype()
    return top


def profile_of(phase: str, kind: str) -> str:
    """Return p5 for a PhaseID of NCTS5 whose message that profile has, else p6; or the national.

    >>> profile_of("NCTS5.1", "CC015C"), profile_of("NCTS5.1", "CCA15D"), profile_of("", "CC015C")
    ('p5', 'p6', 'p6')
    """
    if kind in roots(NATIONAL):
        return NATIONAL
    return "p5" if phase.strip().startswith("NCTS5") and kind in roots("p5") else "p6"


def write(message: Message) -> bytes:
    """Return the message as UTF-8 XML, one element a line, the prefix on the root only."""
    phase = f' PhaseID="{_quote(message.phase)}"' if message.phase else ""
    opening, closing = _OPENING % (message.kind, phase), f"</ncts:{message.kind}>\n"
    if message.profile == ICS2:
        opening, closing = f'<{message.kind} xmlns="{NAMESPACE_ICS2}">', f"</{message.kind}>\n"
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n', opening, "\n"]
    for child in message.root.children:
        _write(child, "  ", parts)
    if not message.root.children:
        parts[-1] = _escape(message.root.text or "")
    parts.append(closing)
    return "".join(parts).encode()


def _build(top: etree._Element, profile: str, kind: str, most: int) -> Node:
    """Make our tree of lxml's, within the limits: one walk in the order of the document."""
    name_of, ics2, built, stack = _names(profile, kind).get, profile == ICS2, 0, []
    parent, siblings, left = None, [], 1        # who has these children, how many are to come
    for element in top.iter():
        tag, size = element.tag, len(element)
        left -= 1
        if size:
            node = Node(name_of(tag) or _foreign(tag, profile), None, [], element.sourceline or 0,
                        parent)
            siblings.append(node)
            stack.append((parent, siblings, left))
            parent, siblings, left = node, node.children, size
            built += size
            if len(stack) > MAX_DEPTH or built > most:
                raise _too_much(len(stack), node.line, most)
            continue
        node = Node(name_of(tag) or _foreign(tag, profile), element.text or "", NO_CHILDREN,
                    element.sourceline or 0, parent)
        siblings.append(node)
        if ics2 and parent is not None and not node.text.strip() and holds_attributes(element):
            node.text = None
            node.children = [Node(f"@{key}", value, NO_CHILDREN, node.line, node)
                             for key, value in element.attrib.items()]
        while not left and stack:
            parent, siblings, left = stack.pop()
    return siblings[0]


@cache
def _names(profile: str, kind: str) -> dict[str, str]:
    """Return what the elements of a kind of message are called here, by their tags."""
    space = f"{{{NAMESPACE_ICS2}}}" if profile == ICS2 else ""
    table = structure(profile, kind)
    return {space + name: name for name in (kind, *(row.name for _, row in table.walk()))}


def _foreign(tag: str, profile: str) -> str:
    """Return what an element is called that the table lacks: with its namespace, be it none."""
    if profile != ICS2:
        return tag
    space, _, name = tag.rpartition("}")
    return name if space == "{" + NAMESPACE_ICS2 else f"{space or '{'}}}{name}"


def _without_collecting(build: Callable[..., Node], *what: object) -> Node:
    """Build a tree without looking for garbage: it makes none, and looking takes half the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        return build(*what)
    finally:
        if collecting:
            gc.enable()


def _write(node: Node, indent: str, parts: list[str]) -> None:
    """Append the element and what is below it."""
    name = start = node.name
    if name[0] == "{":
        space, _, name = name[1:].partition("}")
        start = f'x:{name} xmlns:x="{_quote(space)}"' if space else f'{name} xmlns=""'
        name = f"x:{name}" if space else name
    if node.children and node.children[0].name[0] == "@":
        values = (f' {one.name[1:]}="{_quote(one.text or "")}"' for one in node.children)
        parts += (indent, "<", start, *values, "/>\n")
    elif node.children:
        parts += (indent, "<", start, ">\n")
        for child in node.children:
            _write(child, indent + "  ", parts)
        parts += (indent, "</", name, ">\n")
    elif node.text:
        parts += (indent, "<", start, ">", _escape(node.text), "</", name, ">\n")
    else:
        parts += (indent, "<", start, "/>\n")


def _escape(text: str) -> str:
    """Return the text as character data."""
    if text.isalnum():
        return text
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\r", "&#13;")


def _quote(text: str) -> str:
    """Return the text as it may stand in an attribute."""
    text = _escape(text).replace('"', "&quot;")
    return text.replace("\n", "&#10;").replace("\t", "&#9;")


def _refuse_beforehand(data: bytes, times: int) -> None:
    """Refuse what need not be parsed: too large, empty, another format, an unknown encoding."""
    if len(data) > MAX_BYTES * times:
        most = MAX_BYTES * times
        raise Unreadable("39", f"The message has {len(data):,} bytes; at most {most:,} are "
                         f"read. Split it.", f"Meldingen er på {len(data)} byte; høyst {most} "
                         "leses. Del den opp.")
    start = data[:200].lstrip(b" \t\r\n")
    if not start:
        raise Unreadable("52", "The body is empty; an XML message was expected.",
                         "Innholdet er tomt; det skulle vært en XML-melding.")
    if not start.startswith((b"<", *_BOMS, b"\0<")):
        what, nb = next((words for mark, words in _OTHERS if start.startswith(mark)), _UNKNOWN)
        raise Unreadable("52", f"This is not XML{what}. Send the message as XML, beginning "
                         "with <?xml or with the message's first element.",
                         f"Dette er ikke XML{nb}. Send meldingen som XML, med <?xml eller "
                         "meldingens første element først.", 1)
    if (declared := _DECLARED.search(data[:300])) is not None:
        name = declared[1].decode().upper()
        if name not in ENCODINGS:
            raise Unreadable("53", f"The encoding {name} is not accepted; send UTF-8.",
                             f"Tegnkodingen {name} godtas ikke; send UTF-8.", 1)
    if data.count(b"<") > MAX_MARKUP * times or data.count(b"=") > MAX_ATTRIBUTES * times:
        raise _too_much(0, 0, MAX_NODES * times)


def _kind(top: etree._Element, profile: str) -> str:
    """Return the name of the root, which must be of the namespace of the profile."""
    space, _, name = top.tag.rpartition("}")
    if space.lstrip("{") == namespace(profile):
        return name
    found = space.lstrip("{")
    if NAMESPACE_ICS2 in (found, namespace(profile)):
        raise _other_system(name, found, profile, top.sourceline or 0)
    stands = f'the namespace "{found}"' if found else "no namespace"
    stands_nb = f"navnerommet «{found}»" if found else "ikke noe navnerom"
    ours = name in roots(profile)
    mend = f'<ncts:{name if ours else "CC015C"} xmlns:ncts="{NAMESPACE}">'
    how = f"Write {mend}." if ours else f"Send the message alone, beginning as {mend} does."
    hvordan = f"Skriv {mend}." if ours else f"Send meldingen alene; den begynner som {mend}."
    raise Unreadable("15", f"The first element, {name}, has {stands}; a message of NCTS has "
                     f'"{NAMESPACE}". {how}',
                     f"Det første elementet, {name}, har {stands_nb}; en NCTS-melding har "
                     f"«{NAMESPACE}». {hvordan}", top.sourceline or 0)


def _other_system(name: str, found: str, profile: str, line: int) -> Unreadable:
    """Say that a message of ICS2 was given for one of NCTS, or the other way round."""
    wanted = namespace(profile)
    return Unreadable("15", f'The first element, {name}, has the namespace "{found}"; a message '
                      f'of profile {profile} has "{wanted}".', f"Det første elementet, {name}, har "
                      f"navnerommet «{found}»; en melding i profil {profile} har «{wanted}».",
                      line)


def unknown_kind(kind: str, profile: str, line: int) -> Unreadable:
    """Say that the profile lacks the message, and what may have been meant."""
    elsewhere = [other for other in PROFILES if other != profile and kind in roots(other)]
    close = get_close_matches(kind.upper(), roots(profile), 1, 0.6)
    hint, hint_nb = " Expected is a root such as CC015C.", " Ventet er en rot som CC015C."
    if elsewhere:
        hint, hint_nb = f" Profile {elsewhere[0]} has it.", f" Profil {elsewhere[0]} har den."
    elif close:
        hint, hint_nb = f" Did you mean {close[0]}?", f" Mente du {close[0]}?"
    return Unreadable("15", f"{kind} is not a message of profile {profile}.{hint}",
                      f"{kind} er ikke en melding i profil {profile}.{hint_nb}", line)


def _doctype() -> Unreadable:
    """Say that a document type is refused."""
    return Unreadable("15", "A DOCTYPE is not allowed in a message, nor any entity of its own. "
                      "Remove it.", "En DOCTYPE er ikke tillatt i en melding, heller ikke egne "
                      "entiteter. Ta den bort.", 1)


def _too_much(depth: int, line: int, most: int = MAX_NODES) -> Unreadable:
    """Say which limit of the reader was passed."""
    if depth > MAX_DEPTH:
        return Unreadable("35", f"Elements stand more than {MAX_DEPTH} deep; no message does.",
                          f"Elementer står mer enn {MAX_DEPTH} dypt; ingen melding gjør det.", line)
    return Unreadable("35", f"There are more than {most:,} elements or attributes; split the "
                      "message.", f"Det er mer enn {most} elementer eller attributter; del "
                      "meldingen opp.", line)


_UNKNOWN = ("", "")
_OTHERS = (
    (b"{", (" but JSON", ", men JSON")),
    (b"[", (" but JSON", ", men JSON")),
    (b"PK\x03\x04", (" but a zip archive", ", men et zip-arkiv")),
    (b"\x1f\x8b", (" but compressed data (gzip)", ", men komprimerte data (gzip)")),
    (b"%PDF", (" but a PDF document", ", men et PDF-dokument")),
    (b"UNA", (" but EDIFACT", ", men EDIFACT")),
    (b"UNB", (" but EDIFACT", ", men EDIFACT")),
)
