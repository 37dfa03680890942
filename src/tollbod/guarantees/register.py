"""The register: what an officer enters, changes, suspends and revokes of a guarantee.

What an act tells, by name (all texts; lists also as one text with commas): grn, type, holder,
guarantor, amount and currency (or reference_cent, EUR), percentage, valid_from, valid_to,
not_valid_in, departure, destination, commodities, not_for (suspended, sensitive), certificates,
access_codes (the first is the master code). Pure; `faults` tells all that is wrong at once.
"""
from datetime import date
from typing import Any, NamedTuple

import msgspec

from tollbod.case.model import Facts
from tollbod.case.money import NoRate, exact, rate, written
from tollbod.guarantees import access
from tollbod.guarantees.account import TYPES, VOUCHER_CENT, Guarantee
from tollbod.numbers import access_code
from tollbod.numbers import grn as numbers
from tollbod.spec.codes import codelist, office

# Of the reference amount, by type (Conv. App. I art. 75): a waiver secures nothing, a comprehensive
# guarantee may be reduced, what covers one movement or is deposited is never reduced.
PERCENTAGES = {"0": (0,), "1": (30, 50, 100)}
WHOLE = (100,)
RESTRICTIONS = ("suspended", "sensitive")
VOUCHER_LENGTH = 24
OF_THE_ACT = ("do", "by", "case", "id")     # what every act tells besides
# All that a registration may tell.
TOLD = ("grn", "type", "holder", "guarantor", "amount", "reference_cent", "currency", "percentage",
        "valid_from", "valid_to", "not_valid_in", "departure", "destination", "commodities",
        "not_for", "certificates", "access_codes")
MOST = 10**15                       # no amount has more than 16 digits (n..16,2)


class Fault(NamedTuple):
    """Why something cannot be registered: the name of what is wrong, and a sentence each."""

    name: str
    en: str
    nb: str


def listed(value: Any) -> tuple[str, ...]:
    """Return a list that was given as one, or as a text with commas or blanks.

    >>> listed("DE, SE"), listed(None), listed(["DE"])
    (('DE', 'SE'), (), ('DE',))
    """
    if isinstance(value, list | tuple):
        return tuple(str(one) for one in value)
    return tuple(str(value or "").replace(",", " ").split())


def _day(text: Any) -> date | None:
    return date.fromisoformat(str(text)) if text else None


def _amount(body: dict[str, Any], kind: str, currency: str) -> int:
    if body.get("amount") not in (None, ""):
        return exact(str(body["amount"]), currency)
    if kind == "4" and body.get("reference_cent") is None:
        return VOUCHER_CENT
    return int(body["reference_cent"])


def strangers(body: dict[str, Any], known: tuple[str, ...]) -> list[Fault]:
    """Return what an act tells and the register does not take: nothing is passed over in silence.

    >>> [fault.name for fault in strangers({"do": "change", "valid_til": "x"}, CHANGEABLE)]
    ['valid_til']
    """
    return [Fault(name[:40], f"is not taken here; known are {', '.join(known)}",
                  f"tas ikke imot her; kjente er {', '.join(known)}")
            for name in body if name not in (*OF_THE_ACT, *known)]


def faults(body: dict[str, Any], on: date, sold: bool = True) -> list[Fault]:
    """Return all that is wrong with a guarantee to be registered; a voucher has its holder when it
    is `sold`."""
    wrong = _faults_of_identity(body, sold)
    wrong += [Fault(name, *told) for name, told in _faults_of_amount(body, on)]
    wrong += _faults_of_days(body)
    wrong += _faults_of_limits(body)
    return wrong


def _faults_of_identity(body: dict[str, Any], sold: bool) -> list[Fault]:
    kind, grn = str(body.get("type", "")), str(body.get("grn", ""))
    wrong = []
    if kind not in TYPES:
        wrong.append(Fault("type", f"'{kind}' is no type of guarantee (CL251)",
                           f"«{kind}» er ingen garantitype (CL251)"))
    wrong += [Fault("grn", fault.en, fault.nb) for fault in numbers.check(grn)
              if fault.severity == "wrong"]
    if (kind == "4") != (len(grn) == VOUCHER_LENGTH):                           # R0318
        wrong.append(Fault("grn", "a voucher (type 4) has 24 characters, every other guarantee 17",
                           "en kupong (type 4) har 24 tegn, alle andre garantier 17"))
    wrong += [Fault(name, "an identification number has at most 17 letters and digits",
                    "et identifikasjonsnummer har høyst 17 bokstaver og sifre")
              for name in ("holder", "guarantor") if not _is_number(body.get(name) or "X")]
    if sold and not body.get("holder"):
        wrong.append(Fault("holder", "the holder is missing", "innehaveren mangler"))
    if not sold and not body.get("guarantor"):
        wrong.append(Fault("guarantor", "the guarantor is missing", "garantisten mangler"))
    return wrong + _faults_of_codes([access_code.compact(code)
                                     for code in listed(body.get("access_codes"))])


def _is_number(told: Any) -> bool:
    """Tell whether something can be the identification number of a party (an..17)."""
    text = str(told)
    return text.isascii() and text.isalnum() and len(text) <= 17


def _faults_of_codes(codes: list[str]) -> list[Fault]:
    wrong = [Fault("access_codes", fault.en, fault.nb) for code in codes
             for fault in access_code.check(code) if fault.severity == "wrong"]
    if len(set(codes)) < len(codes):
        wrong.append(Fault("access_codes", "an access code stands there twice",
                           "en tilgangskode står der to ganger"))
    if len(codes) > access.MOST_CODES:
        wrong.append(Fault("access_codes", f"at most {access.MOST_CODES} access codes",
                           f"høyst {access.MOST_CODES} tilgangskoder"))
    return wrong


def _faults_of_amount(body: dict[str, Any], on: date) -> list[tuple[str, tuple[str, str]]]:
    currency, kind = str(body.get("currency") or "EUR"), str(body.get("type", ""))
    wrong = []
    try:
        rate(currency, on)
        amount = _amount(body, kind, currency)
        if not 0 <= amount <= MOST:
            wrong.append(("amount", ("the amount cannot be negative, nor have more than 16 digits",
                                     "beløpet kan ikke være negativt eller ha over 16 sifre")))
        if kind == "4" and (amount, currency) != (VOUCHER_CENT, "EUR"):
            wrong.append(("amount", ("a voucher is of 10,000 EUR", "en kupong er på 10 000 EUR")))
    except NoRate:
        wrong.append(("currency", (f"there is no exchange rate for {currency}",
                                   f"det finnes ingen kurs for {currency}")))
    except (ValueError, KeyError, TypeError):
        wrong.append(("amount", (
            "the amount is missing, or not digits with a point and at most the decimals of its "
            "currency: 10000.00", "beløpet mangler, eller er ikke sifre med punktum og høyst "
            "valutaens desimaler: 10000.00")))
    due = PERCENTAGES.get(kind, WHOLE)
    if body.get("percentage") not in (None, "") and str(body["percentage"]) not in map(str, due):
        either = ", ".join(map(str, due))
        wrong.append(("percentage", (f"the percentage of type {kind} is {either}",
                                     f"prosenten for type {kind} er {either}")))
    return wrong


def _faults_of_days(body: dict[str, Any]) -> list[Fault]:
    days = []
    for name in ("valid_from", "valid_to"):
        try:
            days.append(_day(body.get(name)))
        except ValueError:
            return [Fault(name, f"'{body[name]}' is no day: 2026-05-04",
                          f"«{body[name]}» er ingen dag: 2026-05-04")]
    first, last = days
    if first and last and last < first:
        return [Fault("valid_to", "the last day is before the first",
                      "siste dag er før den første")]
    return []


def _faults_of_limits(body: dict[str, Any]) -> list[Fault]:
    wrong = []
    for country in listed(body.get("not_valid_in")):
        if not codelist("CL008").has(country):
            wrong.append(Fault("not_valid_in", f"'{country}' is no country (CL008)",
                               f"«{country}» er ikke et land (CL008)"))
    for name in ("departure", "destination"):
        given = str(body.get(name) or "")
        if given and not office(given):
            wrong.append(Fault(name, f"there is no office {given}", f"tollstedet {given} "
                               "finnes ikke"))
    for kind in listed(body.get("not_for")):
        if kind not in RESTRICTIONS:
            wrong.append(Fault("not_for", f"'{kind}' is no restriction: suspended, sensitive",
                               f"«{kind}» er ingen begrensning: suspended, sensitive"))
    for code in listed(body.get("commodities")):
        if not code.isdigit() or not 2 <= len(code) <= 8:
            wrong.append(Fault("commodities", f"'{code}' is no commodity code: 2 to 8 digits",
                               f"«{code}» er ingen varekode: 2 til 8 sifre"))
    certificates = str(body.get("certificates") or 0)
    if not (certificates.isascii() and certificates.isdigit() and len(certificates) <= 8):
        wrong.append(Fault("certificates", "certificates is a whole number",
                           "certificates er et helt tall"))
    return wrong


def registered(body: dict[str, Any], facts: Facts) -> Guarantee:
    """Return a guarantee as it is registered; `faults` has found nothing."""
    kind, currency = str(body["type"]), str(body.get("currency") or "EUR")
    amount = _amount(body, kind, currency)
    given = body.get("percentage")
    case = Guarantee(
        grn=str(body["grn"]), type=kind, holder=str(body.get("holder") or ""),
        guarantor=str(body.get("guarantor") or ""), currency=currency, reference=amount,
        percentage=int(given) if given not in (None, "") else (0 if kind == "0" else 100),
        registered=facts.now, valid_from=_day(body.get("valid_from")),
        valid_to=_day(body.get("valid_to")), not_valid_in=listed(body.get("not_valid_in")),
        departure=str(body.get("departure") or ""), destination=str(body.get("destination") or ""),
        commodities=listed(body.get("commodities")), not_for=listed(body.get("not_for")),
        certificates=int(body.get("certificates") or 0), free=amount,
    )
    by = str(body.get("by") or "officer")
    for code in listed(body.get("access_codes")):
        case = access.added(case, code, not case.access_codes, by, facts)
    return case


def name_of(case: Guarantee) -> str:
    """Return the name under which a guarantee is listed: of its holder, who has it in a row."""
    return f"guarantee/{case.holder}/{case.grn}"


# What an officer may change afterwards; the number, the type, the holder and the currency stay.
CHANGEABLE = ("guarantor", "amount", "percentage", "valid_from", "valid_to", "not_valid_in",
              "departure", "destination", "commodities", "not_for", "certificates")


def as_told(case: Guarantee, changes: dict[str, Any]) -> dict[str, Any]:
    """Return what a register act would tell of a guarantee with changes."""
    fields = {name: getattr(case, name) for name in (
        "grn", "type", "holder", "guarantor", "currency", "percentage", "valid_from", "valid_to",
        "not_valid_in", "departure", "destination", "commodities", "not_for", "certificates")}
    new = {name: changes[name] for name in CHANGEABLE if name in changes}
    return fields | {"amount": written(case.reference, case.currency)} | new


def changed(case: Guarantee, changes: dict[str, Any], facts: Facts) -> Guarantee:
    """Return the guarantee with what has changed; what is bound stays bound."""
    new = registered(as_told(case, changes), facts)
    kept = {name: getattr(new, name) for name in (
        "guarantor", "reference", "percentage", "valid_from", "valid_to", "not_valid_in",
        "departure", "destination", "commodities", "not_for", "certificates")}
    return msgspec.structs.replace(case, **kept, former=case.reference,
                                   free=case.free + new.reference - case.reference)
