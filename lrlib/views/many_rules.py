"""Six rules at once, on a valley and on a saddle, step by step."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from ..kernels import adam, lion, rmsprop, schedule_free, sgd
from ..loop import descend
from ..plots import COLOURS, Control, View, along_ray, contours, drawing, figure
from ..problems import saddle, valley
from ..words import num
from .parts import star

Array = np.ndarray
STEPS = 60
SADDLE_START = (1.0, 0.01)


class Rule(NamedTuple):
    """A kernel, its rate at multiplier 1, and its hyperparameters."""

    kernel: Callable
    lr: float
    hyper: Mapping[str, Any] = MappingProxyType({})


RULES = {
    "SGD": Rule(sgd, 0.4),
    "momentum": Rule(sgd, 0.1, {"momentum": 0.9}),
    "RMSprop": Rule(rmsprop, 0.1),
    "Adam": Rule(adam, 0.2),
    "Lion": Rule(lion, 0.1),
    "Schedule-Free": Rule(schedule_free, 1.0),
}
SURFACES = {
    "valley": (valley(), (-6.5, 6.5, -6.5, 6.5)),
    "saddle": (saddle(SADDLE_START), (-1.6, 1.6, -1.6, 1.6)),
}


@lru_cache(256)
def _run(surface: str, rule: str, multiplier: float) -> Array:
    how = RULES[rule]
    problem = SURFACES[surface][0]
    return descend(problem, how.kernel, multiplier * how.lr, STEPS, **how.hyper).theta


def _lines(ax: Axes, surface: str) -> dict[str, tuple[Line2D, Line2D]]:
    """A path and its last point for every rule."""
    problem, span = SURFACES[surface]
    contours(ax, problem.loss, span, f"contours of the {surface}")
    ax.set_box_aspect(1)
    return {
        rule: (
            ax.plot([], [], "-", color=COLOURS[k], lw=1.3, label=rule)[0],
            ax.plot([], [], "o", color=COLOURS[k], ms=6)[0],
        )
        for k, rule in enumerate(RULES)
    }


@drawing()
def many_rules() -> View:
    """Paths of six rules up to a step, on lesson 01's valley and beside a saddle.

    Every rule has a rate that suits the valley; ``multiplier`` multiplies all six.
    """
    controls = {
        "step": Control(15, 0, STEPS, "whole", stops=(0, 1, 3, 5, 10, 15, 25, 40, 60)),
        "multiplier": Control(1.0, 0.1, 10.0, "log", stops=(0.1, 0.3, 1.0, 2.0, 10.0)),
    }
    fig, ax = figure(7.6, 4.2, [list(SURFACES)])
    lines = {surface: _lines(ax[surface], surface) for surface in SURFACES}
    ax["valley"].set(title="valley: the star is the minimum", xlabel="flat", ylabel="steep")
    ax["saddle"].set(title="saddle: the ways out are up and down", xlabel="x", ylabel="y")
    minimum = star(ax["valley"])
    handles = ax["valley"].get_legend_handles_labels()
    fig.legend(*handles, loc="outside lower center", ncols=6, frameon=False)

    def update(step: int, multiplier: float) -> str:
        left, out = {}, []
        for surface, drawn in lines.items():
            problem, span = SURFACES[surface]
            for rule, (line, end) in drawn.items():
                theta = _run(surface, rule, multiplier)[: step + 1]
                shown = along_ray(theta, 0.0, 50 * span[1])
                line.set_data(*shown.T)
                end.set_data(*shown[-1:].T)
                if surface == "valley":
                    left[rule] = float(problem.loss(theta[-1]) / problem.loss(theta[0]))
                elif abs(theta[-1, 1]) > 0.5:
                    out.append(rule)
        share = ", ".join(f"{rule} {num(x, 2)}" for rule, x in left.items())
        left_it = ", ".join(out) or "none"
        return (
            f"step {step}, rates times {num(multiplier, 2)}. Share of the first loss left in the "
            f"valley: {share}. Away from the saddle: {left_it}."
        )

    moving = {
        f"{surface}, {rule}{part}": line
        for surface, drawn in lines.items()
        for rule, both in drawn.items()
        for part, line in zip(("", ", now"), both, strict=True)
    }
    return View(fig, moving | minimum, update, controls)


EXAMPLES = {"many_rules": many_rules}
