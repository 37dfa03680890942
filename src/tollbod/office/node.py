"""What this installation is: the countries whose offices it runs, and the nodes it talks to."""
import hmac
import os
from typing import NamedTuple

from tollbod.national.profile import interface_office

CREW = 64                       # numbers of workers that one crew has for itself


class Node(NamedTuple):
    """One installation. `peers` gives the address of the node that runs another country."""

    countries: tuple[str, ...]
    peers: dict[str, str] = {}              # country: http://host:port
    secret: str = ""                        # shared by the nodes that talk to each other
    test: bool = False                      # test environment: clock and officer may be played
    access_key: bytes = b""                 # under which access codes are kept; see `keyed`
    regime: str = "founding"                # which dated law holds: founding | current

    @property
    def repository(self) -> str:
        """Return the office where what filings of ICS2 share is kept, whatever office they name."""
        return interface_office(self.countries[0])

    def hosts(self, office: str) -> bool:
        """Tell whether an office, or a country, is run here."""
        return office[:2] in self.countries

    def keyed(self, text: str) -> str:
        """Return the digest of a secret under this node's key: HMAC-SHA256, 64 hexadecimal digits.

        Without a key (worlds that live and die in one process) nothing is protected.
        """
        return hmac.digest(self.access_key, text.encode(), "sha256").hex()

    def reaches(self, country: str) -> bool:
        """Tell whether messages can go to a country: it is run here or by a peer."""
        return country in self.countries or country in self.peers


def from_environment() -> Node:
    """Read the node from TOLLBOD_COUNTRIES, TOLLBOD_PEERS, TOLLBOD_LINK_SECRET, TOLLBOD_TEST."""
    countries = tuple(os.environ.get("TOLLBOD_COUNTRIES", "NO,SE,DE").split(","))
    peers = dict(
        pair.split("=", 1) for pair in os.environ.get("TOLLBOD_PEERS", "").split(",") if pair
    )
    secret = os.environ.get("TOLLBOD_LINK_SECRET", "")
    if peers and not secret:
        raise SystemExit("TOLLBOD_PEERS is set: set TOLLBOD_LINK_SECRET too, the same at each node")
    return Node(countries, peers, secret, os.environ.get("TOLLBOD_TEST", "") == "1")
