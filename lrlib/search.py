"""Searches for good hyperparameters, and what they are judged on.

    U, y = search(objective, runs, rng)

A search tries ``runs`` settings one after the other. ``U`` (runs, 2) are the settings on a unit
square, ``y`` (runs,) what came out, lowest best. Write your own with the same three arguments and
`regret` compares it with these.
"""

import warnings
from collections.abc import Callable, Sequence
from statistics import NormalDist

import numpy as np

Array = np.ndarray
Search = Callable[["Objective", int, np.random.Generator], tuple[Array, Array]]


class Objective:
    """Training runs that are stored: a noisy function of two hyperparameters.

    ``losses`` (seeds, n, m) of a grid that is even in both axes. A call takes a point ``u`` (2,) of
    the unit square and gives the loss of one run there, that of a seed drawn with ``rng``. Between
    the points of the grid it is interpolated. What is not finite, or above ``cap``, counts as
    ``cap``.
    """

    def __init__(self, losses: Array, cap: float = 2.4):
        losses = np.asarray(losses, float)
        if losses.ndim != 3 or min(losses.shape[1:]) < 2:
            raise ValueError(f"losses: has shape {losses.shape}, must be (seeds, n, m), n, m > 1")
        self.losses = np.minimum(np.nan_to_num(losses, nan=cap, posinf=cap), cap)
        self.means = self.losses.mean(0)
        self.best = float(self.means.min())  # bilinear: the lowest is at a point of the grid

    def __call__(self, u: Array, rng: np.random.Generator) -> float:
        """Loss of one run at ``u`` (2,)."""
        return float(_between(self.losses[rng.integers(len(self.losses))], np.asarray(u)))

    def true(self, U: Array) -> Array:
        """Mean loss over all seeds at ``U`` (..., 2): (...)."""
        return _between(self.means, np.asarray(U))


def _between(table: Array, u: Array) -> Array:
    """A table (n, m) at points u (..., 2) of the unit square, linear in both directions."""
    at = np.clip(u, 0, 1) * np.array([n - 1 for n in table.shape])
    i, j = np.moveaxis(np.minimum(at.astype(int), np.array(table.shape) - 2), -1, 0)
    a, b = at[..., 0] - i, at[..., 1] - j
    low = (1 - b) * table[i, j] + b * table[i, j + 1]
    high = (1 - b) * table[i + 1, j] + b * table[i + 1, j + 1]
    return (1 - a) * low + a * high


def random_search(objective: Objective, runs: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Points drawn evenly. Source: Bergstra & Bengio 2012."""
    U = rng.random((runs, 2))
    return U, np.array([objective(u, rng) for u in U])


def grid_search(objective: Objective, runs: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """A square grid of k x k = ``runs`` points, shifted by chance, in random order.

    Raises ValueError if ``runs`` is no square."""
    k = round(runs**0.5)
    if k * k != runs:
        raise ValueError(f"runs = {runs!r}: must be a square number for a square grid")
    ticks = (np.arange(k) + rng.random((2, 1))) / k
    U = rng.permutation(np.stack(np.meshgrid(*ticks), -1).reshape(-1, 2))
    return U, np.array([objective(u, rng) for u in U])


def genetic_search(
    objective: Objective, runs: int, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Five random points; then children, each a mix of two of the three best so far, moved by a
    normal step of 0.12."""
    U, y = random_search(objective, min(5, runs), rng)
    while len(U) < runs:
        mother, father = U[np.argsort(y)[:3]][rng.integers(3, size=2)]
        share = rng.random(2)
        child = share * mother + (1 - share) * father + 0.12 * rng.standard_normal(2)
        U = np.vstack([U, np.clip(child, 0, 1)])
        y = np.append(y, objective(U[-1], rng))
    return U, y


def tpe_search(objective: Objective, runs: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Optuna's tree-structured Parzen estimator, both hyperparameters in one model.

    Source: Bergstra et al. 2011; Akiba et al. 2019 (Optuna). Needs ``pip install optuna``.
    """
    import optuna

    # its multivariate model is marked experimental, which would be said at every repeat
    warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    sampler = optuna.samplers.TPESampler(seed=int(rng.integers(2**30)), multivariate=True)
    study = optuna.create_study(sampler=sampler)
    U = np.empty((runs, 2))
    for k in range(runs):
        trial = study.ask()
        U[k] = [trial.suggest_float("rate", 0, 1), trial.suggest_float("decay", 0, 1)]
        study.tell(trial, objective(U[k], rng))
    return U, np.array([trial.value for trial in study.trials])


def gaussian_process(
    U: Array, y: Array, new: Array, length: float = 0.2, noise: float = 0.02
) -> tuple[Array, Array]:
    """Mean and standard deviation (m,) of a function at ``new`` (m, d), seen with noise as ``y``
    (n,) at ``U`` (n, d).

    Matern kernel with exponent 5/2 and one ``length`` for all axes; ``noise`` is the variance of
    an observation as a share of that of the function. The function's own mean and variance are
    those of ``y``. Source: Rasmussen & Williams 2006, algorithm 2.1 and formula 4.17.
    """
    K = _matern(U, U, length) + noise * np.eye(len(U))
    k = _matern(new, U, length)
    weights = np.linalg.solve(K, k.T).T
    left = 1 - (weights * k).sum(-1)
    return y.mean() + weights @ (y - y.mean()), y.std() * np.sqrt(np.maximum(left, 0))


def _matern(A: Array, B: Array, length: float) -> Array:
    d = np.sqrt(5 * ((A[:, None] - B) ** 2).sum(-1)) / length
    return (1 + d + d**2 / 3) * np.exp(-d)


_cdf = np.vectorize(NormalDist().cdf, otypes=[float])


def normal_cdf(z: Array | float) -> Array:
    """The share of a standard normal distribution below ``z`` (...): (...).

    >>> normal_cdf([-1.96, 0.0]).round(3).tolist()
    [0.025, 0.5]
    """
    return _cdf(z)


def expected_highest(n: int) -> float:
    """The mean of the highest of ``n`` standard normal numbers: the integral of z d(cdf(z)^n).

    Raises ValueError if ``n`` is below 1.

    >>> [round(expected_highest(n), 3) for n in (1, 2, 100)]
    [0.0, 0.564, 2.508]
    """
    if n < 1:
        raise ValueError(f"n = {n!r}: must be at least 1")
    z = np.linspace(-9, 9, 3001)
    return float((z[1:] + z[:-1]) / 2 @ np.diff(normal_cdf(z) ** n))


def best_rate(rates: Array, losses: Array) -> Array:
    """Where a parabola through the lowest loss and its neighbours, over log rate, is lowest.

    ``rates`` (n,) rising, ``losses`` (..., n), not finite where a run diverged: (...). At an end of
    the rates, and beside a diverged run, it is the rate of the lowest loss itself.

    >>> rates = np.array([0.1, 0.2, 0.4, 0.8])
    >>> best_rate(rates, np.log(rates / 0.3) ** 2).round(6).tolist()
    0.3
    """
    x, y = np.log(rates), np.where(np.isfinite(losses), losses, np.inf)
    middle = np.clip(y.argmin(-1), 1, len(x) - 2)[..., None]
    a, b, c = (np.take_along_axis(y, middle + k, -1)[..., 0] for k in (-1, 0, 1))
    low, at, high = (x[middle[..., 0] + k] for k in (-1, 0, 1))
    with np.errstate(all="ignore"):
        left, right = (at - low) * (b - c), (at - high) * (b - a)
        vertex = at - ((at - low) * left - (at - high) * right) / (left - right) / 2
        inside = (b <= a) & (b <= c) & np.isfinite(vertex)
    return np.exp(np.where(inside, vertex, x[y.argmin(-1)]))


def expected_improvement(mean: Array, sd: Array, lowest: float) -> Array:
    """By how much a normal number of this mean and sd, both (m,), falls below ``lowest``, on
    average, counting 0 where it does not: (m,). Source: Mockus et al. 1978; Jones et al. 1998.

    >>> expected_improvement(np.array([0.0]), np.array([1.0]), 0.0).round(4).tolist()
    [0.3989]
    """
    sd = np.maximum(sd, 1e-12)
    z = (lowest - mean) / sd
    return sd * (z * normal_cdf(z) + np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi))


def bayesian_search(
    objective: Objective, runs: int, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Five random points; then, run by run, the point of highest expected improvement of the log
    loss under a `gaussian_process`, among 300 random ones and 60 near the best so far.

    Source: Jones, Schonlau & Welch 1998; Snoek, Larochelle & Adams 2012.
    """
    U, y = random_search(objective, min(5, runs), rng)
    while len(U) < runs:
        near = U[y.argmin()] + 0.08 * rng.standard_normal((60, 2))
        new = np.clip(np.vstack([rng.random((300, 2)), near]), 0, 1)
        mean, sd = gaussian_process(U, np.log(y), new)
        u = new[expected_improvement(mean, sd, np.log(y).min()).argmax()]
        U, y = np.vstack([U, u]), np.append(y, objective(u, rng))
    return U, y


def regret(
    search: Search,
    objective: Objective,
    runs: int = 25,
    repeats: int = 60,
    after: Sequence[int] = (10, 25),
    first: int = 0,
) -> Array:
    """How far the setting a search would name lies above the best, in per cent: (repeats, after).

    The search names the setting with the lowest ``y`` it has seen; it is judged by its mean loss
    over all seeds. Repeat r draws with seed ``first`` + r, the same for every search.

    >>> regret(random_search, Objective(np.ones((3, 5, 5))), repeats=2).tolist()
    [[0.0, 0.0], [0.0, 0.0]]
    """
    out = np.empty((repeats, len(after)))
    for r in range(repeats):
        U, y = search(objective, runs, np.random.default_rng(first + r))
        named = [U[np.argmin(y[:k])] for k in after]
        out[r] = 100 * (objective.true(np.array(named)) / objective.best - 1)
    return out
