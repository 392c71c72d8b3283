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


def _plain(ax: Axes, name: str, title: str) -> None:
    """Losses on a logarithmic axis, and the loss of guessing."""
    ax.set(yscale="log", ylim=(LOW, 1.1 * TOP), title=title)
    ax.set_yticks([0.2, 0.5, 1, 2, 4], ["0.2", "0.5", "1", "2", "4"])
    ax.minorticks_off()
    ax.axhline(np.log(10), color=GREY, lw=1, ls=":", gid=f"ln 10 over {name}")


class Sweep:
    """Losses over the rate: "median", "worst seed", "best seed", the lowest median "chosen", the
    slider's "rate", and the walls "limit", "steepest" and "lowest / 10"."""

    def __init__(self, ax: Axes, rates: Array):
        _plain(ax, "rates", "held-out loss over the rate")
        ax.set(xscale="log", xlim=(rates[0] / 1.5, rates[-1] * 1.5), xlabel="rate")
        self.moving: dict = {"rate": ax.axvline(np.nan, color=GREY, lw=1.2)}
        for name, colour in (("limit", 1), ("steepest", 2), ("lowest / 10", 3)):
            self._wall(ax, name, COLOURS[colour], "--" if name == "limit" else ":")
        for name, style in (("worst seed", ":"), ("best seed", ":"), ("median", "o-")):
            width, size = (2, 4) if name == "median" else (1, 0)
            (self.moving[name],) = ax.plot([], [], style, color=COLOURS[0], lw=width, ms=size)
        (self.moving["chosen"],) = ax.plot([], [], "D", color="k", ms=7, mfc="none")

    def _wall(self, ax: Axes, name: str, colour: str, style: str) -> None:
        self.moving[name] = ax.axvline(np.nan, color=colour, lw=1.5, ls=style)
        self.moving[f"{name}, name"] = ax.text(
            np.nan, 0.99, name, color=ink(colour), va="top", rotation=90, fontsize=8.5,
            transform=ax.get_xaxis_transform(), path_effects=[HALO],
        )  # fmt: skip

    def _put(self, name: str, at: float | None, left: bool) -> None:
        line, words = self.moving[name], self.moving[f"{name}, name"]
        line.set_visible(at is not None)
        words.set_visible(at is not None)
        if at is not None:
            line.set_xdata([at, at])
            words.set_x(0.95 * at if left else 1.05 * at)
            words.set_ha("right" if left else "left")

    def show(self, rates: Array, losses: Array, middle: Array, walls: tuple, rate: float) -> None:
        """Losses (10 seeds, 13 rates), their medians (13,), what `medians` returned."""
        ends = {"median": middle, "worst seed": losses.max(0), "best seed": losses.min(0)}
        for name, y in ends.items():
            self.moving[name].set_data(rates, np.minimum(y, TOP))
        best = middle.argmin()
        self.moving["chosen"].set_data([rates[best]], [middle[best]])
        limit, found = walls
        self._put("limit", limit, left=True)
        for name, at in found.items():
            self._put(name, at, left=at == min(found.values()))
        self.moving["rate"].set_xdata([rate, rate])


class Seeds:
    """The loss of all "seeds" over the steps, and the slider's step, "now"."""

    def __init__(self, ax: Axes, steps: Array):
        _plain(ax, "steps", "over the steps")
        ax.set(xlim=(0, steps[-1]), xlabel="step")
        ax.text(
            0.98 * steps[-1], 1.04 * np.log(10), "ln 10", color=GREY, ha="right", va="bottom",
            gid="ln 10 over steps, name",
        )  # fmt: skip
        (seeds,) = ax.plot([], [], "-", color=COLOURS[0], lw=0.9)
        self.steps = steps
        self.moving = {"seeds": seeds, "now": ax.axvline(np.nan, color=GREY, lw=1.2)}

    def show(self, losses: Array, step: int) -> None:
        """Losses (10 seeds, steps), one line with gaps."""
        gaps = np.full((len(losses), 1), np.nan)
        y = np.hstack([np.minimum(losses, TOP), gaps]).ravel()
        self.moving["seeds"].set_data(np.tile([*self.steps, np.nan], len(losses)), y)
        self.moving["now"].set_xdata([step, step])


@drawing()
def your_model() -> View:
    """Held-out loss over the rate, with limit and range test, and over the steps at one rate.

    Lesson 14's network, 10 seeds. Left: median, best and worst seed after ``steps`` steps at each
    stored rate; the limit 2 (1 + momentum) / L, the readings of the range test and the best rate.
    Right: every seed at the stored rate that is nearest to ``rate``. Grey: what the sliders say.
    """
    runs = own_model_runs()
    every, whole = np.unique(runs.rates), tuple(map(int, runs.steps[1:]))
    some = tuple(whole[k] for k in (0, 2, 5, 14))
    controls = {
        "kernel": Control("momentum", kind="choice", options=list(runs.kernels)),
        "rate": Control(0.01, every[0], every[-1], "log", stops=tuple(map(float, every))),
        "steps": Control(whole[-1], whole[0], whole[-1], "whole", stops=some),
    }
    fig, ax = figure(7.6, 3.9, [["rates", "steps"]], width_ratios=[1.25, 1])
    sweep, seeds = Sweep(ax["rates"], every), Seeds(ax["steps"], runs.steps)

    def update(kernel: str, rate: float, steps: int) -> str:
        k, t = runs.kernels.index(kernel), int(np.abs(runs.steps - steps).argmin())
        losses = np.nan_to_num(runs.heldout[:, k], nan=np.inf)  # (10 seeds, 13 rates, 16 steps)
        now, walls, this = losses[..., t], medians(runs, kernel), nearest(runs.rates[k], rate)
        middle = np.sort(now, 0)[4:6].mean(0)
        sweep.show(runs.rates[k], now, middle, walls, rate)
        seeds.show(losses[:, this], steps)
        return (
            f"{kernel.capitalize()} at rate {num(rate, 3)}, step {steps}. Stored nearest: rate "
            f"{num(runs.rates[k, this], 2)}, step {runs.steps[t]}, held-out loss "
            f"{_loss(middle[this])}, 10 seeds from {_loss(now[:, this].min())} to "
            f"{_loss(now[:, this].max())}. Best is {num(runs.rates[k, middle.argmin()], 2)} with "
            f"{_loss(middle.min())}; {_said(*walls)}."
        )

    return View(fig, sweep.moving | seeds.moving, update, controls)


def _said(limit: float | None, found: dict[str, float]) -> str:
    wall = f"limit {num(limit, 3)}, " if limit else ""
    return (
        wall + f"steepest {num(found['steepest'], 2)}, lowest / 10 {num(found['lowest / 10'], 2)}"
    )


def _loss(x: float) -> str:
    return num(x, 2) if x <= TOP else f"above {num(TOP)}"


EXAMPLES = {"your_model": your_model}
