"""Answers to the exercises of the lessons, wrong ones and right ones, and whether checks see it.

For each lesson with exercises there is a file tests/exercises/lesson_NN.py::

    from exercises import Exercise

    EXERCISES = [  # in the order of the lesson
        Exercise(
            wrong=["my_rate = 0.5", "my_rate = 2.0", "my_rate = -1.0", 'my_rate = "1"'],
            right=["my_rate = 1", "my_rate = [1.0]", "my_rate = np.float32(1)"],
        ),
    ]

Each text stands for the learner's cell.  At least four wrong answers must be refused, each with a
sentence that helps and does not hold the answer; at least three right ones, in other forms than the
solution, must be accepted.  The texts see all that the lesson has defined so far.

    python tests/exercises 05        the table of a lesson, from one run of it
"""

import ast
import importlib.util
import pathlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from lesson import Lesson, code_cells, tags

FOLDER = pathlib.Path(__file__).parent
WRONG, RIGHT = 4, 3  # at least


@dataclass(frozen=True)
class Exercise:
    """Sources that take the place of the stub."""

    wrong: Sequence[str]
    right: Sequence[str]


def written(answer: str, **parts: str) -> Callable[..., str]:
    """A function that writes an answer: with these parts, or with others in place of some."""
    return lambda **others: answer.format(**parts | others)


class Trial(NamedTuple):
    """What a check said to one answer."""

    number: int  # of the exercise in its lesson, from 1
    kind: str  # wrong, right
    source: str
    said: str
    fault: str  # "" where the check did as it must

    def row(self) -> str:
        source = " ".join(self.source.split())
        source = source if len(source) <= 60 else f"{source[:57]}..."
        mark = f"  <- {self.fault}" if self.fault else ""
        return f"{self.number}  {self.kind:<5}  {source:<60}  {self.said}{mark}"


def answers_of(number: str, folder: pathlib.Path = FOLDER) -> list[Exercise] | None:
    """The answers for lesson ``number``, None where there is no file."""
    path = folder / f"lesson_{number}.py"
    if not path.exists():
        return None
    spec = importlib.util.spec_from_file_location(f"exercises.lesson_{number}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return list(module.EXERCISES)


# ---- whether there are enough, and different ones ----------------------------------------------


def stubs(lesson: Lesson) -> list[str]:
    return [cell.source for cell in code_cells(lesson.nb) if "exercise" in tags(cell)]


def solutions(lesson: Lesson) -> list[str]:
    closed = r"<details>\s*<summary>Solution[^<]*</summary>.*?```python\n(.*?)```.*?</details>"
    text = "\n".join(cell.source for cell in lesson.nb.cells if cell.cell_type == "markdown")
    return re.findall(closed, text, re.DOTALL)


def faults(lesson: Lesson, folder: pathlib.Path = FOLDER) -> Iterator[str]:
    """What is missing for the exercises of a lesson; nothing is run."""
    asked, place = stubs(lesson), f"tests/exercises/lesson_{lesson.number}.py"
    found = answers_of(lesson.number, folder)
    if found is None:
        if asked:
            yield (
                f"{place}: is missing: {len(asked)} exercises need wrong and right answers, see "
                "tests/exercises/__init__.py"
            )
        return
    if len(found) != len(asked):
        yield f"{place}: {len(found)} exercises, the lesson has {len(asked)}"
        return
    solved = solutions(lesson) if len(solutions(lesson)) == len(asked) else [""] * len(asked)
    for number, (exercise, solution) in enumerate(zip(found, solved, strict=True), 1):
        kinds = {"wrong": (exercise.wrong, WRONG), "right": (exercise.right, RIGHT)}
        for kind, (sources, least) in kinds.items():
            forms = {_form(source) for source in sources} - {_form(solution)}
            if len(forms) < least:
                yield (
                    f"{place}, exercise {number}: {len(forms)} {kind} answers that differ from one "
                    f"another and from the solution, at least {least} are asked for"
                )
        if twice := {_form(s) for s in exercise.wrong} & {_form(s) for s in exercise.right}:
            yield f"{place}, exercise {number}: both wrong and right: {min(twice)!r}"


def _form(source: str) -> str:
    """A source without comments and layout."""
    return ast.unparse(ast.parse(source))


# ---- what the checks say -----------------------------------------------------------------------


def trials(
    number: int,
    exercise: Exercise,
    attempt: Callable[[str], tuple[str, dict[str, Any]]],
    solution: str,
) -> list[Trial]:
    """Every answer to exercise ``number``; ``attempt`` runs one: what the check said, and names."""
    _, names = attempt(solution)
    assigned = {name for name in _assigned(solution) if name in names}
    known = [x for name in sorted(assigned) for x in _numbers_in(names[name])]
    found = []
    for kind, sources in (("wrong", exercise.wrong), ("right", exercise.right)):
        for source in sources:
            try:
                said, _ = attempt(source)
            except Exception as error:
                said = f"{type(error).__name__}: {error}"
            judge = _of_wrong(said, source, known) if kind == "wrong" else _of_right(said)
            found.append(Trial(number, kind, source, said.strip(), judge))
    return found


def _assigned(source: str) -> set[str]:
    targets = [n.targets[0] for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Assign)]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _numbers_in(value: Any) -> list[float]:
    """The few numbers that make up an answer; of functions and long arrays, none."""
    try:
        flat = np.ravel(np.asarray(value, float))
    except (TypeError, ValueError):
        return []
    return [float(x) for x in flat] if flat.size <= 10 else []


def _of_right(said: str) -> str:
    return "" if said.strip() == "correct" else "a right answer is refused"


HELPS = re.compile(r"not yet: [^\n]{8,}")
PLACE = re.compile(r"\b(?:at|after) \w+ \d+|\bafter \d+ steps|asked for is below \S+")
NUMBER = re.compile(r"-?\d[\d,]*\.?\d*(?:e-?\d+)?")


def _of_wrong(said: str, source: str, known: list[float]) -> str:
    """What is wrong with what a wrong answer was told."""
    said = said.strip()
    if re.search(r"(?<!not )\bcorrect\b", said):
        return "a wrong answer is accepted"
    if "not attempted" in said:
        return "an answer is taken for none"
    if not HELPS.fullmatch(said) or "cannot be judged" in said:
        return "the sentence does not help"
    own = {float(x.replace(",", "")) for x in NUMBER.findall(source)}
    for text in NUMBER.findall(PLACE.sub(" ", said)):
        told = float(text.replace(",", ""))
        # the learner's own number may be shown, whatever it is
        if told not in own and any(abs(told - x) <= 2e-3 * abs(x) for x in known):
            return f"the sentence holds the answer, {text}"
    return ""


def table(found: list[Trial]) -> str:
    """One line for each answer."""
    return "\n".join(trial.row() for trial in found)
