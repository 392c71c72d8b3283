"""A rate that learns: the path it takes down a valley, and the rate itself against the limit."""

from typing import Any

import numpy as np

from ..kernels import adam, sgd
from ..loop import descend
from ..plots import COLOURS, GREY, Control, View, contours, drawable, figure, num, outcome, rate
from ..policies import hypergradient

MOMENTUM = 0.9
# kernel, its hyperparameters, and its limit as a multiple of 2/L (Adam has none that is fixed)
KERNELS = {
    "SGD-HD": (sgd, {}, 1.0),
    "SGDN-HD": (
        sgd,
        {"momentum": MOMENTUM, "nesterov": True},
        (1 + MOMENTUM) / (1 + 2 * MOMENTUM),
    ),
    "Adam-HD": (adam, {}, None),
}


def learned_rate(problem: Any, *, steps: int = 60, names: tuple[str, str] = ("", "")) -> View:
    """Path over the contours, the learned rate as a multiple of 2/L, and the loss.

    ``problem`` has two parameters, ``hessian`` and ``minimum``. The controls are those of
    `policies.hypergradient`, and the kernel: plain SGD, Nesterov momentum .9, or Adam.
    """
    limit = 2 / np.linalg.eigvalsh(problem.hessian)[-1]
    floor = problem.loss(problem.minimum)
    first = problem.loss(problem.theta0) - floor
    controls = {
        "lr": Control(1e-3, 1e-6, 1.0, "log"),
        "hypergrad_lr": Control(1e-3, 1e-6, 1.0, "log"),
        "kernel": Control("SGD-HD", kind="choice", options=list(KERNELS)),
        "multiplicative": Control(False, kind="switch"),
    }
    fig, ax = figure(7.6, 4.6, [["path", "rate"], ["path", "loss"]], width_ratios=[1.05, 1])
    reach = 1.1 * np.sqrt(2 * first * np.diag(np.linalg.inv(problem.hessian)))
    x, y = problem.minimum
    contours(ax["path"], problem.loss, (x - reach[0], x + reach[0], y - reach[1], y + reach[1]))
    (star,) = ax["path"].plot(x, y, "*", color="k", ms=11, zorder=3)  # stays above the path
    ax["path"].annotate("start", problem.theta0, xytext=(-4, -12), textcoords="offset points")
    ax["path"].set(xlabel=names[0], ylabel=names[1], title="path over the loss")
    (path,) = ax["path"].plot([], [], ".-", color=COLOURS[0], lw=1.2, ms=5)

    ax["rate"].set(xlim=(0, steps), ylim=(-0.6, 2.6), title="learned rate, as a multiple of 2/L")
    ax["rate"].set_xlabel("step")
    ax["rate"].axhline(0, color="k", lw=0.8)
    (wall,) = ax["rate"].plot([], [], "--", color=COLOURS[1], lw=1.6)
    wall_name = ax["rate"].text(0.02 * steps, 1, "", color=COLOURS[1], va="bottom")
    (alpha,) = ax["rate"].plot([], [], ".-", color=COLOURS[0], lw=1.4, ms=4)

    ax["loss"].set(yscale="log", xlim=(0, steps), ylim=(1e-9 * first, 1e3 * first))
    ax["loss"].set(title="loss above its minimum (dotted: start)", xlabel="step")
    ax["loss"].axhline(first, color=GREY, lw=1, ls=":")
    (loss_line,) = ax["loss"].plot([], [], "-", color=COLOURS[0])

    def update(lr: float, hypergrad_lr: float, kernel: str, multiplicative: bool) -> str:
        rule, hyper, wall_at = KERNELS[kernel]
        policy = hypergradient(lr, hypergrad_lr, multiplicative)
        trace = descend(problem, rule, policy, steps, **hyper)
        share = trace.lr / limit
        top = 2.6 if share.max() <= 2.5 else 5.2  # two heights only: new limits cost a redraw
        ax["rate"].set_ylim(-0.6, top)
        path.set_data(*np.clip(drawable(trace.theta), -1e4, 1e4).T)
        alpha.set_data(np.arange(steps), np.clip(drawable(share), -1e4, 1e4))
        above = np.maximum(drawable(trace.loss) - floor, 1e-30)
        loss_line.set_data(np.arange(steps + 1), above)
        at = wall_at or 1.0
        wall.set_data([0, steps], [at, at])
        wall_name.set_y(at)
        share_of = "" if at == 1 else f"{num(at, 3)} x "
        wall_name.set_text(f"limit {share_of}2/L" if wall_at else "2/L (Adam has no fixed limit)")
        form = "multiplicative" if multiplicative else "additive"
        result = outcome(above).replace("loss", "loss above the minimum", 1)
        said = f"{kernel}, {form}, lr = {rate(lr)}, hypergrad_lr = {rate(hypergrad_lr)}: "
        if np.isfinite(share).all():
            said += f"the rate is at most {num(share.max(), 3)} of 2/L"
            said += " (above the picture)" if share.max() > top else ""
            below = int((share < 0).sum())
            said += f", negative in {below} steps, and " if below else " and "
            said += f"ends at {num(share[-1], 3)} of it; "
        else:
            said += "the rate overflows; "
        return said + result + "."

    return View(fig, [path, wall, wall_name, alpha, loss_line, star], update, controls)
