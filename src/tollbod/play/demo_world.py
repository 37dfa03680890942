"""The world of the demo: fictional traders with authorisations, and guarantees in three countries.

Numbers are from ranges that are not given out. Made once in a data folder; a later demo finds it.
"""
from typing import NamedTuple

import msgspec

from tollbod.case.model import Party
from tollbod.office import officer
from tollbod.play.world import guarantee_office
from tollbod.risk import synthetic
from tollbod.risk.control_filter import FILTER
from tollbod.store.streams import Store

WORLD = "demo"
DECLARANT, CONSIGNEE = "NO310000019", "DE100000001"
GRN = "25NO3650010001230"


class Surety(NamedTuple):
    """A guarantee to be registered."""

    grn: str
    holder: str
    reference_cent: int
    access_code: str


PARTIES = (
    Party(id=DECLARANT, name="Fjord Frakt (fictional)", street="Kaiveien 1", postcode="0150",
          city="Oslo", country="NO", language="no", authorisations={"C521": "NOACR000001"},
          contact="Desk", phone="+47 00000000", mail="desk@example.no"),
    Party(id="NO310000027", name="Fjell Handel (fictional)", street="Lia 2", postcode="2609",
          city="Lillehammer", country="NO", language="no"),
    Party(id="SE200000001", name="Västra Lager (fictional)", street="Packhusgatan 3",
          postcode="411 13", city="Göteborg", country="SE", language="sv",
          authorisations={"C521": "SEACR000001", "C522": "SEACE000001"}),
    Party(id=CONSIGNEE, name="Elbe Lager (fictional)", street="Musterkai 1", postcode="20457",
          city="Hamburg", country="DE", language="de", authorisations={"C522": "DEACE000001"}),
)
GUARANTEES = (
    Surety(GRN, DECLARANT, 1_000_000, "AC01"),
    Surety("25NO3650010001249", "NO310000027", 500_000, "PL01"),
    Surety("25SE0000500000012", "SE200000001", 2_000_000, "SE01"),
    Surety("25DE0046000000011", DECLARANT, 2_500_000, "DE01"),
)


def furnish(store: Store) -> None:
    """Enter traders, guarantees and synthetic criteria; what is there already stays as it is."""
    if not store.party(WORLD, FILTER):
        store.put_party(WORLD, FILTER, msgspec.json.encode(synthetic.criteria()))
    for party in PARTIES:
        store.put_party(WORLD, party.id, msgspec.json.encode(party))
    for one in GUARANTEES:
        key, receipt = officer.act(
            store, WORLD, guarantee_office(one.grn), one.grn, "register", "officer",
            f"register {one.grn}", {
                "grn": one.grn, "type": "1", "holder": one.holder,
                "reference_cent": one.reference_cent, "access_codes": [one.access_code]})
        officer.outcome(store, key, receipt, patience=60)
