"""Adam beside other methods on letters and on words, over many rates and seeds, stored.

`trial` makes one seed of one row anew; data/build/adam_runs.py makes them all.
"""

import io
from collections.abc import Callable, Mapping
from functools import cache
from itertools import count
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from .accuracy import bags
from .contracts import Schedule
from .datasets import _fixed, _read, auto_mpg, glosses, penguins
from .fits import least_squares, softmax
from .kernels import adagrad, adam, rmsprop, sgd
from .loop import descend
from .range_runs import accuracies, letter_net
from .schedules import constant, cosine, polynomial, warmup

Array = np.ndarray
RATES = np.geomspace(1e-3, 10**1.5, 10)  # two a decade
FINE = np.geomspace(10**-2.25, 0.1, 6)  # four a decade, about Adam's best on the letters
SEEDS = 10
PARTS = {
    "letters": (372, 31),
    "glosses": (528, 33),
}  # steps, and after how many to look: 3, 4 passes


class Way(NamedTuple):
    """A kernel, its hyperparameters, and a schedule made from the rates and the number of steps."""

    kernel: Callable
    hyper: Mapping[str, Any] = MappingProxyType({})
    schedule: Callable[[Array, int], Schedule] = lambda lr, steps: constant(lr)


def held(lr: Array, steps: int, warm: int = 50) -> Schedule:
    """A straight rise over ``warm`` steps, then the rate stays."""
    return warmup(constant(lr), warm)


def warmed(lr: Array, steps: int, warm: int = 50) -> Schedule:
    """A straight rise over ``warm`` steps, then half a cosine wave down to zero."""
    return warmup(cosine(lr, steps - warm), warm)


METHODS = {
    "SGD": Way(sgd),
    "momentum": Way(sgd, {"momentum": 0.9}),
    "Adagrad": Way(adagrad),
    "RMSprop": Way(rmsprop),
    "Adam": Way(adam),
}
ROWS = {
    "letters": METHODS | {"uncorrected": Way(adam, {"bias_correction": False})},
    "glosses": METHODS,
}
SCHEDULES = {
    "constant": Way(adam),
    "warm-up": Way(adam, {}, held),
    "linear": Way(adam, {}, polynomial),
    "cosine": Way(adam, {}, cosine),
    "warm-up, cosine": Way(adam, {}, warmed),
}


def gloss_fit(seed: int) -> Any:
    """Softmax regression on the words of a gloss, batches of 64; loss of one row only."""
    return softmax(*bags(glosses().fit), 8, batch_size=64, monitor=1, seed=seed)


def read_right(task: str, problem: Any, theta: Array) -> Array:
    """Accuracy in % of theta (..., d) on the held-out and on the test part, shape (2, ...)."""
    if task == "letters":
        return accuracies(theta)
    texts = glosses()
    with np.errstate(all="ignore"):
        return 100 * np.stack(
            [problem.accuracy(theta, *bags(part)) for part in (texts.heldout, texts.test)]
        )


def trial(task: str, way: Way, seed: int, rates: Array = RATES, times: int = 1) -> Array:
    """One seed at all rates: accuracy in % (held-out or test, looks, rates).

    ``times`` as many steps as PARTS says, with looks as many times further apart.
    """
    steps, every = (times * number for number in PARTS[task])
    problem = letter_net(seed) if task == "letters" else gloss_fit(seed)
    schedule = way.schedule(rates, steps)
    seen: list[Array] = []
    before = count()

    def noted(g: Array, state: Any = None, *, theta: Any) -> Any:
        taken = next(before)
        if taken and taken % every == 0:
            seen.append(read_right(task, problem, theta))
        return way.kernel(g, state, **way.hyper)

    start = np.broadcast_to(problem.theta0, (len(rates), problem.theta0.size))
    last = descend(problem, noted, schedule, steps, theta0=start, keep="last").theta
    return np.stack([*seen, read_right(task, problem, last)], 1)


@cache
def _stored() -> dict[str, Array]:
    with np.load(io.BytesIO(_read("adam_runs.npz"))) as file:
        return {name: _fixed(file[name], float) for name in (*ROWS, "schedules")}


def adam_runs() -> dict[str, dict[str, Array]]:
    """Lesson 06: accuracy in % by task and row, (seeds, held-out or test, looks, RATES)."""
    return {task: dict(zip(rows, _stored()[task], strict=True)) for task, rows in ROWS.items()}


def schedule_runs() -> dict[str, Array]:
    """Lesson 06: Adam on the letters by schedule, % (seeds, held-out or test, looks, FINE)."""
    return dict(zip(SCHEDULES, _stored()["schedules"], strict=True))


def at_best(accuracy: Array, look: int = -1) -> tuple[Array, int]:
    """Test accuracy (seeds,) at a look, at the rate that is best on the held-out part then.

    ``accuracy`` (seeds, held-out or test, looks, rates): the held-out mean over the seeds decides.
    Returns that rate's place among the rates, too.

    >>> a = np.zeros((3, 2, 4, 10))
    >>> a[:, 0, -1, 6], a[:, 1, -1, 6] = 80, 78
    >>> at_best(a)
    (array([78., 78., 78.]), 6)
    """
    best = int(accuracy[:, 0, look].mean(0).argmax())
    return accuracy[:, 1, look, best], best


def over_passes(accuracy: Array) -> tuple[Array, Array]:
    """Passes over the data and mean test accuracy, each at the rate that is best by then.

    The rate is constant, so the start of a run is a run. ``accuracy`` as for `at_best`.
    """
    looks = range(accuracy.shape[2])
    return np.arange(1, len(looks) + 1) / 4, np.array(
        [at_best(accuracy, k)[0].mean() for k in looks]
    )


def recorded_steps(gradients: Array) -> Array:
    """Adam's steps, in rates, on recorded gradients (steps, d), whatever the weights are.

    >>> bool(np.allclose(recorded_steps(np.full((5, 1), 3.0)), 1))
    True
    """
    steps, d = gradients.shape
    run = descend(lambda theta, t: gradients[t], adam, 1.0, steps, theta0=np.zeros(d))
    return -np.diff(run.theta, axis=0)


def explained(task: str, seed: int) -> Array:
    """Held-out variance in % that a line explains after 200 steps of Adam, at RATES[:9].

    ``task``: "cars", miles per gallon from six columns, or "penguins", mass in kg from the flipper.
    Columns are standardised, the target is not. Batches of 32; a quarter of the rows is held out.
    Returns shape (9,).
    """
    cars, birds = auto_mpg(), penguins()
    tables = {"cars": (cars.X, cars.y), "penguins": (birds.flipper_mm[:, None], birds.mass_kg)}
    columns, y = tables[task]
    X = np.column_stack([(columns - columns.mean(0)) / columns.std(0), np.ones(len(y))])
    held, fit = np.split(np.random.default_rng(seed).permutation(len(y)), [len(y) // 4])
    problem = least_squares(X[fit], y[fit], batch_size=32, seed=seed)
    w = descend(problem, adam, RATES[:9], 200, keep="last").theta
    return 100 * (1 - ((y[held] - w @ X[held].T) ** 2).mean(-1) / y[held].var())
