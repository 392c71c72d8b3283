"""Lessons' panels in a notebook's kernel, each as four things that can be timed side by side.

empty      a slider and a label that repeats its value: what no panel can be faster than
panel      the lesson's own, live.panel(...)
interact   ipywidgets.interact; the same figure is drawn from scratch and shown by pyplot
ipympl     the same figure on an ipympl canvas, which redraws all of it
"""

import ast
import contextlib
import io
import json
import pathlib
import statistics
import time
from collections.abc import Callable
from typing import Any

import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
from ipympl.backend_nbagg import Canvas, FigureManager

from lrlib import live
from lrlib.plots import View, drawing

Factory = Callable[[], View]


def find(notebook: pathlib.Path) -> list[Factory]:
    """A maker of views for each live.panel(...) of a notebook, after its cells have run."""
    cells = json.loads(notebook.read_text())["cells"]
    sources = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
    calls = [
        [
            node.args[0]
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "live.panel"
        ]
        for source in sources
    ]
    last = max(k for k, found in enumerate(calls) if found)
    names: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        for source in sources[: last + 1]:
            exec(source, names)
    codes = [compile(ast.Expression(node), "view", "eval") for found in calls for node in found]
    return [lambda code=code: eval(code, names) for code in codes]


def slider(view: View) -> str:
    """The control that is moved: the first that is a slider, or a choice where there is none."""
    kinds = [("linear", "log", "whole"), ("choice",)]
    return next(k for kind in kinds for k, c in view.controls.items() if c.kind in kind)


def empty(view: View) -> widgets.Widget:
    control, label = live._widget(slider(view), view.controls[slider(view)]), widgets.HTML()
    control.observe(lambda change: setattr(label, "value", f"{change['new']}"), "value")
    return widgets.VBox([control, label])


def panel(view: View, log: pathlib.Path) -> widgets.Widget:
    """The lesson's panel. ``log`` gets a line an event: the moved value and what was said."""
    name, lines = slider(view), log.open("w", buffering=1)
    order = list(view.controls[name].options or [])

    def update(**values: Any) -> str:
        sentence, value = view.update(**values), values[name]
        print(json.dumps([order.index(value) if order else value, sentence]), file=lines)
        return sentence

    return live.panel(view._replace(update=update))


def interact(make: Factory) -> widgets.Widget:
    controls = {name: live._widget(name, c) for name, c in make().controls.items()}

    def draw(**values: Any) -> None:
        view = make()
        with np.errstate(all="ignore"):
            view.update(**values)
        plt.figure(view.figure)
        plt.show()

    return widgets.interactive(draw, **controls)


def ipympl(view: View) -> widgets.Widget:
    controls = {name: live._widget(name, c) for name, c in view.controls.items()}
    canvas = Canvas(view.figure)
    canvas.header_visible = canvas.footer_visible = canvas.toolbar_visible = False
    FigureManager(canvas, 0)

    def draw(change: Any = None) -> None:
        with drawing(), np.errstate(all="ignore"):
            view.update(**{name: control.value for name, control in controls.items()})
        canvas.draw_idle()

    for control in controls.values():
        control.observe(draw, "value")
    draw()
    return widgets.VBox([*controls.values(), canvas])


def built(make: Factory) -> float:
    """Seconds from the view to a panel that can be shown, the median of three."""
    times = []
    for _ in range(4):  # the first is not counted: it measures the words
        start = time.perf_counter()
        live.panel(make())
        times.append(time.perf_counter() - start)
    return statistics.median(times[1:])


def all_four(make: Factory, log: pathlib.Path) -> widgets.Widget:
    boxes = {
        "empty": empty(make()),
        "panel": panel(make(), log),
        "interact": interact(make),
        "ipympl": ipympl(make()),
    }
    for name, box in boxes.items():
        box.add_class(f"bench-{name}")
    return widgets.VBox(list(boxes.values()))
