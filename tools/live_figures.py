"""The live panels of a lesson as elements of its page.

A panel shows objects that its lesson made before it. Of the lesson only the statements run that the
panel needs, found by their names. The elements are kept in build/live under the hash of all that
they are made from, so a second build makes none.
"""

import ast
import concurrent.futures
import contextlib
import hashlib
import io
import itertools
import json
import os
import pathlib
import re
import sys
from collections.abc import Mapping
from typing import Any, NamedTuple

import matplotlib
import numpy as np
from lesson import Lesson
from nbformat import NotebookNode
from needs import needed
from pages import PageError, is_panel, sentence

from lrlib import page
from lrlib.plots import Control, View

ROOT = pathlib.Path(__file__).resolve().parent.parent
CACHE = ROOT / "build" / "live"
MOST = 800_000  # bytes of packed states a lesson
QUICK = 100  # with fewer states than these a figure is for a quick look
GRIDS = (1200, 600, 300, 150)  # states tried where controls do not state their stops


class Figure(NamedTuple):
    """A live figure as it is kept: HTML, and what there is to know of it."""

    html: str
    states: int
    size: int  # bytes, packed
    grid: dict[str, list[str]]  # the stops of each control, as words
    fixed: list[str]  # controls that stay at their defaults


class Panel(NamedTuple):
    """A panel of a lesson: its code, cut down to what it needs, and what the stored one says."""

    name: str  # "05_rmsprop-1"
    code: str  # ends with the expression of the view
    said: str
    text: str = ""  # the prose above and below it

    @property
    def uid(self) -> str:
        return f"live-{self.name.replace('_', '-')}"


def panels(lesson: Lesson) -> list[Panel]:
    """The live panels of a lesson, in order."""
    found: list[Panel] = []
    statements: list[str] = []
    for place, cell in enumerate(lesson.nb.cells):
        if cell.cell_type != "code":
            continue
        for node in ast.parse(cell.source).body:
            if is_panel(cell) and (view := shown(node)):
                sources = [*statements, view]
                code = "\n".join(sources[k] for k in needed(sources, {len(statements)}))
                said = next(map(sentence, (o for o in cell.outputs if "data" in o)), "")
                name = f"{lesson.path.stem}-{len(found) + 1}"
                found.append(Panel(name, code, said, around(lesson.nb.cells, place)))
            statements.append(ast.unparse(node))
    return found


def around(cells: list[NotebookNode], place: int) -> str:
    """The prose right above a cell and right below it."""
    ways = (reversed(cells[:place]), cells[place + 1 :])
    near = [itertools.takewhile(lambda cell: cell.cell_type == "markdown", way) for way in ways]
    return "\n".join(cell.source for way in near for cell in way)


def named(text: str, controls: Mapping[str, Control]) -> dict[str, list[float]]:
    """The values of sliders that a text names: "`lr` 0.4", "set eps to 1000", "lr = $10^{-3}$"."""
    plain = re.sub(r"10\^\{?(-?\d+)\}?", r"1e\1", re.sub(r"[`$*]", "", text))
    found = {}
    for name, c in controls.items():
        words = rf"\b{re.escape(name)}\b(?:\s+(?:up|down))?(?:\s*(?:=|to|at|of)\s*|\s+)"
        numbers = re.findall(rf"{words}(\d+(?:\.\d+)?(?:e-?\d+)?)(?![\d%])", plain)
        number = int if c.kind == "whole" else float
        if numbers and c.kind not in ("choice", "switch"):
            found[name] = sorted({number(float(x)) for x in numbers})
    return found


def shown(node: ast.stmt) -> str:
    """The source of the view that `live.panel(view)` shows, or "" for another statement."""
    call = node.value if isinstance(node, ast.Expr | ast.Assign) else None
    if isinstance(call, ast.Call) and ast.unparse(call.func) == "live.panel":
        return ast.unparse(call.args[0])
    return ""


def view(panel: Panel) -> View:
    """The panel's view, made anew."""
    *before, last = ast.parse(panel.code).body
    space: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()):  # what else the statements say
        exec(compile(ast.Module(before, []), panel.name, "exec"), space)
        return eval(ast.unparse(last), space)


def coarse(view: View) -> View:
    """The view with the ends and the default of each control as its stops, for a quick look."""
    ends = {
        name: tuple(c.options[:: max(1, len(c.options) - 1)]) if c.options else (c.low, c.high)
        for name, c in view.controls.items()
    }
    moved = {
        name: c._replace(stops=c.stops and ends[name]) if c.kind != "switch" else c
        for name, c in view.controls.items()
    }
    return view._replace(controls=moved)


def fingerprint() -> str:
    """Of all that every figure is made with."""
    digest = hashlib.sha256(f"{sys.version_info[:2]} {np.__version__}".encode())
    digest.update(matplotlib.__version__.encode())
    files = [*(ROOT / "lrlib").rglob("*.py"), ROOT / "data" / "SHA256SUMS", pathlib.Path(__file__)]
    for file in sorted(files):
        digest.update(file.relative_to(ROOT).as_posix().encode() + file.read_bytes())
    return digest.hexdigest()


def figure(panel: Panel, most: int, grids: tuple[int, ...] = GRIDS) -> Figure:
    """The panel as an element of a page; ``most`` bytes of packed states.

    Raises PageError where it does not say what the stored one says, or is too large."""
    for states in grids:
        shows = view(panel) if states >= QUICK else coarse(view(panel))
        also = named(panel.text, shows.controls) if states >= QUICK else {}
        table = page.table(shows, panel.uid, states, also)
        said = table.sentences[table.default]
        if panel.said and said != panel.said:
            raise PageError(f"{panel.name}: stored is “{panel.said}”, a fresh one says “{said}”")
        data = page.packed(table)
        if len(data) <= most:
            stops = {k: page.words(table.controls[k], v) for k, v in table.grid.items()}
            html = page.element(table, data)
            return Figure(html, len(table.sentences), len(data), stops, list(table.fixed))
    raise PageError(
        f"{panel.name}: {len(data) / 1000:.0f} kB of states, at most {most / 1000:.0f} here; "
        "state fewer stops in its controls"
    )


def kept(panel: Panel, most: int, made_with: str, grids: tuple[int, ...] = GRIDS) -> Figure | None:
    """The panel's figure, from the cache where nothing has changed.

    None where it needs a package that is not installed with what builds the pages: then its page
    keeps the stored picture."""
    key = hashlib.sha256(f"{made_with} {most} {grids} {panel}".encode()).hexdigest()[:24]
    kind = f"{panel.name}-{max(grids)}"  # a quick look leaves the real figures alone
    file = CACHE / f"{kind}-{key}.json"
    if file.exists():
        return Figure(**json.loads(file.read_text(encoding="utf-8")))
    try:
        made = figure(panel, most, grids)
    except ModuleNotFoundError as error:
        if str(error.name).startswith("lrlib"):
            raise
        print(f"{panel.name} keeps its picture: {error.name} is not installed here", flush=True)
        return None
    CACHE.mkdir(parents=True, exist_ok=True)
    for old in CACHE.glob(f"{kind}-*.json"):
        old.unlink()
    new = file.with_suffix(f".{os.getpid()}")
    new.write_text(json.dumps(made._asdict()), encoding="utf-8")
    new.replace(file)
    return made


def figures(course: list[Lesson], grids: tuple[int, ...] = GRIDS) -> dict[str, list[Figure | None]]:
    """For each lesson, by the stem of its file, its live figures in order."""
    jobs = {lesson.path.stem: panels(lesson) for lesson in course}
    made_with = fingerprint()
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count() or 1) as pool:
        waiting = {
            stem: [pool.submit(kept, one, MOST // len(ones), made_with, grids) for one in ones]
            for stem, ones in jobs.items()
        }
        return {stem: [job.result() for job in ones] for stem, ones in waiting.items()}
