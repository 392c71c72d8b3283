"""Start and footprint: imports, the lessons' time and memory, and the checks."""

import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import nbformat
from common import table, verdict
from lesson import needs
from nbclient import NotebookClient

ROOT = pathlib.Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
IMPORT = """\
import time, numpy
start = time.perf_counter()
import lrlib
print(time.perf_counter() - start)"""


def import_ms(rounds: int = 15) -> float:
    def once() -> float:
        return 1e3 * float(subprocess.check_output([sys.executable, "-c", IMPORT]))

    once()
    return statistics.median(once() for _ in range(rounds))


def lesson(path: pathlib.Path) -> tuple[float, float, float]:
    """Seconds of all cells, and the kernel's memory in MB: after the last cell, and at its peak."""
    with tempfile.TemporaryDirectory() as folder:
        client = NotebookClient(nbformat.read(path, 4), resources={"metadata": {"path": folder}})
        with client.setup_kernel():
            start = time.perf_counter()
            for number, cell in enumerate(client.nb.cells):
                client.execute_cell(cell, number)
            took = time.perf_counter() - start
            status = pathlib.Path(f"/proc/{client.km.provisioner.pid}/status").read_text()
            after, peak = (int(status.partition(k)[2].split()[0]) for k in ("VmRSS:", "VmHWM:"))
            return took, after / 1024, peak / 1024


def run(*command: str) -> float:
    """Seconds of a command that succeeds."""
    start = time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    print(f"{' '.join(command)[:60]}: {done.returncode}", file=sys.stderr, flush=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout[-3000:]}")
    return time.perf_counter() - start


def main() -> None:
    print("## 4. Start and footprint\n", flush=True)
    rows, largest = [], {300: 0.0, 1000: 0.0}  # MB allowed: with what is installed, with PyTorch
    for path in NOTEBOOKS:
        took, after, peak = lesson(path)
        allowed = 1000 if needs(nbformat.read(path, 4)) else 300
        largest[allowed] = max(largest[allowed], peak)
        rows.append([path.stem, f"{took:.1f} s", f"{after:.0f} MB", f"{peak:.0f} MB"])
        print(rows[-1], file=sys.stderr, flush=True)
    print(
        table(["lesson", "all cells", "kernel's memory after it", "at its peak"], rows), flush=True
    )
    ms = import_ms()
    python = str(ROOT / ".venv/bin/python")
    nbval = run(
        *(python, "-m", "pytest", "notebooks", "--nbval", "--nbval-current-env", "-q", "-n", "2"),
        *("--dist", "loadfile", "--nbval-cell-timeout=120"),
    )
    tests = run(python, "tools/check.py")
    rows = [
        ["import lrlib, beyond numpy", f"{ms:.0f} ms", "100 ms", verdict(ms < 100)],
        *(
            [f"largest kernel{also}", f"{largest[n]:.0f} MB", f"{n} MB", verdict(largest[n] < n)]
            for n, also in ((300, ""), (1000, ", with PyTorch"))
        ),
        ["strict nbval, two workers", f"{nbval:.0f} s", "240 s", verdict(nbval < 240)],
        ["make test, warm", f"{tests:.0f} s", "480 s", verdict(tests < 480)],
    ]
    print()
    print(table(["", "measured", "target", ""], rows))


if __name__ == "__main__":
    main()
