"""What people read off a range test: a short run whose rate grows until the loss explodes.

``ramp`` makes the run. The reading rules are those of fastai 2.7, each a function of (lr, loss).
``trap`` and ``dilogarithm`` are the theory: where the lowest point lies when there is no noise.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from .kernels import sgd
from .loop import descend
from .schedules import Schedule, constant, one_cycle

Array = np.ndarray


class Ramp(NamedTuple):
    """A range test as it ran; all are taken before the step and have shape (steps,)."""

    lr: Array  # the rate of step t
    batch_loss: Array  # the loss on minibatch t: what a training loop prints
    loss: Array  # the loss that the problem monitors


class _Watched:
    """A fit that notes the loss of every minibatch before its step."""

    def __init__(self, problem: Any):
        self.problem, self.theta0, self.seen = problem, problem.theta0, []
        self.loss = problem.loss

    def grad(self, theta: Array, t: int) -> Array:
        X, y = self.problem.X, self.problem.y
        if self.problem.batch_size < len(y):
            rows = self.problem.rows(t)
            X, y = X[rows], y[rows]
        self.seen.append(float(self.problem.loss(theta, X, y)))
        return self.problem.grad(theta, t)


def ramp(
    problem: Any,
    schedule: Schedule,
    steps: int,
    kernel: Callable = sgd,
    *,
    theta0: Array | None = None,
    **hyper: Any,
) -> Ramp:
    """Train ``problem`` for ``steps`` steps at the rising rates of ``schedule``.

    A problem without minibatches of its own (a formula) has its loss as batch loss.

    >>> from lrlib import range_test
    >>> from lrlib.problems import quadratic
    >>> run = ramp(quadratic([0.5]), range_test(1.3e-3, 13, 400), 400)
    >>> bool(4 <= lowest(run.lr, run.loss) <= 4 * 1e4 ** (1 / 400))
    True
    """
    batches = hasattr(problem, "rows")
    watched = _Watched(problem) if batches else problem
    with np.errstate(all="ignore"):
        trace = descend(watched, kernel, schedule, steps, theta0=theta0, keep="last", **hyper)
    loss = np.asarray(trace.loss[:-1], float)
    return Ramp(trace.lr, np.array(watched.seen) if batches else loss, loss)


def smoothed(loss: Array, beta: float = 0.98) -> Array:
    """The running average m = beta m + (1 - beta) loss, divided by 1 - beta^(t + 1).

    Without the division the average starts near 0, and the first point is always the lowest.
    Returns (n,). Raises ValueError when ``beta`` is not in [0, 1).

    >>> smoothed(np.array([2.0, 2.0, 2.0]), beta=0.9)
    array([2., 2., 2.])
    """
    if not 0 <= beta < 1:
        raise ValueError(f"beta = {beta!r}: must be in [0, 1)")
    m, out = 0.0, []
    with np.errstate(all="ignore"):
        for t, x in enumerate(np.asarray(loss, float)):
            m = beta * m + (1 - beta) * x
            out.append(m / (1 - beta ** (t + 1)))
    return np.array(out)


def kept(
    lr: Array, loss: Array, *, beta: float = 0.98, stop: float = 4.0, skip_end: int = 5
) -> tuple[Array, Array]:
    """What libraries keep of a ramp: smoothed, stopped, cut at both ends.

    The run stops at the first average that is not at most ``stop`` times the best so far. The first
    tenth of the planned steps and the last ``skip_end`` points are dropped, and all from the first
    nan on. Returns (lr, smoothed loss), which may be empty.

    >>> lr, loss = kept(np.geomspace(1e-3, 10, 40), np.full(40, 2.0))
    >>> len(lr), float(loss[0])
    (31, 2.0)
    """
    lr, loss = np.asarray(lr, float), smoothed(loss, beta)
    over = ~(loss <= stop * np.fmin.accumulate(loss))
    last = int(over.argmax()) + 1 if over.any() else len(loss)
    inside = slice(len(lr) // 10, max(0, last - skip_end))
    lr, loss = lr[inside], loss[inside]
    bad = np.isnan(loss)
    end = int(bad.argmax()) if bad.any() else len(loss)
    return lr[:end], loss[:end]


def _curve(lr: Array, loss: Array, least: int) -> tuple[Array, Array]:
    lr, loss = np.asarray(lr, float), np.asarray(loss, float)
    if lr.ndim != 1 or lr.shape != loss.shape:
        raise ValueError(
            f"lr, loss: have shapes {lr.shape} and {loss.shape}, must be lists of one length"
        )
    if len(lr) < least:
        raise ValueError(f"lr: has {len(lr)} points, this reading needs at least {least}")
    if not np.all(lr > 0) or not np.all(np.diff(lr) > 0):
        raise ValueError("lr: must be above 0 and rise from point to point")
    return lr, np.where(np.isnan(loss), np.inf, loss)


def lowest(lr: Array, loss: Array) -> float:
    """The rate at the lowest loss. fastai's ``minimum`` is a tenth of it.

    Raises ValueError when ``lr`` and ``loss`` are no curve over rising rates, as all rules do.

    >>> lowest([0.1, 1.0, 10.0], [2.0, 1.0, 5.0])
    1.0
    """
    lr, loss = _curve(lr, loss, 1)
    return float(lr[loss.argmin()])


def steepest(lr: Array, loss: Array) -> float:
    """The rate at which the loss falls fastest over the logarithm of the rate (fastai: ``steep``).

    >>> steepest([0.1, 1.0, 10.0, 100.0], [2.0, 1.9, 1.0, 5.0])
    1.0
    """
    lr, loss = _curve(lr, loss, 2)
    with np.errstate(all="ignore"):
        slope = np.diff(loss) / np.diff(np.log(lr))
    return float(lr[np.where(np.isnan(slope), np.inf, slope).argmin()])


def longest_valley(lr: Array, loss: Array) -> float:
    """Half-way along the middle third of the longest falling subsequence (fastai's default).

    >>> round(longest_valley(np.geomspace(1e-3, 1, 10), np.r_[np.arange(9.0, 1, -1), 3, 4]), 4)
    0.0046
    """
    lr, loss = _curve(lr, loss, 2)
    length = np.ones(len(loss), int)
    for i in range(1, len(loss)):
        length[i] += length[:i][loss[:i] > loss[i]].max(initial=0)
    end = int(length.argmax())
    start = end - int(length[end])  # may be -1, the last point: so it is in fastai
    third = (end - start) / 3
    return float(lr[start + int(third) + int(third / 2)])


def slide(lr: Array, loss: Array, lr_diff: int = 15, thresh: float = 0.005) -> float:
    """Slide a window of ``lr_diff`` points in from the right until the slopes at its ends agree
    within ``thresh``; the rate at its left end (fastai).

    >>> round(slide(np.geomspace(1e-3, 1, 20), np.full(20, 2.0)), 4)
    0.0043
    """
    lr, loss = _curve(lr, loss, lr_diff + 1)
    with np.errstate(all="ignore"):
        slope = np.gradient(loss)
    right = -1
    found = lr[right - lr_diff]
    while right - lr_diff >= -len(loss) and abs(slope[right] - slope[right - lr_diff]) > thresh:
        found, right = lr[right - lr_diff], right - 1
    return float(found)


# name -> rule, as fastai's lr_find offers them
READINGS: dict[str, Callable[[Array, Array], float]] = {
    "lowest / 10": lambda lr, loss: lowest(lr, loss) / 10,
    "steepest": steepest,
    "valley": longest_valley,
    "slide": slide,
}


def passes_start(lr: Array, loss: Array) -> float:
    """The first rate after the lowest point at which the loss is above its start; nan if none is.

    >>> passes_start([0.1, 1.0, 10.0], [2.0, 1.0, 5.0])
    10.0
    """
    lr, loss = _curve(lr, loss, 1)
    above = (loss > loss[0]) & (np.arange(len(loss)) > loss.argmin())
    return float(lr[above.argmax()]) if above.any() else float("nan")


def dilogarithm(z: float) -> float:
    """Real part of Li2(z), which is minus the integral of ln|1 - x| / x from 0 to z.

    The sum of ln|1 - lr h| over an exponential ramp of n steps an e-fold tends to -n Li2(lr h).
    Any finite z. Source: Lewin 1981.

    >>> bool(abs(dilogarithm(2.0) - np.pi**2 / 4) < 1e-12)
    True
    """
    if z > 1:
        return np.pi**2 / 3 - np.log(z) ** 2 / 2 - dilogarithm(1 / z)
    if z < -1:
        return -(np.pi**2) / 6 - np.log(-z) ** 2 / 2 - dilogarithm(1 / z)
    if z > 0.5:
        return np.pi**2 / 6 - (np.log(z) * np.log(1 - z) if z < 1 else 0) - dilogarithm(1 - z)
    if z < -0.5:
        return -dilogarithm(z / (z - 1)) - np.log(1 - z) ** 2 / 2
    k = np.arange(1, 80)
    return float((np.sign(z) ** k * np.abs(z) ** k / k**2).sum())


def _straight(z: float) -> float:
    """Minus the integral of ln|1 - x| from 0 to z: what a straight ramp has in the place of Li2."""
    return z if z == 1 else (1 - z) * np.log(abs(1 - z)) + z


def trap(kappa: float, straight: bool = False) -> float:
    """Where a long ramp without noise has its lowest loss, in multiples of the limit 2 / L.

    There the steepest error, solved on the way up, has grown back to the flattest:
    Li2(2c) = Li2(2c / kappa) for an exponential ramp. ``kappa`` = L / h_min, above 2;
    infinity gives where the loss passes its start again, 6.2976 (``straight``: 2.2956).
    Raises ValueError when ``kappa`` is not above 2.

    >>> round(trap(20), 2), round(trap(20, straight=True), 2)
    (4.92, 2.1)
    """
    if not kappa > 2:
        raise ValueError(f"kappa = {kappa!r}: must be above 2")
    law = _straight if straight else dilogarithm
    times = kappa if straight and np.isfinite(kappa) else 1.0

    def left(c: float) -> float:  # falls through 0 where both errors are as large
        flat = times * law(2 * c / kappa) if np.isfinite(kappa) else 0.0
        return law(2 * c) - flat

    low, high = 1.0, min(kappa, 7.0)
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if left(middle) > 0 else (low, middle)
    return low


def top_inside(lr: Array, loss: Array) -> float | None:
    """The rate at the lowest loss, or None where nothing can be read: no curve, or at an end.

    A lowest point at an end says that the ramp began too high, ended too low or was cut there.

    >>> print(top_inside([0.1, 1.0, 10.0], [3.0, 2.0, 1.0]))
    None
    """
    if len(lr) < 3:
        return None
    lr, loss = _curve(lr, loss, 3)
    k = int(loss.argmin())
    return None if k in (0, len(lr) - 1) else float(lr[k])


def compete(problem: Any, rates: Array, steps: int, kernel: Callable = sgd, **hyper: Any) -> Array:
    """Train at constant rates and, at once, with one-cycles that have these rates as their top.

    ``rates`` (K,). Returns theta (2, K, d): constant, then cycle.

    >>> from lrlib.problems import quadratic
    >>> compete(quadratic([1.0]), np.array([0.1, 0.2, 0.3]), 20).shape
    (2, 3, 1)
    """
    fixed, cycle = constant(np.asarray(rates)), one_cycle(np.asarray(rates), steps)
    with np.errstate(all="ignore"):
        both = descend(
            problem,
            kernel,
            lambda t: np.concatenate([fixed(t), cycle(t)]),
            steps,
            keep="last",
            **hyper,
        )
    return both.theta.reshape(2, len(rates), -1)
