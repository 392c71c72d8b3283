"""The package from outside: what importing it costs and brings, and what it says of itself."""

import email
import functools
import inspect
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tomllib
import venv
import zipfile

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
    versions = {}
    for name, last in (
        ("requirements.txt", "-e ."),
        ("requirements-test.txt", "-r requirements.txt"),
    ):
        lines = (ROOT / name).read_text().splitlines()
        pins = [line for line in lines if not line.startswith("#")]
        assert pins.pop() == last
        versions |= dict(pin.split("==") for pin in pins)
    for need in PROJECT["dependencies"]:
        name, _, least = need.partition(">=")
        as_numbers = [tuple(map(int, v.split(".")[:2])) for v in (versions[name], f"{least}.0")]
        assert as_numbers[0] >= as_numbers[1]
    assert f"rev: v{versions['ruff']}\n" in (ROOT / ".pre-commit-config.yaml").read_text()
    assert PROJECT["requires-python"] == ">=3.11"


IN_A_WHEEL = """
import json, pathlib, sys
import lrlib
from lrlib import datasets, environment, live
from lrlib.views.gradient_valley import gradient_valley
from lrlib.problems import valley
panel = live.panel(gradient_valley(valley()))
sets = {name: len(getattr(datasets, name)()) for name in environment.SETS}
licences = len(list((datasets.DATA / "LICENSES").iterdir()))
(datasets.DATA / "nile.csv").unlink()
datasets._forget()
try:
    datasets.nile()
except FileNotFoundError as error:
    remedy = str(error)
print(json.dumps([lrlib.__file__, str(datasets.DATA), sets, panel.sentence, licences, remedy]))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """The wheel, built without a network from a copy of what is in the repository."""
    folder = tmp_path_factory.mktemp("wheel")
    unwanted = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "build", "notebooks")
    shutil.copytree(ROOT, folder / "project", ignore=unwanted)
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-q"]
    subprocess.run([*command, "-w", folder, folder / "project"], check=True, capture_output=True)
    (made,) = folder.glob("*.whl")
    return made


def test_the_wheel_works_in_a_fresh_environment_anywhere(
    wheel: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    """Its own data, its own remedies; what it depends on is this environment's."""
    venv.create(tmp_path / "venv", with_pip=False, symlinks=True)
    python = tmp_path / "venv" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    command = [sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps"]
    alone = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    subprocess.run([*command, "--no-index", wheel], check=True, capture_output=True, env=alone)
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    run = functools.partial(subprocess.run, check=True, capture_output=True, text=True)
    own = pathlib.Path(run([python, "-I", "-c", ask]).stdout.strip())
    (own / "others.pth").write_text("\n".join(p for p in sys.path if p.endswith("-packages")))
    away = tmp_path / "elsewhere"
    away.mkdir()
    said = json.loads(run([python, "-I", "-c", IN_A_WHEEL], cwd=away).stdout)
    where, data, sets, sentence, licences, remedy = said
    assert pathlib.Path(where).is_relative_to(own) and pathlib.Path(data).is_relative_to(own)
    assert len(sets) == 7 and all(sets.values()) and licences == 3
    assert "times the limit 0.5" in sentence
    assert "nile.csv: missing. Install lrlib again" in remedy and "git" not in remedy


def test_the_wheel_says_what_it_needs(wheel: pathlib.Path) -> None:
    with zipfile.ZipFile(wheel) as file:
        (name,) = [n for n in file.namelist() if n.endswith(".dist-info/METADATA")]
        meta = email.message_from_bytes(file.read(name))
    assert set(meta.get_all("Requires-Dist")) == set(PROJECT["dependencies"])
