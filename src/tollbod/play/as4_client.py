"""A trader's software on AS4: a message is pushed with its files, answers are pulled and receipted.

What it needs lies in a folder, as customs' end has one: `key.pem` and `chain.pem`, with which the
trader signs; `anchors.pem`, the authorities that it trusts; `customs.pem`, the certificate with
which customs signs; perhaps `tls.pem` (chain and key) for mutual TLS, and `host`, a line with the
name in its message ids.
"""
import secrets
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tollbod.office.attachments import media_of
from tollbod.transport.as4 import Dialled, mutual_tls
from tollbod.wire import forms
from tollbod.wire.as4 import envelope, token
from tollbod.wire.as4.agreement import Refused, agreed
from tollbod.wire.as4.envelope import Header, Part, customs, trader
from tollbod.wire.as4.station import Post, Station, told

NOTHING = "EBMS:0006"           # there is no message to fetch


class Unfit(Exception):
    """The folder of AS4 cannot be used; the text says why."""


class Trader:
    """One trader's end of AS4, and the line to customs."""

    def __init__(self, folder: Path, url: str, eori: str) -> None:
        self.eori, self.url = eori, url
        try:
            key = load_pem_private_key((folder / "key.pem").read_bytes(), None)
            if not isinstance(key, RSAPrivateKey):
                raise ValueError("key.pem is no RSA key")
            chain, anchors, theirs = (
                tuple(x509.load_pem_x509_certificates((folder / f"{name}.pem").read_bytes()))
                for name in ("chain", "anchors", "customs"))
            own, host = folder / "tls.pem", folder / "host"
            self.host = host.read_text("utf-8").strip() if host.exists() else "trader.example"
            tls = mutual_tls(folder / "anchors.pem", own, own) if own.exists() else None
        except (OSError, ValueError, TypeError) as error:
            raise Unfit(f"{folder}: {error}") from error
        self.station, self.customs = Station(key, chain, anchors), token.fingerprint(theirs[0])
        self.line = Dialled(url, tls)

    def send(self, data: bytes, files: tuple[tuple[str, bytes], ...] = ()) -> str:
        """Push a message with its files; the MessageId once customs has confirmed each part.

        Raises Refused for what customs says in the words of ebMS, Unreachable.
        """
        header = Header(self._ident(), datetime.now(UTC), trader(self.eori), customs(),
                        agreed()["service to customs"], forms.read(data).ie)
        parts = (Part("message", agreed()["message type"], data),
                 *(Part(name, media_of(content), content) for name, content in files))
        sent = self.station.user_message(header, parts)
        answer = Post(*self.line.post(*sent))
        self.station.confirmed(sent, answer, datetime.now(UTC), self.customs)
        return header.id

    def pull(self) -> tuple[str, bytes] | None:
        """Return the next message and confirm it; None when there is none. Raises as `send` does.

        It is confirmed when the caller asks for the next one: see `confirm`.
        """
        now = datetime.now(UTC)
        asked = self.station.pull_request(self.eori, self._ident(), now)
        came = Post(*self.line.post(*asked))
        opened, signed = self.station.read(came, now)
        if token.fingerprint(signed.certificate) != self.customs:
            raise Refused("EBMS:0101", "the answer is not signed by customs")
        if opened.kind == "Error":
            fault = told(opened)
            if fault.fault.code == NOTHING:
                return None
            raise fault
        receipt = self.station.receipt(opened, signed, self._ident(), now)
        self._waiting = receipt
        return envelope.header_of(opened).action, envelope.parts_of(opened)[0].data

    def confirm(self) -> None:
        """Confirm the message pulled last: it is kept, so the next one may come."""
        self.line.post(*self._waiting)

    def _ident(self) -> str:
        return f"{secrets.token_hex(16)}@{self.host}"
