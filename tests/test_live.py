"""What the browser may do to a panel besides moving one slider."""

import math
import threading
import time

import pytest
from ipywidgets import FloatLogSlider
from matplotlib.lines import Line2D

from lrlib import live
from lrlib.plots import Control, View, figure


def two_lines() -> View:
    """Two controls, each the height of one moving line."""
    fig, axes = figure(3, 2)
    lines: dict[str, Line2D] = {name: axes["a"].plot([0, 1], [0, 1])[0] for name in "ab"}

    def update(a: float, b: float) -> str:
        for line, height in zip(lines.values(), (a, b), strict=True):
            line.set_ydata([0, height])
        return f"a = {a:.3g}, b = {b:.3g}"

    return View(fig, lines, update, {"a": Control(0.5), "b": Control(0.5)})


def test_callbacks_in_two_threads_draw_one_after_the_other() -> None:
    """JupyterLab calls sliders in one thread of the kernel, buttons and cells in another."""
    view, drawing, most = two_lines(), [], []

    def slow_update(**values: float) -> str:
        drawing.append(values)
        most.append(len(drawing))
        time.sleep(0.02)  # long enough for the other thread to come in, if it may
        drawing.pop()
        return view.update(**values)

    panel = live.panel(view._replace(update=slow_update))

    def move(name: str) -> None:
        for height in (0.2, 0.8, 1.0):
            panel.controls[name].value = height

    threads = [threading.Thread(target=move, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 1
    assert panel.sentence == "a = 1, b = 1"


@pytest.mark.parametrize(
    "control",
    [
        Control(0.1, 1e-6, 3.0, "log"),
        Control(1e-6, 1e-6, 3.0, "log"),
        Control(3.0, 1e-6, 3.0, "log"),
        Control(0.9, 0.0, 0.999),
        Control(0.0, 0.0, 0.999),
        Control(0.001, 0.0, 1.0),
    ],
)
def test_the_default_lies_on_a_step(control: Control) -> None:
    """The page rounds to steps counted from the low end; a default between two would move."""
    view = two_lines()._replace(controls={"a": control, "b": Control(0.5)})
    slider = live.panel(view).controls["a"]
    log = isinstance(slider, FloatLogSlider)
    value = math.log10(slider.value) if log else slider.value
    steps = (value - slider.min) / slider.step
    assert steps == pytest.approx(round(steps), abs=1e-6)
    assert slider.value == control.value
    ends = [slider.base**end if log else end for end in (slider.min, slider.max)]
    assert ends == pytest.approx([control.low, control.high])
