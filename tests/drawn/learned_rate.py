"""What the figures of `learned_rate` must show."""

import numpy as np

from drawn.laws import near_zero, path, rings
from lrlib import adam, descend, hypergradient, sgd
from lrlib.problems import valley

SCALES = {"learned_rate": {"loss": "linear log"}}


def learned_rate(variant, lr, hypergrad_lr, kernel, multiplicative):
    problem = valley(rotation=20.0)
    rule = adam if kernel == "Adam-HD" else sgd
    hyper = {"momentum": 0.9, "nesterov": True} if kernel == "SGDN-HD" else {}
    policy = hypergradient(lr, hypergrad_lr, multiplicative)
    trace = descend(problem, rule, policy, 60, **hyper)
    share = np.nan_to_num(trace.lr * 4.0 / 2, nan=1e30)
    return {
        "rings": rings(problem.hessian, problem.loss(problem.theta0) / 25),
        "minimum": ([0.0], [0.0]),
        "path": path(trace.theta),
        "zero": 0.0,
        "limit": 1.9 / 2.8 if kernel == "SGDN-HD" else 1.0,
        "rate": (np.arange(60), np.clip(share, -1e4, 1e4)),
        "start": float(problem.loss(problem.theta0)),
        "loss": (np.arange(61), near_zero(trace.loss)),
        "said": (share.max(), share[-1], 2),
    }
