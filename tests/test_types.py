"""Type hints that a checker agrees with, and functions short enough to read."""

import ast
import importlib.util
import pathlib
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
CORE = ["contracts", "kernels", "schedules", "policies", "loop", "_arguments", "_blocks"]
CORE += ["_data", "surfaces", "fits", "datasets", "listings", "environment"]


@pytest.mark.skipif(importlib.util.find_spec("mypy") is None, reason="mypy is not installed")
def test_the_core_has_no_type_errors(tmp_path: pathlib.Path) -> None:
    command = [sys.executable, "-m", "mypy", f"--cache-dir={tmp_path}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def length(function: ast.FunctionDef) -> int:
    """Lines of a function without its docstring, its signature counted."""
    doc = function.body[0]
    is_doc = isinstance(doc, ast.Expr) and isinstance(doc.value, ast.Constant)
    lines = doc.end_lineno - doc.lineno + 1 if is_doc else 0
    return function.end_lineno - function.lineno + 1 - lines


@pytest.mark.parametrize("module", CORE)
def test_no_function_is_longer_than_40_lines(module: str) -> None:
    tree = ast.parse((ROOT / "lrlib" / f"{module}.py").read_text())
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    long = {f.name: length(f) for f in functions if length(f) > 40}
    assert functions and not long, long


def test_the_package_says_that_it_is_typed() -> None:
    assert (ROOT / "lrlib" / "py.typed").exists()
    assert "py.typed" in (ROOT / "pyproject.toml").read_text()
