"""What the figures of `gradient_valley` must show."""

import numpy as np

from drawn.laws import near_zero, path, rings
from lrlib import adam, descend, sgd
from lrlib.problems import valley

SCALES = {"gradient_valley": {"rate": "log linear", "loss": "linear log", "left": "log linear"}}


def gradient_valley(variant, lr, **hyper):
    problem = valley() if variant else valley(rotation=20.0)
    trace = descend(problem, adam if variant == "Adam" else sgd, lr, 60, **hyper)
    _, directions = np.linalg.eigh(problem.hessian)
    limit = {"": 2 / 4.0, "momentum": 2 * (1 + hyper.get("momentum", 0)) / 4.0}.get(variant)
    with np.errstate(all="ignore"):
        error = np.nan_to_num(trace.theta[-1], nan=1e30, posinf=1e30, neginf=-1e30)
        left = np.abs(error @ directions / (problem.theta0 @ directions))
    wanted = {
        "rings": rings(problem.hessian, problem.loss(problem.theta0) / 25),
        "minimum": ([0.0], [0.0]),
        "path": path(trace.theta),
        "loss": (np.arange(61), near_zero(trace.loss)),
        "rate": ([lr], [0.9]),
        "limit": limit,
        "error at the start": 1.0,
    }
    for name, x in zip(("flat", "steep"), left, strict=True):
        wanted[name] = float(np.clip(x, 1e-6, 1e4))
        wanted[f"{name}, tiny"] = "below 1e-6" if x < 1e-6 else None
    if not variant:
        wanted["best"] = 2 / (4.0 + 0.2)
    return wanted
