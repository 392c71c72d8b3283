"""Build the course as pages into _site: nothing to run, nothing to fetch when they are read.

make site

The folder _site can be served by any server of files: python -m http.server -d _site
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

import lesson
import pages

ROOT = pathlib.Path(__file__).resolve().parent.parent
OUT = ROOT / "_site"
WORK = ROOT / "build" / "site"
SITE = ROOT / "site"
NODE = SITE / "node_modules"
WITHOUT_NODE = (
    "The pages show formulas and slides with MathJax and reveal.js, which npm fetches: "
    "install Node.js 18 or newer (https://nodejs.org) and run make site again."
)
TEXTS = {"contribute": "CONTRIBUTING.md", "changes": "CHANGELOG.md"}


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
    es5 = NODE / "mathjax" / "es5"
    (assets / "mathjax").mkdir(parents=True)
    shutil.copy(es5 / "tex-chtml-full.js", assets / "mathjax")
    fonts = "output/chtml/fonts/woff-v2"
    shutil.copytree(es5 / fonts, assets / "mathjax" / fonts)


def write_lessons(source: pathlib.Path, course: list[lesson.Lesson]) -> set[str]:
    """Each lesson as a notebook that Sphinx shows; returns the files that they link."""
    files: set[str] = set()
    (WORK / "extra" / "pictures").mkdir(parents=True)
    for one in course:
        page = pages.Page(one.path, one.nb)
        files |= page.files
        (source / one.path.name).write_text(as_text(page.nb), encoding="utf-8")
        for name, png in page.pictures.items():
            (WORK / "extra" / "pictures" / name).write_bytes(png)
    return files


def as_text(nb) -> str:
    import nbformat

    return nbformat.writes(nb)


def write_texts(source: pathlib.Path, course: list[lesson.Lesson]) -> set[str]:
    """The pages that are no lessons; returns the files that they link."""
    files: set[str] = set()
    for name, file in TEXTS.items():
        text, linked = pages.relinked((ROOT / file).read_text(encoding="utf-8"), ROOT)
        files |= linked
        (source / f"{name}.md").write_text(text, encoding="utf-8")
    start = (SITE / "index.md").read_text(encoding="utf-8")
    rows = {"table": pages.table(course, {}), "toc": "\n".join(one.path.stem for one in course)}
    (source / "index.md").write_text(filled(start, rows), encoding="utf-8")
    return files


def filled(template: str, values: dict[str, str]) -> str:
    """The template with {{name}} replaced."""
    return re.sub(r"\{\{(\w+)\}\}", lambda found: values[found[1]], template)


def copy_files(files: set[str], target: pathlib.Path) -> None:
    for name in sorted(files):
        place = target / name
        place.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_file():
            shutil.copyfile(ROOT / name, place)


def run_sphinx(source: pathlib.Path) -> None:
    environment = {**os.environ, "SITE_REPOSITORY": repository(), "SOURCE_DATE_EPOCH": "0"}
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-E", "-b", "html"]
    command += ["-c", str(SITE), "-d", str(WORK / "doctrees"), str(source), str(WORK / "html")]
    got = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if got.returncode:
        raise SiteError(f"Sphinx stopped:\n{got.stdout}{got.stderr}".rstrip())


def build() -> None:
    fetch_scripts()
    course = lesson.course(ROOT / "notebooks")
    source = WORK / "source"
    for folder in ("source", "assets", "extra", "html", "doctrees"):
        shutil.rmtree(WORK / folder, ignore_errors=True)
    source.mkdir(parents=True)
    write_scripts(WORK / "assets")
    files = write_lessons(source, course) | write_texts(source, course)
    if not repository():
        copy_files(files, WORK / "extra" / "files")
    run_sphinx(source)
    shutil.rmtree(OUT, ignore_errors=True)
    shutil.move(WORK / "html", OUT)


def main() -> int:
    start = time.monotonic()
    try:
        build()
    except (SiteError, pages.PageError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"_site is ready after {time.monotonic() - start:.0f} s: python -m http.server -d _site")
    return 0


if __name__ == "__main__":
    sys.exit(main())
