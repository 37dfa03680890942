"""The kinds of documents: what each is called, and of which message it is made."""
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tollbod.case.carry import HEADER, carry
from tollbod.documents import fallback, slip, transit, typeset
from tollbod.documents.content import Known
from tollbod.documents.typeset import Sheet, drawn
from tollbod.spec.boxes import boxes
from tollbod.wire.message import Message, from_plain


class NotOfThis(ValueError):
    """A document that cannot be made of what was given, with the reason in both languages."""

    def __init__(self, text: str, nb: str):
        super().__init__(text)
        self.text, self.nb = text, nb


def unloading(message: Message, language: str, known: Known) -> Sheet:
    """Return an unloading permission (IE043) on paper, with its list of items."""
    told = transit.facts(message) | known
    pages = [tuple(drawn("unloading", (message.root,), told)), *transit.item_pages(message, told)]
    title = {"en": "Unloading permission", "nb": "Lossetillatelse"}
    return transit.sheet_of(message, title[language], language, pages)


Make = Callable[[Any, str, Known], Sheet]      # of a Message, or of None where blank


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of document: its name in words, the messages it is made of, its forms, what makes it.

    `blank`: of no message at all too. `fillable`: also as a form on screen.
    """

    name: str
    en: str
    nb: str
    roots: tuple[str, ...]
    forms: tuple[str, ...]
    make: Make
    blank: bool = False
    fillable: bool = False


# fmt: off
KINDS = {kind.name: kind for kind in (
    Kind("tad", "accompanying document", "følgedokument", ("CC029C", "CCA29D"), ("tad", "items_head", "items"), transit.accompanying),
    Kind("tsad", "accompanying document with security data", "følgedokument med sikkerhetsdata", ("CC029C", "CCA29D"), ("tad", "tsad", "items_head", "items"), transit.security),
    Kind("items", "list of items", "vareliste", ("CC029C", "CCA29D", "CC015C", "CC013C", "CC043C"), ("items_head", "items"), transit.items),
    Kind("slip", "slip of a prenotification", "talong for forhåndsvarsel", ("CC015N",), ("slip",), slip.of),
    Kind("unloading", "unloading permission", "lossetillatelse", ("CC043C",), ("unloading", "items_head", "items"), unloading),
    Kind("fallback", "fallback form of a transit", "nødskjema for transittering", ("CC015C", "CC013C"), ("tad", "fallback", "items_head", "items"), fallback.transit, True),
    Kind("ssd", "safety and security document", "sikkerhetsdokument", ("CC015N", "CC015C"), ("ssd", "ssd_item", "ssd_more"), fallback.safety, True, True),
)}
# fmt: on


def sheet(kind: str, message: Message | None, language: str, known: Known | None = None) -> Sheet:
    """Return a document of a message, or a blank form. Raises NotOfThis with the reason."""
    told, told_of = dict(known or {}), KINDS[kind]
    if message is None:
        if not told_of.blank:
            raise NotOfThis(f"the {told_of.en} is made of a message",
                            f"{told_of.nb} lages av en melding")
        return told_of.make(None, language, told)
    if message.kind not in told_of.roots:
        wanted, nb = " or ".join(told_of.roots), " eller ".join(told_of.roots)
        raise NotOfThis(f"the {told_of.en} is made of {wanted}, not of {message.kind}",
                        f"{told_of.nb} lages av {nb}, ikke av {message.kind}")
    if message.kind == "CCA29D":
        message = _plain_release(message)
    _refuse(kind, message, told)
    return told_of.make(message, language, told)


def _plain_release(message: Message) -> Message:
    """Return a release with entry data as one without: the forms have their boxes of that."""
    plain = message.plain()
    header = {name: plain[name] for name in HEADER if name in plain}
    return from_plain("p6", "CC029C", header | carry("p6", "CC029C", plain), "NCTS6")


# Worked out from the message, or for the inside of the program: nobody is asked for it.
_OURS = {"union", "secured", "fallback", "forms", "copy", "items", "packages", "seals", "limit",
         "analysed", "departure_name", "destination_name", "transporter", "notifier", "gross"}


def known_names(kind: str) -> set[str]:
    """Return what the maker of a document may tell besides the message.

    >>> sorted(known_names("fallback"))
    ['cause', 'initiated', 'not_valid_in', 'number', 'permission', 'return_to']
    """
    told_of = KINDS[kind]
    names = {part.partition(" ")[2] for form in told_of.forms for box in boxes(form)
             for part in box.content.split(" + ") if part.startswith("is ")}
    ours = set() if kind == "ssd" else _OURS
    return names - ours | ({"mail"} if told_of.fillable else set())


def pdf(kind: str, message: Message | None, language: str, known: Known | None = None) -> bytes:
    """Return a document as PDF/A. Raises NotOfThis with the reason."""
    return typeset.pdf(sheet(kind, message, language, known))


def _refuse(kind: str, message: Message, known: Known) -> None:
    """Raise NotOfThis where the message says that this is not its document."""
    secured = message.get("TransitOperation/security") in transit.SECURED
    if kind == "tsad" and not secured:
        raise NotOfThis("it carries no security data (security 0): print the TAD",
                        "den har ingen sikkerhetsdata (security 0): skriv ut TAD")
    if kind == "slip" and not (message.get("TransitOperation/MRN") or known.get("mrn")):
        raise NotOfThis("it has no MRN yet: the slip is printed when the MRN is there",
                        "den har ikke MRN ennå: talongen skrives ut når MRN foreligger")
