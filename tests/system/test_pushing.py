"""A whole house that pushes by AS4: its foreman sees to the one who carries."""
import time
from pathlib import Path

import msgspec
from as4_ends import EORI, ends, issue
from test_as4 import _folder
from test_as4_push import Endpoint, listening
from web_house import Trader

from tollbod.play import specimen, specimen_ics2
from tollbod.store.streams import Store
from tollbod.web import serve
from tollbod.web.settings import Settings
from tollbod.wire import forms


def test_answers_reach_the_endpoint_of_who_filed(tmp_path: Path):
    """ICS2-01: the MRN of a filing is pushed by the crew of a running house."""
    end = Endpoint()
    server = listening(end)
    made = ends()
    (tmp_path / "as4").mkdir()
    folder = _folder(tmp_path / "as4", made, issue("127.0.0.1", made.issuing, host="localhost"))
    (folder / "tls.pem").unlink()
    (folder / "parties" / f"{EORI}.url").write_text(f"http://127.0.0.1:{server.server_port}/")
    settings = Settings(port=0, data=str(tmp_path / "data"), test=True, workers=1, as4=str(folder))
    with serve.house(settings) as running:
        with Store(running.conninfo) as store:
            for party in specimen.PARTIES:
                store.put_party(settings.world, party.id, msgspec.json.encode(party))
        form = {"grant_type": "client_credentials", "client_id": EORI, "client_secret": "demo"}
        token = Trader(running.url).post("/token", data=form).json()["access_token"]
        Trader(running.url, token).lodge(specimen_ics2.road("PUSH1"))
        until = time.monotonic() + 60
        while not end.bodies and time.monotonic() < until:
            time.sleep(0.1)
        answer = forms.read(end.bodies[0])
        assert (answer.ie, answer.get("LRN")) == ("IE3R01", "PUSH1")
    server.shutdown()
    server.server_close()
