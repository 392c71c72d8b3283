"""What the readings of a range test are worth: many seeds, four settings, stored.

`trial` is one row of the table; data/build/range_runs.py makes them all.
"""

import io
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from .datasets import _fixed, _read, letters
from .fits import mlp, softmax
from .kernels import adam, sgd
from .range_readings import READINGS, compete, kept, lowest, ramp
from .schedules import range_test

Array = np.ndarray
STEPS = 372  # three epochs of batches of 64
RAMP_STEPS = 125
DIVISORS = (1, 3, 10, 30)


class Setting(NamedTuple):
    """A model, a kernel, and the range of rates that ramp and sweep share."""

    hidden: int  # units between pixels and letters; 0: softmax regression
    kernel: Callable
    hyper: dict[str, Any]
    start: float
    end: float


SETTINGS = {
    "SGD": Setting(16, sgd, {}, 1e-3, 10),
    "momentum": Setting(16, sgd, {"momentum": 0.9}, 1e-3, 10),
    "Adam": Setting(16, adam, {}, 1e-5, 1),
    "SGD, no hidden layer": Setting(0, sgd, {}, 1e-3, 10),
}


def letter_net(seed: int, hidden: int = 16, batch_size: int = 64) -> Any:
    """Letters of 14 x 14 pixels, one hidden layer or none, batches of 64; loss of one row only."""
    data, options = letters(size=14), {"batch_size": batch_size, "monitor": 1, "seed": seed}
    if not hidden:
        return softmax(data.X_train, data.y_train, 10, **options)
    return mlp(data.X_train, data.y_train, [196, hidden, 10], **options)


def accuracies(theta: Array, hidden: int = 16) -> Array:
    """Accuracy in % of theta (..., d) on the held-out and on the test letters, shape (2, ...)."""
    data, net = letters(size=14), letter_net(0, hidden)
    sets = ((data.X_heldout, data.y_heldout), (data.X_test, data.y_test))
    with np.errstate(all="ignore"):
        return 100 * np.stack([net.accuracy(theta.astype(np.float32), X, y) for X, y in sets])


def trial(setting: Setting, seed: int) -> tuple[Array, Array]:
    """One ramp, then a run at each of 20 rates, at once as a constant rate and as one cycle's top.

    The rates are the four readings, the lowest point divided by DIVISORS, and a sweep of twelve.
    Returns rates (20,) and accuracies in % (held-out or test, constant or cycle, 20).
    """
    schedule = range_test(setting.start, setting.end, RAMP_STEPS)
    run = ramp(
        letter_net(seed, setting.hidden), schedule, RAMP_STEPS, setting.kernel, **setting.hyper
    )
    curve = kept(run.lr, run.batch_loss)
    rates = [rule(*curve) for rule in READINGS.values()]
    rates += [lowest(*curve) / k for k in DIVISORS]
    rates += [*np.geomspace(setting.start, setting.end, 12)]
    net = letter_net(seed, setting.hidden)
    theta = compete(net, np.array(rates), STEPS, setting.kernel, **setting.hyper)
    return np.array(rates), accuracies(theta, setting.hidden)


class RangeRuns(NamedTuple):
    """Trials of 20 seeds, by the names of SETTINGS."""

    rates: dict[str, Array]  # (20 seeds, 20 rates)
    accuracy: dict[str, Array]  # (20 seeds, held-out or test, constant or cycle, 20 rates), in %


@cache
def range_runs() -> RangeRuns:
    """Lesson 08: what became of the rates that range tests suggested."""
    with np.load(io.BytesIO(_read("range_runs.npz"))) as file:
        arrays = {key: _fixed(file[key], float) for key in ("rates", "accuracy")}
    return RangeRuns(*(dict(zip(SETTINGS, arrays[k], strict=True)) for k in ("rates", "accuracy")))


def chosen(accuracy: Array, which: slice) -> Array:
    """Test accuracy of that rate among ``which`` that is best on the held-out letters.

    ``accuracy`` (..., held-out or test, constant or cycle, 20). Returns (..., constant or cycle).
    """
    heldout, test = (accuracy[..., k, :, which] for k in (0, 1))
    best = heldout.argmax(-1)[..., None]
    return np.take_along_axis(test, best, -1)[..., 0]


FOUR = slice(4, 8)  # the lowest point and what lies below it
SWEEP = slice(8, 20)
BLIND = tuple(slice(8 + k, 20, 3) for k in range(3))  # every third rate of the sweep
