"""Writes spec/ncts/conditions/unreached.txt: branches that no valid message of a trader reaches.

What tables and lists prove is made anew; rows by hand (their reason names the rule or condition
that shuts the branch or code out) are kept. Run it after a change of conditions, tables or lists.
"""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "src"))

from tollbod.play import random_messages_unreached as unreached
from tollbod.play.random_messages_law import traders
from tollbod.spec.tables import PROFILES

HEAD = ("# Own work on the conditions, tables and lists beside it; tools/build_unreached.py and by "
        "hand; 2026-11: profile | condition or list | branch or code | place | messages | why")
BY_HAND = re.compile(r"[CRG]\d{4}\b")


def main() -> None:
    """Write the table."""
    rows = [row for row in unreached.table() if BY_HAND.match(row.reason)]
    rows += [row for profile in PROFILES for row in unreached.proved(profile, traders(profile))]
    rows.sort(key=lambda row: (PROFILES.index(row.profile), *row[1:]))
    unreached.TABLE.write_text("\n".join([HEAD, *map(str, rows)]) + "\n", encoding="utf-8")
    print(f"{len(rows)} rows")


if __name__ == "__main__":
    main()
