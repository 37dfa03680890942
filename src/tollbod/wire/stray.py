"""What an XML form can hold and no message may: foreign attributes, text between elements.

Knows lxml's document only. The tree of a message has no room for such things; the digest and the
judge of structures ask for them here.
"""
from dataclasses import dataclass

from lxml import etree

XSI = "http://www.w3.org/2001/XMLSchema-instance"
_ATTRIBUTES = etree.XPath("descendant-or-self::*/@*")       # a quarter of the time of //*[@*]
_TEXTS = etree.XPath("descendant-or-self::*[*]/text()[normalize-space()]")
# Hints for an editor, which judge nothing.
_HARMLESS = {f"{{{XSI}}}schemaLocation", f"{{{XSI}}}noNamespaceSchemaLocation"}


@dataclass(frozen=True, slots=True)
class Stray:
    """A foreign attribute (`name` says which) or a text (`name` is empty) and where it stands."""

    path: str
    line: int
    name: str
    value: str


def strays(tree: etree._ElementTree, attributes: bool = False) -> tuple[Stray, ...]:
    """Return what does not belong in the document, in no order but that of the document by kind.

    `attributes`: elements may hold attributes in place of everything else, and the root has none.
    """
    root = tree.getroot()
    found = []
    for value in _ATTRIBUTES(root):
        element, name = value.getparent(), value.attrname
        if name in _HARMLESS or name == "PhaseID" and element is root and not attributes:
            continue
        if not attributes or element is root or not holds_attributes(element):
            found.append(Stray(_path(element), element.sourceline or 0, name, str(value)))
    for text in _TEXTS(root):
        holder = text.getparent()
        if text.is_tail:
            holder = holder.getparent()
        found.append(Stray(_path(holder), holder.sourceline or 0, "", text.strip(" \t\n\r")))
    return tuple(found)


def holds_attributes(element: etree._Element) -> bool:
    """Tell whether an element of ICS2 holds attributes and nothing else, as an amount does."""
    return (not len(element) and not (element.text or "").strip()
            and any(name not in _HARMLESS for name in element.attrib))


def local_name(name: str) -> str:
    """Return the name without its namespace.

    >>> local_name("{http://ncts.dgtaxud.ec}LRN")
    'LRN'
    """
    return name.rpartition("}")[2]


def _path(element: etree._Element) -> str:
    """Return the XPath as `Node.path` gives it: an index only among siblings of one name."""
    parent = element.getparent()
    if parent is None:
        return "/" + local_name(element.tag)
    same = [child for child in parent if child.tag == element.tag]
    index = f"[{same.index(element) + 1}]" if len(same) > 1 else ""
    return f"{_path(parent)}/{local_name(element.tag)}{index}"
