"""Every lesson against contract.py, and every check of it on a lesson that it must refuse."""

import copy
import pathlib
from collections.abc import Callable

import contract
import pytest
import refresh
from contract import (
    CHECKS,
    COURSE_CHECKS,
    course_faults,
    faults,
    faults_of_files,
)
from lesson import COLLAPSED, Lesson, course, is_lesson, shaped, with_rows
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from template import template

NOTEBOOKS = sorted(path for path in refresh.NOTEBOOKS.glob("*.ipynb") if is_lesson(path))
README = (refresh.ROOT / "README.md").read_text(encoding="utf-8")


def lines_of(found: dict[str, list[str]]) -> str:
    return "\n".join(fault for some in found.values() for fault in some)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_contract(path: pathlib.Path) -> None:
    one = Lesson(path, refresh.read(path))
    found = lines_of(faults(one) | faults_of_files(one))
    assert not found, f"\n{found}"


def test_what_lessons_say_about_one_another() -> None:
    found = lines_of(course_faults(course(refresh.NOTEBOOKS), README))
    assert not found, f"\n{found}"


# ---- a course of two lessons without faults, and one fault at a time ---------------------------

SYMBOLS = "## Symbols\n\n| symbol | here |\n|---|---|\n| $L$, the largest curvature | `L` |"
TABLE = "## Lessons\n\n| lesson | the question | minutes |\n|---|---|---|"
READING = "## Further reading\n\n- A book, ISBN 0-00."
PAGE = "# Course\n\n| lesson | the question | minutes |\n|---|---|---|\n\nThe end.\n"


def put(path: pathlib.Path, nb: NotebookNode) -> None:
    path.write_text(refresh.as_text(refresh.normalise(nb)), encoding="utf-8")


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> pathlib.Path:
    """README and notebooks/ with lessons 00 and 05."""
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "README.md").write_text(PAGE, encoding="utf-8")
    head = "# 00 Start here\n\n> *How do I begin?*"
    cells = [new_markdown_cell(text) for text in (head, TABLE, SYMBOLS, READING)]
    put(tmp_path / "notebooks/00_start_here.ipynb", new_notebook(cells=cells))
    path = tmp_path / "notebooks/05_lesson.ipynb"
    put(path, template(path))
    refresh.refresh_course(tmp_path / "notebooks", tmp_path / "README.md")
    return tmp_path


def good(folder: pathlib.Path) -> Lesson:
    path = folder / "notebooks/05_lesson.ipynb"
    return Lesson(path, refresh.read(path))


def test_the_template_has_no_faults_once_it_was_refreshed(folder: pathlib.Path) -> None:
    for one in course(folder / "notebooks"):
        assert faults(one) == {name: [] for name in CHECKS}
    readme = (folder / "README.md").read_text()
    assert "| [05 A lesson](notebooks/05_lesson.ipynb) | How large may the rate be? | " in readme
    assert readme.endswith("\n\nThe end.\n")
    found = course_faults(course(folder / "notebooks"), readme)
    assert {name: some for name, some in found.items() if name != "cells_of_claims"} == {
        name: [] for name in COURSE_CHECKS if name != "cells_of_claims"
    }


def where(nb: NotebookNode, start: str) -> int:
    return next(n for n, cell in enumerate(nb.cells) if f"\n{start}" in f"\n{cell.source}")


def replaced(start: str, source: str) -> Callable[[NotebookNode], None]:
    """A change: this source for that of the cell that starts so."""

    def change(nb: NotebookNode) -> None:
        nb.cells[where(nb, start)].source = source

    return change


def edited(old: str, new: str) -> Callable[[NotebookNode], None]:
    """A change: these words for those, wherever they are."""

    def change(nb: NotebookNode) -> None:
        assert any(old in cell.source for cell in nb.cells)
        for cell in nb.cells:
            cell.source = cell.source.replace(old, new)

    return change


def added(*cells: NotebookNode, before: str = "## See it") -> Callable[[NotebookNode], None]:
    def change(nb: NotebookNode) -> None:
        at = where(nb, before)
        nb.cells[at:at] = copy.deepcopy(list(cells))

    return change


def removed(start: str) -> Callable[[NotebookNode], None]:
    return lambda nb: nb.cells.pop(where(nb, start))


def moved(start: str, before: str) -> Callable[[NotebookNode], None]:
    def change(nb: NotebookNode) -> None:
        cell = nb.cells.pop(where(nb, start))
        nb.cells.insert(where(nb, before), cell)

    return change


def without(start: str, key: str) -> Callable[[NotebookNode], None]:
    return lambda nb: nb.cells[where(nb, start)].metadata.pop(key)


CODE, TEXT = new_code_cell("x = 1"), new_markdown_cell("A word.")
PANEL = new_code_cell("live.panel(view)")
EXERCISE = new_code_cell("x = ...", metadata={"tags": ["exercise"]})
GUESS = new_code_cell("my_guess = None  # a rate", metadata={"tags": ["guess"]})
PREDICT = new_code_cell('predict("x", my_guess, 1.0)', metadata={"tags": ["predict"]})
TWO = new_code_cell("from lrlib import adam, sgd")
DRAWN = new_output(
    "display_data",
    data={"image/png": "aGk=", "text/plain": "loss against step. adam: 1 at 0, 0.1 at 100."},
)

# the change, the check that must see it, and words of its sentence; `shape`: refreshed afterwards
FAULTS: list[tuple[Callable[[NotebookNode], None], str, str]] = [
    (added(*[CODE] * 20), "core_size", "code cells in the core, at most 24"),
    (added(new_code_cell("x = 1\n" * 120)), "core_size", "lines of code in the core, at most 120"),
    (added(new_markdown_cell("word " * 1900)), "core_size", "words of prose in the core"),
    (added(*[GUESS, PREDICT] * 2), "core_size", "7 predictions in the core, at most 6"),
    (removed("predict("), "core_size", "4 predictions in the core, at least 5"),
    (added(PANEL, PANEL), "core_size", "3 panels in the core, at most 2"),
    (removed("live.panel"), "core_size", "0 panels in the core, at least 1"),
    (added(EXERCISE), "core_size", "3 exercises in the core, at most 2"),
    (removed("my_rate = ..."), "core_size", "1 exercises in the core, at least 2"),
    (added(new_markdown_cell("word " * 1500), new_code_cell("x\n" * 110), PANEL), "core_size",
     "minutes, at most 55"),
    (added(*[CODE] * 40, before="### Two"), "whole_size", "code cells in all, at most 40"),
    (edited("# 05 A lesson", "# 06 A lesson"), "header", "must be `# 05 Title`"),
    (edited("> *How large may the rate be?*", "On rates."), "header", "question is missing"),
    (edited("Going deeper: about", "Going deeper: about 1"), "header", "computed is"),
    (edited("Core: about", "Perhaps"), "header", "study time is missing"),
    (added(new_markdown_cell("## One\n\n### Two")), "one_heading_a_cell", "['One', 'Two']"),
    (added(new_markdown_cell("Text.\n\n## One")), "one_heading_a_cell", "at its start"),
    (lambda nb: nb.cells.pop(), "navigation", "must be the last cell"),
    (lambda nb: nb.cells.append(TEXT), "navigation", "must be the last cell"),
    (edited("[Contents](00_start_here.ipynb)", "[Top](05_lesson.ipynb)"), "navigation",
     "no link to the contents"),
    (without("## See it", "slideshow"), "slides", "the rule says 'slide'"),
    (added(CODE, before="### Two"), "slides", "the rule says 'skip'"),
    (lambda nb: nb.cells[5].metadata.update(tags=["slide-new"]), "slides", "'slide'"),
    (edited("## Going deeper", "## Going deeper: curvatures"), "going_deeper", "one heading"),
    (added(new_markdown_cell("## Going deeper"), before="## In practice"), "going_deeper", "one"),
    (without("## Going deeper", COLLAPSED), "going_deeper", "only Going deeper is closed"),
    (lambda nb: nb.cells[where(nb, "## See")].metadata.update({COLLAPSED: True}), "going_deeper",
     "only Going deeper is closed"),
    (moved("## In practice", "## Going deeper"), "order_of_sections", "before In practice"),
    (moved("## The answer", "## In practice"), "order_of_sections", "before Going deeper"),
    (removed("## The answer"), "order_of_sections", "no section `## The answer` or `## Summary`"),
    (edited("## Exercises", "## Tasks"), "order_of_sections", "no section `## Exercises`"),
    (edited("## Further reading", "## Books"), "order_of_sections", "no section `## Further"),
    (edited("my_guess_1 = None  # a rate", "my_guess_1 = None"), "predictions", "holds one line"),
    (edited("my_guess_1 = None", "x = 2\nmy_guess_1 = None"), "predictions", "holds one line"),
    (removed("my_guess_2 ="), "predictions", "the cell before it must be code tagged `guess`"),
    (removed('predict("largest'), "predictions", "the next cell must be code tagged `predict`"),
    (without('predict("largest', "tags"), "predictions", "shows the answer"),
    (without('predict("largest', "jupyter"), "predictions", "so it is hidden"),
    (edited(", my_guess_3,", ", None,"), "predictions", "does not take my_guess_3"),
    (edited("# Compare your guess with the run\n", ""), "peeking", "must be a comment"),
    (edited("largest_1, 2", "0.5, 2"), "predictions", "answer is written down"),
    (edited("2 / 4.0)", "2 / 4.0)\npredict('x', my_guess_4, 1)"), "predictions", "one call"),
    (moved("<details><summary>For", "## See it"), "lecturer", "second cell must be one fold"),
    (edited(" min", ""), "lecturer", "the route with minutes"),
    (edited("the answer 5 min", "the answer 6 min"), "lecturer", "says 25 minutes, its parts 26"),
    (edited("guess 1", "number 1"), "lecturer", "the wrong guesses to expect"),
    (edited("panel, 1 s", "panel"), "lecturer", "the slow cells"),
    (edited("**In one minute**", "**Short**"), "lecturer", "a one-minute summary"),
    (edited("curvatures?\n</details>", "curvatures.\n</details>"), "lecturer", "a question"),
    (edited("`torch.optim.SGD(params, lr=0.1)`, ", ""), "in_practice", "PyTorch"),
    (edited(", `keras.optimizers.SGD(0.1)`", ""), "in_practice", "Keras or Optax"),
    (edited("\n  arXiv:1606.04838: the", " the"), "further_reading", "no link or identifier"),
    (edited("- L. Bottou", "L. Bottou"), "further_reading", "has no list"),
    (edited("Move the slider", "[Move](00_nowhere.ipynb)"), "links", "leads to no file"),
    (edited("Move the slider", "[Move]()"), "links", "leads nowhere"),
    (edited("Below $2/L$.", r"Below $\eta < 2/L$."), "strangers", r"$\eta$ is not in"),
    (edited("Below $2/L$.", "Below $2/L$, at most $$K$$."), "strangers", "$K$ is not in"),
    (added(new_code_cell("rates = 1"), new_code_cell("print(rates)"), new_code_cell("rates = 2")),
     "names", "binds `rates` again"),
    (added(TWO), "loss_curves", "it compares adam, sgd, but no figure"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "check", "words"), FAULTS)
def test_what_breaks_the_contract_is_found(
    folder: pathlib.Path, change: Callable, check: str, words: str
) -> None:
    one = good(folder)
    change(one.nb)
    found = faults(one)[check]
    assert any(words in fault for fault in found), found
    assert all(fault.startswith("05_lesson.ipynb") for fault in found)


def test_every_check_has_a_lesson_that_it_refuses() -> None:
    assert {check for _, check, _ in FAULTS} == set(CHECKS)


FINE = [
    edited("Below $2/L$.", "Symbols: $K$ a bound; $\\eta$ another.\n\nBelow $2/L < K < \\eta$."),
    edited("Below $2/L$.", "Below `$K$`, $\\mathrm{Rate}$ and\n```\n$\\eta$\n# no heading\n```"),
    edited("Move the slider", "[Move](00_start_here.ipynb#symbols), [away](https://x.org)"),
    added(TWO, new_code_cell("f()", outputs=[DRAWN])),
    added(new_markdown_cell("<details>\n\n## In a fold\n\n</details>")),
    moved("## The answer", "## Exercises"),
    lambda nb: nb.cells[where(nb, "## See it")].metadata.update(tags=["slide-keep"]),
]


@pytest.mark.parametrize("change", FINE)
def test_what_keeps_the_contract_has_no_faults(folder: pathlib.Path, change: Callable) -> None:
    one = good(folder)
    change(one.nb)
    one = Lesson(one.path, shaped(one.nb, one.path))
    assert [fault for some in faults(one).values() for fault in some] == []


# ---- the course --------------------------------------------------------------------------------


def in_lesson(change: Callable[[NotebookNode], None], name: str = "05_lesson") -> Callable:
    def apply(folder: pathlib.Path) -> None:
        path = folder / f"notebooks/{name}.ipynb"
        nb = refresh.read(path)
        change(nb)
        put(path, nb)

    return apply


def in_readme(old: str, new: str) -> Callable:
    def apply(folder: pathlib.Path) -> None:
        path = folder / "README.md"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    return apply


def another(folder: pathlib.Path) -> None:
    put(folder / "notebooks/06_more.ipynb", template(folder / "notebooks/06_more.ipynb", "More"))


COURSE_FAULTS = [
    (in_readme("A lesson]", "The lesson]"), "tables", "README: the row says '05 The lesson'"),
    (in_readme("| 30 (", "| 90 ("), "tables", "README: the row says '05 A lesson', 90 ("),
    (in_lesson(edited("A lesson]", "Lesson]"), "00_start_here"), "tables", "00_start_here.ipynb:"),
    (another, "tables", "no row for 06_more.ipynb"),
    (in_readme("05_lesson.ipynb", "05_gone.ipynb"), "tables", "05_gone.ipynb, which is not there"),
    (in_readme("How large may", "How small may"), "questions", "'How small may the rate be?'"),
    (another, "neighbours", "Next: [06 More](06_more.ipynb)"),
    (in_lesson(edited("Below", "Symbols: $L$ a bound.\n\nBelow")), "one_meaning", "defined by"),
]


@pytest.mark.parametrize(("change", "check", "words"), COURSE_FAULTS)
def test_what_lessons_say_wrong_about_one_another_is_found(
    folder: pathlib.Path, change: Callable, check: str, words: str
) -> None:
    change(folder)
    found = course_faults(course(folder / "notebooks"), (folder / "README.md").read_text())
    assert any(words in fault for fault in found[check]), found


def test_one_symbol_with_two_meanings_is_found(folder: pathlib.Path) -> None:
    another(folder)
    in_lesson(edited("Below", "Symbols: $K$ a bound.\n\nBelow"))(folder)
    in_lesson(edited("Below", "Symbols: $K$ a kernel.\n\nBelow"), "06_more")(folder)
    (told,) = course_faults(course(folder / "notebooks"), PAGE)["one_meaning"]
    assert "$K$ is 'a kernel' here and 'a bound' in lesson 05" in told


def test_refreshing_the_course_mends_what_a_machine_can(folder: pathlib.Path) -> None:
    for change, check, _ in COURSE_FAULTS:
        if check in ("tables", "neighbours"):
            change(folder)
    refresh.refresh_course(folder / "notebooks", folder / "README.md")
    found = course_faults(course(folder / "notebooks"), (folder / "README.md").read_text())
    assert found["tables"] == found["neighbours"] == []
    assert refresh.refresh_course(folder / "notebooks", folder / "README.md") == []


def test_a_claim_that_moved_is_found(folder: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = contract.run_claims.Row("`05-a`: A.", "05, cell 2", "9 of 10", "0.9", "1", "", "")
    monkeypatch.setattr(contract.run_claims, "stored", lambda: {"05-a": row})
    lessons = course(folder / "notebooks")
    (told,) = course_faults(lessons, PAGE)["cells_of_claims"]
    assert "not in 05, cell 2" in told


# ---- what `make refresh` writes ----------------------------------------------------------------


def test_a_lesson_is_shaped_once(folder: pathlib.Path) -> None:
    one = good(folder)
    first = refresh.as_text(refresh.normalise(shaped(one.nb, one.path)))
    assert first == one.path.read_text(encoding="utf-8")


def test_what_a_machine_can_mend_is_mended_and_no_text_is_lost(folder: pathlib.Path) -> None:
    one = good(folder)
    at, below = where(one.nb, "## See it"), where(one.nb, "## The limit")
    one.nb.cells[at].source = "Text.\n\n## See it\n\nMore.\n\n### And\n\nagain"
    one.nb.cells[at].metadata.claims = ["05-a"]
    one.nb.cells[below].metadata.slideshow = {"slide_type": "skip"}
    before = " ".join(cell.source for cell in one.nb.cells).split()
    nb = shaped(one.nb, one.path)
    assert [cell.source for cell in nb.cells[at : at + 3]] == [
        "Text.", "## See it\n\nMore.", "### And\n\nagain",
    ]  # fmt: skip
    assert nb.cells[at].metadata.claims == ["05-a"] and "claims" not in nb.cells[at + 1].metadata
    assert faults(Lesson(one.path, nb)) == {name: [] for name in CHECKS}
    assert " ".join(cell.source for cell in nb.cells).split() == before


def test_the_claims_of_a_cell_are_kept_in_normal_form() -> None:
    cell = new_markdown_cell("It falls.", metadata={"claims": ["05-a"], "other": 1})
    (kept,) = refresh.normalise(new_notebook(cells=[cell])).cells
    assert kept.metadata == {"claims": ["05-a"]}


def test_questions_of_a_table_are_kept(folder: pathlib.Path) -> None:
    lessons = course(folder / "notebooks")
    text = PAGE.replace(
        "|---|---|---|\n", "|---|---|---|\n| [05 Old](05_lesson.ipynb) | Why? | 5 |\n"
    )
    (row,) = [line for line in with_rows(text, lessons).splitlines() if "05 A" in line]
    assert row.startswith("| [05 A lesson](05_lesson.ipynb) | Why? | ")
    assert with_rows("No table.\n", lessons) == "No table."
