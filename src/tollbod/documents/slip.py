"""The slip (talong) of a pure prenotification: seven items and nothing else.

PRE-TALONG-01, PRE-TALONG-03..10.
"""
from dataclasses import dataclass
from datetime import datetime

from tollbod.documents.content import Known
from tollbod.documents.transit import prepared
from tollbod.documents.typeset import Sheet, drawn
from tollbod.wire.message import Message

INSCRIPTION = "Forhåndsvarsel – Norge"      # in every language: the page demands these words


@dataclass(frozen=True, slots=True)
class Slip:
    """What a slip tells besides its inscription; the MRN stands in the barcode too."""

    mrn: str
    transporter: str
    notifier: str                           # holder of the procedure, or who notifies
    packages: str
    gross_mass: str                         # kg


def sheet(slip: Slip, language: str, dated: datetime) -> Sheet:
    """Return the slip as a sheet; the date goes into the file's properties, not on the paper."""
    known = {"mrn": slip.mrn, "transporter": slip.transporter, "notifier": slip.notifier,
             "packages": slip.packages, "gross": slip.gross_mass}
    return Sheet(INSCRIPTION, slip.mrn, language, dated, (tuple(drawn("slip", (), known)),))


def of(message: Message, language: str, known: Known) -> Sheet:
    """Return the slip of a pure prenotification (CC015N); its MRN is `known`, from the IE028."""
    def party(path: str) -> str:
        return message.get(f"{path}/name") or message.get(f"{path}/identificationNumber")
    slip = Slip(message.get("TransitOperation/MRN") or known.get("mrn", ""), party("Carrier"),
                party("Filer"), message.get("Goods/numberOfPackages"),
                message.get("Goods/grossMass"))
    return sheet(slip, language, prepared(message))
