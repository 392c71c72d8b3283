"""The three regimes of the heavy ball in the plane of rate and momentum."""

import numpy as np

from ..plots import COLOURS, Picture, figure, num, picture


def factor_per_step(lr_h: np.ndarray | float, momentum: np.ndarray | float) -> np.ndarray:
    """The heavy ball's error shrinks by this factor a step in the long run; ``lr_h`` is lr * h.

    The larger root of z^2 - (1 + momentum - lr h) z + momentum = 0 in absolute value.
    Source: Polyak 1964.
    """
    half = (1 + np.asarray(momentum) - lr_h) / 2
    root = np.sqrt(half**2 - momentum + 0j)
    return np.maximum(np.abs(half + root), np.abs(half - root))


def regimes() -> Picture:
    """Where the heavy ball creeps, rings or diverges, with contour lines of the factor per step."""
    lr_h, momentum = np.meshgrid(np.linspace(0, 4.2, 421), np.linspace(0, 1, 201))
    factor = factor_per_step(lr_h, momentum)
    mu = np.linspace(0, 1, 201)
    fig, axes = figure(height=4.0)
    ax = axes["a"]
    levels = [0.5, 0.7, 0.8, 0.9, 0.95]
    lines = ax.contour(lr_h, momentum, factor, levels, colors="#555555", linewidths=0.9)
    ax.clabel(lines, fmt=lambda x: f"{x:g}", fontsize=8)
    ring = (1 - np.sqrt(mu)) ** 2, (1 + np.sqrt(mu)) ** 2
    ax.fill_betweenx(mu, *ring, color=COLOURS[4], alpha=0.35, lw=0)
    limit = 2 * (1 + mu)
    ax.fill_betweenx(mu, limit, 4.2, color=COLOURS[1], alpha=0.25, lw=0, hatch="//")
    ax.plot(limit, mu, color=COLOURS[1], lw=2.2)
    name = "rings: the factor is √momentum,\nwhatever the rate"
    ax.text(1.2, 0.37, name, ha="center", va="center")
    ax.text(0.04, 0.03, "creeps", va="bottom")
    ax.text(1.62, 0.03, "jumps", va="bottom")
    ax.text(3.4, 0.3, "diverges", ha="center", va="center")
    ax.set(xlim=(0, 4.2), ylim=(0, 1), xlabel="rate times curvature, lr h", ylabel="momentum")
    best = factor_per_step((1 - np.sqrt(0.81)) ** 2, 0.81)
    return picture(
        fig,
        "Momentum against rate times curvature. Rings between (1 - √momentum)² and "
        "(1 + √momentum)², diverges above 2 (1 + momentum). At momentum 0.81 it rings from "
        f"{num((1 - 0.9) ** 2)} to {num((1 + 0.9) ** 2)} with the factor {num(float(best))} a step "
        f"and diverges above {num(2 * 1.81)}.",
        colours=96,
    )
