"""A range test on a valley: the loss while the rate rises, and what the steepest error does."""

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import LogLocator

from ..kernels import sgd
from ..loop import descend
from ..plots import COLOURS, GREY, HALO, Control, View, drawable, drawing, figure, ink
from ..range_readings import longest_valley, lowest, passes_start, smoothed, steepest, trap
from ..schedules import range_test
from ..surfaces import quadratic
from ..words import num
from .parts import Steep

Array = np.ndarray
L = 4.0
LIMIT = 2 / L
START = [-5.0, -2.0]
RANGE = (2e-4, 20.0)  # exponential ramp, in multiples of the limit
STRAIGHT = 3.1  # end of the straight ramp
NOISES = [0.0, 1e-8, 1e-6, 1e-4, 1e-2, 0.1, 0.3, 1.0, 3.0]
SMOOTHING = {"none": 0.0, "0.9": 0.9, "0.98": 0.98}
MARKS: dict[str, tuple[Callable[[Array, Array], float], str]] = {
    "lowest": (lowest, "o"),
    "passes its start": (passes_start, "s"),
    "steepest": (steepest, "v"),
    "valley": (longest_valley, "^"),
}


def rates(ramp: str, steps: int) -> Callable[[Any], Array]:
    """The rising rates: "exponential" over five decades, or "straight" up from 0."""
    if ramp == "straight":
        return lambda t: STRAIGHT * LIMIT * (np.asarray(t) + 1) / steps
    return range_test(RANGE[0] * LIMIT, RANGE[1] * LIMIT, steps)


def _limits(ax: Axes) -> tuple[Any, Any]:
    """The limit, which stays, and the law of the trap, which moves; both with their names."""
    ax.axvline(1, color=GREY, lw=1.2, ls=":", gid="limit")
    turned = {"va": "top", "rotation": 90, "fontsize": 8.5, "path_effects": [HALO]}
    across = ax.get_xaxis_transform()
    ax.text(
        0.97, 0.98, "limit 2/L", color=GREY, ha="right", transform=across, gid="limit, name",
        **turned,
    )  # fmt: skip
    law = ax.axvline(np.nan, color=COLOURS[1], lw=1.5, ls="--")
    name = ax.text(
        1, 0.98, "law without noise", color=ink(COLOURS[1]), ha="right", transform=across,
        **turned,
    )  # fmt: skip
    return law, name


class Readings:
    """The loss over the rate, named "loss", a dot for each reading by name, limit and law."""

    def __init__(self, ax: Axes):
        self.law, self.name = _limits(ax)
        (self.line,) = ax.plot([], [], "-", color=COLOURS[0])
        self.dots = {
            name: ax.plot([], [], marker, color=COLOURS[2 + k], ms=8, ls="none", label=name)[0]
            for k, (name, (_, marker)) in enumerate(MARKS.items())
        }
        ax.legend(loc="lower left", frameon=False, fontsize=8.5)
        self.moving = {"loss": self.line, "law": self.law, "law, name": self.name, **self.dots}

    def show(self, lr: Array, loss: Array, low: float, law: float) -> dict[str, float]:
        """The loss (steps,), not drawn below ``low``; the law at the rate ``law``. Returns what was
        read, by name; nan where there is no such point."""
        self.line.set_data(lr, np.maximum(loss, low))
        found = {name: rule(lr, loss) for name, (rule, _) in MARKS.items()}
        for name, rate in found.items():
            self.dots[name].set_data([rate], [np.interp(np.log(rate), np.log(lr), loss)])
        self.law.set_xdata([law, law])
        self.name.set_x(0.97 * law)
        return found


def _floor(*drawn: Array) -> float:
    """A power of ten below all that is drawn, one of four: new limits cost a redraw."""
    least = min(float(y[y > 0].min(initial=1.0)) for y in drawn)
    return next(x for x in (1e-6, 1e-12, 1e-30, 1e-60) if x <= least or x == 1e-60)


@drawing()
def rising_rate() -> View:
    """The loss over the rate with four readings, and the steepest error beside its law.

    Two curvatures, the steeper is 4, the other 4 / kappa; rates are multiples of the limit 2 / L.
    ``noise`` is the standard deviation of each part of the gradient. The readings are taken from
    the loss that is drawn, smoothed or not. The law of the steep error is the product |1 - lr L|.
    """
    controls = {
        "noise": Control(0.0, kind="choice", options=NOISES),
        "kappa": Control(20.0, 3.0, 1000.0, "log", stops=(3.0, 10.0, 20.0, 117.0, 1000.0)),
        "ramp": Control("exponential", kind="choice", options=["exponential", "straight"]),
        "steps": Control(100, 30, 400, "whole", stops=(30, 100, 200, 400)),
        "smoothing": Control("none", kind="choice", options=list(SMOOTHING)),
    }
    fig, ax = figure(7.6, 3.9, [["loss", "steep"]])
    for name, title in (("loss", "loss, start = 1"), ("steep", "steepest error, start = 1")):
        ax[name].set(xscale="log", yscale="log", xlim=(RANGE[0], 25), ylim=(1e-12, 1e6))
        ax[name].xaxis.set_minor_locator(LogLocator(subs=(2, 5)))  # of 48 each costs a millisecond
        ax[name].set(xlabel="rate, in multiples of the limit", title=title)
        ax[name].axhline(1, color=GREY, lw=1, ls=":", gid=f"start of {name}")
    readings = Readings(ax["loss"])
    ax["steep"].axvline(1, color=GREY, lw=1.2, ls=":", gid="limit of steep")
    both = Steep(ax["steep"], "law |1 - lr L|", ms=4, fontsize=8.5)

    def update(noise: float, kappa: float, ramp: str, steps: int, smoothing: str) -> str:
        problem = quadratic([L / kappa, L], START, noise=noise)
        trace = descend(problem, sgd, rates(ramp, steps), steps)
        lr = trace.lr / LIMIT
        loss = smoothed(drawable(trace.loss[:-1]), SMOOTHING[smoothing]) / trace.loss[0]
        left = np.abs(drawable(trace.theta[:-1, 1])) / abs(START[1])
        factors = np.cumprod(np.concatenate([[1.0], np.abs(1 - trace.lr[:-1] * L)]))
        low = {"loss": _floor(loss), "steep": _floor(left, factors)}
        for name, floor in low.items():
            ax[name].set_ylim(floor, 1e6)
        at = trap(kappa, straight=ramp == "straight")
        found = readings.show(lr, loss, low["loss"], at)
        both.show(lr, factors, left, low["steep"])
        return (
            f"{ramp.capitalize()} ramp of {steps} steps, kappa = {num(kappa, 3)}, noise "
            f"{num(noise)}, smoothing {smoothing}; in multiples of the limit, {_said(found)}; "
            f"without noise the law has the lowest at {num(at, 3)}."
        )

    return View(fig, readings.moving | both.moving, update, controls)


def _said(found: dict[str, float]) -> str:
    return ", ".join(
        f"{name} at {num(rate, 3)}" if np.isfinite(rate) else f"it never {name}"
        for name, rate in found.items()
    )


EXAMPLES = {"rising_rate": rising_rate}
