"""The same data in other units: the birds stay, the valley changes."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from .. import descend
from ..kernels import sgd
from ..plots import COLOURS, Control, View, drawable, drawing, figure
from ..problems import least_squares
from ..words import as_rate, num, outcome
from .parts import Path, Rings, directions_of, square, star

Array = np.ndarray
UNITS = {"mm": 10.0, "cm": 1.0, "dm": 0.1, "m": 0.01}  # how many of them are 1 cm


def _birds(ax: Axes, x_cm: Array, y: Array) -> Line2D:
    """The data, which stay. Returns the line that moves."""
    ax.plot(x_cm, y, ".", color="#999999", ms=4, ls="none", gid="data")
    ax.set(xlabel="flipper length (cm)", ylabel="body mass (kg)", title="the fit at the end")
    ax.set(ylim=(0, 1.1 * y.max()))
    return ax.plot([], [], "-", color=COLOURS[1], lw=2.5)[0]


@drawing()
def unit_change(x_cm: Array, y: Array, *, steps: int = 200) -> View:
    """Body mass ``y`` (n,) on flipper length ``x_cm`` (n,), in several units and from several
    origins: the fit at the end, and the path down the valley."""
    controls = {
        "lr": Control(0.1, 1e-6, 3.0, "log"),
        "unit": Control("cm", kind="choice", options=list(UNITS)),
        "origin in cm": Control(18.0, 0.0, 20.0),
    }
    fig, ax = figure(7.6, 3.9, [["fit", "path"]])
    line, ends = _birds(ax["fit"], x_cm, y), np.array([x_cm.min(), x_cm.max()])
    rings, path, minimum = Rings(ax["path"]), Path(ax["path"], 1.0, ms=4), star(ax["path"])
    ax["path"].set(title="the valley, minimum at (0, 0)", xlabel="error of the intercept")
    ax["path"].set_ylabel("error of the slope")
    ax["path"].yaxis.set_label_coords(-0.17, 0.5)  # clear of the widest numbers
    square(ax["path"], 1.0)

    def update(**values: Any) -> str:
        lr, unit, origin = values["lr"], values["unit"], values["origin in cm"]
        x = (x_cm - origin) * UNITS[unit]
        problem = least_squares(np.column_stack([np.ones_like(x), x]), y)
        seen = directions_of(problem)
        theta = descend(problem.grad, sgd, lr, steps, theta0=problem.theta0).theta
        with np.errstate(all="ignore"):
            loss = problem.loss(theta)  # of all steps at once
        first = problem.loss(problem.theta0) - problem.loss(problem.minimum)
        reach = 1.1 * np.sqrt(2 * first / seen.h[0])
        ax["path"].set(xlim=(-reach, reach), ylim=(-reach, reach))
        rings.show(seen.h, seen.directions, first / 25)
        path.far = 50 * reach
        path.show(theta - problem.minimum)
        w = theta[-1] / max(1, np.abs(theta[-1]).max() / 1e12)  # may be far away
        line.set_data(ends, w[0] + w[1] * (ends - origin) * UNITS[unit])
        return (
            f"flipper in {unit} above {num(origin)} cm: condition number "
            f"{num(seen.h[1] / seen.h[0], 3)}, limit 2/L = {num(seen.limit)}. "
            f"lr = {as_rate(lr)}: {outcome(drawable(loss))}."
        )

    return View(fig, {"fit": line, **rings.moving, **path.moving, **minimum}, update, controls)


EXAMPLES = {
    "unit_change": lambda: unit_change(
        np.array([17.2, 18.1, 19.0, 20.3, 21.1, 23.0]), np.array([3.1, 3.4, 3.3, 4.6, 4.9, 5.8])
    )
}
