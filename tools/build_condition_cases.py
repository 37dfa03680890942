"""Writes golden/messages/conditions: a case for each outcome of each condition that is judged.

Run it after a change of the conditions or tables; the diff is read. Outcomes that no case was
found for stand in `unreached.txt` with the reason, one row each.
"""
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "src"))

from tollbod.play.condition_cases import Case
from tollbod.play.condition_solver import cases
from tollbod.rules.conditions import conditions
from tollbod.spec.tables import EVERY_PROFILE

FOLDER = ROOT / "golden/messages/conditions"
HEAD = "# Made by tools/build_condition_cases.py; see src/tollbod/play/condition_cases.py"


def main() -> None:
    """Find and write all cases; of phase 5 only for the conditions it words differently."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    missing = []
    alone = {one.id: one.notation for one in conditions("p6")}
    for profile in filter(conditions, EVERY_PROFILE):
        rows = []
        for condition in conditions(profile):
            if profile == "p5" and alone.get(condition.id) == condition.notation:
                continue
            for found in cases(condition):
                if isinstance(found, Case):
                    rows.append(str(found))
                else:
                    missing.append(f"{profile} | {found.rule} | {found.outcome} | {found.why}")
        (FOLDER / f"{profile}.txt").write_text("\n".join([
            f"{HEAD}: rule, outcome, message, expected code and place, edits", *rows]) + "\n")
        print(f"{profile}: {len(rows)} cases")
    (FOLDER / "unreached.txt").write_text("\n".join([
        f"{HEAD}: profile, rule, outcome, why no message shows it", *missing]) + "\n")
    print(f"{len(missing)} outcomes without a case")


if __name__ == "__main__":
    main()
