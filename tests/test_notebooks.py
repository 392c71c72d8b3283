"""Every notebook in notebooks/, picked up by itself: how it is stored, run and played with."""

import functools
import pathlib

import exercises
import pytest
import refresh
from exercises import answers_of
from lesson import lacking
from notebook_checks import Played, panel_faults, play, storage_faults

NOTEBOOKS = sorted(refresh.NOTEBOOKS.glob("*.ipynb"))
every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


@functools.cache
def played(path: pathlib.Path) -> Played:
    """One run for all tests that need the notebook's objects."""
    nb = refresh.read(path)
    if reason := lacking(nb):
        pytest.skip(f"{path.name} {reason}")
    return play(nb, answers_of(path.name[:2]) or ())


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS


@every_notebook
def test_stored_form(path: pathlib.Path) -> None:
    lesson = not path.name.startswith("00")
    assert storage_faults(path.read_bytes().decode(), lesson) == []


@every_notebook
def test_every_cell_runs_twice_with_the_same_output(path: pathlib.Path) -> None:
    assert played(path).twice == []


@every_notebook
def test_a_guess_opens_every_prediction(path: pathlib.Path) -> None:
    assert played(path).kept_back == []


@every_notebook
def test_stored_pictures_are_those_of_a_run(path: pathlib.Path) -> None:
    assert not played(path).pictures, "\n".join(played(path).pictures)


@every_notebook
def test_exercises(path: pathlib.Path) -> None:
    assert played(path).exercises == []


@every_notebook
def test_checks_tell_wrong_answers_from_right_ones(path: pathlib.Path) -> None:
    trials = played(path).trials
    print(f"\n{path.name}\n{exercises.table(trials)}")
    assert [trial.row() for trial in trials if trial.fault] == []


@every_notebook
def test_panels_follow_every_control(path: pathlib.Path) -> None:
    panels = played(path).panels
    assert panels, "no live panel"
    faults = [f"cell [{n}], {fault}" for n, panel in panels for fault in panel_faults(panel)]
    assert faults == []
