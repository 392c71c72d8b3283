"""What lesson 09 runs again and again: a slope, the rule with a belt, learn then hold."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .loop import descend
from .policies import Policy, Seen, hypergradient

Array = np.ndarray


def measured_slope(
    problem: Any, kernel: Callable, lr: float, steps: int, *, move: float = 1e-5, **hyper: Any
) -> tuple[float, float]:
    """The slope of the loss over the last rate: by moving that rate a little, and as -g . u.

    >>> from lrlib import descend, sgd
    >>> from lrlib.problems import bowl
    >>> measured, derived = measured_slope(bowl(), sgd, 0.1, 1)
    >>> round(measured, 6), round(derived, 6)
    (-22.5, -22.5)
    """
    before, after = descend(problem, kernel, lr, steps, **hyper).theta[-2:]
    u = (before - after) / lr
    up, down = (problem.loss(before - (lr + sign * move) * u) for sign in (1, -1))
    return float((up - down) / (2 * move)), float(-problem.grad(after) @ u)


def belted(lr: float, hypergrad_lr: float, ratio: float = 2.0) -> Policy:
    """The additive rule whose rate changes in one step by at most the factor ``ratio``.

    Raises ValueError when ``ratio`` is not above 1.

    >>> from lrlib import descend, sgd
    >>> from lrlib.problems import bowl
    >>> descend(bowl(), sgd, belted(0.1, 100.0), 4).lr
    array([0.1, 0.2, 0.4, 0.8])
    """
    if not ratio > 1:
        raise ValueError(f"ratio = {ratio!r}: must be above 1")

    def policy(seen: Seen, alpha: float | None) -> tuple[float, float]:
        if alpha is None:
            return lr, lr
        new = alpha + hypergrad_lr * (seen.g * seen.u).sum(-1)
        alpha = np.clip(new, alpha / ratio, ratio * alpha)
        return alpha, alpha

    return policy


def learn_then_hold(
    problem: Any, kernel: Callable, beta: float, fixed: float, steps: int, **hyper: Any
) -> Array:
    """Three runs: the rate learned from 1e-6, its highest value held, and a ``fixed`` rate.

    Returns theta (3, d).

    >>> from lrlib import descend, sgd
    >>> from lrlib.problems import bowl
    >>> learn_then_hold(bowl(), sgd, 0.01, 0.5, 20).shape
    (3, 1)
    """
    trial = descend(problem, kernel, hypergradient(1e-6, beta), steps, keep="last", **hyper)
    rates = np.array([trial.lr.max(), fixed])
    held = descend(problem, kernel, rates, steps, keep="last", **hyper).theta
    return np.concatenate([trial.theta[None], held])


def plus_minus(values: Array, digits: int = 2) -> str:
    """Mean and standard deviation of the values of several seeds, in decimals.

    >>> plus_minus(np.array([0.5, 0.6, 0.7]))
    '0.60 ± 0.08'
    """
    return f"{np.mean(values):.{digits}f} ± {np.std(values):.{digits}f}"
