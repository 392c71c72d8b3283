"""A kernel three times, side by side: mathematics, NumPy and C."""

import ast
import inspect
import re
import textwrap
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

_C = Path(__file__).with_name("kernels.c")


class Listing:
    """Shows itself as HTML, and as the same content in plain text."""

    def __init__(self, name: str, formula: str, numpy: str, c: str):
        self.name, self.formula, self.numpy, self.c = name, formula, numpy, c

    def __repr__(self) -> str:
        parts = {"Mathematics": self.formula, "NumPy": self.numpy, "C": self.c}
        text = [f"{head}\n\n{textwrap.indent(body, '    ')}" for head, body in parts.items()]
        return "\n\n".join([f"{self.name}: mathematics, NumPy, C", *text])

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        lines = r" \\[.4em] ".join("&" + line for line in self.formula.splitlines())
        formula = rf"$$\begin{{aligned}} {lines} \end{{aligned}}$$"
        code = [
            f'<figure style="flex: 1 1 30em; min-width: 0; margin: 0">'
            f'<figcaption style="font-weight: bold">{language}</figcaption>'
            f'<pre style="margin: .3em 0; padding: .6em; font-size: .85em; line-height: 1.4; '
            f"color: inherit; background: transparent; border: 1px solid #8888; "
            f'white-space: pre-wrap; word-break: normal; overflow-wrap: break-word">'
            f"<code>{escape(source)}</code></pre></figure>"
            for language, source in (("NumPy", self.numpy), ("C", self.c))
        ]
        html = (
            '<div style="display: flex; flex-wrap: wrap; gap: .5em 1.5em; text-align: left">'
            f'<div style="flex: 1 1 100%; overflow-x: auto">{escape(formula)}</div>'
            f"{''.join(code)}</div>"
        )
        return {"text/plain": repr(self), "text/html": html}


def listing(kernel: Callable) -> Listing:
    """The mathematics, the NumPy source and the C source of a kernel of `lrlib.kernels`.

    The mathematics is the block ``Formula::`` of the docstring, in LaTeX; the C function is the one
    of the same name in ``kernels.c``, below that file's ``#include`` lines, so that it compiles as
    it is shown. Returns an object that shows itself in a notebook.
    Raises ValueError when one of the two is missing.

    >>> from lrlib import sgd
    >>> listing(sgd).c.splitlines()[4]
    '/* SGD, with momentum and Nesterov momentum'
    """
    text = _C.read_text(encoding="utf-8")
    function = r"^/\*(?:(?!\*/).)*\*/\nvoid (\w+)\(.*?^\}$"  # with the comment above it
    twins = {found[1]: found[0] for found in re.finditer(function, text, re.M | re.S)}
    includes = "\n".join(re.findall(r"^#include .*", text, re.M))
    name = getattr(kernel, "__name__", repr(kernel))
    if name not in twins:
        raise ValueError(f"kernel = {name}: kernels.c has only {', '.join(twins)}")
    formula = re.search(r"^Formula::\n\n((?: +.*\n|\n)+)", inspect.getdoc(kernel) or "", re.M)
    if formula is None:
        raise ValueError(f"kernel = {name}: must have a block Formula:: in its docstring")
    source = inspect.getsource(kernel).splitlines()
    node: Any = ast.parse("\n".join(source)).body[0]
    doc = node.body[0]
    del source[doc.lineno - 1 : doc.end_lineno]
    del source[: node.lineno - 1]  # what stands above it checks its hyperparameters
    return Listing(
        name, textwrap.dedent(formula[1]).strip(), "\n".join(source), f"{includes}\n\n{twins[name]}"
    )
