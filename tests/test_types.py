"""Type hints that a checker agrees with, and functions short enough to read."""

import ast
import importlib.util
import pathlib
import statistics
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
PACKAGE = sorted((ROOT / "lrlib").rglob("*.py"))


@pytest.mark.skipif(importlib.util.find_spec("mypy") is None, reason="mypy is not installed")
def test_the_core_has_no_type_errors(tmp_path: pathlib.Path) -> None:
    command = [sys.executable, "-m", "mypy", f"--cache-dir={tmp_path}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def lengths(path: pathlib.Path) -> dict[str, int]:
    """Lines of each function without those of its docstring, its signature counted."""
    found = {}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            doc = node.body[0] if ast.get_docstring(node) else None
            told = doc.end_lineno - doc.lineno + 1 if doc else 0
            found[f"{node.name}, line {node.lineno}"] = node.end_lineno - node.lineno + 1 - told
    return found


@pytest.mark.parametrize("path", PACKAGE, ids=lambda path: path.stem)
def test_no_function_is_longer_than_40_lines(path: pathlib.Path) -> None:
    long = {name: n for name, n in lengths(path).items() if n > 40}
    assert not long, f"{path.name}: {long}: take a part out"


def test_the_median_function_of_views_has_15_lines_at_most() -> None:
    views = [n for path in PACKAGE if path.parent.name == "views" for n in lengths(path).values()]
    assert statistics.median(views) <= 15


def test_a_length_is_without_the_docstring(tmp_path: pathlib.Path) -> None:
    (tmp_path / "f.py").write_text(
        'def f():\n    """One,\n\n    two."""\n    return [\n        1\n    ]\n'
    )
    assert lengths(tmp_path / "f.py") == {"f, line 1": 4}


def test_the_package_says_that_it_is_typed() -> None:
    assert (ROOT / "lrlib" / "py.typed").exists()
    assert "py.typed" in (ROOT / "pyproject.toml").read_text()
