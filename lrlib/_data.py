"""What a problem is given, at the door: turned into floats, checked, and named when it is wrong."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import numpy as np

Array = np.ndarray
Method = TypeVar("Method", bound=Callable)


def at_theta(method: Method) -> Method:
    """Decorator of a problem's method (self, theta, ...): theta is checked, and nothing warns.

    Its ``bare`` is the method without that: `descend`, which has checked theta, calls it.
    """

    @wraps(method)
    def checking(self: Any, theta: Any, *args: Any, **others: Any) -> Any:
        with np.errstate(all="ignore"):  # divergence is a result, not an error
            return method(self, self._checked(theta), *args, **others)

    vars(checking)["bare"] = method
    return checking  # type: ignore[return-value]


def floats(name: str, x: Any, ndim: int | None = None, kinds: str = "iuf") -> Array:
    """x as finite floats. float32 and float64 stay what they are, other numbers become float64."""
    if isinstance(x, np.ma.MaskedArray):
        raise ValueError(f"{name}: is a masked array, must have a number everywhere")
    try:
        a = np.asarray(x)
    except ValueError:
        raise ValueError(f"{name}: has rows of different lengths, must be an array") from None
    if a.dtype.kind not in kinds:
        raise ValueError(f"{name}: has type {a.dtype}, must hold numbers")
    if ndim is not None and a.ndim != ndim:
        wanted = ("be a number", "be a list of numbers", "have rows and columns")[ndim]
        raise ValueError(f"{name}: has shape {a.shape}, must {wanted}")
    if a.dtype not in (np.float32, np.float64):
        a = a.astype(np.float64)
    with np.errstate(all="ignore"):
        finite = bool(np.isfinite(a.sum())) or bool(np.isfinite(a).all())  # a sum may overflow
    if not finite:
        raise ValueError(f"{name}: holds nan or inf, must be finite everywhere")
    return a


def kept(a: Array, given: Any) -> Array:
    """a, read-only, and no longer the caller's own: a copy, unless nobody can write to it."""
    if isinstance(given, np.ndarray) and a.flags.writeable and np.may_share_memory(a, given):
        a = a.copy()
    a = a.view()
    a.flags.writeable = False
    return a


def classes(y: Any, n_classes: int, rows: int) -> Array:
    """Labels (rows,) as whole numbers from 0 to n_classes - 1."""
    a = floats("y", y, kinds="biuf")
    if a.shape != (rows,):
        raise ValueError(
            f"y: has shape {a.shape}, must be ({rows},), the number of a class for each row of X"
        )
    numbers = a.astype(np.intp)
    if np.any(numbers != a) or numbers.min(initial=0) < 0 or numbers.max(initial=0) >= n_classes:
        raise ValueError(f"y: must be whole numbers from 0 to {n_classes - 1}")
    return numbers


def targets(y: Any, rows: int, dtype: np.dtype) -> Array:
    """Values (rows,), one a row, in X's type."""
    a = floats("y", y, kinds="biuf")
    if a.shape != (rows,):
        raise ValueError(f"y: has shape {a.shape}, must be ({rows},), a number for each row of X")
    return a.astype(dtype, copy=False)


def parameters(theta: Any, size: int, name: str = "theta") -> Array:
    """theta as floats whose last axis has ``size`` numbers. inf and nan are let through."""
    try:
        a = np.asarray(theta)
    except ValueError:
        raise ValueError(f"{name}: has rows of different lengths, must be an array") from None
    if a.dtype.kind not in "iuf":
        raise ValueError(f"{name}: has type {a.dtype}, must hold numbers")
    if a.shape[-1:] != (size,):
        raise ValueError(f"{name}: has shape {a.shape}, must end in the {size} parameters")
    return a if a.dtype.kind == "f" else a.astype(np.float64)
