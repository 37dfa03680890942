"""Guarantees, authorisations, representatives and what else phase 4 says in other words.

`Known` is what neither message says: the register of parties and, for answers that phase 4 wants
with the whole declaration in them, the declaration.
"""
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tollbod.spec.codes import codelist
from tollbod.spec.tables import Structure
from tollbod.wire.edifact.phase4_canonical import at_path, put_path
from tollbod.wire.edifact.phase4_journey import town

WITH_GRN, WITH_REFERENCE = "CL286", "CL076"
CONSIGNOR, CONSIGNEE = "C521", "C522"       # authorised consignor, authorised consignee
SIMPLIFIED = "A3"                           # the control result that says the first
UNSAID = "OT"                   # the result of a control of an item that nobody told
CAPACITY = "DIRECT REPRESENTATIVE"
NUMBER = re.compile(r"[A-Z]{2}[!-~]{1,15}")
# The language that an office prints in, where it is not one of its country's letters.
LANGUAGES = {"SE": "SV", "DK": "DA", "GB": "EN", "IE": "EN", "AT": "DE", "CH": "DE", "XI": "EN"}


@dataclass(frozen=True, slots=True)
class Party:
    """A party of the register: name and address, and its authorisations by type (C521)."""

    identification: str
    name: str
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = ""
    contact: str = ""           # who answers for it, with telephone and mail
    phone: str = ""
    mail: str = ""
    authorisations: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known besides the message: parties by their numbers, and a declaration's content."""

    parties: Mapping[str, Party] = field(default_factory=dict)
    declaration: Mapping = field(default_factory=dict)


def rest_out(flat: dict, known: Known) -> None:
    """Put the rest of a message under the names of phase 4."""
    prepared = flat.get("preparationDateAndTime", "")[:10].replace("-", "")
    for item in ("@DecDatHEA383", "@AmeDatHEA", "@CodDatHEA"):
        flat[item] = prepared
    departure = at_path(flat, "CustomsOfficeOfDeparture/referenceNumber") or ""
    flat["@DecPlaHEA394"] = flat["@AmePlaHEA"] = town(departure) or departure
    arrival = at_path(flat, "CustomsOfficeOfDestinationActual/referenceNumber") or ""
    flat["@ArrNotPlaHEA60"] = town(arrival) or arrival
    flat["@NCTSAccDocHEA601LNG"] = LANGUAGES.get(departure[:2], departure[:2])
    flat["@TypOfDecHEA24"] = at_path(dict(known.declaration),
                                     "TransitOperation/declarationType") or ""
    flat["@OriMesIdeMES22"] = flat.get("correlationIdentifier", "").rpartition("-")[2][:14]
    _result_out(flat, known)
    _representative_out(flat, known)
    _guarantees_out(flat)
    for _, party in named_parties(flat):
        _named(party, known)


def rest_in(flat: dict, known: Known, row: Structure) -> None:
    """Make the rest of a message of the items of phase 4; after the goods.

    A party that the register knows has neither name nor address, unless its row demands them.
    """
    if row.field("TransitOperation/noReleaseMotivationCode"):
        found = (flat.get("@CONRESERS") or [{}])[0]
        put_path(flat, "TransitOperation/noReleaseMotivationCode", found.get("ConResCodERS16"))
        flat.setdefault("@used", []).append(found)
    else:
        _result_in(flat, known)
    _representative_in(flat, known)
    _guarantees_in(flat)
    holder = row.field("HolderOfTheTransitProcedure/name")
    for name, party in named_parties(flat):
        demanded = name == "HolderOfTheTransitProcedure" and holder is not None and holder.low
        if party.get("identificationNumber") in known.parties and not demanded:
            party.pop("name", None)
            party.pop("Address", None)


def named_parties(flat) -> Iterator[tuple[str, dict]]:
    """Yield the parties of a message that may have name and address, at whatever depth."""
    for name, value in flat.items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                if name in ("HolderOfTheTransitProcedure", "Consignor", "Consignee", "Guarantor"):
                    yield name, one
                elif not name.startswith("@"):
                    yield from named_parties(one)


def _named(party: dict, known: Known) -> None:
    """Give a party that has a number only the name and address of the register."""
    found = known.parties.get(party.get("identificationNumber", ""))
    if found is None or party.get("name"):
        return
    party["name"] = found.name
    party["Address"] = {"streetAndNumber": found.street, "postcode": found.postcode,
                        "city": found.city, "country": found.country}


def _result_out(flat: dict, known: Known) -> None:
    """Put the control result: the office's, or that the consignor is authorised."""
    operation = flat.get("TransitOperation") or {}
    if reason := operation.get("noReleaseMotivationCode"):
        flat["@CONRESERS"] = [{"ConDatERS14": flat["@DecDatHEA383"], "ConResCodERS16": reason}]
        for item in at_path(flat, "Consignment/HouseConsignment/ConsignmentItem") or ():
            item["@RESOFCONROC"] = [{"ConIndROC1": UNSAID}]
    elif found := flat.get("ControlResult"):
        flat["@CONRESERS"] = [{
            "ConDatERS14": found.get("date", "").replace("-", ""),
            "ConResCodERS16": found.get("code", ""), "ConByERS18": found.get("controlledBy", ""),
            "DatLimERS69": (at_path(dict(known.declaration), "TransitOperation/limitDate")
                            or "").replace("-", "")}]
        flat["@AutIdHEA380"] = next((one.get("referenceNumber", "") for one in
                                     flat.get("Authorisation") or ()
                                     if one.get("type") == CONSIGNOR), "")
    elif any(one.get("type") == CONSIGNOR for one in flat.get("Authorisation") or ()):
        flat["@CONRESERS"] = [{
            "ConResCodERS16": SIMPLIFIED,
            "DatLimERS69": operation.get("limitDate", "").replace("-", "")}]


def _result_in(flat: dict, known: Known) -> None:
    """Make the control result, or the authorisation that A3 stands for, with its number."""
    found = (flat.get("@CONRESERS") or [{}])[0]
    code, holder = found.get("ConResCodERS16"), _holder(flat)
    if limit := found.get("DatLimERS69"):       # the answer of today has no place for it
        put_path(flat, "TransitOperation/limitDate", _date(limit))
    if code == SIMPLIFIED and "ConDatERS14" not in found:
        flat["Authorisation"] = [_authorisation(CONSIGNOR, holder, code, flat, known)]
    elif found:
        flat["ControlResult"] = {"code": code, "date": _date(found.get("ConDatERS14", "")),
                                 "controlledBy": found.get("ConByERS18", "")}
    if number := flat.get("@AutIdHEA380"):
        flat["Authorisation"] = [{"type": CONSIGNOR, "referenceNumber": number}]
    if at_path(flat, "TransitOperation/simplifiedProcedure") == "1":
        trader = at_path(flat, "TraderAtDestination/identificationNumber") or ""
        flag = at_path(flat, "TransitOperation/simplifiedProcedure")
        flat["Authorisation"] = [_authorisation(CONSIGNEE, trader, flag, flat, known)]


def _date(text: str) -> str:
    """Return yyyymmdd as a date, at its place."""
    new = f"{text[:4]}-{text[4:6]}-{text[6:]}" if re.fullmatch(r"\d{8}", text) else text
    return text.like(new) if hasattr(text, "like") else new


def _holder(flat: dict) -> str:
    """Return the holder's number."""
    return at_path(flat, "HolderOfTheTransitProcedure/identificationNumber") or ""


def _authorisation(type_: str, holder: str, said: str, flat: dict, known: Known) -> dict:
    """Return an authorisation at the place that implies it, with its number.

    The number is in the register, or it is the authorised place's.
    """
    party = known.parties.get(holder)
    number = party.authorisations.get(type_, "") if party is not None else ""
    number = number or at_path(flat, "Consignment/LocationOfGoods/authorisationNumber") or ""
    return {"type": said.like(type_) if hasattr(said, "like") else type_,
            "referenceNumber": number}


def _representative_out(flat: dict, known: Known) -> None:
    """Put a representative by name; one that the register lacks by its number."""
    found = flat.get("Representative") or {}
    if number := found.get("identificationNumber"):
        party = known.parties.get(number)
        flat["@REPREP"] = [{"NamREP5": party.name if party is not None else number,
                            "RepCapREP18": CAPACITY if found.get("status") == "2" else ""}]


def _representative_in(flat: dict, known: Known) -> None:
    """Make a representative of a name."""
    for one in flat.get("@REPREP") or ():
        name = one.get("NamREP5", "")
        number = next((party.identification for party in known.parties.values()
                       if party.name[:35].rstrip() == name), "")
        if not number and NUMBER.fullmatch(name):
            number = name
        if number:
            new = name.like(number) if hasattr(name, "like") else number
            flat["Representative"] = {"identificationNumber": new, "status": "2"}
            flat.setdefault("@used", []).append(one.get("RepCapREP18"))


def _guarantees_out(flat: dict) -> None:
    """Put the references of guarantees, and what each covers as a special mention of item 1."""
    cover = []
    for guarantee in flat.get("Guarantee") or ():
        some = []
        for one in guarantee.get("GuaranteeReference") or ():
            if one.get("GRN"):
                some.append({"GuaRefNumGRNREF1": one["GRN"],
                             "AccCodREF6": one.get("accessCode", "")})
            if one.get("amountToBeCovered"):
                cover.append(one["amountToBeCovered"] + one.get("currency", "")
                             + one.get("GRN", ""))
        if other := guarantee.get("otherGuaranteeReference"):
            some.append({"OthGuaRefREF4": other})
        guarantee["@GUAREFREF"] = some
    items = at_path(flat, "Consignment/HouseConsignment/ConsignmentItem")
    if items:
        items[0]["@SPEMENMT2"] = [*items[0].get("@SPEMENMT2", ()), *(
            {"AddInfCodMT23": "CAL", "AddInfMT21": text} for text in cover)]


def _guarantees_in(flat: dict) -> None:
    """Make the references of guarantees, with what the special mentions say that they cover."""
    covers = [_cover(text) for text in flat.get("@CAL") or ()]
    bare = [one for one in covers if not one["GRN"]]
    guarantees = flat.get("Guarantee") or []
    for guarantee in guarantees:
        kind, some = guarantee.get("guaranteeType", ""), []
        for one in guarantee.get("@GUAREFREF") or ():
            number = one.get("GuaRefNumGRNREF1") or one.get("OthGuaRefREF4", "")
            if "OthGuaRefREF4" in one or not codelist(WITH_GRN).has(kind):
                guarantee["otherGuaranteeReference"] = number
                continue
            cover = next((one for one in covers if one["GRN"] == number), None) or \
                (bare.pop(0) if bare else {})
            some.append({"GRN": number, "accessCode": one.get("AccCodREF6", "")} | {
                name: cover[name] for name in ("amountToBeCovered", "currency") if name in cover})
        if not some and bare and codelist(WITH_REFERENCE).has(kind):
            mine, bare = (bare, []) if guarantee is guarantees[-1] else (bare[:1], bare[1:])
            some = [{name: one[name] for name in ("amountToBeCovered", "currency")}
                    for one in mine]
        if some:
            guarantee["GuaranteeReference"] = some


def _cover(text: str) -> dict[str, str]:
    """Return amount, currency and GRN of a special mention CAL.

    >>> _cover("10000.00NOK24NO00000100001")["GRN"]
    '24NO00000100001'
    """
    found = re.fullmatch(r"([0-9.]+)([A-Z]{3})(.*)", text)
    amount, currency, grn = found.groups() if found else (text, "", "")

    def at(value: str) -> str:
        return text.like(value) if hasattr(text, "like") and value else value
    return {"amountToBeCovered": at(amount), "currency": at(currency), "GRN": grn}
