"""A trader's client over HTTP: a token, a message lodged once however often it is sent, a mailbox.

`Client` is what the demo, the scenarios against a URL and the commands `send` and `inbox` use. It
knows the paths of the API and nothing of what a message means.
"""
import json as json_form
import sys
import time
from pathlib import Path
from typing import Any

import httpx

from tollbod.wire import forms

TRIES = 6                       # the same bytes, when the network or the server fails
FIRST_PAUSE_SECONDS = 0.2       # doubled each time
TIMEOUT_SECONDS = 40.0          # longer than any wait we ask for
LONGEST_WAIT_SECONDS = 25
RENEW_SECONDS = 60              # before a token ends
MOST = 500
SUFFIX = {"xml": "xml", "json": "json", "edifact": "edi"}
MEDIA = {"xml": "application/xml", "json": "application/json", "edifact": "application/edifact"}
REFUSALS = ("IE056", "IE057", "IE906", "IE917", "IE3N01")
DEMO_PARTY, DEMO_SECRET = "NO310000019", "demo"
PASSING = (429, 502, 503, 504)  # answers after which it is worth while to try again


class Refused(Exception):
    """The customs house refused a request: HTTP status, and the reason as it told it."""

    def __init__(self, status: int, told: dict[str, Any]):
        super().__init__(told.get("detail") or told.get("title") or f"HTTP {status}")
        self.status, self.told = status, told


class Unreachable(Exception):
    """Nobody answered, also after several tries; the text says where."""


class Client:
    """One party, or `officer`, at one customs house, in one of its worlds."""

    def __init__(self, url: str, party: str, secret: str = DEMO_SECRET, world: str = "",
                 http: httpx.Client | None = None) -> None:
        self.url, self.party, self.secret, self.world = url.rstrip("/"), party, secret, world
        self.http = http or httpx.Client(timeout=TIMEOUT_SECONDS)
        self.token, self.until = "", 0.0

    def lodge(self, data: bytes, files: tuple[tuple[str, bytes], ...] = ()) -> dict[str, Any]:
        """Lodge a message; the receipt. A repeat, after a failure too, gives the first receipt.

        `files` go beside it, by the names that it gives them.
        """
        form = MEDIA[forms.sniff(data)]
        if files:
            parts = [("message", ("message", data, form)),
                     *(("file", (name, content)) for name, content in files)]
            return self.call("POST", "/messages", files=parts).json()
        return self.call("POST", "/messages", content=data, headers={"Content-Type": form}).json()

    def mailbox(self, after: int = 0, wait: float = 0.0) -> list[dict[str, Any]]:
        """Return what was sent to me after a marker; waits for something new if told to."""
        return self.call("GET", "/messages", params={
            "after": after, "limit": MOST, "wait": wait}).json()["messages"]

    def message(self, id: str) -> bytes:
        """Return the bytes of a message."""
        return self.call("GET", f"/messages/{id}").content

    def get(self, path: str, **params: Any) -> dict[str, Any]:
        """Return what a path tells."""
        return self.call("GET", path, params=params).json()

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Return what a path answers to a body."""
        return self.call("POST", path, json=body).json()

    def open_post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Return what a path answers that needs no token."""
        return _good(self._send("POST", path, {}, {"json": body})).json()

    def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Send a request with a token, again and again while the network fails.

        Raises Refused or Unreachable.
        """
        headers = more.pop("headers", {})
        answer = self._send(method, path, headers | self._bearer(), more)
        if answer.status_code == 401:
            self.until = 0.0                        # ended early: the server has other keys
            answer = self._send(method, path, headers | self._bearer(), more)
        return _good(answer)

    def _bearer(self) -> dict[str, str]:
        if time.monotonic() > self.until:
            form = {"grant_type": "client_credentials", "client_id": self.party,
                    "client_secret": self.secret} | ({"world": self.world} if self.world else {})
            told = _good(self._send("POST", "/token", {}, {"data": form})).json()
            self.token = told["access_token"]
            self.until = time.monotonic() + told["expires_in"] - RENEW_SECONDS
        return {"Authorization": f"Bearer {self.token}"}

    def _send(self, method: str, path: str, headers: dict, more: dict) -> httpx.Response:
        pause, why = FIRST_PAUSE_SECONDS, ""
        for number in range(TRIES):
            if number:
                time.sleep(pause)
                pause *= 2
            try:
                answer = self.http.request(method, f"{self.url}/api/v1{path}", headers=headers,
                                           **more)
            except (httpx.TransportError, httpx.InvalidURL) as error:
                why = str(error) or type(error).__name__
                if isinstance(error, httpx.UnsupportedProtocol | httpx.InvalidURL):
                    break
                continue
            if answer.status_code not in PASSING:
                return answer
            why = f"HTTP {answer.status_code}"
        raise Unreachable(f"no answer from {self.url}: {why}")


def _good(answer: httpx.Response) -> httpx.Response:
    if answer.is_success:
        return answer
    try:
        told = answer.json()
    except ValueError:
        told = {"detail": answer.text[:500]}
    raise Refused(answer.status_code, told if isinstance(told, dict) else {"detail": str(told)})


# The commands

def send(file: Path, to: str, party: str | None = None, secret: str = DEMO_SECRET,
         json: bool = False, attach: tuple[Path, ...] = (), as4: Path | None = None,
         wait: float = 0.0) -> int:
    """Lodge a message file and show the receipt; 0: taken, 1: refused, 2: no file or no answer.

    A message of ICS2 may have files beside it and go by AS4, and its answers are waited for.
    """
    from tollbod.play import files, ics2_client
    from tollbod.wire.message import Unreadable
    try:
        data = files.content(file)
    except Unreadable as error:
        return files.complain("send", file, error)
    try:
        if message := ics2_client.of_ics2(data):
            who = party or ics2_client.sender(message) or DEMO_PARTY
            return ics2_client.send(message, data, to, who, secret, json, attach, as4, wait)
        if attach or as4:
            print(f"tollbod send: {file}: only messages of ICS2 have files, or go by AS4",
                  file=sys.stderr)
            return 2
        told = Client(to, party or _sender(data), secret).lodge(data)
    except Refused as error:
        return _refused(error, json)
    except Unreachable as error:
        return _away("send", error)
    if json:
        print(json_form.dumps(told))
    elif told["verdict"] == "again":
        print(f"{told['ie']} {told['identification']} was lodged before; its receipt is "
              f"{told['id']}, of {told['at']}")
    else:
        print(f"{told['ie']} {told['identification']} is taken: receipt {told['id']}, {told['at']}")
    for one in [] if json else told.get("messages", []):
        _part(one)
    return 0


def _part(one: dict[str, Any]) -> None:
    """Show what became of one message of an interchange."""
    known = f"  receipt {one['id']}" if one.get("id") else ""
    print(f"  {one['reference']:14}  {one['ie']}  {one['verdict']}{known}")
    for fault in [*one.get("findings", []), *one.get("not_carried", [])]:
        print(f"    {fault['code']} {fault['path']}: {fault['text']}")


def _sender(data: bytes) -> str:
    """Return the sender that a message names: as whom to ask for a token when nobody was named."""
    from tollbod.wire.edifact.envelope import Interchange
    from tollbod.wire.edifact.reader import read
    from tollbod.wire.message import Unreadable
    try:
        if forms.sniff(data) == "edifact":
            return next(one.sender for one in read(data) if isinstance(one, Interchange))
        return forms.read(data).sender or DEMO_PARTY
    except Unreadable:
        return DEMO_PARTY


def inbox(to: str, party: str | None = None, secret: str = DEMO_SECRET, after: int = 0,
          follow: bool = False, json: bool = False, save: Path | None = None) -> int:
    """Show what was sent to a party, in order; with `follow` also what comes, until Ctrl-C.

    With `save` each message is written into that folder, in the form of the party.
    """
    client = Client(to, party or DEMO_PARTY, secret)
    try:
        while True:
            rows = client.mailbox(after, LONGEST_WAIT_SECONDS if follow else 0.0)
            reasons = _reasons(client, rows)
            for row in rows:
                after = row["marker"]
                why = reasons.get(row.get("correlation", ""), []) if row["ie"] in REFUSALS else []
                print(json_form.dumps(row | {"refused": why}) if json else
                      "\n".join([_line(row), *map(_reason, why)]), flush=True)
                if save is not None:
                    _save(client, row, save)
            if not follow and len(rows) < MOST:
                return 0
    except Refused as error:
        return _refused(error, json)
    except Unreachable as error:
        return _away("inbox", error)
    except KeyboardInterrupt:
        return 0
    except OSError as error:
        print(f"tollbod inbox: {save}: {error.strerror}", file=sys.stderr)
        return 2


def _reasons(client: Client, rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Return why messages were refused, by their identification: a letter has but the codes."""
    named = {row.get("correlation", "") for row in rows if row["ie"] in REFUSALS} - {""}
    if not named:
        return {}
    told = client.post("/received", {"identifications": sorted(named)})["messages"]
    return {one["identification"]: one.get("refused", []) for one in told}


def _reason(one: dict[str, Any]) -> str:
    """Return a reason as a line below its letter."""
    place = f" {one['path']}" if one["path"] else ""
    return f"        {' '.join(filter(None, (one['code'], one['rule'])))}{place}: {one['text']}"


def _save(client: Client, row: dict[str, Any], folder: Path) -> None:
    """Write a message into a folder; the file has its name when all of it is there."""
    data = client.message(row["id"])
    end = SUFFIX[forms.sniff(data)]
    folder.mkdir(parents=True, exist_ok=True)
    there = folder / f"{row['marker']:09}-{row['ie']}.{end}"
    staged = there.with_name(f".{there.name}.tmp")
    staged.write_bytes(data)
    staged.replace(there)


def _line(row: dict[str, Any]) -> str:
    about = row["mrn"] or row.get("lrn", "")
    return f"{row['marker']:>6}  {row['at'][:19]}  {row['ie']}  {about:22}  id {row['id']}"


def _refused(error: Refused, json: bool) -> int:
    if json:
        print(json_form.dumps({"status": error.status} | error.told))
        return 1
    print(f"refused ({error.status}): {error}", file=sys.stderr)
    for one in error.told.get("findings") or ():
        if one["text"] != str(error):               # a single fault of the bytes is the detail
            line = f"line {one['line']}" if one["line"] else ""
            place = ", ".join(filter(None, (one["path"], line)))
            print(f"  {' '.join(filter(None, (one['code'], one['rule'], place)))}: {one['text']}",
                  file=sys.stderr)
    return 1


def _away(command: str, error: Unreachable) -> int:
    print(f"tollbod {command}: {error}; is ./tollbod demo or ./tollbod serve running?",
          file=sys.stderr)
    return 2
