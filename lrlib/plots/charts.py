"""Figures of many lessons: labelled curves, bars, a table as coloured fields, paths over a valley.

Each returns a Picture whose sentence is made from the numbers that were drawn. Lines, marks and
levels carry their name as gid, their words that of "NAME, name", so that tests read them back.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from ..words import num
from .picture import COLOURS, GREY, HALO, Picture, drawing, figure, picture, plain_powers

Array = np.ndarray
FAR = 1e30  # what is drawn for a value that overflowed


def drawable(y: Array) -> Array:
    """y with overflowed values replaced by something far away that a line can still be drawn to."""
    return np.clip(np.nan_to_num(y, nan=FAR, posinf=FAR, neginf=-FAR), -FAR, FAR)


def along_ray(path: Array, centre: Array | float, far: Array | float) -> Array:
    """The path (steps + 1, 2) with points beyond ``far`` pulled back along their own ray.

    So a line that leaves the picture leaves it in its own direction, and one that comes back is
    seen to. ``far`` is a distance from the ``centre`` for each axis. Cut where numbers end.
    """
    finite = np.isfinite(path).all(-1)
    path = path if finite.all() else path[: finite.argmin()]
    with np.errstate(over="ignore"):
        away = np.clip((path - centre) / far, -1e300, 1e300)
    size = np.abs(away).max(-1, keepdims=True)  # its square would overflow
    return np.where(size > 1, centre + far * (away / np.maximum(size, 1)), path)


@drawing()
def curves(
    lines: Mapping[str, Any],
    xlabel: str,
    ylabel: str,
    *,
    title: str = "",
    logx: bool = False,
    logy: bool = False,
    marks: Mapping[str, float] | None = None,
    levels: Mapping[str, float] | None = None,
    ylim: tuple[float, float] | None = None,
    dots: bool = False,
    digits: int = 4,
    height: float = 3.4,
) -> Picture:
    """Labelled lines. ``lines``: name -> y (n,), drawn over 0, 1, 2, ..., or name -> (x, y).

    ``marks`` are vertical lines at values of x, ``levels`` horizontal ones. The sentence gives each
    line's first, last and lowest value in ``digits`` digits. For noisy runs ask for few: with 2 the
    place of the lowest is left out, with 1 the last value too, with 0 also the lowest, since chance
    or rounding decides them.
    """
    fig, axes = figure(height=height)
    ax = axes["a"]
    ends, said = [], []
    for name, line in lines.items():
        x, y = line if isinstance(line, tuple) else (np.arange(len(line)), line)
        x, y = np.asarray(x, float), np.asarray(y, float)
        seen = np.where(np.isfinite(y), np.clip(y, -FAR, FAR), np.nan)
        (drawn,) = ax.plot(x, seen, marker="o" if dots else None, ms=3, gid=name)
        ok = np.flatnonzero(np.isfinite(y) & ((y > 0) | (not logy)))
        if len(ok):
            ends.append((x[ok[-1]], y[ok[-1]], y[ok[len(ok) // 2]], name, drawn.get_color()))
        said.append(_describe(name, x, y, digits))
    ax.set(xlabel=xlabel, ylabel=ylabel, title=title)
    _scales(ax, logx, logy)
    if ylim:
        ax.set_ylim(*ylim)
    for draw, places in ((mark, marks or {}), (_level, levels or {})):
        for name, at in places.items():
            draw(ax, at, name)
            said.append(f"{name} at {num(at, digits)}")
    _label_ends(fig, ax, ends)
    return picture(fig, f"{ylabel} against {xlabel}. " + "; ".join(said) + ".")


@drawing()
def small_multiples(
    lines: Mapping[str, Array],
    xlabel: str,
    ylabel: str,
    *,
    ylim: tuple[float, float] | None = None,
    digits: int = 4,
    height: float = 2.2,
) -> Picture:
    """One small picture for each line, side by side with one scale. ``lines``: name -> y (n,),
    drawn over 0, 1, 2, ... The sentence gives each line's first and last value."""
    fig, axes = figure(height=height, mosaic=[[str(k) for k in range(len(lines))]], sharey=True)
    said = []
    for k, (name, line) in enumerate(lines.items()):
        y, ax = np.asarray(line, float), axes[str(k)]
        ax.plot(drawable(y), ".-", color=COLOURS[k % 7], lw=1.2, ms=3, gid=name)
        ax.set(title=name, xlabel=xlabel, ylabel="" if k else ylabel)
        ax.xaxis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 5, 10], integer=True))
        if ylim:
            ax.set_ylim(*ylim)
        said.append(f"{name}: {num(y[0], digits)}, then {num(y[-1], digits)} at {len(y) - 1}")
    return picture(fig, f"{ylabel} against {xlabel}. " + "; ".join(said) + ".")


def mark(ax: Axes, x: float, name: str, gid: str = "") -> Line2D:
    """A dotted vertical line with its name at the top; ``gid`` is its name for tests."""
    ax.annotate(
        name, (x, 0.99), xycoords=("data", "axes fraction"), xytext=(3, 0),
        textcoords="offset points", color=GREY, va="top", rotation=90, fontsize=8.5,
        gid=f"{gid or name}, name",
    )  # fmt: skip
    return ax.axvline(x, color=GREY, lw=1.2, ls=":", gid=gid or name)


def _scales(ax: Axes, logx: bool, logy: bool) -> None:
    """Logarithms where asked for; below lines over whole steps no numbers between whole ones."""
    if logx:
        ax.set_xscale("log")
    else:
        whole = all(np.all(line.get_xdata() % 1 == 0) for line in ax.lines)
        ax.xaxis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 5, 10], integer=whole))
    if logy:
        ax.set_yscale("log")


def _level(ax: Axes, y: float, name: str) -> None:
    """A dotted horizontal line with its name at the left."""
    ax.axhline(y, color=GREY, lw=1, ls=":", gid=name)
    ax.annotate(
        name, (0.01, y), xycoords=("axes fraction", "data"), color=GREY, va="bottom",
        path_effects=[HALO], gid=f"{name}, name",
    )  # fmt: skip


def _describe(name: str, x: Array, y: Array, digits: int) -> str:
    ok = np.isfinite(y)
    if not ok.any():
        return f"{name}: not finite"
    at = np.nanargmin(np.where(ok, y, np.nan))
    words = f"{name}: {num(y[0], max(digits, 1))} at {num(x[0])}"
    words += f", {num(y[-1], digits)} at {num(x[-1])}" if digits > 1 else ""
    if digits and at not in (0, len(y) - 1):
        words += f", lowest {num(y[at], digits)}" + (f" at {num(x[at])}" if digits > 2 else "")
    return words


def ink(colour: str) -> tuple[float, ...]:
    """The colour for words: darker, to be read on white."""
    return tuple(0.7 * x for x in mpl.colors.to_rgb(colour))


def _label_ends(fig: Figure, ax: Axes, ends: list[tuple[float, float, float, str, str]]) -> None:
    """Names at the right ends of the lines, pushed apart where they would overlap. Of lines that
    end together the one that was higher half-way is named above."""
    if not any(name for *_, name, _ in ends):
        return
    plain_powers(fig)
    fig.canvas.draw()
    low, high = ax.get_window_extent().extents[[1, 3]]
    places = [np.clip(ax.transData.transform((x, y))[1], low, high) for x, y, *_ in ends]
    halfway = [half for _, _, half, *_ in ends]
    gap, order = 13 * fig.dpi / 72, np.lexsort((halfway, np.round(places)))
    heights = np.asarray(places)[order]
    for k in range(1, len(heights)):
        heights[k] = max(heights[k], heights[k - 1] + gap)
    heights -= max(0.0, heights[-1] - high)
    for k in range(len(heights) - 2, -1, -1):
        heights[k] = min(heights[k], heights[k + 1] - gap)
    for h, k in zip(heights, order, strict=True):
        *_, name, colour = ends[k]
        ax.annotate(
            name, (1.01, (h - low) / (high - low)), xycoords="axes fraction", color=ink(colour),
            va="center", annotation_clip=False, gid=f"{name}, name",
        )  # fmt: skip


@drawing()
def bars(
    values: Mapping[str, float],
    label: str,
    *,
    errors: Sequence[float] | None = None,
    marks: Mapping[str, float] | None = None,
    title: str = "",
    log: bool = False,
    digits: int = 4,
) -> Picture:
    """Horizontal bars with their values; ``errors`` are half-widths, e.g. standard deviations."""
    fig, axes = figure(height=0.7 + 0.36 * len(values))
    ax, names = axes["a"], list(values)
    y = np.asarray([values[n] for n in names], float)
    spread = [0.0] * len(y) if errors is None else list(errors)
    drawn = ax.barh(names, y, color=COLOURS[0], height=0.62, log=log, xerr=errors, ecolor="#333333")
    for bar, name in zip(drawn, names, strict=True):
        bar.set_gid(name)
    if errors is not None:
        drawn.errorbar.lines[2][0].set_gid("errors")
    said = []
    for k, (name, v, e) in enumerate(zip(names, y, spread, strict=True)):
        text = num(v, digits) + (f" ± {num(e, 2)}" if errors is not None else "")
        ax.annotate(
            text, (v + e, k), xytext=(5, 0), textcoords="offset points", va="center", fontsize=9,
            gid=f"{name}, name",
        )  # fmt: skip
        said.append(f"{name} {text}")
    ax.invert_yaxis()
    ax.grid(axis="y", visible=False)
    ax.set(xlabel=label, title=title)
    ax.margins(x=0.16)
    for name, at in (marks or {}).items():
        mark(ax, at, name)
        said.append(f"{name} at {num(at, digits)}")
    return picture(fig, f"{label}: " + "; ".join(said) + ".")


@drawing()
def heat(
    values: Array,
    xs: Sequence[float],
    ys: Sequence[float],
    xlabel: str,
    ylabel: str,
    label: str,
    *,
    title: str = "",
    digits: int = 2,
) -> Picture:
    """A table (len(ys), len(xs)) as coloured fields with their numbers; not finite: a cross."""
    fig, axes = figure(height=1.3 + 0.33 * len(ys))
    ax, v = axes["a"], np.asarray(values, float)
    shown = np.where(np.isfinite(v), v, np.nan)
    if np.isnan(shown).all():
        raise ValueError(f"values: all {v.size} are not finite; there is nothing to colour")
    low, high = np.nanmin(shown), np.nanmax(shown)
    image = ax.imshow(shown, cmap="cividis", aspect="auto", origin="lower", gid="values")
    for i, j in np.ndindex(v.shape):
        text = num(v[i, j], digits) if np.isfinite(v[i, j]) else "×"
        dark = np.isfinite(v[i, j]) and v[i, j] < (low + high) / 2
        look = {"fontsize": 8, "color": "w" if dark else "k", "gid": f"{i}, {j}"}
        ax.text(j, i, text, ha="center", va="center", **look)
    ax.set_xticks(range(len(xs)), [num(x, 3) for x in xs])
    ax.set_yticks(range(len(ys)), [num(y, 3) for y in ys])
    ax.grid(visible=False)
    ax.set(xlabel=xlabel, ylabel=ylabel, title=title)
    fig.colorbar(image, label=label)
    at = np.unravel_index(np.nanargmin(shown), v.shape)
    said = (
        f"{label} over {xlabel} and {ylabel}: lowest {num(low, digits)} at {num(xs[at[1]], 3)} and "
        f"{num(ys[at[0]], 3)}, highest {num(high, digits)}, {np.sum(~np.isfinite(v))} not finite."
    )
    return picture(fig, said, colours=128)


def contours(
    ax: Axes,
    loss: Callable[[Array], Array],
    span: tuple[float, float, float, float],
    gid: str = "contours",
) -> None:
    """Contour lines of loss(theta) over span = (left, right, bottom, top), evenly spaced
    where the loss is quadratic; ``gid`` is their name for tests."""
    left, right, bottom, top = span
    x, y = np.meshgrid(np.linspace(left, right, 121), np.linspace(bottom, top, 121))
    z = loss(np.stack([x, y], -1))
    z = np.sqrt(z - z.min())
    drawn = ax.contour(x, y, z, levels=12, colors="#b8b8b8", linewidths=0.8, linestyles="-")
    drawn.set_gid(gid)
    ax.set(xlim=(left, right), ylim=(bottom, top))
    ax.grid(visible=False)


@drawing()
def paths(
    loss: Callable[[Array], Array],
    runs: Mapping[str, Array],
    span: tuple[float, float, float, float],
    xlabel: str,
    ylabel: str,
    *,
    title: str = "",
    minimum: Array | None = None,
    height: float = 3.8,
    digits: int = 4,
) -> Picture:
    """Paths theta (steps + 1, 2) over the contour lines of a loss of two parameters."""
    fig, axes = figure(height=height)
    ax = axes["a"]
    contours(ax, loss, span)
    middle, half = np.reshape(span, (2, 2)).mean(1), np.ptp(np.reshape(span, (2, 2)), 1) / 2
    said = []
    for k, (name, theta) in enumerate(runs.items()):
        shown = along_ray(theta, middle, 50 * half)
        ax.plot(*shown.T, marker=".", ms=4, lw=1.2, label=name, color=COLOURS[k % 7], gid=name)
        end = ", ".join(num(x, digits) for x in theta[-1])
        said.append(f"{name}: ends at ({end}) after {len(theta) - 1} steps")
    if minimum is not None:
        ax.plot(*minimum, "*", color="k", ms=11, ls="none", gid="minimum")
    ax.set(xlabel=xlabel, ylabel=ylabel, title=title)
    ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False)
    return picture(fig, f"Paths over {xlabel} and {ylabel}. " + "; ".join(said) + ".")


EXAMPLES = {
    "curves": lambda: curves(
        {"falls": [8.0, 4.0, 2.0, 1.0], "rises": [1.0, 2.0, 4.0, 9.0]},
        "step",
        "loss",
        marks={"warm-up ends": 1.0},
        levels={"floor": 0.5},
    ),
    "curves, logarithmic": lambda: curves(
        {"falls": ([0.1, 1.0, 10.0], [8.0, 0.4, 0.02])}, "rate", "loss", logx=True, logy=True
    ),
    "small_multiples": lambda: small_multiples(
        {"falls": np.array([4.0, 2.0, 1.0]), "rises": np.array([1.0, 3.0, 9.0])}, "step", "theta"
    ),
    "bars": lambda: bars(
        {"one": 1.0, "two": 2.0}, "loss", errors=[0.1, 0.5], marks={"best fixed rate": 1.5}
    ),
    "heat": lambda: heat([[3.0, np.inf], [1.0, 2.0]], [0.1, 1], [5, 6], "rate", "beta", "loss"),
    "paths": lambda: paths(
        lambda v: ((v - 1) ** 2).sum(-1),
        {"near": np.array([[0.0, 0.0], [1.0, 2.0]]), "away": np.array([[0, 0], [1e9, 0.0]])},
        (-1.0, 3.0, -1.0, 3.0),
        "x",
        "y",
        minimum=np.array([1.0, 1.0]),
    ),
}
