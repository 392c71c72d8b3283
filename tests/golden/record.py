"""Make kernels.json, kernels.npz and kernels.txt from recordings of other libraries.

    python tests/golden/record.py FOLDER

FOLDER holds, for every library, ``cases_<library>.json`` with the settings and
``traj_<library>.npz`` with theta after the steps of ``problems.json``, and ``inputs.npz`` with the
gradients. README.md tells how they were recorded. A setting that tests/test_golden.py can say in
lrlib is stored with its numbers, any other by its name only. kernels.txt says the same numbers in
five digits, a line a recording, so that a change of them can be read.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
LIBRARIES = (
    "torch keras optax tfkeras_legacy tf1 hd_paper hd_repo paper dadaptation prodigyopt "
    "schedulefree lion_pytorch"
).split()
SEQUENCES = "dense noisy sparse huge tiny mixed const alt zeros_then spike".split()
SAVED = [1, 2, 3, 5, 10, 20, 50, 100]  # of the recorded steps, those that are stored
CS231N = "seed_", "cs231n_"  # what the recordings call these notes, and what we do
ARRAYS = ("replay", "prob2", "prob5")


def array_of(name: str) -> str:
    """Which array of kernels.npz holds the rows of a sequence or a problem."""
    return "replay" if name in SEQUENCES else "prob5" if name == "lsq5" else "prob2"


def rows_of(entry: dict) -> dict[str, int]:
    """Sequence or problem: row in its array. A single number stands for the ten sequences."""
    rows = entry["rows"]
    if isinstance(rows, int):
        return {name: rows + i for i, name in enumerate(SEQUENCES)}
    return rows


def stored(folder: Path, sayable: Callable) -> tuple[list[dict], dict[str, np.ndarray]]:
    """The entries of kernels.json and the arrays of kernels.npz; ``sayable``: with numbers?"""
    steps = json.loads((folder / "problems.json").read_text())["save_steps"]
    chosen = [steps.index(s) for s in SAVED]
    entries: list[dict] = []
    kept: dict[str, list] = {name: [] for name in ARRAYS}
    for library in LIBRARIES:
        with np.load(folder / f"traj_{library}.npz") as file:
            arrays = dict(file)
        for case in json.loads((folder / f"cases_{library}.json").read_text()):
            entry = {key: case[key].replace(*CS231N) for key in ("id", "lib", "cls", "kind")}
            entries.append(entry)
            if not sayable(entry):
                continue
            keys = ("params", "rtol", "lr_by_problem")
            entry.update({key: case[key] for key in keys if key in case})
            if library.startswith("hd_"):
                entry["rate"] = {
                    name: [values[steps.index(s) - 1] for s in SAVED]
                    for name, values in case["extra"].items()
                }
            first = {name: len(kept[name]) for name in ARRAYS}
            rows = {}
            for name, row in case["rows"].items():
                array = array_of(name)
                rows[name] = len(kept[array])
                kept[array].append(arrays[array][row][chosen])
            whole = rows == {name: first["replay"] + i for i, name in enumerate(SEQUENCES)}
            entry["rows"] = first["replay"] if whole else rows
    with np.load(folder / "inputs.npz") as file:
        inputs = {k: v for k, v in file.items() if k.startswith(("g_", "x0_"))}
    return entries, {name: np.array(rows) for name, rows in kept.items()} | inputs


def summary(entries: list[dict], arrays: dict[str, np.ndarray]) -> str:
    """A line a recording: the first parameter after 1, 10 and 100 steps, the last one after 100."""
    lines = ["# made by record.py: theta[0] after 1, 10 and 100 steps, theta[-1] after 100"]
    for entry in entries:
        for name, row in rows_of(entry).items() if "rows" in entry else ():
            theta = arrays[array_of(name)][row]
            numbers = *theta[[SAVED.index(s) for s in (1, 10, 100)], 0], theta[-1, -1]
            lines.append(" ".join([entry["id"], name, *(f"{x:.5g}" for x in numbers)]))
    return "\n".join(lines) + "\n"


def main(folder: Path) -> None:
    sys.path.insert(0, str(HERE.parent))
    from test_golden import sayable

    entries, arrays = stored(folder, sayable)
    lines = ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in entries)
    (HERE / "kernels.json").write_text(f"[\n{lines}\n]\n")
    np.savez_compressed(HERE / "kernels.npz", **arrays)
    (HERE / "kernels.txt").write_text(summary(entries, arrays))
    print(
        f"{sum('rows' in e for e in entries)} of {len(entries)} settings stored with their numbers"
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
