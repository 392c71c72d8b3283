"""What lesson 13 measures: a network whose curvature moves, and Schedule-Free's exact error."""

from typing import Any

import numpy as np

from .contracts import positive, unit, whole
from .fits import Fit, _Network

Array = np.ndarray


class _CurveNetwork(_Network):
    """Half the mean squared error of one output."""

    def answers(self, y: Any, rows: int) -> Array:
        return np.asarray(y, float)

    def loss(self, theta: Array, X: Array, y: Array) -> Array:
        return ((self.outputs(theta, X)[..., 0] - y) ** 2).mean(-1) / 2

    def pull(self, z: Array, y: Array) -> Array:
        return (z - y[:, None]) / len(y)

    def pull_change(self, z: Array, rz: Array) -> Array:
        return rz / z.shape[-2]


def curve_net(seed: int = 0, hidden: int = 30, points: int = 20) -> Fit:
    """A smooth network, 1-hidden-hidden-1 with tanh, fitted to a wave of four bends.

    The wave is Chebyshev's fourth polynomial at ``points`` places from -1 to 1; all of them make
    every gradient. Weights start from N(0, 1 / inputs), drawn with ``seed``, biases from 0.
    Returns a `Fit`, whose loss is half the mean squared error.
    Raises ValueError when a size is no whole number.

    >>> curve_net().theta0.size
    1021

    Source: the setting of Cohen et al. 2021, appendix; smaller.
    """
    whole(0, seed=seed), whole(hidden=hidden), whole(2, points=points)
    x = np.linspace(-1, 1, points)
    model = _CurveNetwork([1, hidden, hidden, 1], "tanh")
    rng, theta = np.random.default_rng(seed), np.zeros(model.size)
    for (w, _), (m, n) in zip(model.parts, model.shapes, strict=True):
        theta[w] = rng.standard_normal(m * n) / m**0.5
    return Fit(model, x[:, None], 8 * x**4 - 8 * x**2 + 1, theta)


def schedule_free_error(
    beta: float, lr: float, steps: int, h: float = 1.0, noise: float = 1.0, start: float = 1.0
) -> Array:
    """The expected squared error of Schedule-Free's average on a noisy parabola, exactly.

    Curvature ``h``, gradient noise of standard deviation ``noise``, expected squared distance at
    the start ``start``. Second moments of the average x and the plain run z, no simulation.
    Returns shape (steps,): after 1, 2, ... steps.
    Raises ValueError when ``beta`` is not in [0, 1) or a number is not positive.

    >>> (100 * schedule_free_error(0.0, 1.0, 100)[-1]).round(6)  # the mean of all gradients
    np.float64(1.0)
    """
    unit(beta=beta), positive(lr=lr, h=h, noise=noise, start=start), whole(steps=steps)
    moments, found = np.full((2, 2), start), []
    z = np.array([-lr * h * beta, 1 - lr * h * (1 - beta)])  # of x and z
    for t in range(1, steps + 1):
        x = np.array([1 - 1 / t, 0.0]) + z / t
        A, b = np.stack([x, z]), np.array([lr * noise / t, lr * noise])
        moments = A @ moments @ A.T + np.outer(b, b)
        found.append(moments[0, 0])
    return np.array(found)
