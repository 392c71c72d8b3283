"""Rebuild data/range_runs.npz: what the readings of range tests are worth. Two minutes of CPU.

python data/build/range_runs.py

Made with Python 3.11, NumPy 2.4.6 and its OpenBLAS on one thread (OPENBLAS_NUM_THREADS=1). Another
processor adds in another order: see the card in data/README.md.
"""

import hashlib
import os
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from lrlib.range_runs import SETTINGS, trial

OUT = Path(__file__).parents[1] / "range_runs.npz"
SEEDS = 20


def main() -> None:
    trials = [[trial(setting, seed) for seed in range(SEEDS)] for setting in SETTINGS.values()]
    rates = np.array([[rates for rates, _ in row] for row in trials])
    accuracy = np.array([[accuracy for _, accuracy in row] for row in trials], np.float32)
    np.savez_compressed(OUT, rates=rates, accuracy=accuracy)
    print(hashlib.sha256(OUT.read_bytes()).hexdigest(), "", OUT.name)


if __name__ == "__main__":
    main()
