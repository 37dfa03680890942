"""`./tollbod guarantees FILE`: register the guarantees of a CSV file at a running customs house."""
import sys
from pathlib import Path

from tollbod.play.client import Client, Refused, Unreachable

OFFICER = "officer"


def run(file: Path, to: str, secret: str) -> int:
    """Send a list and show what became of it; 0: all registered, 1: not all, 2: no file, nobody."""
    try:
        data = file.read_bytes()
        told = Client(to, OFFICER, secret).call(
            "POST", "/guarantees", content=data, headers={"Content-Type": "text/csv"}).json()
    except OSError as error:
        print(f"tollbod guarantees: {error}", file=sys.stderr)
        return 2
    except Refused as error:
        print(f"refused ({error.status}): {error}", file=sys.stderr)
        return 1
    except Unreachable as error:
        print(f"tollbod guarantees: {error}; is ./tollbod demo or ./tollbod serve running?",
              file=sys.stderr)
        return 2
    for line in told["lines"]:
        if line["outcome"] != "registered":
            why = "; ".join(f"{one['name']}: {one['en']}".lstrip(": ") for one in line["faults"])
            print(f"line {line['line']}: {line['grn'] or '-'} {line['outcome']}: {why}")
    print(f"{told['registered']} of {len(told['lines'])} registered")
    return 0 if told["registered"] == len(told["lines"]) else 1
