"""One style, and pictures that carry their numbers as a sentence.

Colours are those of Okabe & Ito (2008), told apart by colour-blind readers; lines differ in dashes
too. The user's own matplotlib settings have no effect: what is made and drawn inside `drawing` has
the house style and matplotlib's defaults. Nothing here uses pyplot.
"""

import base64
import contextlib
import functools
import html
import io
import os
import re
import threading
from collections.abc import Iterator
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.patheffects import withStroke
from matplotlib.ticker import LogFormatterSciNotation
from PIL import Image

COLOURS = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000"]
DASHES = ["-", (0, (6, 1.5)), (0, (3, 1, 1, 1)), (0, (1.5, 1)), (0, (9, 2, 2, 2)), "-", "--"]
GREY = "#757575"  # words in it have a contrast of 4.6 on white
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
RAISED = str.maketrans("-\u22120123456789", "⁻⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
NO_DITHER = Image.Dither.NONE


class Picture:
    """A PNG and the sentence that says what is on it. Notebooks show it by themselves.

    ``figure`` is the matplotlib figure that was drawn.
    """

    def __init__(self, png: bytes, sentence: str, figure: Figure | None = None):
        self.png, self.sentence, self.figure = png, sentence, figure

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


@functools.cache
def _house() -> dict[str, Any]:
    """Every setting of matplotlib that a picture asks for: its default, or that of STYLE."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(STYLE)
        return {k: v for k, v in dict.items(mpl.rcParams) if not k.startswith("backend")}


@contextlib.contextmanager
def drawing() -> Iterator[None]:
    """The house style. The LOCK is there because the style is matplotlib's global state, and
    JupyterLab runs slider callbacks in a thread beside the one that runs cells."""
    with LOCK:
        house = _house()
        before = {key: dict.__getitem__(mpl.rcParams, key) for key in house}
        try:
            dict.update(mpl.rcParams, house)  # they were checked once, in _house
            yield
        finally:
            dict.update(mpl.rcParams, before)


class Layout(ConstrainedLayoutEngine):
    """matplotlib's own, to nine digits. The last bits of its solution depend on where objects lie
    in memory, and with them shades at the edges: the same numbers must give the same picture."""

    def execute(self, fig: Figure) -> Any:
        margins = super().execute(fig)
        for ax in filter(Axes.get_subplotspec, fig.axes):
            ax.set_position(np.round(ax.get_position(original=True).bounds, 9))
            ax.set_in_layout(True)  # as it was: a position that is set takes it out
        return margins


def figure(
    width: float = 7.6, height: float = 3.4, mosaic: Any = "a", **options: Any
) -> tuple[Figure, dict[str, Axes]]:
    """An empty figure in the house style, and its axes by name (matplotlib's subplot_mosaic).

    ``width`` and ``height`` in inches of 120 pixels; ``options`` go to subplot_mosaic.
    """
    with drawing():
        fig = Figure(figsize=(width, height), layout=Layout())
        FigureCanvasAgg(fig)
        axes = fig.subplot_mosaic(mosaic, **options)
    return fig, axes


class Powers(LogFormatterSciNotation):
    """Powers of ten in plain letters, 10⁻² and 2×10³: matplotlib's formulas take ten times as long
    to draw, and readers of an SVG find words."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        formula = super().__call__(x, pos)
        number = re.sub(r"\^\{(.*?)\}", lambda m: m[1].translate(RAISED), formula)
        return re.sub(r"\$|\\mathdefault|[{}]", "", number).replace(r"\times", "×")


def plain_powers(fig: Figure) -> None:
    """Have the numbers of logarithmic axes written by `Powers`."""
    for ax in fig.axes:
        for axis in (ax.xaxis, ax.yaxis):
            for get, put in (
                (axis.get_major_formatter, axis.set_major_formatter),
                (axis.get_minor_formatter, axis.set_minor_formatter),
            ):
                if type(old := get()) is LogFormatterSciNotation:
                    only, thresholds = old.labelOnlyBase, old.minor_thresholds
                    put(Powers(labelOnlyBase=only, minor_thresholds=thresholds))


def picture(fig: Figure, sentence: str, colours: int = 48) -> Picture:
    """The finished figure as a Picture. Line art needs few colours, and that keeps it small."""
    plain_powers(fig)
    with drawing():
        fig.canvas.draw()
    return Picture(_png(fig, _palette(fig, colours)), sentence, fig)


def _image(fig: Figure) -> Image.Image:
    return Image.fromarray(np.asarray(fig.canvas.buffer_rgba())).convert("RGB")


def _png(fig: Figure, palette: Image.Image) -> bytes:
    out = io.BytesIO()
    image = _image(fig).quantize(palette=palette, dither=NO_DITHER)
    image.save(out, "PNG", optimize=True)
    return out.getvalue()


def _palette(fig: Figure, colours: int) -> Image.Image:
    """The most used colours of the figure, and those of the house fading to white."""
    found = _image(fig).quantize(colours, dither=NO_DITHER).getpalette()[: 3 * colours]
    rows = [*found, 0, 0, 0]
    for colour in COLOURS[:-1]:
        rgb = np.array(mpl.colors.to_rgb(colour))
        rows += [round(255 * x) for k in range(16) for x in rgb + (1 - rgb) * k / 16]
    # Pillow looks colours up coarsely: what is nearly white has to be white
    table = np.reshape(rows, (-1, 3))
    table[table.min(1) > 246] = 255
    image = Image.new("P", (1, 1))
    image.putpalette(table.ravel().tolist())
    return image
