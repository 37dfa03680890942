"""The listening end of AS4, POST /as4, and the folder that says who may speak there.

The folder (TOLLBOD_AS4) holds `host`, a line with our name in message ids; `key.pem` and
`chain.pem`, with which customs signs (its certificate first); `anchors.pem`, the authorities that
are trusted; and `parties/EORI.pem`, the certificates that a party has registered, with
`parties/EORI.url`, a line with its endpoint, where it wants to be pushed to. With `tls.pem`
(key and chain of the listening end) there is mutual TLS: only who shows a certificate of an
authority in `anchors.pem` is let in.
"""
import ssl
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from litestar import Litestar, Request, Response, post
from litestar.datastructures import State

from tollbod.office import as4, as4_push
from tollbod.store.streams import Store
from tollbod.transport.as4 import Dialled
from tollbod.transport.as4 import mutual_tls as mutual_tls_out
from tollbod.web import access, problems
from tollbod.web.body import bounded
from tollbod.web.house import House
from tollbod.web.problems import Problem
from tollbod.wire.as4 import mime
from tollbod.wire.as4.agreement import Refused
from tollbod.wire.as4.station import Post, Station
from tollbod.wire.as4.token import Chain, fingerprint


class Unfit(Exception):
    """The folder of AS4 cannot be used; the text says why."""


def gate(folder: Path) -> as4.Gate:
    """Return customs' end as a folder describes it. Raises Unfit."""
    try:
        key = load_pem_private_key((folder / "key.pem").read_bytes(), None)
        if not isinstance(key, RSAPrivateKey):
            raise ValueError("key.pem is no RSA key")
        chain = _certificates(folder / "chain.pem")
        if chain[0].public_key() != key.public_key():
            raise ValueError("key.pem does not belong to the first certificate of chain.pem")
        station = Station(key, chain, _certificates(folder / "anchors.pem"))
        host = (folder / "host").read_text("utf-8").strip()
        registered = {file.stem: frozenset(map(fingerprint, _certificates(file)))
                      for file in sorted((folder / "parties").glob("*.pem"))}
        pushed = {file.stem: _endpoint(file) for file in sorted((folder / "parties").glob("*.url"))}
        if missing := pushed.keys() - registered.keys():
            raise ValueError(f"an endpoint, but no certificate: {', '.join(sorted(missing))}")
    except (OSError, ValueError, TypeError) as error:
        raise Unfit(f"{folder}: {error}") from error
    return as4.Gate(station, host, registered, pushed)


def _endpoint(file: Path) -> str:
    """Return the address in a file. Raises ValueError for what is none."""
    url = file.read_text("utf-8").strip()
    if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
        raise ValueError(f"{file.name}: {url[:80]!r} is no address")
    return url


def dial(folder: Path, url: str) -> Dialled:
    """Return the line to a party's endpoint, by mutual TLS where we have a certificate for that."""
    own = folder / "tls.pem"
    tls = mutual_tls_out(folder / "anchors.pem", own, own) \
        if url.startswith("https:") and own.exists() else None
    return Dialled(url, tls, tries=1, timeout=as4_push.DIAL_SECONDS)


def _certificates(file: Path) -> Chain:
    return tuple(x509.load_pem_x509_certificates(file.read_bytes()))


def mutual_tls(folder: Path) -> dict[str, Any]:
    """Return how uvicorn listens by mutual TLS (Python's own floor is TLS 1.2)."""
    own = str(folder / "tls.pem")
    return {"ssl_certfile": own, "ssl_keyfile": own, "ssl_cert_reqs": ssl.CERT_REQUIRED,
            "ssl_ca_certs": str(folder / "anchors.pem")}


def app(house: House) -> Litestar:
    """Return an application that answers nothing but AS4, for the port with mutual TLS."""
    return Litestar([endpoint], state=State({"house": house}), openapi_config=None,
                    exception_handlers=dict(problems.HANDLERS), logging_config=None,
                    on_shutdown=[house.close])


@post("/as4", include_in_schema=False, status_code=200, request_max_body_size=None)
async def endpoint(request: Request) -> Response[bytes]:
    """Answer a message of AS4 by a receipt, a message or an error signal; all of them are 200."""
    house = access.house(request)
    if house.gate is None:
        raise Problem(404, "No AS4 here", "this house is not configured for AS4",
                      "dette huset er ikke satt opp for AS4")
    at = datetime.now(UTC)
    try:
        data = await bounded(request, mime.largest())
    except Problem as problem:
        refused = Refused("EBMS:0004", problem.detail)
        told = house.gate.station.error(refused, "", house.gate.ident(), at)
    else:
        came = Post(request.headers.get("Content-Type", ""), data)
        told = await house.patiently(_answer, house, came, at)
    return Response(told.data, media_type=told.media or "text/plain",
                    status_code=200 if told.data else 204)


def _answer(store: Store, house: House, came: Post, at: datetime) -> Post:
    return as4.answer(store, house.node, house.gate, house.world, came, at)
