"""A function is read at a glance: what ruff's limits of branches leave open."""

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

import lrlib

ROOT = Path(lrlib.__file__).parent
MOST, MIDDLE = 40, 15  # lines without the docstring; of the median function of a view


def lengths(source: str) -> Iterator[tuple[str, int]]:
    """The name of each function and its lines, without those of its docstring."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            doc = node.body[0] if ast.get_docstring(node) else None
            told = doc.end_lineno - doc.lineno + 1 if doc else 0
            yield node.name, node.end_lineno - node.lineno + 1 - told


def test_a_length_is_without_the_docstring() -> None:
    source = 'def f():\n    """One,\n\n    two."""\n    return [\n        1,\n    ]\n'
    assert list(lengths(source)) == [("f", 4)]


@pytest.mark.parametrize("path", ROOT.rglob("*.py"), ids=lambda path: path.stem)
def test_no_function_is_longer_than_40_lines(path: Path) -> None:
    long = [f"{path.name}: {name} has {n}" for name, n in lengths(path.read_text()) if n > MOST]
    assert not long, f"{long}: at most {MOST} lines, take a part out"


def test_the_median_function_of_views_is_short() -> None:
    found = [n for path in (ROOT / "views").glob("*.py") for _, n in lengths(path.read_text())]
    assert statistics.median(found) <= MIDDLE
