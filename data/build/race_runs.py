"""Rebuild data/race_runs.npz: ten methods on four tasks. Two minutes of CPU.

python data/build/race_runs.py

Made with Python 3.11, NumPy 2.4.6 and its OpenBLAS on one thread (OPENBLAS_NUM_THREADS=1). Another
processor adds in another order: see the card in data/README.md.
"""

import hashlib
import os
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from lrlib.race_runs import METHODS, SEEDS, TASKS, trial

OUT = Path(__file__).parents[1] / "race_runs.npz"


def main() -> None:
    found = {
        task: np.array(
            [[trial(task, method, seed) for seed in range(SEEDS)] for method in METHODS], np.float32
        )
        for task in TASKS
    }
    np.savez_compressed(OUT, **found)
    print(hashlib.sha256(OUT.read_bytes()).hexdigest(), "", OUT.name)


if __name__ == "__main__":
    main()
