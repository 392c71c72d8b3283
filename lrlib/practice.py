"""Predict first, then compare; exercises that answer at once; tables in print."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from .checks import (
    check_function,
    check_kernel,
    check_numbers,
    check_policy,
    check_run,
    check_schedule,
)
from .predictions import Answer, choose, predict
from .words import num

__all__ = [
    "Answer",
    "check_function",
    "check_kernel",
    "check_numbers",
    "check_policy",
    "check_run",
    "check_schedule",
    "choose",
    "num",
    "predict",
    "table",
]


def table(header: Sequence[str], rows: Sequence[Sequence[Any]], digits: int = 4) -> None:
    """Print rows under a header; floats in ``digits`` digits, columns aligned."""

    def cell(x: Any) -> str:
        if isinstance(x, float | np.floating):
            return num(x, digits) if np.isfinite(x) else "not finite"
        return str(x)

    lines = [list(header), *[[cell(x) for x in row] for row in rows]]
    widths = [max(len(line[k]) for line in lines) for k in range(len(header))]
    for n, line in enumerate(lines):
        text = line[0].ljust(widths[0])
        print("  ".join([text, *(c.rjust(w) for c, w in zip(line[1:], widths[1:], strict=True))]))
        if n == 0:
            print("  ".join("-" * w for w in widths))
