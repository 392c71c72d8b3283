"""Print what checks say to the answers of lessons: python tests/exercises 05."""

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests"), str(ROOT / "tools")]

import refresh  # noqa: E402
from lesson import Lesson, lacking  # noqa: E402
from notebook_checks import play  # noqa: E402

from exercises import answers_of, faults, table  # noqa: E402


def main(numbers: list[str]) -> int:
    """Print the tables of these lessons, from a run of each; 1 if a check fails."""
    bad = 0
    for path in sorted(refresh.NOTEBOOKS.glob("*.ipynb")):
        answers = answers_of(path.name[:2])
        if answers is None or (numbers and path.name[:2] not in numbers):
            continue
        lesson = Lesson(path, refresh.read(path))
        missing = list(faults(lesson))
        if reason := lacking(lesson.nb):
            print(f"{path.name} {reason}\n")
            continue
        played = play(lesson.nb, answers=answers, once=True)
        print(path.name, table(played.trials), *missing, *played.exercises, sep="\n", end="\n\n")
        bad += bool(missing or played.exercises or any(t.fault for t in played.trials))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
