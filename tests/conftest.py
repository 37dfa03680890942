"""What all tests share: one embedded server for the whole run, and the reference folder.

Every worker joins the same server (the first one starts it, the last one stops it) and the same
schema; a test keeps to a world of its own, so that no two meet.
"""
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

HOME = Path(__file__).parents[1]
FOLDER = "TOLLBOD_TEST_FOLDER"          # from the process that was started to its workers

# Two cores, shared: time proves nothing. Where a change is judged, the same examples each time.
settings.register_profile("tollbod", derandomize="CI" in os.environ, deadline=None)
settings.load_profile("tollbod")


def is_worker(config):
    return hasattr(config, "workerinput")


def pytest_configure(config):
    if not is_worker(config):
        os.environ[FOLDER] = tempfile.mkdtemp(prefix="tollbod-test-")


def pytest_unconfigure(config):
    if not is_worker(config) and FOLDER in os.environ:
        shutil.rmtree(os.environ.pop(FOLDER), ignore_errors=True)


@pytest.fixture(scope="session")
def conninfo():
    """The database of this run with the schema in it: TOLLBOD_DATABASE or the embedded server."""
    from tollbod.store import schema, server
    with server.database(Path(os.environ[FOLDER], "pg")) as address:
        schema.migrate(address)
        yield address


@pytest.fixture(scope="session")
def shared():
    """The folder of reference material beside the checkout; tests that read it are skipped
    without it."""
    folder = Path(os.environ.get("TOLLBOD_SHARED") or HOME / ".." / "shared").resolve()
    if not folder.is_dir():
        pytest.skip(f"no reference material: {folder} is missing (TOLLBOD_SHARED names it)")
    return folder
