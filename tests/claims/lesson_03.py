"""Statements of lesson 03 about noisy runs."""

import functools

import numpy as np

from claims import claim
from lrlib import auto_mpg, descend, sgd
from lrlib.problems import least_squares, quadratic

RATES = np.logspace(-4, 0.5, 46)


@claim("03-floor-ratio")
def floor_ratio(seed: int) -> float:
    """At one rate, momentum 0.8 has 4.99 times the floor of plain descent, within 10 %."""
    noisy = quadratic([1.0] * 20, np.zeros(20), noise=1.0, seed=seed)
    floors = [
        descend(noisy, sgd, 0.01, 20_000, momentum=mu).loss[2000:].mean() for mu in (0.0, 0.8)
    ]
    exact = (1 + 0.8) / (1 - 0.8) * (2 - 0.01) / (2 * (1 + 0.8) - 0.01)
    return 0.1 - abs(float(floors[1] / floors[0]) / exact - 1)


@functools.cache
def gain(batch: int, seed: int) -> float:
    """Loss left without momentum over that with 0.9, each at its best rate, mean of 10 orders."""
    cars = auto_mpg()
    Z, y = (cars.X - cars.X.mean(0)) / cars.X.std(0), cars.y - cars.y.mean()

    def left(momentum: float) -> float:
        losses = []
        for order in range(10 * seed, 10 * seed + 10):
            some = least_squares(Z, y, batch_size=batch, seed=order)
            run = descend(some.grad, sgd, RATES, 400, momentum=momentum, theta0=some.theta0)
            losses.append((some.loss(run.theta[-50:]) - some.loss(some.minimum)).mean(0))
        return float(np.nanmin(np.mean(losses, 0)))

    return left(0.0) / left(0.9)


@claim("03-no-gain-batch-1")
def no_gain_batch_1(seed: int) -> float:
    """At batch 1 momentum neither gains nor loses more than 20 %."""
    return 0.2 - abs(gain(1, seed) - 1)


@claim("03-gain-grows")
def gain_grows(seed: int) -> float:
    """The gain grows from batch 1 to 32 to 128, and is above 3 there."""
    small, middle, large = (gain(b, seed) for b in (1, 32, 128))
    return min(middle - small, large - middle, large - 3)
