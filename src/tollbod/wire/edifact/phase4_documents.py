"""Documents and special mentions: phase 4 has three lists at each item, the canonical message many.

Going out, documents of the consignment and of a house stand at its first item. Coming in, the code
list that a type is in says which list of the canonical message it belongs to.
"""
from tollbod.spec.codes import codelist

PREVIOUS, HOUSE_PREVIOUS = "CL214", "CL228"
SUPPORTING, TRANSPORT, REFERENCE = "CL213", "CL754", "CL380"
TIR_CARNET = "952"
GUARANTEE = "CAL"               # the special mention that says what a guarantee covers
PRODUCED = ("SupportingDocument", "TransportDocument", "AdditionalReference")


def documents_out(item: dict, over: list[dict]) -> None:
    """Put the documents of an item, and of what is over it, under the names of phase 4."""
    levels = [*over, item]
    item["@PREADMREFAR2"] = [
        {"PreDocTypAR21": one.get("type", ""), "PreDocRefAR26": one.get("referenceNumber", ""),
         "ComOfInfAR29": one.get("complementOfInformation", "")}
        for level in levels for one in level.get("PreviousDocument") or ()]
    item["@PRODOCDC2"] = [
        {"DocTypDC21": one.get("type", ""), "DocRefDC23": one.get("referenceNumber", ""),
         "ComOfInfDC25": one.get("complementOfInformation", "")}
        for level in levels for name in PRODUCED for one in level.get(name) or ()]
    item["@SPEMENMT2"] = [
        {"AddInfCodMT23": one.get("code", ""), "AddInfMT21": one.get("text", "")}
        for level in levels for one in level.get("AdditionalInformation") or ()]


def documents_in(house: dict, items: list[dict], flat: dict) -> None:
    """Put the documents of a house's items where the canonical message has them."""
    for item in items:
        for one in item.get("@PREADMREFAR2") or ():
            document = _document(one, "PreDocTypAR21", "PreDocRefAR26", "ComOfInfAR29",
                                 (HOUSE_PREVIOUS, PREVIOUS))
            if not codelist(HOUSE_PREVIOUS).has(document.get("type", "")):
                _add(item, "PreviousDocument", document)
            elif document in house.get("PreviousDocument", ()):
                flat.setdefault("@used", []).append(document)
            else:               # the office asks about exports that a house names
                _add(house, "PreviousDocument", document)
        for one in item.get("@PRODOCDC2") or ():
            _produced(one, house, item, flat)
        for one in item.get("@SPEMENMT2") or ():
            code, text = one.get("AddInfCodMT23", ""), one.get("AddInfMT21", "")
            if code == GUARANTEE:
                flat.setdefault("@CAL", []).append(text)
                flat.setdefault("@used", []).append(code)
            elif code or text:
                _add(item, "AdditionalInformation", {"code": code, "text": text})


def _produced(one: dict, house: dict, item: dict, flat: dict) -> None:
    """Put a produced document where its type belongs."""
    if one.get("DocTypDC21") == TIR_CARNET and one.get("DocRefDC23"):
        flat.setdefault("TransitOperation", {})["TIRCarnetNumber"] = one["DocRefDC23"]
        flat.setdefault("@used", []).append(one["DocTypDC21"])
        return
    document = _document(one, "DocTypDC21", "DocRefDC23", "ComOfInfDC25",
                         (SUPPORTING, TRANSPORT, REFERENCE))
    type_ = document.get("type", "")
    if codelist(TRANSPORT).has(type_):
        known = house.get("TransportDocument") or ()
        if document in known:
            flat.setdefault("@used", []).append(document)
        else:
            _add(house, "TransportDocument", document)
    elif codelist(REFERENCE).has(type_) and not codelist(SUPPORTING).has(type_):
        _add(item, "AdditionalReference", document)
    else:
        _add(item, "SupportingDocument", document)


def _document(one: dict, type_: str, reference: str, more: str, lists: tuple[str, ...]) -> dict:
    """Return a document; a type of phase 4 without its N gets it where a list has it so."""
    code = one.get(type_, "")
    if code and not any(codelist(name).has(code) for name in lists):
        longer = f"N{code}"
        if any(codelist(name).has(longer) for name in lists):
            code = code.like(longer) if hasattr(code, "like") else longer
    found = {"type": code, "referenceNumber": one.get(reference, ""),
             "complementOfInformation": one.get(more, "")}
    return {name: value for name, value in found.items() if value}


def _add(group: dict, name: str, document: dict) -> None:
    """Add a document to a list."""
    group.setdefault(name, []).append(document)
