"""What counts as seen, and every way in which a lesson could give an answer away."""

import pathlib

import peeking
import pytest
import refresh
from lesson import Lesson, shaped
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from template import template

from lrlib import choose, predict


@pytest.mark.parametrize(
    "text, answer",
    [
        ("the limit is 0.2826.", "0.2826"),
        ("the limit is .283", "0.2826"),
        ("it takes 22,720 steps", "22720"),
        ("about 2.27e4 steps", "22720"),
        (r"$2.27 \cdot 10^{4}$", "22720"),
        ("28.3 % of it", "0.2826"),
        (r"a third: $\frac{1}{3}$", "0.3333"),
        ("lr = 1/3", "0.3333"),
        ("-22.5", "-22.5"),
        ("it falls by 22.5", "-22.5"),
        ("after 8 steps", "8"),
        ("10^-4 of it", "1e-4"),
        ("0.0001", "1e-4"),
        ("x = 3_125", "3125"),
    ],
)
def test_a_number_is_known_in_any_usual_writing(text: str, answer: str) -> None:
    assert peeking.says(text, answer)


@pytest.mark.parametrize(
    "text, answer",
    [
        ("the limit is 0.3", "0.2826"),
        ("0.2836", "0.2826"),
        ("22,820 steps in 2018", "22720"),
        ("theta_8, x8, a80", "8"),
        ("section 2.8", "8"),
        ("28 cells", "0.2826"),
        ("1e400", "1e4"),
    ],
)
def test_other_numbers_are_not_taken_for_it(text: str, answer: str) -> None:
    assert not peeking.says(text, answer)


def test_closed_folds_are_not_seen() -> None:
    page = "<p>a</p><details><summary>b</summary>c<p>d</p></details>e<details open>f</details>"
    assert "".join(peeking.Page(page).seen.split()) == "abef"


PATH = pathlib.Path("notebooks/05_lesson.ipynb")


def said(answer: object) -> list:
    return [new_output("execute_result", answer._repr_mimebundle_(), execution_count=1)]


HIDDEN = {"tags": ["predict"], "jupyter": {"source_hidden": True}}


def lesson(**changes: object) -> Lesson:
    """A lesson with a number and a choice to predict, and changes to its cells by name."""
    cells = {
        "title": new_markdown_cell("# 05 A lesson"),
        "prose": new_markdown_cell("The curvature is 7.08. <details>2/L = 0.2826</details>"),
        "code": new_code_cell("limit = 2 / L", outputs=[new_output("stream", text="L = 7.077")]),
        "guess": new_code_cell("my_guess = None  # a rate", metadata={"tags": ["guess"]}),
        "call": new_code_cell(
            '# Compare\npredict("limit", my_guess, limit, 0.28257)',
            metadata=HIDDEN,
            outputs=said(predict("limit", None, 0.28261, 0.28257)),
        ),
        "choice": new_code_cell('my_choice = None  # "a" or "b"', metadata={"tags": ["guess"]}),
        "chosen": new_code_cell(
            '# Compare\nchoose("Which?", my_choice, ["up", "down"], "b", "It falls.")',
            metadata=HIDDEN,
            outputs=said(choose("Which?", None, ["up", "down"], "b", "It falls.")),
        ),
    }
    for name, change in changes.items():
        cells[name].update(change)
    return Lesson(PATH, new_notebook(cells=list(cells.values())))


def stream(text: str) -> dict:
    return {"outputs": [new_output("stream", text=text)]}


def test_a_lesson_that_hides_its_answers_has_no_faults() -> None:
    one = lesson()
    assert list(peeking.faults(one)) == []
    assert [p.answers for p in peeking.predictions(one.nb)] == [
        {"observed": "0.2826", "exact": "0.2826"},
        {"right": "b", "why": "It falls."},
    ]


PICTURE = new_output("display_data", {"image/png": "x", "text/plain": "a wall at 0.283"})
OPENED = said(predict("limit", 0.5, 0.28261, 0.28257))
LEAKS = [
    ({"guess": {"source": "my_guess = None  # near 0.28"}}, "the cell of the guess says 0.28"),
    ({"call": {"source": '# 0.2826\npredict("limit", my_guess, x)'}}, "the cell of the call says"),
    ({"call": {"outputs": OPENED}}, "its output says 0.2826"),
    ({"call": stream("observed 0.2826")}, "its output is no prediction"),
    ({"prose": {"source": "The limit is 0.283."}}, "cell 2, before it, says 0.283"),
    ({"prose": {"source": "<details open>0.2826</details>"}}, "cell 2, before it, says 0.2826"),
    ({"code": stream("0.28261")}, "cell 3, before it, says 0.28261"),
    ({"code": {"outputs": [PICTURE]}}, "cell 3, before it, says 0.283"),
    ({"chosen": {"outputs": said(choose("?", "a", ["up", "down"], "b"))}}, "tells the right"),
    ({"chosen": {"source": "# It falls.\nchoose(1)"}}, "the cell of the call tells why"),
]


@pytest.mark.parametrize("changes, fault", LEAKS, ids=[fault for _, fault in LEAKS])
def test_what_gives_an_answer_away_is_found(changes: dict, fault: str) -> None:
    found = list(peeking.faults(lesson(**changes)))
    assert found and all(fault in one for one in found)


def test_what_is_meant_to_be_known_may_be_tagged() -> None:
    known = {"prose": {"source": "The limit is 0.283."}}
    tagged = {"call": {"metadata": HIDDEN | {"tags": ["predict", peeking.DELIBERATE]}}}
    assert list(peeking.faults(lesson(**known, **tagged))) == []
    tagged["guess"] = {"source": "my_guess = None  # 0.2826"}  # but never in its own cells
    assert len(list(peeking.faults(lesson(**known, **tagged)))) == 2


def test_a_collapsed_call_shows_its_first_line() -> None:
    one = lesson()
    one.nb.cells[4].source = 'predict("limit", my_guess, limit, 0.28257)'
    found = list(peeking.faults(one))
    assert "must be a comment" in found[0] and "the cell of the call says 0.28257" in found[1]


def test_refresh_hides_the_call_and_its_first_line(tmp_path: pathlib.Path) -> None:
    (path := tmp_path / PATH.name).write_text(refresh.as_text(new_notebook()))
    nb = shaped(template(path), path)
    hidden = [cell for cell in nb.cells if "predict" in cell.metadata.get("tags", [])]
    assert len(hidden) == 5
    for cell in hidden:
        assert cell.metadata["jupyter"]["source_hidden"] and cell.source.startswith("# Compare")
        cell.metadata.tags.append(peeking.DELIBERATE)
    again = shaped(nb, path)
    assert [cell.source for cell in again.cells] == [cell.source for cell in nb.cells]
    assert list(peeking.faults(Lesson(path, again))) == []
