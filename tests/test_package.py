"""The package from outside: what importing it costs and brings, and what it says of itself."""

import inspect
import pathlib
import subprocess
import sys
import tomllib

import pytest

import lrlib
from lrlib import datasets, kernels, policies, schedules

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def python(code: str) -> str:
    command = [sys.executable, "-c", code]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("module", ["lrlib", "lrlib.datasets", "lrlib.listings"])
def test_the_core_imports_no_plotting_and_no_widgets(module: str) -> None:
    heavy = "'matplotlib', 'ipywidgets', 'IPython', 'PIL'"
    code = f"import sys, {module}; print([name for name in ({heavy}) if name in sys.modules])"
    assert python(code).strip() == "[]"


def test_importing_takes_less_than_100_ms_of_the_processor_beyond_numpy() -> None:
    clock = "time.process_time()"  # a busy machine makes it wait, but not work
    code = f"import time, numpy; t = {clock}; import lrlib; print({clock} - t)"
    seconds = min(float(python(code)) for _ in range(5))
    assert seconds < 0.1, f"import lrlib takes {seconds:.3f} s beyond numpy"


@pytest.mark.parametrize("module", [kernels, schedules, policies, datasets])
def test_every_public_function_can_be_imported_from_lrlib(module: object) -> None:
    public = {
        name: thing
        for name, thing in vars(module).items()
        if inspect.isfunction(inspect.unwrap(thing))
        and thing.__module__ == module.__name__
        and not name.startswith("_")
    }
    assert public
    assert set(public) <= set(lrlib.__all__)
    assert all(getattr(lrlib, name) is thing for name, thing in public.items())


def test_all_is_sorted_and_true() -> None:
    assert list(lrlib.__all__) == sorted(set(lrlib.__all__))
    assert {"descend", "Trace", "predict"} <= set(lrlib.__all__)
    assert all(hasattr(lrlib, name) for name in lrlib.__all__)


def test_the_version_is_the_same_everywhere() -> None:
    citation = (ROOT / "CITATION.cff").read_text()
    assert f"\nversion: {PROJECT['version']}\n" in citation


def test_requirements_are_pinned_and_agree() -> None:
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert pins.pop() == "-e ."
    versions = dict(pin.split("==") for pin in pins)
    assert f"rev: v{versions['ruff']}\n" in (ROOT / ".pre-commit-config.yaml").read_text()
    assert PROJECT["requires-python"] == ">=3.11"
