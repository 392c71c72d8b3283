"""The scripts behind `make lab`, `make test` and `make refresh`."""

import ast
import contextlib
import importlib.util
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys

import bench
import check
import lab
import nbformat
import pytest
import refresh
import setup_env
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import lrlib.problems

ROOT = pathlib.Path(__file__).resolve().parent.parent

# ---- refresh -----------------------------------------------------------------------------------


def plain_notebook() -> nbformat.NotebookNode:
    """A notebook in normal form, as `make refresh` stores it."""
    picture = new_output("display_data", data={"image/png": "aGVsbG8=", "text/plain": "a picture"})
    stream = new_output("stream", name="stdout", text="one\ntwo\n")
    cells = [
        new_markdown_cell("# A title", id="0123abcd"),
        new_code_cell("f()", id="89abcdef", execution_count=1, outputs=[stream, picture]),
    ]
    return refresh.normalise(new_notebook(cells=cells))


def test_a_notebook_saved_by_jupyterlab_comes_out_as_the_same_bytes() -> None:
    saved = plain_notebook()
    saved.metadata.language_info = {"name": "python", "version": "3.13.0", "file_extension": ".py"}
    saved.metadata.widgets = {"state": {}}
    cell = saved.cells[1]
    cell.metadata.update(execution={"iopub.status.busy": "2026-01-01"}, scrolled=True, tags=[])
    cell.outputs[0].text = "one\n"
    cell.outputs.insert(1, new_output("stream", name="stdout", text="two\n"))
    cell.outputs[2].data["image/png"] += "\n"
    cell.outputs[2].data[refresh.WIDGET_VIEW] = {"model_id": "5"}
    cell.outputs[2].data["text/html"] = "<img>"
    cell.outputs.append(new_output("display_data", data={refresh.WIDGET_VIEW: {"model_id": "6"}}))
    assert refresh.as_text(saved) != refresh.as_text(plain_notebook())
    assert refresh.as_text(refresh.normalise(saved)) == refresh.as_text(plain_notebook())


def test_cell_ids_are_kept_or_made_from_what_stands_in_the_cell() -> None:
    names = ["0123abcd", "0123abcd", "a-long-name-of-jupyterlab", "fedcba98"]
    nb = new_notebook(cells=[new_code_cell(str(k)) for k in range(4)])
    for cell, name in zip(nb.cells, names, strict=True):
        cell.id = name
    ids = [cell.id for cell in refresh.normalise(nb).cells]
    assert ids == [cell.id for cell in refresh.normalise(nb).cells]
    assert (ids[0], ids[3]) == ("0123abcd", "fedcba98")
    assert len(set(ids)) == 4
    assert all(len(name) == 8 and int(name, 16) >= 0 for name in ids)


def test_refreshing_twice_changes_no_byte(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "a.ipynb"
    sources = ["import ipywidgets", "ipywidgets.IntSlider(3)", "import os\nprint(os.getcwd())"]
    nbformat.write(new_notebook(cells=[new_code_cell(source) for source in sources]), path)
    assert refresh.refresh(path)
    first = path.read_bytes()
    assert not refresh.refresh(path)
    assert path.read_bytes() == first
    assert [p.name for p in tmp_path.iterdir()] == ["a.ipynb"]
    ran = refresh.read(path).cells
    assert [cell.execution_count for cell in ran] == [1, 2, 3]
    assert ran[1].outputs[0].data == {"text/plain": "IntSlider(value=3)"}
    assert pathlib.Path(ran[2].outputs[0].text.strip()) == tmp_path.resolve()


def test_an_error_in_a_cell_is_told_and_the_file_left_alone(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    path = tmp_path / "07_a.ipynb"
    cells = [new_markdown_cell("text"), new_code_cell("x = 0"), new_code_cell("print(1 / x)")]
    nbformat.write(new_notebook(cells=cells), path)
    before = path.read_bytes()
    monkeypatch.setattr(refresh, "NOTEBOOKS", tmp_path)
    assert refresh.main(["07"]) == 1
    told = capsys.readouterr().err
    for part in (
        "07_a.ipynb",
        "code cell 2",
        "print(1 / x)",
        "ZeroDivisionError: division by zero",
    ):
        assert part in told
    assert path.read_bytes() == before
    assert refresh.main(["08"]) == 1
    assert "no notebook whose name starts with 08" in capsys.readouterr().err


# ---- lab ---------------------------------------------------------------------------------------


def test_a_busy_port_is_passed_over() -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        assert port < lab.free_port(port) < port + 100


def started(monkeypatch: pytest.MonkeyPatch, user: int, display: str) -> list[str]:
    """The command line that `make lab` ends in."""
    commands: list[list[str]] = []
    monkeypatch.setattr(lab.os, "execv", lambda program, command: commands.append(command))
    monkeypatch.setattr(lab.os, "geteuid", lambda: user, raising=False)
    monkeypatch.setattr(lab.sys, "platform", "linux")
    monkeypatch.setattr(lab.webbrowser, "get", lambda: None)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setenv("DISPLAY", display)
    monkeypatch.setenv("JUPYTER_TOKEN", "")
    lab.main()
    assert os.environ["JUPYTER_TOKEN"] and os.environ["JUPYTER_TOKEN"] not in " ".join(commands[0])
    return commands[0]


def test_lab_as_root_without_a_display_prints_the_address(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
) -> None:
    command = started(monkeypatch, user=0, display="")
    assert {"--allow-root", "--no-browser"} <= set(command)
    told = capsys.readouterr().out
    assert "no browser here" in told
    assert f"/lab/tree/notebooks/00_start_here.ipynb?token={os.environ['JUPYTER_TOKEN']}" in told


def test_lab_as_a_user_with_a_display_opens_a_browser(monkeypatch: pytest.MonkeyPatch) -> None:
    command = started(monkeypatch, user=1000, display=":0")
    assert not {"--allow-root", "--no-browser"} & set(command)


# ---- check -------------------------------------------------------------------------------------

TINY = """
import pytest
def test_a(): pass
def test_b(): pass
@pytest.mark.skip
def test_c(): pass
"""


@pytest.mark.parametrize(
    ("more", "lint", "end", "code"),
    [
        ("", "0", "green: 4 passed, 0 failed, 1 skipped", 0),
        ("def test_d(): assert 0", "1", "red: 2 passed, 3 failed, 1 skipped", 1),
        ("raise SystemError", "0", "red: 2 passed, 1 failed", 1),
    ],
)
def test_the_last_line_counts_everything(
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture,
    more: str,
    lint: str,
    end: str,
    code: int,
) -> None:
    (tmp_path / "test_tiny.py").write_text(TINY + more)
    python = [sys.executable, "-c", f"raise SystemExit({lint})"]
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setattr(check, "RUFF", python)
    monkeypatch.setattr(check, "TESTS", [sys.executable, "-m", "pytest", "-q", str(tmp_path)])
    monkeypatch.setattr(check, "NBVAL", [sys.executable, "-c", "print('no notebooks')"])
    assert check.main() == code
    assert capsys.readouterr().out.splitlines()[-1] == end


# ---- setup_env ---------------------------------------------------------------------------------


class Folder:
    """A project folder whose environment is only pretended to be made."""

    def __init__(self, root: pathlib.Path, monkeypatch: pytest.MonkeyPatch):
        self.venv, self.done, self.fails = root / ".venv", [], False
        (root / "tools").mkdir()
        for name in (
            *setup_env.REQUIREMENTS.values(),
            setup_env.SITE,
            "pyproject.toml",
            "tools/setup_env.py",
        ):
            shutil.copy(ROOT / name, root / name)
        self.requirements = root / "requirements.txt"
        monkeypatch.setattr(setup_env, "ROOT", root)
        monkeypatch.setattr(setup_env, "VENV", self.venv)
        monkeypatch.setattr(setup_env, "STAMP", self.venv / "made-from")
        monkeypatch.setattr(setup_env, "runs", lambda *command: self.venv.exists())
        monkeypatch.setattr(setup_env, "create", self.create)
        monkeypatch.setattr(setup_env, "install", self.install)

    def create(self) -> None:
        self.venv.mkdir()
        setup_env.STAMP.write_text(setup_env.UNFINISHED)
        self.done.append("create")

    def install(self, requirements: str) -> None:
        if self.fails:
            raise setup_env.SetupError("there is no network")
        self.done.append("install" if requirements == "requirements.txt" else requirements)

    def setup(self, purpose: str = "lessons") -> list[str]:
        self.done.clear()
        with contextlib.suppress(setup_env.SetupError):
            setup_env.setup(purpose)
        return list(self.done)


@pytest.fixture
def folder(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    return Folder(tmp_path, monkeypatch)


def test_the_environment_is_made_once(folder: Folder) -> None:
    assert folder.setup() == ["create", "install"]
    assert folder.setup() == []


def test_what_checks_the_lessons_is_installed_when_it_is_asked_for(folder: Folder) -> None:
    assert folder.setup() == ["create", "install"]
    assert folder.setup("checks") == ["requirements-test.txt"]
    assert folder.setup("checks") == folder.setup() == []


def test_the_pages_have_an_environment_of_their_own(folder: Folder) -> None:
    assert folder.setup("site") == ["create", setup_env.SITE]
    folder.requirements.write_text("numpy\n")
    assert folder.setup("site") == []
    (folder.venv.parent / setup_env.SITE).write_text("sphinx\n")
    assert folder.setup("site") == [setup_env.SITE]


def test_an_environment_can_stand_in_another_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VENV", "PYTHON", "STAMP"):
        monkeypatch.setattr(setup_env, name, getattr(setup_env, name))
    python = setup_env.PYTHON.relative_to(setup_env.VENV)
    setup_env.use(".venv-site")
    assert setup_env.PYTHON == ROOT / ".venv-site" / python
    assert setup_env.STAMP.parent == setup_env.VENV == ROOT / ".venv-site"
    assert setup_env.fingerprint("site").endswith(".venv-site")


def test_new_requirements_are_installed_into_it(folder: Folder) -> None:
    folder.setup()
    folder.requirements.write_text("numpy\n")
    assert folder.setup() == ["install"]
    assert folder.setup() == []


def test_a_failed_setup_leaves_nothing_half_made(folder: Folder) -> None:
    folder.fails = True
    assert folder.setup() == ["create"]
    assert not folder.venv.exists()


def test_a_failed_update_leaves_the_old_environment(folder: Folder) -> None:
    folder.setup()
    folder.requirements.write_text("numpy\n")
    folder.fails = True
    assert folder.setup() == []
    assert folder.venv.exists()
    folder.fails = False
    assert folder.setup() == ["install"]


def test_an_unfinished_or_moved_environment_is_made_anew(folder: Folder) -> None:
    for stamp in (setup_env.UNFINISHED, "0123 /another/folder/.venv"):
        folder.setup()
        setup_env.STAMP.write_text(stamp)
        assert folder.setup() == ["create", "install"]


def test_an_environment_made_by_hand_is_completed(folder: Folder) -> None:
    folder.venv.mkdir()
    assert folder.setup() == ["install"]


# ---- python.sh ---------------------------------------------------------------------------------

needs_sh = pytest.mark.skipif(sys.platform == "win32", reason="make and sh are not used on Windows")


def run_with(folder: pathlib.Path, pythons: dict[str, str], **environment: str) -> str:
    """What `tools/python.sh tools/setup_env.py` says where these are the only Pythons."""
    for name, body in pythons.items():
        (folder / name).write_text(f"#!/bin/sh\n{body}\n")
        (folder / name).chmod(0o755)
    got = subprocess.run(
        ["/bin/sh", str(ROOT / "tools/python.sh"), "tools/setup_env.py"],
        cwd=folder,
        env={"PATH": str(folder), **environment},
        capture_output=True,
        text=True,
    )
    return got.stdout + got.stderr


OLD = "case \"$1$2\" in -c*'(3, 6)'*) exit 0;; -c*) exit 1;; *) echo old: $*;; esac"
NO_VENV = 'case "$1$2" in -c*ensurepip*) exit 1;; -c*) exit 0;; *) echo no venv: $*;; esac'
GOOD = 'case "$1" in -c) exit 0;; *) echo good: $*;; esac'
BROKEN = "exit 127"


@needs_sh
@pytest.mark.parametrize(
    ("pythons", "said"),
    [
        ({}, "there is no Python on the PATH"),
        ({"python3": OLD}, "old: tools/setup_env.py"),
        ({"python3": OLD, "python3.11": GOOD}, "good: tools/setup_env.py"),
        ({"python3.13": BROKEN, "python": GOOD}, "good: tools/setup_env.py"),
        ({"python3.13": NO_VENV, "python3": GOOD}, "good: tools/setup_env.py"),
        ({"python3.13": NO_VENV, "python3": OLD}, "no venv: tools/setup_env.py"),
    ],
)
def test_the_best_python_is_taken(tmp_path: pathlib.Path, pythons: dict, said: str) -> None:
    assert said in run_with(tmp_path, pythons)


@needs_sh
def test_a_python_can_be_named(tmp_path: pathlib.Path) -> None:
    pythons = {"python3.13": GOOD, "mine": 'case "$1" in -c) exit 0;; *) echo mine;; esac'}
    assert run_with(tmp_path, pythons, PYTHON="mine") == "mine\n"
    assert "PYTHON=nosuch is not a Python" in run_with(tmp_path, pythons, PYTHON="nosuch")


@needs_sh
@pytest.mark.skipif(not shutil.which("make"), reason="no make here")
def test_make_alone_says_what_there_is() -> None:
    said = subprocess.run(["make", "-s"], cwd=ROOT, capture_output=True, text=True).stdout
    assert all(f"make {target}" in said for target in ("lab", "test", "refresh", "claims"))


# ---- bench -------------------------------------------------------------------------------------


BENCH = sorted((ROOT / "tests" / "bench").glob("*.py"))


@pytest.mark.parametrize("path", BENCH, ids=lambda path: path.stem)
def test_a_bench_finds_what_it_imports(path: pathlib.Path) -> None:
    """It runs in no check: what it takes from the project must be there, and what others publish
    is what its requirements name."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    named = {
        re.split(r"[=<>\[; ]", line)[0].lower()
        for file in bench.FILES
        for line in (ROOT / file).read_text().splitlines()
    }
    own = {file.stem for folder in bench.PATH for file in folder.glob("*.py")} | {"lrlib"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module.partition(".")[0] == "lrlib":
            module = importlib.import_module(node.module)
            for name in (x.name for x in node.names if not hasattr(module, x.name)):
                assert importlib.util.find_spec(f"{node.module}.{name}"), name
        names = [x.name for x in node.names] if isinstance(node, ast.Import) else []
        names += [node.module] if isinstance(node, ast.ImportFrom) else []
        for top in (name.partition(".")[0] for name in names):
            assert top in sys.stdlib_module_names or top in own or top.lower() in named, top
    private = set(re.findall(r"PROBLEM\.(_\w+)", path.read_text(encoding="utf-8")))
    fit = lrlib.problems.mlp([[0.0], [1.0]], [0, 1], (1, 2))
    assert {name for name in private if not hasattr(fit, name)} == set()
