"""What a sweep says of one network of PyTorch, from runs that are stored: nothing is trained."""

import numpy as np
from matplotlib.axes import Axes

from ..own_model import medians
from ..plots import COLOURS, GREY, HALO, Control, View, drawing, figure, ink
from ..stored_runs import own_model_runs
from ..words import num

Array = np.ndarray
TOP, LOW = 4.0, 0.2  # of the losses that are drawn


def nearest(rates: Array, rate: float) -> int:
    """The place of the stored rate that is nearest, by its logarithm."""
    return int(np.abs(np.log(rates / rate)).argmin())


def _wall(ax: Axes, name: str, colour: str, style: str) -> dict:
    """A line that moves along the rates, and its words."""
    line = ax.axvline(np.nan, color=colour, lw=1.5, ls=style)
    words = ax.text(
        np.nan, 0.99, name, color=ink(colour), va="top", rotation=90, fontsize=8.5,
        transform=ax.get_xaxis_transform(), path_effects=[HALO],
    )  # fmt: skip
    return {name: line, f"{name}, name": words}


def _put(moving: dict, name: str, at: float | None, left: bool) -> None:
    line, words = moving[name], moving[f"{name}, name"]
    line.set_visible(at is not None)
    words.set_visible(at is not None)
    if at is not None:
        line.set_xdata([at, at])
        words.set_x(0.95 * at if left else 1.05 * at)
        words.set_ha("right" if left else "left")


@drawing()
def your_model() -> View:
    """Held-out loss over the rate, with limit and range test, and over the steps at one rate.

    Lesson 14's network, 10 seeds. Left: median, best and worst seed after ``steps`` steps at each
    stored rate; the limit 2 (1 + momentum) / L, the readings of the range test and the best rate.
    Right: every seed at the stored rate that is nearest to ``rate``. Grey: what the sliders say.
    """
    runs = own_model_runs()
    every = np.unique(runs.rates)
    whole = runs.steps[1:]
    some = tuple(int(t) for t in whole[[0, 2, 5, 14]])
    controls = {
        "kernel": Control("momentum", kind="choice", options=list(runs.kernels)),
        "rate": Control(0.01, every[0], every[-1], "log", stops=tuple(map(float, every))),
        "steps": Control(int(whole[-1]), int(whole[0]), int(whole[-1]), "whole", stops=some),
    }
    fig, ax = figure(7.6, 3.9, [["rates", "steps"]], width_ratios=[1.25, 1])
    for name, title in (("rates", "held-out loss over the rate"), ("steps", "over the steps")):
        ax[name].set(yscale="log", ylim=(LOW, 1.1 * TOP), title=title)
        ax[name].set_yticks([0.2, 0.5, 1, 2, 4], ["0.2", "0.5", "1", "2", "4"])
        ax[name].minorticks_off()
        ax[name].axhline(np.log(10), color=GREY, lw=1, ls=":", gid=f"ln 10 over {name}")
    ax["rates"].set(xscale="log", xlim=(every[0] / 1.5, every[-1] * 1.5), xlabel="rate")
    ax["steps"].set(xlim=(0, whole[-1]), xlabel="step")
    ax["steps"].text(
        0.98 * whole[-1], 1.04 * np.log(10), "ln 10", color=GREY, ha="right", va="bottom",
        gid="ln 10 over steps, name",
    )  # fmt: skip
    moving: dict = {}
    for name, colour, style in (
        ("limit", COLOURS[1], "--"),
        ("steepest", COLOURS[2], ":"),
        ("lowest / 10", COLOURS[3], ":"),
    ):
        moving |= _wall(ax["rates"], name, colour, style)
    moving["rate"] = ax["rates"].axvline(np.nan, color=GREY, lw=1.2)
    for name, style in (("worst seed", ":"), ("best seed", ":"), ("median", "o-")):
        width, size = (2, 4) if name == "median" else (1, 0)
        (moving[name],) = ax["rates"].plot([], [], style, color=COLOURS[0], lw=width, ms=size)
    (moving["chosen"],) = ax["rates"].plot([], [], "D", color="k", ms=7, mfc="none")
    (moving["seeds"],) = ax["steps"].plot([], [], "-", color=COLOURS[0], lw=0.9)
    moving["now"] = ax["steps"].axvline(np.nan, color=GREY, lw=1.2)

    def update(kernel: str, rate: float, steps: int) -> str:
        k, t = runs.kernels.index(kernel), int(np.abs(runs.steps - steps).argmin())
        rates = runs.rates[k]
        losses = np.nan_to_num(runs.heldout[:, k], nan=np.inf)  # (10 seeds, 13 rates, 16 steps)
        middle = np.sort(losses[..., t], 0)[4:6].mean(0)
        best, this = int(middle.argmin()), nearest(rates, rate)
        ends = {"median": middle, "worst seed": losses[..., t].max(0)}
        for name, y in (ends | {"best seed": losses[..., t].min(0)}).items():
            moving[name].set_data(rates, np.minimum(y, TOP))
        moving["chosen"].set_data([rates[best]], [middle[best]])
        limit, found = medians(runs, kernel)
        _put(moving, "limit", limit, left=True)
        for name, at in found.items():
            _put(moving, name, at, left=at == min(found.values()))
        moving["rate"].set_xdata([rate, rate])
        curves = np.minimum(losses[:, this], TOP)
        gaps = np.full((len(curves), 1), np.nan)
        moving["seeds"].set_data(
            np.tile([*runs.steps, np.nan], len(curves)), np.hstack([curves, gaps]).ravel()
        )
        moving["now"].set_xdata([steps, steps])
        low, high = losses[:, this, t].min(), losses[:, this, t].max()
        wall = f"limit {num(limit, 3)}, " if limit else ""
        return (
            f"{kernel.capitalize()} at rate {num(rate, 3)}, step {steps}. Stored nearest: rate "
            f"{num(rates[this], 2)}, step {runs.steps[t]}, held-out loss {_loss(middle[this])}, "
            f"10 seeds from {_loss(low)} to {_loss(high)}. Best is {num(rates[best], 2)} with "
            f"{_loss(middle[best])}; {wall}steepest {num(found['steepest'], 2)}, "
            f"lowest / 10 {num(found['lowest / 10'], 2)}."
        )

    return View(fig, moving, update, controls)


def _loss(x: float) -> str:
    return num(x, 2) if x <= TOP else f"above {num(TOP)}"


EXAMPLES = {"your_model": your_model}
