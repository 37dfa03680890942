"""EDIFACT judged over HTTP: as the command line judges it, by its content too."""
from pathlib import Path

from web_house import site, world  # noqa: F401

from tollbod.play import check

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
