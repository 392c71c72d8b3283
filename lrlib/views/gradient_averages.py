"""An average that forgets: both averages on a valley, and levels that follow a stream."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from .. import descend
from ..kernels import rmsprop
from ..plots import GREY, Control, Picture, View, drawable, drawing, figure, picture
from ..problems import valley
from ..words import as_rate, num, settings
from .parts import TINY, Loss, Path, Rings, over_steps, star, two_lines

Array = np.ndarray


def averaged_run(
    problem: Any, lr: float, steps: int, **hyper: Any
) -> tuple[Array, Array, Array, Array, Array]:
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


class Averages:
    """Root of the average of each weight, "root of w", and thin, its gradient, "gradient of w"."""

    def __init__(self, ax: Axes, steps: int):
        over_steps(ax, steps, (1e-6, 1e4), "root of the average (thin: gradient)")
        roots = two_lines(ax, ("w", "b"))
        self.moving = {f"root of {name}": line for name, line in roots.items()}
        for name, line in roots.items():
            style = {"color": line.get_color(), "lw": 0.6}
            (self.moving[f"gradient of {name}"],) = ax.plot([], [], "-", **style)

    def show(self, *lines: Array) -> None:
        """Two roots and two gradients, each (steps,)."""
        for line, y in zip(self.moving.values(), lines, strict=True):
            line.set_data(np.arange(len(y)), np.maximum(drawable(y), TINY))


class Rates:
    """The rate of each weight, "rate of w", and dotted its "limit of w"."""

    def __init__(self, ax: Axes, steps: int):
        over_steps(ax, steps, (1e-3, 1e5), "rate of each weight (dotted: its limit)")
        self.rates = two_lines(ax, ("w", "b"))
        self.limits = {
            name: ax.axhline(1, color=line.get_color(), lw=1.2, ls=":")
            for name, line in self.rates.items()
        }
        self.moving = {f"rate of {name}": line for name, line in self.rates.items()}
        self.moving |= {f"limit of {name}": line for name, line in self.limits.items()}

    def show(self, rates: Array, limits: Array) -> None:
        """rates (steps, 2), limits (2,)."""
        for line, wall, y, at in zip(
            self.rates.values(), self.limits.values(), rates.T, limits, strict=True
        ):
            line.set_data(np.arange(len(y)), drawable(y))
            wall.set_ydata([at, at])


@drawing()
def gradient_averages(problem: Any, *, steps: int = 120) -> View:
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
    rings, path = Rings(ax["path"], 6), Path(ax["path"], 350, problem.minimum)
    rings.show(h, np.eye(2), problem.loss(problem.theta0) / 16, problem.minimum)
    rings.line.set_gid("rings")
    ax["path"].set(xlabel="w (flat)", ylabel="b (steep)", title="path over the loss")
    ax["path"].set(xlim=(-6.5, 3.5), ylim=(-3.2, 3.2), aspect="equal")
    ax["path"].grid(visible=False)
    loss_line = Loss(ax["loss"], steps, 1.0, (-12, 5), "loss (dotted: two-cycle of lr/2)")
    cycle = ax["loss"].axhline(1, color=GREY, lw=1.2, ls=":")
    averages, rates = Averages(ax["averages"], steps), Rates(ax["rates"], steps)

    def update(**values: Any) -> str:
        hyper = {k: x for k, x in values.items() if k not in ("lr", "1 - rho")}
        hyper["rho"], lr = 1 - values["1 - rho"], values["lr"]
        theta, loss, size, root, used = averaged_run(problem, lr, steps, **hyper)
        limit = 2 * (1 + values["momentum"]) / h
        path.show(theta)
        loss_line.show(loss)
        cycle.set_ydata([h.sum() * (lr / 2) ** 2 / 2] * 2)
        averages.show(*root.T, *size.T)
        rates.show(used, limit)
        knobs = settings(**{k: hyper[k] for k in ("rho", "eps", "eps_root", "momentum")})
        w, b = (num(x, 3) for x in used[-1] / limit)
        return (
            f"lr = {as_rate(lr)}, {knobs}{', centered' if values['centered'] else ''}: "
            f"{_end(loss)}. The last rate of w is {w} of its limit, that of b {b}."
        )

    moving = path.moving | loss_line.moving | {"two-cycle": cycle} | averages.moving | rates.moving
    return View(fig, moving | star(ax["path"], problem.minimum), update, controls)


def _end(loss: Array) -> str:
    end = "loss below 1e-12" if loss[-1] < 1e-12 else f"loss {num(loss[-1])}"
    end += f" after {len(loss) - 1} steps"
    if loss[-1] > loss[0]:  # a step is about lr whatever the gradient, so it cannot diverge
        end += f", {num(loss[-1] / loss[0], 3)} times its start: it swings, too far to arrive"
    return end


@drawing()
def stream_levels(
    x: Array, y: Array, lines: Mapping[str, Array], xlabel: str, ylabel: str
) -> Picture:
    """Data y (n,) over x (n,) as dots, and levels (n,) that follow them; the sentence gives each
    level's first and last value and its root mean square error."""
    fig, axes = figure(height=3.6)
    ax = axes["a"]
    ax.plot(x, y, "o", color=GREY, ms=3, ls="none", label="data", gid="data")
    said = []
    for name, level in lines.items():
        ax.plot(x, level, label=name, gid=name)
        error = np.sqrt(((level - y) ** 2).mean())
        said.append(f"{name}: {num(level[0])} to {num(level[-1])}, error {num(error)}")
    ax.set(xlabel=xlabel, ylabel=ylabel)
    ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False)
    return picture(fig, f"{ylabel} over {xlabel}. " + "; ".join(said) + ".")


EXAMPLES = {
    "gradient_averages": lambda: gradient_averages(valley()),
    "stream_levels": lambda: stream_levels(
        np.arange(3), np.array([1.0, 2.0, 3.0]), {"half": np.array([1.0, 1.5, 2.0])}, "year", "flow"
    ),
}
