"""Makes `.venv` from requirements.lock, whole or not at all.

Run by `./tollbod` when the environment is missing, half made, or made from another lock, folder or
interpreter. Only the standard library; exactly the locked files, by hash, ready-built wheels only;
the package itself is not installed but pointed to, so an edit of src/ counts at once. Knows nothing
of what Tollbod does.
"""
import fcntl
import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

STAMP = "tollbod.stamp"     # line one the folder, line two the interpreter; written last
LOCK_COPY = "tollbod.lock"  # what was installed
NO_ENSUREPIP = """tollbod: this Python cannot make a virtual environment: its ensurepip is missing.
tollbod: on Debian and Ubuntu: apt install python3.{minor}-venv   (or have uv on PATH)"""


def say(text):
    print("tollbod: " + text, file=sys.stderr, flush=True)


def is_ready(root):
    """The same question as in ./tollbod, asked again once we hold the lock."""
    venv = root / ".venv"
    try:
        made_in, made_by = (venv / STAMP).read_text().splitlines()
        same = (venv / LOCK_COPY).read_bytes() == (root / "requirements.lock").read_bytes()
    except (OSError, ValueError):
        return False
    wanted = os.environ.get("TOLLBOD_PYTHON") or made_by
    return same and made_in == str(root) and made_by == wanted and (venv / "bin/python").exists()


def install_with_uv(root, venv, uv, lock):
    """True if uv made the environment; its own words have told the reason otherwise."""
    python = str(venv / "bin/python")
    steps = (
        [uv, "venv", "--quiet", "--no-project", "--python", sys.executable, str(venv)],
        [uv, "pip", "install", "--quiet", "--python", python, "--require-hashes", "--no-deps",
         "--no-build", "--compile-bytecode", "-r", str(root / "requirements.lock")],
    )
    return all(run(step, root, lock) for step in steps)


def install_with_pip(root, venv, lock):
    """True if the standard library's venv and pip made the environment."""
    if importlib.util.find_spec("ensurepip") is None:
        print(NO_ENSUREPIP.format(minor=sys.version_info.minor), file=sys.stderr)
        return False
    python = str(venv / "bin/python")
    steps = (
        [sys.executable, "-m", "venv", str(venv)],
        [python, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-input",
         "--progress-bar", "off", "--no-deps", "--only-binary", ":all:", "--require-hashes",
         "-r", str(root / "requirements.lock")],
    )
    return all(run(step, root, lock) for step in steps)


def run(command, root, lock):
    """Standard output belongs to the command the user asked for: everything goes to stderr.

    The installer inherits the lock: if only we are killed, the next start waits until it is gone.
    """
    try:
        return subprocess.run(command, cwd=root, stdin=subprocess.DEVNULL, stdout=2,
                              pass_fds=[lock]).returncode == 0
    except OSError as error:
        say("%s: %s" % (command[0], error))
        return False


def point_to_source(root, venv):
    folders = sysconfig.get_path("purelib", "venv", vars={"base": str(venv)})
    (Path(folders) / "tollbod.pth").write_text(str(root / "src") + "\n")


def make(root, lock):
    venv, uv, began = root / ".venv", shutil.which("uv"), time.monotonic()
    say("first start: installing the locked packages into .venv with %s ..."
        % ("uv" if uv else "pip (about a minute)"))
    if venv.is_symlink():
        venv.unlink()
    shutil.rmtree(venv, ignore_errors=True)
    made = bool(uv) and install_with_uv(root, venv, uv, lock)
    if uv and not made:
        say("uv could not do it; trying venv and pip")
        shutil.rmtree(venv, ignore_errors=True)
    if not made and not install_with_pip(root, venv, lock):
        say("the environment could not be made; the reason stands above. Nothing is half done:"
            " the next start begins again.")
        return 1
    point_to_source(root, venv)
    shutil.copyfile(root / "requirements.lock", venv / LOCK_COPY)
    fresh = venv / (STAMP + ".new")
    fresh.write_text("%s\n%s\n" % (root, os.environ.get("TOLLBOD_PYTHON") or sys.executable))
    fresh.rename(venv / STAMP)
    say("ready after %.0f s" % (time.monotonic() - began))
    return 0


def main(root):
    lock = os.open(root / ".venv.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("another start is making the environment; waiting for it")
        fcntl.flock(lock, fcntl.LOCK_EX)
    return 0 if is_ready(root) else make(root, lock)


if __name__ == "__main__":
    try:
        sys.exit(main(Path(sys.argv[1])))
    except KeyboardInterrupt:
        say("interrupted; the next start begins again")
        sys.exit(130)
    except OSError as error:
        say("cannot make the environment: %s" % error)
        sys.exit(1)
