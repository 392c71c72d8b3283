"""What all parts share: medians of jobs that take turns, and tables."""

import os
import statistics
import time
from collections.abc import Callable, Mapping, Sequence


def alternate(jobs: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The median time of each job in seconds. They take turns, so that whatever slows the machine
    down meets them all. One round before is not counted."""
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for counted in [False] + [True] * rounds:
        for name, job in jobs.items():
            start = time.perf_counter()
            job()
            if counted:
                times[name].append(time.perf_counter() - start)
    return {name: statistics.median(t) for name, t in times.items()}


def seconds(t: float) -> str:
    for unit, size in (("s", 1), ("ms", 1e-3), ("us", 1e-6)):
        if t >= size:
            return f"{t / size:.3g} {unit}"
    return f"{t * 1e9:.3g} ns"


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Markdown, in columns that can be read in a terminal too."""
    lines = [list(map(str, row)) for row in (head, *rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    lines.insert(1, ["-" * width for width in widths])
    return "\n".join(
        "| " + " | ".join(x.ljust(w) for x, w in zip(line, widths, strict=True)) + " |"
        for line in lines
    )


def verdict(ok: bool) -> str:
    return "met" if ok else "missed"


def load() -> str:
    """How busy the machine is with other things, for the record."""
    return f"load {os.getloadavg()[0]:.1f} of {os.cpu_count()}"
