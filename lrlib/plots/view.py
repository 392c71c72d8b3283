"""Views: figures that follow controls. `still` draws one once, `live.panel` adds sliders."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.figure import Figure

from .picture import Picture, drawing, picture


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


def still(view: View, **values: Any) -> Picture:
    """The view as a still picture, at its defaults or at the given values.

    Raises ValueError for a name the view has no control for."""
    for name in values:
        if name not in view.controls:
            raise ValueError(
                f"{name}: no control of this view, which has {', '.join(view.controls)}"
            )
    with drawing(), np.errstate(all="ignore"):
        sentence = view.update(**{**view.defaults, **values})
    return picture(view.figure, sentence)
