"""Every notebook in JupyterLab under headless Chromium: run, and every control of it used."""

import contextlib
import pathlib
import shutil
from collections.abc import Iterator

import browser
import pytest
import refresh
import slices
from lesson import COLLAPSED, lacking
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from lrlib import choose, predict

if not browser.chromium():
    reason = "no Chromium here: install it, or name a Chromium or Chrome in LAB_CHROMIUM"
    pytest.skip(reason, allow_module_level=True)

NOTEBOOKS = sorted(path.name for path in refresh.NOTEBOOKS.glob("*.ipynb"))


@pytest.fixture(scope="module")
def desk() -> Iterator[browser.Desk]:
    """One browser and one server for all notebooks of a worker, which have their turn at a run."""
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(browser.lab_server())
        yield browser.Desk(stack.enter_context(browser.browser()), server)


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebook_in_the_browser(desk: browser.Desk, name: str) -> None:
    if reason := lacking(refresh.read(refresh.NOTEBOOKS / name)):
        pytest.skip(f"{name} {reason}")
    assert browser.drive(desk, f"notebooks/{name}", whole=slices.IN_FULL) == []


def test_a_page_that_is_lost_is_opened_anew(desk: browser.Desk) -> None:
    path = "notebooks/00_start_here.ipynb"
    desk.open(path).page.close()
    assert desk.open(path).page.evaluate(browser.IN_FRONT, path)
    desk.clear()


PROSE = """() => [...document.querySelectorAll('.jp-MarkdownCell p')].map(p => {
    const style = getComputedStyle(p), pen = document.createElement('canvas').getContext('2d');
    pen.font = style.font;
    const letter = pen.measureText(p.innerText).width / Math.max(1, p.innerText.length);
    return [parseFloat(style.fontSize), p.clientWidth / letter, p.innerText.length];
})"""
SAVED = "() => window.jupyterapp.commands.execute('docmanager:save').then(() => null)"
DRAWN = ".lr-figure svg[role=img]"
PANEL = """() => {
    const drawn = document.querySelector('.lr-figure svg[role=img]');
    return drawn ? [drawn.querySelectorAll('path').length, drawn.ariaLabel] : [0, ''];
}"""


STORED = """() => window.jupyterapp.shell.currentWidget.content.widgets
    .filter(cell => cell.node.querySelector('.jp-OutputArea-output'))
    .map(cell => cell.model.trusted)"""


def states(path: pathlib.Path) -> int:
    """How many widgets a saved notebook holds."""
    kept = refresh.read(path).metadata.get("widgets", {})
    return sum(len(kind["state"]) for kind in kept.values())


@pytest.fixture
def at_home(desk: browser.Desk) -> Iterator[browser.Desk]:
    """A server and a browser that nobody has used: as after `make lab` for the first time."""
    with browser.lab_server() as server:
        context = desk.context.browser.new_context()
        yield browser.Desk(context, server)
        context.close()


def test_make_lab_reads_well_and_a_saved_lesson_opens_with_its_panels(
    at_home: browser.Desk,
) -> None:
    """File list closed, prose of 16 px in lines of about 80 characters, and figures that last."""
    context, server = at_home.context, at_home.server
    file = server.folder / "saved.ipynb"
    shutil.copy(refresh.NOTEBOOKS / NOTEBOOKS[0], file)
    with contextlib.closing(browser.Notebook(context, server, file.name, "")) as first:
        assert not first.page.locator("#jp-left-stack").is_visible()
        first.page.set_viewport_size({"width": 1920, "height": 1080})
        first.page.wait_for_function(f"() => ({PROSE})().some(([, width]) => width > 0)")
        lines = first.page.evaluate(PROSE)
        assert {size for size, _, _ in lines} == {16}
        assert all(width < 95 for _, width, length in lines if length > 200)
        assert max(width for _, width, _ in lines) > 65
        first.run_all()
        first.page.wait_for_selector(DRAWN)
        shown = first.page.evaluate(PANEL)
        assert first.page.evaluate(browser.IN_FRONT, file.name)
        first.page.evaluate(SAVED)
        assert states(file) > 10
    with contextlib.closing(browser.Notebook(context, server, file.name)) as again:
        trusted = again.page.evaluate(STORED)
        assert trusted and all(trusted)
        again.page.wait_for_selector(DRAWN, timeout=60_000)
        assert again.page.evaluate(PANEL) == shown
        assert shown[0] > 1 and "loss" in shown[1]
        assert again.faults() == []


BROKEN = """\
from IPython.display import HTML, display
from lrlib import live, plots
display(HTML('<img src="http://192.0.2.1/x.png">'))
fig, axes = plots.figure(3, 2)
(line,) = axes["a"].plot([0, 1], [0, 1])
def update(still, dead, raises):
    if raises:
        raise ZeroDivisionError("in a callback")
    line.set_ydata([0, dead])
    return f"still {still:.3g}, raises {raises}"
controls = {"still": plots.Control(0.5), "dead": plots.Control(0.5)}
controls["raises"] = plots.Control(False, kind="switch")
live.panel(plots.View(fig, {"line": line}, update, controls))"""


def test_what_is_wrong_in_the_page_is_found(
    desk: browser.Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browser, "PATIENCE", 1.0)
    nb = new_notebook(cells=[new_code_cell(BROKEN), new_code_cell("1 / 0")])
    (desk.server.folder / "broken.ipynb").write_text(refresh.as_text(refresh.normalise(nb)))
    faults = browser.drive(desk, "broken.ipynb")
    expected = {
        "cell: ZeroDivisionError: division by zero",
        "callback: ZeroDivisionError: in a callback",
        "request that leaves this machine: http://192.0.2.1/x.png",
        "pictures without alt text: 1",
    }
    for how in ("ArrowRight", "mouse", "Home", "End"):
        for what in ("alt", "words"):
            expected.add(f"panel 1, dead by {how}: {what} did not follow")
    for what in ("picture", "alt", "words"):
        expected.add(f"panel 1, raises by click: {what} did not follow")
    for name in ("still", "raises"):
        expected.add(f"panel 1, {name}: the picture never changed")
    assert expected == set(faults)


SETUP = """\
from lrlib import choose, predict
up = ["up", "down"]"""
GUESS, CALL = {"tags": ["guess"]}, {"tags": ["predict"], "jupyter": {"source_hidden": True}}


def asked(guess: str, call: str, answer: object) -> list[NotebookNode]:
    """The two cells of a prediction, with what the second one shows."""
    stored = new_output("execute_result", answer._repr_mimebundle_(), execution_count=1)
    return [
        new_code_cell(guess, metadata=GUESS),
        new_code_cell(call, metadata=CALL, outputs=[stored]),
    ]


def test_what_can_be_peeked_at_is_found(desk: browser.Desk) -> None:
    limit, which = (
        predict("limit", None, 0.2826),
        choose("Which?", None, ["up", "down"], "b", "So."),
    )
    cells = [
        new_code_cell(SETUP),
        *asked("g1 = None", '# Compare\npredict("limit", g1, 0.2826)', limit),
        *asked("g2 = None", '# Compare\nchoose("Which?", g2, up, "b", "So.")', which),
        *asked("g3 = None  # 0.28", 'predict("limit", g3, 0.2826)', limit),
        *asked(
            "g4 = None",
            '# Compare\nunseen = predict("limit", g4, 0.2826)',
            predict("limit", 0.5, 0.2826),
        ),
        *asked("g5 = None", '# Compare\npredict("limit", None, 0.2826)', limit),
    ]
    nb = refresh.normalise(new_notebook(cells=cells))
    (desk.server.folder / "peeked.ipynb").write_text(refresh.as_text(nb))
    called = "the cell of the call says 0.2826, the value called observed is 0.2826"
    assert set(browser.drive(desk, "peeked.ipynb")) == {
        "cell 7, before the guess: the cell of the guess says 0.28, the value called observed is "
        "0.2826",
        f"cell 7, before the guess: {called}",
        f"cell 9, before the guess: {called}",
        "cell 9, before the guess: its stored output is no prediction without a guess",
        "cell 9, after the guess: observed, 0.2826, is not shown",
        "cell 9, after the guess: the guess is not shown",
        "cell 11, after the guess: observed, 0.2826, is not shown",
        "cell 11, after the guess: the guess is not shown",
        "no live panel",
    }


CLOSED = """() => [...document.querySelectorAll('.jp-Notebook .jp-Cell')]
    .map(cell => cell.getBoundingClientRect().height > 0)"""


def test_going_deeper_is_closed_when_a_lesson_is_opened_and_runs_with_it(
    desk: browser.Desk,
) -> None:
    context, server = desk.context, desk.server
    cells = [
        new_markdown_cell("## Going deeper", metadata={COLLAPSED: True}),
        new_markdown_cell("### A part"),
        new_code_cell("x = 40 + 2"),
        new_markdown_cell("## In practice"),
        new_code_cell("print(x)"),
    ]
    text = refresh.as_text(refresh.normalise(new_notebook(cells=cells)))
    (server.folder / "closed.ipynb").write_text(text)
    with contextlib.closing(browser.Notebook(context, server, "closed.ipynb")) as notebook:
        notebook.page.wait_for_function(f"() => ({CLOSED})().includes(true)")
        assert notebook.page.evaluate(CLOSED) == [True, False, False, True, True]
        notebook.run_all()
        assert notebook.faults() == []
        assert notebook.page.locator(".jp-OutputArea-output:visible").inner_text().strip() == "42"
        notebook.open_headings()
        assert notebook.page.evaluate(CLOSED) == [True] * 5
