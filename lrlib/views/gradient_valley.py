"""A run down the valley of a quadratic loss: its path, its loss, and what is left at the end."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from .. import descend
from ..kernels import adam, sgd
from ..plots import COLOURS, Control, View, drawable, drawing, figure, mark
from ..problems import valley
from ..words import as_rate, num, outcome, settings
from .parts import TINY, Directions, Loss, RateStrip, Valley, directions_of

Array = np.ndarray


class ErrorsLeft:
    """Bars for the error left in the steep and the flat direction, named "steep" and "flat"."""

    def __init__(self, ax: Axes, seen: Directions, start: Array, steps: int):
        names, self.start, self.seen = ("steep", "flat"), start, seen
        colours, h = [COLOURS[1], COLOURS[2]], seen.h[::-1]
        self.bars = ax.barh([0, 1], [1, 1], color=colours, height=0.6, left=1e-6)
        ax.set_yticks([0, 1], [f"{n}, h = {num(x, 3)}" for n, x in zip(names, h, strict=True)])
        ax.set(xscale="log", xlim=(1e-6, 1e3), title=f"error left after {steps} steps")
        ax.grid(axis="y", visible=False)
        self.tiny = [ax.text(1.3e-6, k, "below 1e-6", va="center") for k in (0, 1)]
        mark(ax, 1, "start", "error at the start")
        self.moving = dict(zip(names, self.bars, strict=True))
        self.moving |= {f"{n}, tiny": t for n, t in zip(names, self.tiny, strict=True)}

    def show(self, error: Array) -> None:
        """``error`` (2,): theta - minimum at the end."""
        left = np.abs(drawable(error) @ self.seen.directions / (self.start @ self.seen.directions))
        for bar, text, x in zip(self.bars, self.tiny, left[::-1], strict=True):
            bar.set_width(min(max(x, 1e-6), 1e4) - 1e-6)
            text.set_visible(bool(x < 1e-6))


@drawing()
def gradient_valley(
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
    strip of rates and said. For plain SGD it is 2 / L, L the largest eigenvalue, and the best rate
    2 / (L + h_min) is drawn too; another kernel has no limit unless you give one.
    """
    seen, start = directions_of(problem), problem.theta0 - problem.minimum
    lr = Control(*(x * seen.limit for x in (0.25, 0.01, 1.25)), "log")
    controls = dict(controls or {"lr": lr})
    plain = limit is None and kernel is sgd and set(controls) == {"lr"}
    floor = problem.loss(problem.minimum)
    fig, ax = figure(
        7.6, 4.7, [["rate", "rate"], ["path", "loss"], ["path", "left"]],
        width_ratios=[1.25, 1], height_ratios=[0.5, 3, 2],
    )  # fmt: skip
    strip = RateStrip(ax["rate"], controls["lr"], seen.best if plain else None)
    path = Valley(ax["path"], problem, names)
    first = problem.loss(problem.theta0) - floor
    loss = Loss(ax["loss"], steps, first, (-7, 3), "loss above its minimum")
    left = ErrorsLeft(ax["left"], seen, start, steps)

    def update(lr: float, **hyper: Any) -> str:
        trace = descend(problem, kernel, lr, steps, **hyper)
        above = np.maximum(drawable(trace.loss) - floor, TINY)
        top = limit(**hyper) if limit else seen.limit if plain else None
        path.show(trace.theta)
        loss.show(above)
        left.show(trace.theta[-1] - problem.minimum)
        strip.show(lr, top)
        share = "" if top is None else f"{num(lr / top, 3)} times the limit {num(top)}; "
        knobs = f", {settings(**hyper)}" if hyper else ""
        return f"lr = {as_rate(lr)}{knobs}: {share}{outcome(above, what='loss above the minimum')}."

    parts = path.moving | loss.moving | left.moving | strip.moving
    return View(fig, parts, update, controls)


EXAMPLES = {
    "gradient_valley": lambda: gradient_valley(valley(rotation=20.0)),
    "gradient_valley, momentum": lambda: gradient_valley(
        valley(),
        sgd,
        {"lr": Control(0.1, 0.01, 1.0, "log"), "momentum": Control(0.5, 0.0, 0.99)},
        limit=lambda momentum: 2 * (1 + momentum) / 4.0,
    ),
    "gradient_valley, Adam": lambda: gradient_valley(
        valley(), adam, {"lr": Control(0.1, 0.01, 1.0, "log"), "beta1": Control(0.9, 0.0, 0.99)}
    ),
}
