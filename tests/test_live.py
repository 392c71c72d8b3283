"""What the browser may do to a panel besides moving one slider."""

import importlib
import math
import sys
import threading
import time
from collections.abc import Callable

import ipywidgets
import pytest
from drawn_examples import examples
from IPython.core.formatters import DisplayFormatter
from ipywidgets import FloatLogSlider
from matplotlib.lines import Line2D

from lrlib import live
from lrlib.plots import Control, View, figure
from lrlib.plots.picture import Layout
from lrlib.plots.vector import Pen

VIEWS = {name: make for _, name, make in examples(View)}


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


def test_reset_draws_once_and_speaks_once() -> None:
    drawn, view = [], two_lines()

    def update(**values: float) -> str:
        drawn.append(values)
        return view.update(**values)

    panel = live.panel(view._replace(update=update))
    for control in panel.controls.values():
        control.value = 0.9
    drawn.clear()
    said: list[str] = []
    panel._words.observe(lambda change: said.append(change["new"]), "value")
    panel.reset()
    assert drawn == [{"a": 0.5, "b": 0.5}]
    assert len(said) == 1 and "a = 0.5, b = 0.5" in said[0]


def test_only_what_moved_is_sent() -> None:
    panel, sent = live.panel(two_lines()), []
    panel.still.observe(lambda change: sent.append("still"), "value")
    panel.moving.observe(lambda change: sent.append("moving"), "value")
    panel.controls["a"].value = 0.9
    assert sent == ["moving"]


def test_no_line_ends_within_a_small_number() -> None:
    panel = live.panel(two_lines())
    panel.controls["a"].value = 0.9
    assert "white-space" not in panel._words.value
    small = two_lines()._replace(update=lambda a, b: "at most 4.4e-6, a = 1 & b > 0")
    said = live.panel(small)._words.value
    assert 'at most <span style="white-space:nowrap">4.4e-6</span>, a = 1 &amp; b &gt; 0' in said


def test_the_picture_to_keep_is_that_of_the_defaults_and_leaves_the_panel_as_it_is() -> None:
    panel = live.panel(two_lines())
    panel.controls["a"].value = 0.9
    shown = panel.shown
    data, _ = panel._repr_mimebundle_()
    assert data["text/plain"] == "a = 0.5, b = 0.5"
    assert data["image/png"] == live.panel(two_lines())._repr_mimebundle_()[0]["image/png"]
    panel._redraw()
    assert panel.shown == shown


@pytest.mark.parametrize("name", VIEWS)
def test_a_panel_is_laid_out_once_and_each_of_its_parts_drawn_once(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What building takes: layout and ticks. `make bench` says how long, 0.1 to 0.25 s."""
    done: list[str] = []

    def counted(what: str, function: Callable) -> Callable:
        return lambda *args, **how: (done.append(what), function(*args, **how))[1]

    monkeypatch.setattr(Layout, "execute", counted("layout", Layout.execute))
    monkeypatch.setattr(Pen, "note", counted("part", Pen.note))
    view = VIEWS[name]()
    panel = live.panel(view._replace(update=counted("update", view.update)))
    parts = [*panel._sketch.standing, *panel._sketch.moving]
    assert (done.count("layout"), done.count("update")) == (1, 2)
    assert done.count("part") == len(parts)
    axes = [axis for ax in view.figure.axes for axis in (ax.xaxis, ax.yaxis)]
    ticks = sum(len(axis.majorTicks) + len(axis.minorTicks) for axis in axes)
    assert ticks <= 110, f"{ticks} ticks, of which each takes a millisecond"


def test_old_widgets_are_refused_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ipywidgets, "__version__", "7.6.5")
    monkeypatch.delitem(sys.modules, "lrlib.live")
    with pytest.raises(ImportError, match=r"^ipywidgets 7.6.5: live panels need 7.7 or newer; pip"):
        importlib.import_module("lrlib.live")


def test_a_widget_that_displays_itself_as_those_of_7_do_still_hands_out_its_picture(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    by_itself: list[object] = []
    monkeypatch.setattr(ipywidgets.Box, "_ipython_display_", by_itself.append, raising=False)
    monkeypatch.delattr(ipywidgets.Widget, "_repr_mimebundle_", raising=False)
    shown = live.panel(two_lines())
    data, more = DisplayFormatter().format(shown)
    assert not by_itself
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == shown.model_id
    assert data["text/plain"] == more["image/png"]["alt"] == "a = 0.5, b = 0.5"
    assert data["image/png"]
