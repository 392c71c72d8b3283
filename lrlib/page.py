"""A View as an element of a page: its controls answer without a kernel.

For every combination of the stops of its controls the view's `update` runs once, and what each part
of the drawing looks like is noted as SVG. What looks alike is stored once; live.js swaps the looks.
The picture at the defaults is in the page as plain SVG and stays there where no script runs.

    t = table(view, "f1")     all states of the view
    element(t)                a piece of HTML
    style(), SCRIPT           what every such page loads once
"""

import base64
import gzip
import html
import itertools
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes

from .plots import COLOURS, Control, View, drawing, vector
from .words import num

STATES = 1200  # of a view whose controls do not state their stops
SCRIPT = Path(__file__).with_name("live.js").read_text(encoding="utf-8")
LOOK = """
.lr-live{margin:1em 0;text-align:left}
.lr-live .lr-figure>svg{display:block;width:100%;height:auto;max-height:80vh}
.lr-live .lr-tiles>svg:first-child{position:absolute;width:0;height:0}
.lr-live .lr-tiles>svg{margin-bottom:.5em}
.lr-live .lr-controls{border:0;padding:0;margin:0;min-width:0;display:grid;
  grid-template-columns:repeat(auto-fit,minmax(min(100%,20em),1fr));gap:.2em 1.6em}
.lr-live .lr-controls:not(:has(label+label)){grid-template-columns:1fr auto}
.lr-live .lr-controls:not(:has(label+label)) label>span:first-child{flex-basis:auto}
.lr-live label{display:flex;gap:.7em;align-items:center;min-height:2.1em;margin:0}
.lr-live label>span:first-child{flex:0 0 8em;overflow-wrap:anywhere}
.lr-live label>span:last-child:not(:first-child){flex:0 0 4.2em;
  font-variant-numeric:tabular-nums}
.lr-live input[type=range]{flex:1;min-width:0;height:1.6em;accent-color:var(--BLUE)}
.lr-live input[type=checkbox]{width:1.2em;height:1.2em;accent-color:var(--BLUE)}
.lr-live select{flex:1;min-width:0;max-width:16em;font:inherit;padding:.15em .3em}
.lr-live .lr-end{display:flex;gap:.8em;align-items:center;min-height:2.1em}
.lr-live button{font:inherit;padding:.15em .9em}
.lr-live .lr-said{margin:.5em 0;min-height:3em}
.lr-live .lr-note{font-size:85%;margin:.4em 0}
.lr-live .lr-spoken{position:absolute;width:1px;height:1px;overflow:hidden;
  clip-path:inset(50%);white-space:nowrap}
"""


def style() -> str:
    """The style sheet: colours of figures, light and dark, and where controls stand."""
    blue = list(vector.DARK).index(COLOURS[0].lower())
    return vector.style() + LOOK.replace("BLUE", f"c{blue}")


# ---- which values the page offers --------------------------------------------------------------


def grid(
    controls: Mapping[str, Control],
    states: int = STATES,
    named: Mapping[str, Sequence[float]] | None = None,
) -> dict[str, list[Any]]:
    """The values of each control that moves on the page, its default among them.

    ``named`` are values of sliders that the text around the view speaks of: they are stops, too.

    A control that states ``stops`` has these; a choice or a switch has all its options. The others
    share what is left of about ``states`` combinations, as even grids: the first control gets the
    finest one, and the last ones stay at their defaults where less than three stops are left.
    A control with one stop is left out.

    >>> list(grid({"lr": Control(0.1, 0.01, 1.0, "log", stops=(0.01, 1.0))})["lr"])
    [0.01, 0.1, 1.0]
    """
    found = {name: stated(c) for name, c in controls.items()}
    left = states // max(1, math.prod(len(v) for v in found.values() if v))
    free = [name for name, values in found.items() if values is None]
    while free and left < 3 ** len(free):
        found[free.pop()] = []  # too many to move them all
    for k, name in enumerate(free):
        share = int(left ** (1 / (len(free) - k)) * (1.5 if k == 0 and len(free) > 1 else 1))
        found[name] = even(controls[name], max(3, min(share, 61 if k == 0 else 21)))
        left //= len(found[name])
    for name, more in (named or {}).items():
        c, values = controls[name], found[name]
        if values and c.kind not in ("choice", "switch"):
            found[name] = sorted({*values, *(x for x in more if c.low <= x <= c.high)})
    return {name: values for name, values in found.items() if values and len(values) > 1}


def stated(c: Control) -> list[Any] | None:
    """The stops that a control states, [] where it is to stay; None where a grid is to be made."""
    if c.stops is not None:
        values = list(c.stops)
        if c.kind == "choice":
            return [x for x in c.options if x in values or x == c.value] if values else []
        number = {"whole": int, "switch": bool}.get(c.kind, float)
        return sorted({c.value, *map(number, values)}) if values else []
    if c.kind == "choice":
        return list(c.options)
    return [False, True] if c.kind == "switch" else None


def even(c: Control, n: int) -> list[Any]:
    """About n even stops of a slider, the default in the place of the nearest."""
    space, ruler = (np.geomspace, np.log) if c.kind == "log" else (np.linspace, np.asarray)
    if c.kind == "whole":
        return sorted({*map(int, np.round(space(c.low, c.high, n))), c.value})
    low, value, high = ruler([c.low, c.value, c.high])
    k = min(round((value - low) / (high - low) * (n - 1)), n - 1 - (value < high))
    k = max(k, int(value > low))
    stops = [*space(c.low, c.value, k + 1), *space(c.value, c.high, n - k)[1:]]
    for digits in range(1, 7):  # inside, the roundest numbers that are still about even
        short = [stops[0], *(float(f"{x:.{digits}g}") for x in stops[1:-1]), stops[-1]]
        if np.abs(ruler(short) - ruler(stops)).max() < 0.15 * np.diff(ruler(stops)).min():
            break
    return [c.value if j == k else float(x) for j, x in enumerate(short)]


# ---- all states of a view ----------------------------------------------------------------------


class Table(NamedTuple):
    """All states of a view, as live.js reads them.

    ``layers``  for each part of the drawing: the looks it can have, as JSON, and which one each
                state has; states count through the stops, the last control fastest
    ``tiles``   the part of the picture that each layer's Axes takes, as an SVG viewBox
    ``fixed``   controls that stay at their defaults, and these
    """

    uid: str
    size: tuple[int, int]
    controls: dict[str, Control]
    grid: dict[str, list[Any]]
    fixed: dict[str, Any]
    styles: list[str]
    defs: list[str]
    layers: list[tuple[list[str], list[int]]]
    tiles: list[str]
    sentences: list[str]
    default: int


def table(
    view: View,
    uid: str,
    states: int = STATES,
    named: Mapping[str, Sequence[float]] | None = None,
) -> Table:
    """Run the view at every combination of the stops of its controls and note what it draws.

    ``uid`` begins the names of shapes in the page and must be new there; ``states`` and ``named``
    are those of `grid`. Raises
    NotImplementedError for what cannot be drawn as SVG, such as an image.
    """
    stops = grid(view.controls, states, named)
    sketch = vector.Sketch(view, uid)
    parts, moving = [*sketch.standing, *sketch.moving], {id(a) for a in sketch.moving}
    layers: list[tuple[dict[str, int], list[int]]] = [({}, []) for _ in parts]
    sentences, seen = [], {}
    with drawing(), np.errstate(all="ignore"):
        pen = sketch.pen
        tiles = [pen.tile(p if isinstance(p, Axes) else p.axes) for p in parts]
        for values in itertools.product(*stops.values()):
            changed = dict(zip(stops, values, strict=True))
            sentences.append(view.update(**view.defaults | changed))
            for part, (looks, which) in zip(parts, layers, strict=True):
                limits = (*part.get_xlim(), *part.get_ylim()) if isinstance(part, Axes) else ()
                key = (id(part), limits)
                if id(part) in moving or key not in seen:
                    drawn = pen.note(part, snap=id(part) not in moving)
                    seen[key] = looks.setdefault(_json(drawn), len(looks))
                which.append(seen[key])
    at = [values.index(view.controls[name].value) for name, values in stops.items()]
    default = int(np.ravel_multi_index(at, [len(v) for v in stops.values()])) if at else 0
    fixed = {name: value for name, value in view.defaults.items() if name not in stops}
    return Table(
        uid, (pen.width, pen.height), dict(view.controls), stops, fixed, list(pen.styles),
        list(pen.defs), [(list(a), b) for a, b in layers], tiles, sentences, default,
    )  # fmt: skip


def packed(t: Table) -> bytes:
    """What live.js unpacks. Layers with one look are in the markup only."""
    parts = [
        f"[{k},[{','.join(looks)}],{_json(which)}]"
        for k, (looks, which) in enumerate(t.layers)
        if len(looks) > 1
    ]
    text = (
        f'{{"styles":[{",".join(t.styles)}],"said":{_json(t.sentences)},'
        f'"layers":[{",".join(parts)}]}}'
    )
    return gzip.compress(text.encode(), 9, mtime=0)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


# ---- the element -------------------------------------------------------------------------------


def element(t: Table, data: bytes | None = None) -> str:
    """The view as HTML: controls, sentence, picture, and all its states. ``data``: `packed(t)`."""
    looks = [tuple(json.loads(s)) for s in t.styles]
    layers = "".join(
        f'<g data-tile="{tile}">{vector.svg(json.loads(drawn[which[t.default]]), looks)}</g>\n'
        for tile, (drawn, which) in zip(t.tiles, t.layers, strict=True)
    )
    width, height = t.size
    view_box = f"0 0 {width * vector.Q} {height * vector.Q}"
    controls = "".join(_input(t.controls[k], k, values) for k, values in t.grid.items())
    said = html.escape(t.sentences[t.default])
    blob = base64.b64encode(data or packed(t)).decode()
    return f"""<div class="lr-live" id="{t.uid}" role="group" aria-label="Live figure">
<fieldset class="lr-controls" disabled>{controls}<div class="lr-end">\
<button type="button">Reset</button>\
<small>The controls need JavaScript. This is the picture at its start.</small></div></fieldset>
<p class="lr-said" id="{t.uid}-said">{said}</p>
<span role="status" class="lr-spoken"></span>
<div class="lr-figure" role="img" aria-labelledby="{t.uid}-said">\
<svg aria-hidden="true" width="{width}" height="{height}" viewBox="{view_box}">
<defs>{"".join(t.defs)}</defs>{layers}</svg></div>{_note(t.fixed)}
<script type="application/gzip">{blob}</script></div>"""


def _note(fixed: Mapping[str, Any]) -> str:
    """Which controls stand still on the page."""
    if not fixed:
        return ""
    values = ", ".join(f"{name} = {word(value)}" for name, value in fixed.items())
    return (
        f'\n<p class="lr-note">Fixed on this page: {html.escape(values)}. '
        "In JupyterLab these have controls too.</p>"
    )


def _input(c: Control, name: str, values: list[Any]) -> str:
    shown, at = words(c, values), values.index(c.value)
    label = f"<span>{html.escape(name)}</span>"
    if c.kind == "switch":
        box = f'<input type="checkbox" autocomplete="off"{" checked" * bool(at)}>'
    elif c.kind == "choice":
        options = "".join(
            f"<option{' selected' * (k == at)}>{html.escape(w)}</option>"
            for k, w in enumerate(shown)
        )
        box = f'<select autocomplete="off">{options}</select>'
    else:
        named = html.escape(name)
        box = (
            f'<input type="range" min="0" max="{len(values) - 1}" step="1" value="{at}" '
            f'data-words="{html.escape(json.dumps(shown))}" aria-label="{named}" '
            f'aria-valuetext="{shown[at]}" autocomplete="off"><span>{shown[at]}</span>'
        )
    return f"<label>{label}{box}</label>"


def word(value: Any) -> str:
    """A value of a control as the page writes it.

    >>> word(0.09999999999999999), word(True), word("cosine")
    ('0.1', 'on', 'cosine')
    """
    if isinstance(value, bool):
        return "on" if value else "off"
    return value if isinstance(value, str) else num(value, 3)


def words(c: Control, values: list[Any]) -> list[str]:
    """The values of a control as the page writes them; options as they are."""
    return [str(v) if c.kind == "choice" else word(v) for v in values]
