"""The notebooks in a JupyterLab that runs in the browser, as a folder of the site.

JupyterLite is installed with what builds the pages, at a pinned version. The wheel of lrlib lies in
it, and each notebook begins with a cell that installs it. Python itself and NumPy come from the
network of Pyodide when a reader starts a notebook.
"""

import importlib.metadata
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import nbformat
from lesson import Lesson
from nbformat.v4 import new_code_cell

ROOT = pathlib.Path(__file__).resolve().parent.parent
INSTALL = "%pip install -q lrlib  # here in the browser only"
OF_THE_WHEEL = ("lrlib", "data", "pyproject.toml", "README.md", "LICENSE")
EPOCH = str(315532800)  # the first day that a zip file can name


class LiteError(Exception):
    """One sentence for the user."""


def run(*command: str, cwd: pathlib.Path) -> None:
    environment = {**os.environ, "SOURCE_DATE_EPOCH": EPOCH, "JUPYTER_PLATFORM_DIRS": "1"}
    got = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)
    if got.returncode:
        lines = [line for line in (got.stdout + got.stderr).splitlines() if line.strip()]
        raise LiteError(f"{' '.join(command[:4])} failed: {lines[-1] if lines else 'no message'}")


def wheel(target: pathlib.Path) -> pathlib.Path:
    """lrlib as a wheel, made from a copy: what an earlier build left behind does not get in."""
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder)
        for name in OF_THE_WHEEL:
            if (ROOT / name).is_dir():
                ignored = shutil.ignore_patterns("__pycache__", "build")
                shutil.copytree(ROOT / name, copy / name, ignore=ignored)
            else:
                shutil.copy(ROOT / name, copy)
        pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "-q")
        run(*pip, "--no-deps", "--no-build-isolation", "-w", str(target), ".", cwd=copy)
    return next(target.glob("lrlib-*.whl"))


def widgets(target: pathlib.Path, store: pathlib.Path) -> None:
    """The wheels of the sliders, at the versions that are installed here; fetched once."""
    store.mkdir(parents=True, exist_ok=True)
    for name in ("ipywidgets", "jupyterlab_widgets"):
        pinned = f"{name}-{importlib.metadata.version(name)}"
        if not list(store.glob(f"{pinned}-*.whl")):
            pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "-q")
            run(*pip, "--no-deps", "-d", str(store), pinned.replace("-", "=="), cwd=store)
        shutil.copy(next(store.glob(f"{pinned}-*.whl")), target)


def notebook(lesson: Lesson) -> str:
    """The lesson with the cell before it that installs lrlib."""
    nb = nbformat.from_dict(lesson.nb)
    cells = [new_code_cell(INSTALL, id="install0"), *nb.cells]
    return nbformat.writes(nbformat.from_dict({**nb, "cells": cells}))


def build(course: list[Lesson], work: pathlib.Path, out: pathlib.Path) -> None:
    """JupyterLite with the notebooks of the course, in the folder ``out``."""
    shutil.rmtree(work, ignore_errors=True)
    content = work / "content"
    content.mkdir(parents=True)
    for lesson in course:
        (content / lesson.path.name).write_text(notebook(lesson), encoding="utf-8")
    wheel(work / "pypi")
    widgets(work / "pypi", work.parent / "wheels")
    lite = (sys.executable, "-m", "jupyter", "lite", "build")
    options = ("--no-sourcemaps", "--no-unused-shared-packages", "--apps", "lab")
    places = ("--lite-dir", str(work), "--contents", str(content), "--output-dir", str(out))
    run(*lite, *options, *places, cwd=work)
