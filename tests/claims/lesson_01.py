"""Statements of lesson 01 about noisy runs."""

import functools

import numpy as np

from claims import claim
from lrlib import auto_mpg, descend, letters, sgd
from lrlib.problems import least_squares, quadratic, sharpness, softmax

LRS = np.logspace(-3.5, 1.5, 51)


@functools.cache
def u_curve(seed: int) -> tuple[np.ndarray, np.ndarray, object]:
    """Held-out losses of the lesson's U with batches of 128, the last thetas, the problem."""
    data = letters(size=14)
    problem = softmax(data.X_train, data.y_train, 10, batch_size=128, monitor=128, seed=seed)
    last = descend(problem, sgd, LRS, 200, keep="last").theta
    return problem.loss(last, data.X_heldout, data.y_heldout), last, problem


@functools.cache
def without_noise(lr: float) -> float:
    """Held-out loss after 200 steps on all letters."""
    data = letters(size=14)
    full = softmax(data.X_train, data.y_train, 10, monitor=128)
    last = descend(full.grad, sgd, lr, 200, keep="last", theta0=full.theta0).theta
    return float(full.loss(last, data.X_heldout, data.y_heldout))


@claim("01-decades")
def decades(seed: int) -> float:
    """The loss is within 25 % of the best over about one decade of rates: 0.75 to 1.25."""
    loss = u_curve(seed)[0]
    good = LRS[loss < 1.25 * loss.min()]
    return 0.25 - abs(np.log10(good[-1] / good[0]) - 1)


@claim("01-noise-right")
def noise_right(seed: int) -> float:
    """At the rate 1 batches of 8 lose at least 25 % more than all letters do, by their noise: all
    letters still gain from 0.5 to 1."""
    data = letters(size=14)
    some = softmax(data.X_train, data.y_train, 10, batch_size=8, seed=seed)
    last = descend(some.grad, sgd, 1.0, 200, keep="last", theta0=some.theta0).theta
    lost = float(some.loss(last, data.X_heldout, data.y_heldout)) / without_noise(1.0)
    return min(lost - 1.25, without_noise(0.5) / without_noise(1.0) - 1)


@claim("01-best-above")
def best_above(seed: int) -> float:
    """The best rate lies above 2/L at the start of training."""
    loss, _, problem = u_curve(seed)
    return float(LRS[loss.argmin()] * sharpness(problem, problem.theta0) / 2 - 1)


@claim("01-limit-rises")
def limit_rises(seed: int) -> float:
    """After training at the best rate the limit is higher than at the start: at least doubled."""
    loss, last, problem = u_curve(seed)
    start, end = sharpness(problem, problem.theta0), sharpness(problem, last[loss.argmin()])
    return float(start / end - 2)


@claim("01-floor-law")
def floor_law(seed: int) -> float:
    """The variance of theta is lr s² / (h (2 - lr h)), within 5 %."""
    noisy = quadratic([2.0] * 100, noise=1.0, seed=seed)
    theta = descend(noisy, sgd, 0.1, 4000).theta[400:]
    return 0.05 - abs(float(theta.var()) * 2 * (2 - 0.2) / 0.1 - 1)


@functools.cache
def cars() -> tuple[np.ndarray, np.ndarray]:
    """Standardised features, centred miles per gallon."""
    data = auto_mpg()
    return (data.X - data.X.mean(0)) / data.X.std(0), data.y - data.y.mean()


def floor(batch: int, lr: float, seed: int) -> float:
    """Mean loss above the minimum over the second half of 4,000 steps from the minimum."""
    some = least_squares(*cars(), batch_size=batch, seed=seed)
    loss = descend(some, sgd, lr, 4000, theta0=some.minimum).loss
    return float(loss[2000:].mean() - loss[0])


@claim("01-scaling-rule")
def scaling_rule(seed: int) -> float:
    """With lr / B fixed the floors of batches 1 and 4 agree within 25 %, that of 64 is at least
    twice as high; means of 5 orders."""
    orders = range(10 * seed, 10 * seed + 5)
    pairs = (1, 0.005), (4, 0.02), (64, 0.32)
    one, four, many = (np.mean([floor(b, lr, order) for order in orders]) for b, lr in pairs)
    return float(min(0.25 - abs(four / one - 1), many / one - 2))


@claim("01-batch-1-diverges", share=1.0)
def batch_1_diverges(seed: int) -> float:
    """Batch 1 diverges at the rate 0.3, below 2/L of all rows."""
    last = floor(1, 0.3, seed)
    return 1.0 if not last < 1e6 else -1.0
