"""What the figures of `rate_budget` must show."""

import numpy as np

from drawn.laws import near_zero
from lrlib.problems import valley

SCALES = {"rate_budget": {"rate": "linear log", "loss": "linear log"}}

STEPS, FIRST = 200, 1e-3


def rate_budget(variant, up, down, noise):
    problem, theta, alpha, used, losses = valley(), np.array([-5.0, -2.0]), FIRST, [], []
    errors = noise * np.random.default_rng(0).standard_normal((STEPS, 2))
    for before, after in errors:
        losses.append(problem.loss(theta))
        trial = theta - alpha * problem.grad(theta)
        falls = problem.loss(trial) + after < problem.loss(theta) + before
        used.append(alpha if falls else 0.0)
        theta, alpha = (trial, alpha * up) if falls else (theta, alpha * down)
    losses, used, t = np.array([*losses, problem.loss(theta)]), np.array(used), np.arange(STEPS)
    share, undone = used / 0.5, used == 0
    climb = np.log(FIRST / 0.5) + t * np.log(up)
    even = np.log(up) / np.log(up / down)
    cuts = max(0.0, STEPS + np.log(FIRST / 0.5) / np.log(up)) * even
    last = share[~undone][-1]
    said = (undone.sum(), STEPS, cuts, 100 * undone[STEPS // 2 :].mean(), 100 * even, last)
    return {
        "limit": 1.0,
        "law": (t, np.minimum(np.exp(np.minimum(climb, 0)), 1.0)),
        "rate": (t[~undone], share[~undone]),
        "cuts": (t[undone], np.full(undone.sum(), 2.5e-9)),
        "loss": (np.arange(STEPS + 1), near_zero(losses)),
        "said": (*said, FIRST, losses[-1], losses[-1] / losses[0]),
    }
