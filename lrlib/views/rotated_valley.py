"""A rate for every weight: what it is worth when the valley is turned under the axes."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from .. import descend
from ..kernels import adagrad
from ..plots import GREY, Control, View, drawing, figure
from ..problems import quadratic
from ..words import as_rate, num, outcome, settings
from .parts import Loss, Path, Rings, dotted, over_steps, square, star, turn, two_lines

Array = np.ndarray
CURVATURES = np.array([0.2, 4.0])
START = np.array([-5.0, -2.0])


def scaled_run(
    kernel: Callable, lr: float, rotation: float, scale: float, steps: int, **hyper: Any
) -> tuple[Array, Array, Array]:
    """A run on the valley, times ``scale``, turned with its start by ``rotation`` degrees.

    Returns theta (steps + 1, 2), the loss (steps + 1,), and the rate each weight had in each step,
    lr * u / g (steps, 2), nan where g is 0.
    """
    problem = quadratic(scale * CURVATURES, turn(rotation) @ START, rotation=rotation)
    trace = descend(problem, kernel, lr, steps, **hyper)
    with np.errstate(all="ignore"):
        g = problem.grad(trace.theta[:-1])
        seen = np.abs(g) > 1e-250  # below, the quotient is rounding
        rates = np.where(seen, -np.diff(trace.theta, axis=0) / g, np.nan)
    return trace.theta, trace.loss, rates


def best_sgd(steps: int) -> Array:
    """The loss of SGD at its best rate 2 / (L + h_min) as a fraction of its start, (steps + 1,);
    from this START the same at any turn and scale."""
    h_min, L = CURVATURES
    return ((L - h_min) / (L + h_min)) ** (2.0 * np.arange(steps + 1))


def _loss(ax: Axes, steps: int) -> tuple[Loss, Any]:
    loss = Loss(ax, steps, 1.0, (-12, 4), "loss as a fraction of its start")
    ax.plot(best_sgd(steps), "--", color=GREY, lw=1.4, gid="SGD at its best rate")
    white = {"facecolor": "white", "edgecolor": "none", "pad": 1}
    ax.text(
        2, 1e-11, "dashed: SGD at its best rate", color=GREY, bbox=white,
        gid="SGD at its best rate, key",
    )  # fmt: skip
    return loss, ax.text(0.98, 0.96, "", transform=ax.transAxes, ha="right", va="top")


@drawing()
def rotated_valley(rules: Mapping[str, Callable], steps: int = 60) -> View:
    """Path, loss and the rate of each weight on a valley that can be turned and scaled.

    ``rules``: name -> kernel with eps and initial_accumulator_value. SGD at its best fixed rate is
    drawn beside them.
    """
    controls = {
        "lr": Control(1.0, 0.01, 1000.0, "log"),
        "eps": Control(1e-10, 1e-10, 1000.0, "log"),
        "initial_accumulator_value": Control(0.0, 0.0, 10.0),
        "rotation": Control(0.0, 0.0, 90.0),
        "loss scale": Control(1.0, 1e-3, 1e3, "log"),
        "rule": Control(next(iter(rules)), kind="choice", options=list(rules)),
    }
    fig, ax = figure(7.6, 4.6, [["path", "loss"], ["path", "rates"]])
    square(ax["path"], 7)
    ax["path"].set(xlabel="first weight", ylabel="second weight", title="path over the loss")
    rings, path, minimum = Rings(ax["path"]), Path(ax["path"], 350), star(ax["path"])
    loss_line, height = _loss(ax["loss"], steps)
    over_steps(ax["rates"], steps, (1e-3, 1e3), "rate of each weight, in units of 2/L")
    dotted(ax["rates"], 1, "limit")
    lines = two_lines(ax["rates"], ("first weight", "second weight"), fontsize=9)

    def update(**values: Any) -> str:
        lr, rule, rotation = values["lr"], values["rule"], values["rotation"]
        scale = values["loss scale"]
        hyper = {k: values[k] for k in ("eps", "initial_accumulator_value")}
        theta, loss, rates = scaled_run(rules[rule], lr, rotation, scale, steps, **hyper)
        rings.show(CURVATURES, turn(rotation), 0.405)
        path.show(theta)
        loss_line.show(loss / loss[0])
        height.set_text(f"it starts at {num(loss[0], 3)}")
        shares = rates.T * scale * CURVATURES[-1] / 2
        for line, share in zip(lines.values(), shares, strict=True):
            line.set_data(np.arange(steps), share)
        last = [share[np.isfinite(share)][-1] for share in shares]
        knobs = settings(**{k: x for k, x in values.items() if k not in ("lr", "rule")})
        return (
            f"{rule}, lr = {as_rate(lr)}, {knobs}: {_end(loss)}. "
            f"Last rates {num(last[0], 3)} and {num(last[1], 3)} times 2/L."
        )

    moving = rings.moving | path.moving | loss_line.moving | {"start": height} | lines | minimum
    return View(fig, moving, update, controls)


def _end(loss: Array) -> str:
    steps = len(loss) - 1
    tiny = loss[-1] < 1e-12 * loss[0]
    if loss.max() > 1000 * loss[0] >= 1000 * loss[-1]:
        end = "below 1e-12 of it" if tiny else f"loss {num(loss[-1])} after {steps} steps"
        return f"thrown to {num(loss.max() / loss[0], 3)} times the first loss and back: {end}"
    return f"loss below 1e-12 of its start after {steps} steps" if tiny else outcome(loss)


EXAMPLES = {"rotated_valley": lambda: rotated_valley({"Adagrad": adagrad})}
