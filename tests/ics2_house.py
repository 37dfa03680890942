"""A running house with those who file in ICS2, for the tests of their pages and clients."""
import contextlib

import msgspec
from web_house import NODE, WORLD, Site, answering, own_database, working

from tollbod.case.model import Party
from tollbod.play import specimen
from tollbod.store.streams import Store

FILER = specimen.HOLDER
CARRIER = "SE200000001"
PARTIES = (
    *(msgspec.structs.replace(one, phone="+47 99 00 00 00", mail="desk@example.no",
                              notices=("IE3N03", "IE3N09")) for one in specimen.PARTIES),
    Party(id=CARRIER, name="Västra Linje (fictional)", street="Packhusgatan 3", postcode="41113",
          city="Göteborg", country="SE"),
)
DESCRIPTION = ("consignmentMasterLevel/consignmentHouseLevel/goodsItem/commodity/"
               "descriptionOfGoods")
CRITERIA = [{"id": "CR1", "path": DESCRIPTION, "how": "contains", "value": "Precursor"}]


@contextlib.contextmanager
def ics2_house(conninfo, folder, **settings):
    """A house whose control filter looks for precursors."""
    with own_database(conninfo) as own:
        with Store(own) as store:
            store.create_world(WORLD)
            for party in PARTIES:
                store.put_party(WORLD, party.id, msgspec.json.encode(party))
            store.put_party(WORLD, "control filter", msgspec.json.encode(CRITERIA))
        node = settings.pop("node", NODE)
        with working(own, node), answering(own, folder, node, **settings) as url:
            yield Site(url, own)
