"""Tokens: what POST /token grants, and what an access token says.

The grant is that of RFC 7523 as Maskinporten uses it: an assertion of at most 120 seconds, signed
RS256, RS384 or RS512 by a key that is registered for the client. In the test environment every
registered party is a client too, with the secret `demo`, and so is `officer`. Time here is real
time, never the clock of a world.
"""
import secrets
import time
from typing import Any, NamedTuple

import msgspec
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import import_key

from tollbod.case.model import Party
from tollbod.store.streams import Store
from tollbod.web import clients
from tollbod.web.house import House
from tollbod.web.keys import TooMany
from tollbod.web.problems import Problem

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
ALGORITHMS = ("RS256", "RS384", "RS512")
CLAIMS = {"aud", "iss", "scope", "iat", "exp", "jti", "resource"}
LONGEST_SECONDS = 120           # from iat to exp of an assertion
SKEW_SECONDS = 10               # a client's clock may be so much ahead
LIFE_SECONDS = 970              # of an access token
LONGEST_ASSERTION = 16_000      # characters
DEMO_SECRET = "demo"
OFFICER = "officer"


class Caller(NamedTuple):
    """Who asks: a party (or an officer), for what, in which world, at which offices.

    `offices` are reference numbers, or countries for all their offices; none given: all of them.
    """

    party: str
    scopes: frozenset[str]
    world: str
    offices: tuple[str, ...] = ()

    def serves(self, office: str) -> bool:
        """Tell whether an officer may act at an office."""
        return not self.offices or office.startswith(self.offices)


def refused(code: str, detail: str, nb: str, status: int = 400) -> Problem:
    """Return a refusal in the words of RFC 6749, section 5.2."""
    headers = {"WWW-Authenticate": 'Basic realm="tollbod"'} if status == 401 else {}
    return Problem(status, "No token", detail, nb, error=code, headers=headers)


def grant(store: Store, house: House, form: dict[str, str]) -> tuple[str, Caller]:
    """Return an access token for what a form of POST /token asks. Raises Problem."""
    kind = form.get("grant_type", "")
    if kind == JWT_BEARER:
        caller = _by_assertion(store, house, form.get("assertion", ""))
    elif kind == "client_credentials" and house.node.test:
        caller = _by_demo_secret(store, house, form)
    else:
        raise refused("unsupported_grant_type", f"grant_type must be {JWT_BEARER}",
                      f"grant_type må være {JWT_BEARER}")
    return issue(house, caller), caller


def issue(house: House, caller: Caller, life_seconds: int = LIFE_SECONDS) -> str:
    """Return a signed access token."""
    now = int(time.time())
    claims = {"iss": house.issuer, "sub": caller.party, "scope": " ".join(sorted(caller.scopes)),
              "world": caller.world, "iat": now, "exp": now + life_seconds,
              "jti": secrets.token_urlsafe(12), "offices": list(caller.offices)}
    return jwt.encode({"alg": "HS256"}, claims, house.key, algorithms=["HS256"])


def read(house: House, token: str) -> Caller | None:
    """Return whom an access token of ours is for; None if it is not ours or has expired."""
    try:
        claims = jwt.decode(token, house.key, algorithms=["HS256"]).claims
    except (JoseError, ValueError, TypeError):
        return None
    if claims.get("exp", 0) <= time.time() or claims.get("iss") != house.issuer:
        return None
    offices = tuple(claims.get("offices", ())) or house.node.countries
    return Caller(claims["sub"], frozenset(claims["scope"].split()), claims["world"], offices)


def _by_assertion(store: Store, house: House, assertion: str) -> Caller:
    if not assertion or len(assertion) > LONGEST_ASSERTION:
        raise refused("invalid_request", "assertion is missing or too long",
                      "assertion mangler eller er for lang")
    header, claims = _unverified(assertion)
    if header.get("alg") not in ALGORITHMS:
        raise refused("invalid_grant", f"alg must be one of {', '.join(ALGORITHMS)}",
                      f"alg må være en av {', '.join(ALGORITHMS)}")
    issuer = claims.get("iss")
    client = None
    if isinstance(issuer, str):
        client = house.clients.get(issuer) or clients.registered(store, house.world, issuer)
    if client is None or not _signed(assertion, header, client):
        raise refused("invalid_grant", "no client with that iss has registered a key that made "
                      "this signature", "ingen klient med denne iss har registrert en nøkkel som "
                      "har laget signaturen")
    _in_order(house, claims)
    _fresh(house, claims)
    scopes = _scopes(client, claims.get("scope", ""))
    return Caller(client.party, scopes, house.world, client.offices)


def _unverified(assertion: str) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        parts = jws.extract_compact(assertion.encode())
        claims = msgspec.json.decode(parts.payload, type=dict[str, Any])
        return parts.headers(), claims
    except (JoseError, ValueError, TypeError, UnicodeError) as error:
        raise refused("invalid_grant", "the assertion is not a signed JWT",
                      "assertion er ikke en signert JWT") from error


def _signed(assertion: str, header: dict[str, Any], client: clients.Client) -> bool:
    """Tell whether one of the client's keys made the signature; `kid` may say which."""
    for key in client.keys:
        if "kid" in header and key.get("kid", header["kid"]) != header["kid"]:
            continue
        if key.get("kty") != "RSA":
            continue
        try:
            jwt.decode(assertion, import_key(key, "RSA"), algorithms=list(ALGORITHMS))
            return True
        except (JoseError, ValueError, TypeError):
            continue
    return False


def _in_order(house: House, claims: dict[str, Any]) -> None:
    """Refuse claims that are unknown, missing, out of time or meant for somebody else."""
    unknown = sorted(set(claims) - CLAIMS)
    if unknown:
        raise refused("invalid_grant", f"unknown claims: {', '.join(unknown)[:200]}",
                      f"ukjente claims: {', '.join(unknown)[:200]}")
    base = house.issuer
    aud = claims.get("aud")
    if aud not in (base, f"{base}/", f"{base}/api/v1/token"):
        raise refused("invalid_grant", f"aud must be {base}", f"aud må være {base}")
    iat, exp, jti = claims.get("iat"), claims.get("exp"), claims.get("jti")
    times = all(isinstance(one, int | float) and not isinstance(one, bool) for one in (iat, exp))
    if not times or not isinstance(jti, str) or not 0 < len(jti) <= 200:
        raise refused("invalid_grant", "iat, exp (numbers) and jti (text) are needed",
                      "iat, exp (tall) og jti (tekst) må være med")
    now = time.time()
    if not iat <= now + SKEW_SECONDS or not now < exp or not 0 < exp - iat <= LONGEST_SECONDS:
        raise refused("invalid_grant", f"the assertion must be valid now, for at most "
                      f"{LONGEST_SECONDS} seconds from iat to exp",
                      f"assertion må være gyldig nå, høyst {LONGEST_SECONDS} sekunder fra iat "
                      f"til exp")


def _fresh(house: House, claims: dict[str, Any]) -> None:
    """Refuse an assertion that was used, or that may have been before we started."""
    try:
        fresh = claims["iat"] >= int(house.used.began) and house.used.first(
            claims["iss"], claims["jti"], claims["exp"])
    except TooMany:
        raise Problem(503, "Busy", "too many assertions at once; try again in a minute",
                      "for mange assertions på én gang; prøv igjen om et minutt",
                      headers={"Retry-After": "60"}) from None
    if not fresh:
        raise refused("invalid_grant", "this assertion was used, or is older than this server's "
                      "start: make a new one", "denne assertion er brukt, eller eldre enn "
                      "oppstarten av denne tjeneren: lag en ny")


def _scopes(client: clients.Client, wanted: Any) -> frozenset[str]:
    asked = frozenset(wanted.split()) if isinstance(wanted, str) else frozenset("?")
    if not asked <= set(client.scopes):
        raise refused("invalid_scope", f"this client may have: {' '.join(client.scopes)}",
                      f"denne klienten kan få: {' '.join(client.scopes)}")
    return asked or frozenset(client.scopes)


def _by_demo_secret(store: Store, house: House, form: dict[str, str]) -> Caller:
    """Grant what the test environment gives everybody who knows how: the secret is `demo`."""
    id, world = form.get("client_id", ""), form.get("world") or house.world
    if form.get("client_secret") == DEMO_SECRET:
        if id == OFFICER:
            return Caller(OFFICER, frozenset([OFFICER]), world,
                          tuple(form.get("offices", "").split()))
        if party(store, world, id):
            return Caller(id, frozenset(["trader"]), world)
    raise refused("invalid_client", "in the test environment client_id is a registered party or "
                  "`officer`, and client_secret is `demo`", "i testmiljøet er client_id en "
                  "registrert part eller `officer`, og client_secret er `demo`", 401)


def party(store: Store, world: str, id: str) -> Party | None:
    """Return a party of the register; what else lies in the register is none."""
    body = store.party(world, id) if id.isascii() and id.isalnum() else None
    return msgspec.json.decode(body, type=Party) if body else None
