"""A learning-rate range test: the loss while the rate rises, and what rules read off it."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from .. import descend
from ..kernels import sgd
from ..plots import COLOURS, GREY, Control, View, drawable, drawing, figure
from ..problems import valley
from ..schedules import range_test
from ..words import as_rate, num
from .parts import TINY, spectrum

Array = np.ndarray
Rules = Callable[[Array, Array], Mapping[str, float]]


def _limit(ax: Axes, limit: float) -> None:
    ax.axvline(limit, color=GREY, lw=1.2, ls=":", gid="limit")
    ax.annotate(  # left of the line, where the loss is below its start
        f"limit 2/L = {num(limit)}", (limit, 0.99), xycoords=("data", "axes fraction"),
        xytext=(-3, 0), textcoords="offset points", color=GREY, ha="right", va="top", rotation=90,
        fontsize=8.5, gid="limit, name",
    )  # fmt: skip


@drawing()
def range_test_view(make: Callable[[float], Any], rules: Rules) -> View:
    """A range test: the loss while the rate rises, and the rates that ``rules`` read off it.

    ``make(noise)`` is a problem with a ``hessian``; ``rules(lr, loss)`` returns name -> rate.
    """
    limit = spectrum(make(0.0)).limit
    first = make(0.0).loss(make(0.0).theta0)
    controls = {
        "num_steps": Control(100, 10, 400, "whole"),
        "start_lr": Control(1e-3, 1e-5, 0.1, "log"),
        "end_lr": Control(10.0, 1.0, 100.0, "log"),
        "noise": Control(0.0, 0.0, 3.0),
    }
    fig, axes = figure(7.6, 3.6)
    ax = axes["a"]
    ax.set(xscale="log", yscale="log", xlim=(1e-5, 100), ylim=(1e-8 * first, 1e3 * first))
    ax.set(xlabel="rate", ylabel="loss", title="the loss while the rate rises")
    _limit(ax, limit)
    (line,) = ax.plot([], [], "-", color=COLOURS[0])
    names = list(rules(np.geomspace(0.1, 1, 4), np.array([3.0, 2.0, 1.0, 2.0])))
    dots = {
        name: ax.plot([], [], marker, color=COLOURS[1 + k], ms=9, ls="none", label=name)[0]
        for k, (name, marker) in enumerate(zip(names, "ovs^Dp", strict=False))
    }
    ax.legend(loc="lower left", frameon=False)

    def update(num_steps: int, start_lr: float, end_lr: float, noise: float) -> str:
        trace = descend(make(noise), sgd, range_test(start_lr, end_lr, num_steps), num_steps)
        loss = np.maximum(drawable(trace.loss[:-1]), TINY)
        line.set_data(trace.lr, loss)
        found = rules(trace.lr, loss)
        for name, lr in found.items():
            dots[name].set_data([lr], [np.interp(np.log(lr), np.log(trace.lr), loss)])
        said = [
            f"{k} at {num(lr, 3)}, {num(lr / limit, 3)} times the limit" for k, lr in found.items()
        ]
        end = "diverged at the end" if loss[-1] > loss[0] else "never diverged"
        return (
            f"From {as_rate(start_lr)} to {as_rate(end_lr)} in {num_steps} steps, noise "
            f"{num(noise)}: {'; '.join(said)}; {end}."
        )

    return View(fig, {"loss": line, **dots}, update, controls)


EXAMPLES = {
    "range_test_view": lambda: range_test_view(
        lambda noise: valley(noise=noise),
        lambda lr, loss: {"lowest": lr[np.argmin(loss)], "a tenth": lr[np.argmin(loss)] / 10},
    )
}
