"""Dialling the other end of AS4: a body goes out, a body comes back; by mutual TLS if one wishes.

A repeat sends the identical bytes, so that the other end knows it again. Nothing here knows what
the bytes say.
"""
import ssl
import time
from collections.abc import Iterator
from pathlib import Path

import httpx

TIMEOUT_SECONDS = 30.0
TRIES = 5
FIRST_PAUSE_SECONDS = 0.5           # doubled from one try to the next
LARGEST_ANSWER = 24_000_000         # the parts of a message, and what is around them


class Unreachable(Exception):
    """The other end did not answer, or not as it should; the text says what it said."""


def mutual_tls(authorities: Path, chain: Path, key: Path) -> ssl.SSLContext:
    """Return how to dial: whom we trust, and the certificate that we show; TLS 1.2 or later."""
    context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=str(authorities))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(str(chain), str(key))
    return context


class Dialled:
    """The line to one address."""

    def __init__(self, url: str, tls: ssl.SSLContext | None = None, tries: int = TRIES,
                 pause: float = FIRST_PAUSE_SECONDS, timeout: float = TIMEOUT_SECONDS) -> None:
        self.url, self.tries, self.pause = url, tries, pause
        self.client = httpx.Client(timeout=timeout, trust_env=False,
                                   verify=tls if tls is not None else True)

    def post(self, media: str, data: bytes) -> tuple[str, bytes]:
        """Send a body, again if need be, and return content type and body of the answer.

        Raises Unreachable after the last try.
        """
        reason = ""
        for pause in self._pauses():
            try:
                return self._once(media, data)
            except (httpx.HTTPError, ValueError) as error:
                reason = str(error) or type(error).__name__
            time.sleep(pause)
        raise Unreachable(f"{self.url}: {reason}, tried {self.tries} times")

    def _pauses(self) -> Iterator[float]:
        for n in range(self.tries):
            yield self.pause * 2 ** n if n + 1 < self.tries else 0.0

    def _once(self, media: str, data: bytes) -> tuple[str, bytes]:
        """Send once. Raises httpx.HTTPError; ValueError for an answer that is too large."""
        headers = {"Content-Type": media}
        with self.client.stream("POST", self.url, content=data, headers=headers) as answer:
            answer.raise_for_status()
            pieces, size = [], 0
            for piece in answer.iter_bytes():
                size += len(piece)
                if size > LARGEST_ANSWER:
                    raise ValueError("the answer is too large")
                pieces.append(piece)
            return answer.headers.get("Content-Type", ""), b"".join(pieces)

    def close(self) -> None:
        """Let the connection go."""
        self.client.close()
