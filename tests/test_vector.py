"""Views as SVG show what matplotlib was told to draw."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest
from drawn_examples import examples
from matplotlib.colors import to_hex
from matplotlib.lines import Line2D

from lrlib import plots
from lrlib.plots import View, vector

VIEWS = {name: make for _, name, make in examples(View)}
NUMBER = re.compile(r"-?\d+")


def parsed(sketch: vector.Sketch, markup: str) -> ElementTree.Element:
    return ElementTree.fromstring(f"<svg {sketch.size}>{markup}</svg>")


def points(data: str) -> np.ndarray:
    """The corners of a path of straight lines, in pixels from the upper left."""
    runs = [np.reshape([int(x) for x in NUMBER.findall(run)], (-1, 2)) for run in data.split("m")]
    return np.cumsum(np.concatenate(runs), 0) / vector.Q


@pytest.mark.parametrize("name", VIEWS)
def test_words_and_lines_stand_where_they_should(name: str) -> None:
    view = VIEWS[name]()
    sketch = vector.Sketch(view, "u")
    layers = sketch.frame(**view.defaults)
    assert layers.sentence == view.update(**view.defaults)
    looks = {look.get(kind, "none") for _, look in sketch.pen.looks for kind in ("fill", "stroke")}
    assert looks - {"none"} <= set(vector.DARK), "a colour that has no other in the dark"
    words = {e.text for e in parsed(sketch, layers.still).iter("text")}
    assert words >= {ax.get_title() for ax in view.figure.axes if ax.get_title()}
    for artist in view.moving.values():
        if not isinstance(artist, Line2D) or artist.get_linestyle() == "None":
            continue
        x, y = artist.get_data()
        seen = artist.get_transform().transform(np.column_stack([x, y]).astype(float))
        box = artist.axes.bbox
        seen = seen[np.isfinite(seen).all(1)]
        seen = seen[((seen > box.min) & (seen < box.max)).all(1)]
        drawn = parsed(sketch, sketch.pen.markup(artist, snap=False)).findall("path")
        assert len(drawn) >= bool(len(seen))
        if not len(seen):
            continue
        seen[:, 1] = sketch.pen.height - seen[:, 1]
        corners = points(drawn[0].get("d"))
        for point in seen[:: len(seen) // 20 + 1]:
            assert _distance(point, corners) < 0.4


def _distance(point: np.ndarray, corners: np.ndarray) -> float:
    """From a point to the nearest segment of a polygon line."""
    a, b = corners[:-1], corners[1:]
    length = np.maximum(((b - a) ** 2).sum(1), 1e-12)
    t = np.clip(((point - a) * (b - a)).sum(1) / length, 0, 1)
    return float(np.hypot(*(a + t[:, None] * (b - a) - point).T).min())


def test_new_limits_draw_an_axes_anew_and_old_ones_come_back() -> None:
    fig, axes = plots.figure(3, 2)

    def update(right: float) -> str:
        axes["a"].set_xlim(0, right)
        return f"up to {right:g}"

    sketch = vector.Sketch(View(fig, {}, update, {"right": plots.Control(1.0, 1.0, 9.0)}), "u")
    one, nine, again = (sketch.frame(right=x).still for x in (1.0, 9.0, 1.0))
    assert one == again != nine


def test_what_cannot_be_drawn_raises() -> None:
    fig, axes = plots.figure(3, 2)
    axes["a"].imshow(np.eye(2))
    sketch = vector.Sketch(View(fig, {}, lambda: "an image", {}), "u")
    with pytest.raises(NotImplementedError, match="image"):
        sketch.frame()


@pytest.mark.parametrize("spoil", ["hatch", "fraction"])
def test_what_would_be_dropped_raises(spoil: str) -> None:
    fig, axes = plots.figure(3, 2)
    if spoil == "hatch":
        axes["a"].barh([0], [1], hatch="//")
    else:
        axes["a"].set_title(r"$\frac{1}{2}$")
    sketch = vector.Sketch(View(fig, {}, lambda: "", {}), "u")
    with pytest.raises(NotImplementedError, match=spoil):
        sketch.frame()


def test_the_style_has_every_colour_twice() -> None:
    css = vector.style()
    for light, dark in vector.DARK.items():
        assert f":{light};" in css and css.count(f":{dark};") >= 2


def test_areas_are_drawn_one_or_many() -> None:
    for n in (1, 2):
        fig, axes = plots.figure(3, 2)
        for k in range(n):
            axes["a"].fill_between([0, 1, 2], [0, 0, 0], [1, 2, 1 + k], color="#0072b2", lw=0)
        sketch = vector.Sketch(View(fig, {}, lambda: "areas", {}), "u")
        drawn = parsed(sketch, sketch.frame().still).findall("path")
        areas = [e for e in drawn if e.get("fill") == "#0072b2"]
        assert len(areas) == n
        corners, box = points(areas[0].get("d").rstrip("z")), axes["a"].bbox
        assert np.ptp(corners[:, 0]) > 0.8 * box.width  # it reaches from side to side


@pytest.mark.parametrize("name", VIEWS)
def test_every_area_of_a_view_is_drawn(name: str) -> None:
    view = VIEWS[name]()
    sketch = vector.Sketch(view, "u")
    layers = sketch.frame(**view.defaults)
    fills = {e.get("fill") for e in parsed(sketch, layers.still + layers.moving).iter("path")}
    for ax in view.figure.axes:
        for area in ax.collections:
            if len(area.get_facecolor()) and area.get_visible() and area.get_paths():
                assert to_hex(area.get_facecolor()[0]) in fills
