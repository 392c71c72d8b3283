"""What the figures of `unit_change` must show."""

import numpy as np

from drawn.laws import near_zero, path, rings
from lrlib import descend, sgd
from lrlib.problems import least_squares

CM = np.array([17.2, 18.1, 19.0, 20.3, 21.1, 23.0])
KG = np.array([3.1, 3.4, 3.3, 4.6, 4.9, 5.8])
PER_CM = {"mm": 10.0, "cm": 1.0, "dm": 0.1, "m": 0.01}


def unit_change(variant, **values):
    origin, scale = values["origin in cm"], PER_CM[values["unit"]]
    x = (CM - origin) * scale
    problem = least_squares(np.column_stack([np.ones_like(x), x]), KG)
    theta = descend(problem, sgd, values["lr"], 200).theta
    h = np.linalg.eigvalsh(problem.hessian)
    first = problem.loss(problem.theta0) - problem.loss(problem.minimum)
    with np.errstate(all="ignore"):
        loss = near_zero(problem.loss(theta))
    ends = np.array([CM.min(), CM.max()])
    w = theta[-1] / max(1, np.abs(theta[-1]).max() / 1e12) if np.isfinite(theta[-1]).all() else None
    fit = (ends, w[0] + w[1] * (ends - origin) * scale) if w is not None else lambda line: ""
    over = loss > 1000 * loss[0]
    return {
        "data": (CM, KG),
        "fit": fit,
        "rings": rings(problem.hessian, first / 25),
        "minimum": ([0.0], [0.0]),
        "path": path(theta - problem.minimum),
        "said": (h[1] / h[0], 2 / h[1], loss[-1], 200, over.argmax(), loss[-1] / loss[0], 18, 0),
    }
