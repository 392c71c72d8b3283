"""The map of the heavy ball: where it creeps, rings, jumps or diverges, and a run at one point."""

import numpy as np
from matplotlib.axes import Axes

from .. import descend
from ..kernels import sgd
from ..plots import COLOURS, GREY, HALO, Control, View, drawable, drawing, figure
from ..problems import quadratic
from ..words import num

Array = np.ndarray
RIGHT = 4.2  # end of the map
LEVELS = (0.5, 0.7, 0.8, 0.9, 0.95)


def factor_per_step(lr_h: Array | float, momentum: Array | float) -> Array:
    """The heavy ball's error shrinks by this factor a step in the long run; ``lr_h`` is lr * h.

    The larger root of z^2 - (1 + momentum - lr h) z + momentum = 0 in absolute value.
    Source: Polyak 1964.
    """
    half = (1 + np.asarray(momentum) - lr_h) / 2
    root = np.sqrt(half**2 - momentum + 0j)
    return np.maximum(np.abs(half + root), np.abs(half - root))


def equal_factor(factor: float) -> tuple[Array, Array]:
    """Corners (lr * h, momentum) of the line on which `factor_per_step` is ``factor``, in (0, 1).

    Put z = factor and z = -factor into the quadratic: two straight lines, up to where the roots
    meet. Between these points the factor is sqrt(momentum), which is a level line.
    """
    r = factor
    return np.array([1 - r, (1 - r) ** 2, (1 + r) ** 2, 1 + r]), np.array([0, r**2, r**2, 0])


def regime(lr_h: float, momentum: float) -> str:
    """What the ball does at a point of the map, in a word."""
    if lr_h >= 2 * (1 + momentum):
        return "diverges"
    if lr_h < (1 - np.sqrt(momentum)) ** 2:
        return "creeps"
    return "jumps" if lr_h > (1 + np.sqrt(momentum)) ** 2 else "rings"


def _map(ax: Axes, kappa: float) -> None:
    """Regimes, lines of equal factor, and the best pair for the condition number ``kappa``."""
    mu = np.linspace(0, 1, 201)
    ring = (1 - np.sqrt(mu)) ** 2, (1 + np.sqrt(mu)) ** 2
    ax.fill_betweenx(mu, *ring, color=COLOURS[4], alpha=0.35, lw=0, gid="rings")
    ax.fill_betweenx(mu, 2 * (1 + mu), RIGHT, color=COLOURS[1], alpha=0.25, lw=0)
    ax.plot(2 * (1 + mu), mu, color=COLOURS[1], lw=2.2, gid="limit")
    box = {"fc": "#c4e5f7", "ec": "none", "pad": 1}
    for factor in LEVELS:
        ax.plot(*equal_factor(factor), "-", color="#555555", lw=0.9, gid=f"{factor:g}")
        ax.text(
            0.75, factor**2, f"{factor:g}", fontsize=8, ha="center", va="center", bbox=box,
            gid=f"{factor:g}, name",
        )  # fmt: skip
    best = (np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1)
    ends = equal_factor(best)[0][1:3]
    ax.plot(ends, [best**2] * 2, "o-", color=COLOURS[2], lw=2.2, ms=4, gid="best")
    words = {"creeps": (0.02, 0.03), "jumps": (1.6, 0.03), "rings": (1.6, 0.6)}
    for word, at in {**words, "diverges": (3.1, 0.2)}.items():
        ax.text(*at, word, va="bottom", path_effects=[HALO])
    ax.set(xlim=(0, RIGHT), ylim=(0, 1), xlabel="rate times curvature, lr h", ylabel="momentum")
    ax.set_title(f"grey: equal factor; green: best pair for κ = {num(kappa)}")


@drawing()
def momentum_regimes(kappa: float = 20.0, *, steps: int = 40) -> View:
    """A point in the map of momentum, and the run of ``steps`` steps at it.

    Left: the map, with the best pair for the condition number ``kappa``. Right: theta on a parabola
    from 1, and its envelope, the factor to the power of the step. Controls: ``lr h``, ``momentum``.
    """
    fig, ax = figure(7.6, 3.6, [["map", "run"]], width_ratios=[1.25, 1])
    _map(ax["map"], kappa)
    (point,) = ax["map"].plot([], [], "o", color="k", ms=9, mfc=COLOURS[5], zorder=5)
    t, parabola = np.arange(steps + 1), quadratic([1.0])
    ax["run"].set(xlim=(0, steps), ylim=(-2, 2), xlabel="step", title="theta at the point")
    (run,) = ax["run"].plot([], [], ".-", color=COLOURS[0], lw=1.4, ms=4)
    (above,) = ax["run"].plot([], [], "--", color=GREY, lw=1.2)
    (below,) = ax["run"].plot([], [], "--", color=GREY, lw=1.2)
    words = ax["run"].text(0.98, 0.97, "", transform=ax["run"].transAxes, ha="right", va="top")

    def update(**values: float) -> str:
        lr_h, momentum = values["lr h"], values["momentum"]
        theta = descend(parabola, sgd, lr_h, steps, momentum=momentum).theta[:, 0]
        factor = float(factor_per_step(lr_h, momentum))
        envelope = np.clip(factor**t, 0, 1e6)
        point.set_data([lr_h], [momentum])
        run.set_data(t, np.clip(drawable(theta), -1e6, 1e6))
        above.set_data(t, envelope)
        below.set_data(t, -envelope)
        # rounded, since a slider brings 0.9999999999999999
        inside, alone = num(factor, 3), num(round(abs(1 - lr_h), 9), 3)
        words.set_text(f"factor {inside} a step\nwithout momentum {alone}")
        return (
            f"lr h = {num(lr_h, 3)}, momentum {num(momentum, 3)}: the ball "
            f"{regime(lr_h, momentum)}, factor {inside} a step in the long run "
            f"(without momentum {alone})."
        )

    moving = {
        "point": point,
        "theta": run,
        "envelope": above,
        "envelope, below": below,
        "factors": words,
    }
    controls = {"lr h": Control(1.0, 0.02, RIGHT), "momentum": Control(0.81, 0.0, 0.99)}
    return View(fig, moving, update, controls)


EXAMPLES = {"momentum_regimes": momentum_regimes}
