"""Cycles whose peaks pass the limit, and the peak at which one cycle breaks even."""

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from .. import descend
from ..kernels import sgd
from ..plots import COLOURS, GREY, Control, View, drawable, drawing, figure, ink
from ..problems import valley
from ..schedules import Schedule, cosine_restarts, exp_range, triangular, triangular2
from ..words import as_rate, num
from .parts import TINY, Loss, Steep, directions_of, dotted, over_steps

Array = np.ndarray
MODES: dict[str, Callable[..., Schedule]] = {
    "triangular": triangular,
    "triangular2": triangular2,
    # a height that halves in each cycle, as in triangular2, but smoothly
    "exp_range": lambda base, top, size: exp_range(base, top, size, 0.5 ** (0.5 / size)),
    "cosine_restarts": lambda base, top, size: cosine_restarts(top, 2 * size, eta_min=base),
}

NOISES = (0.0, 1e-6, 1e-4, 1e-2)  # of the gradient at the start


def break_even(mode: Callable[..., Schedule], L: float, base: float, step_size: int) -> float:
    """The lowest peak above 2 / L at which a cycle leaves an error of curvature L as it was.

    There the mean of log |1 - lr L| over the cycle is 0. Returns nan if there is none below
    4 * 2 / L.
    """
    tops = np.linspace(1.0, 4.0, 601) * 2 / L
    lr = mode(np.full_like(tops, base), tops, step_size)(np.arange(2 * step_size))
    with np.errstate(divide="ignore"):  # a factor of exactly 0
        log = np.log(np.abs(1 - lr * L)).mean(0)
    k = int(np.argmax(log > 0))
    if log[k] <= 0 or k == 0:
        return np.nan
    return float(np.interp(0.0, log[k - 1 : k + 1], tops[k - 1 : k + 1]))


class UsedRate:
    """The rate used, named "rate", under the "limit" that stays and the peak that "breaks even"."""

    def __init__(self, ax: Axes, limit: float, top: float, steps: int):
        ax.set(ylim=(0, 1.05 * top), xlim=(0, steps), title="rate used", xlabel="step")
        dotted(ax, limit, "limit")
        right = {"va": "center", "annotation_clip": False}
        ax.annotate(" 2/L", (steps, limit), color=GREY, gid="limit, name", **right)
        (self.used,) = ax.plot([], [], "-", color=COLOURS[0], lw=1.4)
        self.even = ax.axhline(np.nan, color=COLOURS[1], lw=1.5, ls="--")
        self.name = ax.text(steps, limit, " breaks\n even", color=ink(COLOURS[1]), va="center")
        names = ("rate", "breaks even", "breaks even, name")
        self.moving = dict(zip(names, (self.used, self.even, self.name), strict=True))

    def show(self, lr: Array, peak: float) -> None:
        """lr (steps,); ``peak`` is nan where there is none."""
        self.used.set_data(np.arange(len(lr)), lr)
        self.even.set_ydata([peak, peak])
        shown = bool(peak < self.name.axes.get_ylim()[1])
        self.name.set(y=peak if shown else 0.0, visible=shown)


def _controls(limit: float) -> dict[str, Control]:
    top = float(num(3.2 * limit, 2))
    return {
        "base_lr": Control(0.0, 0.0, float(num(1.2 * limit, 2))),
        "max_lr": Control(float(num(2.1 * limit, 3)), top / 100, top),
        "step_size": Control(8, 2, 48, "whole"),
        "mode": Control("triangular", kind="choice", options=list(MODES)),
        "noise": Control(0.0, kind="choice", options=NOISES),
    }


@drawing()
def cycles_past_limit(problem: Any, *, steps: int = 192) -> View:
    """Rate used, loss, and the error in the steepest direction beside the product |1 - lr L|.

    ``problem`` needs ``hessian`` and ``minimum``. The dashed line is the peak at which one cycle
    breaks even without noise. ``noise`` is the standard deviation of a normal error of every
    component of the gradient, as a share of the gradient's length at the start.
    """
    seen, H, minimum = directions_of(problem), problem.hessian, problem.minimum
    L, steep, limit = seen.h[-1], seen.directions[:, -1], seen.limit
    away = problem.theta0 - minimum
    first, start = away @ H @ away / 2, steep @ away
    controls = _controls(limit)
    fig, ax = figure(7.6, 4.6, [["rate", "rate"], ["loss", "steep"]], height_ratios=[1, 1.25])
    used = UsedRate(ax["rate"], limit, controls["max_lr"].high, steps)
    loss = Loss(ax["loss"], steps, 1.0, (-14, 8), "loss above minimum, start = 1 (dotted)")
    over_steps(ax["steep"], steps, (1e-14, 1e8), "steepest error, start = 1 (dotted)")
    for name in ("loss", "steep"):
        dotted(ax[name], 1, f"start of {name}")
    both = Steep(ax["steep"], "product |1 - lr L|", ms=3, fontsize=8)
    draws = np.random.default_rng(0).standard_normal((steps, len(away)))
    draws *= np.linalg.norm(H @ away)

    def update(base_lr: float, max_lr: float, step_size: int, mode: str, noise: float) -> str:
        rates, errors = MODES[mode](base_lr, max_lr, step_size)(np.arange(steps)), noise * draws
        run = descend(
            lambda theta, t: (theta - minimum) @ H + errors[t], sgd, lambda t: rates[t], steps,
            theta0=problem.theta0,
        )  # fmt: skip
        off = run.theta - minimum
        factors = np.cumprod(np.concatenate([[1.0], np.abs(1 - rates * L)]))
        left = np.abs(drawable(off @ steep) / start)
        with np.errstate(all="ignore"):  # an overflow is a result
            above = np.maximum(drawable(np.vecdot(off, off @ H) / 2) / first, TINY)
        peak = break_even(MODES[mode], L, base_lr, step_size)
        used.show(rates, peak)
        both.show(np.arange(steps + 1), factors, left)
        loss.show(above)
        cycle = f"breaks even at max_lr = {num(peak)}" if peak > 0 else "never breaks even"
        return (
            f"{mode}, base_lr = {as_rate(base_lr)}, max_lr = {as_rate(max_lr)} "
            f"({num(max_lr / limit, 3)} times the limit {num(limit)}), step_size = {step_size}, "
            f"noise = {num(noise)}: {cycle}; {_end(above)}."
        )

    return View(fig, used.moving | loss.moving | both.moving, update, controls)


def _end(above: Array) -> str:
    steps = len(above) - 1
    if above[-1] > 1:
        times = num(above[-1], 2) if above[-1] < 1e20 else "more than 1e+20"
        return f"diverging, the loss is {times} times its start after {steps} steps"
    result = f"loss {num(max(above[-1], 1e-12), 3)} of its start after {steps} steps"
    return f"{result}, at most {num(above.max(), 3)} of it on the way"


EXAMPLES = {"cycles_past_limit": lambda: cycles_past_limit(valley(rotation=20.0))}
