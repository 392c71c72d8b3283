"""A stored lesson as a page: what is to be read stays, what is to be run in JupyterLab goes.

All follows from the notebook by rule. Guesses become fields, panels the live elements they are
given, pictures get their sentence as alt text, and links lead to pages or to files of the project.
"""

import base64
import copy
import html
import pathlib
import re
import struct
from collections.abc import Callable, Iterator, Mapping

import course_map
import lesson
from lesson import tags
from nbformat import NotebookNode
from nbformat.v4 import new_output

from lrlib.environment import EXTRA

ROOT = pathlib.Path(__file__).resolve().parent.parent
LINK = re.compile(r"(?<=\]\()(?!https?:|mailto:|#|repo:)([^)\s]+)(?=[)\s])")
SIZE_ON_PAGE = 1.0  # pictures are stored at 120 dots per inch and shown pixel by pixel


IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")


class PageError(Exception):
    """One sentence on what cannot be shown."""


def is_panel(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and "live.panel(" in cell.source


def links(text: str, folder: pathlib.Path) -> Iterator[tuple[str, str]]:
    """Each local link of a Markdown text that stands in this folder, and what it is on a page."""
    for target in dict.fromkeys(LINK.findall(text)):
        path, _, anchor = target.partition("#")
        file = (folder / path).resolve()
        if not file.is_relative_to(ROOT) or not file.exists():
            raise PageError(f"{target}: linked, but there is no such file")
        inside = file.relative_to(ROOT)
        if inside.parts[0] == "notebooks" and lesson.is_lesson(file):
            yield target, inside.name + (f"#{anchor}" if anchor else "")
        else:
            yield target, f"repo:{inside.as_posix()}"


def relinked(text: str, folder: pathlib.Path) -> tuple[str, set[str]]:
    """The text with links that work on a page, and the files of the project that it links."""
    files: set[str] = set()
    places = dict(links(text, folder))
    files = {new[5:] for new in places.values() if new.startswith("repo:")}
    return LINK.sub(lambda m: places[m[0]], text), files


# ---- outputs -----------------------------------------------------------------------------------


class Page:
    """A lesson on its way to a page.

    ``nb`` is the notebook as it is shown, ``kinds`` the slide type of each of its cells,
    ``pictures`` file name -> PNG, ``files`` those of the project that it links. ``panels`` are the
    elements that take the place of live panels, in order; where there is none the picture stays.
    """

    def __init__(self, path: pathlib.Path, nb: NotebookNode, panels: list[str] | None = None):
        self.path, self.stem = path, path.stem
        self.pictures: dict[str, bytes] = {}
        self.files: set[str] = set()
        self.kinds: list[str] = []
        self.panels = list(panels or [])
        self.unit = ""
        self.packages = [EXTRA.get(name, (name,))[0] for name in lesson.needs(nb)]
        self.nb = copy.deepcopy(nb)
        shown = []
        for cell, kind in zip(self.nb.cells, lesson.slide_types(nb), strict=True):
            if kept := self._cell(cell):
                kept.metadata = type(cell.metadata)({"tags": tags(cell)} if tags(cell) else {})
                shown.append(kept)
                self.kinds.append(kind)
        self.nb.cells = shown

    def with_doors(self, repository: str) -> NotebookNode:
        """The notebook, with the ways to run it under its title."""
        nb = copy.deepcopy(self.nb)
        title, _, rest = nb.cells[0].source.partition("\n")
        nb.cells[0].source = f"{title}\n\n{self._doors(repository)}\n{rest}"
        return nb

    def _doors(self, repository: str) -> str:
        """The ways to run it; a package that a browser does not have is named in its place."""
        row = doors(self.stem, repository)
        if packages := " and ".join(self.packages):
            row = re.sub(r"<a [^>]*>JupyterLite</a>", "", row)
            row += f"\n*To run it you need {packages}; it cannot run in JupyterLite.*\n"
        return row

    def _cell(self, cell: NotebookNode) -> NotebookNode | None:
        if cell.cell_type == "markdown":
            return None if lesson.is_navigation(cell) else self._markdown(cell)
        if cell.cell_type != "code" or "check" in tags(cell):
            return None
        if "guess" in tags(cell):
            self.unit = cell.source.partition("#")[2].strip()
            return None
        hide = []
        if "predict" in tags(cell):
            hide = ["remove-input"]
        elif lesson.imports(cell):
            hide = ["hide-input"]
        cell.metadata["tags"] = [*tags(cell), *(t for t in hide if t not in tags(cell))]
        if is_panel(cell) and self.panels and (element := self.panels.pop(0)):
            cell.outputs = [as_html(element)]
        cell.outputs = [self._output(output) for output in cell.outputs]
        self.unit = ""
        return cell

    def _markdown(self, cell: NotebookNode) -> NotebookNode:
        drawn = IMAGE.sub(self._image, cell.source)
        cell.source, files = relinked(drawn, self.path.parent)
        self.files |= files
        cell.pop("attachments", None)
        return cell

    def _image(self, found: re.Match) -> str:
        """A picture of the text; the map of the course with its lessons as links."""
        words, target = found.groups()
        file = (self.path.parent / target).resolve()
        if file == course_map.MAP:
            return map_of_links()
        if not file.exists():
            raise PageError(f"{target}: shown, but there is no such file")
        self.pictures[file.name] = file.read_bytes()
        return f'<img class="lr-picture" src="pictures/{file.name}" alt="{html.escape(words)}">'

    def _output(self, output: NotebookNode) -> NotebookNode:
        data = output.get("data", {})
        if "image/png" in data:
            return as_html(self._picture(output))
        if 'class="lr-prediction"' in data.get("text/html", ""):
            unit = f' data-unit="{html.escape(self.unit)}"' if self.unit else ""
            marked = data["text/html"].replace(
                'class="lr-prediction"', f'class="lr-prediction"{unit}', 1
            )
            return as_html(marked)
        return output

    def _picture(self, output: NotebookNode) -> str:
        png = base64.b64decode(output.data["image/png"])
        width, height = struct.unpack(">II", png[16:24])
        name = f"{self.stem}-{len(self.pictures) + 1:02d}.png"
        self.pictures[name] = png
        words = sentence(output)
        if not words:
            raise PageError(f"{self.path.name}: a picture without a sentence")
        return (
            f'<img class="lr-picture" src="pictures/{name}" alt="{html.escape(words)}" '
            f'width="{width}" height="{height}" loading="lazy">'
        )


def sentence(output: NotebookNode) -> str:
    """What a stored picture says."""
    stored = output.get("metadata", {}).get("image/png", {}).get("alt", "")
    return stored or output.data.get("text/plain", "")


def as_html(text: str) -> NotebookNode:
    return new_output("display_data", {"text/html": text})


def map_of_links() -> str:
    """The map of the course, each lesson in it a link to its page."""
    svg = course_map.svg(lambda file: file.replace(".ipynb", ".html")).strip()
    return f'<div class="lr-map">\n{svg}\n</div>'


def doors(stem: str, repository: str = "") -> str:
    """The ways from a page to what can be run, as a row of links; ``stem`` of its notebook."""
    file = f"{stem}.ipynb" if stem else "00_start_here.ipynb"
    ways = {}
    if stem:
        ways["Slides"] = f"slides/{stem}.html"
    ways["JupyterLite"] = f"lite/lab/index.html?path={file}"
    if repository:
        ways["Binder"] = f"https://mybinder.org/v2/gh/{repository}/main?labpath=notebooks%2F{file}"
        ways["Colab"] = (
            f"https://colab.research.google.com/github/{repository}/blob/main/notebooks/{file}"
        )
    if stem:
        ways["Notebook"] = f"notebooks/{file}"
    row = "".join(
        f'<a href="{html.escape(address)}"{" download" if name == "Notebook" else ""}>{name}</a>'
        for name, address in ways.items()
    )
    return f'<nav class="lr-doors" aria-label="Open this lesson elsewhere">{row}</nav>\n'


# ---- pages that are no lesson ------------------------------------------------------------------


def fold(cell: NotebookNode) -> tuple[str, str]:
    """Title and text of a Markdown cell that is one fold, or two empty strings."""
    pattern = r"\s*<details[^>]*>\s*<summary>(.*?)</summary>(.*)</details>\s*"
    found = re.fullmatch(pattern, cell.source, re.DOTALL)
    return (found[1].strip(), found[2].strip()) if found else ("", "")


def lecturers_fold(nb: NotebookNode) -> str:
    """What the fold at the top of a lesson says to the lecturer."""
    for cell in nb.cells[:3]:
        if cell.cell_type == "markdown" and (text := fold(cell))[0] == "For the lecturer":
            return text[1]
    return ""


def routes(lessons: list[lesson.Lesson]) -> str:
    """The lecturers' folds of all lessons, each under its title."""
    parts = []
    for one in lessons:
        if text := lecturers_fold(one.nb):
            parts += [f"## {one.title}", text]
    return "\n\n".join(parts)


def table(lessons: list[lesson.Lesson], more: Mapping[str, Callable[[lesson.Lesson], str]]) -> str:
    """The lessons as a Markdown table; ``more``: heads and cells of further columns."""
    heads = ["lesson", "the question", "minutes (with Going deeper)", *more]
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for one in lessons:
        cells = [f"[{one.title}]({one.path.name})", one.question, lesson.time(one.nb).cell()]
        cells += [make(one) for make in more.values()]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)
