"""What the cells of lesson 14 tagged `own-model` define: network, adapter, data; with PyTorch."""

import functools
from types import SimpleNamespace
from typing import Any

import refresh
from lesson import code_cells, tags

PATH = refresh.NOTEBOOKS / "14_own_model.ipynb"


@functools.cache
def lesson() -> SimpleNamespace:
    """These names, as attributes."""
    space: dict[str, Any] = {}
    for cell in code_cells(refresh.read(PATH)):
        if "own-model" in tags(cell):
            exec(cell.source, space)
    return SimpleNamespace(**space)
