"""Sliders to moving figure. One class, and the one line that makes a view live.

A slider event redraws only what moves, and puts the picture, its alt text and a line of words into
the page at once. No pyplot, no backend, no Output widget: exceptions are not swallowed, and a
notebook that has not run yet shows the picture at its defaults.
"""

import html
import math
from typing import Any

import ipywidgets as widgets

from .plots import LOCK, Control, Painter, View


def _widget(name: str, c: Control, wide: str) -> widgets.ValueWidget:
    style = {"description_width": wide}
    common: dict[str, Any] = {"description": name, "value": c.value, "style": style}
    slider = {**common, "layout": {"width": "34em"}}
    if c.kind == "log":  # this slider counts in exponents of 10
        low, high = math.log10(c.low), math.log10(c.high)
        step = _step(math.log10(c.value), low, high, 120)
        return widgets.FloatLogSlider(min=low, max=high, step=step, readout_format=".3g", **slider)
    if c.kind == "linear":
        step = _step(c.value, c.low, c.high, 100)
        return widgets.FloatSlider(min=c.low, max=c.high, step=step, readout_format=".3g", **slider)
    if c.kind == "whole":
        return widgets.IntSlider(min=int(c.low), max=int(c.high), **slider)
    if c.kind == "choice":
        return widgets.Dropdown(options=list(c.options), **common, layout={"width": "24em"})
    if c.kind == "switch":
        return widgets.Checkbox(**common, indent=True)
    raise ValueError(f'kind = {c.kind!r}: must be "linear", "log", "whole", "choice" or "switch"')


def _step(value: float, low: float, high: float, parts: int) -> float:
    """About 1 / parts of the range, with the default on a step: the browser rounds to steps."""
    if value == low:
        return (high - low) / parts
    return (value - low) / max(1, round(parts * (value - low) / (high - low)))


# ipywidgets draws a black arrow on drop-downs, whatever the theme
ARROW = (
    '<style>[data-jp-theme-light=false] .widget-dropdown > select {background-image: url("data:'
    "image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 18 18'%3E%3Cpath "
    "fill='white' d='M5 7l4 4 4-4z'/%3E%3C/svg%3E\")}</style>"
)


class Panel(widgets.VBox):
    """Controls, one picture, one line of text.

    ``controls``  name -> widget; ``picture`` the HTML widget that holds the image; ``sentence`` and
    ``png`` what is shown now. The text is a live region for screen readers and the image's alt.
    """

    def __init__(self, view: View):
        self._painter = Painter(view)
        wide = f"{max(9.5, 0.54 * max(map(len, view.controls)))}em"  # the longest name fits
        self.controls = {name: _widget(name, c, wide) for name, c in view.controls.items()}
        self._defaults = self._painter.defaults
        self.picture, self._text = widgets.HTML(), widgets.HTML()
        self._still = self._painter.still(**self._defaults)
        reset = widgets.Button(description="Reset", layout={"width": "6em"})
        reset.on_click(lambda _: self.reset())
        last = widgets.HBox([reset, widgets.HTML(ARROW)])
        for control in self.controls.values():
            control.observe(self._redraw, "value")
        super().__init__([*self.controls.values(), self._text, self.picture, last])
        self._redraw()

    @property
    def values(self) -> dict[str, Any]:
        return {name: c.value for name, c in self.controls.items()}

    def reset(self) -> None:
        """Every control back to its default."""
        for name, value in self._defaults.items():
            self.controls[name].value = value

    def _redraw(self, change: Any = None) -> None:
        with LOCK:  # the values are read inside, so the last frame shows the last ones
            now = self._painter.frame(**self.values)
            self.png, self.sentence = now.png, now.sentence
            words = html.escape(self.sentence)
            self._text.value = (
                f'<div role="status" aria-live="polite" style="font-size:110%">{words}</div>'
            )
            self.picture.value = now.html

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None):
        bundle = super()._repr_mimebundle_(include=include, exclude=exclude)
        return {**bundle, **self._still.stored}, {"image/png": {"alt": self._still.sentence}}


def panel(view: View) -> Panel:
    """The view with its sliders."""
    return Panel(view)
