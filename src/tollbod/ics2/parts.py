"""What a filing claims and joins where, read off its own content: pure.

A filing of the master level claims its document; a house filing claims each of its houses at the
document of the master that the house names, which may be several; a minimum data set claims its
houses among those of its filer.
"""
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import msgspec

from tollbod.case.carry import at, many
from tollbod.case.model import Effect, Tell
from tollbod.ics2.book import Part
from tollbod.ics2.case import HOUSE, MASTER, Filing, key_of, name_of
from tollbod.ics2.post import POST, Mail
from tollbod.spec.ics2_law import uppers

LOWEST = ("F16", "F17")             # they add to a house that another filing names
ITEM = {"F43": "item", "F44": "packed"}         # what a filing of post claims of its items


def claimed(case: Filing) -> dict[str, list[str]]:
    """Return what a filing claims, by the key that keeps it."""
    if case.document:
        return {case.document: ["master"]}
    found: dict[str, list[str]] = {}
    for key, claim in _by_house(case):
        found.setdefault(key, []).append(claim)
    return found


def taken_places(case: Filing, key: str, documents: list[str]) -> list[str]:
    """Return where a filing names the documents that another one has at a key."""
    path, taken = f"/IE3{case.kind}/{MASTER}", set(documents)
    if case.document:
        return [f"{path}/transportDocumentMasterLevel"]
    last = "Master" if case.kind == "F17" else "House"
    return [f"{path}/{HOUSE}[{n}]/transportDocument{last}Level"
            for n, (at_key, claim) in enumerate(_by_house(case), 1)
            if at_key == key and claim in taken]


def _by_house(case: Filing) -> list[tuple[str, str]]:
    """Return the key of each house and what is claimed there, in order."""
    if case.kind in ITEM:
        return [(POST, f"{ITEM[case.kind]} {one['documentNumber']}") for one in case.houses]
    if case.about.level != "house":
        return [(f"houses of {case.filer}", name_of(one)) for one in case.houses]
    return [(_key(case, house), _claim(case, house)) for house in houses(case)]


def _claim(case: Filing, house: dict[str, Any]) -> str:
    rank = "lowest" if case.kind in LOWEST else "house"
    number = at(house, "transportDocumentHouseLevel/documentNumber") or "-"
    return f"{rank} {_declarant(case)} {number}"


def _key(case: Filing, house: dict[str, Any]) -> str:
    return key_of(case.about.mode, house["transportDocumentMasterLevel"],
                  at(house, "carrier/identificationNumber"))


def houses(case: Filing) -> list[dict[str, Any]]:
    """Return the houses of a filing as they stand."""
    return many(at(case.declaration, f"{MASTER}/{HOUSE}"))


def _declarant(case: Filing) -> str:
    return at(case.head, "declarant/identificationNumber") or case.filer


def joined(case: Filing, key: str) -> Part | None:
    """Return what a filing is to the others at a key; None if it is no part of anything."""
    if case.kind not in uppers() and case.about.level != "house" or of_mail(case):
        return None
    body = case.declaration
    groups = [body[MASTER]] if case.document else []
    groups += [one for one in houses(case) if case.document or _key(case, one) == key]
    names = [at(one, "identificationNumber") for group in groups
             for one in many(group.get("supplementaryDeclarant"))]
    return Part(mrn=case.mrn, kind=case.kind, by=_declarant(case), sender=case.filer,
                stream=case.stream, office=case.office, names=tuple(dict.fromkeys(names)),
                hits=case.hits, kilos=mass(groups))


def mass(groups: list[dict[str, Any]]) -> Decimal:
    """Return the gross mass of a master or of houses; of what has none, nothing."""
    return sum((Decimal(group.get("totalGrossMass") or "0") for group in groups), Decimal())


def tell_keys(case: Filing, what: str, previous: str = "") -> Iterable[Effect]:
    """Claim or release what a filing claims, or tell what it says now, at each key."""
    for key, documents in claimed(case).items():
        part = joined(case, key) if what != "release" else None
        more = {"mail": mail(case)} if key == POST else {}
        yield Tell(what, "key", key, {
            "key": key, "mrn": case.mrn, "previous": previous, "office": case.office,
            "stream": case.stream, "documents": documents,
            "part": msgspec.to_builtins(part) if part else None} | more)
    if carries_post(case) and what != "claim":
        yield tell_post(case, what)


def tell_post(case: Filing, what: str) -> Tell:
    """Tell where post meets which receptacles a means of transport carries."""
    return Tell(what, "key", POST, {"key": POST, "mrn": case.mrn, "documents": [],
                                    "mail": mail(case)})


def of_mail(case: Filing) -> bool:
    """Tell whether it is linked by items and receptacles, not by documents."""
    return case.kind in ITEM or carries_post(case)


def carries_post(case: Filing) -> bool:
    """Tell whether it is the filing of a means of transport that carries post."""
    return case.kind in uppers() and "F44" in uppers()[case.kind].answered_by


def receptacles(case: Filing) -> list[str]:
    """Return the receptacles that a means of transport carries."""
    return [at(one, "receptacleIdentificationNumber")
            for one in many(at(case.declaration, f"{MASTER}/receptacle"))]


def receptacles_of_items(body: dict[str, Any]) -> dict[str, list[str]]:
    """Return the receptacles that an F44 names, each with its items."""
    bags: dict[str, list[str]] = {}
    for house in many(at(body, f"{MASTER}/{HOUSE}")):
        bags.setdefault(at(house, "receptacle/receptacleIdentificationNumber"), []).append(
            at(house, "transportDocumentHouseLevel/documentNumber"))
    return bags


def mail(case: Filing) -> dict[str, Any]:
    """Return what a filing of post is to the others."""
    items = [one["documentNumber"] for one in case.houses] if case.kind == "F43" else ()
    bags = receptacles_of_items(case.declaration) if case.kind == "F44" else {}
    return msgspec.to_builtins(Mail(
        mrn=case.mrn, stream=case.stream, office=case.office, items=tuple(items),
        bags={bag: tuple(inside) for bag, inside in bags.items()},
        carries=tuple(receptacles(case)) if carries_post(case) else (), hits=case.hits))
