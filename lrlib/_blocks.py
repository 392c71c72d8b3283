"""A large sweep in parts: each fits a core's cache, and every core has its share."""

import os
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np

BLOCK = 2**17  # numbers of a sweep that one core works on at once
CORES = os.cpu_count() or 1

# Linux's C library hands large arrays back to the system when they are freed, and has to ask for
# them anew, page by page, at every operation. Once 8 MB have been freed in one, it keeps them.
np.empty(1_000_000)


def cut(given: dict[str, Any], shapes: dict[str, tuple[int, ...]], size: int) -> list[dict]:
    """What was ``given``, with a part of each sweep (K,), once for each part; [] if it is small.

    ``shapes`` are the shapes of what was given (of a schedule: of its rates); ``size`` is the
    number of parameters of one model.
    """
    lengths = {shape[0] for shape in shapes.values() if len(shape) == 1 and shape[0] > 1}
    if len(lengths) != 1 or any(len(shape) > 1 for shape in shapes.values()):
        return []
    (K,) = lengths
    n = -(-K // max(1, BLOCK // size))
    if n < 2:
        return []
    cuts = np.linspace(0, K, min(K, -(-n // CORES) * CORES) + 1).astype(int)
    return [
        {k: _part(x, i, j, K) if callable(x) or shapes[k] == (K,) else x for k, x in given.items()}
        for i, j in pairwise(cuts)
    ]


def _part(x: Any, i: int, j: int, K: int) -> Any:
    """Rows i to j of a sweep; of a schedule, those of its rates whenever they are a sweep."""
    if not callable(x):
        return np.asarray(x)[i:j]

    def part(t: int) -> Any:
        rates = x(t)
        return np.asarray(rates)[i:j] if np.shape(rates) == (K,) else rates

    return part


class _QuickTurns:
    """Meanwhile a thread waits a tenth of a millisecond for the interpreter before it asks for it,
    not Python's five: a step of a block takes one. What was set before is set again at the end."""

    def __init__(self) -> None:
        self._lock, self._users, self._before = threading.Lock(), 0, 0.0

    def __enter__(self) -> None:
        with self._lock:
            if not self._users:
                self._before = sys.getswitchinterval()
                sys.setswitchinterval(min(1e-4, self._before))
            self._users += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._users -= 1
            if not self._users:
                sys.setswitchinterval(self._before)


QUICK = _QuickTurns()


def side_by_side(run: Callable, parts: Sequence[Any]) -> list[Any]:
    """[run(part) for part in parts], on every core; one after the other where no thread starts."""
    if CORES == 1:
        return [run(part) for part in parts]
    with QUICK, ThreadPoolExecutor(CORES) as pool:  # NumPy computes without the interpreter
        try:
            results = pool.map(run, parts)
        except RuntimeError:  # no thread can be started, as in a browser
            return [run(part) for part in parts]
        return list(results)


def joined(states: Sequence[Any], axis: int = -2) -> Any:
    """The states of all parts as one: arrays (K, d) one below the other, else the first."""
    first = states[0]
    if isinstance(first, tuple):
        leaves = [joined(leaf, axis) for leaf in zip(*states, strict=True)]
        return type(first)(*leaves) if hasattr(first, "_fields") else tuple(leaves)
    return np.concatenate(states, axis) if np.ndim(first) > 1 else first
