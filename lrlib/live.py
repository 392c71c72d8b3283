"""Sliders to moving figure. One class, and the one line that makes a view live.

A slider event redraws only what moves, as SVG, and puts drawing and a line of words into the page
at once. No pyplot, no backend, no Output widget: exceptions are not swallowed, and a notebook that
has not run yet shows the picture at its defaults.
"""

import html
import math
import re
from typing import Any

import ipywidgets as widgets

from .plots import LOCK, Control, View, still
from .plots.vector import Layers, Sketch, style

if tuple(map(int, widgets.__version__.split(".")[:2])) < (7, 7):  # Colab has 7.7
    raise ImportError(
        f"ipywidgets {widgets.__version__}: live panels need 7.7 or newer; "
        'pip install "ipywidgets>=7.7" and restart the kernel'
    )

# Controls and words stand beside the figure where the window is wide, else above it in columns.
# The figure takes the width that is left and at most the height of a notebook's window.
STYLE = """
.lr-panel{display:flex;flex-flow:row wrap;align-items:flex-start;gap:2px 20px}
.lr-panel .lr-side{flex:1 1 23em;min-width:20em;display:block}
.lr-panel .lr-controls{display:grid;gap:0 18px;
  grid-template-columns:repeat(auto-fit,minmax(min(100%,20em),1fr))}
.lr-panel .lr-figure{flex:1000 1 32em;max-width:1200px;position:relative;overflow:hidden}
.lr-panel .lr-figure>*{margin:0;width:100%;height:auto;line-height:0}
.lr-panel .lr-figure>:last-child{position:absolute;top:0;left:0}
.lr-panel .lr-figure .widget-html-content{line-height:0;width:100%}
.lr-panel .lr-figure svg{display:block;width:100%;height:auto;max-height:calc(100vh - 170px)}
.lr-panel .lr-figure>:last-child svg{background:none}
.lr-panel .lr-controls>*{width:auto;height:auto;min-height:28px;min-width:0;margin:0}
.lr-panel .widget-label{height:auto;white-space:normal!important;line-height:1.1;align-self:center;
  overflow:visible;text-align:right}
.lr-panel .widget-readout{min-width:4.9em;max-width:4.9em}
.lr-panel .lr-words{font-size:var(--jp-content-font-size1,15px);line-height:1.4;margin-top:6px}
[data-jp-theme-light=false] .lr-panel .widget-dropdown>select{background-image:url("data:
image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 18 18'%3E%3Cpath
 fill='white' d='M5 7l4 4 4-4z'/%3E%3C/svg%3E")}
""".replace("\n", "")


def _widget(name: str, c: Control) -> widgets.ValueWidget:
    label = name.replace("_", "_\u200b")  # a long name may break there
    common: dict[str, Any] = {"description": label, "value": c.value}
    common |= {"style": {"description_width": "6.8em"}}
    if c.kind == "log":  # this slider counts in exponents of 10
        low, high = math.log10(c.low), math.log10(c.high)
        step = _step(math.log10(c.value), low, high, 120)
        return widgets.FloatLogSlider(min=low, max=high, step=step, readout_format=".3g", **common)
    if c.kind == "linear":
        step = _step(c.value, c.low, c.high, 100)
        return widgets.FloatSlider(min=c.low, max=c.high, step=step, readout_format=".3g", **common)
    if c.kind == "whole":
        return widgets.IntSlider(min=int(c.low), max=int(c.high), **common)
    if c.kind == "choice":
        return widgets.Dropdown(options=list(c.options), **common)
    if c.kind == "switch":
        return widgets.Checkbox(**common, indent=True)
    raise ValueError(f'kind = {c.kind!r}: must be "linear", "log", "whole", "choice" or "switch"')


def _step(value: float, low: float, high: float, parts: int) -> float:
    """About 1 / parts of the range, with the default on a step: the browser rounds to steps."""
    if value == low:
        return (high - low) / parts
    return (value - low) / max(1, round(parts * (value - low) / (high - low)))


def _whole(words: str) -> str:
    """The words as HTML in which no line ends within 4.4e-6."""
    return re.sub(r"\S+e-\d+", r'<span style="white-space:nowrap">\g<0></span>', words)


def _box(name: str, *children: widgets.Widget) -> widgets.Box:
    box = widgets.Box(children)
    box.add_class(name)
    return box


class Panel(widgets.Box):
    """Controls, one drawing, one line of text.

    ``controls``  name -> widget; ``shown`` the drawing in layers and its sentence; ``still`` and
    ``moving`` the HTML widgets that hold the layers. The text is a live region for screen readers
    and the label of the drawing.
    """

    def __init__(self, view: View):
        self.view, self._quiet = view, False
        self.controls = {name: _widget(name, c) for name, c in view.controls.items()}
        self.still, self.moving, self._words = (widgets.HTML() for _ in range(3))
        reset = widgets.Button(description="Reset", layout={"width": "6em"})
        reset.on_click(lambda _: self.reset())
        controls = _box("lr-controls", *self.controls.values())
        side = _box("lr-side", controls, reset, self._words)
        figure = _box("lr-figure", self.still, self.moving)
        figure.add_class("lr-live")
        look = widgets.HTML(f"<style>{style()}{STYLE}</style>", layout={"display": "none"})
        super().__init__([side, figure, look])
        self.add_class("lr-panel")
        self._sketch = Sketch(view, f"lr{self.model_id[:8]}")
        for control in self.controls.values():
            control.observe(self._redraw, "value")
        self._redraw()

    @property
    def values(self) -> dict[str, Any]:
        """What the controls say now."""
        return {name: c.value for name, c in self.controls.items()}

    @property
    def drawn(self) -> str:
        """The SVG that the panel shows now."""
        return self.shown.still + self.shown.moving

    @property
    def sentence(self) -> str:
        """What the panel says now."""
        return self.shown.sentence

    def reset(self) -> None:
        """Every control back to its default; drawn and said once."""
        with LOCK:
            self._quiet = True
            try:
                for name, value in self.view.defaults.items():
                    self.controls[name].value = value
            finally:
                self._quiet = False
            self._redraw()

    def _redraw(self, change: Any = None) -> None:
        with LOCK:  # the values are read inside, so the last frame shows the last ones
            if self._quiet:
                return
            self.shown: Layers = self._sketch.frame(**self.values)
            words, size = html.escape(self.sentence), self._sketch.size
            self.still.value = f"<svg aria-hidden=true {size}>{self.shown.still}</svg>"
            self.moving.value = (
                f'<svg role="img" aria-label="{words}" {size}>{self.shown.moving}</svg>'
            )
            self._words.value = (
                f'<div class="lr-words" role="status" aria-live="polite">{_whole(words)}</div>'
            )

    _ipython_display_ = None  # with it ipywidgets 7 would show no picture and keep none

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None):
        picture = self._at_defaults()
        view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        data = {"application/vnd.jupyter.widget-view+json": view, **picture.stored}
        return data, {"image/png": {"alt": picture.sentence}}

    def _at_defaults(self):
        """What a notebook keeps: the picture at the defaults."""
        with LOCK:
            for artist in self.view.moving.values():
                artist.set_animated(False)
            try:
                return still(self.view)
            finally:
                for artist in self.view.moving.values():
                    artist.set_animated(True)


def panel(view: View) -> Panel:
    """The view with its sliders."""
    return Panel(view)
