"""Measure everything, or the parts named: panels, sweep, steps, footprint, libraries, adapters.

    python tests/bench/bench.py [PART ...]

makes .venv-bench from requirements-bench.txt on first use, runs each part in a process of its own,
prints its tables, and puts them into RESULTS.md. Parts that were not run keep theirs.
"""

import datetime
import hashlib
import os
import pathlib
import platform
import re
import subprocess
import sys
import venv

ROOT = pathlib.Path(__file__).resolve().parents[2]
HERE, VENV = ROOT / "tests/bench", ROOT / ".venv-bench"
PATH = (ROOT / "tests", ROOT / "tools", HERE)
RESULTS, PYTHON, STAMP = HERE / "RESULTS.md", VENV / "bin/python", VENV / "made-from"
PARTS = ("panels", "sweep", "steps", "footprint", "libraries", "adapters")
FILES = ("requirements-bench.txt", "requirements-test.txt", "requirements.txt")
SHOWN = "numpy matplotlib ipywidgets jupyterlab ipympl torch jax optax keras playwright".split()


def environment() -> None:
    wanted = [(ROOT / name).read_bytes() for name in FILES]
    made_from = f"{hashlib.sha256(b''.join(wanted)).hexdigest()} {VENV}"
    if STAMP.exists() and STAMP.read_text() == made_from:
        return
    print("Making .venv-bench (once, a few minutes) ...", flush=True)
    venv.create(VENV, clear=True, with_pip=True)
    pip = [PYTHON, "-m", "pip", "--disable-pip-version-check", "install", "-q"]
    subprocess.run([*pip, "-r", "requirements-bench.txt"], cwd=ROOT, check=True)
    STAMP.write_text(made_from)


def heading() -> str:
    """What the figures belong to."""
    code = f"import importlib.metadata as m; print(*(f'{{n}} {{m.version(n)}}' for n in {SHOWN}))"
    versions = subprocess.check_output([PYTHON, "-c", code], text=True).split()
    pairs = ", ".join(map(" ".join, zip(versions[::2], versions[1::2], strict=True)))
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())[1]
    return (
        "# Measured by `make bench`\n\n"
        f"{os.cpu_count()} cores, {cpu}, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, {pairs}.\n\n"
        "Every figure is a median of jobs that took turns in one run, every ratio one of such "
        "medians.\n"
    )


def measured(part: str) -> str:
    """A part's tables, printed as they come, and when they were made."""
    busy = os.getloadavg()[0]
    path = os.pathsep.join(map(str, PATH))
    # NumPy's BLAS as learners have it: one thread, as in `make lab`, and its own choice of kernels
    others = {k: v for k, v in os.environ.items() if not k.startswith("OPENBLAS_")}
    own = {**others, "PYTHONPATH": path, "OPENBLAS_NUM_THREADS": "1"}
    command = subprocess.Popen(
        [PYTHON, HERE / f"{part}.py"], env=own, stdout=subprocess.PIPE, text=True
    )
    lines = []
    for line in command.stdout:
        print(line, end="", flush=True)
        lines.append(line)
    if command.wait():
        sys.exit(f"{part} failed")
    now = datetime.datetime.now(datetime.UTC)
    note = f"\nMeasured {now:%Y-%m-%d %H:%M} UTC"
    note += f" on a machine that was busy: load {busy:.1f}.\n" if busy >= 1.5 else ".\n"
    print(note)
    return "".join(lines).strip() + "\n" + note


def main() -> None:
    parts = sys.argv[1:] or PARTS
    for part in parts:
        if part not in PARTS:
            sys.exit(f"{part}: no part, must be one of {', '.join(PARTS)}")
    environment()
    old = re.split(r"^(?=## )", RESULTS.read_text() if RESULTS.exists() else "", flags=re.M)
    sections = {text[3]: text for text in old[1:]}
    for part in parts:
        text = measured(part)
        sections[text[3]] = text.rstrip() + "\n"
        body = "\n".join(sections[number].rstrip() + "\n" for number in sorted(sections))
        RESULTS.write_text(heading() + "\n" + body)


if __name__ == "__main__":
    main()
