"""What the figures of `effective_steps` must show."""

import numpy as np

from drawn.laws import near_zero, path, rings
from lrlib import adam, descend
from lrlib.problems import quadratic

SCALES = {"effective_steps": {"loss": "linear log", "step": "linear log"}}


def effective_steps(variant, lr, noise, rotation, **hyper):
    c, s = np.cos(np.deg2rad(rotation)), np.sin(np.deg2rad(rotation))
    start = [-5 * c + 2 * s, -5 * s - 2 * c]
    problem = quadratic([0.2, 4.0], start, noise=noise, rotation=rotation)
    trace = descend(problem, adam, lr, 100, **hyper)
    taken = np.maximum(np.abs(np.diff(trace.theta, axis=0)) / lr, 1e-12)
    return {
        "rings": rings(problem.hessian, 10.5 / 25),
        "minimum": ([0.0], [0.0]),
        "path": path(trace.theta),
        "loss": (np.arange(101), near_zero(trace.loss)),
        "step of lr": 1.0,
        "weight 1": (np.arange(1, 101), taken[:, 0]),
        "weight 2": (np.arange(1, 101), taken[:, 1]),
    }
