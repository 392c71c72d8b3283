"""Is everything there that the lessons need?"""

import importlib
import sys
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

from . import datasets

PACKAGES = ("numpy", "matplotlib", "PIL", "ipywidgets", "jupyterlab")
CALLED = {"PIL": "pillow"}  # what pip calls a package of another name
EXTRA = {"torch": ("PyTorch", "torch")}  # of single lessons: name, requirements-NAME.txt
SETS = ("penguins", "auto_mpg", "letters", "glosses", "co2", "nile", "breast_cancer")


def report() -> None:
    """Print one line for Python, each package and each data set: ok, or what is missing and the
    remedy. Data are read and their checksums verified. Returns nothing.

    >>> report()  # doctest: +ELLIPSIS
    Python        ok
    numpy         ok
    ...
    """
    python = sys.version_info >= (3, 11)
    print(f"{'Python':14}{'ok' if python else 'too old: 3.11 or newer is needed'}")
    for name in PACKAGES:
        there = find_spec(name) is not None
        print(f"{name:14}{'ok' if there else 'missing: pip install ' + CALLED.get(name, name)}")
    for name in SETS:
        try:
            getattr(datasets, name)()
            print(f"{name:14}ok")
        except (OSError, ValueError) as error:
            print(f"{name:14}{error}")


class Missing(ModuleNotFoundError):
    """A package that a lesson needs is not there. Notebooks show the sentence and no traceback."""

    def _render_traceback_(self) -> list[str]:  # IPython asks for it
        return [str(self)]


def need(name: str) -> ModuleType:
    """Import a package that one lesson alone needs.

    Returns the module. Raises `Missing`, one line that says how to install it, or that it cannot
    be had in a browser.

    >>> need("numpy").__name__
    'numpy'
    """
    if find_spec(name) is not None:
        return importlib.import_module(name)
    called, file = EXTRA.get(name, (name, ""))
    pinned = f"../requirements-{file}.txt"  # where there is no checkout there is none
    install = f"-r {pinned}" if file and Path(pinned).exists() else name
    if sys.platform == "emscripten":
        remedy = f"it does not run in a browser. To run it, install the course and {called}"
    else:
        remedy = f"run %pip install {install} in a cell and restart the kernel"
    raise Missing(
        f"{called} is missing: {remedy}. All outputs are stored: you can read on without.",
        name=name,
    )
