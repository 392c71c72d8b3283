"""Run every check and say at the end, in one line, whether all is well.

Lint, formatting, unit tests, notebook tests and the browser, then strict nbval, on two workers.
tests/conftest.py keeps on one worker what belongs together; nbval's cells stay with their notebook.
"""

import os
import pathlib
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET

ROOT = pathlib.Path(__file__).resolve().parent.parent
PYTHON = sys.executable
RUFF = [PYTHON, "-m", "ruff"]
PYTEST = [PYTHON, "-m", "pytest", "-n", "2", "-q", "-rs", "--durations=10", "--durations-min=1"]
PYTEST += ["--dist", "loadscope"]
TESTS = [*PYTEST, "tests", "--no-loadscope-reorder"]
NBVAL = [*PYTEST, "notebooks", "-p", "nbval_kernels", "--nbval", "--nbval-current-env"]
NBVAL = [*NBVAL, "--nbval-cell-timeout=120"]

# Two workers on two cores: one thread each, or their BLAS threads would wait for one another.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.pop("JPY_SESSION_NAME", None)  # set where this is called from a notebook


def run(title: str, command: list[str]) -> bool:
    print(f"--- {title}", flush=True)
    start = time.monotonic()
    code = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL).returncode
    end = "passed" if code == 0 else f"FAILED (exit code {code})"
    print(f"--- {title}: {end}, {time.monotonic() - start:.1f} s\n")
    return code == 0


def main() -> int:
    start = time.monotonic()
    lint = [
        run("ruff check", [*RUFF, "check", "."]),
        run("ruff format", [*RUFF, "format", "--check", "."]),
    ]
    counts = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder) / "report.xml"
        sessions = []
        for title, command in (("pytest", TESTS), ("nbval", NBVAL)):
            report.unlink(missing_ok=True)
            sessions.append(run(title, [*command, f"--junitxml={report}"]))
            if report.exists():
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
