"""What Binder, Codespaces, the workflow of the pages and JupyterLite read."""

import json
import pathlib
import re
import subprocess
import sys
import tomllib
import zipfile

import lesson
import pytest

lite = pytest.importorskip("lite")
ROOT = pathlib.Path(__file__).resolve().parents[2]
COURSE = lesson.course(ROOT / "notebooks")


def requirements(name: str) -> dict[str, str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if "==" in line)


def least_python() -> tuple[int, ...]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return tuple(map(int, project["requires-python"].removeprefix(">=").split(".")))


def test_binder_is_given_a_python_and_what_the_lessons_run_on() -> None:
    runtime = (ROOT / ".binder" / "runtime.txt").read_text(encoding="utf-8").strip()
    found = re.fullmatch(r"python-(\d+)\.(\d+)", runtime)
    assert found and tuple(map(int, found.groups())) >= least_python()
    lines = (ROOT / ".binder" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    (line,) = [line for line in lines if not line.startswith("#")]
    assert (ROOT / ".binder" / line.removeprefix("-r ")).resolve() == ROOT / "requirements.txt"
    assert "playwright" not in requirements("requirements.txt")  # no tools of the tests


@pytest.mark.skipif(sys.platform == "win32", reason="repo2docker does not run on Windows")
def test_binders_own_builder_takes_this_python_and_installs_from_the_project_s_folder() -> None:
    """repo2docker's dry run: it writes the recipe of the image and builds nothing."""
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--debug", "."]
    got = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert got.returncode == 0, got.stderr
    recipe = got.stdout + got.stderr
    runtime = (ROOT / ".binder" / "runtime.txt").read_text(encoding="utf-8").strip()
    assert f"Building conda environment for python={runtime.removeprefix('python-')}\n" in recipe
    (install,) = re.findall(r"RUN (\S+/pip install .*)", recipe)
    assert install.endswith('-r ".binder/requirements.txt"')
    # lrlib is installed from the folder: it has to be there before
    assert recipe.index("COPY --chown=0:0 src/ ${REPO_DIR}/") < recipe.index(install)
    assert recipe.index("WORKDIR ${REPO_DIR}") < recipe.index(install)


def test_a_codespace_installs_what_the_lessons_run_on() -> None:
    given = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    file = given["postCreateCommand"].split()[-1]
    assert (ROOT / file).exists()
    version = given["image"].rpartition(":")[2]
    assert tuple(map(int, version.split("."))) >= least_python()
    opened = given["customizations"]["codespaces"]["openFiles"]
    assert all((ROOT / name).exists() for name in opened)


def test_the_pages_are_drawn_with_the_versions_that_the_lessons_run_on() -> None:
    site, lessons = requirements("requirements-site.txt"), requirements("requirements.txt")
    shared = {"ipywidgets", "matplotlib", "numpy", "pillow"}
    assert {name: site[name] for name in shared} == {name: lessons[name] for name in shared}


def test_the_scripts_of_others_are_pinned_and_not_committed() -> None:
    wanted = json.loads((ROOT / "site" / "package.json").read_text(encoding="utf-8"))
    lock = json.loads((ROOT / "site" / "package-lock.json").read_text(encoding="utf-8"))
    for name, version in (wanted["dependencies"] | wanted["devDependencies"]).items():
        there = lock["packages"][f"node_modules/{name}"]
        assert there["version"] == version and there["integrity"].startswith("sha512-")
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
    assert {"node_modules/", "_site/", "build/"} <= set(ignored)


def test_the_workflow_builds_checks_and_publishes() -> None:
    text = (ROOT / ".github" / "workflows" / "pages.yml").read_text(encoding="utf-8")
    order = [
        "setup-node",
        "make site",
        "pytest tests/site",
        "upload-pages-artifact",
        "deploy-pages",
    ]
    places = [text.index(step) for step in order]
    assert places == sorted(places)
    assert "path: _site" in text and "github.ref == 'refs/heads/main'" in text


def test_a_notebook_in_the_browser_installs_lrlib_first() -> None:
    made = json.loads(lite.notebook(COURSE[0]))
    assert "".join(made["cells"][0]["source"]).startswith("%pip install -q lrlib")
    assert len(made["cells"]) == len(COURSE[0].nb.cells) + 1


def test_the_wheel_in_jupyterlite_has_all_that_lrlib_needs(tmp_path: pathlib.Path) -> None:
    pytest.importorskip("setuptools")
    with zipfile.ZipFile(lite.wheel(tmp_path)) as wheel:
        names = set(wheel.namelist())
    here = {
        file.relative_to(ROOT).as_posix()
        for file in (ROOT / "lrlib").rglob("*")
        if file.suffix in (".py", ".c", ".js")
    }
    assert here <= names
    sums = (ROOT / "data" / "SHA256SUMS").read_text(encoding="utf-8").split()[1::2]
    assert {f"lrlib/data/{name}" for name in sums if "/" not in name} <= names


def test_the_readme_moves_and_is_small() -> None:
    image = pytest.importorskip("PIL.Image")
    file = ROOT / "docs" / "slider.webp"
    assert "docs/slider.webp" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert file.stat().st_size < 1_000_000
    with image.open(file) as moving:
        assert moving.n_frames > 20 and min(moving.size) > 300
