"""What the figures of `surrogate` must show."""

from statistics import NormalDist

import numpy as np

SCALES = {"surrogate": {"loss": "log log", "gain": "log linear"}}

RATES = np.geomspace(0.01, 4, 14)
LOSSES = (0.4 + 0.2 * np.log(RATES / 0.4) ** 2) * np.array([[1.0], [1.05], [0.97]])
GRID = np.linspace(0, 1, 181)


def believed(U, y, length, noise):
    """The normal distribution on the grid, given what was seen, by an inverse of its own."""
    d = np.sqrt(5) * np.abs(np.subtract.outer(np.append(GRID, U), U)) / length
    k = (1 + d + d**2 / 3) * np.exp(-d)
    new, K = k[: len(GRID)], k[len(GRID) :] + noise * np.eye(len(U))
    inverse = np.linalg.inv(K)
    mean = y.mean() + new @ inverse @ (y - y.mean())
    sd = y.std() * np.sqrt(np.maximum(1 - np.einsum("ij,jk,ik->i", new, inverse, new), 0))
    sd = np.maximum(sd, 1e-12)
    z = (y.min() - mean) / sd
    normal = NormalDist()
    gain = [s * (x * normal.cdf(x) + normal.pdf(x)) for s, x in zip(sd, z, strict=True)]
    return mean, sd, np.array(gain)


def surrogate(variant, runs, length, noise):
    logs = np.log(np.minimum(LOSSES, 2.4))
    place = np.linspace(0, 1, len(RATES))
    rates = RATES[0] * (RATES[-1] / RATES[0]) ** GRID
    U = np.array([0.1, 0.5, 0.9])
    y = np.array([np.interp(u, place, logs[k]) for k, u in enumerate(U)])
    while len(U) < runs:
        U = np.append(U, GRID[believed(U, y, length, noise)[2].argmax()])
        y = np.append(y, np.interp(U[-1], place, logs[len(y) % 3]))
    mean, sd, gain = believed(U, y, length, noise)
    at, following = rates[np.round(180 * U).astype(int)], rates[gain.argmax()]
    means = np.exp(logs).mean(0)
    return {
        "mean of the seeds": (RATES, means),
        "mean": (rates, np.exp(mean)),
        "low": (rates, np.exp(mean - 2 * sd)),
        "high": (rates, np.exp(mean + 2 * sd)),
        "runs": (at, np.exp(y)),
        "expected improvement": (rates, 0.9 * gain / gain.max()),
        "next run": ([following], [0.96]),
        "said": (np.exp(y.min()), at[y.argmin()], 100 * gain.max(), following, 3,
                 RATES[means.argmin()]),
    }  # fmt: skip
