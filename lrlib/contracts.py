"""What the parts of lrlib promise each other: four kinds of functions, and the checks of numbers.

    u, state = kernel(g, state)       a direction from a gradient     `kernels`
    lr = schedule(t)                  a rate from the step number     `schedules`
    lr, state = policy(seen, state)   a rate from what was seen       `policies`
    theta0, loss(theta), grad(theta, t)    what is minimised          `problems`

Every check takes its arguments by name and raises a ValueError that says name, value and what is
allowed. Most return what they were given, as floats.
"""

import inspect
from collections.abc import Callable
from functools import partial, wraps
from typing import Any, NamedTuple, Protocol, get_args

import numpy as np

Array = np.ndarray
Rate = np.ndarray | float


class Seen(NamedTuple):
    """What a policy sees in step t, before the step is taken. The arrays are read-only."""

    t: int
    """Steps already taken."""
    loss: Rate | None
    """Loss at theta_t, shape (*sweep,); None if the problem has no loss."""
    g: np.ndarray
    """Gradient at theta_t, shape (*sweep, d)."""
    u: Any
    """Direction of the step before; 0.0 at the first step."""
    theta: Any = None
    """theta_t itself, shape (*sweep, d)."""


class Kernel(Protocol):
    """An update rule: ``u, state = kernel(g, state)``.

    ``g`` has shape (*sweep, d), and so has the direction ``u``; ``state`` is None at the first step
    and then what the kernel returned. Further parameters are its hyperparameters, which `descend`
    hands on; one named ``theta`` gets theta_t, shape (*sweep, d). A kernel writes to none of them.
    """

    def __call__(self, g: Any, state: Any = None, /) -> tuple[Any, Any]: ...


class Schedule(Protocol):
    """A rate from the step number: ``lr = schedule(t)``, finite and at least 0.

    ``t`` is the number of steps already taken, from 0. The rate is a number, or an array, which
    makes a sweep of one model a rate. Being a function of t it has no memory.
    """

    def __call__(self, t: Any, /) -> Any: ...


class Policy(Protocol):
    """A rate from what was seen: ``lr, state = policy(seen, state)``.

    ``state`` is None at the first step and then what the policy returned. The rate is a number or
    an array that fits the sweep. A rate of 0 rejects a step: theta stays where it is.
    """

    def __call__(self, seen: Any, state: Any, /) -> tuple[Any, Any]: ...


class Problem(Protocol):
    """What is minimised.

    ``theta0`` (d,) is the start. ``loss(theta)`` takes (*sweep, d) and returns (*sweep,);
    ``grad(theta, t)`` returns (*sweep, d). Each model of a sweep is treated as if it were alone,
    and theta cannot be written to. Large sweeps are cut, and both are called from several threads
    at once; a problem that cannot bear that says so by an attribute ``threads = False``.
    """

    theta0: Any

    def loss(self, theta: Any, /) -> Any: ...

    def grad(self, theta: Any, t: Any, /) -> Any: ...


def _refuse(name: str, x: object, allowed: str) -> ValueError:
    return ValueError(f"{name} = {x!r}: must be {allowed}")


def as_numbers(x: Any) -> np.ndarray | None:
    """Returns ``x`` as an array of whole numbers or floats; None if it is none.

    Text, dates, truth values, complex numbers, objects, masks and lists of unequal length are none.

    >>> as_numbers([1, 2.5]), as_numbers("1"), as_numbers([1, None])
    (array([1. , 2.5]), None, None)
    """
    try:
        array = np.asarray(x)
    except (ValueError, TypeError):  # lists of unequal length, or of what has no array
        return None
    masked = isinstance(x, np.ma.MaskedArray)
    return array if array.dtype.kind in "iuf" and not masked else None


def finite(**values: Rate) -> tuple[Any, ...]:
    """Finite numbers, or arrays of them whose shapes fit each other.

    Returns what was given: a number as a float, a list or array as a copy of floats.

    >>> finite(lr=1, beta=[0.1, 0.2])
    (1.0, array([0.1, 0.2]))
    """
    kind = "a finite number or an array of them"
    given = tuple(_floats(name, x, kind, kind, -np.inf) for name, x in values.items())
    sweep_shape(**dict(zip(values, given, strict=True)))
    return given


def rates(**values: Rate) -> tuple[Any, ...]:
    """As `finite`, and at least 0: rates, weight decays, factors, whatever may be a sweep.

    Returns what was given: a number as a float, a list or array as a copy of floats.

    >>> rates(lr=0.1, end_lr=0)
    (0.1, 0.0)
    """
    allowed, kind = "finite and at least 0", "a number or an array of numbers"
    given = tuple(_floats(name, x, allowed, kind, 0) for name, x in values.items())
    sweep_shape(**dict(zip(values, given, strict=True)))
    return given


def _floats(name: str, x: Any, allowed: str, kind: str, low: float) -> Any:
    if type(x) is float and low <= x and abs(x) < np.inf:  # most are: do not make an array of it
        return x
    array = as_numbers(x)
    if array is None or not array.size:
        raise _refuse(name, x, kind)
    if not np.all(np.isfinite(array)) or np.any(array < low):
        raise _refuse(name, x, allowed)
    if not array.ndim:
        return float(array)
    return np.array(array, None if array.dtype.kind == "f" else float)


def sweep_shape(**values: Any) -> tuple[int, ...]:
    """Returns the shape that checked numbers and arrays make together.

    >>> sweep_shape(lr=0.1, up=np.ones(3), down=np.ones((2, 1)))
    (2, 3)
    """
    shape: tuple[int, ...] = ()
    for name, x in values.items():
        if type(x) is float:
            continue
        try:
            shape = np.broadcast_shapes(shape, np.shape(x))
        except ValueError:
            raise ValueError(
                f"{name}: shape {np.shape(x)} does not fit a sweep of shape {shape}: must be alike"
            ) from None
    return shape


def above(low: float = -np.inf, /, **values: Rate) -> tuple[Any, ...]:
    """Numbers greater than ``low``, inf among them, or arrays of such numbers.

    Returns what was given: a number as a float, a list or array as a copy of floats.

    >>> above(0, cap=np.inf)
    (inf,)
    """
    given = []
    for name, x in values.items():
        array = as_numbers(x)
        if array is None or not array.size or not np.all(array > low):
            limit = "" if low == -np.inf else f" above {low:g}"
            raise _refuse(name, x, f"a number{limit} or an array of them")
        given.append(array.astype(float) if array.ndim else float(array))
    sweep_shape(**dict(zip(values, given, strict=True)))
    return tuple(given)


def positive(**values: float) -> tuple[float, ...]:
    """Single numbers, finite and greater than 0. Returns them as floats.

    >>> positive(power=2)
    (2.0,)
    """
    for name, x in values.items():
        array = as_numbers(x)
        if array is None or array.ndim or not (np.isfinite(array) and array > 0):
            raise _refuse(name, x, "a number greater than 0")
    return tuple(map(float, values.values()))


def as_whole(name: str, x: Any, low: int = 1, most: int | None = None, of: str = "") -> int:
    """Returns ``x`` as an int, if it is a whole number from ``low`` to ``most``.

    ``of`` says in the error what ``most`` is. Raises ValueError for anything else.

    >>> as_whole("batch_size", 8.0, most=10)
    8
    """
    if type(x) is int and low <= x and (most is None or x <= most):
        return x
    array = as_numbers(x)
    scalar = array is not None and not array.ndim and bool(np.isfinite(array))
    if scalar and x == int(x) and low <= x and (most is None or x <= most):
        return int(x)
    bounds = f"{low} or more" if most is None else f"from {low} to {of}{most}"
    raise _refuse(name, x, f"a whole number, {bounds}")


def whole(low: int = 1, /, **values: float) -> tuple[int, ...]:
    """Whole numbers from ``low`` on, lengths above all: 100, 100.0, np.int64(100). Returns ints.

    >>> whole(steps=100.0)
    (100,)
    """
    given = tuple(as_whole(name, x, low) for name, x in values.items())
    for name, x in zip(values, given, strict=True):
        if x >= 2**53:
            raise _refuse(name, x, f"a whole number, {low} or more, below 2**53")
    return given


def switch(**values: bool) -> tuple[bool, ...]:
    """True or False, and nothing that only counts as such. Returns them.

    >>> switch(nesterov=True)
    (True,)
    """
    for name, x in values.items():
        if not isinstance(x, bool | np.bool_) and not _is_switch(x):
            raise _refuse(name, x, "True or False")
    return tuple(map(bool, values.values()))


def one_of(*allowed: str, **values: str) -> tuple[str, ...]:
    """One of some words. Returns them.

    >>> one_of("min", "max", mode="min")
    ('min',)
    """
    for name, x in values.items():
        if not isinstance(x, str) or x not in allowed:
            raise _refuse(name, x, " or ".join(map(repr, allowed)))
    return tuple(values.values())


def _is_switch(x: Any) -> bool:
    return isinstance(x, np.ndarray) and x.ndim == 0 and x.dtype == bool


def unit(**values: Rate) -> tuple[Any, ...]:
    """At least 0 and less than 1, numbers or arrays: what weighs an average. Returns them.

    >>> unit(momentum=0.9)
    (0.9,)
    """
    for name, x in values.items():
        if type(x) is float and 0 <= x < 1:
            continue
        array = as_numbers(x)
        if array is None or not array.size:
            raise _refuse(name, x, "a number or an array of numbers")
        if not np.all((array >= 0) & (array < 1)):
            raise _refuse(name, x, "at least 0 and less than 1")
    return tuple(_floats(name, x, "", "", 0) for name, x in values.items())


def gradient(g: Any, name: str = "g") -> np.ndarray:
    """Returns a gradient or a start as an array of floats; whole numbers become float64.

    Float16 is refused: the small numbers in the denominators, such as 1e-8, are 0 there.

    >>> gradient([1, 2])
    array([1., 2.])
    """
    array = as_numbers(g)
    if array is None:
        raise ValueError(f"{name} = {g!r}: must be numbers")
    if array.dtype.itemsize < 4 and array.dtype.kind == "f":
        raise ValueError(
            f"{name}: is {array.dtype}, must be float32 or float64: 1e-8, which keeps denominators "
            "from 0, is itself 0 in half precision"
        )
    return array if array.dtype.kind == "f" else array.astype(float)


def above_zero(eps: Any, dtype: np.dtype) -> Any:
    """Returns ``eps`` with 0 replaced by the smallest normal number, so that 0 / 0 is 0, no step.

    Any other sum keeps its value to the last bit.

    >>> above_zero(0.0, np.dtype("float32")), above_zero(1e-8, np.dtype("float64"))
    (1.1754943508222875e-38, 1e-08)
    """
    if type(eps) is float and eps > 1e-30:
        return eps
    tiny = float(np.finfo(dtype).tiny)
    return np.maximum(eps, tiny) if np.ndim(eps) else max(float(eps), tiny)


def knobs(**checks: Callable) -> Callable[[Callable], Callable]:
    """Decorator of a kernel: one check for each hyperparameter, done whenever it is called.

    Returns what makes of a kernel one with its checks. Such a kernel promises to treat every model
    of a sweep as if it were alone. `descend` calls the checks once, before the first step, and then
    the kernel without them.

    >>> @knobs(momentum=unit)
    ... def my_kernel(g, state=None, *, momentum=0.0):
    ...     return g, state
    >>> my_kernel([1.0], momentum=2)
    Traceback (most recent call last):
    ValueError: momentum = 2: must be at least 0 and less than 1
    """

    return partial(_checked, checks)


def _checked(checks: dict[str, Callable], kernel: Callable) -> Callable:
    known = dict(list(inspect.signature(kernel).parameters.items())[2:])
    defaults = kernel.__kwdefaults__ or {}
    hints = get_args(kernel.__annotations__.get("state"))
    fields = next((len(kind._fields) for kind in hints if hasattr(kind, "_fields")), None)

    def check(hyper: dict[str, Any], dtype: np.dtype) -> dict[str, Any]:
        good = {k: checks[k](**{k: x})[0] if k in checks else x for k, x in hyper.items()}
        if "eps" in checks:
            good["eps"] = above_zero(good.get("eps", defaults.get("eps")), dtype)
        return good

    def checking(g: Any, state: Any = None, **hyper: Any) -> tuple[Any, Any]:
        g = gradient(g)
        if fields and state is not None and not (isinstance(state, tuple) and len(state) == fields):
            allowed = f"None or the state that {kernel.__name__} returned"
            raise _refuse("state", state, allowed)
        return kernel(g, state, **check(hyper, g.dtype))

    wraps(kernel)(checking)
    checking.__kwdefaults__ = kernel.__kwdefaults__  # what `help` and the tests read
    vars(checking).update(check=check, bare=kernel, known=known)
    return checking
