"""An average that forgets: both averages on a valley, and levels that follow a stream."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..kernels import rmsprop
from ..loop import descend
from ..plots import (
    COLOURS,
    DASHES,
    GREY,
    Control,
    Picture,
    View,
    contours,
    drawable,
    figure,
    num,
    picture,
    rate,
)


def averaged_run(
    problem: Any, lr: float, steps: int, **hyper: Any
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """A run of RMSprop and what it divided by.

    Returns theta (steps + 1, d), loss (steps + 1,), the size of each gradient (steps, d), the root
    of its average (steps, d) and the rate each weight had, lr / (root + eps) (steps, d).
    """
    trace = descend(problem, rmsprop, lr, steps, **hyper)
    gradients, state, q = problem.grad(trace.theta[:-1]), None, []
    for g in gradients:
        _, state = rmsprop(g, state, **hyper)
        q.append(np.maximum(state.v - state.a**2, 0))
    q = np.array(q)
    rates = lr / (np.sqrt(q + hyper.get("eps_root", 0.0)) + hyper.get("eps", 1e-8))
    return trace.theta, trace.loss, np.abs(gradients), np.sqrt(q), rates


def averages(problem: Any, *, steps: int = 120) -> View:
    """Path, loss, root of the average and rate for a flat weight w and a steep weight b.

    ``problem`` is a quadratic of two weights, not turned, the flat one first. Dotted: each weight's
    own stability limit 2 (1 + momentum) / h, and the loss of a two-cycle of lr / 2 in both.
    """
    h = np.diag(problem.hessian)
    controls = {
        "lr": Control(0.4, 0.01, 10.0, "log"),
        "1 - rho": Control(0.01, 0.001, 1.0, "log"),
        "eps": Control(1e-8, 1e-8, 10.0, "log"),
        "eps_root": Control(1e-10, 1e-10, 100.0, "log"),
        "momentum": Control(0.0, 0.0, 0.95),
        "centered": Control(False, kind="switch"),
    }
    fig, ax = figure(7.6, 5.2, [["path", "averages"], ["loss", "rates"]])
    contours(ax["path"], problem.loss, (-6.5, 3.5, -3.2, 3.2))
    (star,) = ax["path"].plot(*problem.minimum, "*", color="k", ms=11, zorder=3)
    ax["path"].set(xlabel="w (flat)", ylabel="b (steep)", title="path over the loss")
    (path,) = ax["path"].plot([], [], ".-", color=COLOURS[0], lw=1.2, ms=5)

    ax["loss"].set(yscale="log", xlim=(0, steps), ylim=(1e-12, 1e5), xlabel="step")
    ax["loss"].set(title="loss (dotted: two-cycle of lr/2)")
    (loss_line,) = ax["loss"].plot([], [], "-", color=COLOURS[0])
    cycle = ax["loss"].axhline(1, color=GREY, lw=1.2, ls=":")

    ax["averages"].set(
        title="root of the average (thin: gradient)", ylim=(1e-6, 1e4), xlabel="step"
    )
    ax["rates"].set(
        title="rate of each weight (dotted: its limit)", ylim=(1e-3, 1e5), xlabel="step"
    )
    roots, sizes, rate_lines, limits = [], [], [], []
    for name, colour, dash in (("w", COLOURS[1], DASHES[0]), ("b", COLOURS[2], DASHES[1])):
        roots += ax["averages"].plot([], [], ls=dash, color=colour, label=name)
        sizes += ax["averages"].plot([], [], "-", color=colour, lw=0.6)
        rate_lines += ax["rates"].plot([], [], ls=dash, color=colour, label=name)
        limits.append(ax["rates"].axhline(1, color=colour, lw=1.2, ls=":"))
    for name in ("averages", "rates"):
        ax[name].set(yscale="log", xlim=(0, steps))
        ax[name].legend(loc="upper right", frameon=False, ncols=2)

    def update(**values: Any) -> str:
        hyper = {k: x for k, x in values.items() if k not in ("lr", "1 - rho")}
        hyper["rho"], lr = 1 - values["1 - rho"], values["lr"]
        theta, loss, size, root, rates = averaged_run(problem, lr, steps, **hyper)
        path.set_data(*np.clip(drawable(theta), -1e4, 1e4).T)
        loss_line.set_data(np.arange(steps + 1), np.maximum(drawable(loss), 1e-30))
        floor = h.sum() * (lr / 2) ** 2 / 2
        cycle.set_ydata([floor, floor])
        limit = 2 * (1 + values["momentum"]) / h
        for k in range(2):
            roots[k].set_data(np.arange(steps), np.maximum(drawable(root[:, k]), 1e-30))
            sizes[k].set_data(np.arange(steps), np.maximum(drawable(size[:, k]), 1e-30))
            rate_lines[k].set_data(np.arange(steps), drawable(rates[:, k]))
            limits[k].set_ydata([limit[k], limit[k]])
        end = "loss below 1e-12" if loss[-1] < 1e-12 else f"loss {num(loss[-1])}"
        end += f" after {steps} steps"
        if loss[-1] > loss[0]:  # a step is about lr whatever the gradient, so it cannot diverge
            end += f", {num(loss[-1] / loss[0], 3)} times its start: it swings, too far to arrive"
        settings = "".join(
            f", {k} = {num(hyper[k])}" for k in ("rho", "eps", "eps_root", "momentum")
        )
        w, b = (num(x, 3) for x in rates[-1] / limit)
        return (
            f"lr = {rate(lr)}{settings}{', centered' if values['centered'] else ''}: {end}. "
            f"The last rate of w is {w} of its limit, that of b {b}."
        )

    moving = [path, loss_line, cycle, *roots, *sizes, *rate_lines, *limits, star]
    return View(fig, moving, update, controls)


def levels(
    x: np.ndarray, y: np.ndarray, lines: Mapping[str, np.ndarray], xlabel: str, ylabel: str
) -> Picture:
    """Data y (n,) over x (n,) as dots, and levels (n,) that follow them; the sentence gives each
    level's first and last value and its root mean square error."""
    fig, axes = figure(height=3.6)
    ax = axes["a"]
    ax.plot(x, y, "o", color=GREY, ms=3, label="data")
    said = []
    for name, level in lines.items():
        ax.plot(x, level, label=name)
        error = np.sqrt(((level - y) ** 2).mean())
        said.append(f"{name}: {num(level[0])} to {num(level[-1])}, error {num(error)}")
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False)
    return picture(fig, f"{ylabel} over {xlabel}. " + "; ".join(said) + ".")
