"""What is minimised, from formulas: objects with ``theta0``, ``loss(theta)``, ``grad(theta, t)``.

theta has shape (*sweep, d); loss returns (*sweep,), grad returns (*sweep, d). t is the number of
the step: the noise is a pure function of t, so every model of a sweep sees the same. With t=None,
grad is exact.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np

Array = np.ndarray


class Surface:
    """A problem from formulas: ``loss(theta)``, ``grad(theta, t)``, ``theta0`` and, where it is
    known, the ``minimum``. ``noise`` is the standard deviation of a normal error added to every
    component of the gradient: a number or an array (d,)."""

    def __init__(
        self,
        loss: Callable[[Array], Array],
        grad: Callable[[Array], Array],
        theta0: Sequence[float],
        minimum: Sequence[float] | None = None,
        noise: float | Array = 0.0,
        seed: int = 0,
    ):
        self.theta0 = np.asarray(theta0, float)
        self.minimum = None if minimum is None else np.asarray(minimum, float)
        self.loss, self._grad, self.noise, self.seed = loss, grad, np.asarray(noise, float), seed
        if np.any(self.noise < 0) or self.noise.shape not in ((), self.theta0.shape):
            raise ValueError(f"noise = {noise!r}: must be at least 0, a number or one a parameter")

    def grad(self, theta: Array, t: int | None = None) -> Array:
        g = self._grad(theta)
        if t is None or not self.noise.any():
            return g
        return g + self.noise * _normal(self.seed, t // 1024, self.theta0.size)[t % 1024]


@lru_cache(maxsize=8)
def _normal(seed: int, block: int, d: int) -> Array:
    return np.random.default_rng([seed, block]).standard_normal((1024, d))


def quadratic(
    curvatures: Sequence[float],
    theta0: Sequence[float] | None = None,
    *,
    minimum: Sequence[float] | None = None,
    rotation: float = 0.0,
    noise: float | Array = 0.0,
    seed: int = 0,
) -> Surface:
    """1/2 (theta - minimum)' H (theta - minimum), H with the given eigenvalues.

    ``curvatures`` (d,) are the eigenvalues; ``rotation`` turns the first two axes by that many
    degrees; ``theta0`` is ones and ``minimum`` zeros unless given. The result also has
    ``hessian`` (d, d). Raises ValueError when shapes disagree.
    """
    h = np.asarray(curvatures, float)
    if h.ndim != 1 or h.size == 0:
        raise ValueError(f"curvatures = {curvatures!r}: must be a list of numbers")
    if rotation and h.size < 2:
        raise ValueError(f"rotation = {rotation!r}: needs two curvatures or more")
    turn = np.eye(h.size)
    if rotation:
        c, s = np.cos(np.deg2rad(rotation)), np.sin(np.deg2rad(rotation))
        turn[:2, :2] = [[c, -s], [s, c]]
    H = turn * h @ turn.T
    centre = np.zeros(h.size) if minimum is None else np.asarray(minimum, float)
    theta0 = np.ones(h.size) if theta0 is None else np.asarray(theta0, float)
    for name, x in (("minimum", centre), ("theta0", theta0)):
        if x.shape != h.shape:
            raise ValueError(f"{name} = {x!r}: must have one number a curvature, {h.size}")

    def grad(theta):
        return (theta - centre) @ H

    def loss(theta):
        return ((theta - centre) * grad(theta)).sum(-1) / 2

    problem = Surface(loss, grad, theta0, centre, noise, seed)
    problem.hessian = H
    return problem


def bowl(noise: float = 0.0) -> Surface:
    """x^2 / 2: one parameter, curvature 1, from 5."""
    return quadratic([1.0], [5.0], noise=noise)


def valley(rotation: float = 0.0, noise: float = 0.0) -> Surface:
    """Curvatures 0.2 and 4, from (-5, -2): 0.1 x^2 + 2 y^2, d2l's surface. Condition number 20."""
    return quadratic([0.2, 4.0], [-5.0, -2.0], rotation=rotation, noise=noise)


def rosenbrock() -> Surface:
    """(1 - x)^2 + 100 (y - x^2)^2 from (-1.2, 1); minimum (1, 1). Source: Rosenbrock 1960."""

    def loss(theta):
        x, y = theta[..., 0], theta[..., 1]
        return (1 - x) ** 2 + 100 * (y - x**2) ** 2

    def grad(theta):
        x, y = theta[..., 0], theta[..., 1]
        return np.stack([-2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)], -1)

    return Surface(loss, grad, [-1.2, 1.0], [1.0, 1.0])


def beale() -> Surface:
    """(1.5-x+xy)^2 + (2.25-x+xy^2)^2 + (2.625-x+xy^3)^2 from (1, 1); minimum (3, 0.5).

    Source: Beale 1958."""

    def residuals(x, y):
        return 1.5 - x + x * y, 2.25 - x + x * y**2, 2.625 - x + x * y**3

    def loss(theta):
        return sum(r**2 for r in residuals(theta[..., 0], theta[..., 1]))

    def grad(theta):
        x, y = theta[..., 0], theta[..., 1]
        r = residuals(x, y)
        dx = 2 * (r[0] * (y - 1) + r[1] * (y**2 - 1) + r[2] * (y**3 - 1))
        dy = 2 * (r[0] * x + r[1] * 2 * x * y + r[2] * 3 * x * y**2)
        return np.stack([dx, dy], -1)

    return Surface(loss, grad, [1.0, 1.0], [3.0, 0.5])


def saddle(theta0: Sequence[float] = (1.0, 1e-6), noise: float = 0.0, seed: int = 0) -> Surface:
    """x^2 / 2 - y^2 / 2 + y^4 / 4: a saddle at (0, 0), minima at (0, 1) and (0, -1), loss -1/4."""

    def loss(theta):
        x, y = theta[..., 0], theta[..., 1]
        return (x**2 - y**2) / 2 + y**4 / 4

    def grad(theta):
        x, y = theta[..., 0], theta[..., 1]
        return np.stack([x, y**3 - y], -1)

    return Surface(loss, grad, theta0, [0.0, 1.0], noise, seed)


def noisy_quadratic_risk(
    curvatures: Sequence[float],
    noise: Sequence[float],
    lr: float | Callable[[int], float],
    steps: int,
    *,
    batch_size: int = 1,
    momentum: float = 0.0,
    second_moment: float | Sequence[float] = 1.0,
) -> Array:
    """Exact expected loss of SGD on 1/2 sum h_i x_i^2 with gradient noise, after 0 .. steps steps.

    ``noise`` (d,) is the variance of one example's gradient, ``second_moment`` is E[x_0^2]; ``lr``
    is a number, an array (K,) or a schedule. Nothing is simulated: the second moments of (x,
    buffer) follow a linear recursion. Returns (steps + 1,) or (steps + 1, K).

    Source: Schaul, Zhang & LeCun 2013; Zhang et al. 2019.
    """
    h, c = np.asarray(curvatures, float), np.asarray(noise, float) / batch_size
    schedule = lr if callable(lr) else lambda t: lr
    xx = np.broadcast_to(np.asarray(second_moment, float), h.shape)
    xb = bb = np.zeros(h.shape)
    hh, mu_mu, mu_h = h**2, momentum**2, 2 * momentum * h
    moments = [xx]
    with np.errstate(all="ignore"):
        for t in range(steps):
            rate = np.asarray(schedule(t), float)[..., None]
            # b = mu b + h x + noise, then x = x - lr b
            xb, bb = momentum * xb + h * xx, mu_mu * bb + mu_h * xb + hh * xx + c
            xx, xb = xx - 2 * rate * xb + rate**2 * bb, xb - rate * bb
            moments.append(xx)
    return (h * np.stack(np.broadcast_arrays(*moments))).sum(-1) / 2


def sharpness(problem, theta: Array, *, iterations: int = 100, seed: int = 0) -> Array:
    """The Hessian's eigenvalue of largest size at theta (*sweep, d): the curvature L of 2 / L.

    Power iteration; a Hessian-vector product is a central difference of the exact gradient.
    Returns (*sweep,). Source: LeCun, Simard & Pearlmutter 1993.
    """
    theta = np.asarray(theta, float)
    v = np.broadcast_to(np.random.default_rng(seed).standard_normal(theta.shape[-1]), theta.shape)
    size = 1e-4 * (1 + np.linalg.norm(theta, axis=-1, keepdims=True))
    for _ in range(iterations):
        v = v / np.linalg.norm(v, axis=-1, keepdims=True)
        Hv = problem.grad(theta + size * v, None) - problem.grad(theta - size * v, None)
        Hv = Hv / (2 * size)
        L, v = (v * Hv).sum(-1), Hv
    return L
