"""The bold driver's budget: how its rate climbs to the limit, is cut there, and what noise does."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes

from .. import descend
from ..plots import COLOURS, Control, View, drawable, drawing, figure
from ..policies import bold_driver
from ..problems import valley
from ..words import as_rate, num, outcome
from .parts import TINY, Level, Loss, directions_of

Array = np.ndarray
LOW, HIGH = 1e-9, 100.0  # rates that are drawn, over the limit


class Rate:
    """The rate over the limit: used, "rate"; the law's, "law"; where a step was undone, "cuts"."""

    def __init__(self, ax: Axes, steps: int):
        ax.set(yscale="log", xlim=(0, steps), ylim=(LOW, HIGH), xlabel="step")
        ax.set_title("rate over 2/L (ticks: undone)")
        wall = Level(ax, "limit", COLOURS[1])
        wall.show(1.0, "2/L")
        (law,) = ax.plot([], [], ":", color="k", lw=1.6, label="law, without noise")
        (rate,) = ax.plot([], [], "-", color=COLOURS[0], lw=1.4, label="rate")
        (cuts,) = ax.plot([], [], "|", color=COLOURS[1], ms=8, mew=0.8)
        ax.legend(loc="upper right", frameon=False, ncols=2, columnspacing=1)
        self.moving = {"law": law, "rate": rate, "cuts": cuts}

    def show(self, share: Array, first: float, up: float) -> None:
        """share (steps,): rate over limit, 0 where undone; ``first`` of them."""
        t = np.arange(len(share))
        taken = share > 0
        self.moving["rate"].set_data(t[taken], np.clip(drawable(share[taken]), 1e-30, 1e30))
        self.moving["cuts"].set_data(t[~taken], np.full((~taken).sum(), 2.5 * LOW))
        log = np.log(first) + t * np.log(up)
        self.moving["law"].set_data(t, np.exp(np.minimum(log, 0.0)))


def law(first: float, up: float, down: float, steps: int) -> float:
    """Steps that are undone of ``steps``, when the first rate is ``first`` times the limit.

    The rate climbs to the limit in ln(1 / first) / ln up steps. From there on its logarithm stays,
    on average, so ups and downs balance: a share ln up / (ln up + ln(1 / down)) is undone.
    """
    share = np.log(up) / (np.log(up) - np.log(down))
    return max(0.0, steps + np.log(first) / np.log(up)) * share


@drawing()
def rate_budget(problem: Any, *, lr: float = 1e-3, steps: int = 400) -> View:
    """The bold driver on a quadratic problem, from the rate ``lr``.

    Left: the rate over the limit 2/L, and the law's. Right: the loss above its minimum. ``noise``
    is the standard deviation of an error in every measured loss; the gradients are exact.
    """
    limit, floor = directions_of(problem).limit, problem.loss(problem.minimum)
    start = float(problem.loss(problem.theta0) - floor)
    errors = np.random.default_rng(0).standard_normal((steps, 2))
    controls = {
        "up": Control(1.05, 1.01, 2.0, "log", stops=(1.01, 1.05, 1.1, 1.2, 1.5, 2.0)),
        "down": Control(0.5, 0.3, 0.99, stops=(0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99)),
        "noise": Control(0.0, 0.0, 1.0, stops=(0.0, 0.01, 0.1, 1.0)),
    }
    fig, ax = figure(7.6, 3.6, [["rate", "loss"]], width_ratios=[1.25, 1])
    rate = Rate(ax["rate"], steps)
    loss = Loss(ax["loss"], steps, start, (-9, 2), "loss above its minimum")

    def update(up: float, down: float, noise: float) -> str:
        trace = _run(problem, (lr, up, down), noise * errors)
        left = problem.loss(trace.theta) - floor
        rate.show(trace.lr / limit, lr / limit, up)
        loss.show(np.maximum(drawable(left), TINY))
        undone = trace.lr == 0
        late = 100 * undone[steps // 2 :].mean()
        even = 100 * np.log(up) / np.log(up / down)
        last = trace.lr[~undone][-1] / limit if (~undone).any() else 0.0
        return (
            f"up = {num(up)}, down = {num(down)}, noise = {num(noise)}, first rate "
            f"{as_rate(lr)}: {undone.sum()} of {steps} steps undone, the law says "
            f"{num(law(lr / limit, up, down, steps), 3)}; in the second half "
            f"{num(late, 3)} % undone, break-even is {num(even, 3)} %; the last rate is "
            f"{num(last, 2)} times the limit; "
            f"{outcome(left, 1, what='loss above the minimum')}."
        )

    return View(fig, rate.moving | loss.moving, update, controls)


def _run(problem: Any, settings: tuple, errors: Array) -> Any:
    """A run whose driver measures the loss with ``errors`` (steps, 2): before and after a step.

    A frame needs 1200 gradients and losses: H e and e' H e / 2 are quicker than means over rows.
    """
    calls, H, minimum = iter(errors.ravel().tolist()), problem.hessian, problem.minimum

    def grad(theta: Array, t: int) -> Array:
        return H @ (theta - minimum)

    def measured(theta: Array) -> float:
        e = theta - minimum
        return float(e @ H @ e) / 2 + next(calls)

    driver = bold_driver(*settings, loss=measured)
    return descend(grad, lr=driver, steps=len(errors), theta0=problem.theta0)


EXAMPLES = {"rate_budget": lambda: rate_budget(valley(), steps=200)}
