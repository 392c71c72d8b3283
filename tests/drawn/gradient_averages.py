"""What the figures of `gradient_averages` must show."""

import numpy as np

from drawn.laws import near_zero, path, rings
from lrlib import descend, rmsprop
from lrlib.problems import valley

SCALES = {
    "gradient_averages": {"averages": "linear log", "loss": "linear log", "rates": "linear log"}
}

STEPS = 120


def gradient_averages(variant, **values):
    hyper = {k: values[k] for k in ("eps", "eps_root", "momentum", "centered")}
    rho, lr, problem = 1 - values["1 - rho"], values["lr"], valley()
    trace = descend(problem, rmsprop, lr, STEPS, rho=rho, **hyper)
    g = trace.theta[:-1] * [0.2, 4.0]
    v, a, roots = np.zeros(2), np.zeros(2), []
    for x in g:
        v, a = rho * v + (1 - rho) * x**2, rho * a + (1 - rho) * x
        roots.append(np.sqrt(np.maximum(v - a**2 * values["centered"], 0)))
    roots = np.array(roots)
    rates = lr / (np.sqrt(roots**2 + hyper["eps_root"]) + hyper["eps"])
    limit = 2 * (1 + hyper["momentum"]) / np.array([0.2, 4.0])
    t, wanted = np.arange(STEPS), {}
    for k, name in enumerate("wb"):
        wanted[f"root of {name}"] = (t, near_zero(roots[:, k]))
        wanted[f"gradient of {name}"] = (t, near_zero(np.abs(g[:, k])))
        wanted[f"rate of {name}"] = (t, rates[:, k])
        wanted[f"limit of {name}"] = limit[k]
    return wanted | {
        "rings": rings(problem.hessian, 10.5 / 16),
        "minimum": ([0.0], [0.0]),
        "path": path(trace.theta),
        "loss": (np.arange(STEPS + 1), near_zero(trace.loss)),
        "two-cycle": 4.2 * (lr / 2) ** 2 / 2,
        "said": (*(rates[-1] / limit), rho, 1e-12),
    }


def stream_levels(variant):
    return {"data": ([0, 1, 2], [1.0, 2.0, 3.0]), "half": ([0, 1, 2], [1.0, 1.5, 2.0])}
