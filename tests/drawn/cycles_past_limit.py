"""What the figures of `cycles_past_limit` must show."""

import numpy as np

from drawn.laws import near_zero
from lrlib.problems import valley
from lrlib.schedules import cosine_restarts, exp_range, triangular, triangular2

SCALES = {"cycles_past_limit": {"loss": "linear log", "steep": "linear log"}}

STEPS = 192


def cycles_past_limit(variant, base_lr, max_lr, step_size, mode, noise):
    def schedule(top):
        if mode == "cosine_restarts":
            return cosine_restarts(top, 2 * step_size, eta_min=base_lr)
        if mode == "exp_range":
            return exp_range(base_lr, top, step_size, 0.5 ** (0.5 / step_size))
        return {"triangular": triangular, "triangular2": triangular2}[mode](base_lr, top, step_size)

    def growth(top):
        lr = schedule(top)(np.arange(2 * step_size))
        with np.errstate(divide="ignore"):
            return np.log(np.abs(1 - 4.0 * lr)).mean()

    tops = np.linspace(0.5, 2.0, 601)  # up to four times the limit
    grown = np.array([growth(top) for top in tops])
    k = int(np.argmax(grown > 0))
    even = None
    if k and grown[k] > 0:
        even = float(np.interp(0, grown[k - 1 : k + 1], tops[k - 1 : k + 1]))
    problem = valley(rotation=20.0)
    size = np.linalg.norm(problem.grad(problem.theta0))
    draws = np.random.default_rng(0).standard_normal((STEPS, 2))
    theta, path, lrs = problem.theta0, [problem.theta0], schedule(max_lr)(np.arange(STEPS))
    with np.errstate(all="ignore"):
        for lr, draw in zip(lrs, draws, strict=True):
            theta = theta - lr * (problem.grad(theta) + noise * size * draw)
            path.append(theta)
        path = np.array(path)
        losses = problem.loss(path)
    steep = np.array([-np.sin(np.deg2rad(20)), np.cos(np.deg2rad(20))])
    start = abs(problem.theta0 @ steep)
    with np.errstate(all="ignore"):
        factors = np.cumprod(np.concatenate([[1.0], np.abs(1 - 4.0 * lrs)]))
        left = np.abs(np.nan_to_num(path, nan=1e30) @ steep) / start
        loss = near_zero(losses) / losses[0]
    t = np.arange(STEPS + 1)

    def dots(line):
        y = np.asarray(line.get_ydata())
        seen = (left > 1e-12) & (left < 1e12)
        return "" if np.allclose(y[seen], left[seen], rtol=1e-4) else "is not the steepest error"

    return {
        "rate": (t[:-1], lrs),
        "limit": 0.5,
        "breaks even": even,
        "start of loss": 1.0,
        "start of steep": 1.0,
        "loss": (t, np.maximum(loss, 1e-30)),
        "product": (t, near_zero(factors)),
        "error": dots,
        "said": (0.5, max_lr / 0.5, 1e-12, even or 0.0, 2),
    }
