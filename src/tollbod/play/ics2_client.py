"""`./tollbod send` for messages of ICS2: lodged with their files, by HTTPS or AS4, and answered.

It waits for what customs answers about the filing and says it in words. Over AS4 answers are
pulled one after another, and confirmed only when they were shown (and saved, if told to).
"""
import json as json_form
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tollbod.office import attachments
from tollbod.office.attachments import Named
from tollbod.play import answer_words, as4_client
from tollbod.play.client import MOST, Client, Refused, Unreachable
from tollbod.spec.tables import ICS2
from tollbod.transport import as4
from tollbod.wire import forms
from tollbod.wire.as4.agreement import Refused as NotTaken
from tollbod.wire.message import Message, Unreadable

LOOK_SECONDS = 0.3
QUIET_SECONDS = 1.0             # nothing new for so long, after an answer: that was all for now
TAKEN, REFUSED, FAILED = 0, 1, 2


class Mismatch(Exception):
    """Files that do not fit what the message says of them; the text says why."""


def of_ics2(data: bytes) -> Message | None:
    """Return the message if it is one of ICS2."""
    try:
        message = forms.read(data)
    except Unreadable:
        return None
    return message if message.profile == ICS2 else None


def sender(message: Message) -> str:
    """Return who speaks in a message: the representative, else the declarant, else who asks."""
    return next((number for who in ("representative", "declarant", "requester",
                                    "personNotifyingTheArrival")
                 if (number := message.get(f"{who}/identificationNumber").strip())), "")


def send(message: Message, data: bytes, to: str, party: str, secret: str, json: bool,
         attach: list[Path], folder: Path | None, wait: float) -> int:
    """Lodge a message of ICS2, show its answers; 0: taken, 1: refused, 2: no file, no answer."""
    try:
        files = tuple(_files(message, attach))
        if folder is not None:
            return _by_as4(message, data, files, as4_client.Trader(folder, to, party), json, wait)
        return _by_http(message, data, files, Client(to, party, secret), json, wait)
    except (Mismatch, as4_client.Unfit, OSError) as error:
        print(f"tollbod send: {error}", file=sys.stderr)
        return FAILED
    except (Unreachable, as4.Unreachable) as error:
        print(f"tollbod send: {error}; is ./tollbod demo or ./tollbod serve running?",
              file=sys.stderr)
        return FAILED
    except NotTaken as error:
        print(f"refused ({error.fault.code}): {error.own} {error.text}", file=sys.stderr)
        return REFUSED


def _files(message: Message, paths: list[Path]) -> Iterator[tuple[str, bytes]]:
    """Yield each file by what the message calls it. Raises Mismatch, OSError."""
    named = attachments.named(message)
    for path in paths:
        found = [one for one in named if path.name in (one.filename, one.id)] or \
            (named if len(named) == len(paths) == 1 else ())
        if len(found) != 1:
            raise Mismatch(f"{path}: the message names {_list(named)}; call the file so")
        data = path.read_bytes()
        if attachments.media_of(data) != found[0].media:
            raise Mismatch(f"{path}: the message says that it is {found[0].media}")
        yield found[0].id, data


def _list(named: tuple[Named, ...]) -> str:
    return ", ".join(one.filename for one in named) or "no file"


# By HTTPS

def _by_http(message: Message, data: bytes, files: tuple, client: Client, json: bool, wait: float
             ) -> int:
    receipt = client.lodge(data, files)
    if json:
        print(json_form.dumps(receipt), flush=True)
    else:
        again = "was lodged before" if receipt["verdict"] == "again" else "is taken"
        print(f"{message.ie} {receipt['identification']} {again}: receipt {receipt['id']}, "
              f"{receipt['at']}", flush=True)
    reference = message.get("MRN").strip() or message.get("LRN").strip()
    for row in _answers(client, reference, int(receipt["id"]), wait):
        body = client.message(row["id"])
        print(json_form.dumps(row) if json else "\n".join(answer_words.lines(body)), flush=True)
    if not json and wait:
        _standing(client, reference)
    return TAKEN


def _answers(client: Client, reference: str, receipt: int, wait: float) -> Iterator[dict[str, Any]]:
    """Yield what was sent to me about a filing since a receipt, until it is quiet or time is up."""
    end, quiet, shown = time.monotonic() + wait, 0.0, set()
    while time.monotonic() < end and (not quiet or time.monotonic() < quiet):
        for row in _timeline(client, reference):
            if int(row["id"]) > receipt and row["to"] == client.party and row["id"] not in shown:
                shown.add(row["id"])
                quiet = time.monotonic() + QUIET_SECONDS
                yield row
        time.sleep(LOOK_SECONDS)


def _timeline(client: Client, reference: str) -> list[dict[str, Any]]:
    """Return what happened to a filing; nothing while it is not known."""
    try:
        return client.get(f"/movements/{reference}")["timeline"][-MOST:]
    except Refused as refused:
        if refused.status == 404:
            return []
        raise


def _standing(client: Client, reference: str) -> None:
    """Say where the filing stands and what it waits for."""
    try:
        told = client.get(f"/movements/{reference}")
    except Refused:
        return
    waiting = told["waiting"]
    print(f"it is '{told['state']}'" + (f", and waits for the {waiting['for']}: "
                                        f"{waiting['because']}" if waiting else ""))


# By AS4

def _by_as4(message: Message, data: bytes, files: tuple, trader: as4_client.Trader, json: bool,
            wait: float) -> int:
    ident = trader.send(data, files)
    print(json_form.dumps({"ie": message.ie, "id": ident}) if json else
          f"{message.ie} is taken: {ident}, and customs has confirmed every part", flush=True)
    end, quiet = time.monotonic() + wait, 0.0
    while time.monotonic() < end and (not quiet or time.monotonic() < quiet):
        came = trader.pull()
        if came is None:
            time.sleep(LOOK_SECONDS)
            continue
        ie, body = came
        quiet = time.monotonic() + QUIET_SECONDS
        print(json_form.dumps({"ie": ie, "xml": body.decode(errors="replace")}) if json else
              "\n".join(answer_words.lines(body)), flush=True)
        trader.confirm()                    # it was shown: the next one may come
    return TAKEN
