"""EDIFACT judged over HTTP: as the command line judges it, by its content too."""
from pathlib import Path

from test_edifact_malformed import rows
from web_house import site, world  # noqa: F401

from tollbod.play import check, specimen

ROOT = Path(__file__).parents[1]
GOLDEN = sorted((ROOT / "golden" / "edifact").glob("*/*.edi"))


def test_the_same_is_said_over_http_and_on_the_command_line(world):  # noqa: F811
    for path in GOLDEN:
        told = world.holder.post("/check", content=path.read_bytes()).json()
        here = check.judge(path)
        for what in ("verdict", "message", "syntax"):
            assert told[what] == here.get(what, "unreadable"), path
        for what in ("findings", "losses"):
            assert [{name: one[name] for name in ("layer", "code", "path", "line", "text")}
                    for one in told[what]] == \
                [{name: one[name] for name in ("layer", "code", "path", "line", "text")}
                 for one in here.get(what, ())], path


def test_the_content_of_a_declaration_is_judged(world):  # noqa: F811
    right = (ROOT / "golden/edifact/ncts/IE015.edi").read_bytes()
    wrong = right.replace(b":::T1+", b":::T9+", 1)
    told = world.holder.post("/check", content=wrong).json()
    assert (told["verdict"], told["syntax"]) == ("invalid", "valid") and told["losses"]
    assert [(one["code"], one["rule"], one["path"]) for one in told["findings"]] == [
        ("12", "CL231", "UNH[1]/BGM[1]/C002/1000")]
    assert world.holder.post("/check?layer=rules", content=wrong).json()["findings"] == []
    assert world.holder.post("/check", content=right).json()["verdict"] == "valid"


def test_bytes_that_are_no_characters_are_told(world):  # noqa: F811
    """In a value, in a reference and in the name of the message: JSON can hold none of them."""
    for name, text, _ in rows():
        if name == "bad UTF-8":
            break
    wrong = ("FISH", "F\xc5H"), ("UNH+M1", "UNH+M\xc5"), ("CC015B", "CC\xc5")
    for number, (old, new) in enumerate(wrong):
        data = text.replace("NO987654", specimen.HOLDER).replace("TOLLBOD", "NTA.NO")
        data = data.replace("R1", f"R{number}").replace(old, new).encode("latin-1")
        told = world.holder.post("/check", content=data)
        assert (told.status_code, told.json()["verdict"]) == (200, "invalid")
        taken = world.holder.post("/messages", content=data)
        assert taken.status_code in (202, 400) and "\\xc5" in taken.text
