"""What a decaying rate does to a noisy descent: the ball that the runs end in."""

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from .. import descend
from ..plots import COLOURS, Control, View, contours, drawable, drawing, figure, ink
from ..problems import noisy_quadratic_risk, valley
from ..schedules import (
    Schedule,
    constant,
    cosine,
    exponential,
    inverse_sqrt,
    inverse_time,
    polynomial,
    wsd,
)
from ..words import as_rate, num, outcome, settings
from .parts import Loss, directions_of

Array = np.ndarray


def stable_then_linear(lr: float, length: int) -> Schedule:
    """Four fifths of ``length`` steps at the rate, then one fifth down to 0, at least one step."""
    fall = max(1, round(length / 5))
    return wsd(lr, 1, length - fall, fall)


FAMILIES: dict[str, Callable[..., Schedule]] = {
    "constant": lambda lr, D, r, stairs: constant(lr),
    "exponential": lambda lr, D, r, stairs: exponential(lr, D, r, stairs),
    "inverse time": lambda lr, D, r, stairs: inverse_time(lr, D, r, stairs),
    "inverse square root": lambda lr, D, r, stairs: inverse_sqrt(lr),
    "linear": lambda lr, D, r, stairs: polynomial(lr, D),
    "cosine": lambda lr, D, r, stairs: cosine(lr, D),
    "stable, then linear": lambda lr, D, r, stairs: stable_then_linear(lr, D),
}
KNOBS = ("decay_steps", "decay_rate", "staircase")
USES = {"exponential": 3, "inverse time": 3, "linear": 1, "cosine": 1, "stable, then linear": 1}


class Ball:
    """The runs' ends, named "runs", and two standard deviations of a constant rate's, "ball"."""

    def __init__(self, ax: Axes, problem: Any, title: str):
        self.h = np.diag(problem.hessian)
        contours(ax, problem.loss, (-6, 4, -5, 5))
        ax.set(xlabel="flat direction, h = 0.2", ylabel="steep direction, h = 4", title=title)
        ax.set_box_aspect(1)
        name = "dashed: ball of the constant rate"
        white = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
        ax.text(-5.8, 4.4, name, color=ink(COLOURS[1]), bbox=white, gid="ball, key")
        ax.annotate(
            "start", problem.theta0, xytext=(-4, -14), textcoords="offset points",
            gid="start, name",
        )  # fmt: skip
        ax.plot(*problem.theta0, "s", color="k", ms=5, gid="start")
        (cloud,) = ax.plot([], [], "o", color=COLOURS[0], ms=3, alpha=0.6, mew=0)
        (ring,) = ax.plot([], [], "--", color=COLOURS[1], lw=1.8)
        self.moving = {"ball": ring, "runs": cloud}

    def show(self, theta: Array, lr: float) -> None:
        """theta (runs, 2) after the last step; the ball of the constant rate ``lr``, if stable."""
        self.moving["runs"].set_data(*np.clip(drawable(theta), -1e3, 1e3).T)
        stable, angle = lr < 2 / self.h.max(), np.linspace(0, 2 * np.pi, 100)
        sd = np.sqrt(lr / (self.h * np.abs(2 - lr * self.h))) if stable else [np.nan, np.nan]
        self.moving["ball"].set_data(2 * sd[0] * np.cos(angle), 2 * sd[1] * np.sin(angle))


class UsedRate:
    """The rate used, named "rate", and its "sums", under the "limit" that stays."""

    def __init__(self, ax: Axes, steps: int, limit: float):
        ax.set(xlim=(0, steps), ylim=(0, 0.85), title="rate used", ylabel="lr")
        ax.axhline(limit, color=COLOURS[1], lw=1.2, ls=":", gid="limit")
        ax.annotate(
            "limit 2/L", (0.99, limit), xycoords=("axes fraction", "data"), ha="right",
            va="bottom", color=ink(COLOURS[1]), xytext=(0, 3), textcoords="offset points",
            gid="limit, name",
        )  # fmt: skip
        (rate,) = ax.plot([], [], "-", color=COLOURS[0])
        sums = ax.text(0.98, 0.96, "", transform=ax.transAxes, ha="right", va="top")
        self.moving = {"rate": rate, "sums": sums}

    def show(self, lr: Array) -> None:
        """lr (steps,)."""
        self.moving["rate"].set_data(np.arange(len(lr)), lr)
        sums = f"sum of lr {num(lr.sum(), 3)}\nsum of lr² {num((lr**2).sum(), 3)}"
        self.moving["sums"].set_text(sums)


class Losses:
    """The mean loss of the runs, its expectation, and that of a constant rate."""

    def __init__(self, ax: Axes, steps: int):
        mean = Loss(ax, steps, 1.0, (-3, 3), "loss").line
        mean.set_label("mean of the runs")
        (exact,) = ax.plot([], [], ":", color="k", lw=1.4, label="expected")
        flat_name = "expected, constant rate"
        (flat,) = ax.plot([], [], "--", color=COLOURS[1], lw=1.4, label=flat_name)
        ax.legend(loc="upper right", frameon=False, fontsize=8)
        self.moving = {"mean of the runs": mean, "expected": exact, flat_name: flat}

    def show(self, *losses: Array) -> None:
        """The three, each (steps + 1,)."""
        for line, y in zip(self.moving.values(), losses, strict=True):
            line.set_data(np.arange(len(y)), drawable(y))


@drawing()
def noise_ball(steps: int = 200, runs: int = 150) -> View:
    """Many runs down lesson 1's valley with gradient noise 1, under one schedule.

    Left: where the runs stand after the last step, and the ball a constant rate ends in. Right: the
    rate used and the loss, mean of the runs and exact expectation, beside a constant rate's.
    """
    problem = valley()
    h, start, limit = np.diag(problem.hessian), problem.theta0, directions_of(problem).limit
    noise = np.random.default_rng(0).standard_normal((steps, runs, 2))
    controls = {
        "schedule": Control("exponential", kind="choice", options=list(FAMILIES)),
        "lr": Control(0.4, 0.01, 0.8, "log"),
        "decay_steps": Control(600, 1, 1000, "whole"),
        "decay_rate": Control(0.96, 0.01, 1.0),
        "staircase": Control(False, kind="switch"),
    }
    fig, ax = figure(7.6, 4.3, [["ball", "lr"], ["ball", "loss"]], width_ratios=[1.1, 1])
    ball = Ball(ax["ball"], problem, f"{runs} runs after {steps} steps")
    rate, losses = UsedRate(ax["lr"], steps, limit), Losses(ax["loss"], steps)

    def update(**values: Any) -> str:
        name, lr = values["schedule"], values["lr"]
        schedule = FAMILIES[name](lr, *(values[k] for k in KNOBS))
        trace = descend(
            lambda theta, t: h * theta + noise[t], lr=schedule, steps=steps,
            theta0=np.tile(start, (runs, 1)),
        )  # fmt: skip
        used = trace.lr[:, 0]
        pair = np.stack([used, np.full(steps, lr)], -1)
        risk = noisy_quadratic_risk(h, [1.0, 1.0], pair.__getitem__, steps, second_moment=start**2)
        ball.show(trace.theta[-1], lr)
        rate.show(used)
        losses.show((h * trace.theta**2).sum(-1).mean(-1) / 2, *risk.T)
        left = np.abs(np.prod(1 - h.min() * used))
        return (
            f"{_settings(**values)}: the rate goes from {num(used[0])} to {num(used[-1])}. "
            f"Sum of lr {num(used.sum())}, so {num(left, 3)} of the flat direction's error is "
            f"left; sum of lr² {num((used**2).sum())}. {_end(*risk.T)}."
        )

    return View(fig, ball.moving | rate.moving | losses.moving, update, controls)


def _settings(schedule: str, lr: float, **values: Any) -> str:
    said = [settings(**{k: values[k]}) for k in KNOBS]
    uses = USES.get(schedule, 0)
    idle = f" ({', '.join(KNOBS[uses:])} not used)" if KNOBS[uses:] else ""
    return ", ".join([schedule, f"lr = {as_rate(lr)}", *said[:uses]]) + idle


def _end(risk: Array, constant_risk: Array) -> str:
    if not risk[-1] < risk[0]:
        return "Expected: " + outcome(drawable(risk))
    words = f"Expected loss {num(risk[-1])} after {len(risk) - 1} steps"
    if risk.max() > 1000 * risk[0]:
        words += f", after a peak of {num(risk.max(), 2)}"
    if constant_risk[-1] < risk[0]:
        words += f", {num(risk[-1] / constant_risk[-1], 3)} of the constant rate's"
    return words


EXAMPLES = {"noise_ball": lambda: noise_ball(runs=40)}
