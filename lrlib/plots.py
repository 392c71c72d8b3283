"""Figures: one style, pictures that carry their numbers as text, and views that can move.

A `Picture` shows as PNG and has a twin in words: one sentence with the figure's numbers, made from
the data that was drawn. A `View` is a figure with controls; `show` draws it once, `live.panel` puts
sliders under it. Colours are those of Okabe & Ito (2008), told apart by colour-blind readers; lines
differ in dashes too, and carry their labels. Nothing here uses pyplot.
"""

import base64
import contextlib
import html
import io
import os
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import matplotlib as mpl
import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import MaxNLocator
from PIL import Image

from .words import as_rate as rate  # noqa: F401  (its name of old)
from .words import num, outcome  # noqa: F401

Array = np.ndarray

COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000"]
DASHES = ["-", (0, (6, 1.5)), (0, (3, 1, 1, 1)), (0, (1.5, 1)), (0, (9, 2, 2, 2)), "-", "--"]
GREY = "#777777"
HALO = withStroke(linewidth=2.5, foreground="white")  # keeps words readable on lines
STYLE = {
    "figure.dpi": 120,
    "figure.facecolor": "white",
    "font.size": 10,
    "axes.titlesize": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e4e4e4",
    "grid.linewidth": 0.7,
    "axes.axisbelow": True,
    "lines.linewidth": 1.8,
    "axes.prop_cycle": mpl.cycler(color=COLOURS, linestyle=DASHES),
}
NO_DITHER = Image.Dither.NONE
FAST = {"compress_level": 1, "compress_type": 3}  # 3: look for runs of one colour only
FAR = 1e30  # what is drawn for a value that overflowed


# --- pictures ----------------------------------------------------------------------------------


class Picture:
    """A PNG and the sentence that says what is on it. Notebooks show it by themselves."""

    def __init__(self, png: bytes, sentence: str):
        self.png, self.sentence = png, sentence

    def __repr__(self) -> str:
        return self.sentence

    @property
    def stored(self) -> dict[str, str]:
        """What a notebook keeps of it."""
        png = base64.b64encode(self.png).decode()
        return {"image/png": png, "text/plain": self.sentence}

    @property
    def html(self) -> str:
        """The picture as an element of a page, with its sentence as alt text."""
        source = f"data:image/png;base64,{self.stored['image/png']}"
        style = "max-width:100%; margin-top:8px"
        return f'<img alt="{html.escape(self.sentence)}" style="{style}" src="{source}">'

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None):
        # JupyterLab shows a PNG without its alt text. In a kernel that it started, give it HTML
        page = {"text/html": self.html} if "JPY_SESSION_NAME" in os.environ else {}
        return {**page, **self.stored}, {"image/png": {"alt": self.sentence}}


LOCK = threading.RLock()


@contextlib.contextmanager
def drawing() -> Iterator[None]:
    """The house style. The LOCK is there because the style is matplotlib's global state, and
    JupyterLab runs slider callbacks in a thread beside the one that runs cells."""
    with LOCK, mpl.rc_context(STYLE):
        yield


def figure(
    width: float = 7.6, height: float = 3.4, mosaic: Any = "a", **options: Any
) -> tuple[Figure, dict[str, Axes]]:
    """An empty figure in the house style, and its axes by name (matplotlib's subplot_mosaic)."""
    with drawing():
        fig = Figure(figsize=(width, height), layout="constrained")
        FigureCanvasAgg(fig)
        axes = fig.subplot_mosaic(mosaic, **options)
    return fig, axes


def picture(fig: Figure, sentence: str, colours: int = 48) -> Picture:
    """The finished figure as a Picture. Line art needs few colours, and that keeps it small."""
    with drawing():
        fig.canvas.draw()
    return Picture(_png(fig, _palette(fig, colours)), sentence)


def _image(fig: Figure) -> Image.Image:
    return Image.fromarray(np.asarray(fig.canvas.buffer_rgba())).convert("RGB")


def _png(fig: Figure, palette: Image.Image, fast: bool = False) -> bytes:
    out = io.BytesIO()
    image = _image(fig).quantize(palette=palette, dither=NO_DITHER)
    image.save(out, "PNG", **(FAST if fast else {"optimize": True}))
    return out.getvalue()


def _palette(fig: Figure, colours: int) -> Image.Image:
    """The most used colours of the figure, and those of the house fading to white. Chosen once,
    they make a frame three times as fast to encode as full colour."""
    found = _image(fig).quantize(colours, dither=NO_DITHER).getpalette()[: 3 * colours]
    palette = [*found, 0, 0, 0]
    for colour in COLOURS[:-1]:
        rgb = np.array(mpl.colors.to_rgb(colour))
        palette += [round(255 * x) for k in range(16) for x in rgb + (1 - rgb) * k / 16]
    # Pillow looks colours up coarsely: what is nearly white has to be white
    rows = np.reshape(palette, (-1, 3))
    rows[rows.min(1) > 246] = 255
    image = Image.new("P", (1, 1))
    image.putpalette(rows.ravel().tolist())
    return image


# --- views: figures that move ------------------------------------------------------------------


class Control(NamedTuple):
    """One hyperparameter of a view. ``kind``: "linear", "log", "whole", "choice" or "switch"."""

    value: Any
    low: float = 0.0
    high: float = 1.0
    kind: str = "linear"
    options: Sequence[Any] = ()


class View(NamedTuple):
    """A figure whose ``moving`` artists follow its controls.

    ``update(**values)`` moves them and returns a sentence with the values and the result. What is
    not in ``moving`` is drawn once, and again when an Axes gets new limits.
    """

    figure: Figure
    moving: Sequence[Artist]
    update: Callable[..., str]
    controls: Mapping[str, Control]


class Painter:
    """Draws a view again and again: the background when limits are new, else only what moves."""

    def __init__(self, view: View):
        self.view = view
        for artist in view.moving:
            artist.set_animated(True)
        self.order = sorted(view.moving, key=lambda a: a.get_zorder())
        canvas = view.figure.canvas
        with drawing(), np.errstate(all="ignore"):
            view.update(**self.defaults)
            canvas.draw()
            view.figure.set_layout_engine("none")
            self._draw_background()
        self._draw(self.defaults)
        self.palette = _palette(view.figure, 128)

    @property
    def defaults(self) -> dict[str, Any]:
        return {name: c.value for name, c in self.view.controls.items()}

    def _limits(self) -> list[tuple[float, ...]]:
        return [(*ax.get_xlim(), *ax.get_ylim()) for ax in self.view.figure.axes]

    def _draw_background(self) -> None:
        canvas = self.view.figure.canvas
        with drawing():
            canvas.draw()
        self.background, self.limits = canvas.copy_from_bbox(self.view.figure.bbox), self._limits()

    def _draw(self, values: dict[str, Any]) -> str:
        canvas = self.view.figure.canvas
        with LOCK, np.errstate(all="ignore"):
            sentence = self.view.update(**values)
            if self._limits() != self.limits:
                self._draw_background()
            canvas.restore_region(self.background)
            for artist in self.order:
                artist.draw(canvas.get_renderer())
        return sentence

    def still(self, **values: Any) -> Picture:
        """A picture to keep: small."""
        sentence = self._draw(values)
        return Picture(_png(self.view.figure, _palette(self.view.figure, 48)), sentence)

    def frame(self, **values: Any) -> Picture:
        """A picture to show now: fast."""
        sentence = self._draw(values)
        return Picture(_png(self.view.figure, self.palette, fast=True), sentence)


def show(view: View, **values: Any) -> Picture:
    """The view as a still picture, at its defaults or at the given values.

    Raises ValueError for a name the view has no control for."""
    for name in values:
        if name not in view.controls:
            raise ValueError(
                f"{name}: no control of this view, which has {', '.join(view.controls)}"
            )
    painter = Painter(view)
    return painter.still(**{**painter.defaults, **values})


def drawable(y: Array) -> Array:
    """y with overflowed values replaced by something far away that a line can still be drawn to."""
    return np.clip(np.nan_to_num(y, nan=FAR, posinf=FAR, neginf=-FAR), -FAR, FAR)


# --- figures used by many lessons --------------------------------------------------------------


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
        (drawn,) = ax.plot(
            x,
            np.where(np.isfinite(y), np.clip(y, -FAR, FAR), np.nan),
            marker="o" if dots else None,
            ms=3,
        )
        ok = np.flatnonzero(np.isfinite(y) & ((y > 0) | (not logy)))
        if len(ok):
            ends.append((x[ok[-1]], y[ok[-1]], y[ok[len(ok) // 2]], name, drawn.get_color()))
        said.append(_describe(name, x, y, digits))
    ax.set(xlabel=xlabel, ylabel=ylabel, title=title)
    if logx:
        ax.set_xscale("log")
    else:
        whole = all(np.all(line.get_xdata() % 1 == 0) for line in ax.lines)
        ax.xaxis.set_major_locator(MaxNLocator("auto", steps=[1, 2, 5, 10], integer=whole))
    if logy:
        ax.set_yscale("log")
    if ylim:
        ax.set_ylim(*ylim)
    for name, at in (marks or {}).items():
        mark(ax, at, name)
        said.append(f"{name} at {num(at, digits)}")
    for name, at in (levels or {}).items():
        ax.axhline(at, color=GREY, lw=1, ls=":")
        ax.annotate(
            name, (0.01, at), xycoords=("axes fraction", "data"), color=GREY, va="bottom",
            path_effects=[HALO],
        )  # fmt: skip
        said.append(f"{name} at {num(at, digits)}")
    _label_ends(fig, ax, ends)
    return picture(fig, f"{ylabel} against {xlabel}. " + "; ".join(said) + ".")


def mark(ax: Axes, x: float, name: str) -> None:
    """A dotted vertical line with its name at the top."""
    ax.axvline(x, color=GREY, lw=1.2, ls=":")
    ax.annotate(
        name, (x, 0.99), xycoords=("data", "axes fraction"), xytext=(3, 0),
        textcoords="offset points", color=GREY, va="top", rotation=90, fontsize=8.5,
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
            va="center", annotation_clip=False,
        )  # fmt: skip


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
    ax.barh(names, y, color=COLOURS[0], height=0.62, log=log, xerr=errors, ecolor="#333333")
    said = []
    for k, (name, v, e) in enumerate(zip(names, y, spread, strict=True)):
        text = num(v, digits) + (f" ± {num(e, 2)}" if errors is not None else "")
        ax.annotate(
            text, (v + e, k), xytext=(5, 0), textcoords="offset points", va="center", fontsize=9
        )
        said.append(f"{name} {text}")
    ax.invert_yaxis()
    ax.grid(axis="y", visible=False)
    ax.set(xlabel=label, title=title)
    ax.margins(x=0.16)
    for name, at in (marks or {}).items():
        mark(ax, at, name)
        said.append(f"{name} at {num(at, digits)}")
    return picture(fig, f"{label}: " + "; ".join(said) + ".")


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
    low, high = np.nanmin(shown), np.nanmax(shown)
    image = ax.imshow(shown, cmap="cividis", aspect="auto", origin="lower")
    for i, j in np.ndindex(v.shape):
        text = num(v[i, j], digits) if np.isfinite(v[i, j]) else "×"
        dark = np.isfinite(v[i, j]) and v[i, j] < (low + high) / 2
        ax.text(j, i, text, ha="center", va="center", fontsize=8, color="w" if dark else "k")
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


def contours(ax: Axes, loss: Callable[[Array], Array], span: tuple[float, float, float, float]):
    """Contour lines of loss(theta) over span = (left, right, bottom, top), evenly spaced in log."""
    left, right, bottom, top = span
    x, y = np.meshgrid(np.linspace(left, right, 121), np.linspace(bottom, top, 121))
    z = loss(np.stack([x, y], -1))
    z = np.sqrt(z - z.min())  # evenly spaced lines on a quadratic
    ax.contour(x, y, z, levels=12, colors="#b8b8b8", linewidths=0.8, linestyles="-")
    ax.set(xlim=(left, right), ylim=(bottom, top))
    ax.grid(visible=False)


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
    said = []
    for k, (name, theta) in enumerate(runs.items()):
        shown = np.clip(drawable(theta), -1e6, 1e6)
        ax.plot(*shown.T, marker=".", ms=4, lw=1.2, label=name, color=COLOURS[k % 7])
        end = ", ".join(num(x, digits) for x in theta[-1])
        said.append(f"{name}: ends at ({end}) after {len(theta) - 1} steps")
    if minimum is not None:
        ax.plot(*minimum, "*", color="k", ms=11, ls="none")
    ax.set(xlabel=xlabel, ylabel=ylabel, title=title)
    ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False)
    return picture(fig, f"Paths over {xlabel} and {ylabel}. " + "; ".join(said) + ".")
