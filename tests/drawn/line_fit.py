"""What the figures of `line_fit` must show."""

import numpy as np

from lrlib import auto_mpg

SCALES = {
    "line_fit": {"loss": "linear log"},
    "line_fits": {"loss 0": "linear log", "loss 1": "linear log", "loss 2": "linear log"},
}


def cars():
    data = auto_mpg()
    return data.X[:, 3] / 1000 - 3, data.y


def trained(lr, steps=60):
    """The line's ends after gradient descent on half the mean squared error, and the losses."""
    x, y = cars()
    a = b = 0.0
    losses = []
    with np.errstate(all="ignore"):
        for t in range(steps + 1):
            error = a + b * x - y
            losses.append(np.mean(error**2) / 2)
            if t < steps:
                a, b = a - lr * np.mean(error), b - lr * np.mean(error * x)
    ends = np.array([x.min(), x.max()])
    return ends, np.clip(a + b * ends, -1e6, 1e6), np.array(losses)


def line_fit(variant, lr):
    ends, line, losses = trained(lr)
    return {"data": cars(), "line": (ends, line), "loss": (np.arange(61), losses)}


def line_fits(variant):
    wanted = {}
    for k, lr in enumerate([0.01, 0.1, 3.0]):
        ends, line, losses = trained(lr)
        wanted[f"data {k}"], wanted[f"line {k}"] = cars(), (ends, line)
        wanted[f"loss {k}"] = np.arange(61), losses
    return wanted
