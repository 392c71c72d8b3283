"""What several views show, worked out once."""

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.lines import Line2D

TINY = 1e-30


def rings(H: np.ndarray, first: float, centre: Any = 0.0) -> Callable[[Line2D], str]:
    """Every ring is a line of equal loss, 1/2 e' H e, the k-th with k^2 times ``first``."""

    def fault(line: Line2D) -> str:
        e = np.column_stack(line.get_data()) - centre
        runs = [r[np.isfinite(r).all(1)] for r in np.split(e, np.flatnonzero(np.isnan(e[:, 0])))]
        runs = [r for r in runs if len(r)]
        for k, ring in enumerate(runs, 1):
            loss = ((ring @ H) * ring).sum(1) / 2
            if not np.allclose(loss, k**2 * first, rtol=1e-6):
                return f"ring {k} has losses {loss.min()} to {loss.max()}, not {k**2 * first}"
        return "" if len(runs) > 3 else f"has {len(runs)} rings"

    return fault


def level_lines(loss: Callable, span: tuple) -> Callable[[Any], str]:
    """Contour lines of a loss: along each the root of its height above the lowest point of the
    ``span`` is the level that is said, and the levels are evenly apart."""
    x, y = np.meshgrid(np.linspace(*span[:2], 121), np.linspace(*span[2:], 121))
    low = loss(np.stack([x, y], -1)).min()

    def fault(drawn: Any) -> str:
        steps = np.diff(drawn.levels)
        if len(steps) < 5 or not np.allclose(steps, steps[0]):
            return f"has the levels {drawn.levels}"
        for level, lines in zip(drawn.levels, drawn.get_paths(), strict=True):
            if level > 0 and len(lines.vertices):
                height = np.sqrt(np.maximum(loss(lines.vertices) - low, 0))
                if np.abs(height - level).max() > 0.1 * steps[0]:
                    return f"at level {level} has heights {height.min()} to {height.max()}"
        return ""

    return fault


def path(theta: np.ndarray, centre: Any = 0.0) -> Callable[[Line2D], str]:
    """A path goes through every point that is near, and leaves along the ray of one that is far."""

    def fault(line: Line2D) -> str:
        drawn = np.column_stack(line.get_data())
        finite = np.isfinite(theta).all(1)
        real = theta if finite.all() else theta[: finite.argmin()]
        if len(drawn) != len(real):
            return f"has {len(drawn)} points, not {len(real)}"
        a, b = drawn - centre, real - centre
        size = np.abs(line.axes.get_xlim()).max()
        near = np.abs(b).max(1) < 20 * size
        if not np.allclose(a[near], b[near], 1e-6, 1e-9):
            return "misses a point"
        far = ~near & (np.abs(b).max(1) < 1e250)  # beyond, numbers lose their direction
        far_a, far_b = (x / np.abs(x).max(1, keepdims=True) for x in (a[far], b[far]))
        if not np.allclose(far_a, far_b, 1e-6, 1e-9):
            return "leaves along another ray"
        return "" if (np.abs(a[~near]) > size).any(1).all() else "comes back"

    return fault


def near_zero(loss: Any) -> np.ndarray:
    """A loss as it is drawn in logarithms: what overflowed far up, 0 far down."""
    return np.maximum(np.nan_to_num(loss, nan=1e30, posinf=1e30), TINY)


def ratio(loss: np.ndarray) -> tuple[float, ...]:
    """Numbers that sentences say of a loss (steps + 1,)."""
    return float(loss[-1]), float(loss[-1] / loss[0]), float(loss.max() / loss[0])
