"""Rebuild data/adam_runs.npz: Adam beside other methods. Two minutes of CPU.

python data/build/adam_runs.py

Made with Python 3.11, NumPy 2.4.6 and its OpenBLAS on one thread (OPENBLAS_NUM_THREADS=1). Another
processor adds in another order: see the card in data/README.md.
"""

import hashlib
import os
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from lrlib.adam_runs import FINE, ROWS, SCHEDULES, SEEDS, trial

OUT = Path(__file__).parents[1] / "adam_runs.npz"


def main() -> None:
    found = {
        task: np.array(
            [[trial(task, way, seed) for seed in range(SEEDS)] for way in rows.values()], np.float32
        )
        for task, rows in ROWS.items()
    }
    found["schedules"] = np.array(
        [[trial("letters", way, s, FINE) for s in range(SEEDS)] for way in SCHEDULES.values()],
        np.float32,
    )
    np.savez_compressed(OUT, **found)
    print(hashlib.sha256(OUT.read_bytes()).hexdigest(), "", OUT.name)


if __name__ == "__main__":
    main()
