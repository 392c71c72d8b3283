"""A Gaussian process looks for the best rate, one training run at a time."""

import numpy as np
from matplotlib.axes import Axes

from ..plots import COLOURS, GREY, Control, View, drawing, figure, ink
from ..search import expected_improvement, gaussian_process
from ..words import num

Array = np.ndarray
STARTS = (0.1, 0.5, 0.9)  # where the first runs are, on the scale of the slider's rates
CAP = 2.4


class Search:
    """Runs of a noisy function of one rate, chosen by expected improvement."""

    def __init__(self, rates: Array, losses: Array):
        self.x = (np.log(rates) - np.log(rates[0])) / np.log(rates[-1] / rates[0])
        self.log = np.log(np.minimum(np.nan_to_num(losses, nan=CAP, posinf=CAP), CAP))
        self.grid = np.linspace(0, 1, 181)
        self.rates = rates[0] * (rates[-1] / rates[0]) ** self.grid

    def run(self, u: float, k: int) -> float:
        """Log loss of the k-th run, at ``u``: its seed is the k-th of those stored."""
        return float(np.interp(u, self.x, self.log[k % len(self.log)]))

    def believed(self, U: Array, y: Array, length: float, noise: float) -> tuple[Array, ...]:
        """Mean and sd of the log loss on the grid, and the improvement expected there."""
        mean, sd = gaussian_process(U[:, None], y, self.grid[:, None], length, noise)
        return mean, sd, expected_improvement(mean, sd, y.min())

    def seen(self, runs: int, length: float, noise: float) -> tuple[Array, Array]:
        """The points of so many runs and their log losses."""
        U = np.array(STARTS)
        y = np.array([self.run(u, k) for k, u in enumerate(U)])
        while len(U) < runs:
            gain = self.believed(U, y, length, noise)[2]
            U = np.append(U, self.grid[gain.argmax()])
            y = np.append(y, self.run(U[-1], len(y)))
        return U, y


class Belief:
    """Runs seen, what is believed between them, and where the mean of all stored runs lies."""

    def __init__(self, ax: Axes, rates: Array, means: Array, seeds: int):
        ax.set(xscale="log", yscale="log", xlim=(rates[0], rates[-1]), ylim=(0.25, 4))
        ax.set(ylabel="held-out loss", title="dots: runs; line and dashes: believed mean ± 2 sd")
        ax.set_yticks([0.3, 0.5, 1, 2, 4], ["0.3", "0.5", "1", "2", "4"])
        ax.yaxis.minorticks_off()
        ax.plot(rates, means, ":", color=GREY, lw=1.4, gid="mean of the seeds")
        ax.text(
            0.02, 0.06, f"dotted: mean of {seeds} seeds", color=ink(GREY), transform=ax.transAxes,
            gid="mean of the seeds, key",
        )  # fmt: skip
        (mean,) = ax.plot([], [], "-", color=COLOURS[0])
        (low,) = ax.plot([], [], "--", color=COLOURS[0], lw=1)
        (high,) = ax.plot([], [], "--", color=COLOURS[0], lw=1)
        (runs,) = ax.plot([], [], "o", color="k", ms=5)
        self.moving = {"mean": mean, "low": low, "high": high, "runs": runs}

    def show(self, rates: Array, mean: Array, sd: Array, at: Array, y: Array) -> None:
        """Logs of loss: ``mean``, ``sd`` at ``rates``; ``y`` seen ``at`` some rates."""
        self.moving["mean"].set_data(rates, np.exp(mean))
        self.moving["low"].set_data(rates, np.exp(mean - 2 * sd))
        self.moving["high"].set_data(rates, np.exp(mean + 2 * sd))
        self.moving["runs"].set_data(at, np.exp(y))


@drawing()
def surrogate(rates: Array, losses: Array) -> View:
    """A search for the rate with the lowest loss: which run is next, and why.

    ``losses`` (seeds, n) are those of stored runs at the rising ``rates`` (n,). Above: the runs so
    far and what a Gaussian process believes. Below: the improvement it expects from one more run,
    as a share of the loss; the next run is made where that is highest.
    """
    search = Search(np.asarray(rates, float), np.asarray(losses, float))
    means = np.exp(search.log).mean(0)
    controls = {
        "runs": Control(4, 3, 20, "whole", stops=(3, 4, 5, 6, 7, 8, 10, 12, 16, 20)),
        "length": Control(0.2, 0.03, 1.0, "log", stops=(0.03, 0.1, 0.2, 1.0)),
        "noise": Control(0.02, 0.005, 1.0, "log", stops=(0.005, 0.02, 0.2, 1.0)),
    }
    fig, ax = figure(7.6, 4.5, [["loss"], ["gain"]], height_ratios=[2.2, 1])
    belief = Belief(ax["loss"], np.asarray(rates), means, len(losses))
    ax["gain"].set(xscale="log", xlim=(rates[0], rates[-1]), ylim=(0, 1), yticks=[])
    ax["gain"].set(xlabel="rate lr", title="improvement expected of the next run")
    (gain,) = ax["gain"].plot([], [], "-", color=COLOURS[2])
    (next_run,) = ax["gain"].plot([], [], "v", color=COLOURS[1], ms=9, clip_on=False)

    def update(runs: int, length: float, noise: float) -> str:
        U, y = search.seen(runs, length, noise)
        mean, sd, expected = search.believed(U, y, length, noise)
        at = np.interp(U, search.grid, search.rates)
        belief.show(search.rates, mean, sd, at, y)
        gain.set_data(search.rates, 0.9 * expected / max(expected.max(), 1e-300))
        next_rate = search.rates[expected.argmax()]
        next_run.set_data([next_rate], [0.96])
        best = y.argmin()
        return (
            f"runs = {runs}, length = {num(length, 3)}, noise = {num(noise, 3)}: lowest loss so "
            f"far {num(np.exp(y[best]), 3)}, at rate {num(at[best], 3)}. Next run at rate "
            f"{num(next_rate, 3)}, where {num(100 * expected.max(), 2)} % less is expected. The "
            f"mean of {len(losses)} seeds is lowest at rate {num(rates[means.argmin()], 3)}."
        )

    moving = belief.moving | {"expected improvement": gain, "next run": next_run}
    return View(fig, moving, update, controls)


def _example() -> View:
    rates = np.geomspace(0.01, 4, 14)
    valley = 0.4 + 0.2 * np.log(rates / 0.4) ** 2
    return surrogate(rates, valley * np.array([[1.0], [1.05], [0.97]]))


EXAMPLES = {"surrogate": _example}
