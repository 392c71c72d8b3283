"""The runner of answers to exercises: a weak check and a thin file must be found."""

import pathlib

import exercises
import pytest
from exercises import Exercise
from lesson import Lesson
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from notebook_checks import Played, play

WRONG = ["my_rate = 0.5", "my_rate = -0.25", 'my_rate = "0.25"', "my_rate = 0.2501 + 1e-3"]
RIGHT = ["my_rate = 1 / 4", "my_rate = [0.25]", "my_rate = np.float32(0.25)"]
SOLUTION = "<details><summary>Solution</summary>\n\n```python\nmy_rate = 0.25\n```\n\n</details>"


def lesson(check: str = "check_numbers(my_rate, 0.25)", number: str = "05") -> Lesson:
    """One exercise, whose answer is 0.25."""
    cells = [
        new_code_cell("import numpy as np\nfrom lrlib.practice import check_numbers\nsteps = 3"),
        new_code_cell("my_rate = ...", metadata={"tags": ["exercise"]}),
        new_code_cell(check, metadata={"tags": ["check"]}),
        new_markdown_cell(SOLUTION),
        new_code_cell("print(my_rate, steps)"),
    ]
    return Lesson(pathlib.Path(f"{number}_lesson.ipynb"), new_notebook(cells=cells))


def run(check: str, wrong: list[str] = WRONG, right: list[str] = RIGHT) -> Played:
    return play(lesson(check).nb, [Exercise(wrong, right)])


def test_a_good_check_passes_with_its_table() -> None:
    played = run("check_numbers(my_rate, 0.25)")
    assert played.exercises == played.twice == []
    assert [trial.fault for trial in played.trials] == [""] * 7
    rows = exercises.table(played.trials).splitlines()
    assert rows[0].split() == "1 wrong my_rate = 0.5 not yet: too large".split()
    assert rows[-1].split() == "1 right my_rate = np.float32(0.25) correct".split()


FAKE = "print('not attempted' if my_rate is ... else 'correct' if my_rate == 0.25 else {})"
WEAK = [
    ("check_numbers(my_rate, 0.25, rtol=2)", "a wrong answer is accepted"),
    ("print('not attempted' if my_rate is ... else 'correct')", "a wrong answer is accepted"),
    (FAKE.format("'not yet'"), "the sentence does not help"),
    (FAKE.format("'not yet: it must be 0.25'"), "the sentence holds the answer, 0.25"),
    (FAKE.format("'not yet: expected 0.2502'"), "the sentence holds the answer, 0.2502"),
    (FAKE.format("'not attempted'"), "an answer is taken for none"),
    (FAKE.format("1 / 0"), "the sentence does not help"),
]


@pytest.mark.parametrize("check, fault", WEAK, ids=[fault for _, fault in WEAK])
def test_a_weak_check_is_caught_by_planted_wrong_answers(check: str, fault: str) -> None:
    found = [trial.fault for trial in run(check).trials if trial.kind == "wrong"]
    assert fault in found


def test_a_check_that_is_too_strict_is_caught_by_right_answers() -> None:
    strict = (
        "print('not attempted' if my_rate is ... else 'correct' if type(my_rate) is float and "
        "my_rate == 0.25 else 'not yet: no, think again')"
    )
    assert [trial.fault for trial in run(strict).trials if trial.kind == "right"] == [
        "",
        "a right answer is refused",
        "a right answer is refused",
    ]


def test_the_lesson_goes_on_as_if_no_answer_had_been_given() -> None:
    nb = lesson().nb
    nb.cells[-1].source = "assert my_rate is ... and steps == 3 and 'left_over' not in dir()"
    answers = [Exercise([f"{source}\nsteps = 9\nleft_over = 1" for source in WRONG], RIGHT)]
    assert play(nb, answers).trials[0].fault == ""


# ---- what must be there ------------------------------------------------------------------------


def stored(folder: pathlib.Path, wrong: list[str], right: list[str], times: int = 1) -> list[str]:
    answers = f"EXERCISES = [Exercise({wrong!r}, {right!r})] * {times}"
    (folder / "lesson_05.py").write_text(f"from exercises import Exercise\n\n{answers}")
    return list(exercises.faults(lesson(), folder))


def test_a_lesson_without_answers_is_red(tmp_path: pathlib.Path) -> None:
    (fault,) = exercises.faults(lesson(), tmp_path)
    assert fault.startswith("tests/exercises/lesson_05.py: is missing: 1 exercises need")
    assert exercises.answers_of("05", tmp_path) is None


def test_enough_answers_that_differ(tmp_path: pathlib.Path) -> None:
    assert stored(tmp_path, WRONG, RIGHT) == []
    (fault,) = stored(tmp_path, WRONG, RIGHT, times=2)
    assert fault.endswith("2 exercises, the lesson has 1")
    (fault,) = stored(tmp_path, [*WRONG[:3], "my_rate  =  0.5  # again"], RIGHT)
    assert "3 wrong answers that differ" in fault
    (fault,) = stored(tmp_path, WRONG, [*RIGHT[:2], "my_rate = 0.25"])
    assert "2 right answers that differ from one another and from the solution" in fault
    (fault,) = stored(tmp_path, [*WRONG, RIGHT[0]], RIGHT)
    assert "both wrong and right: 'my_rate = 1 / 4'" in fault
