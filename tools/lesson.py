"""What follows from a lesson by rule: study time, slides, navigation, rows in the tables.

`make refresh` writes it into the notebooks and the tests hold it against them, both with what
stands here.  Nothing is run: a lesson is read as it is stored.
"""

import copy
import importlib.util
import math
import pathlib
import re
from collections.abc import Iterator
from typing import NamedTuple

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

COLLAPSED = "jp-MarkdownHeadingCollapsed"  # JupyterLab's own key, in the heading's cell
CONTENTS = "00_start_here.ipynb"
FENCE = re.compile(r"\s*(```|~~~)")
OUTSIDE_THE_DECK = ("exercises", "further reading")  # sections that no slide shows
SLIDE_TAGS = {"slide-new": "slide", "slide-keep": "", "slide-fragment": "fragment"}
SLIDE_TAGS["slide-skip"] = "skip"
FIRST_LINE = "# Compare your guess with the run"


def tags(cell: NotebookNode) -> list[str]:
    return cell.metadata.get("tags", [])


def code_cells(nb: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in nb.cells if cell.cell_type == "code"]


def prose(nb: NotebookNode) -> str:
    return "\n".join(cell.source for cell in nb.cells if cell.cell_type == "markdown")


# ---- packages that one lesson alone needs ------------------------------------------------------


def needs(nb: NotebookNode) -> list[str]:
    """The packages beside requirements.txt that a lesson asks for: `torch = need("torch")`."""
    code = "\n".join(cell.source for cell in code_cells(nb))
    return re.findall(r"\bneed\(\"(\w+)\"\)", code)


def lacking(nb: NotebookNode) -> str:
    """Why a lesson cannot be run here, and the remedy; "" where it can."""
    missing = [name for name in needs(nb) if importlib.util.find_spec(name) is None]
    remedy = " ".join(f"-r requirements-{name}.txt" for name in missing)
    return f"needs {', '.join(missing)}: pip install {remedy}" if missing else ""


# ---- headings and sections ---------------------------------------------------------------------


class Heading(NamedTuple):
    line: int  # from 0
    level: int
    title: str


def headings(source: str) -> list[Heading]:
    """The headings of a Markdown cell, but for those in code and in folds."""
    found, fenced, folded = [], False, 0
    for number, line in enumerate(source.splitlines()):
        if FENCE.match(line):
            fenced = not fenced
        if fenced:
            continue
        folded += line.count("<details") - line.count("</details")
        heading = re.match(r"(#{1,6}) +(.+?) *$", line)
        if heading and not folded:
            found.append(Heading(number, len(heading[1]), heading[2]))
    return found


def sections(nb: NotebookNode) -> list[str]:
    """For each cell, the title of the last heading of level 1 or 2 above it or in it."""
    now, found = "", []
    for cell in nb.cells:
        if cell.cell_type == "markdown":
            for heading in headings(cell.source):
                now = heading.title if heading.level <= 2 else now
        found.append(now)
    return found


def deeper(nb: NotebookNode) -> list[bool]:
    """For each cell, whether it stands under "Going deeper" and not in the core.

    That part begins with the heading "Going deeper" and ends before Exercises, The answer,
    Summary or In practice.
    """
    inside, found = False, []
    for cell in nb.cells:
        if cell.cell_type == "markdown":
            for heading in headings(cell.source):
                if heading.title.startswith("Going deeper"):
                    inside = True
                elif re.match(r"(Exercises|The answer|Summary|In practice)\b", heading.title):
                    inside = inside and heading.level > 2
        found.append(inside)
    return found


# ---- size and study time -----------------------------------------------------------------------


class Size(NamedTuple):
    """What there is to read, to run and to do."""

    cells: int  # code cells but for guesses, exercises and checks
    lines: int  # of code, not blank, without cells of imports
    words: int  # of prose, without formulas, code blocks and what is folded
    predictions: int
    panels: int
    exercises: int

    @property
    def minutes(self) -> float:
        read = self.words / 150 + self.lines * 8 / 60
        return read + 2 * self.predictions + 4 * self.panels + 6 * self.exercises


def imports(cell: NotebookNode) -> bool:
    return bool(re.match(r"\s*(import|from)\b", cell.source))


def size(cells: list[NotebookNode]) -> Size:
    """The size of a lesson, or of the part of one that has these cells."""
    code = [cell for cell in cells if cell.cell_type == "code" and cell.source.strip()]
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    shown = re.sub(r"<details>.*?</details>", " ", text, flags=re.DOTALL)
    shown = re.sub(r"\$[^$]*\$|```.*?```|<[^>]+>", " ", shown, flags=re.DOTALL)
    return Size(
        cells=sum(not {"guess", "exercise", "check"} & set(tags(cell)) for cell in code),
        lines=sum(
            sum(bool(line.strip()) for line in cell.source.splitlines())
            for cell in code
            if not imports(cell)
        ),
        words=len(re.findall(r"\b[^\W\d_][\w'-]*", shown)),
        predictions=sum(len(calls_of_predict(cell.source)) for cell in code),
        panels=sum("live.panel(" in cell.source for cell in code),
        exercises=sum("exercise" in tags(cell) for cell in code),
    )


def calls_of_predict(source: str) -> list[str]:
    return re.findall(r"\b(?:predict|choose)\(", source)


def core(nb: NotebookNode) -> Size:
    return size([cell for cell, below in zip(nb.cells, deeper(nb), strict=True) if not below])


def about(minutes: float) -> int:
    """Minutes as they are printed: to the nearest five, at least five."""
    return max(5, 5 * math.floor(minutes / 5 + 0.5))


class Time(NamedTuple):
    """Minutes as printed; `whole` is None where there is no "Going deeper"."""

    core: int
    whole: int | None

    def line(self) -> str:
        if self.whole is None:
            return f"About {self.core} minutes."
        return f"Core: about {self.core} minutes; with Going deeper: about {self.whole}."

    def cell(self) -> str:
        return f"{self.core}" if self.whole is None else f"{self.core} ({self.whole})"


TIME_LINE = re.compile(
    r"^(?:About \d+ minutes\.|Core: about \w+ minutes(?:; with Going deeper: about \w+)?\.)$",
    re.MULTILINE,
)


def time(nb: NotebookNode) -> Time:
    whole = about(size(nb.cells).minutes) if any(deeper(nb)) else None
    return Time(about(core(nb).minutes), whole)


# ---- the course --------------------------------------------------------------------------------


class Lesson(NamedTuple):
    """A stored lesson."""

    path: pathlib.Path
    nb: NotebookNode

    @property
    def number(self) -> str:
        return self.path.name[:2]

    @property
    def title(self) -> str:
        """With its number: "05 Forget the past: RMSprop"."""
        first = headings(self.nb.cells[0].source) if self.nb.cells else []
        return first[0].title if first else self.path.stem

    @property
    def question(self) -> str:
        """The first question asked above the code: whole sentence, without marks of emphasis."""
        text = self.nb.cells[0].source if self.nb.cells else ""
        quoted = " ".join(line[1:].strip() for line in text.splitlines() if line[:1] == ">")
        plain = re.sub(r"\s+", " ", quoted or text.partition("\n")[2]).replace("*", "").strip()
        asked = re.search(r"[^.?!]*\?", plain)
        return (plain if len(plain) <= 90 and asked else asked[0].strip()) if asked else ""


def is_lesson(path: pathlib.Path) -> bool:
    return bool(re.match(r"\d\d_.*\.ipynb$", path.name))


def course(folder: pathlib.Path) -> list[Lesson]:
    """All lessons in order."""
    paths = sorted(path for path in folder.glob("*.ipynb") if is_lesson(path))
    return [Lesson(path, nbformat.read(path, as_version=4)) for path in paths]


def navigation(path: pathlib.Path) -> str:
    """The line with links to the lesson before, the contents and the lesson after."""
    lessons = course(path.parent)
    names = [lesson.path.name for lesson in lessons]
    at = names.index(path.name)

    def link(lesson: Lesson) -> str:
        return f"[{lesson.title}]({lesson.path.name})"

    parts = [f"Before: {link(lessons[at - 1])}"] if at else []
    parts += [f"[Contents]({CONTENTS})"] if path.name != CONTENTS else []
    parts += [f"Next: {link(lesson)}" for lesson in lessons[at + 1 : at + 2]]
    return " | ".join(parts)


def is_navigation(cell: NotebookNode) -> bool:
    line = cell.source.strip()
    starts = re.match(r"(Before: |Next: )?\[[^\]]+\]\([^)]+\.ipynb\)", line)
    return cell.cell_type == "markdown" and "\n" not in line and bool(starts)


# ---- slides ------------------------------------------------------------------------------------


def slide_types(nb: NotebookNode) -> list[str]:
    """For each cell slide, fragment, skip, or "" for a cell that stays on the slide before it.

    The deck is the core without exercises and reading.  A Markdown cell and a figure each begin a
    slide, other code stays with what stands above it, an answer comes with the next key.  A tag
    slide-new, slide-keep, slide-fragment or slide-skip overrules.
    """
    places = zip(nb.cells, deeper(nb), sections(nb), strict=True)
    found = [
        next(
            (kind for tag, kind in SLIDE_TAGS.items() if tag in tags(cell)),
            "skip" if below or section.lower() in OUTSIDE_THE_DECK else slide_type(cell),
        )
        for cell, below, section in places
    ]
    return ["slide", *found[1:]]


def slide_type(cell: NotebookNode) -> str:
    """The rule for a cell of the core."""
    if cell.cell_type == "markdown":
        aside = cell.source.lstrip().startswith("<details") or is_navigation(cell)
        return "skip" if aside else "slide"
    if {"exercise", "check"} & set(tags(cell)):
        return "skip"
    if "predict" in tags(cell):
        return "fragment"
    pictured = any("image/png" in output.get("data", {}) for output in cell.outputs)
    if pictured or "live.panel(" in cell.source:
        return "slide"
    return "skip" if imports(cell) else ""


# ---- a lesson in the form that follows by rule -------------------------------------------------


def split(cell: NotebookNode) -> Iterator[NotebookNode]:
    """A Markdown cell cut so that each heading stands at the start of a cell."""
    lines = cell.source.splitlines()
    cuts = sorted({0, *(heading.line for heading in headings(cell.source))})
    pieces = ["\n".join(lines[a:b]).strip() for a, b in zip(cuts, [*cuts[1:], None], strict=True)]
    pieces = [piece for piece in pieces if piece]
    if cell.cell_type != "markdown" or len(pieces) < 2:
        yield cell
        return
    cell.source = pieces[0]
    yield cell
    for piece in pieces[1:]:
        yield new_markdown_cell(piece, id="new")  # the normal form gives it its id


def shaped(nb: NotebookNode, path: pathlib.Path) -> NotebookNode:
    """The lesson with all that follows by rule, as a new notebook; nothing else is touched."""
    nb = copy.deepcopy(nb)
    nb.cells = [piece for cell in nb.cells for piece in split(cell)]
    last = [cell for cell in nb.cells if is_navigation(cell)][-1:]
    last = last or [new_markdown_cell("", id="new")]
    last[0].source = navigation(path)
    nb.cells = [cell for cell in nb.cells if not is_navigation(cell)] + last
    if nb.cells[0].cell_type == "markdown":
        set_time(nb)
    for cell in nb.cells:
        cell.metadata.pop(COLLAPSED, None)
        if "predict" in tags(cell):
            cell.metadata.setdefault("jupyter", {})["source_hidden"] = True
            if not cell.source.startswith("#"):  # JupyterLab shows the first line nevertheless
                cell.source = f"{FIRST_LINE}\n{cell.source}"
        if cell.cell_type == "markdown":
            if [h.title for h in headings(cell.source)] == ["Going deeper"]:
                cell.metadata[COLLAPSED] = True
    for cell, kind in zip(nb.cells, slide_types(nb), strict=True):
        cell.metadata.pop("slideshow", None)
        if kind:
            cell.metadata["slideshow"] = {"slide_type": kind}
    return nb


def set_time(nb: NotebookNode) -> None:
    """Put the study time into the first cell: over its old line, or as a new last one."""
    first = nb.cells[0]
    first.source = re.sub(r"\s*Study\s+time: about \d+ minutes\.", "", first.source)
    if not TIME_LINE.search(first.source):
        first.source = first.source.rstrip() + "\n\n" + time(nb).line()
    for _ in range(2):  # the line itself has words, too
        first.source = TIME_LINE.sub(time(nb).line(), first.source, count=1)


# ---- the tables of lessons ---------------------------------------------------------------------

ROW = re.compile(r"^\| \[(\d\d [^\]]+)\]\(((?:notebooks/)?[^)]+\.ipynb)\) \|(.*)\|(.*)\|$", re.M)


def row(lesson: Lesson, question: str, folder: str) -> str:
    """A lesson's row; a question that the table has already is kept."""
    minutes = time(lesson.nb).cell()
    asked = question.strip() or lesson.question
    return f"| [{lesson.title}]({folder}{lesson.path.name}) | {asked} | {minutes} |"


def with_rows(text: str, lessons: list[Lesson], folder: str = "") -> str:
    """A page whose table of lessons has one right row for each of these, in order.

    The table is the one that has rows of lessons, or whose head begins `| lesson |`.
    """
    asked = {found[2].rpartition("/")[2]: found[3] for found in ROW.finditer(text)}
    rows = [row(lesson, asked.get(lesson.path.name, ""), folder) for lesson in lessons]
    lines = ROW.sub("", text).splitlines() if asked else text.splitlines()
    at = next((n for n, line in enumerate(lines) if line.startswith("| lesson |")), None)
    if at is None:
        return text.rstrip()
    lines[at] = "| lesson | the question | minutes (with Going deeper) |"
    end = at + 2
    while end < len(lines) and not lines[end].strip():
        del lines[end]  # old rows were there
    return "\n".join([*lines[:end], *rows, "", *lines[end:]]).rstrip()
