"""How `serve` is configured: a TOML file named by TOLLBOD_CONFIG, and the environment over it.

    host = "127.0.0.1"              TOLLBOD_HOST
    port = 8400                     TOLLBOD_PORT (or --port)
    data = ".tollbod"               TOLLBOD_DATA          keys, and the embedded database
    world = "main"                  TOLLBOD_WORLD
    countries = ["NO", "SE", "DE"]  TOLLBOD_COUNTRIES     NO,SE,DE
    test = false                    TOLLBOD_TEST          1
    workers = 2                     TOLLBOD_WORKERS
    url = "https://..."             TOLLBOD_PUBLIC_URL    `aud` of assertions
    officer_secret = "..."          TOLLBOD_OFFICER_SECRET
    link_secret = "..."             TOLLBOD_LINK_SECRET
    access_key = "..."              TOLLBOD_ACCESS_KEY    of access codes; else access.key in `data`
    folders = "/srv/tollbod"        TOLLBOD_FOLDERS       where parties' folders lie; else none
    as4 = "/srv/as4"                TOLLBOD_AS4           the folder of `web/as4.py`; else no AS4
    as4_port = 8443                 TOLLBOD_AS4_PORT      where AS4 listens by mutual TLS
    regime = "founding"             TOLLBOD_REGIME        founding or current law
    contact = "..."                 TOLLBOD_CONTACT       whom the page of help names; besides
    contact_mail, contact_phone     TOLLBOD_CONTACT_MAIL, TOLLBOD_CONTACT_PHONE
    [peers]                         TOLLBOD_PEERS         SE=http://...,DE=http://...
    SE = "http://..."
    [[clients]]                     (file only)
    id = "..."
    party = "NO310000019"
    scopes = ["trader"]
    keys = [{ kty = "RSA", n = "...", e = "AQAB" }]
    [[parties]]                     (file only) the register of traders, entered at each start;
    id = "NO310000019"              the fields are those of `case.model.Party`
    name = "..."
    street = "..."
    city = "..."
    country = "NO"
    authorisations = { C521 = "NOACR000001" }
"""
import os
from pathlib import Path

import msgspec

from tollbod.case.model import Party
from tollbod.office.node import Node
from tollbod.spec.regime_tables import REGIMES
from tollbod.web.clients import SCOPES, Client

MOST_WORKERS = 64
LONGEST_ID = 17                 # characters of a party's id, an..17
SHORTEST_KEY = 32               # characters of a secret key


class Misconfigured(Exception):
    """The configuration cannot be used; the text says what and where."""


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `serve` needs to know; see the head of this file."""

    host: str = "127.0.0.1"
    port: int = 8400
    data: str = ".tollbod"
    world: str = "main"
    countries: tuple[str, ...] = ("NO", "SE", "DE")
    test: bool = False
    workers: int = 2
    url: str = ""
    officer_secret: str = ""
    link_secret: str = ""
    access_key: str = ""
    regime: str = "founding"
    folders: str = ""
    as4: str = ""
    as4_port: int = 8443
    contact: str = ""
    contact_mail: str = ""
    contact_phone: str = ""
    peers: dict[str, str] = {}
    clients: tuple[Client, ...] = ()
    parties: tuple[Party, ...] = ()

    @property
    def node(self) -> Node:
        """Return the node that these settings describe."""
        return Node(self.countries, self.peers, self.link_secret, self.test, regime=self.regime)

    @property
    def folder(self) -> Path:
        """Return the data folder."""
        return Path(self.data).absolute()


def read() -> Settings:
    """Return the settings of the file and the environment. Raises Misconfigured."""
    told = _file() | _environment()
    try:
        settings = msgspec.convert(told, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise Misconfigured(f"the configuration cannot be used: {error}") from error
    _judge(settings)
    for one in told.get("parties", ()):
        if unknown := one.keys() - set(Party.__struct_fields__):
            raise Misconfigured(f"party {one['id']}: there is no {', '.join(sorted(unknown))}")
    return settings


def _judge(settings: Settings) -> None:
    """Refuse what cannot work or would be unsafe."""
    if settings.peers and not settings.link_secret:
        raise Misconfigured("there are peers: set TOLLBOD_LINK_SECRET, the same at each node")
    if settings.access_key and len(settings.access_key) < SHORTEST_KEY:
        raise Misconfigured(f"TOLLBOD_ACCESS_KEY has fewer than {SHORTEST_KEY} characters")
    if settings.regime not in REGIMES:
        raise Misconfigured(f"TOLLBOD_REGIME is {' or '.join(REGIMES)}, not {settings.regime}")
    if not 1 <= settings.workers <= MOST_WORKERS:
        raise Misconfigured(f"workers must be 1 to {MOST_WORKERS}, not {settings.workers}")
    if not settings.world or "/" in settings.world or not settings.countries:
        raise Misconfigured("world and countries must be given; a world has no / in its name")
    for party in settings.parties:
        if not (party.id.isascii() and party.id.isalnum() and len(party.id) <= LONGEST_ID):
            raise Misconfigured(f"party {party.id:.40}: an id is 1 to {LONGEST_ID} letters and "
                                "digits")
    for client in settings.clients:
        if not set(client.scopes) <= set(SCOPES):
            raise Misconfigured(f"client {client.id}: scopes are {' and '.join(SCOPES)}")
        if any("d" in key for key in client.keys):
            raise Misconfigured(f"client {client.id}: a private key does not belong here")


def _file() -> dict:
    name = os.environ.get("TOLLBOD_CONFIG", "")
    if not name:
        return {}
    try:
        return msgspec.toml.decode(Path(name).read_bytes())
    except (OSError, msgspec.DecodeError) as error:
        raise Misconfigured(f"TOLLBOD_CONFIG: {name}: {error}") from error


def _environment() -> dict:
    names = {"host": "HOST", "port": "PORT", "data": "DATA", "world": "WORLD", "test": "TEST",
             "workers": "WORKERS", "url": "PUBLIC_URL", "officer_secret": "OFFICER_SECRET",
             "link_secret": "LINK_SECRET", "access_key": "ACCESS_KEY", "regime": "REGIME",
             "countries": "COUNTRIES", "peers": "PEERS",
             "folders": "FOLDERS", "as4": "AS4", "as4_port": "AS4_PORT",
             "contact": "CONTACT", "contact_mail": "CONTACT_MAIL",
             "contact_phone": "CONTACT_PHONE"}
    told: dict = {}
    for field, name in names.items():
        if value := os.environ.get(f"TOLLBOD_{name}", ""):
            told[field] = value
    if "test" in told:
        told["test"] = told["test"] in ("1", "true", "yes")
    if "countries" in told:
        told["countries"] = told["countries"].split(",")
    if "peers" in told:
        told["peers"] = dict(pair.partition("=")[::2] for pair in told["peers"].split(","))
    return told


def changed(settings: Settings, **changes: object) -> Settings:
    """Return settings with some of them changed."""
    return msgspec.structs.replace(settings, **changes)
