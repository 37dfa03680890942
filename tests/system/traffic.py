"""Traders and an officer who drive many lives over HTTP, as patiently as real clients have to be.

A client that gets no answer, or 503, sends the identical bytes again until it is answered. All
answers are noted: what was acknowledged, under which number, and every line of the mailboxes.
"""
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from queue import Empty, Queue
from typing import Any

import httpx
import msgspec

from tollbod.play.specimen import CONSIGNEE, HOLDER, PARTIES, arrival, declaration, remarks

GRN = "25NO3650010001230"
BORDER = "SE603340"
REFERENCE_CENT = 10**12
PATIENCE_SECONDS = 60.0
LOOK_SECONDS = 0.05
OFFICER = "officer"
PARTS = ("_declare", "_read_holder", "_border", "_arrive", "_read_consignee")


class Stopped(Exception):
    """Whoever waited for an answer has been told to stop."""


class Client:
    """One who speaks to one node: a party, or an officer."""

    def __init__(self, url: str, who: str, world: str,
                 stop: threading.Event | None = None) -> None:
        self.who, self.world, self.token = who, world, "none yet"
        self.stop = stop or threading.Event()
        self.http = httpx.Client(base_url=f"{url}/api/v1", timeout=20, trust_env=False)
        self.repeats = 0                            # requests that had to be made again

    def ask(self, method: str, path: str, come_again: tuple[int, ...] = (503,), **rest: Any
            ) -> httpx.Response:
        """Make a request until it is answered, with the same content each time."""
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                answer = self.http.request(
                    method, path, headers={"Authorization": f"Bearer {self.token}"}, **rest)
                if answer.status_code == 401:
                    self._log_in()
                elif answer.status_code not in come_again:
                    return answer
            except httpx.TransportError as error:
                answer = error
            assert time.monotonic() < end, f"{method} {path}: still {answer!r}"
            self.repeats += 1
            if self.stop.wait(LOOK_SECONDS):
                raise Stopped

    def _log_in(self) -> None:
        answer = self.http.post("/token", data={
            "grant_type": "client_credentials", "client_id": self.who, "client_secret": "demo",
            "world": self.world})
        if answer.status_code == 200:
            self.token = answer.json()["access_token"]

    def act(self, office: str, case: str, do: str) -> dict:
        """Do an officer's act, as soon as the office knows the case."""
        told = {"office": office, "case": case, "do": do, "id": f"{do} {case}"}
        answer = self.ask("POST", "/test/officer", (503, 404), json=told)
        assert answer.status_code == 200, answer.text
        return answer.json()


def make_world(url: str, name: str, guarantee: bool = True) -> dict[str, str]:
    """Make a world with the parties of the specimens; the tokens of who acts in it."""
    body: dict[str, Any] = {"name": name, "parties": msgspec.to_builtins(PARTIES)}
    if guarantee:
        body["guarantees"] = [{"grn": GRN, "type": "1", "holder": HOLDER,
                               "reference_cent": REFERENCE_CENT, "access_codes": ["AC01"]}]
    answer = httpx.post(f"{url}/api/v1/test/worlds", json=body, timeout=20, trust_env=False)
    assert answer.status_code == 201, answer.text
    return answer.json()["tokens"]


class Traffic:
    """Lives from IE015 to IE045: the holder speaks to NO, an officer to SE, the consignee to DE."""

    def __init__(self, urls: dict[str, str], world: str, lives: int,
                 parts: tuple[str, ...] = PARTS) -> None:
        self.urls, self.world, self.lives = urls, world, lives
        self.acknowledged: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
        self.mailboxes: dict[str, list[dict]] = {HOLDER: [], CONSIGNEE: []}
        self.released: Queue[str] = Queue()
        self.arriving: Queue[str] = Queue()
        self.ended: dict[str, str] = {}             # MRN: the message that ended it
        self.unloaded: set[str] = set()             # MRN: the consignee may have the goods
        self.failures: list[BaseException] = []
        self.stop = threading.Event()
        self.clients: list[Client] = []
        self.threads = [threading.Thread(target=self._run, args=(getattr(self, one),), daemon=True)
                        for one in parts]

    def client(self, country: str, who: str) -> Client:
        """Return a client for one thread's use."""
        one = Client(self.urls[country], who, self.world, self.stop)
        self.clients.append(one)
        return one

    def __enter__(self) -> "Traffic":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_) -> None:
        self.stop.set()
        for thread in self.threads:
            thread.join(PATIENCE_SECONDS)

    def begin_more(self, many: int) -> None:
        """Let so many more lives begin."""
        self.lives += many

    def going(self) -> bool:
        """Tell whether lives are still to end; a failure of a client is raised here."""
        if self.failures:
            raise self.failures[0]
        return min(len(self.ended), len(self.unloaded)) < self.lives

    def finish(self, seconds: float) -> None:
        """Wait until every life has ended."""
        end = time.monotonic() + seconds
        while self.going():
            assert time.monotonic() < end, \
                f"{len(self.ended)} of {self.lives} lives have ended after {seconds:.0f} s"
            time.sleep(LOOK_SECONDS)

    def _run(self, part: Callable[[], None]) -> None:
        try:
            part()
        except Stopped:
            pass
        except BaseException as error:              # for the test's own thread: see `going`
            self.failures.append(error)

    # The parts that are played, each in a thread of its own

    def lodge(self, client: Client, identification: str, data: bytes) -> None:
        """Lodge a message; it must be acknowledged, and every other one is lodged twice."""
        for _ in range(1 + len(self.acknowledged) % 2):
            answer = client.ask("POST", "/messages", content=data)
            assert answer.status_code in (200, 202), answer.text
            self.acknowledged[client.who, identification].append(
                (answer.status_code, answer.json()["id"]))

    def _declare(self) -> None:
        client, begun = self.client("NO", HOLDER), 0
        while not self.stop.is_set():
            if begun == self.lives:
                self.stop.wait(LOOK_SECONDS)
                continue
            begun += 1
            lrn = f"K{begun:08d}"
            self.lodge(client, f"{lrn}-15", declaration(lrn, f"{lrn}-15", GRN))

    def _read_holder(self) -> None:
        for row in self._mailbox(self.client("NO", HOLDER)):
            if row["ie"] == "IE029":
                self.released.put(row["mrn"])
            elif row["ie"] in ("IE045", "IE056"):
                self.ended[row["mrn"] or row["lrn"]] = row["ie"]

    def _border(self) -> None:
        client = self.client("SE", OFFICER)
        for mrn in self._each(self.released):
            done = client.act(BORDER, mrn, "crossing")
            assert not done["refused"], done
            self.arriving.put(mrn)

    def _arrive(self) -> None:
        client, officer = self.client("DE", CONSIGNEE), self.client("DE", OFFICER)
        for mrn in self._each(self.arriving):
            officer.ask("GET", f"/movements/{mrn}", (503, 404))     # until DE has heard of it
            self.lodge(client, f"{mrn}-07", arrival(mrn, f"{mrn}-07"))

    def _read_consignee(self) -> None:
        client = self.client("DE", CONSIGNEE)
        for row in self._mailbox(client):
            if row["ie"] == "IE043":
                self.lodge(client, f"{row['mrn']}-44", remarks(row["mrn"], f"{row['mrn']}-44"))
            elif row["ie"] == "IE025":
                self.unloaded.add(row["mrn"])

    def _mailbox(self, client: Client):
        """Give every line of a mailbox as it comes."""
        lines = self.mailboxes[client.who]
        while not self.stop.is_set():
            after = lines[-1]["marker"] if lines else 0
            answer = client.ask("GET", "/messages", params={"after": after, "limit": 50})
            assert answer.status_code == 200, answer.text
            for row in answer.json()["messages"]:
                lines.append(row)
                yield row
            if not answer.json()["messages"]:
                self.stop.wait(LOOK_SECONDS)

    def _each(self, queue: Queue[str]):
        while not self.stop.is_set():
            try:
                yield queue.get(timeout=LOOK_SECONDS)
            except Empty:
                continue
