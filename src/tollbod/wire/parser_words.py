"""What the XML parser stumbled over, in words a sender can mend it by.

Knows the parser's own names of faults; a fault without a row is told in the parser's words.
"""
from lxml import etree

from tollbod.wire.message import Unreadable

_WORDS = {
    "ERR_TAG_NAME_MISMATCH": ("an end tag does not match the start tag",
                              "en sluttagg passer ikke til starttaggen"),
    "ERR_TAG_NOT_FINISHED": ("the document ends before its elements are closed",
                             "dokumentet slutter før elementene er lukket"),
    "ERR_LTSLASH_REQUIRED": ("the document ends before its elements are closed",
                             "dokumentet slutter før elementene er lukket"),
    "ERR_GT_REQUIRED": ("a tag is not closed with >", "en tagg er ikke avsluttet med >"),
    "ERR_DOCUMENT_END": ("something follows after the end of the message",
                         "det står noe etter slutten på meldingen"),
    "ERR_DOCUMENT_EMPTY": ("there is no element", "det er ikke noe element"),
    "ERR_NAME_REQUIRED": ("an & or < stands in text; write &amp; or &lt;",
                          "en & eller < står i tekst; skriv &amp; eller &lt;"),
    "ERR_ENTITYREF_SEMICOL_MISSING": ("an & stands in text; write &amp;",
                                      "en & står i tekst; skriv &amp;"),
    "ERR_UNDECLARED_ENTITY": ("an entity that XML does not have; write the character itself",
                              "en entitet som XML ikke har; skriv selve tegnet"),
    "WAR_UNDECLARED_ENTITY": ("an entity that XML does not have; write the character itself",
                              "en entitet som XML ikke har; skriv selve tegnet"),
    "ERR_INVALID_CHAR": ("a control character that XML does not allow",
                         "et kontrolltegn som XML ikke tillater"),
    "ERR_INVALID_CHARREF": ("a character reference that XML does not allow",
                            "en tegnreferanse som XML ikke tillater"),
    "ERR_INVALID_ENCODING": ("bytes that are not of the declared encoding (UTF-8 if none is)",
                             "byte som ikke hører til den oppgitte tegnkodingen (ellers UTF-8)"),
    "ERR_ATTRIBUTE_REDEFINED": ("an attribute stands twice", "et attributt står to ganger"),
    "ERR_ATTRIBUTE_NOT_STARTED": ("an attribute's value is not quoted",
                                  "verdien til et attributt mangler anførselstegn"),
    "NS_ERR_UNDEFINED_NAMESPACE": ("a prefix is used that no xmlns declares",
                                   "et prefiks er brukt uten at noen xmlns oppgir det"),
    "ERR_RESERVED_XML_NAME": ("the XML declaration does not stand first; remove what is before it",
                              "XML-deklarasjonen står ikke først; ta bort det som er foran"),
    "ERR_RESOURCE_LIMIT": ("it is nested too deeply or a part of it is too large",
                           "det er nøstet for dypt, eller en del av det er for stor"),
}
_ELSE = ("the parser cannot go on", "parseren kommer ikke videre")
_CHARACTER_FAULTS = {"ERR_INVALID_CHAR", "ERR_INVALID_CHARREF", "ERR_INVALID_ENCODING"}


def explain(log: etree._ListErrorLog) -> Unreadable:
    """Return the parser's first complaint as a sentence, code 53 for characters and 52 else."""
    if not len(log):
        return Unreadable("52", "This is not well-formed XML.", "Dette er ikke velformet XML.")
    entry = log[0]
    line, column, said = entry.line, entry.column, entry.message.strip()[:200]
    english, bokmaal = (f"{words} ({said})" for words in _WORDS.get(entry.type_name, _ELSE))
    return Unreadable("53" if entry.type_name in _CHARACTER_FAULTS else "52",
                      f"This is not well-formed XML: line {line}, column {column}: {english}.",
                      f"Dette er ikke velformet XML: linje {line}, kolonne {column}: {bokmaal}.",
                      line)
