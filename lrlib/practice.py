"""Predict first, then compare; exercises that answer at once. Everything here prints."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .loop import descend
from .words import num


def predict(
    what: str, my_guess: float | None, observed: float, exact: float | None = None, digits: int = 4
) -> None:
    """Print your guess beside what was observed, their ratio, and the closed form's value.

    ``my_guess=None`` says that there is no guess yet. ``exact`` is the theory's value, where there
    is one. Raises ValueError when the guess is neither None nor a number.
    """
    if my_guess is not None and (isinstance(my_guess, bool) or not np.isscalar(my_guess)):
        raise ValueError(f"my_guess = {my_guess!r}: must be a number, or None for no guess yet")
    if isinstance(my_guess, str):
        raise ValueError(f"my_guess = {my_guess!r}: must be a number, or None for no guess yet")
    print(what)
    if my_guess is None:
        print("  your guess   none yet: write a number for my_guess and run this cell again")
    else:
        ratio = f"{my_guess / observed:.3g} times the observed" if observed else "observed is 0"
        print(f"  your guess   {num(my_guess, digits)}  ({ratio})")
    print(f"  observed     {num(observed, digits)}")
    if exact is not None:
        print(f"  closed form  {num(exact, digits)}")


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


def check_numbers(mine: Any, answer: Any, rtol: float | None = None, what: str = "step") -> None:
    """Compare a number, or a sequence of them, with the answer.

    A wrong number is called too small or too large; of a sequence, the first wrong place is shown.
    ``rtol`` is 1e-3 for a single number, so that four digits will do, and 1e-6 for a sequence.
    None or ..., alone or in a list, counts as not attempted."""
    if any(x is None or x is ... for x in (mine if isinstance(mine, list | tuple) else [mine])):
        _not_attempted()
        return
    mine, answer = np.asarray(mine), np.asarray(answer, float)
    if mine.dtype.kind not in "iuf":
        print(f"not yet: this must be numbers, not {mine.dtype}")
        return
    if mine.shape != answer.shape:
        print(f"not yet: your answer has shape {mine.shape}, it must be {answer.shape}")
        return
    rtol = rtol or (1e-3 if answer.ndim == 0 else 1e-6)
    wrong = ~np.isclose(mine, answer, rtol=rtol, atol=rtol * np.max(np.abs(answer), initial=0))
    if not wrong.any():
        print("correct")
    elif answer.ndim == 0:
        print(f"not yet: too {'small' if mine < answer else 'large'}")
    else:
        at = tuple(int(i) for i in np.argwhere(wrong)[0])
        yours, right = f"{mine[at]:.6g}", f"{answer[at]:.6g}"
        print(f"not yet: first differs at {what} {at[0]}: yours {yours}, expected {right}")


def check_schedule(mine: Callable | None, answer: Callable, steps: int) -> None:
    """Compare a schedule with the right one at t = 0 .. steps - 1."""
    if mine is None or mine is ...:
        _not_attempted()
        return
    check_numbers([mine(t) for t in range(steps)], [answer(t) for t in range(steps)])


def check_kernel(mine: Callable | None, answer: Callable, steps: int = 30, **hyper: Any) -> None:
    """Run a kernel and the right one on the same gradients, of all sizes; compare directions."""
    rng = np.random.default_rng(0)
    gradients = rng.standard_normal((steps, 4)) * 10.0 ** rng.integers(-3, 3, 4)
    if mine is None or mine is ...:
        _not_attempted()
        return
    yours, right, state, exact = [], [], None, None
    for g in gradients:
        result = mine(g, state, **hyper)
        if result is None or result is ...:
            _not_attempted()
            return
        u, state = result
        v, exact = answer(g, exact, **hyper)
        yours.append(u)
        right.append(v)
    check_numbers(yours, right)


def check_run(
    lr: Any, problem: Any, goal: float, kernel: Callable, steps: int, **hyper: Any
) -> None:
    """Is the loss below ``goal`` after ``steps`` steps at this rate?"""
    if lr is None or lr is ...:
        _not_attempted()
        return
    loss = descend(problem, kernel, lr, steps, **hyper).loss[-1]
    verdict = "correct" if loss < goal else "not yet"
    print(f"{verdict}: loss {num(loss)} after {steps} steps, goal below {num(goal)}")


def _not_attempted() -> None:
    print("not attempted: replace the dots with your answer and run both cells again")
