"""Build the course as pages into _site: nothing to run, nothing to fetch when they are read.

    make site
    python tools/build_site.py --only 00 01 --out DIR --work DIR

The folder _site can be served by any server of files: python -m http.server -d _site
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

# as the stored outputs were made, with which the figures are compared; set before NumPy is imported
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import lesson
import lite
import live_figures
import nbformat
import pages
import slides

from lrlib import page

ROOT = pathlib.Path(__file__).resolve().parent.parent
SITE = ROOT / "site"
NODE = SITE / "node_modules"
WITHOUT_NODE = (
    "The pages show formulas and slides with MathJax and reveal.js, which npm fetches: "
    "install Node.js 18 or newer (https://nodejs.org) and run make site again."
)
TEXTS = {"contribute": "CONTRIBUTING.md", "changes": "CHANGELOG.md"}


Live = dict[str, list[live_figures.Figure | None]]  # the figures of each lesson, by its file's stem


class SiteError(Exception):
    """One sentence for the user."""


def repository() -> str:
    """owner/name on GitHub: $GITHUB_REPOSITORY, or the place this was cloned from, or nothing."""
    if named := os.environ.get("GITHUB_REPOSITORY"):
        return named
    command = ["git", "remote", "get-url", "origin"]
    try:
        got = subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout
    except OSError:
        return ""
    found = re.search(r"github\.com[:/]([\w.-]+/[\w.-]+?)(?:\.git)?\s*$", got)
    return found[1] if found else ""


def fetch_scripts() -> None:
    """MathJax and reveal.js as the lock file names them, into site/node_modules."""
    lock, stamp = SITE / "package-lock.json", NODE / ".made-from"
    if stamp.exists() and stamp.read_bytes() == lock.read_bytes():
        return
    npm = shutil.which("npm")
    if not npm:
        raise SiteError(WITHOUT_NODE)
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    got = subprocess.run(command, cwd=SITE, capture_output=True, text=True)
    if got.returncode:
        lines = [line for line in (got.stderr + got.stdout).splitlines() if line.strip()]
        raise SiteError(f"npm ci failed in site/: {lines[-1] if lines else 'no message'}")
    stamp.write_bytes(lock.read_bytes())


def write_scripts(assets: pathlib.Path) -> None:
    """What the pages load, from the disk."""
    assets.mkdir(parents=True)
    (assets / "live.css").write_text(page.style(), encoding="utf-8")
    (assets / "live.js").write_text(page.SCRIPT, encoding="utf-8")
    es5 = NODE / "mathjax" / "es5"
    (assets / "mathjax").mkdir(parents=True)
    shutil.copy(es5 / "tex-chtml-full.js", assets / "mathjax")
    reveal = NODE / "reveal.js"
    (assets / "reveal").mkdir()
    for file in ("dist/reveal.js", "dist/reveal.css", "plugin/notes/notes.js"):
        shutil.copy(reveal / file, assets / "reveal")
    fonts = "output/chtml/fonts/woff-v2"
    shutil.copytree(es5 / fonts, assets / "mathjax" / fonts)


def write_lessons(work: pathlib.Path, course: list[lesson.Lesson], live: Live) -> set[str]:
    """Each lesson as a notebook that Sphinx shows; returns the files that they link."""
    files: set[str] = set()
    extra = work / "extra"
    decks = extra / "slides"
    for name in ("pictures", "notebooks", "slides"):
        (extra / name).mkdir(parents=True)
    for one in course:
        shown = pages.Page(one.path, one.nb, [f.html if f else "" for f in live[one.path.stem]])
        files |= shown.files
        target = work / "source" / one.path.name
        target.write_text(nbformat.writes(shown.with_doors(repository())), encoding="utf-8")
        (decks / f"{one.path.stem}.html").write_text(slides.deck(one, shown), encoding="utf-8")
        shutil.copyfile(one.path, extra / "notebooks" / one.path.name)
        for name, png in shown.pictures.items():
            (extra / "pictures" / name).write_bytes(png)
    return files


def write_texts(source: pathlib.Path, course: list[lesson.Lesson], live: Live) -> set[str]:
    """The pages that are no lessons; returns the files that they link."""
    files: set[str] = set()
    texts = {name: (ROOT / file).read_text(encoding="utf-8") for name, file in TEXTS.items()}
    values = {
        "doors": pages.doors("", repository()),
        "table": pages.table(course, {}),
        "toc": "\n".join(one.path.stem for one in course),
        "figure": next((f.html for f in live[course[0].path.stem] if f), ""),
        "map": pages.map_of_links(),
        "routes": pages.routes(course),
        "clone": clone(),
        "hosted": hosted(),
    }
    for name in ("index", "run", "lecturers"):
        own = {"table": pages.table(course, SLIDES)} if name == "lecturers" else {}
        template = (SITE / f"{name}.md").read_text(encoding="utf-8")
        (source / f"{name}.md").write_text(filled(template, values | own), encoding="utf-8")
    for name, text in texts.items():
        text, linked = pages.relinked(text, ROOT)
        files |= linked
        (source / f"{name}.md").write_text(text, encoding="utf-8")
    return files


SLIDES = {"slides": lambda one: f'<a href="slides/{one.path.stem}.html">deck</a>'}


def clone() -> str:
    if not (name := repository()):
        return "cd learning-rates        # the folder of this project"
    return f"git clone https://github.com/{name}\ncd {name.partition('/')[2]}"


def hosted() -> str:
    """Binder, Colab, Kaggle and Codespaces, where it is known where the project is."""
    if not (name := repository()):
        return (
            "From a copy of this project on GitHub the buttons also open Binder and Colab; these "
            "pages were built from a folder that is on neither."
        )
    return f"""- **Binder**: the button on each page. Starting it takes a minute or more.
- **Codespaces**: [open the project](https://codespaces.new/{name}), then a notebook.
- **Colab, Kaggle**: the button opens the notebook in Colab; in Kaggle use
  *File, Import Notebook*. Run this line first:

```
%pip install -q git+https://github.com/{name}
```

  Lesson 11 also needs `%pip install -q optuna distributed`, lesson 14 `torch`."""


def filled(template: str, values: dict[str, str]) -> str:
    """The template with {{name}} replaced."""
    return re.sub(r"\{\{(\w+)\}\}", lambda found: values[found[1]], template)


def copy_files(files: set[str], target: pathlib.Path) -> None:
    for name in sorted(files):
        place = target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_file():
            shutil.copyfile(ROOT / name, place)


def run_sphinx(work: pathlib.Path, whole: bool) -> None:
    environment = {**os.environ, "SITE_REPOSITORY": repository(), "SOURCE_DATE_EPOCH": "0"}
    environment["SITE_WORK"] = str(work)
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-E", "-b", "html"]
    if not whole:  # lessons link others
        command += ["-D", "suppress_warnings=myst.xref_missing"]
    command += ["-c", str(SITE), "-d", str(work / "doctrees")]
    command += [str(work / "source"), str(work / "html")]
    got = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if got.returncode:
        raise SiteError(f"Sphinx stopped:\n{got.stdout}{got.stderr}".rstrip())


def build(asked: argparse.Namespace) -> None:
    fetch_scripts()
    out, work = asked.out.resolve(), asked.work.resolve()
    course = lesson.course(ROOT / "notebooks")
    course = [one for one in course if not asked.only or one.number in asked.only]
    for folder in ("source", "assets", "extra", "html", "doctrees"):
        shutil.rmtree(work / folder, ignore_errors=True)
    (work / "source").mkdir(parents=True)
    write_scripts(work / "assets")
    live = live_figures.figures(course, asked.grids)
    files = write_lessons(work, course, live) | write_texts(work / "source", course, live)
    if not repository():
        copy_files(files, work / "extra" / "files")
    run_sphinx(work, whole=not asked.only)
    if not asked.no_lite:
        lite.build(course, work / "lite", work / "html" / "lite")
    shutil.rmtree(out, ignore_errors=True)
    shutil.move(work / "html", out)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Build the pages of the course.")
    parser.add_argument("--only", nargs="*", default=[], help="numbers of lessons; all without it")
    parser.add_argument(
        "--states",
        dest="grids",
        type=lambda n: (int(n),),
        default=live_figures.GRIDS,
        help="of a live figure, for a quick look",
    )
    parser.add_argument("--no-lite", action="store_true", help="without JupyterLite")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "_site")
    parser.add_argument("--work", type=pathlib.Path, default=ROOT / "build" / "site")
    asked = parser.parse_args(arguments)
    start = time.monotonic()
    try:
        build(asked)
    except (SiteError, pages.PageError, lite.LiteError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{asked.out.name} is ready after {time.monotonic() - start:.0f} s; to read the pages:")
    print(f"python -m http.server -d {asked.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
