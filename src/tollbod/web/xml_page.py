"""A message as lines that a person can read: indented, its names apart from its texts.

Returns plain strings; the template escapes them. What is no XML is shown as it is.
"""
from typing import NamedTuple

from lxml import etree

LONGEST = 20_000                # lines that are shown


class Line(NamedTuple):
    """One line: blanks before it, what opens, the text, what closes."""

    blanks: str
    opens: str
    text: str
    closes: str


def lines(data: bytes) -> list[Line]:
    """Return the lines of a message.

    >>> [line.opens + line.text + line.closes for line in lines(b"<a><b>1 &lt; 2</b></a>")]
    ['<a>', '<b>1 < 2</b>', '</a>']
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False,
                             remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        return [Line("", "", text, "") for text in data.decode(errors="replace").splitlines()]
    found: list[Line] = []
    _walk(root, "", found)
    return found[:LONGEST]


def _walk(element: etree._Element, blanks: str, found: list[Line]) -> None:
    name = etree.QName(element).localname
    if element.prefix:
        name = f"{element.prefix}:{name}"
    said = [f' {etree.QName(key).localname}="{value}"' for key, value in element.attrib.items()]
    if element.getparent() is None:
        said += [f' xmlns{":" + prefix if prefix else ""}="{uri}"'
                 for prefix, uri in element.nsmap.items()]
    opens = f"<{name}{''.join(said)}>"
    if len(element):
        found.append(Line(blanks, opens, "", ""))
        for child in element:
            _walk(child, blanks + "  ", found)
        found.append(Line(blanks, "", "", f"</{name}>"))
    else:
        found.append(Line(blanks, opens, (element.text or "").strip(), f"</{name}>"))
