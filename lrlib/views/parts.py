"""What most views show: a path over a valley, its rings, a loss, a limit with its name.

A part draws what stands still when it is made. ``moving`` holds its artists that do not, by name;
``show`` moves them. A view is a few parts, one `update`, and the sentence.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from ..plots import COLOURS, DASHES, GREY, HALO, Control, along_ray, drawable, ink
from ..surfaces import Spectrum

Array = np.ndarray
RING = "#b8b8b8"
TINY = 1e-30  # what is drawn in logarithms for 0


class Directions(NamedTuple):
    """The curvatures of a quadratic loss with their directions, and the two rates that they set."""

    h: Array  # (d,) eigenvalues of the Hessian, rising
    directions: Array  # (d, d) their eigenvectors, as columns

    @property
    def limit(self) -> float:
        """The largest stable rate of gradient descent, 2 / L."""
        return Spectrum(self.h[0], self.h[-1]).limit

    @property
    def best(self) -> float:
        """The rate with the fastest worst direction, 2 / (L + h_min)."""
        return Spectrum(self.h[0], self.h[-1]).best


def directions_of(problem: Any) -> Directions:
    """Curvatures and eigendirections of a problem with a ``hessian``."""
    return Directions(*np.linalg.eigh(problem.hessian))


def turn(degrees: float) -> Array:
    """The matrix (2, 2) that turns a plane by so many degrees."""
    c, s = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return np.array([[c, -s], [s, c]])


def square(ax: Axes, reach: float, centre: Sequence[float] = (0.0, 0.0)) -> None:
    """A square Axes with one scale, ``reach`` to all sides of the centre: shapes are true."""
    x, y = centre
    ax.set(xlim=(x - reach, x + reach), ylim=(y - reach, y + reach))
    ax.set_box_aspect(1)
    ax.grid(visible=False)


class Rings:
    """Lines of equal loss of a quadratic, one artist named "rings"; the k-th of ``n`` has k^2 times
    the loss of the first."""

    def __init__(self, ax: Axes, n: int = 8):
        (line,) = ax.plot([], [], "-", color=RING, lw=0.8)
        angle, sizes = np.linspace(0, 2 * np.pi, 121), np.arange(1, n + 1)
        circles = np.stack([np.cos(angle), np.sin(angle)])[:, None] * sizes[:, None]
        gap = ((0, 0), (0, 0), (0, 1))  # one line, n rings
        self.circles = np.pad(circles, gap, constant_values=np.nan).reshape(2, -1)
        self.line, self.moving = line, {"rings": line}

    def show(self, h: Array, directions: Array, first: float, centre: Array | float = 0.0) -> None:
        """Rings of curvatures ``h`` (2,) along ``directions`` (2, 2) about the ``centre``,
        the first where the loss above its minimum is ``first``."""
        points = directions @ (self.circles * np.sqrt(2 * first / h)[:, None])
        self.line.set_data(*(points.T + centre).T)


def star(ax: Axes, at: Sequence[float] = (0.0, 0.0)) -> dict[str, Artist]:
    """A star at the minimum. It counts as moving, so that it stays above the path."""
    return {"minimum": ax.plot(*at, "*", color="k", ms=11, zorder=3)[0]}


class Path:
    """The steps of a run, named "path". What runs away does so along its own ray."""

    def __init__(self, ax: Axes, far: Array | float, centre: Array | float = 0.0, ms: float = 5):
        (self.line,) = ax.plot([], [], ".-", color=COLOURS[0], lw=1.2, ms=ms)
        self.far, self.centre, self.moving = far, centre, {"path": self.line}

    def show(self, theta: Array) -> None:
        """theta (steps + 1, 2), of any size, finite or not."""
        self.line.set_data(*along_ray(theta, self.centre, self.far).T)


class Valley:
    """Path, rings and star over the valley of a quadratic problem that stays, drawn with one scale.

    The fifth ring goes through the start: it holds every path whose loss falls.
    """

    def __init__(self, ax: Axes, problem: Any, names: Sequence[str]):
        seen, centre = directions_of(problem), problem.minimum
        first = problem.loss(problem.theta0) - problem.loss(centre)
        reach = 1.1 * np.sqrt(2 * first / seen.h[0])
        rings = Rings(ax)
        rings.show(seen.h, seen.directions, first / 25, centre)
        rings.line.set_gid("rings")
        square(ax, reach, centre)
        ax.set(xlabel=names[0], ylabel=names[1], title="path over the loss")
        ax.annotate(
            "start", problem.theta0, xytext=(0, -5), textcoords="offset points", va="top",
            gid="beginning, name", path_effects=[HALO],
        )  # fmt: skip
        path = Path(ax, 50 * reach, centre)
        self.show, self.moving = path.show, {**path.moving, **star(ax, centre)}


class Loss:
    """A loss in logarithms over the step, named "loss"; ``decades`` below and above its start."""

    def __init__(self, ax: Axes, steps: int, first: float, decades: tuple[int, int], title: str):
        low, high = (first * 10.0**k for k in decades)
        ax.set(yscale="log", xlim=(0, steps), ylim=(low, high), title=title, xlabel="step")
        (self.line,) = ax.plot([], [], "-", color=COLOURS[0])
        self.moving = {"loss": self.line}

    def show(self, loss: Array) -> None:
        """loss (steps + 1,), of any size, finite or not."""
        self.line.set_data(np.arange(len(loss)), np.maximum(drawable(loss), TINY))


class Steep:
    """The error in the steepest direction, "error", over the product that it follows, "product"."""

    def __init__(self, ax: Axes, product: str, ms: float, fontsize: float):
        (self.product,) = ax.plot([], [], "-", color=COLOURS[1], lw=3, label=product)
        (self.error,) = ax.plot([], [], ".", color=COLOURS[0], ms=ms, ls="none", label="measured")
        ax.legend(loc="lower left", fontsize=fontsize, frameon=False)
        self.moving = {"product": self.product, "error": self.error}

    def show(self, x: Array, product: Array, error: Array, low: float = TINY) -> None:
        """Both over ``x``, of any size; what is below ``low`` stands there."""
        self.product.set_data(x, drawable(np.maximum(product, low)))
        self.error.set_data(x, np.maximum(error, low))


class Level:
    """A horizontal line and its name, which move together."""

    def __init__(self, ax: Axes, gid: str, colour: str, ls: Any = "--", x: float = 0.02):
        self.line = ax.axhline(np.nan, color=colour, lw=1.6, ls=ls, gid=gid)
        self.name = ax.text(
            x, np.nan, "", color=ink(colour), va="bottom", transform=ax.get_yaxis_transform(),
            path_effects=[HALO],
        )  # fmt: skip
        self.moving: dict[str, Artist] = {gid: self.line, f"{gid}, name": self.name}

    def show(self, at: float, name: str) -> None:
        """Line and name at ``at``; hidden where it is nan."""
        self.line.set_ydata([at, at])
        self.name.set(y=at, text=name, visible=bool(np.isfinite(at)))


class RateStrip:
    """The rate on its slider's scale, a marker named "rate", between "best" and "limit"."""

    def __init__(self, ax: Axes, lr: Control, best: float | None = None):
        ax.set(xscale="log", xlim=(lr.low, lr.high), ylim=(0, 1), yticks=[], xlabel="rate lr")
        ax.grid(visible=False)
        (self.now,) = ax.plot([], [], "v", color=COLOURS[0], ms=9, clip_on=False)
        (self.wall,) = ax.plot([], [], "-", color=COLOURS[1], lw=2.5)
        self.name = ax.text(lr.low, 0.27, " limit ", color=ink(COLOURS[1]), va="center")
        if best is not None:
            ax.plot([best, best], [0, 1], "--", color=COLOURS[2], lw=2, gid="best")
            ax.text(
                best, 0.27, "best ", color=ink(COLOURS[2]), va="center", ha="right",
                gid="best, name",
            )  # fmt: skip
        self.moving = {"rate": self.now, "limit": self.wall, "limit, name": self.name}

    def show(self, lr: float, limit: float | None) -> None:
        """The marker at ``lr``; the wall at ``limit``, none where there is none."""
        self.now.set_data([lr], [0.9])
        self.wall.set_data([] if limit is None else [limit] * 2, [] if limit is None else [0, 1])
        self.name.set(x=limit or 1.0, visible=limit is not None)


def over_steps(ax: Axes, steps: int, ylim: tuple[float, float], title: str, first: int = 0) -> None:
    """An Axes for something in logarithms over the steps from ``first`` on."""
    ax.set(yscale="log", xlim=(first, steps), ylim=ylim, title=title, xlabel="step")


def two_lines(ax: Axes, names: Sequence[str], title: str = "", k: int = 1, **legend: Any):
    """One line for each of two weights, in colours ``k`` and ``k`` + 1, with a legend; by name."""
    lines: dict[str, Line2D] = {}
    for j, name in enumerate(names):
        style = {"ls": DASHES[j], "color": COLOURS[k + j], "label": name}
        (lines[name],) = ax.plot([], [], **style)
    ax.legend(loc="upper right", frameon=False, ncols=len(names), **legend)
    return lines


def dotted(ax: Axes, at: float, gid: str, colour: str = GREY) -> Line2D:
    """A dotted horizontal line that stays; the title says what it is."""
    return ax.axhline(at, color=colour, lw=1.2, ls=":", gid=gid)
