"""One run, cut and continued at many rates: which was best depends on when you look."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from ..plots import COLOURS, GREY, Control, View, drawing, figure
from ..words import num

Array = np.ndarray


class Losses:
    """Mean loss over the rate, named "loss"; a standard deviation up and down; the "best rate"."""

    def __init__(self, ax: Axes, rates: Array):
        ax.set(xscale="log", xlim=(rates[0], rates[-1]), ylim=(0.3, 3), yscale="log")
        ax.set_yticks([0.3, 0.5, 1, 2, 3], ["0.3", "0.5", "1", "2", "3"])
        ax.yaxis.minorticks_off()
        ax.set(
            xlabel="rate after the cut", ylabel="held-out loss", title="dashes: ± 1 sd of orders"
        )
        (mean,) = ax.plot([], [], "-", color=COLOURS[0])
        (low,) = ax.plot([], [], "--", color=COLOURS[0], lw=1)
        (high,) = ax.plot([], [], "--", color=COLOURS[0], lw=1)
        (best,) = ax.plot([], [], "o", color=COLOURS[1], ms=8)
        self.moving = {"loss": mean, "low": low, "high": high, "best rate": best}

    def show(self, rates: Array, logs: Array) -> None:
        """logs (orders, rates) of the loss."""
        mean, sd = logs.mean(0), logs.std(0, ddof=1)
        for name, y in (("loss", mean), ("low", mean - sd), ("high", mean + sd)):
            self.moving[name].set_data(rates, np.exp(y))
        k = mean.argmin()
        self.moving["best rate"].set_data([rates[k]], [np.exp(mean[k])])


class BestRates:
    """The best rate over the steps ahead: every order a dot, "best of the mean" a line."""

    def __init__(self, ax: Axes, ahead: Sequence[int], rates: Array):
        ax.set(xscale="log", yscale="log", xlim=(0.8, 1.25 * ahead[-1]), ylim=rates[[0, -1]])
        ax.set_xticks(ahead, [str(k) for k in ahead])
        ax.xaxis.minorticks_off()
        ax.set(xlabel="steps ahead", ylabel="best rate", title="dots: each order of the letters")
        (dots,) = ax.plot([], [], "o", color=GREY, ms=3, alpha=0.6)
        (line,) = ax.plot([], [], "-", color=COLOURS[1])
        (now,) = ax.plot([], [], "o", color=COLOURS[1], ms=8)
        self.moving = {"orders": dots, "best of the mean": line, "now": now}

    def show(self, ahead: Array, each: Array, best: Array, now: int) -> None:
        """each (orders, ahead), best (ahead,); ``now`` is the place of the steps looked at."""
        x = np.broadcast_to(ahead, each.shape)
        self.moving["orders"].set_data(x.ravel(), each.ravel())
        self.moving["best of the mean"].set_data(ahead, best)
        self.moving["now"].set_data([ahead[now]], [best[now]])


@drawing()
def ideal_horizon(
    rates: Array, ahead: Sequence[int], branches: Sequence[int], losses: dict[str, Array]
) -> View:
    """Stored runs that were cut at a step and went on at many rates.

    ``losses`` by name of the problem (branches, orders, ahead, rates): log of the loss so many
    steps ``ahead`` of the cut at the steps ``branches``. Left: loss over the rate. Right: the best
    rate over the steps ahead.
    """
    rates, steps = np.asarray(rates), np.asarray(ahead)
    controls = {
        "problem": Control(next(iter(losses)), kind="choice", options=list(losses)),
        "cut": Control(int(branches[-1]), kind="choice", options=[int(b) for b in branches]),
        "ahead": Control(int(ahead[0]), kind="choice", options=[int(k) for k in ahead]),
    }
    fig, ax = figure(7.6, 3.7, [["loss", "best"]])
    curve, found = Losses(ax["loss"], rates), BestRates(ax["best"], ahead, rates)

    def update(problem: str, cut: int, ahead: int) -> str:
        logs = losses[problem][list(branches).index(cut)].astype(float)
        now = int(np.flatnonzero(steps == ahead)[0])
        best = rates[logs.mean(0).argmin(-1)]
        curve.show(rates, logs[:, now])
        found.show(steps, rates[logs.argmin(-1)], best, now)
        return (
            f"{problem}, cut at step {cut}, {ahead} ahead: the best rate is {num(best[now], 2)}. "
            f"It is {num(best[0], 2)} for {steps[0]} ahead and {num(best[-1], 2)} for {steps[-1]} "
            f"(mean of {len(logs)} orders)."
        )

    return View(fig, curve.moving | found.moving, update, controls)


def _example() -> View:
    rates, ahead = np.geomspace(0.03, 10, 9), [1, 10, 100]
    best = np.array([0.3, 0.6, 1.5])
    logs = 0.2 * np.log(rates / best[:, None]) ** 2 - 0.5
    shifts = np.array([-0.02, 0.0, 0.03])[:, None, None]  # of three orders
    one = np.stack([logs + shifts, logs + 2 * shifts])
    return ideal_horizon(rates, ahead, [0, 50], {"one": one, "other": one + 0.1})


EXAMPLES = {"ideal_horizon": _example}
