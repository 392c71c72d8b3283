"""Rebuild data/own_model_runs.npz: a small convolutional network of PyTorch over rates, seeds and
schedules. About 20 minutes of CPU.

python data/build/own_model_runs.py

Needs requirements-torch.txt. Network and adapter are those of notebooks/14_own_model.ipynb: its
cells tagged `own-model` are run. Made with Python 3.11, NumPy 2.4.6 and PyTorch 2.13.0 on one
thread. Another processor adds in another order: see the card in data/README.md.
"""

import concurrent.futures
import functools
import hashlib
import json
import os
from pathlib import Path
from types import SimpleNamespace
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from lrlib import adam, constant, descend, one_cycle, polynomial, range_test, sgd
from lrlib.range_readings import ramp
from lrlib.surfaces import sharpness

Array = np.ndarray
OUT = Path(__file__).parents[1] / "own_model_runs.npz"
LESSON = Path(__file__).parents[2] / "notebooks" / "14_own_model.ipynb"
SEEDS, STEPS, EVERY = range(10), 375, 25  # three epochs of batches of 64
GRID = 10 ** np.linspace(-5, 1, 19)
KERNELS = {
    "momentum": (sgd, {"momentum": 0.9}, GRID[6:]),
    "Adam": (adam, {}, GRID[:13]),
}
PLANS = {"constant": lambda a: constant(a), "line": lambda a: polynomial(a, STEPS)}
PLANS["one cycle"] = lambda a: one_cycle(a, STEPS)
TOPS = {"momentum": GRID[10:14], "Adam": GRID[8:12]}
MULTIPLES = np.array([0.25, 0.5, 0.9, 1.1, 2.0, 100.0])  # of 2 / L


@functools.cache
def lesson() -> SimpleNamespace:
    """The names that the lesson's cells define."""
    space: dict[str, Any] = {}
    for cell in json.loads(LESSON.read_text(encoding="utf-8"))["cells"]:
        if "own-model" in cell["metadata"].get("tags", []):
            exec("".join(cell["source"]), space)
    return SimpleNamespace(**space)


def problem(seed: int, rows: Array | slice = slice(None), **options: Any) -> Any:
    it = lesson()
    model = it.Torch(it.network(seed), it.cost)
    return it.Fit(model, it.X[rows], it.y[rows], model.theta0, seed=seed, **options)


def run(seed: int, name: str, plan: str, rate: float, keep: str) -> Any:
    kernel, hyper, _ = KERNELS[name]
    fit = problem(seed, batch_size=64, monitor=1)
    schedule = PLANS[plan](np.float32(rate))
    trace = descend(fit.grad, kernel, schedule, STEPS, theta0=fit.theta0, keep=keep, **hyper)
    return fit, trace.theta


def accuracies(fit: Any, theta: Array) -> list[float]:
    """On the held-out and on the test letters, in %."""
    data = lesson().data
    sets = (data.X_heldout, data.y_heldout), (data.X_test, data.y_test)
    return [100 * float(fit.accuracy(theta, X, y)) for X, y in sets]


def of_seed(seed: int) -> dict[str, Array]:
    data = lesson().data
    held = data.X_heldout, data.y_heldout
    curves, scores, planned, ramps = [], [], [], []
    for name, (kernel, hyper, rates) in KERNELS.items():
        for rate in rates:
            fit, path = run(seed, name, "constant", rate, "path")
            curves.append(fit.loss(path[::EVERY], *held))
            scores.append(accuracies(fit, path[-1]))
        fit = problem(seed, batch_size=64, monitor=1)
        schedule = range_test(rates[0], rates[-1], 125)
        ramps.append(ramp(fit, schedule, 125, kernel, **hyper)[:2])
        for plan in ("line", "one cycle") if name in TOPS else ():
            for top in TOPS[name]:
                fit, theta = run(seed, name, plan, top, "last")
                planned.append([float(fit.loss(theta, *held)), *accuracies(fit, theta)])
    few = np.random.default_rng(seed).permutation(len(lesson().y))[:1000]
    fit = problem(seed, few)
    L = float(sharpness(fit, fit.theta0, tol=1e-3))
    rates = np.float32(MULTIPLES * 2 / L)
    return {
        "heldout": np.reshape(curves, (len(KERNELS), len(GRID) - 6, -1)),
        "accuracy": np.reshape(scores, (len(KERNELS), -1, 2)),
        "planned": np.reshape(planned, (len(TOPS), 2, -1, 3)),
        "ramp_rates": np.array([r for r, _ in ramps]),
        "ramp_losses": np.array([loss for _, loss in ramps]),
        "curvature": np.array(L),
        "full_batch": descend(fit, sgd, rates, 40, keep="last").loss.T,
    }


def main() -> None:
    with concurrent.futures.ProcessPoolExecutor(2) as pool:
        made = list(pool.map(of_seed, SEEDS))
    arrays = {key: np.stack([one[key] for one in made]).astype(np.float32) for key in made[0]}
    arrays["ramp_rates"] = arrays["ramp_rates"][0]  # all seeds have the same
    arrays["kernels"] = np.array(list(KERNELS))
    arrays["rates"] = np.array([rates for _, _, rates in KERNELS.values()])
    arrays["steps"] = np.arange(0, STEPS + 1, EVERY)
    arrays["tops"], arrays["multiples"] = np.array(list(TOPS.values())), MULTIPLES
    np.savez_compressed(OUT, **arrays)
    print(hashlib.sha256(OUT.read_bytes()).hexdigest(), "", OUT.name)


if __name__ == "__main__":
    main()
