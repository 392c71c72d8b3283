"""The checks of notebook_checks.py, each on a notebook or a panel that it must refuse."""

import base64
import io
import pathlib
import warnings
from collections.abc import Callable

import nbformat
import numpy as np
import pytest
import refresh
import template
from lesson import code_cells
from matplotlib.lines import Line2D
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from notebook_checks import panel_faults, picture_faults, play, storage_faults
from PIL import Image

from lrlib import live, plots, predict
from lrlib.plots import Control, View, figure


def picture_output(twin: str = "loss against step: 1.5 at 0, 0.02 at 50, lowest 0.02.") -> object:
    data = {"image/png": "aGVsbG8=", "text/plain": twin}
    return new_output("display_data", data=data, metadata={"image/png": {"alt": twin}})


def pictured(twin: str) -> nbformat.NotebookNode:
    return new_code_cell("f()", outputs=[picture_output(twin)])


def stored(*cells: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """A lesson in normal form that no check refuses, with more cells at its end."""
    guesses = "\n".join("predict('x', None, 1.0)" for _ in range(5))
    solutions = "<details><summary>Solution</summary></details>\n" * 2 + "![a loss curve](a.png)"
    picture = new_code_cell("show()", outputs=[picture_output()])
    nb = new_notebook(cells=[new_markdown_cell(solutions), new_code_cell(guesses), picture, *cells])
    for number, cell in enumerate(code_cells(nb), 1):
        cell.execution_count = number
    return refresh.normalise(nb)


def printed(text: str, name: str = "stdout") -> nbformat.NotebookNode:
    return new_code_cell("f()", outputs=[new_output("stream", name=name, text=text)])


def test_a_good_notebook_has_no_faults() -> None:
    assert storage_faults(refresh.as_text(stored()), lesson=True) == []


@pytest.mark.parametrize(
    ("cell", "fault"),
    [
        (new_code_cell("f();"), "ends with ;"),
        (new_code_cell("from math import *"), "star import"),
        (new_code_cell("x = 1\n" * 26), "26 lines"),
        (new_code_cell("f()", metadata={"tags": ["nbval-skip"]}), "look away"),
        (new_code_cell("# NBVAL_IGNORE_OUTPUT\nf()"), "look away"),
        (printed("a warning", "stderr"), "stderr"),
        (printed("<f at 0x7f00>"), "memory address"),
        (printed("0.1234567"), "more than 6 decimals: 0.1234567"),
        (new_code_cell("f()", outputs=[new_output("error", ename="E", evalue="e")]), "error E"),
        (pictured("<Figure size 400x300 with 1 Axes>........."), "text twin"),
        (pictured("a picture of a loss that falls and falls"), "text twin"),
        (pictured("loss 3"), "text twin"),
        (new_markdown_cell("![](a.png)"), "without alt text"),
        (new_markdown_cell("<img src='a.png' alt=''>"), "without alt"),
        (new_markdown_cell("word " * 3500), "words of prose"),
        (printed("x" * 300_000), "bytes, the limit"),
    ],
)  # fmt: skip
def test_what_must_not_be_stored_is_found(cell: nbformat.NotebookNode, fault: str) -> None:
    faults = storage_faults(refresh.as_text(stored(cell)), lesson=True)
    assert len(faults) == 1 and fault in faults[0]


def edited(change: Callable[[nbformat.NotebookNode], None]) -> str:
    nb = stored()
    change(nb)
    return nbformat.writes(nb) + "\n"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda nb: nb.cells[1].update(execution_count=7), "execution counts"),
        (lambda nb: nb.metadata.update(widgets={}), "widget state"),
        (lambda nb: nb.metadata.kernelspec.update(name="lessons"), "kernel is not python3"),
        (lambda nb: nb.metadata.language_info.update(version="3.11.7"), "normal form"),
        (lambda nb: nb.cells[1].metadata.update(execution={"iopub.status.busy": "now"}), "normal"),
        (lambda nb: nb.cells[1].update(id="cell-one"), "normal form"),
        (lambda nb: nb.cells[2].outputs[0].data.update({refresh.WIDGET_VIEW: {}}), "widget view"),
        (lambda nb: nb.cells[2].outputs[0].data.update({"image/svg+xml": "<svg/>"}), "SVG"),
        (lambda nb: nb.cells[2].outputs[0].metadata["image/png"].update(alt="other"), "alt text"),
        (lambda nb: nb.cells[1].update(source="predict(1)"), "1 predictions"),
        (lambda nb: nb.cells[0].update(source="<details></details>"), "1 solutions"),
    ],
)
def test_what_an_editor_may_do_to_a_notebook_is_found(change: Callable, fault: str) -> None:
    assert any(fault in found for found in storage_faults(edited(change), lesson=True))


def test_a_cell_that_leans_on_its_first_run_is_found() -> None:
    cells = ["n = 0", "n = n + 1\nprint(n)", "m = n + 1\nprint(m)"]
    faults = play(new_notebook(cells=[new_code_cell(source) for source in cells])).twice
    assert len(faults) == 1 and "cell [2]" in faults[0]


def exercise(stub: str, check: str, solution: str) -> nbformat.NotebookNode:
    cells = [
        new_code_cell(stub, metadata={"tags": ["exercise"]}),
        new_code_cell(check, metadata={"tags": ["check"]}),
        new_markdown_cell(solution),
    ]
    return new_notebook(cells=cells)


CHECK = "print('not attempted' if x is None else 'correct' if x == 2 else 'not yet')"
SOLUTION = "<details><summary>Solution</summary>\n\n```python\nx = 2\n```\n\n</details>"


@pytest.mark.parametrize(
    ("nb", "fault"),
    [
        (exercise("x = None", CHECK, SOLUTION), None),
        (exercise("x = 2", CHECK, SOLUTION), "the stub is told 'correct"),
        (exercise("x = None", CHECK, SOLUTION.replace("2", "3")), "the solution is told 'not yet"),
        (exercise("x = None", CHECK.replace("'correct'", "'incorrect'"), SOLUTION), "incorrect"),
        (exercise("x = None", CHECK, "Think."), "code blocks in solutions are []"),
        (exercise("x = None", CHECK, SOLUTION * 2), "code blocks in solutions are [1, 1]"),
    ],
)
def test_exercises_that_do_not_work_are_found(nb: nbformat.NotebookNode, fault: str | None) -> None:
    faults = play(nb).exercises
    assert (faults == []) if fault is None else (len(faults) == 1 and fault in faults[0])


@pytest.mark.parametrize("kept", [(0,), (1, 2), (0, 2), (0, 0, 1, 2)])
def test_exercises_without_their_check_are_found(kept: tuple[int, ...]) -> None:
    cells = [exercise("x = None", CHECK, SOLUTION).cells[k] for k in kept]
    nb = new_notebook(cells=[new_code_cell("x = None"), *cells])
    (fault,) = play(nb).exercises
    assert "do not go with checks" in fault


def square_view(update: Callable[..., str]) -> View:
    fig, axes = figure()
    (line,) = axes["a"].plot([0, 1], [0, 1])
    controls = {"lr": Control(0.1, 0.01, 1.0, "log"), "sign": Control(False, kind="switch")}
    return View(fig, {"line": line}, lambda **values: update(line, **values), controls)


def good_update(line: Line2D, lr: float, sign: bool) -> str:
    line.set_ydata([0, -lr if sign else lr])
    return f"lr = {lr:.3g}, sign {sign}"


def raising_update(line: Line2D, lr: float, sign: bool) -> str:
    if lr == 1.0 and sign:
        raise ZeroDivisionError("at the end")
    return good_update(line, lr, sign)


def warning_update(line: Line2D, lr: float, sign: bool) -> str:
    if lr < 0.05:
        warnings.warn("too small", stacklevel=2)
    return good_update(line, lr, sign)


def dead_picture_update(line: Line2D, lr: float, sign: bool) -> str:
    return f"lr = {lr:.3g}, sign {sign}"


def dead_sentence_update(line: Line2D, lr: float, sign: bool) -> str:
    good_update(line, lr, sign)
    return f"sign {sign}"


def drifting_update(line: Line2D, lr: float, sign: bool) -> str:
    line.set_xdata(np.asarray(line.get_xdata()) * 0.9)
    return good_update(line, lr, sign)


@pytest.mark.parametrize(
    ("update", "fault"),
    [
        (good_update, None),
        (raising_update, "sign, all controls at an end: ZeroDivisionError"),
        (warning_update, "lr, setting 0: UserWarning"),
        (dead_picture_update, "lr: the picture never changes"),
        (dead_sentence_update, "lr: the sentence never changes"),
        (drifting_update, "lr: back at its start it shows something else"),
    ],
)
def test_panels_that_do_not_follow_are_found(update: Callable[..., str], fault: str | None) -> None:
    faults = panel_faults(live.panel(square_view(update)))
    assert faults == [] if fault is None else any(fault in found for found in faults)


def test_panels_are_found_wherever_a_notebook_builds_them() -> None:
    source = (
        "from lrlib import live, plots\n"
        "fig, axes = plots.figure()\n"
        "view = plots.View(fig, {}, lambda a: f'{a}', {'a': plots.Control(0.5)})\n"
        "live.panel(view)"
    )
    nb = new_notebook(cells=[new_code_cell("1"), new_code_cell(source)])
    assert [number for number, _ in play(nb).panels] == [2]


def test_predictions_that_stay_closed_are_found() -> None:
    sources = [
        "from lrlib import predict\ng1 = g2 = None",
        'predict("limit", g1, 0.2826)',
        'predict("limit", None, 0.2826)',
        'unseen = predict("limit", g3, 0.2826)',
    ]
    cells = [new_code_cell(source) for source in sources]
    stored = predict("limit", None, 0.2826)._repr_mimebundle_()
    for cell, guess in zip(cells[1:], ("g1", "g2", "g3"), strict=True):
        cell.outputs = [new_output("execute_result", stored)]
        cell.source = f"{guess} = None\n{cell.source}"
    assert play(new_notebook(cells=cells)).kept_back == [
        "cell [3], observed, 0.2826, is not shown",
        "cell [3], the guess is not shown",
        "cell [4], observed, 0.2826, is not shown",
        "cell [4], the guess is not shown",
    ]


def test_the_template_runs_and_plays(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "15_topic.ipynb"
    path.write_text(refresh.as_text(template.template(path)))
    played = play(refresh.read(path))
    assert played.twice == played.exercises == []
    ((_, panel),) = played.panels
    assert panel_faults(panel) == []


def test_a_lesson_that_needs_a_thread_is_found() -> None:
    source = "import threading\nthreading.Thread(target=print).start()"
    nb = new_notebook(cells=[new_code_cell(source)])
    with pytest.raises(RuntimeError, match="can't start new thread"):
        play(nb)
    nb.cells[0].metadata["tags"] = ["processes"]  # such a cell says so
    assert play(nb).twice == []


def test_a_large_sweep_runs_where_no_thread_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lrlib._blocks.CORES", 2)
    source = (
        "import numpy as np\nfrom lrlib import descend, sgd, _blocks\n"
        "from lrlib.problems import bowl\nrates = np.linspace(0.1, 1, 300_000)\n"
        "assert descend(bowl(), sgd, rates, 2, keep='last').theta.shape == (300_000, 1)"
    )
    assert play(new_notebook(cells=[new_code_cell(source)])).twice == []


def drawn(lines: dict[str, list[float]]) -> list:
    data, _ = plots.curves(lines, "step", "loss")._repr_mimebundle_()
    return [new_output("display_data", data=data)]


def white(width: int, height: int) -> list:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(out, "PNG")
    data = {"image/png": base64.b64encode(out.getvalue()).decode()}
    return [new_output("display_data", data=data)]


FALLS, OTHER = {"a": [3.0, 2.0, 1.0]}, {"rises": [1.0, 5.0, 9.0], "stays": [4.0, 4.0, 4.0]}


@pytest.mark.parametrize(
    ("stored", "fault"),
    [
        (drawn(FALLS), None),
        ([], "0 pictures are stored, 1 are drawn"),
        (white(1, 1), "the stored picture is 1 x 1 pixels, a fresh one 912 x 408"),
        (white(912, 408), "the stored picture is another"),
        (drawn(OTHER), "the stored picture is another"),
    ],
)
def test_a_stored_picture_that_is_another_is_found(stored: list, fault: str | None) -> None:
    faults = list(picture_faults(stored, drawn(FALLS)))
    assert faults == [] if fault is None else faults[0].startswith(fault)
