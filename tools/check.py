"""Run every check and say at the end, in one line, whether all is well.

Lint and formatting; then unit tests, notebook tests and the browser on three workers and, at the
same time, strict nbval on a fourth: two cores have work while a browser or a kernel is waited for.
tests/conftest.py keeps on one worker what belongs together.
"""

import concurrent.futures
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from typing import IO

ROOT = pathlib.Path(__file__).resolve().parent.parent
PYTHON = sys.executable
RUFF = [PYTHON, "-m", "ruff"]
PYTEST = [PYTHON, "-m", "pytest", "-q", "-rs", "--durations=10", "--durations-min=1"]
TESTS = [*PYTEST, "tests", "-n", "3", "--dist", "loadscope", "--no-loadscope-reorder"]
NBVAL = [*PYTEST, "notebooks", "-p", "nbval_kernels", "--nbval", "--nbval-current-env"]
NBVAL = [*NBVAL, "--nbval-cell-timeout=120"]

# More workers than cores: one thread each, or their BLAS threads would wait for one another.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.pop("JPY_SESSION_NAME", None)  # set where this is called from a notebook


def run(title: str, command: list[str], out: IO[str] | None = None) -> bool:
    """Whether a command passes; what it prints goes to `out`, or is seen as it comes."""
    print(f"--- {title}", file=out, flush=True)
    start = time.monotonic()
    code = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out).returncode
    end = "passed" if code == 0 else f"FAILED (exit code {code})"
    print(f"--- {title}: {end}, {time.monotonic() - start:.1f} s\n", file=out, flush=True)
    return code == 0


def run_both(first: list[str], second: list[str], folder: pathlib.Path) -> list[bool]:
    """Run pytest and nbval at once, with a report each; nbval's words come when both are over."""
    report = [f"--junitxml={folder / name}.xml" for name in ("pytest", "nbval")]
    with (folder / "said").open("w+") as said, concurrent.futures.ThreadPoolExecutor(1) as other:
        nbval = other.submit(run, "nbval", [*second, report[1]], said)
        passed = [run("pytest", [*first, report[0]]), nbval.result()]
        said.seek(0)
        print(said.read(), flush=True)
    return passed


def main() -> int:
    start = time.monotonic()
    lint = [
        run("ruff check", [*RUFF, "check", "."]),
        run("ruff format", [*RUFF, "format", "--check", "."]),
    ]
    counts = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        sessions = run_both(TESTS, NBVAL, folder)
        for report in folder.glob("*.xml"):
            for suite in ET.parse(report).iter("testsuite"):
                for key in counts:
                    counts[key] += int(suite.get(key, 0))
    failed = counts["failures"] + counts["errors"]
    if not all(sessions):  # a session that died, or found no test, is a failure too
        failed = max(failed, 1)
    passed = max(counts["tests"] - failed - counts["skipped"], 0) + sum(lint)
    failed += lint.count(False)
    print(f"{time.monotonic() - start:.0f} s in all")
    skipped = f", {counts['skipped']} skipped" if counts["skipped"] else ""
    print(f"{'red' if failed else 'green'}: {passed} passed, {failed} failed{skipped}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
