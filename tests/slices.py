"""Which cells of a lesson have to run so that some of its cells can: by the names they bind and use.

The browser runs what its panels and predictions need and no more: nbval and test_notebooks.py have
run every cell already.
"""

import ast

from lesson import calls_of_predict, code_cells, tags
from nbformat import NotebookNode


class Names(ast.NodeVisitor):
    """The names that a cell binds or may change, and those that it uses."""

    def __init__(self, source: str):
        self.bound: set[str] = set()
        self.used: set[str] = set()
        self.visit(ast.parse(source))

    def visit_Name(self, node: ast.Name) -> None:
        (self.used if isinstance(node.ctx, ast.Load) else self.bound).add(node.id)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.bound.add(node.name)
        self.generic_visit(node)

    visit_ClassDef = visit_FunctionDef

    def visit_alias(self, node: ast.alias) -> None:
        self.bound.add((node.asname or node.name).partition(".")[0])

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.used |= {n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)}
        self.generic_visit(node)

    def _changed(self, node: ast.Attribute | ast.Subscript) -> None:
        """`a.x = 1`, `a[0] = 1` and `a.append(1)` change a."""
        root = node
        while isinstance(root, ast.Attribute | ast.Subscript):
            root = root.value
        if isinstance(root, ast.Name):
            self.bound.add(root.id)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if not isinstance(node.ctx, ast.Load):
            self._changed(node)
        self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if not isinstance(node.ctx, ast.Load):
            self._changed(node)
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
            self._changed(node.value.func)
        self.generic_visit(node)


def needed(sources: list[str], wanted: set[int]) -> list[int]:
    """The places of the cells that must run, in order, so that the wanted ones show what they do.

    A cell is needed when it binds or changes a name that a needed cell below it uses.  A name that
    is bound in several cells keeps them all: which one counts may depend on the run.
    """
    names = [Names(source) for source in sources]
    found, open_names = set(wanted), set()
    for place in reversed(range(len(sources))):
        if place in wanted or names[place].bound & open_names:
            found.add(place)
            open_names |= names[place].used
    return sorted(found)


def for_the_browser(nb: NotebookNode) -> list[int]:
    """The places among all cells of those that panels and predictions need."""
    code = code_cells(nb)
    wanted = {
        place
        for place, cell in enumerate(code)
        if "live.panel(" in cell.source or calls_of_predict(cell.source) or "guess" in tags(cell)
    }
    chosen = needed([cell.source for cell in code], wanted)
    places = [n for n, cell in enumerate(nb.cells) if cell.cell_type == "code"]
    return [places[n] for n in chosen]
