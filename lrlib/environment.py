"""Is everything there that the lessons need?"""

import sys
from importlib.util import find_spec

from . import datasets

PACKAGES = ("numpy", "matplotlib", "PIL", "ipywidgets", "jupyterlab")
CALLED = {"PIL": "pillow"}  # what pip calls a package of another name
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
