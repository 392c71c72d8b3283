"""Statements about noisy runs, tested at seeds that no lesson uses.

A claim stands in tests/claims/lesson_NN.py.  It is a function of a seed that returns a margin: more
than 0 where the statement held.  Its docstring is the statement::

    @claim("05-nile", share=0.9)
    def nile(seed: int) -> float:
        \"\"\"RMSprop's error is below Adagrad's.\"\"\"
        return adagrad_error(seed) - rmsprop_error(seed)

The cell that says so carries the name in its metadata, ``"claims": ["05-nile"]``.  `make claims`
runs each claim at the ten SEEDS and writes RESULTS.md.  Where the lesson speaks of a mean, so does
the claim: of the runs at seeds that `several` gives, which no other seed gives.
"""

import ast
import hashlib
import importlib
import importlib.util
import inspect
import pathlib
import re
import sys
from collections.abc import Callable
from typing import NamedTuple

SEEDS = tuple(range(1000, 1010))
FOLDER = pathlib.Path(__file__).parent


class Claim(NamedTuple):
    """A statement that must hold in at least `share` of the seeds."""

    name: str  # "05-nile"
    share: float
    margin: Callable[[int], float]
    statement: str
    module: str

    @property
    def lesson(self) -> str:
        return self.name[:2]

    def source_hash(self) -> str:
        """Of its source and of all that it uses of its own file."""
        text = inspect.getsource(sys.modules[self.module])
        return hashlib.sha256(used_source(text, self.margin.__name__).encode()).hexdigest()[:12]


CLAIMS: dict[str, Claim] = {}


def claim(
    name: str, share: float = 0.9
) -> Callable[[Callable[[int], float]], Callable[[int], float]]:
    """Register a function of a seed as the claim `name`, "NN-short-name".

    The statement is the function's docstring. `share` of the ten seeds must hold, at least.
    Raises ValueError when the name is taken or not of that form, when it is not of the lesson of
    its file lesson_NN.py, when share is not within (0, 1] or when there is no docstring.
    """
    if not re.fullmatch(r"\d\d(-[a-z0-9]+)+", name):
        raise ValueError(f"name = {name!r}: must be of the form 05-short-name, in small letters")
    if not 0 < share <= 1:
        raise ValueError(f"share = {share!r}: must be above 0 and at most 1")

    def register(function: Callable[[int], float]) -> Callable[[int], float]:
        statement = " ".join((function.__doc__ or "").split())
        if not statement:
            raise ValueError(f"claim {name}: the docstring must be the statement that is tested")
        module = function.__module__
        if module.rpartition(".")[2] != f"lesson_{name[:2]}":
            raise ValueError(f"claim {name}: must stand in lesson_{name[:2]}.py, not in {module}")
        known = CLAIMS.get(name)
        if known and (known.module, known.margin.__qualname__) != (module, function.__qualname__):
            raise ValueError(f"claim {name}: there are two of that name")
        CLAIMS[name] = Claim(name, share, function, statement, module)
        return function

    return register


def several(seed: int, n: int = 4) -> range:
    """Seeds of the runs whose mean a claim is about: n of each seed's own ten.

    >>> list(several(1000))
    [10000, 10001, 10002, 10003]
    """
    return range(10 * seed, 10 * seed + n)


def load(folder: pathlib.Path = FOLDER) -> dict[str, Claim]:
    """All claims of a folder, by name, in order."""
    for path in sorted(folder.glob("lesson_*.py")):
        name = f"{__name__}.{path.stem}"
        if folder == FOLDER:
            importlib.import_module(name)
            continue
        spec = importlib.util.spec_from_file_location(name, path)
        module = sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return dict(sorted(CLAIMS.items()))


def used_source(text: str, name: str) -> str:
    """The source of a function of a module, and of every top-level name of it that it uses."""
    lines, places = text.splitlines(), {}
    for node in ast.parse(text).body:
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names = [node.name]
        else:
            names = [n.id for n in ast.walk(node) if isinstance(n, ast.Name) and _stored(n)]
        for defined in names:
            places.setdefault(defined, []).append((first, node))
    wanted, found = [name], {}
    while wanted:
        for first, node in places.get(wanted.pop(), []):
            if first not in found:
                found[first] = "\n".join(lines[first - 1 : node.end_lineno])
                wanted += [n.id for n in ast.walk(node) if isinstance(n, ast.Name)]
    return "\n".join(found[first] for first in sorted(found))


def _stored(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)
