"""What is minimised, from formulas: objects with ``theta0``, ``loss(theta)``, ``grad(theta, t)``.

theta has shape (*sweep, d); loss returns (*sweep,), grad returns (*sweep, d). t is the number of
the step: the noise is a pure function of t, so every model of a sweep sees the same. With t=None,
grad is exact. A loss that overflows is inf or nan, without a warning.

`spectrum` and `sharpness` measure what limits the rate: the eigenvalues of the Hessian.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, Protocol

import numpy as np

from . import _data
from .contracts import as_whole

Array = np.ndarray


class Surface:
    """A problem from formulas, each a function of theta (*sweep, d).

    loss      returns (*sweep,)
    grad      returns (*sweep, d)
    theta0    the start (d,)
    minimum   where the loss is lowest (d,), if it is known
    noise     standard deviation of the normal error that step t adds to every component of the
              gradient: a number or one a parameter (d,)
    hessian   returns (*sweep, d, d), if it is known; `sharpness` needs it

    Raises ValueError when an argument is no number or its shape does not fit.

    >>> well = Surface(lambda x: (x**2).sum(-1), lambda x: 2 * x, theta0=[3.0, 4.0])
    >>> float(well.loss([3.0, 4.0])), well.grad([1.0, 0.0])
    (25.0, array([2., 0.]))
    """

    def __init__(
        self,
        loss: Callable[[Array], Array],
        grad: Callable[[Array], Array],
        theta0: Sequence[float] | Array,
        minimum: Sequence[float] | Array | None = None,
        noise: float | Array = 0.0,
        seed: int = 0,
        *,
        hessian: Callable[[Array], Array] | None = None,
    ):
        for name, f in (("loss", loss), ("grad", grad), ("hessian", hessian)):
            if not callable(f) and not (name == "hessian" and f is None):
                raise ValueError(f"{name} = {f!r}: must be a function of theta")
        self._loss, self._grad, self._hessian = loss, grad, hessian
        self.theta0 = _data.kept(_data.floats("theta0", theta0, 1), theta0)
        self.size, self._end = self.theta0.size, self.theta0.shape
        self.minimum: Array | None = None
        if minimum is not None:
            self.minimum = _data.kept(_data.floats("minimum", minimum, 1), minimum)
        self.noise = _data.kept(_data.floats("noise", noise), noise)
        self.seed = as_whole("seed", seed, 0)
        if self.size == 0:
            raise ValueError("theta0: is empty, must have a parameter")
        if self.minimum is not None and self.minimum.shape != self.theta0.shape:
            raise ValueError(f"minimum: has shape {self.minimum.shape}, must be ({self.size},)")
        if np.any(self.noise < 0) or self.noise.shape not in ((), self.theta0.shape):
            raise ValueError(f"noise = {noise!r}: must be at least 0, a number or one a parameter")
        self._noisy = bool(self.noise.any())

    def _checked(self, theta: Array) -> Array:
        if type(theta) is np.ndarray and theta.dtype.kind == "f" and theta.shape[-1:] == self._end:
            return theta
        return _data.parameters(theta, self.size)

    @_data.at_theta
    def loss(self, theta: Array) -> Array:
        """The loss at theta (*sweep, d), shape (*sweep,).

        >>> float(bowl().loss([2.0]))
        2.0
        """
        return self._loss(theta)

    @_data.at_theta
    def grad(self, theta: Array, t: int | None = None) -> Array:
        """The gradient that step t sees, noise included; t=None: without noise. Shape of theta.

        >>> bowl(noise=0.1).grad([2.0])
        array([2.])
        """
        g = self._grad(theta)
        return g if t is None or not self._noisy else g + self._error(t)

    def _error(self, t: int) -> Array:
        block, row = divmod(as_whole("t", t, 0), 1024)
        return self.noise * _normal(self.seed, block, self.size)[row]

    @_data.at_theta
    def hvp(self, theta: Array, v: Array) -> Array:
        """The Hessian at theta times v, both (*sweep, d): how the gradient changes along v.

        Raises ValueError when the Hessian is not known.

        >>> valley().hvp([0.0, 0.0], [1.0, 1.0])
        array([0.2, 4. ])
        """
        if self._hessian is None:
            raise ValueError("problem: has no Hessian; give Surface(..., hessian=...)")
        return (self._hessian(theta) @ _data.parameters(v, self.size, "v")[..., None])[..., 0]


class Quadratic(Surface):
    """A `Surface` whose ``hessian`` (d, d) is the same everywhere; its ``minimum`` is known.

    Made by `quadratic`, `bowl` and `valley`.
    """

    hessian: Array
    minimum: Array

    def __init__(self, H: Array, theta0: Array, minimum: Array, noise: float | Array, seed: int):
        super().__init__(self.loss, self.grad, theta0, minimum, noise, seed, hessian=lambda _: H)
        self.hessian, self._half = _data.kept(H, H), H / 2

    # As in Surface, without a detour: most steps of the course are taken here.
    @_data.at_theta
    def loss(self, theta: Array) -> Array:
        away = theta - self.minimum
        return np.vecdot(away, away @ self._half)

    @_data.at_theta
    def grad(self, theta: Array, t: int | None = None) -> Array:
        g = (theta - self.minimum) @ self.hessian
        return g if t is None or not self._noisy else g + self._error(t)


@lru_cache(maxsize=8)
def _normal(seed: int, block: int, d: int) -> Array:
    return np.random.default_rng([seed, block]).standard_normal((1024, d))


def quadratic(
    curvatures: Sequence[float] | Array,
    theta0: Sequence[float] | Array | None = None,
    *,
    minimum: Sequence[float] | Array | None = None,
    rotation: float = 0.0,
    noise: float | Array = 0.0,
    seed: int = 0,
) -> Quadratic:
    """1/2 (theta - minimum)' H (theta - minimum), H with the given eigenvalues.

    ``curvatures`` (d,) are the eigenvalues; ``rotation`` turns the first two axes by that many
    degrees; ``theta0`` is ones and ``minimum`` zeros unless given; ``noise`` is the standard
    deviation of the gradient's error. Returns a `Surface` with ``hessian`` (d, d).
    Raises ValueError when a value is no finite number or shapes disagree.

    >>> quadratic([1.0, 9.0], rotation=45).hessian.round(6)
    array([[ 5., -4.],
           [-4.,  5.]])
    """
    h = _data.floats("curvatures", curvatures, 1)
    if h.size == 0:
        raise ValueError(f"curvatures = {curvatures!r}: must be a list of numbers")
    angle = float(_data.floats("rotation", rotation, 0))
    if angle and h.size < 2:
        raise ValueError(f"rotation = {rotation!r}: needs two curvatures or more")
    turn = np.eye(h.size)
    if angle:
        c, s = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
        turn[:2, :2] = [[c, -s], [s, c]]
    start = np.ones(h.size) if theta0 is None else _data.floats("theta0", theta0, 1)
    centre = np.zeros(h.size) if minimum is None else _data.floats("minimum", minimum, 1)
    for name, x in (("minimum", centre), ("theta0", start)):
        if x.shape != h.shape:
            raise ValueError(f"{name} = {x!r}: must have one number a curvature, {h.size}")
    return Quadratic(turn * h @ turn.T, start, centre, noise, seed)


def bowl(noise: float = 0.0) -> Quadratic:
    """x^2 / 2: one parameter, curvature 1, from 5. Returns a `Surface`.

    >>> float(bowl().loss([5.0]))
    12.5
    """
    return quadratic([1.0], [5.0], noise=noise)


def valley(rotation: float = 0.0, noise: float | Array = 0.0) -> Quadratic:
    """Curvatures 0.2 and 4, from (-5, -2): 0.1 x^2 + 2 y^2, d2l's surface. Condition number 20.

    Returns a `Surface`; ``rotation`` in degrees.

    >>> float(valley().loss([-5.0, -2.0]))
    10.5
    """
    return quadratic([0.2, 4.0], [-5.0, -2.0], rotation=rotation, noise=noise)


def _matrix(xx: Array, xy: Array, yy: Array) -> Array:
    """Symmetric matrices (*sweep, 2, 2) from their three entries."""
    xx, xy, yy = np.broadcast_arrays(xx, xy, yy)
    return np.stack([np.stack([xx, xy], -1), np.stack([xy, yy], -1)], -2)


def rosenbrock() -> Surface:
    """(1 - x)^2 + 100 (y - x^2)^2 from (-1.2, 1); minimum (1, 1). Returns a `Surface`.

    Source: Rosenbrock 1960.

    >>> float(rosenbrock().loss([0.0, 0.0]))
    1.0
    """

    def loss(theta: Array) -> Array:
        x, y = theta[..., 0], theta[..., 1]
        return (1 - x) ** 2 + 100 * (y - x**2) ** 2

    def grad(theta: Array) -> Array:
        x, y = theta[..., 0], theta[..., 1]
        return np.stack([-2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)], -1)

    def hessian(theta: Array) -> Array:
        x, y = theta[..., 0], theta[..., 1]
        return _matrix(2 - 400 * y + 1200 * x**2, -400 * x, 200.0 + 0 * y)

    return Surface(loss, grad, [-1.2, 1.0], [1.0, 1.0], hessian=hessian)


def beale() -> Surface:
    """(1.5-x+xy)^2 + (2.25-x+xy^2)^2 + (2.625-x+xy^3)^2 from (1, 1); minimum (3, 0.5).

    Returns a `Surface`. Source: Beale 1958.

    >>> float(beale().loss([3.0, 0.5]))
    0.0
    """

    def residuals(x: Array, y: Array) -> tuple[Array, ...]:
        return 1.5 - x + x * y, 2.25 - x + x * y**2, 2.625 - x + x * y**3

    def loss(theta: Array) -> Array:
        a, b, c = residuals(theta[..., 0], theta[..., 1])
        return a**2 + b**2 + c**2

    def grad(theta: Array) -> Array:
        x, y = theta[..., 0], theta[..., 1]
        r = residuals(x, y)
        dx = 2 * (r[0] * (y - 1) + r[1] * (y**2 - 1) + r[2] * (y**3 - 1))
        dy = 2 * (r[0] * x + r[1] * 2 * x * y + r[2] * 3 * x * y**2)
        return np.stack([dx, dy], -1)

    def hessian(theta: Array) -> Array:
        x, y = theta[..., 0], theta[..., 1]
        r = residuals(x, y)
        xx = 2 * ((y - 1) ** 2 + (y**2 - 1) ** 2 + (y**3 - 1) ** 2)
        xy = 2 * (r[0] + 2 * y * r[1] + 3 * y**2 * r[2])
        xy = xy + 2 * x * ((y - 1) + 2 * y * (y**2 - 1) + 3 * y**2 * (y**3 - 1))
        yy = 2 * (x**2 * (1 + 4 * y**2 + 9 * y**4) + 2 * x * r[1] + 6 * x * y * r[2])
        return _matrix(xx, xy, yy)

    return Surface(loss, grad, [1.0, 1.0], [3.0, 0.5], hessian=hessian)


def saddle(
    theta0: Sequence[float] | Array = (1.0, 1e-6), noise: float | Array = 0.0, seed: int = 0
) -> Surface:
    """x^2 / 2 - y^2 / 2 + y^4 / 4: a saddle at (0, 0), minima at (0, 1) and (0, -1), loss -1/4.

    Returns a `Surface`.

    >>> float(saddle().loss([0.0, 1.0]))
    -0.25
    """

    def loss(theta: Array) -> Array:
        x, y = theta[..., 0], theta[..., 1]
        return (x**2 - y**2) / 2 + y**4 / 4

    def grad(theta: Array) -> Array:
        x, y = theta[..., 0], theta[..., 1]
        return np.stack([x, y**3 - y], -1)

    def hessian(theta: Array) -> Array:
        x, y = theta[..., 0], theta[..., 1]
        return _matrix(1.0 + 0 * x, 0 * x, 3 * y**2 - 1)

    start = _data.floats("theta0", theta0, 1)
    if start.shape != (2,):
        raise ValueError(f"theta0 = {theta0!r}: must be two numbers, x and y")
    return Surface(loss, grad, start, [0.0, 1.0], noise, seed, hessian=hessian)


def noisy_quadratic_risk(
    curvatures: Sequence[float] | Array,
    gradient_variance: float | Sequence[float] | Array,
    lr: float | Array | Callable[[int], float | Array],
    steps: int,
    *,
    batch_size: float = 1,
    momentum: float = 0.0,
    second_moment: float | Sequence[float] | Array = 1.0,
) -> Array:
    """Exact expected loss of SGD on 1/2 sum h_i x_i^2 with gradient noise, after 0 .. steps steps.

    ``curvatures`` h (d,); ``gradient_variance`` (d,) is the VARIANCE of one example's gradient
    (`quadratic` takes the standard deviation, ``noise``); ``second_moment`` is E[x_0^2]; ``lr`` is
    a number, an array (K,) or a schedule. Nothing is simulated: the second moments of (x, buffer)
    follow a linear recursion. Returns (steps + 1,) or (steps + 1, K).
    Raises ValueError when an argument is out of range or its shape does not fit.

    Source: Schaul, Zhang & LeCun 2013; Zhang et al. 2019.

    >>> noisy_quadratic_risk([1.0], [1.0], 0.5, 2)  # E[x^2]: 1, then 1/4 + 1/4 = 1/2
    array([0.5   , 0.25  , 0.1875])
    """
    h = _data.floats("curvatures", curvatures, 1)
    c = _spread("gradient_variance", gradient_variance, h)
    xx = _spread("second_moment", second_moment, h)
    mu = float(_data.floats("momentum", momentum, 0))
    size = float(_data.floats("batch_size", batch_size, 0))
    if not 0 <= mu < 1:
        raise ValueError(f"momentum = {momentum!r}: must be at least 0 and less than 1")
    if size <= 0:
        raise ValueError(f"batch_size = {batch_size!r}: must be greater than 0")
    rates = [_rate(lr, t) for t in range(as_whole("steps", steps, 0))]
    c, xb, bb = c / size, np.zeros(h.shape), np.zeros(h.shape)
    hh, mu_mu, mu_h = h**2, mu**2, 2 * mu * h
    moments = [xx]
    with np.errstate(all="ignore"):
        for rate in rates:
            # b = mu b + h x + noise, then x = x - lr b
            xb, bb = mu * xb + h * xx, mu_mu * bb + mu_h * xb + hh * xx + c
            xx, xb = xx - 2 * rate * xb + rate**2 * bb, xb - rate * bb
            moments.append(xx)
        return (h * np.stack(np.broadcast_arrays(*moments))).sum(-1) / 2


def _spread(name: str, x: Any, h: Array) -> Array:
    """One value a curvature, at least 0."""
    a = _data.floats(name, x)
    if a.shape not in ((), h.shape) or np.any(a < 0):
        raise ValueError(f"{name} = {x!r}: must be at least 0, a number or one a curvature")
    return np.broadcast_to(a, h.shape)


def _rate(lr: Any, t: int) -> Array:
    """The rate of step t with an axis for the parameters."""
    rate = _data.floats("lr", lr(t) if callable(lr) else lr)
    if rate.ndim > 1:
        raise ValueError(f"lr: has shape {rate.shape}, must be a number or a list of them, (K,)")
    return rate[..., None]


# ------------------------------------------------------------------ what limits the rate
class Curved(Protocol):
    """A problem that knows its Hessian at theta times v: ``hvp(theta, v)``, both (*sweep, d)."""

    theta0: Array

    def hvp(self, theta: Array, v: Array) -> Array: ...


class Spectrum(NamedTuple):
    """Both ends of the Hessian's eigenvalues, and what they say of the rate. Shape (*sweep,)."""

    h_min: Any  # the smallest eigenvalue
    L: Any  # the largest

    @property
    def limit(self) -> Any:
        """2 / L: above it plain gradient descent grows along the steepest direction; inf if L <= 0.

        >>> float(Spectrum(1.0, 4.0).limit)
        0.5
        """
        with np.errstate(all="ignore"):
            return np.where(np.asarray(self.L) > 0, 2 / np.asarray(self.L), np.inf)[()]

    @property
    def best(self) -> Any:
        """2 / (L + h_min): the constant rate that contracts fastest; nan if h_min < 0.

        >>> float(Spectrum(1.0, 4.0).best)
        0.4
        """
        h_min, L = np.asarray(self.h_min), np.asarray(self.L)
        with np.errstate(all="ignore"):
            return np.where(h_min >= 0, 2 / (L + h_min), np.nan)[()]


def spectrum(
    problem: Any,
    theta: Array | None = None,
    *,
    tol: float = 1e-4,
    iterations: int | None = None,
    seed: int = 0,
) -> Spectrum:
    """Smallest and largest eigenvalue of the Hessian: h_min, L, with limit 2 / L and best rate.

    Without ``theta``: of a problem with a constant ``hessian``, by its eigenvalues. With ``theta``
    (*sweep, d): of the Hessian there, as in `sharpness`, each end known to ``tol`` times the larger
    of the two sizes. Returns a `Spectrum`, whose fields then have shape (*sweep,).
    Raises ValueError when the problem has no ``hessian`` or no ``hvp``, or when ``iterations``
    products are not enough.

    >>> s = spectrum(valley())
    >>> float(s.L), float(s.limit), float(s.best.round(4))
    (4.0, 0.5, 0.4762)
    """
    if theta is not None:
        return Spectrum(*_lanczos(problem, theta, tol, iterations, seed, both=True))
    H = getattr(problem, "hessian", None)
    if not isinstance(H, np.ndarray):
        raise ValueError("theta: must be given, the Hessian of this problem depends on it")
    eigenvalues = np.linalg.eigvalsh(H)
    return Spectrum(eigenvalues[0], eigenvalues[-1])


def sharpness(
    problem: Curved,
    theta: Array,
    *,
    tol: float = 1e-4,
    iterations: int | None = None,
    seed: int = 0,
) -> Array:
    """The largest eigenvalue of the Hessian at theta (*sweep, d): the curvature L of 2 / L.

    Lanczos' method on ``problem.hvp(theta, v)``, exact Hessian-vector products. It stops when every
    model's value is known to ``tol`` times L; ``seed`` draws the first vector. Where theta is not
    finite the answer is nan. Returns (*sweep,).
    Raises ValueError when ``problem`` has no ``hvp``, or when ``iterations`` products, 300 unless
    given, are too few.

    Source: Lanczos 1950; Paige 1972 (without reorthogonalisation); Pearlmutter 1994.

    >>> float(sharpness(rosenbrock(), [1.0, 1.0]).round(3))
    1001.601
    """
    return _lanczos(problem, theta, tol, iterations, seed, both=False)[1]


def _lanczos(
    problem: Any, theta: Any, tol: float, iterations: int | None, seed: int, both: bool
) -> tuple[Array, Array]:
    """The ends of the spectrum, (*sweep,) each; ``both``: wait for the lower one, too."""
    hvp = getattr(problem, "hvp", None)
    if not callable(hvp):
        raise ValueError(
            f"problem = {problem!r}: must have hvp(theta, v), its Hessian at theta times v"
        )
    start = getattr(problem, "theta0", theta)
    theta = _data.parameters(theta, np.shape(start)[-1] if np.ndim(start) else 0)
    most = 300 if iterations is None else as_whole("iterations", iterations, 1)
    if not 0 < float(_data.floats("tol", tol, 0)) < 1:
        raise ValueError(f"tol = {tol!r}: must be greater than 0 and less than 1")
    rng = np.random.default_rng(as_whole("seed", seed, 0))
    v = rng.standard_normal(theta.shape[-1]).astype(theta.dtype)
    v = np.broadcast_to(v / np.linalg.norm(v), theta.shape)

    ends = np.full((2, *theta.shape[:-1]), np.nan)
    searching = np.isfinite(theta).all(-1)
    with np.errstate(all="ignore"):
        for k, (diagonal, beside) in enumerate(_tridiagonal(hvp, theta, v, most), 1):
            searching &= np.isfinite(diagonal[-1])
            if searching.any() and (k < 8 or k % 4 == 0 or k == most or not beside[-1].all()):
                now, error = _ritz(diagonal, beside, searching)
                ends = np.where(searching, now, ends)
                worst = error.max(0) if both else error[1]
                searching &= worst > tol * np.abs(now).max(0)
            if not searching.any():
                return ends[0], ends[1]
    raise ValueError(f"iterations = {most}: too few for tol = {tol!r}; give more, or a larger tol")


def _tridiagonal(hvp: Callable, theta: Array, v: Array, most: int) -> Iterator[tuple[list, list]]:
    """Lanczos' recursion: the diagonal and what stands beside it, one entry (*sweep,) a product."""
    diagonal: list[Array] = []
    beside: list[Array] = []
    before, b = np.zeros_like(v), np.zeros(theta.shape[:-1], theta.dtype)
    for _ in range(most):
        w = hvp(theta, v) - b[..., None] * before
        a = np.vecdot(v, w)
        w = w - a[..., None] * v
        b = np.linalg.norm(w, axis=-1)
        diagonal.append(a.astype(float))
        beside.append(b.astype(float))
        yield diagonal, beside
        before, v = v, w / np.where(b > 0, b, 1)[..., None]


def _ritz(diagonal: list, beside: list, searching: Array) -> tuple[Array, Array]:
    """Both ends (2, *sweep) of the small matrix's spectrum, and how far each may be off."""
    k = np.arange(len(diagonal))
    T = np.zeros((*np.shape(diagonal[0]), k.size, k.size))
    T[..., k, k] = np.stack(diagonal, -1)
    T[..., k[1:], k[:-1]] = np.stack(beside, -1)[..., :-1]
    values, vectors = np.linalg.eigh(np.where(searching[..., None, None], T, 0.0))
    error = beside[-1][..., None] * np.abs(vectors[..., -1, :])
    return np.moveaxis(values[..., [0, -1]], -1, 0), np.moveaxis(error[..., [0, -1]], -1, 0)
