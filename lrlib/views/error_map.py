"""The rate that follows the error, on one parabola: its map, and the rate over the steps."""

import numpy as np
from matplotlib.axes import Axes

from ..plots import COLOURS, GREY, HALO, Control, View, drawable, drawing, figure, ink
from ..problems import bowl
from ..words import num

Array = np.ndarray
TOP = 2.6  # of the map's axes, in rates times h
COBWEB = 25  # steps of it that are drawn
DOTS = 400  # of the rates over the steps: in logarithms more cannot be told apart


class Cobweb:
    """The map from a rate to the next, named "map", and the steps of a run on it, "cobweb"."""

    def __init__(self, ax: Axes):
        ax.set(xlim=(0, TOP), ylim=(0, TOP), xlabel="rate times h", ylabel="next rate times h")
        ax.set(title="from one rate to the next")
        ax.set_box_aspect(1)
        ax.plot([0, TOP], [0, TOP], "-", color=GREY, lw=1, gid="same again")
        ax.axvline(2, color=COLOURS[1], lw=1.6, ls="--", gid="limit")
        ax.text(
            1.97, 0.05, "limit 2", color=ink(COLOURS[1]), ha="right", gid="limit, name",
            path_effects=[HALO],
        )  # fmt: skip
        self.q = np.linspace(0, TOP, 261)
        (curve,) = ax.plot([], [], "-", color=COLOURS[2], lw=2.2)
        (cobweb,) = ax.plot([], [], "-", color=COLOURS[0], lw=1.2)
        self.moving = {"map": curve, "cobweb": cobweb}

    def show(self, q: Array, power: float) -> None:
        """q (steps,), the run's rates times h; ``power`` of the error."""
        self.moving["map"].set_data(self.q, self.q * np.abs(1 - self.q) ** (2 * power))
        corners = np.repeat(np.clip(drawable(q[:COBWEB]), 0, 1e3), 2)
        self.moving["cobweb"].set_data(corners[:-1], np.concatenate([[0], corners[2:]]))


class Fall:
    """The rates over the steps, named "rate", and the law 1 / (2 p t), "law"."""

    def __init__(self, ax: Axes, steps: int):
        ax.set(xscale="log", yscale="log", xlim=(1, steps), ylim=(0.1 / steps, 20))
        ax.set(xlabel="step", title="rate times h")
        ax.axhline(2, color=COLOURS[1], lw=1.6, ls="--", gid="wall")
        ax.text(
            0.9 * steps, 2.2, "limit 2", color=ink(COLOURS[1]), va="bottom", ha="right",
            gid="wall, name", path_effects=[HALO],
        )  # fmt: skip
        (law,) = ax.plot([], [], ":", color="k", lw=1.6, label="1 / (2 power t)")
        (rate,) = ax.plot([], [], "-", color=COLOURS[0], label="rate used")
        ax.legend(loc="lower left", frameon=False)
        self.moving = {"law": law, "rate": rate}

    def show(self, q: Array, power: float) -> None:
        """q (steps,), the run's rates times h."""
        t = np.arange(1, len(q))
        if len(t) > DOTS:
            t = np.unique(np.geomspace(1, len(t), DOTS).astype(int))
        self.moving["rate"].set_data(t, np.clip(drawable(q[t]), 1e-30, 1e30))
        self.moving["law"].set_data(t, 1 / (2 * power * t))


@drawing()
def error_map(*, steps: int = 1000) -> View:
    """lr = k f^power on the parabola x^2 / 2 from 5, curvature h = 1.

    Left: the map from one rate to the next and the run's first steps on it. Right: the rate over
    the steps beside 1 / (2 power t). ``share`` is k over the largest k that does not explode.
    """
    problem = bowl()
    error = float(problem.loss(problem.theta0))
    controls = {
        "share": Control(0.9, 0.01, 1.1, stops=(0.01, 0.1, 0.3, 0.5, 0.9, 0.99, 1.0, 1.01, 1.1)),
        "power": Control(1.0, kind="choice", options=[0.5, 1.0, 2.0]),
    }
    fig, ax = figure(7.6, 3.7, [["map", "rate"]], width_ratios=[1, 1.15])
    cobweb, fall = Cobweb(ax["map"]), Fall(ax["rate"], steps)

    def update(share: float, power: float) -> str:
        k = share * 2 / error**power
        q = rates_times_h(2 * share, power, steps)
        cobweb.show(q, power)
        fall.show(q, power)
        return (
            f"lr = k error^{num(power)} with k = {num(k)}, {num(share, 3)} of the largest: the "
            f"first rate is {num(2 * share, 3)} / h; {_end(q, power)}."
        )

    return View(fig, cobweb.moving | fall.moving, update, controls)


def rates_times_h(first: float, power: float, steps: int) -> Array:
    """The rates (steps,) times h of a run with lr = k f^power on a parabola, as its map gives them:
    q (1 - q)^(2 power) after q. The test compares them with those of `descend`."""
    q = np.full(steps, np.inf)
    for t in range(steps):
        q[t] = first
        first *= abs(1 - first) ** (2 * power) if first < 1e60 else np.inf
    return q


def _end(q: Array, power: float) -> str:
    over = ~(q < 1000)
    if over.any():
        return f"the rate explodes, above 1,000 / h at step {over.argmax()}"
    t = len(q) - 1
    if q[-1] == 0:
        return f"step {(q > 0).argmin() - 1} lands on the minimum, and the rate is 0"
    if q[-1] >= 2 * (1 - 1e-12):
        return f"the rate stays there for all {len(q)} steps"
    law = 1 / (2 * power * t)
    return f"at step {t} the rate is {num(q[-1], 3)} / h, the law gives {num(law, 3)} / h"


EXAMPLES = {"error_map": lambda: error_map(steps=300)}
