"""The three regimes of the heavy ball in the plane of rate and momentum."""

import numpy as np

from ..plots import COLOURS, Picture, drawing, figure, picture
from ..words import num


def factor_per_step(lr_h: np.ndarray | float, momentum: np.ndarray | float) -> np.ndarray:
    """The heavy ball's error shrinks by this factor a step in the long run; ``lr_h`` is lr * h.

    The larger root of z^2 - (1 + momentum - lr h) z + momentum = 0 in absolute value.
    Source: Polyak 1964.
    """
    half = (1 + np.asarray(momentum) - lr_h) / 2
    root = np.sqrt(half**2 - momentum + 0j)
    return np.maximum(np.abs(half + root), np.abs(half - root))


def equal_factor(factor: float) -> tuple[np.ndarray, np.ndarray]:
    """Corners (lr * h, momentum) of the line on which `factor_per_step` is ``factor``, in (0, 1).

    Put z = factor and z = -factor into the quadratic: two straight lines, up to where the roots
    meet. Between these points the factor is sqrt(momentum), which is a level line.
    """
    r = factor
    return np.array([1 - r, (1 - r) ** 2, (1 + r) ** 2, 1 + r]), np.array([0, r**2, r**2, 0])


@drawing()
def momentum_regimes(kappa: float = 20.0) -> Picture:
    """Where the heavy ball creeps, rings or diverges, with lines of equal factor per step.

    The best pair of rate and momentum for the condition number ``kappa`` is marked.
    """
    mu = np.linspace(0, 1, 201)
    fig, axes = figure(height=4.0)
    ax = axes["a"]
    ring = (1 - np.sqrt(mu)) ** 2, (1 + np.sqrt(mu)) ** 2
    ax.fill_betweenx(mu, *ring, color=COLOURS[4], alpha=0.35, lw=0, gid="rings")
    limit = 2 * (1 + mu)
    ax.fill_betweenx(mu, limit, 4.2, color=COLOURS[1], alpha=0.25, lw=0, hatch="//")
    ax.plot(limit, mu, color=COLOURS[1], lw=2.2, gid="diverges")
    for factor in (0.5, 0.7, 0.8, 0.9, 0.95):
        ax.plot(*equal_factor(factor), "-", color="#555555", lw=0.9, gid=f"{factor:g}")
        box = {"fc": "#c4e5f7", "ec": "none", "pad": 1}
        middle = {"ha": "center", "va": "center", "bbox": box, "gid": f"{factor:g}, name"}
        ax.text(0.75, factor**2, f"{factor:g}", fontsize=8, **middle)
    best = (np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1)
    ends, at = equal_factor(best)[0][1:3], best**2
    ax.plot(ends, [at, at], "o-", color=COLOURS[2], lw=2.2, gid="best")
    for x, name, side in ((ends[0] + 0.05, "flat", "left"), (ends[1] - 0.05, "steep", "right")):
        ax.text(x, at + 0.015, name, ha=side, va="bottom")
    name = "rings: the factor is √momentum,\nwhatever the rate"
    ax.text(1.5, 0.565, name, ha="center", va="center")
    box = {"fc": "white", "ec": "none", "pad": 0.5, "alpha": 0.85}
    ax.text(0.03, 0.025, "creeps", va="bottom", bbox=box)
    ax.text(1.6, 0.025, "jumps", va="bottom", bbox=box)
    ax.text(3.4, 0.3, "diverges", ha="center", va="center")
    ax.set(xlim=(0, 4.2), ylim=(0, 1), xlabel="rate times curvature, lr h", ylabel="momentum")
    return picture(
        fig,
        "Momentum against rate times curvature. Rings between (1 - √momentum)² and "
        "(1 + √momentum)², diverges above 2 (1 + momentum). At momentum 0.81 it rings from "
        f"{num((1 - 0.9) ** 2)} to {num((1 + 0.9) ** 2)} with the factor "
        f"{num(float(factor_per_step(1.0, 0.81)))} a step and diverges above {num(2 * 1.81)}. "
        f"Green: for condition number {num(kappa)} momentum {num(at)} has the flat direction on "
        f"the first edge, {num(ends[0])}, and the steep one on the second, {num(ends[1])}.",
        colours=96,
    )


EXAMPLES = {"momentum_regimes": momentum_regimes}
