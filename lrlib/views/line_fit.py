"""A straight line fitted to data: the line that training ends with, and the loss on the way."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import auto_mpg, descend
from ..kernels import sgd
from ..plots import COLOURS, Control, Picture, View, drawable, drawing, figure, picture
from ..problems import least_squares
from ..words import as_rate, outcome
from . import parts

Array = np.ndarray


def _problem(x: Array, y: Array) -> Any:
    return least_squares(np.column_stack([np.ones_like(x), x]), y)


def _on_line(theta: Array, ends: Array) -> Array:
    """The line's heights at both ends; far away where training exploded."""
    return np.clip(drawable(theta[0] + theta[1] * ends), -1e6, 1e6)


def _cloud(ax: Any, x: Array, y: Array, names: Sequence[str], gid: str = "data") -> Array:
    """The data, and the ends of the line that will be drawn through them."""
    ax.plot(x, y, ".", color="#999999", ms=4, gid=gid)
    low, high = y.min(), y.max()
    ax.set(ylim=(min(0, low), high + 0.1 * (high - low)), xlabel=names[0], ylabel=names[1])
    return np.array([x.min(), x.max()])


@drawing()
def line_fit(x: Array, y: Array, names: Sequence[str] = ("x", "y"), *, steps: int = 60) -> View:
    """The line after ``steps`` steps over the data x, y (n,), and the loss. Controls: ``lr``."""
    problem = _problem(x, y)
    fig, ax = figure(7.6, 3.3, [["line", "loss"]])
    ends = _cloud(ax["line"], x, y, names)
    (line,) = ax["line"].plot([], [], "-", color=COLOURS[1], lw=2.5)
    ax["line"].set(title=f"the line after {steps} steps")
    loss = parts.Loss(ax["loss"], steps, problem.loss(problem.theta0), (-2, 3), "loss")

    def update(lr: float) -> str:
        trace = descend(problem, sgd, lr, steps)
        line.set_data(ends, _on_line(trace.theta[-1], ends))
        loss.show(trace.loss)
        return f"lr = {as_rate(lr)}: {outcome(drawable(trace.loss))}."

    controls = {"lr": Control(0.01, 0.001, 4.0, "log")}
    return View(fig, {"line": line, **loss.moving}, update, controls)


@drawing()
def line_fits(
    x: Array,
    y: Array,
    rates: Sequence[float],
    steps: int = 60,
    names: Sequence[str] = ("x", "y"),
) -> Picture:
    """For each rate the line after ``steps`` steps, above the loss on the way."""
    problem = _problem(x, y)
    columns = range(len(rates))
    mosaic = [[f"line {k}" for k in columns], [f"loss {k}" for k in columns]]
    fig, ax = figure(7.6, 4.2, mosaic)
    start, said = problem.loss(problem.theta0), []
    for k, lr in enumerate(rates):
        trace = descend(problem, sgd, lr, steps)
        top, below = ax[f"line {k}"], ax[f"loss {k}"]
        ends = _cloud(top, x, y, (names[0], "" if k else names[1]), f"data {k}")
        colour = COLOURS[k]
        top.plot(ends, _on_line(trace.theta[-1], ends), "-", color=colour, lw=2.5, gid=f"line {k}")
        top.set_title(f"lr = {as_rate(lr)}")
        drawn = np.maximum(drawable(trace.loss), parts.TINY)
        below.plot(drawn, "-", color=colour, gid=f"loss {k}")
        below.set(yscale="log", ylim=(0.01 * start, 1e3 * start), xlabel="step")
        below.set_ylabel("loss" if k == 0 else "")
        said.append(f"lr = {as_rate(lr)}: {outcome(drawable(trace.loss))}")
    return picture(fig, f"The line after {steps} steps, and the loss. " + "; ".join(said) + ".")


def _cars() -> tuple[Array, Array]:
    cars = auto_mpg()
    return cars.X[:, 3] / 1000 - 3, cars.y


EXAMPLES = {
    "line_fit": lambda: line_fit(*_cars(), ("weight", "miles per gallon")),
    "line_fits": lambda: line_fits(*_cars(), [0.01, 0.1, 3.0]),
}
