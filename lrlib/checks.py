"""Exercises that answer at once.

Every check prints one line: "correct", "not yet: ..." with a hint, or "not attempted: ...". No
check raises, whatever the learner wrote, and none prints the answer. The lesson's own part, the
answer it compares with, is trusted: a mistake there is an exception, as anywhere.

One tolerance, ``rtol``: a number is right when it differs from the answer by at most ``rtol`` times
the answer. What belongs to one column (the rates of a schedule, the steps of a parameter) may also
differ by rounding, 1e-14 of the largest in its column (of 1, if all are 0): 6e-17 will do for 0.
"""

import contextlib
import copy
import math
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from .kernels import sgd
from .loop import descend
from .predictions import as_number
from .words import num

ROUNDING = 1e-14
NOT_ATTEMPTED = "not attempted: replace the dots with your answer and run both cells again"


class _NotYet(Exception):
    """Why an answer is not right, in words; the sentence that is printed."""


class _NotAttempted(Exception):
    """The dots are still there."""


@contextlib.contextmanager
def _verdict() -> Iterator[None]:
    """Print what the body found; its warnings, such as an overflow on the way, are not shown."""
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            yield
    except _NotAttempted:
        print(NOT_ATTEMPTED)
    except _NotYet as reason:
        print(f"not yet: {reason}")
    except Exception as error:  # the promise holds for what nobody thought of
        print(f"not yet: this answer cannot be judged, it led to {type(error).__name__}")
    else:
        print("correct")


@contextlib.contextmanager
def _of_learner(what: str, where: str = "") -> Iterator[None]:
    """Turn whatever the learner's own code raises into one sentence."""
    try:
        yield
    except (_NotYet, _NotAttempted):
        raise
    except (Exception, SystemExit) as error:
        try:
            said = " ".join(str(error).split())
        except Exception:
            said = ""
        if "ellipsis" in said:  # the dots were calculated with
            raise _NotAttempted from None
        said = f"{said[:117]}..." if len(said) > 120 else said
        name = type(error).__name__
        raise _NotYet(f"{what} raises {name}{where}{': ' if said else ''}{said}") from None


def _known(answer: Any) -> np.ndarray:
    """The lesson's own answer: numbers, or nothing could be compared with them."""
    right = np.asarray(answer)
    if right.dtype.kind not in "iuf" or not right.size or not np.isfinite(right).all():
        raise ValueError(f"answer = {answer!r}: must be finite numbers")
    return right


def _attempted(x: Any) -> None:
    """Raise _NotAttempted where x, or what it holds, is still None or dots."""
    held = x if isinstance(x, list | tuple) else [x]
    if any(part is None or part is ... for part in held):
        raise _NotAttempted


def _number(x: Any, what: str = "your answer") -> float:
    """The one number in x."""
    _attempted(x)
    number = as_number(x)
    if isinstance(number, str):
        raise _NotYet(f"{what} must be a number: {number}")
    return number


def _callable(x: Any, what: str, takes: str) -> None:
    _attempted(x)
    if not callable(x):
        raise _NotYet(f"this must be a {what}, a function of {takes}; yours is a {_kind(x)}")


def _kind(x: Any) -> str:
    return "number" if isinstance(as_number(x), float) else type(x).__name__


def _array(x: Any, shape: tuple[int, ...], what: str = "your answer") -> np.ndarray:
    """x as floats of this shape; lists, tuples, columns and single numbers are taken as meant."""
    _attempted(x)
    if math.prod(shape) == 1:
        return np.full(shape, _number(x, what))
    if callable(x) or isinstance(x, str | bytes | dict | set):
        raise _NotYet(f"{what} must be numbers, not a {type(x).__name__}")
    try:
        held = np.array(x, dtype=object) if isinstance(x, list | tuple) else np.array(x)
    except Exception:
        raise _NotYet(f"{what} must be numbers in rows of equal length") from None
    if held.dtype.kind not in "iuf":
        flat = [_number(part, f"each part of {what}") for part in held.ravel()]
        held = np.array(flat).reshape(held.shape)
    if held.size != math.prod(shape):
        few = "one value" if held.size == 1 else f"{held.size} values"
        raise _NotYet(f"{what} holds {few}, asked for are {math.prod(shape)}")
    if np.squeeze(held).shape != tuple(n for n in shape if n != 1):
        raise _NotYet(f"{what} has shape {held.shape}, it must be {shape}")
    return held.reshape(shape).astype(float)


def _right(mine: np.ndarray, answer: np.ndarray, rtol: float) -> np.ndarray:
    """Where mine is the answer. What has no finite answer (0/0 without an eps) is not judged."""
    column = np.max(np.abs(answer), axis=0, initial=0, where=np.isfinite(answer))
    rounding = ROUNDING * np.where(column == 0, 1.0, column) * (answer.ndim > 0 or answer == 0)
    allowed = rtol * np.abs(answer) * (1 + 1e-9) + rounding  # the border counts as inside
    return (np.abs(mine - answer) <= allowed) | ~np.isfinite(answer)


def _wrong_how(mine: float, answer: float, rtol: float) -> str:
    """How a number is wrong, without the right one."""
    if math.isnan(mine):
        return "not a number"
    if math.isinf(mine):
        return "infinite"
    way = "small" if mine < answer else "large"
    if mine * answer < 0:
        return f"too {way}, with the wrong sign"
    if not mine or not answer:
        return f"too {way}"
    if abs(mine / answer - 1) <= 0.01:
        return f"slightly too {way}" + (": give more digits" if 1e-4 <= rtol < 1e-2 else "")
    factor = max(mine / answer, answer / mine)
    return f"{'far ' if factor > 10 else ''}too {way}"


def _compare(
    mine: Any,
    answer: Any,
    rtol: float,
    place: str,
    what: str = "your answer",
    single: str = "",
) -> None:
    answer = np.asarray(answer, float)
    mine = _array(mine, answer.shape, what)
    wrong = ~_right(mine, answer, rtol)
    if not wrong.any():
        return
    at = tuple(np.argwhere(wrong)[0]) if answer.ndim else ()
    yours = float(mine[at])
    how = _wrong_how(yours, float(answer[at]), rtol)
    if answer.size == 1:
        raise _NotYet(f"{single}{how}")
    raise _NotYet(f"the first difference is at {place} {at[0]}, where {num(yours, 6)} is {how}")


def _whole(mine: Any, answer: np.ndarray, place: str) -> None:
    """Whole numbers are compared as such."""
    held = _array(mine, answer.shape)
    if np.any(np.abs(held - np.round(held)) > 1e-9 * np.maximum(1, np.abs(held))):
        words = "whole numbers are" if answer.size > 1 else "a whole number is"
        raise _NotYet(f"{words} asked for")
    _compare(np.round(held), answer, 0.0, place)


def check_numbers(
    mine: Any,
    answer: Any,
    rtol: float | None = None,
    what: str = "step",
    through: Callable[[float], Any] | None = None,
) -> None:
    """Compare a number, or a sequence of them, with the answer.

    ``rtol`` is the largest relative difference of each number, 1e-3 if not given, so that four
    digits will do. Where the answer is whole (ints) and no ``rtol`` is given, a whole number is
    asked for and compared as such. ``what`` names the places of a sequence. ``through`` is a
    function of the learner's number whose result is compared instead of the number itself.

    >>> check_numbers([0.5, 0.25], [0.5, 0.125], what="case")
    not yet: the first difference is at case 1, where 0.25 is too large
    """
    right = _known(answer)
    with _verdict():
        if through is not None:
            number = _number(mine)
            with _of_learner("with your number, the run"):
                mine = through(number)
        if rtol is None and right.dtype.kind in "iu":
            _whole(mine, right, what)
        else:
            _compare(mine, right, 1e-3 if rtol is None else rtol, what)


def check_function(mine: Any, answer: Callable, cases: Sequence[tuple], rtol: float = 1e-3) -> None:
    """Compare a function with the right one at ``cases``, each a tuple of arguments.

    >>> check_function(lambda a, b: a + b, lambda a, b: a * b, [(2, 2), (2, 3)])
    not yet: what your function returns at case 1 is too small
    """
    right = [_known(answer(*case)) for case in cases]
    with _verdict():
        _callable(mine, "function", f"{len(cases[0])} arguments")
        for number, (case, value) in enumerate(zip(cases, right, strict=True)):
            with _of_learner("your function", f" at case {number}"):
                got = mine(*copy.deepcopy(case))
            said = f"what your function returns at case {number}"
            _compare(got, value, rtol, "place", said, single=f"{said} is ")


def check_schedule(mine: Any, answer: Callable, steps: int, rtol: float = 1e-6) -> None:
    """Compare a schedule with the right one at t = 0 .. steps - 1.

    A list or array of ``steps`` rates, or a number for a constant rate, is a schedule too. A
    function is asked twice, the second time from the end: its rate must depend on t alone.

    >>> check_schedule(lambda t: 1 / (1 + t), lambda t: 1 / max(t, 1), 3)
    not yet: the first difference is at step 1, where 0.5 is too small
    """
    right = _known([float(answer(t)) for t in range(steps)])
    with _verdict():
        _attempted(mine)
        if callable(mine):
            mine = _asked_twice(mine, steps)
        elif isinstance(as_number(mine), float):
            mine = [mine] * steps
        _compare(mine, right, rtol, "step")


def _asked_twice(schedule: Callable, steps: int) -> list[float]:
    def at(t: int) -> float:
        with _of_learner("your schedule", f" at step {t}"):
            rate = schedule(t)
        return _number(rate, f"your rate at step {t}")

    forth = [at(t) for t in range(steps)]
    for t in reversed(range(steps)):
        again = at(t)
        if again != forth[t] and not (math.isnan(again) and math.isnan(forth[t])):
            raise _NotYet(
                f"asked again for step {t}, your schedule gives another rate: it must depend on t "
                "alone"
            )
    return forth


def gradients_of_all_sizes(steps: int = 40) -> np.ndarray:
    """Gradients that show what kernels differ in, shape (steps, 6).

    Columns of sizes 1e-8 to 1e3; one is silent and wakes up, one has a spike, one keeps its sign.
    """
    rng = np.random.default_rng(0)
    g = rng.standard_normal((steps, 6)) * 10.0 ** np.array([-8, -3, 0, 0, 0, 3])
    g[1 : steps // 2, 2] = 0.0
    g[steps // 3, 3] *= 100.0
    g[:, 4] = np.abs(g[:, 4])
    return g


def check_kernel(
    mine: Any,
    answer: Callable,
    steps: int = 40,
    *,
    gradients: np.ndarray | None = None,
    rtol: float = 1e-9,
    **hyper: Any,
) -> None:
    """Feed a kernel and the right one the same gradients; compare the directions.

    ``gradients``, shape (steps, d), are by default of all sizes, with silence and a spike. The
    kernel is run twice, each time from state None, on copies: it must not change the gradient,
    nor remember anything outside of its state. ``hyper`` goes to both by name.

    >>> from lrlib import sgd
    >>> check_kernel(lambda g, state=None: (2 * g, state), sgd, gradients=[[1.0], [2.0]])
    not yet: the first difference is at step 0, where 2 is too large
    """
    given = gradients_of_all_sizes(steps) if gradients is None else np.array(gradients, float)
    state, right = None, []
    for g in given:
        u, state = answer(g.copy(), state, **hyper)
        right.append(np.array(u, float))
    if np.isfinite(right).mean() < 0.5:
        raise ValueError("answer: more than half of its directions are not finite")
    with _verdict():
        _callable(mine, "kernel", "g and state")
        first = _directions(mine, given, hyper)
        _compare(first, right, rtol, "step")
        if not np.array_equal(first, _directions(mine, given, hyper), equal_nan=True):
            raise _NotYet(
                "run a second time, your kernel gives other directions: what it remembers must all "
                "be in its state, which is None at the start"
            )


def _directions(kernel: Callable, gradients: np.ndarray, hyper: dict[str, Any]) -> np.ndarray:
    """What a learner's kernel makes of gradients, from a fresh state."""
    state, directions = None, []
    for step, g in enumerate(gradients):
        handed = g.copy()
        with _of_learner("your kernel", f" at step {step}"):
            result = kernel(handed, state, **copy.deepcopy(hyper))
        if not isinstance(result, list | tuple) or len(result) != 2:
            _attempted(result)
            raise _NotYet("your kernel must return two things, the direction u and the state")
        u, state = result
        _attempted(u)
        if not np.array_equal(handed, g):
            raise _NotYet("your kernel changes g; g = g * 2 makes a new array, g *= 2 does not")
        if np.shape(u) != g.shape and g.size > 1:
            raise _NotYet(f"your direction u has shape {np.shape(u)}, it must be that of g")
        directions.append(_array(u, g.shape, "your direction u"))
    return np.array(directions)


def check_policy(
    mine: Any,
    answer: Callable | None,
    problem: Any,
    steps: int,
    *,
    kernel: Callable = sgd,
    first: float | None = None,
    bounds: tuple[float, float] = (-math.inf, math.inf),
    ratio: tuple[float, float] | None = None,
    goal: float | None = None,
    rtol: float = 1e-6,
    **hyper: Any,
) -> None:
    """Run with a policy, record its rates, and judge them.

    ``first`` is the first rate; all rates must lie within ``bounds``; each over the one before it
    within ``ratio``. The loss after ``steps`` steps must be below ``goal``. Where there is an
    ``answer``, a policy, the rates must be its rates. All this on ``problem``, or on each of a list
    of them, and twice, each time from state None. What is not given is not asked for.

    >>> from lrlib import hypergradient
    >>> from lrlib.problems import bowl
    >>> check_policy(lambda seen, state: (0.3, state), hypergradient(0.3, 1e-3), bowl(), 3)
    not yet: the first difference is at step 1, where 0.3 is too small
    """
    if answer is None and goal is None:
        raise ValueError("answer = None and goal = None: nothing is asked for; give one of them")
    problems = list(problem) if isinstance(problem, list | tuple) else [problem]
    run = {"steps": steps, "kernel": kernel, **hyper}
    rights = [answer and _known(descend(p, lr=answer, **run).lr) for p in problems]
    with _verdict():
        _callable(mine, "policy", "seen and state")
        for one, right in zip(problems, rights, strict=True):
            rates, loss = _rates_of(mine, one, run)
            _within(rates, first, bounds, ratio)
            if right is not None:
                _compare(rates, right, rtol, "step", "your rates")
            if goal is not None and not loss < goal:
                raise _NotYet(_missed(loss, goal, steps))
            if not np.array_equal(rates, _rates_of(mine, one, run)[0], equal_nan=True):
                raise _NotYet(
                    "run a second time, your policy gives other rates: what it remembers must all "
                    "be in its state, which is None at the start"
                )


def _rates_of(policy: Callable, problem: Any, run: dict[str, Any]) -> tuple[np.ndarray, float]:
    def watched(seen: Any, state: Any) -> tuple[float, Any]:
        with _of_learner("your policy", f" at step {seen.t}"):
            result = policy(copy.deepcopy(seen), state)
        if not isinstance(result, list | tuple) or len(result) != 2:
            _attempted(result)
            raise _NotYet("your policy must return two things, the rate and the state")
        return _number(result[0], f"your rate at step {seen.t}"), result[1]

    trace = descend(problem, lr=watched, **run)
    return np.asarray(trace.lr, float), float(trace.loss[-1])


def _within(
    rates: np.ndarray,
    first: float | None,
    bounds: tuple[float, float],
    ratio: tuple[float, float] | None,
) -> None:
    if first is not None and abs(rates[0] - first) > 1e-9 * abs(first):
        raise _NotYet(f"the first rate, {num(rates[0])}, is not the one asked for")
    slack = 1e-9  # a rate that stands on a bound is inside
    low, high = (x + side * slack * abs(x) for x, side in zip(bounds, (-1, 1), strict=True))
    if len(out := np.flatnonzero((rates < low) | (rates > high))):
        raise _NotYet(f"at step {out[0]} the rate, {num(rates[out[0]])}, is out of bounds")
    if ratio is not None:
        factors = rates[1:] / rates[:-1]
        fine = (factors >= ratio[0] * (1 - slack)) & (factors <= ratio[1] * (1 + slack))
        if len(out := np.flatnonzero(~fine)):
            t = int(out[0])
            pair = f"from {num(rates[t])} to {num(rates[t + 1])}"
            raise _NotYet(f"after step {t} the rate goes {pair}, further than one step may")
    if len(out := np.flatnonzero(~np.isfinite(rates))):
        raise _NotYet(f"at step {out[0]} the rate is {num(rates[out[0]])}")


KINDS = ("rate", "schedule", "policy")


def check_run(
    mine: Any,
    problem: Any,
    goal: float,
    kernel: Callable,
    steps: int,
    *,
    kind: str = "rate",
    bounds: tuple[float, float] = (-math.inf, math.inf),
    **hyper: Any,
) -> None:
    """Is the loss below ``goal`` after ``steps`` steps?

    ``kind`` says what is asked for, and nothing else is accepted: "rate", one number; "schedule", a
    function of t, or a list of ``steps`` rates, or one number; "policy", a function of (seen,
    state). All rates used must lie within ``bounds``. Raises ValueError for another ``kind``.

    >>> from lrlib import sgd
    >>> from lrlib.problems import bowl
    >>> check_run(1e-4, bowl(), 1e-3, sgd, 50)
    not yet: the loss is 12.38 after 50 steps, asked for is below 0.001
    """
    if kind not in KINDS:
        raise ValueError(f"kind = {kind!r}: must be one of {', '.join(KINDS)}")
    run = {"steps": steps, "kernel": kernel, **hyper}
    with _verdict():
        if kind == "policy":
            _callable(mine, "policy", "seen and state")
            rates, loss = _rates_of(mine, problem, run)
        else:
            rates = _planned(mine, kind, steps)
            if np.any(rates < 0):
                raise _NotYet(f"the rate {num(rates.min())} is below 0, and would go uphill")
            loss = float(descend(problem, lr=lambda t: rates[t], **run).loss[-1])
        _within(rates, None, bounds, None)
        if not loss < goal:
            raise _NotYet(_missed(loss, goal, steps))


def _planned(mine: Any, kind: str, steps: int) -> np.ndarray:
    """The rates of all steps, from a number or, where one is asked for, a schedule."""
    _attempted(mine)
    if kind == "rate" or isinstance(as_number(mine), float):
        return np.full(steps, _number(mine, "your rate"))
    if callable(mine):
        return np.array(_asked_twice(mine, steps))
    return _array(mine, (steps,), "your schedule")


def _missed(loss: float, goal: float, steps: int) -> str:
    if not math.isfinite(loss):
        return f"the run has diverged after {steps} steps"
    was, asked = num(loss), num(goal)
    for digits in range(4, 18):
        if was != asked:
            break
        was, asked = f"{loss:.{digits}g}", f"{goal:.{digits}g}"
    return f"the loss is {was} after {steps} steps, asked for is below {asked}"
