"""Views: figures that follow controls. `still` draws one once, `live.panel` adds sliders."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from .picture import Picture, drawing, palette, png


class Control(NamedTuple):
    """One hyperparameter of a view.

    ``kind``     "linear", "log", "whole", "choice" or "switch"
    ``options``  of a choice
    ``stops``    values that a page without a kernel offers; None: an even grid, (): the default
                 alone
    """

    value: Any
    low: float = 0.0
    high: float = 1.0
    kind: str = "linear"
    options: Sequence[Any] = ()
    stops: Sequence[Any] | None = None


class View(NamedTuple):
    """A figure whose ``moving`` artists, by name, follow its controls.

    ``update(**values)`` moves them and returns a sentence with the values and the result. What is
    not in ``moving`` is drawn once, and again when an Axes gets new limits.
    """

    figure: Figure
    moving: Mapping[str, Artist]
    update: Callable[..., str]
    controls: Mapping[str, Control]

    @property
    def defaults(self) -> dict[str, Any]:
        """The value of each control at the start."""
        return {name: c.value for name, c in self.controls.items()}


class Painter:
    """Draws a view again and again: the background when limits are new, else only what moves."""

    def __init__(self, view: View):
        self.view = view
        for name, artist in view.moving.items():
            artist.set_animated(True)
            artist.set_gid(name)
        self.order = sorted(view.moving.values(), key=lambda a: a.get_zorder())
        with drawing(), np.errstate(all="ignore"):
            view.update(**self.defaults)
            view.figure.canvas.draw()
            view.figure.set_layout_engine("none")
            self._draw_background()
        self._draw(self.defaults)
        self.palette = palette(view.figure, 128)

    @property
    def defaults(self) -> dict[str, Any]:
        return self.view.defaults

    def _limits(self) -> list[tuple[float, ...]]:
        return [(*ax.get_xlim(), *ax.get_ylim()) for ax in self.view.figure.axes]

    def _draw_background(self) -> None:
        canvas = self.view.figure.canvas
        canvas.draw()
        self.background, self.limits = canvas.copy_from_bbox(self.view.figure.bbox), self._limits()

    def _draw(self, values: dict[str, Any]) -> str:
        canvas = self.view.figure.canvas
        with drawing(), np.errstate(all="ignore"):
            sentence = self.view.update(**values)
            if self._limits() != self.limits:
                self._draw_background()
            canvas.restore_region(self.background)
            for artist in self.order:
                artist.draw(canvas.get_renderer())
        return sentence

    def still(self, **values: Any) -> Picture:
        """A picture to keep: small."""
        sentence, fig = self._draw(values), self.view.figure
        return Picture(png(fig, palette(fig, 48)), sentence, fig)

    def frame(self, **values: Any) -> Picture:
        """A picture to show now: fast."""
        sentence, fig = self._draw(values), self.view.figure
        return Picture(png(fig, self.palette, fast=True), sentence, fig)


def still(view: View, **values: Any) -> Picture:
    """The view as a still picture, at its defaults or at the given values.

    Raises ValueError for a name the view has no control for."""
    for name in values:
        if name not in view.controls:
            raise ValueError(
                f"{name}: no control of this view, which has {', '.join(view.controls)}"
            )
    painter = Painter(view)
    return painter.still(**{**painter.defaults, **values})
