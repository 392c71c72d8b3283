"""Rates that rise: the shapes of the schedules, cycles past the limit, and the range test."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..kernels import sgd
from ..loop import descend
from ..plots import (
    COLOURS,
    GREY,
    Control,
    Picture,
    View,
    drawable,
    figure,
    num,
    picture,
    rate,
)
from ..schedules import Schedule, cosine_restarts, exp_range, range_test, triangular, triangular2

MODES: dict[str, Callable[..., Schedule]] = {
    "triangular": triangular,
    "triangular2": triangular2,
    # a height that halves in each cycle, as in triangular2, but smoothly
    "exp_range": lambda base, top, size: exp_range(base, top, size, 0.5 ** (0.5 / size)),
    "cosine_restarts": lambda base, top, size: cosine_restarts(top, 2 * size, eta_min=base),
}


def shapes(schedules: Mapping[str, tuple[str, Schedule]], steps: int) -> Picture:
    """Small pictures of schedules: name -> (formula as mathtext, schedule)."""
    columns = 3
    names = list(schedules) + [""] * (-len(schedules) % columns)
    rows = [names[k : k + columns] for k in range(0, len(names), columns)]
    mosaic = [[name or "." for name in row] for row in rows]
    fig, axes = figure(7.6, 1.9 * len(rows), mosaic, sharex=True)
    t, said = np.arange(steps), []
    for name, (formula, schedule) in schedules.items():
        lr = schedule(t)
        axes[name].plot(t, lr, "-", color=COLOURS[0])
        axes[name].set_ylim(0, 1.12 * lr.max())
        axes[name].set_title(f"{name}\n{formula}", fontsize=9)
        axes[name].tick_params(labelbottom=name in rows[-1])
        ends = f"{num(lr[0], 3)} at step 0, {num(lr[-1], 3)} at step {steps - 1}"
        said.append(f"{name}: {ends}, highest {num(lr.max(), 3)} at step {lr.argmax()}")
    for name in rows[-1]:
        if name:
            axes[name].set_xlabel("step t")
    for row in rows:
        axes[row[0]].set_ylabel("rate")
    return picture(fig, "Rates of schedules over the step. " + "; ".join(said) + ".")


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


def cycles(problem: Any, *, steps: int = 192) -> View:
    """Rate used, loss, and the error in the steepest direction beside the product |1 - lr L|.

    ``problem`` needs ``hessian`` and ``minimum``. The dashed line is the peak at which one cycle
    breaks even.
    """
    h, directions = np.linalg.eigh(problem.hessian)
    L, steep = h[-1], directions[:, -1]
    limit, floor = 2 / L, problem.loss(problem.minimum)
    first = problem.loss(problem.theta0) - floor
    start = steep @ (problem.theta0 - problem.minimum)
    top = float(num(3.2 * limit, 2))
    controls = {
        "base_lr": Control(0.0, 0.0, float(num(1.2 * limit, 2))),
        "max_lr": Control(float(num(2.1 * limit, 3)), top / 100, top),
        "step_size": Control(8, 2, 48, "whole"),
        "mode": Control("triangular", kind="choice", options=list(MODES)),
    }
    fig, ax = figure(7.6, 4.6, [["rate", "rate"], ["loss", "steep"]], height_ratios=[1, 1.25])
    ax["rate"].set(ylim=(0, 1.05 * top), xlim=(0, steps), title="rate used", xlabel="step")
    ax["rate"].axhline(limit, color=GREY, lw=1.2, ls=":")
    ax["rate"].annotate(" 2/L", (steps, limit), color=GREY, va="center", annotation_clip=False)
    (used,) = ax["rate"].plot([], [], "-", color=COLOURS[0], lw=1.4)
    (even,) = ax["rate"].plot([], [], "--", color=COLOURS[1], lw=1.5)
    even_name = ax["rate"].text(steps, limit, " breaks\n even", color=COLOURS[1], va="center")
    for name, title in (
        ("loss", "loss above minimum, start = 1 (dotted)"),
        ("steep", "steepest error, start = 1 (dotted)"),
    ):
        ax[name].set(yscale="log", ylim=(1e-14, 1e8), xlim=(0, steps), xlabel="step", title=title)
        ax[name].axhline(1, color=GREY, lw=1, ls=":")
    (loss_line,) = ax["loss"].plot([], [], "-", color=COLOURS[0], lw=1.4)
    (product,) = ax["steep"].plot([], [], "-", color=COLOURS[1], lw=3, label="product |1 - lr L|")
    (error,) = ax["steep"].plot([], [], ".", color=COLOURS[0], ms=3, ls="none", label="measured")
    ax["steep"].legend(loc="lower left", fontsize=8, frameon=False)

    def update(base_lr: float, max_lr: float, step_size: int, mode: str) -> str:
        trace = descend(problem, sgd, MODES[mode](base_lr, max_lr, step_size), steps)
        t = np.arange(steps + 1)
        used.set_data(t[:-1], trace.lr)
        factors = np.cumprod(np.concatenate([[1.0], np.abs(1 - trace.lr * L)]))
        product.set_data(t, drawable(np.maximum(factors, 1e-30)))
        left = np.abs(drawable((trace.theta - problem.minimum) @ steep) / start)
        error.set_data(t, np.maximum(left, 1e-30))
        above = np.maximum(drawable(trace.loss - floor) / first, 1e-30)
        loss_line.set_data(t, above)
        peak = break_even(MODES[mode], L, base_lr, step_size)
        even.set_data([0, steps], [peak, peak])
        even_name.set_y(peak)
        even_name.set_visible(peak < 1.05 * top)
        cycle = f"breaks even at max_lr = {num(peak)}" if peak > 0 else "never breaks even"
        if above[-1] > 1:
            times = num(above[-1], 2) if above[-1] < 1e20 else "more than 1e+20"
            result = f"diverging, the loss is {times} times its start after {steps} steps"
        else:
            result = f"loss {num(max(above[-1], 1e-12), 3)} of its start after {steps} steps"
            result += f", at most {num(above.max(), 3)} of it on the way"
        return (
            f"{mode}, base_lr = {rate(base_lr)}, max_lr = {rate(max_lr)} ({num(max_lr / limit, 3)} "
            f"times the limit {num(limit)}), step_size = {step_size}: {cycle}; {result}."
        )

    return View(fig, [used, even, even_name, loss_line, product, error], update, controls)


def ramp(make: Callable[[float], Any], rules: Callable[..., Mapping[str, float]]) -> View:
    """A range test: the loss while the rate rises, and the rates that ``rules`` read off it.

    ``make(noise)`` is a problem with a ``hessian``; ``rules(lr, loss)`` returns name -> rate.
    """
    limit = 2 / np.linalg.eigvalsh(make(0.0).hessian)[-1]
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
    ax.axvline(limit, color=GREY, lw=1.2, ls=":")
    ax.annotate(  # left of the line, where the loss is below its start
        f"limit 2/L = {num(limit)}", (limit, 0.99), xycoords=("data", "axes fraction"),
        xytext=(-3, 0), textcoords="offset points", color=GREY, ha="right", va="top", rotation=90,
        fontsize=8.5,
    )  # fmt: skip
    (line,) = ax.plot([], [], "-", color=COLOURS[0])
    names = list(rules(np.geomspace(0.1, 1, 4), np.array([3.0, 2.0, 1.0, 2.0])))
    dots = [
        ax.plot([], [], marker, color=COLOURS[1 + k], ms=9, ls="none", label=name)[0]
        for k, (name, marker) in enumerate(zip(names, "ovs^Dp", strict=False))
    ]
    ax.legend(loc="lower left", frameon=False)

    def update(num_steps: int, start_lr: float, end_lr: float, noise: float) -> str:
        problem = make(noise)
        trace = descend(problem, sgd, range_test(start_lr, end_lr, num_steps), num_steps)
        loss = np.maximum(drawable(trace.loss[:-1]), 1e-30)
        line.set_data(trace.lr, loss)
        found = rules(trace.lr, loss)
        for dot, lr in zip(dots, found.values(), strict=True):
            dot.set_data([lr], [np.interp(np.log(lr), np.log(trace.lr), loss)])
        said = [
            f"{k} at {num(lr, 3)}, {num(lr / limit, 3)} times the limit" for k, lr in found.items()
        ]
        end = "diverged at the end" if loss[-1] > loss[0] else "never diverged"
        return (
            f"From {rate(start_lr)} to {rate(end_lr)} in {num_steps} steps, noise {num(noise)}: "
            f"{'; '.join(said)}; {end}."
        )

    return View(fig, [line, *dots], update, controls)
