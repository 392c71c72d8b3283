"""The check of an exercise: does a function read a range test with care?"""

from typing import Any

import numpy as np

from .checks import NOT_ATTEMPTED
from .predictions import as_number
from .range_readings import smoothed, top_inside

Array = np.ndarray


def _cases() -> list[tuple[str, Array, Array, float | None]]:
    """Curves for an exercise: what is special, rates, losses, and the right reading."""
    lr = np.geomspace(1e-3, 10, 60)
    bend = 2 + (np.log10(lr) + 1) ** 2 / 4
    noisy = bend + 0.4 * np.cos(7 * np.arange(60.0))
    falling, rising = np.linspace(3, 1, 60), np.linspace(1, 3, 60)
    cut = np.where(np.arange(60) < 55, noisy, np.nan)
    early = np.where(np.arange(60) < 30, falling, np.nan)
    spike = np.where(np.arange(60) == 8, 0.2, bend)
    curves = [
        ("a smooth curve", bend),
        ("a noisy curve", noisy),
        ("a curve with one lucky batch", spike),
        ("a curve that ends in nan", cut),
        ("a loss that only falls", falling),
        ("a loss that only rises", rising),
        ("a loss that falls until it is nan", early),
        ("a curve of nothing but nan", np.full(60, np.nan)),
    ]
    out = []
    for what, loss in curves:
        bad = np.isnan(loss)
        n = int(bad.argmax()) if bad.any() else 60
        out.append((what, lr, loss, top_inside(lr[:n], smoothed(loss[:n], 0.9))))
    return out


def check_lowest(mine: Any) -> None:
    """Judge an exercise: the lowest point of a smoothed curve, None at its ends. Never raises.

    >>> check_lowest(lambda lr, loss: lr[np.argmin(loss)])
    not yet: on a smooth curve your reading is too small
    """
    if mine is None or mine is ...:
        print(NOT_ATTEMPTED)
        return
    if not callable(mine):
        print("not yet: this must be a function of lr and loss")
        return
    for what, lr, loss, right in _cases():
        try:
            found = mine(lr.copy(), loss.copy())
        except Exception as error:
            print(f"not yet: on {what} your function raises {type(error).__name__}")
            return
        if found is ...:
            print(NOT_ATTEMPTED)
            return
        if said := _misread(found, right):
            print(f"not yet: on {what} {said}")
            return
    print("correct")


def _misread(found: Any, right: float | None) -> str:
    """What is wrong with a reading, without the right one; empty if nothing is."""
    if found is None or right is None:
        if found is right:
            return ""
        return "there is a reading, yours is None" if found is None else "nothing can be read"
    value = as_number(found)
    if isinstance(value, str):
        return f"your reading must be a number: {value}"
    if abs(value / right - 1) < 1e-9:
        return ""
    if np.isnan(value):
        return "your reading is not a number"
    return f"your reading is too {'small' if value < right else 'large'}"
