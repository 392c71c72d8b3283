"""The panels of the lessons, made from the statements that they need, for the pages."""

import lesson
import live_figures
import pages
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from lrlib import page
from lrlib.plots import Control

COURSE = lesson.course(pages.ROOT / "notebooks")
PANELS = {panel.name: panel for one in COURSE for panel in live_figures.panels(one)}


def test_every_panel_of_every_lesson_is_found() -> None:
    cells = [cell for one in COURSE for cell in one.nb.cells if pages.is_panel(cell)]
    assert len(PANELS) == len(cells) > 0
    assert all(panel.said for panel in PANELS.values())


@pytest.mark.parametrize("name", PANELS)
def test_what_a_panel_needs_is_enough_for_what_its_stored_picture_says(name: str) -> None:
    view = live_figures.view(PANELS[name])
    assert view.update(**view.defaults) == PANELS[name].said
    assert page.grid(view.controls)  # something moves on the page


def lesson_of(*sources: str, said: str = "") -> lesson.Lesson:
    cells = [new_code_cell(source) for source in sources]
    if said:
        cells[-1].outputs = [new_output("execute_result", {"image/png": "", "text/plain": said})]
    return lesson.Lesson(pages.ROOT / "notebooks" / "77_t.ipynb", new_notebook(cells=cells))


SMALL = """\
from lrlib.plots import Control, View, figure
fig, axes = figure(3, 2)
(line,) = axes["a"].plot([0, 1], [0, 1])
controls = {"lr": Control(0.5, stops=(0.0, 1.0))}"""
VIEW = """\
def update(lr):
    line.set_ydata([0, lr])
    return f"lr = {lr}, {word}\""""


def test_only_what_a_panel_needs_runs() -> None:
    panel_cell = 'live.panel(View(fig, {"line": line}, update, controls))'
    one = lesson_of('word = "x"', "raise SystemExit", SMALL, VIEW, 'word = "y"', panel_cell, "1/0")
    (panel,) = live_figures.panels(one)
    assert "SystemExit" not in panel.code and "1 / 0" not in panel.code
    assert live_figures.view(panel).update(lr=0.5) == "lr = 0.5, y"


def test_a_panel_that_says_something_else_than_the_stored_one_stops_the_build() -> None:
    cell = 'live.panel(View(fig, {"line": line}, update, controls))'
    sources = ('word = "x"', SMALL, VIEW, cell)
    (panel,) = live_figures.panels(lesson_of(*sources, said="lr = 0.5, x"))
    made = live_figures.figure(panel, 100_000)
    assert made.states == 3 and made.grid == {"lr": ["0", "0.5", "1"]} and made.fixed == []
    with pytest.raises(pages.PageError, match="stored is “lr"):
        live_figures.figure(panel._replace(said="lr = 0.4, x"), 100_000)
    with pytest.raises(pages.PageError, match="state fewer stops"):
        live_figures.figure(panel, 100)


def test_a_figure_is_made_once(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_figures, "CACHE", tmp_path)
    cell = 'live.panel(View(fig, {"line": line}, update, controls))'
    (panel,) = live_figures.panels(lesson_of('word = "x"', SMALL, VIEW, cell))
    once = live_figures.kept(panel, 100_000, "a")
    monkeypatch.setattr(live_figures, "figure", lambda *_: pytest.fail("made again"))
    assert live_figures.kept(panel, 100_000, "a") == once
    with pytest.raises(pytest.fail.Exception):
        live_figures.kept(panel._replace(code=panel.code + "\n"), 100_000, "a")
    with pytest.raises(pytest.fail.Exception):
        live_figures.kept(panel, 100_000, "b")  # lrlib has changed


def test_what_the_text_names_is_a_stop() -> None:
    text = "Set `lr` to 0.4, then eps = 1000. At $10^{-3}$ no. Try `lr` $10^{-2}$, `k` down to 7."
    controls = {
        "lr": Control(0.1, 0.001, 1.0, "log"),
        "eps": Control(1.0, 0.1, 100.0, stops=(0.1, 10)),
        "k": Control(3, 1, 9, "whole", stops=(1,)),
        "mode": Control("a", kind="choice", options=["a", "b"]),
    }
    named = live_figures.named(text, controls)
    assert named == {"lr": [0.01, 0.4], "eps": [1000.0], "k": [7]}
    grid = page.grid(controls, 100, named)
    assert {0.01, 0.4, 0.001, 1.0} <= set(grid["lr"])
    assert grid["k"] == [1, 3, 7]
    assert grid["eps"] == [0.1, 1.0, 10.0]  # 1000 is beyond its range
