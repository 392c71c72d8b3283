"""What a piece of a lesson needs and what it changes, by its names."""

import ast


class Names(ast.NodeVisitor):
    """The names that a cell binds, those whose objects it may change, and those that it uses."""

    def __init__(self, source: str):
        self.bound: set[str] = set()
        self.changed: set[str] = set()
        self.imported: set[str] = set()
        self.used: set[str] = set()
        self.later: set[str] = set()  # used when a function is called, however they are bound then
        self.visit(ast.parse(source))

    def visit_Name(self, node: ast.Name) -> None:
        (self.used if isinstance(node.ctx, ast.Load) else self.bound).add(node.id)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self.bound.add(node.name)
        inside = [n for n in ast.walk(node) if isinstance(n, ast.Name)]
        own = {n.id for n in inside if not isinstance(n.ctx, ast.Load)}
        own |= {a.arg for a in ast.walk(node) if isinstance(a, ast.arg)}
        self.later |= {n.id for n in inside} - own
        self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.bound.add(node.name)
        self.generic_visit(node)

    def visit_alias(self, node: ast.alias) -> None:
        name = (node.asname or node.name).partition(".")[0]
        self.bound.add(name)
        self.imported.add(name)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.used |= {n.id for n in ast.walk(node.target) if isinstance(n, ast.Name)}
        self.generic_visit(node)

    def _change(self, node: ast.expr) -> None:
        """`a.x = 1`, `a[0] = 1` and `a.append(1)` change a."""
        while isinstance(node, ast.Attribute | ast.Subscript):
            node = node.value
        if isinstance(node, ast.Name):
            self.changed.add(node.id)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        if not isinstance(node.ctx, ast.Load):
            self._change(node)
        self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if not isinstance(node.ctx, ast.Load):
            self._change(node)
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
            self._change(node.value.func)
        self.generic_visit(node)


def needed(sources: list[str], wanted: set[int]) -> list[int]:
    """The places of the cells that must run, in order, so that the wanted ones show what they do.

    A cell is needed when it binds or changes a name that a needed cell below it uses.  A name that
    is bound in several cells keeps them all: which one counts may depend on the run.
    """
    names = [Names(source) for source in sources]
    imported = set().union(*(cell.imported for cell in names))  # np.random.seed(1) does not count
    later: set[str] = set()
    while True:
        found, open_names = set(wanted), set(later)
        for place in reversed(range(len(sources))):
            made = names[place].bound | (names[place].changed - imported)
            if place in wanted or made & open_names:
                found.add(place)
                open_names |= names[place].used
        if later == (later := later.union(*(names[place].later for place in found))):
            return sorted(found)
