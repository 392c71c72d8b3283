"""A package that one lesson alone needs: named where it is missing, and never missing for good."""

import ast
import pathlib
import re
import shutil
import subprocess
import sys

import lesson
import pytest
import refresh
import run_claims
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from lrlib import environment

ROOT = pathlib.Path(__file__).resolve().parent.parent
ABSENT = "no_such_package"


def asking(name: str = ABSENT) -> lesson.NotebookNode:
    """A lesson that asks for a package and then runs two more cells."""
    first = f'from lrlib.environment import need\n\npackage = need("{name}")'
    cells = [new_markdown_cell("# 77 T"), *map(new_code_cell, [first, "print(1)", "print(2)"])]
    return refresh.normalise(new_notebook(cells=cells))


def test_what_is_there_is_imported() -> None:
    assert environment.need("json").dumps([1]) == "[1]"


@pytest.mark.parametrize(
    ("name", "platform", "said"),
    [
        ("torch", "linux", "PyTorch is missing: run %pip install -r ../requirements-torch.txt in"),
        ("torch", "emscripten", "PyTorch is missing: it does not run in a browser. To run it, ins"),
        (ABSENT, "win32", f"{ABSENT} is missing: run %pip install {ABSENT} in a cell and restart"),
    ],
)
def test_what_is_missing_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch, name: str, platform: str, said: str
) -> None:
    monkeypatch.setattr(environment, "find_spec", lambda name: None)
    monkeypatch.setattr(environment.sys, "platform", platform)
    monkeypatch.chdir(ROOT / "notebooks")
    with pytest.raises(ModuleNotFoundError) as caught:
        environment.need(name)
    assert caught.value.name == name
    (line,) = caught.value._render_traceback_()  # all that a notebook shows
    assert line.startswith(said) and "\n" not in line and line.endswith("read on without.")


def test_the_remedy_names_no_file_where_there_is_no_checkout(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "find_spec", lambda name: None)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(environment.Missing, match="run %pip install torch in"):
        environment.need("torch")


def test_a_notebook_shows_the_line_alone(capsys: pytest.CaptureFixture) -> None:
    from IPython.core.interactiveshell import InteractiveShell

    InteractiveShell.clear_instance()
    InteractiveShell.instance().run_cell(asking().cells[1].source)
    InteractiveShell.clear_instance()
    assert capsys.readouterr().out.strip().startswith(f"{ABSENT} is missing: run %pip")


def test_a_lesson_that_cannot_run_here_is_known_by_its_code() -> None:
    assert lesson.lacking(asking()) == (f"needs {ABSENT}: pip install -r requirements-{ABSENT}.txt")
    assert lesson.lacking(asking("json")) == lesson.lacking(new_notebook()) == ""


def test_nbval_skips_it_once_with_the_reason(tmp_path: pathlib.Path) -> None:
    shutil.copy(ROOT / "conftest.py", tmp_path)
    for name, package in (("77_without", ABSENT), ("78_with", "json")):
        (tmp_path / f"{name}.ipynb").write_text(refresh.as_text(asking(package)))
    (tmp_path / "pytest.ini").write_text(f"[pytest]\npythonpath = {ROOT / 'tools'} {ROOT}\n")
    command = [sys.executable, "-m", "pytest", "--nbval-lax", "--nbval-current-env", "-rs", "-q"]
    got = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert f"77_without.ipynb needs {ABSENT}: pip install -r" in got.stdout, got.stdout
    assert "3 passed, 1 skipped" in got.stdout


def test_refresh_leaves_it_as_it_is(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    path = tmp_path / "77_t.ipynb"
    path.write_text(refresh.as_text(asking()))
    before = path.read_bytes()
    monkeypatch.setattr(refresh, "NOTEBOOKS", tmp_path)
    assert refresh.main(["77"]) == 0
    assert capsys.readouterr().out.startswith(f"77_t.ipynb: left as it is, it needs {ABSENT}")
    assert path.read_bytes() == before


def test_its_claims_are_left_out_and_their_rows_stay(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture
) -> None:
    (tmp_path / "14_t.ipynb").write_text(refresh.as_text(asking()))
    results = tmp_path / "RESULTS.md"
    shutil.copy(run_claims.RESULTS, results)
    before = results.read_bytes()
    assert run_claims.main(["14", "--quiet"], results=results, notebooks=tmp_path) in (0, 1)
    assert f"lesson 14 left out, its rows stay: it needs {ABSENT}" in capsys.readouterr().out
    assert results.read_bytes() == before


# ---- never missing for good, and never needed elsewhere ----------------------------------------


def test_the_tests_of_every_change_install_it_before_they_run() -> None:
    for name in lesson.course(ROOT / "notebooks"):
        for package in lesson.needs(name.nb):
            file = f"requirements-{package}.txt"
            assert f"\n{package}==" in (ROOT / file).read_text(encoding="utf-8")
            script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
            workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
            for text in (script, workflow.partition("  with-pytorch:\n")[2]):
                assert re.search(rf"make checks.*install [^\n]*{file}.*make test", text, re.S)


def imports(source: str) -> set[str]:
    nodes = list(ast.walk(ast.parse(source)))
    found = {a.name for node in nodes if isinstance(node, ast.Import) for a in node.names}
    found |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name.partition(".")[0] for name in found}


def test_nothing_else_of_the_course_imports_it() -> None:
    files = [*(ROOT / "lrlib").rglob("*.py"), *(ROOT / "tools").glob("*.py")]
    sources = {file.name: file.read_text(encoding="utf-8") for file in files}
    for one in lesson.course(ROOT / "notebooks"):
        if not lesson.needs(one.nb):
            code = (cell.source for cell in lesson.code_cells(one.nb))
            sources[one.path.name] = "\n".join(re.sub(r"^[%!].*", "", text) for text in code)
    extra = set(environment.EXTRA)
    assert not {
        name: imports(text) & extra for name, text in sources.items() if imports(text) & extra
    }
