"""Functions that are to give the ideal rate: a family to search in, and fits to observed steps.

rate = best(t, loss)                          what a fit returns
policy = power_policy(C, q, p, s, steps)      C loss^q (1 + t)^p (1 - t/T)^s, for `descend`
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from .fits import mlp
from .kernels import sgd
from .loop import descend
from .policies import Policy

Array = np.ndarray
Best = Callable[[float, float], float]
LOW, HIGH = 0.03, 5.0  # the rates that are observed, and that a fit may name


def power_policy(C: Any, q: Any, p: Any, s: Any, steps: int) -> Policy:
    """The policy C loss^q (1 + t)^p (1 - t/steps)^s, at most 50; the loss is cut to 0.01 ... 100.

    ``C``, ``q``, ``p``, ``s`` are numbers or arrays (K,), which train K models at once.

    >>> from lrlib.problems import bowl
    >>> descend(bowl(), lr=power_policy(0.5, 0.0, 0.0, 1.0, 4), steps=4).lr.tolist()
    [0.5, 0.375, 0.25, 0.125]
    """

    def policy(seen: Any, state: Any) -> tuple[Any, Any]:
        loss = np.clip(np.nan_to_num(seen.loss, nan=100.0), 0.01, 100.0)
        rate = C * loss**q * (1 + seen.t) ** p * (1 - seen.t / steps) ** s
        return np.minimum(rate, 50.0), state

    return policy


class Observed(NamedTuple):
    """Stretches of training, each at one rate; all arrays (n,)."""

    t: Array  # step at which it began
    loss: Array  # loss there
    rate: Array
    progress: Array  # by how much log loss fell, a step


def observe(
    problem: Any, seed: int, *, runs: int = 192, steps: int = 200, every: int = 10
) -> Observed:
    """Train with rates drawn anew ``every`` so many steps, evenly in log rate from 0.03 to 5.

    Stretches that begin at a loss of 3 or more, or end in one that is not finite, are left out.
    """
    draw = np.random.default_rng([seed, 3])
    rates = np.exp(draw.uniform(np.log(LOW), np.log(HIGH), (steps // every, runs)))
    seen = descend(problem, sgd, lambda t: rates[t // every], steps, keep="last").loss
    loss = np.asarray(seen[::every], float)
    t = np.repeat(np.arange(0, steps, every), runs)
    before, after = loss[:-1].ravel(), loss[1:].ravel()
    fine = np.isfinite(after) & (before < 3)
    progress = np.log(before[fine] / after[fine]) / every
    return Observed(t[fine], before[fine], rates.ravel()[fine], progress)


def _moment(t: Any, loss: Any) -> Array:
    """What the fits see of t and loss, (..., 2): their logarithms, in about unit size."""
    t, loss = np.broadcast_arrays(np.asarray(t, float), loss)
    return np.stack([(np.log1p(t) - 4) / 1.5, (np.log(loss) + 0.5) / 0.7], -1)


def fit_curve(seen: Observed) -> tuple[Best, float]:
    """Least squares: progress as a quadratic function of log rate, log t and log loss.

    Returns the rate at which it is largest, as a function of (t, loss), and R2.
    """
    x, r = _moment(seen.t, seen.loss), np.log(seen.rate)
    columns = np.column_stack([np.ones_like(r), r, r * r, r[:, None] * x, x, x * x])
    c, *_ = np.linalg.lstsq(columns, seen.progress, rcond=None)
    R2 = 1 - np.mean((seen.progress - columns @ c) ** 2) / seen.progress.var()
    low, high = np.log(LOW), np.log(HIGH)

    def best(t: float, loss: float) -> float:
        slope = c[1] + _moment(t, loss) @ c[3:5]
        ends = np.where(slope > 0, high, low)
        return np.exp(np.clip(-slope / (2 * c[2]), low, high) if c[2] < 0 else ends)

    return best, float(R2)


def fit_network(seen: Observed, seed: int) -> Best:
    """A network 3-32-32-10 that reads log t, log loss, log rate and tells the tenth in which the
    progress lies; trained for 2,000 steps of 64 on a line from 0.3 to 0.

    Returns the one of 41 rates with the highest expected tenth, as a function of (t, loss).
    """
    tenth = np.searchsorted(np.quantile(seen.progress, np.arange(0.1, 1, 0.1)), seen.progress)
    inputs = np.column_stack([_moment(seen.t, seen.loss), np.log(seen.rate) / 1.5])
    problem = mlp(inputs.astype(np.float32), tenth, (3, 32, 32, 10), batch_size=64, seed=seed)
    theta = descend(
        problem.grad, sgd, lambda t: 0.3 * (1 - t / 2000), 2000, theta0=problem.theta0, keep="last"
    ).theta
    tried = np.geomspace(LOW, HIGH, 41)

    def best(t: float, loss: float) -> float:
        x = np.repeat(_moment(t, loss).reshape(1, 2), 41, 0)
        z = problem.outputs(theta, np.column_stack([x, np.log(tried) / 1.5]).astype(np.float32))
        p = np.exp(z - z.max(-1, keepdims=True))
        return tried[(p @ np.arange(10) / p.sum(-1)).argmax()]

    return best


def as_policy(best: Best) -> Policy:
    """A function of (t, loss) as a policy for `descend`; the loss is cut to 0.05 ... 50."""

    def policy(seen: Any, state: Any) -> tuple[float, Any]:
        loss = np.clip(np.nan_to_num(seen.loss, nan=50.0), 0.05, 50.0)
        return best(seen.t, float(loss)), state

    return policy
