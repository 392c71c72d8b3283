"""Make .venv from requirements.txt, or leave at once if it is up to date.

    python tools/setup_env.py          what the lessons run on
    python tools/setup_env.py checks   that, and what refreshes and checks them
    python tools/setup_env.py site     .venv-site, with what builds the pages

Standard library only, and readable by Python 3.6, so that an old Python gets a sentence and not a
traceback.  The stamp in .venv says what it was made from: other requirements are installed into it,
and an environment that was left unfinished or whose folder was moved is made anew.
"""

import hashlib
import pathlib
import re
import shutil
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
STAMP = VENV / "made-from"
UNFINISHED = "unfinished"

# Defaults of JupyterLab's settings, for those who start it without make
LAB_SETTINGS = ROOT / "tools" / "jupyter" / "overrides.json"


class SetupError(Exception):
    """One sentence for the user."""


# what is installed, for whom; the later have all of the earlier
REQUIREMENTS = {"lessons": "requirements.txt", "checks": "requirements-test.txt"}
SITE = "requirements-site.txt"  # in an environment of its own: it has other needs


def fingerprint(purpose: str) -> str:
    """What the environment depends on: requirements, package metadata and its own place."""
    digest = hashlib.sha256(purpose.encode())
    files = (SITE,) if purpose == "site" else tuple(REQUIREMENTS.values())
    for name in (*files, "pyproject.toml", "tools/setup_env.py"):
        digest.update((ROOT / name).read_bytes())
    return f"{digest.hexdigest()} {VENV}"


def use(folder: str) -> None:
    """Make this folder of the project the environment that `setup` makes."""
    global VENV, PYTHON, STAMP
    inside = PYTHON.relative_to(VENV)
    VENV = ROOT / folder
    PYTHON, STAMP = VENV / inside, VENV / "made-from"


def base_python() -> str:
    """The Python that environments are made with: this one, or the one that this one came from."""
    return getattr(sys, "_base_executable", None) or sys.executable


def runs(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True).returncode == 0
    except OSError:
        return False


def create() -> None:
    """Make an empty environment, marked as unfinished."""
    base = base_python()
    if not runs(base, "-c", "import venv, ensurepip"):
        raise SetupError(
            f"{base} cannot make environments: its venv module is missing "
            "(on Debian and Ubuntu: apt install python3-venv)."
        )
    VENV.mkdir()
    STAMP.write_text(UNFINISHED)
    made = subprocess.run([base, "-m", "venv", str(VENV)], capture_output=True, text=True)
    if made.returncode:
        raise SetupError(f"{base} -m venv failed: {last_line(made.stdout + made.stderr)}")


def install(requirements: str) -> None:
    """Install a file of requirements into the environment."""
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--retries", "2", "install"]
    got = subprocess.run([*pip, "-r", requirements], cwd=ROOT, capture_output=True, text=True)
    log = got.stdout + got.stderr
    if got.returncode and re.search(
        "NewConnectionError|NameResolutionError|ConnectTimeout|ReadTimeout|ProxyError"
        "|Network is unreachable|Temporary failure in name resolution",
        log,
    ):
        raise SetupError(
            f"The packages in {requirements} could not be fetched: there is no network. "
            "Connect and run the same command again."
        )
    if got.returncode:
        raise SetupError(f"pip could not install {requirements}: {last_line(log)}")
    overrides = VENV / "share/jupyter/lab/settings/overrides.json"
    overrides.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(str(LAB_SETTINGS), str(overrides))


def last_line(log: str) -> str:
    """The last line of a log that says what went wrong."""
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    errors = [line for line in lines if re.search("error", line, re.IGNORECASE)]
    return (errors or lines or ["no message"])[-1]


def setup(purpose: str = "lessons") -> None:
    requirements = REQUIREMENTS.get(purpose, SITE)
    want = fingerprint(purpose)
    have = STAMP.read_text() if STAMP.exists() else ""
    if have in (want, fingerprint("checks")):  # which serve the lessons too
        return
    moved = have.partition(" ")[2] not in ("", str(VENV))
    anew = have == UNFINISHED or moved or not runs(str(PYTHON), "-c", "")
    start = time.monotonic()
    try:
        if anew:
            version = "{}.{}.{}".format(*sys.version_info[:3])
            print(
                f"Making {VENV.name} with Python {version} (once, about a minute) ...", flush=True
            )
            shutil.rmtree(VENV, ignore_errors=True)
            create()
        else:
            print(f"Bringing {VENV.name} up to date with {requirements} ...", flush=True)
        install(requirements)
        STAMP.write_text(want)
    except BaseException:
        if anew:  # nothing half-made stays behind
            shutil.rmtree(VENV, ignore_errors=True)
        raise
    print(f"Ready after {time.monotonic() - start:.0f} s.", flush=True)


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 - an older Python does get here
        found = "{} is {}.{}".format(sys.executable, *sys.version_info[:2])
        sys.exit(f"Python 3.11 or newer is needed; {found}.")
    try:
        if sys.argv[1:] == ["site"]:
            use(".venv-site")
        setup(*sys.argv[1:])
    except SetupError as error:
        sys.exit(str(error))
    except OSError as error:
        sys.exit(f"The environment could not be made: {error}.")
    except KeyboardInterrupt:
        sys.exit("Stopped before the environment was ready; the same command starts over.")
