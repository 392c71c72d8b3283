"""What a cell needs and what it changes, by its names: no cell runs more often than it must.

The browser runs what panels and predictions need: nbval and test_notebooks.py run every cell.  A
slow cell that changes nothing that it uses shows the same when it is run again, so it is not.  With
LESSONS_IN_FULL=1 in the environment, as once a month in the workflow, all is run all the same.
"""

import ast
import os
import re
from collections.abc import Iterable, Mapping
from types import ModuleType

import numpy as np
from lesson import calls_of_predict, code_cells, tags
from nbformat import NotebookNode
from needs import Names, needed

IN_FULL = bool(os.environ.get("LESSONS_IN_FULL"))


def for_the_browser(nb: NotebookNode) -> list[int]:
    """The places among all cells of those that panels and the first prediction need."""
    code = code_cells(nb)
    wanted = {place for place, cell in enumerate(code) if "live.panel(" in cell.source}
    for place, cell in enumerate(code):
        if "guess" in tags(cell) or calls_of_predict(cell.source):
            wanted.add(place)
        if calls_of_predict(cell.source):
            break
    chosen = needed([cell.source for cell in code], wanted)
    places = [n for n, cell in enumerate(nb.cells) if cell.cell_type == "code"]
    return [places[n] for n in chosen]


# ---- may a cell be run twice? ------------------------------------------------------------------


def outer(source: str) -> set[str]:
    """The names that a cell uses before it binds them itself."""
    found: set[str] = set()
    _outer(ast.parse(source).body, set(), found)
    return found


def _outer(body: Iterable[ast.stmt], bound: set[str], found: set[str]) -> None:
    """Add to `found` what these statements use and `bound` does not hold; then `bound` grows."""
    for node in body:
        if isinstance(node, ast.For | ast.While | ast.If | ast.With):
            head = [
                child
                for name, field in ast.iter_fields(node)
                if name not in ("body", "orelse")
                for child in (field if isinstance(field, list) else [field])
                if isinstance(child, ast.AST)
            ]
            found |= set().union(*(_loads(child) - _scoped(child) for child in head)) - bound
            bound |= set().union(*(_stores(child) - _scoped(child) for child in head))
            branches = [set(bound), set(bound)]
            _outer(node.body, branches[0], found)
            _outer(getattr(node, "orelse", []), branches[1], found)
            # a loop may run no round, a branch may not be taken
            bound |= branches[0] if isinstance(node, ast.With) else branches[0] & branches[1]
            continue
        if isinstance(node, ast.FunctionDef):
            found |= _loads(node) - _stores(node) - _scoped(node) - bound - {node.name}
            bound.add(node.name)
            continue
        found |= _loads(node) - bound - _scoped(node)
        bound |= Names(ast.unparse(node)).bound - _scoped(node)


def _scoped(node: ast.AST) -> set[str]:
    """The names that are bound in comprehensions and lambdas only."""
    inside = [child.target for child in ast.walk(node) if isinstance(child, ast.comprehension)]
    arguments = {child.arg for child in ast.walk(node) if isinstance(child, ast.arg)}
    return arguments.union(*(_stores(child) for child in inside))


def _loads(node: ast.AST) -> set[str]:
    names = [n for n in ast.walk(node) if isinstance(n, ast.Name)]
    # x += 1 uses x, though its target is stored
    targets = [n.target for n in ast.walk(node) if isinstance(n, ast.AugAssign)]
    return {n.id for n in names if isinstance(n.ctx, ast.Load)} | {
        n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)
    }


def _stores(node: ast.AST) -> set[str]:
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and not _is_load(n)}


def _is_load(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Load)


def leans_on_itself(source: str, namespace: Mapping[str, object]) -> bool:
    """Whether a second run of a cell may show something else, as far as its text can tell.

    It may where the cell binds or changes a name that it uses from before, or draws from a random
    generator or an iterator that was made outside it.
    """
    before, names = outer(source), Names(source)
    before -= {name for name in before if isinstance(namespace.get(name), ModuleType)}
    if before & (names.bound | names.changed) or re.search(r"np\.random\.(?!default_rng)", source):
        return True
    drawn = (np.random.Generator, np.random.RandomState)
    things = [namespace.get(name) for name in before]
    return any(isinstance(x, drawn) or hasattr(x, "__next__") for x in things)


# ---- is a name used with two meanings? ---------------------------------------------------------


def binds(source: str) -> set[str]:
    """The names that stay bound after a cell: not those inside functions and comprehensions."""
    names, wanted = set(), list(ast.parse(source).body)
    while wanted:
        node = wanted.pop()
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.Name):
            names |= set() if _is_load(node) else {node.id}
        elif isinstance(node, ast.Lambda | ast.comprehension):
            pass
        else:
            wanted += ast.iter_child_nodes(node)
    return names


def reused(sources: list[str]) -> list[tuple[str, int, int, int]]:
    """Names that are bound in one cell, used in another and bound again in a third, by place.

    When the second is run again after the third, it means something else.
    """
    bound = [binds(source) for source in sources]
    again = [names - Names(s).imported for names, s in zip(bound, sources, strict=True)]
    found = []
    for place, source in enumerate(sources):
        for name in sorted(outer(source)):
            before = [n for n in range(place) if name in bound[n]]
            after = [n for n in range(place + 1, len(sources)) if name in again[n]]
            if before and after:
                found.append((name, before[-1], place, after[0]))
    return found
