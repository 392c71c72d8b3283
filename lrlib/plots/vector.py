"""Views drawn as SVG: crisp at any zoom, in the colours of a light or a dark page.

`Pen` is a matplotlib renderer that notes paths, markers and words, so whatever matplotlib draws
arrives by itself; what it cannot draw raises. `Sketch` keeps what stands still of a view and draws
only what moves again. JupyterLab's panels and the pages without a kernel use the same two.
"""

import html
import json
from collections.abc import Mapping
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.colors import to_hex
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from .charts import ink
from .picture import COLOURS, GREY, drawing, plain_powers
from .view import View

Q = 4  # coordinates are whole numbers of 1/4 pixel
NEAR = 40  # pixels that a marker may reach from its place
LETTERS = {1: ("m", 1), 2: ("l", 1), 3: ("q", 2), 4: ("c", 3)}  # by the codes of Path
# a colour of the house -> the same on a dark page
DARK = {
    "#000000": "#e6e6e6",
    "#ffffff": "#14181e",
    "#e4e4e4": "#2c323a",
    "#b8b8b8": "#5c636c",
    GREY: "#9aa0a6",
    "#999999": "#8a9097",
    "#555555": "#a8aeb5",
    "#c4e5f7": "#21384a",
    **dict(zip(
        map(str.lower, COLOURS[:6]),
        ("#56b4e9", "#ff8c3a", "#2fd0a0", "#e5a3c8", "#8ccdf2", "#f0b93f"), strict=True,
    )),
}  # fmt: skip
DARK |= {to_hex(ink(c)): DARK[c.lower()] for c in [*COLOURS[:6], GREY]}
DARK_PAGE = ":is(html[data-theme=dark],[data-jp-theme-light=false],.lr-dark) .lr-live"
DARK_USER = "html:not([data-theme]):not(.lr-light) body:not([data-jp-theme-light]) .lr-live"


def style() -> str:
    """The style sheet of every figure: words in the house font, and its colours, light and dark.

    A figure stands in an element of class "lr-live"; a page may set the colours --c0, --c1, ...
    """
    light, dark, rules = "", "", ""
    for k, (colour, other) in enumerate(DARK.items()):
        light += f"--c{k}:{colour};"
        dark += f"--c{k}:{other};"
        for kind in ("stroke", "fill"):
            rules += f'.lr-live [{kind}="{colour}"]{{{kind}:var(--c{k})}}'
    paper = list(DARK).index("#ffffff")
    return (
        f".lr-live{{{light}}}{DARK_PAGE}{{{dark}}}"
        f"@media (prefers-color-scheme:dark){{{DARK_USER}{{{dark}}}}}"
        '.lr-live svg{font-family:"DejaVu Sans",Verdana,sans-serif;'
        f"background:var(--c{paper})}}.lr-live text{{stroke:none}}{rules}"
    )


MEASURED: dict[tuple, tuple[float, float, float]] = {}  # width, height and descent of words


class Pen(RendererBase):
    """A matplotlib renderer that notes what it is to draw in ``drawn``: a stroke is [style, path
    data], words are [style, place, width, words]. ``styles``: (tag, attributes) as JSON -> number,
    ``looks`` the same parsed; ``defs``: SVG of clip rectangles and marker shapes, all of them and
    those ``used`` by what was noted last."""

    def __init__(self, figure: Any, uid: str):
        super().__init__()
        self.width, self.height = figure.canvas.get_width_height()
        self.pixels = figure.dpi / 72  # of one point
        self.ruler = figure.canvas.get_renderer()  # Agg: measures words
        self.flip = Affine2D().scale(1, -1).translate(0, self.height)
        self.uid, self.drawn, self.snap = uid, [], True
        self.styles: dict[str, int] = {}
        self.looks: list[tuple[str, dict[str, Any]]] = []
        self.names: dict[str, str] = {}
        self.markers: dict[bytes, tuple[float, str]] = {}  # reach and shape
        self.defs: dict[str, None] = {}
        self.used: dict[str, None] = {}

    def points_to_pixels(self, points: float) -> float:
        return points * self.pixels

    def get_canvas_width_height(self) -> tuple[float, float]:
        return self.width, self.height

    def get_text_width_height_descent(self, s: str, prop: Any, ismath: Any):
        key = (s, hash(prop), bool(ismath), self.pixels)
        if key not in MEASURED:
            MEASURED[key] = self.ruler.get_text_width_height_descent(s, prop, ismath)
        return MEASURED[key]

    def draw_path(self, gc: Any, path: Path, transform: Any, rgbFace: Any = None) -> None:
        if gc.get_hatch():
            raise NotImplementedError("a view with a hatch: it cannot be drawn as SVG paths")
        line, width = rgbFace is None, self.points_to_pixels(gc.get_linewidth())
        clean = path.cleaned(
            transform + self.flip, remove_nans=True, curves=True, stroke_width=width,
            simplify=line and path.should_simplify, snap=gc.get_snap() if self.snap else False,
            clip=self._box(gc, 2 + width) if line and path.codes is None else None,
        )  # fmt: skip
        data = _data(np.clip(clean.vertices, -1e4, 1e4), clean.codes)
        if data.count(" ") > 1:  # two points or more
            self._note("path", self._paint(gc, rgbFace, gc.get_dashes()) | self._clip(gc), data)

    def draw_markers(self, gc, marker_path, marker_trans, path, trans, rgbFace=None) -> None:
        reach, shape = self._marker(marker_path, marker_trans)
        if reach > NEAR:  # an area, such as fill_between's
            for vertices, _ in path.iter_segments(trans, simplify=False):
                there = marker_trans + Affine2D().translate(*vertices[-2:])
                self.draw_path(gc, marker_path, there, rgbFace)
            return
        if path.codes is None:
            places = path.cleaned(trans + self.flip, remove_nans=True, simplify=False).vertices[:-1]
        else:
            ends = [v[-2:] for v, _ in path.iter_segments(trans + self.flip, simplify=False)]
            places = np.reshape(ends, (-1, 2))
        x0, y0, x1, y1 = self._box(gc, NEAR)
        places = places[(places >= (x0, y0)).all(1) & (places <= (x1, y1)).all(1)]
        if len(places):
            paint = self._paint(gc, rgbFace) | {"d": shape}
            options = ' overflow="visible" markerUnits="userSpaceOnUse"'
            look = {"style": f"marker:url(#{self._def('marker', options, 'path', paint)})"}
            codes = [Path.MOVETO] + [Path.LINETO] * (len(places) - 1)
            self._note("path", look | {"fill": "none"} | self._clip(gc), _data(places, codes))

    def _marker(self, path: Path, transform: Any) -> tuple[float, str]:
        """How far a marker reaches from its place, and its shape as path data."""
        parts = path.vertices, path.codes, transform.get_matrix()
        key = b"".join(b"" if part is None else part.tobytes() for part in parts)
        if key not in self.markers:
            if len(self.markers) > 99:  # of areas each has a shape of its own
                self.markers.clear()
            shape = path.cleaned(transform + Affine2D().scale(1, -1), curves=True)
            reach = np.abs(path.get_extents(transform).extents).max(initial=0)
            self.markers[key] = reach, _data(shape.vertices, shape.codes)
        return self.markers[key]

    def draw_text(self, gc, x, y, s, prop, angle, ismath=False, mtext=None) -> None:
        turn = np.deg2rad(angle)
        for words, right, up, size in self._runs(s, prop, ismath):
            font = prop.copy()
            font.set_size(size)
            width = self.get_text_width_height_descent(words, font, False)[0]
            px = x + right * np.cos(turn) - up * np.sin(turn)
            py = y - right * np.sin(turn) - up * np.cos(turn)
            place = f"translate({round(px * Q)} {round(py * Q)})"
            place += f"rotate({-angle:g})" if angle else ""
            look = {"font-size": round(size * self.pixels * Q, 1), "fill": to_hex(gc.get_rgb())}
            look |= {"font-weight": "bold"} if prop.get_weight() in ("bold", 700) else {}
            self._note("text", look, place, round(width * Q), words)

    def draw_image(self, gc, x, y, im, transform=None) -> None:
        raise NotImplementedError("a view with an image: it cannot be drawn as SVG paths")

    def note(self, artist: Any, snap: bool) -> list:
        """What an artist draws; ``snap``: lines go to whole pixels where matplotlib's do."""
        self.drawn, self.used, self.snap = [], {}, snap
        artist.draw(self)
        return self.drawn

    def markup(self, artist: Any, snap: bool) -> str:
        """What an artist draws, as SVG with the clip paths and markers that it needs."""
        drawn = svg(self.note(artist, snap), self.looks)
        return f"<defs>{''.join(self.used)}</defs>{drawn}" if self.used else drawn

    def tile(self, ax: Axes | None) -> str:
        if ax is None:
            return ""
        x0, y0, x1, y1 = np.round(ax.get_tightbbox(self.ruler).padded(6).extents * Q).astype(int)
        return f"{x0} {self.height * Q - y1} {x1 - x0} {y1 - y0}"

    def _runs(self, s: str, prop: Any, ismath: Any) -> list[tuple[str, float, float, float]]:
        """Words of one size and height, their place in pixels and their size in points."""
        if not ismath:  # SVG drops spaces at the ends, so they become a distance
            space = self.get_text_width_height_descent(" ", prop, False)[0]
            before = space * (len(s) - len(s.lstrip()))
            return [(s.strip(), before, 0.0, prop.get_size_in_points())] if s.strip() else []
        runs: list[tuple[str, float, float, float]] = []
        glyphs, rects = self._text2path.mathtext_parser.parse(s, 72, prop)[3:5]
        if rects:
            raise NotImplementedError(f"{s}: a fraction cannot be drawn as SVG words")
        for _, size, code, *_, x, y in sorted(glyphs, key=lambda glyph: glyph[-2]):
            x, y = x * self.pixels, y * self.pixels
            if runs and runs[-1][2:] == (y, size):
                runs[-1] = (runs[-1][0] + chr(code), *runs[-1][1:])
            else:
                runs.append((chr(code), x, y, size))
        return runs

    def _note(self, tag: str, attributes: dict[str, Any], *how: Any) -> None:
        style = self.styles.setdefault(json.dumps([tag, attributes]), len(self.styles))
        if style == len(self.looks):
            self.looks.append((tag, attributes))
        self.drawn.append([style, *how])

    def _def(self, tag: str, options: str, shape: str, look: dict[str, Any]) -> str:
        shape = f"{options}><{shape}{_attributes(look)}/></{tag}>"
        name = self.names.setdefault(f"{tag}{shape}", f"{self.uid}-{len(self.names)}")
        self.defs[f'<{tag} id="{name}"{shape}'] = self.used[f'<{tag} id="{name}"{shape}'] = None
        return name

    def _box(self, gc: Any, margin: float) -> tuple[float, ...]:
        box = gc.get_clip_rectangle()
        x0, y0, x1, y1 = box.extents if box else (0, 0, self.width, self.height)
        return x0 - margin, self.height - y1 - margin, x1 + margin, self.height - y0 + margin

    def _clip(self, gc: Any) -> dict[str, str]:
        if gc.get_clip_rectangle() is None:
            return {}
        x0, y0, x1, y1 = (round(v * Q) for v in self._box(gc, 0))
        box = {"x": x0, "y": y0, "width": x1 - x0, "height": y1 - y0}
        return {"clip-path": f"url(#{self._def('clipPath', '', 'rect', box)})"}

    def _paint(self, gc: Any, face: Any, dashes: Any = (0, None)) -> dict[str, Any]:
        (*rgb, alpha), scale = gc.get_rgb(), self.pixels * Q
        look: dict[str, Any] = {"fill": "none" if face is None else to_hex(face[:3])}
        if face is not None and len(face) > 3 and face[3] < 1:
            look["fill-opacity"] = round(face[3], 3)
        if gc.get_linewidth() and alpha:
            cap = {"projecting": "square"}.get(gc.get_capstyle(), gc.get_capstyle())
            look |= {"stroke": to_hex(rgb), "stroke-width": round(gc.get_linewidth() * scale, 1)}
            look |= {"stroke-linecap": cap, "stroke-linejoin": gc.get_joinstyle()}
            look |= {"stroke-opacity": round(alpha, 3)} if alpha < 1 else {}
            if dashes[1] is not None:
                look["stroke-dasharray"] = " ".join(f"{x * scale:.1f}" for x in dashes[1])
                look["stroke-dashoffset"] = round((dashes[0] or 0) * scale, 1)
        return look


def _data(points: np.ndarray, codes: Any) -> str:
    """SVG path data in whole numbers, each relative to the point before: short, and packs well."""
    codes = np.asarray(codes)
    codes = codes[: np.argmax(codes == Path.STOP)] if Path.STOP in codes else codes
    whole = np.round(np.asarray(points)[: len(codes)] * Q).astype(int)
    if len(codes) and codes[0] == Path.MOVETO and codes.max() <= Path.LINETO:
        return _lines(whole, codes)
    out, x, y, k, start = [], 0, 0, 0, (0, 0)
    whole, codes = whole.tolist(), codes.tolist()
    while k < len(whole):
        if codes[k] == Path.CLOSEPOLY:
            out.append("z")
            (x, y), k = start, k + 1
            continue
        letter, n = LETTERS[codes[k]]
        again = letter == "l" and out and out[-1][0] in "l "
        steps = " ".join(f"{a - x} {b - y}" for a, b in whole[k : k + n])
        out.append((" " if again else letter) + steps)
        x, y = whole[k + n - 1]
        start, k = ((x, y) if letter == "m" else start), k + n
    return "".join(out)


def _lines(whole: np.ndarray, codes: np.ndarray) -> str:
    """The same of straight lines alone, at once: most of what moves."""
    steps = np.diff(whole, axis=0, prepend=0).ravel().tolist()
    starts = [*(2 * np.flatnonzero(codes == Path.MOVETO)).tolist(), len(steps)]
    out = []
    for i, j in pairwise(starts):
        line = " ".join(map(str, steps[i + 2 : j]))
        out.append(f"m{steps[i]} {steps[i + 1]}" + (f"l{line}" if line else ""))
    return "".join(out)


def _attributes(attributes: Mapping[str, Any]) -> str:
    return "".join(f' {k}="{html.escape(str(v))}"' for k, v in attributes.items())


def svg(drawn: list, styles: list) -> str:
    """What was noted as markup; live.js makes the same elements of it."""
    out = []
    for style, place, *words in drawn:
        tag, look = styles[style]
        more = {"transform": place, "textLength": words[0]} if words else {"d": place}
        inside = html.escape(words[1]) if words else ""
        out.append(f"<{tag}{_attributes(look | more)}>{inside}</{tag}>")
    return "".join(out)


class Layers(NamedTuple):
    """A view as SVG: what stands still, what moves, and the sentence."""

    still: str
    moving: str
    sentence: str


class Sketch:
    """Draws a view again and again, as SVG. What stands in an Axes is drawn once for all its limits
    that are alike; what moves is drawn each time.

    ``uid`` begins the names of clip paths and markers; it must be new on the page.
    """

    def __init__(self, view: View, uid: str):
        self.view, self.cache = view, {}
        for name, artist in view.moving.items():
            artist.set_animated(True)  # an Axes leaves these out when it draws itself
            artist.set_gid(name)
        fig = view.figure
        self.moving = sorted(view.moving.values(), key=lambda a: a.get_zorder())
        others = [a for a in fig.get_children() if not isinstance(a, Axes) and a is not fig.patch]
        self.standing = [*fig.axes, *others]
        with drawing(), np.errstate(all="ignore"):
            view.update(**view.defaults)
            plain_powers(fig)
            if engine := fig.get_layout_engine():  # to place the Axes; they need not be drawn
                engine.execute(fig)
            fig.set_layout_engine("none")
        self.pen = Pen(fig, uid)

    @property
    def size(self) -> str:
        """Attributes of an svg element: the drawing's size in pixels and in its own units."""
        w, h = self.pen.width, self.pen.height
        return f'viewBox="0 0 {w * Q} {h * Q}" width="{w}" height="{h}"'

    def frame(self, **values: Any) -> Layers:
        """What the view shows at these values."""
        with drawing(), np.errstate(all="ignore"):
            sentence = self.view.update(**values)
            still = "".join(map(self._stands, self.standing))
            moving = "".join(self.pen.markup(a, snap=False) for a in self.moving)
        return Layers(still, moving, sentence)

    def _stands(self, part: Any) -> str:
        limits = (*part.get_xlim(), *part.get_ylim()) if isinstance(part, Axes) else ()
        key = (id(part), *limits)
        if key not in self.cache:
            self.cache[key] = self.pen.markup(part, snap=True)
        return self.cache[key]
