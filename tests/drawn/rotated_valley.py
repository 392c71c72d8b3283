"""What the figures of `rotated_valley` must show."""

import numpy as np

from drawn.laws import near_zero, path, ratio, rings
from lrlib import adagrad, descend
from lrlib.problems import valley
from lrlib.words import num

SCALES = {"rotated_valley": {"loss": "linear log", "rates": "linear log"}}

STEPS = 60


def rotated_valley(variant, **values):
    turned = valley(rotation=values["rotation"])
    c, s = np.cos(np.deg2rad(values["rotation"])), np.sin(np.deg2rad(values["rotation"]))
    start, scale = [-5 * c + 2 * s, -5 * s - 2 * c], values["loss scale"]
    hyper = {k: values[k] for k in ("eps", "initial_accumulator_value")}

    def grad(theta, t):
        return scale * turned.grad(theta)

    theta = descend(grad, adagrad, values["lr"], STEPS, theta0=start, **hyper).theta
    with np.errstate(all="ignore"):
        loss, g = scale * turned.loss(theta), scale * turned.grad(theta[:-1])
        sums = hyper["initial_accumulator_value"] + np.cumsum(g**2, axis=0)
        share = values["lr"] / (np.sqrt(sums) + hyper["eps"]) * scale * 4.0 / 2

    def near(k):
        def fault(line):
            y = np.asarray(line.get_ydata())
            ok = np.isfinite(y) & (np.abs(g[:, k]) > 1e-6 * np.abs(g[:, k]).max())
            same = np.allclose(y[ok], share[ok, k], rtol=1e-4)
            return "" if same and ok.any() else f"is {y[ok][:3]}..., not {share[ok, k][:3]}..."

        return fault

    return {
        "rings": rings(turned.hessian, 0.405),
        "minimum": ([0.0], [0.0]),
        "path": path(theta),
        "loss": (np.arange(STEPS + 1), near_zero(loss / loss[0])),
        "SGD at its best rate": (np.arange(STEPS + 1), (3.8 / 4.2) ** (2.0 * np.arange(STEPS + 1))),
        "start": f"it starts at {num(loss[0], 3)}",
        "limit": 1.0,
        "first weight": near(0),
        "second weight": near(1),
        "said": (*ratio(loss), STEPS, 1e-12, *share[-1], 2),
    }
