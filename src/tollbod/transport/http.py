"""The link to another node over HTTP: ask what it has, give what it lacks.

Every request is signed with the secret the nodes share: HMAC-SHA256 over the path with its query
and the body. A repeat sends the identical bytes; the receiver takes only the next number.
"""
import hmac
from urllib.parse import quote

import httpx

SIGNATURE = "X-Tollbod-Signature"
TIMEOUT_SECONDS = 10.0


class Unreachable(Exception):
    """The other node did not answer, or not as it should; the text says what it said."""


def sign(secret: str, path: str, body: bytes) -> str:
    """Return the signature of a request.

    >>> sign("s", "/api/v1/links/NO?world=w&first=1", b"")[:8]
    '860b6022'
    """
    return hmac.new(secret.encode(), path.encode() + b"\n" + body, "sha256").hexdigest()


class Line:
    """The dialled side of one link: from our node `name` to the node that runs `country`."""

    def __init__(self, url: str, name: str, country: str, secret: str) -> None:
        self.url, self.secret = url.rstrip("/"), secret
        self.path = f"/api/v1/links/{name}?to={country}&world="
        self.client = httpx.Client(timeout=TIMEOUT_SECONDS, trust_env=False)

    def last(self, world: str) -> int:
        """Return the last number that the other node has taken. Raises Unreachable."""
        return self._ask("GET", self.path + quote(world, safe=""), b"")

    def give(self, world: str, first: int, body: bytes) -> int:
        """Give messages from number `first` on; the last number now taken. Raises Unreachable."""
        return self._ask("POST", f"{self.path}{quote(world, safe='')}&first={first}", body)

    def _ask(self, method: str, path: str, body: bytes) -> int:
        headers = {SIGNATURE: sign(self.secret, path, body),
                   "Content-Type": "application/msgpack"}
        try:
            answer = self.client.request(method, self.url + path, content=body, headers=headers)
            answer.raise_for_status()
            return int(answer.json()["last"])
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise Unreachable(f"{method} {self.url}: {error}") from error

    def close(self) -> None:
        """Let the connection go."""
        self.client.close()
