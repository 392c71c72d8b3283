"""A rate that learns: the path it takes down a valley, and the rate itself against the limit."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from .. import descend
from ..kernels import adam, sgd
from ..plots import COLOURS, Control, View, drawable, drawing, figure
from ..policies import hypergradient
from ..problems import valley
from ..words import as_rate, num, outcome
from .parts import TINY, Level, Loss, Valley, directions_of, dotted

Array = np.ndarray
MOMENTUM = 0.9
# kernel, its hyperparameters, and its limit as a multiple of 2/L (Adam has none that is fixed)
KERNELS = {
    "SGD-HD": (sgd, {}, 1.0),
    "SGDN-HD": (
        sgd,
        {"momentum": MOMENTUM, "nesterov": True},
        (1 + MOMENTUM) / (1 + 2 * MOMENTUM),
    ),
    "Adam-HD": (adam, {}, None),
}


class Share:
    """The learned rate as a multiple of 2/L, named "rate", and the "limit" of its kernel."""

    def __init__(self, ax: Axes, steps: int):
        ax.set(xlim=(0, steps), ylim=(-0.6, 2.6), title="learned rate, as a multiple of 2/L")
        ax.set_xlabel("step")
        ax.axhline(0, color="k", lw=0.8, gid="zero")
        self.wall = Level(ax, "limit", COLOURS[1])
        (self.rate,) = ax.plot([], [], ".-", color=COLOURS[0], lw=1.4, ms=4)
        self.ax, self.moving = ax, {"rate": self.rate, **self.wall.moving}

    def show(self, share: Array, wall: float | None) -> float:
        """share (steps,); returns the height of the picture."""
        top = 2.6 if share.max() <= 2.5 else 5.2  # two heights only: new limits cost a redraw
        self.ax.set_ylim(-0.6, top)
        self.rate.set_data(np.arange(len(share)), np.clip(drawable(share), -1e4, 1e4))
        times = "" if wall == 1 else f"{num(wall or 1.0, 3)} x "
        name = f"limit {times}2/L" if wall else "2/L (Adam has no fixed limit)"
        self.wall.show(wall or 1.0, name)
        return top


@drawing()
def learned_rate(problem: Any, *, steps: int = 60, names: tuple[str, str] = ("", "")) -> View:
    """Path over the contours, the learned rate as a multiple of 2/L, and the loss.

    ``problem`` has two parameters, ``hessian`` and ``minimum``. The controls are those of
    `policies.hypergradient`, and the kernel: plain SGD, Nesterov momentum .9, or Adam.
    """
    limit, floor = directions_of(problem).limit, problem.loss(problem.minimum)
    first = problem.loss(problem.theta0) - floor
    controls = {
        "lr": Control(1e-3, 1e-6, 1.0, "log"),
        "hypergrad_lr": Control(1e-3, 1e-6, 1.0, "log"),
        "kernel": Control("SGD-HD", kind="choice", options=list(KERNELS)),
        "multiplicative": Control(False, kind="switch"),
    }
    fig, ax = figure(7.6, 4.6, [["path", "rate"], ["path", "loss"]], width_ratios=[1.05, 1])
    path, rate = Valley(ax["path"], problem, names), Share(ax["rate"], steps)
    loss = Loss(ax["loss"], steps, first, (-9, 3), "loss above its minimum (dotted: start)")
    dotted(ax["loss"], first, "start")

    def update(lr: float, hypergrad_lr: float, kernel: str, multiplicative: bool) -> str:
        rule, hyper, wall = KERNELS[kernel]
        policy = hypergradient(lr, hypergrad_lr, multiplicative)
        trace = descend(problem, rule, policy, steps, **hyper)
        above = np.maximum(drawable(trace.loss) - floor, TINY)
        path.show(trace.theta)
        top = rate.show(trace.lr / limit, wall)
        loss.show(above)
        form = "multiplicative" if multiplicative else "additive"
        return (
            f"{kernel}, {form}, lr = {as_rate(lr)}, hypergrad_lr = {as_rate(hypergrad_lr)}: "
            f"{_rates(trace.lr / limit, top)}; {outcome(above, what='loss above the minimum')}."
        )

    return View(fig, path.moving | rate.moving | loss.moving, update, controls)


def _rates(share: Array, top: float) -> str:
    if not np.isfinite(share).all():
        return "the rate overflows"
    said = f"the rate is at most {num(share.max(), 3)} of 2/L"
    said += " (above the picture)" if share.max() > top else ""
    below = int((share < 0).sum())
    said += f", negative in {below} steps, and " if below else " and "
    return said + f"ends at {num(share[-1], 3)} of it"


EXAMPLES = {"learned_rate": lambda: learned_rate(valley(rotation=20.0), names=("w", "b"))}
