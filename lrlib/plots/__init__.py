"""Figures: one style, pictures that carry their numbers as text, and views that can move.

    curves, bars, heat, paths, small_multiples      charts    a figure from numbers, as a Picture
    still(view, lr=0.5)                             view      a View, drawn once
    figure(...), picture(fig, sentence)             picture   to make your own

A `Picture` shows as PNG and has a twin in words: one sentence with the figure's numbers, made from
the data that was drawn. A `View` is a figure with controls; `lrlib.live.panel` makes it live.
"""

from .charts import (
    along_ray,
    bars,
    contours,
    curves,
    drawable,
    heat,
    ink,
    mark,
    paths,
    small_multiples,
)
from .picture import COLOURS, DASHES, GREY, HALO, LOCK, STYLE, Picture, drawing, figure, picture
from .view import Control, View, still

__all__ = [
    "COLOURS",
    "DASHES",
    "GREY",
    "HALO",
    "LOCK",
    "STYLE",
    "Control",
    "Picture",
    "View",
    "along_ray",
    "bars",
    "contours",
    "curves",
    "drawable",
    "drawing",
    "figure",
    "heat",
    "ink",
    "mark",
    "paths",
    "picture",
    "small_multiples",
    "still",
]
