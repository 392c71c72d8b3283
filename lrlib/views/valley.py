"""The valley of a quadratic loss: its path, its loss, and what is left in every eigendirection."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..kernels import sgd
from ..loop import descend
from ..plots import COLOURS, Control, View, contours, drawable, figure, mark, num, outcome, rate
from ..problems import least_squares


def near(path: np.ndarray, centre: np.ndarray | float, reach: np.ndarray) -> np.ndarray:
    """The path (steps + 1, 2) up to its first point further than ``reach`` (2,) from the centre.

    So every segment is a real step. Points moved to a border would turn the lines to them."""
    out = ~(np.abs(path - centre) <= reach).all(-1)
    return path[: out.argmax() + 1] if out.any() else path


def valley(
    problem: Any,
    kernel: Callable = sgd,
    controls: Mapping[str, Control] | None = None,
    *,
    steps: int = 60,
    names: tuple[str, str] = ("first parameter", "second parameter"),
    limit: Callable[..., float] | None = None,
) -> View:
    """Path over the contours, loss, and the error left in each eigendirection, for two parameters.

    ``problem`` needs ``hessian`` and ``minimum``. ``controls`` are ``lr`` and hyperparameters of
    the kernel; by default lr alone. ``limit(**hyper)`` is the largest stable rate, drawn on the
    strip of rates; by default 2 / L with L the largest eigenvalue, and the best rate 2 / (L + mu).
    """
    mu, L = np.linalg.eigvalsh(problem.hessian)
    directions = np.linalg.eigh(problem.hessian)[1]
    plain = limit is None
    limit = limit or (lambda **hyper: 2 / L)
    controls = dict(controls or {"lr": Control(0.5 / L, 0.02 / L, 2.5 / L, "log")})
    start = problem.theta0 - problem.minimum
    floor = problem.loss(problem.minimum)

    fig, ax = figure(
        7.6, 4.7, [["path", "loss"], ["path", "left"], ["rate", "rate"]],
        width_ratios=[1.25, 1], height_ratios=[3, 2, 0.5],
    )  # fmt: skip
    first = problem.loss(problem.theta0) - floor
    # the contour through the start holds every path whose loss falls
    reach = 1.1 * np.sqrt(2 * first * np.diag(np.linalg.inv(problem.hessian)))
    x, y = problem.minimum
    contours(ax["path"], problem.loss, (x - reach[0], x + reach[0], y - reach[1], y + reach[1]))
    (star,) = ax["path"].plot(x, y, "*", color="k", ms=11, zorder=3)
    ax["path"].annotate(
        "start", problem.theta0, xytext=(-7, 0), textcoords="offset points", ha="right",
        va="center",
    )  # fmt: skip
    ax["path"].set(xlabel=names[0], ylabel=names[1], title="path over the loss")
    (path,) = ax["path"].plot([], [], ".-", color=COLOURS[0], lw=1.2, ms=5)

    ax["loss"].set(yscale="log", xlim=(0, steps), ylim=(1e-7 * first, 1e3 * first))
    ax["loss"].set(title="loss above its minimum", xlabel="step")
    (loss_line,) = ax["loss"].plot([], [], "-", color=COLOURS[0])

    bars = ax["left"].barh([0, 1], [1, 1], color=[COLOURS[1], COLOURS[2]], height=0.6, left=1e-6)
    ax["left"].set_yticks([0, 1], [f"steep, h = {num(L, 3)}", f"flat, h = {num(mu, 3)}"])
    ax["left"].set(xscale="log", xlim=(1e-6, 1e3), title=f"error left after {steps} steps")
    tiny = [ax["left"].text(1.3e-6, k, "below 1e-6", va="center", fontsize=8.5) for k in (0, 1)]
    mark(ax["left"], 1, "start")
    ax["left"].grid(axis="y", visible=False)

    strip, lr = ax["rate"], controls["lr"]
    strip.set(xscale="log", xlim=(lr.low, lr.high), ylim=(0, 1), yticks=[], xlabel="rate lr")
    strip.grid(visible=False)
    (now,) = strip.plot([], [], "v", color=COLOURS[0], ms=9, clip_on=False)
    (wall,) = strip.plot([], [], "-", color=COLOURS[1], lw=2.5)
    wall_name = strip.text(lr.low, 0.27, " limit ", color=COLOURS[1], va="center")
    if plain:
        best = 2 / (L + mu)
        strip.plot([best, best], [0, 1], "--", color=COLOURS[2], lw=2)
        strip.text(best, 0.27, "best ", color=COLOURS[2], va="center", ha="right")

    def update(lr: float, **hyper: Any) -> str:
        trace = descend(problem, kernel, lr, steps, **hyper)
        path.set_data(*near(trace.theta, problem.minimum, 50 * reach).T)
        above = np.maximum(drawable(trace.loss) - floor, 1e-30)
        loss_line.set_data(np.arange(steps + 1), above)
        left = np.abs(drawable(trace.theta[-1] - problem.minimum) @ directions)
        left = left / np.abs(start @ directions)
        for bar, text, error in zip(bars, tiny, left[::-1], strict=True):
            bar.set_width(min(max(error, 1e-6), 1e4) - 1e-6)
            text.set_visible(bool(error < 1e-6))
        top = limit(**hyper)
        now.set_data([lr], [0.9])
        wall.set_data([top, top], [0, 1])
        wall_name.set_x(top)
        settings = "".join(
            f", {k} {('off', 'on')[x]}" if isinstance(x, bool) else f", {k} = {num(x)}"
            for k, x in hyper.items()
        )
        result = outcome(above).replace("loss", "loss above the minimum", 1)
        return (
            f"lr = {rate(lr)}{settings}: {num(lr / top, 3)} times the limit {num(top)}; {result}."
        )

    return View(fig, [path, loss_line, *bars, *tiny, now, wall, wall_name, star], update, controls)


UNITS = {"mm": 10.0, "cm": 1.0, "dm": 0.1, "m": 0.01}  # how many of them are 1 cm


def units(x_cm: np.ndarray, y: np.ndarray, *, steps: int = 200) -> View:
    """Body mass ``y`` (n,) on flipper length ``x_cm`` (n,), in several units and from several
    origins: the birds stay, the valley changes."""
    controls = {
        "lr": Control(0.1, 1e-6, 3.0, "log"),
        "unit": Control("cm", kind="choice", options=list(UNITS)),
        "origin in cm": Control(18.0, 0.0, 20.0),
    }
    fig, ax = figure(7.6, 3.9, [["fit", "path"]])
    ax["fit"].plot(x_cm, y, ".", color="#999999", ms=4)
    ax["fit"].set(xlabel="flipper length (cm)", ylabel="body mass (kg)", title="the fit at the end")
    (line,) = ax["fit"].plot([], [], "-", color=COLOURS[1], lw=2.5)
    ends = np.array([x_cm.min(), x_cm.max()])
    ax["fit"].set(ylim=(0, 1.1 * y.max()))
    (path,) = ax["path"].plot([], [], ".-", color=COLOURS[0], lw=1, ms=4)
    (rings,) = ax["path"].plot([], [], "-", color="#b8b8b8", lw=0.8)
    (star,) = ax["path"].plot([0], [0], "*", color="k", ms=11, zorder=3)
    ax["path"].grid(visible=False)
    ax["path"].set_box_aspect(1)  # both axes get one scale: a round valley looks round
    ax["path"].set(title="the valley, minimum at (0, 0)", xlabel="error of the intercept")
    ax["path"].set_ylabel("error of the slope")
    ax["path"].yaxis.set_label_coords(-0.17, 0.5)  # clear of the widest numbers
    angle, sizes = np.linspace(0, 2 * np.pi, 120), np.arange(1, 8) / 5
    circles = np.stack([np.cos(angle), np.sin(angle)])[:, None] * sizes[:, None]
    circles = np.pad(circles, ((0, 0), (0, 0), (0, 1)), constant_values=np.nan)  # one line, 7 rings

    def update(**values: Any) -> str:
        lr, unit, origin = values["lr"], values["unit"], values["origin in cm"]
        x = (x_cm - origin) * UNITS[unit]
        problem = least_squares(np.column_stack([np.ones_like(x), x]), y)
        h, axes = np.linalg.eigh(problem.hessian)
        theta = descend(problem.grad, sgd, lr, steps, theta0=problem.theta0).theta
        with np.errstate(all="ignore"):
            loss = problem.loss(theta)  # of all steps at once
        error = theta - problem.minimum
        size = problem.loss(problem.theta0) - problem.loss(problem.minimum)
        reach = 1.1 * np.sqrt(2 * size * ((axes / np.sqrt(h)) ** 2).sum(1))
        rings.set_data(*(axes @ (circles.reshape(2, -1) * np.sqrt(2 * size / h)[:, None])))
        path.set_data(*near(error, 0, 50 * reach).T)
        ax["path"].set(xlim=(-reach.max(), reach.max()), ylim=(-reach.max(), reach.max()))
        w = theta[-1] / max(1, np.abs(theta[-1]).max() / 1e12)  # may be far away
        line.set_data(ends, w[0] + w[1] * (ends - origin) * UNITS[unit])
        result = outcome(drawable(loss))
        return (
            f"flipper in {unit} above {num(origin)} cm: condition number {num(h[1] / h[0], 3)}, "
            f"limit 2/L = {num(2 / h[1])}. lr = {rate(lr)}: {result}."
        )

    return View(fig, [line, rings, path, star], update, controls)
