"""Rules of ICS2 about goods items, their documents, and what an amendment leaves as it was."""
import re
from collections.abc import Iterator

from tollbod.rules.rule import Place, Reading, at, lack, rule, same, value
from tollbod.wire.message import Node

MASTER = "consignmentMasterLevel"
HOUSE = f"{MASTER}/consignmentHouseLevel"
NUMBER = "goodsItemNumber"
DOCUMENT = "transportDocumentHouseLevel/documentNumber"
CUS = re.compile("[0-9]{7}-[0-9]")
CONTAINER = re.compile("[A-Z]{4}[0-9]{7}")
LOWEST_LEVEL = "2"          # CL745


def _counted(items: list[Node]) -> Iterator[Place]:
    for due, item in enumerate(items, 1):
        node = item.first(NUMBER)
        if node is not None and value(node) != str(due):
            yield at(node, f"Here stands {value(node)}, due is {due}.",
                     f"Her står {value(node)}, ventet er {due}.")


@rule("R3016", "Varepostene i hovedsendingen er nummerert 1, 2, 3 og så videre, uten hull. "
      "Nummerer dem på nytt.")
def master_items_are_numbered(m: Reading) -> Iterator[Place]:
    """The goods items of the master consignment are numbered 1, 2, 3 and so on without gaps. Number
    them again."""
    if m.bound("R3016"):
        yield from _counted(m.all(f"{MASTER}/goodsItem"))


@rule("R3017", "Varepostene i hver delsending er nummerert 1, 2, 3 og så videre, uten hull. "
      "Nummerer dem på nytt.")
def house_items_are_numbered(m: Reading) -> Iterator[Place]:
    """The goods items of each house consignment are numbered 1, 2, 3 and so on without gaps. Number
    them again."""
    for house in m.all(HOUSE) if m.bound("R3017") else ():
        yield from _counted(house.all("goodsItem"))


@rule("R3020", "Et CUS-nummer har sju sifre, bindestrek og ett siffer. Rett nummeret.")
def cus_codes_have_their_form(m: Reading) -> Iterator[Place]:
    """A CUS code has seven digits, a hyphen and one digit. Correct the number."""
    for node in m.bound_nodes("R3020"):
        if not CUS.fullmatch(value(node)):
            yield at(node)


@rule("R3021", "Et containernummer har fire bokstaver og sju sifre (ISO 6346). Rett nummeret.")
def containers_have_their_form(m: Reading) -> Iterator[Place]:
    """A container number has four letters and seven digits (ISO 6346). Correct the number."""
    for node in m.bound_nodes("R3021"):
        if not CONTAINER.fullmatch(value(node)):
            yield at(node)


@rule("R3024", "En endring lar dette stå som det ble registrert, og legger ikke til varer eller "
      "delsendinger. Sett inn det som sto, eller send en ny deklarasjon og kanseller denne.",
      code="104", needs="the filing that is amended")
def what_must_stay_stays(m: Reading) -> Iterator[Place]:
    """An amendment leaves this as it was registered, and adds no goods or house consignments. Put
    back what stood there, or send a new filing and invalidate this one."""
    before = m.earlier(f"IE3F{m.kind[4:]}")
    if not m.bound("R3024") or before is None or before is m.root:
        return
    for path in m.bound("R3024"):
        if not path.startswith(HOUSE) and not path.endswith(NUMBER):
            yield from _stays(m, before, path)
    yield from _added(before.all(f"{MASTER}/goodsItem"), m.all(f"{MASTER}/goodsItem"))
    known = _houses(before.all(HOUSE))
    for key, house in _houses(m.all(HOUSE)).items():
        if key not in known:
            yield at(house, code="101")
        else:
            yield from _added(known[key].all("goodsItem"), house.all("goodsItem"))


def _stays(m: Reading, before: Node, path: str) -> Iterator[Place]:
    was, now = before.first(path), m.first(path)
    if was is None and now is not None:
        yield at(now)
    elif now is None and was is not None:
        yield lack(m.root, path, f"{value(was)} stood there." if value(was) else "",
                   f"{value(was)} sto der." if value(was) else "")
    elif was is not None and value(was) != value(now):
        yield at(now, f"{value(was)} stood there.", f"{value(was)} sto der.")


def _added(before: list[Node], now: list[Node]) -> Iterator[Place]:
    """Yield the items whose number the filing did not have."""
    known = {item.get(NUMBER).strip() for item in before}
    for item in now:
        if item.get(NUMBER).strip() not in known:
            yield at(item.first(NUMBER) or item, code="101")


def _houses(houses: list[Node]) -> dict[str, Node]:
    """Return the house consignments by their document, or by their place where they name none."""
    return {house.get(DOCUMENT).strip() or f"no. {n}": house for n, house in enumerate(houses)}


@rule("R3031", "Det som er likt for alle varepostene i en delsending, oppgis én gang for "
      "delsendingen. Flytt det opp.")
def what_items_share_is_said_once(m: Reading) -> Iterator[Place]:
    """What is the same for all goods items of a house consignment is given once, for the house
    consignment. Move it up.

    With a single item nothing can differ, and nothing is found.
    """
    names = [path.rpartition("/")[2] for path in m.bound("R3031") if "/goodsItem/" in path]
    for house in m.all(HOUSE) if names else ():
        items = house.all("goodsItem")
        for name in names if len(items) > 1 else ():
            said = [[same(node) for node in item.all(name)] for item in items]
            if said[0] and all(one == said[0] for one in said[1:]):
                yield at(items[0].first(name), f"All {len(items)} items say the same.",
                         f"Alle {len(items)} varepostene sier det samme.")


@rule("R3051", "Her meldes data på laveste nivå: type 2. Rett typen.")
def house_filers_file_lowest_level_data(m: Reading) -> Iterator[Place]:
    """What is filed here is lowest-level data: type 2. Correct the type."""
    for node in m.bound_nodes("R3051"):
        if value(node) != LOWEST_LEVEL:
            yield at(node)


@rule("R3052", "Hvert transportdokument på husnivå står bare én gang i deklarasjonen. Rett "
      "nummeret eller ta bort gjentakelsen.", code="81")
def each_house_document_stands_once(m: Reading) -> Iterator[Place]:
    """Each transport document of a house stands only once in the filing. Correct the number or
    remove the repetition."""
    seen = set()
    for node in m.bound_nodes("R3052"):
        key = node.get("documentNumber").strip(), node.get("type").strip()
        if key in seen:
            yield at(node.first("documentNumber") or node)
        seen.add(key)
