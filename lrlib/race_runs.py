"""Ten methods on four tasks, each with the same number of runs: the race of lesson 13, stored.

`trial` makes one seed of one method on one task anew; data/build/race_runs.py makes them all.
"""

import io
from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from .accuracy import bags
from .datasets import _fixed, _read, auto_mpg, glosses, letters
from .fits import least_squares, mlp, softmax
from .kernels import adagrad, adam, lion, muon, prodigy, schedule_free, sgd
from .loop import descend
from .policies import hypergradient
from .schedules import constant, polynomial

Array = np.ndarray
RATES = 10.0 ** np.arange(-3, 2.6, 0.5)  # twelve: two a decade, from 0.001 to 316
SEEDS = 10
BETA = 0.9  # of Schedule-Free


class Task(NamedTuple):
    """A problem made from a seed, its steps, and what is measured on rows it was not fitted to."""

    problem: Callable[[int], Any]
    steps: int
    rows: Callable[[int, str], tuple[Any, Array]]
    score: Callable[[Any, Array, tuple[Any, Array]], Array]


def _letters(seed: int, part: str) -> tuple[Array, Array]:
    data = letters(size=14)
    return getattr(data, f"X_{part}"), getattr(data, f"y_{part}")


def _cars(seed: int, part: str) -> tuple[Array, Array]:
    """A part of the cars, split anew for every seed; columns standardised by the part fitted to."""
    cars = auto_mpg()
    rows = np.random.default_rng(seed).permutation(len(cars.y))
    chosen = {"train": rows[:256], "heldout": rows[256:324], "test": rows[324:]}
    fit = cars.X[chosen["train"]]
    X = (cars.X[chosen[part]] - fit.mean(0)) / fit.std(0)
    return np.column_stack([X, np.ones(len(X))]), cars.y[chosen[part]]


def _right(problem: Any, theta: Array, rows: tuple[Any, Array]) -> Array:
    return 100 * problem.accuracy(theta, *rows)


def _off(problem: Any, theta: Array, rows: tuple[Any, Array]) -> Array:
    """Minus the typical error, so that more is better; -1e6 for a run that diverged."""
    error = np.sqrt(2 * problem.loss(theta, *rows))
    return -np.minimum(np.nan_to_num(error, nan=1e6, posinf=1e6), 1e6)


TASKS = {
    "letters": Task(
        lambda seed: softmax(*_letters(0, "train"), 10, batch_size=128, monitor=512, seed=seed),
        126,
        _letters,
        _right,
    ),
    "letters, 32 hidden": Task(
        lambda seed: mlp(
            *_letters(0, "train"), [196, 32, 10], batch_size=128, monitor=512, seed=seed
        ),
        126,
        _letters,
        _right,
    ),
    "definitions": Task(
        lambda seed: softmax(*bags(glosses().fit), 8, batch_size=64, monitor=512, seed=seed),
        132,
        lambda seed, part: bags(getattr(glosses(), part)),
        _right,
    ),
    "cars": Task(
        lambda seed: least_squares(*_cars(seed, "train"), batch_size=16, seed=seed),
        160,
        _cars,
        _off,
    ),
}


class Method(NamedTuple):
    """A kernel made for a problem, its hyperparameters, the rate over the steps, one default."""

    kernel: Callable[[Any], Callable]
    default: float  # what its library or its paper sets, as one of RATES
    hyper: Mapping[str, Any] = MappingProxyType({})
    schedule: Callable[[Any, int], Any] = lambda lr, steps: constant(lr)
    scaled: bool = False  # the tuned number is its ``scale``, not the rate


METHODS = {
    "SGD": Method(lambda p: sgd, 0.01),
    "momentum, line": Method(lambda p: sgd, 0.01, {"momentum": 0.9}, polynomial),
    "SGD, hypergradient": Method(
        lambda p: sgd, 0.01, {}, lambda lr, steps: hypergradient(lr, 0.1, multiplicative=True)
    ),
    "Adagrad": Method(lambda p: adagrad, 0.01),
    "Adam": Method(lambda p: adam, 0.001),
    "Adam, line": Method(lambda p: adam, 0.001, {}, polynomial),
    "Schedule-Free Adam": Method(lambda p: schedule_free, 10**-2.5, {"adam": True, "beta": BETA}),
    "Lion": Method(lambda p: lion, 0.001),
    "Prodigy, line": Method(lambda p: prodigy, 1.0, {}, polynomial, scaled=True),
    "Muon, line": Method(lambda p: muon(p.layers), 10**-1.5, {}, polynomial),
}


def trained(
    task: Task, method: Method, seed: int, rates: Array = RATES, watched: bool = False
) -> tuple[Any, Array, Array | None]:
    """The problem, what is kept of each run, (rates, d), and their losses, (steps + 1, rates).

    The losses are None unless ``watched``: they cost as much as the steps.
    """
    problem = task.problem(seed)
    hyper, lr = dict(method.hyper), method.schedule(1.0 if method.scaled else rates, task.steps)
    if method.scaled:
        hyper["scale"] = rates
    kernel, what = method.kernel(problem), problem if watched else problem.grad
    start = np.broadcast_to(problem.theta0, (len(rates), problem.theta0.size))
    trace = descend(what, kernel, lr, task.steps, theta0=start, keep="last", **hyper)
    theta = trace.theta
    if kernel is schedule_free:  # the average is the model
        theta = theta - (rates[:, None] * (1 - BETA) * trace.state.w).astype(theta.dtype)
    return problem, theta, trace.loss


def trial(task: str, method: str, seed: int, rates: Array = RATES) -> Array:
    """One seed at all rates: the score (held-out or test, rates). More is better.

    Accuracy in %; of the cars minus the typical error in miles per gallon. nan where the method
    needs a matrix and the task has none.
    """
    about = TASKS[task]
    if method.startswith("Muon") and task == "cars":
        return np.full((2, len(rates)), np.nan)
    problem, theta, _ = trained(about, METHODS[method], seed, rates)
    with np.errstate(all="ignore"):
        return np.stack(
            [about.score(problem, theta, about.rows(seed, part)) for part in ("heldout", "test")]
        )


@cache
def race_runs() -> dict[str, dict[str, Array]]:
    """Lesson 13: scores by task and method, (seeds, held-out or test, rates)."""
    with np.load(io.BytesIO(_read("race_runs.npz"))) as file:
        found = {task: _fixed(file[task], float) for task in TASKS}
    return {task: dict(zip(METHODS, found[task], strict=True)) for task in TASKS}


def tuned(scores: Array, away: int = 0) -> tuple[Array, int]:
    """Test scores (seeds,) at the rate that is best on the held-out rows, and its place in RATES.

    ``scores`` (seeds, held-out or test, rates): the held-out mean over the seeds decides. ``away``
    moves so many places from there; the ends are not passed.

    >>> scores = np.zeros((3, 2, 12))
    >>> scores[:, 0, 6], scores[:, 1, 6] = 80, 78
    >>> tuned(scores)
    (array([78., 78., 78.]), 6)
    """
    best = int(scores[:, 0].mean(0).argmax())
    return scores[:, 1, min(best + away, scores.shape[-1] - 1)], best


def untuned(method: str, scores: Array) -> Array:
    """Test scores (seeds,) at the method's default: one run, nothing chosen."""
    return scores[:, 1, np.abs(np.log(RATES / METHODS[method].default)).argmin()]


def paired(a: Array, b: Array) -> tuple[float, float]:
    """The mean difference a - b over the seeds, and its standard error.

    >>> paired(np.array([3.0, 5.0]), np.array([1.0, 2.0]))
    (2.5, 0.5)
    """
    gap = a - b
    return float(gap.mean()), float(gap.std(ddof=1) / len(gap) ** 0.5)
