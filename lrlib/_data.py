"""What a problem is given, at the door: turned into floats, checked, and named when it is wrong."""

from typing import Any

import numpy as np

Array = np.ndarray


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


def whole(name: str, x: Any, least: int, most: int | None = None, of: str = "") -> int:
    """x as an int, if it is a whole number from ``least`` to ``most``."""
    if type(x) is int and least <= x and (most is None or x <= most):
        return x
    scalar = np.ndim(x) == 0 and np.asarray(x).dtype.kind in "iuf"
    if scalar and np.isfinite(x) and x == int(x) and least <= x and (most is None or x <= most):
        return int(x)
    bounds = f"{least} or more" if most is None else f"from {least} to {of}{most}"
    raise ValueError(f"{name} = {x!r}: must be a whole number, {bounds}")


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
