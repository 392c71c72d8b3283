"""What `descend` accepts, and what the functions it was given may give back."""

import inspect
from collections.abc import Callable
from inspect import ismethod
from types import MethodType
from typing import Any

import numpy as np

from . import policies, schedules
from .contracts import Policy, Rate, Seen, as_numbers, gradient, switch


class Wider(Exception):
    """The first rate of a policy is a sweep: it has to be known before the first step is taken."""

    def __init__(self, sweep: tuple[int, ...]):
        self.sweep = sweep


# ------------------------------------------------------------------ before the first step
def start_of(problem: Any, theta0: Any) -> tuple[Callable, Callable | None, np.ndarray]:
    """The problem's gradient, its loss if it has one, and a copy of the start, as floats."""
    grad, loss = getattr(problem, "grad", problem), getattr(problem, "loss", None)
    theta0 = getattr(problem, "theta0", None) if theta0 is None else theta0
    if not callable(grad) or theta0 is None or not (loss is None or callable(loss)):
        raise ValueError(
            f"problem = {problem!r}: must have theta0, grad and loss, or be a function "
            "grad(theta, t) with theta0 given"
        )
    theta = np.array(gradient(theta0, "theta0"))
    if theta.ndim == 0:
        raise ValueError(f"theta0 = {theta0!r}: must have an axis, the parameters")
    if not theta.size:
        raise ValueError(f"theta0 = {theta0!r}: must hold at least one parameter")
    own = np.shape(getattr(problem, "theta0", theta))[-1:]
    if own and theta.shape[-1:] != own:
        raise ValueError(f"theta0: has {theta.shape[-1]} parameters, must have {own[0]}")
    if grad is not problem:  # theta is checked now
        grad, loss = _bare(grad), _bare(loss)
    return grad, loss, theta


def _bare(f: Any) -> Any:
    """A method of one of our problems without its checks, see `_data.at_theta`."""
    bare = getattr(f, "bare", None)
    return MethodType(bare, f.__self__) if bare and ismethod(f) else f


def name_of(f: Any) -> str:
    """What a function is called in a message: its name, or that of what it is a partial of."""
    inner = getattr(f, "func", f)
    return str(getattr(f, "__name__", None) or getattr(inner, "__name__", None) or repr(f))


def parameters_of(f: Callable, skip: int) -> dict[str, inspect.Parameter] | None:
    """The parameters that a function can be given by name, beyond the first ones; None: any."""
    try:
        known = list(inspect.signature(f).parameters.items())
    except (ValueError, TypeError):  # some functions written in C do not say
        return None
    if any(p.kind is p.VAR_KEYWORD for _, p in known):
        return None
    first = [p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for _, p in known[:skip]]
    several = any(p.kind is p.VAR_POSITIONAL for _, p in known)
    if not several and (len(first) < skip or not all(first)):
        raise ValueError(f"kernel = {name_of(f)}: must be a function of (g, state)")
    return dict(known[skip:])


def hyperparameters(
    kernel: Callable, given: dict[str, Any], dtype: np.dtype
) -> tuple[dict[str, Any], bool]:
    """Check names and values; give an array, one value a model, an axis for the parameters.

    Also tells whether the kernel asks for theta.
    """
    if not callable(kernel) or isinstance(kernel, type):
        raise ValueError(f"kernel = {kernel!r}: must be a function, such as sgd or adam")
    known = getattr(kernel, "known", None) or parameters_of(kernel, 2)
    given = {k: _cast(x, dtype) for k, x in given.items()}
    for name, x in given.items():
        _check_knob(kernel, known, name, x)
    check = getattr(kernel, "check", None)  # a kernel of this package, see contracts.knobs
    given = check(given, dtype) if check else given
    given = {k: x[..., None] if isinstance(x, np.ndarray) else x for k, x in given.items()}
    return given, known is not None and "theta" in known


def _check_knob(kernel: Callable, known: dict[str, Any] | None, name: str, x: Any) -> None:
    if name == "theta":
        raise ValueError("theta: is handed to the kernel by descend, must not be given")
    if known is None:
        return
    if name not in known:
        allowed = ", ".join(known) or "none"
        raise ValueError(f"{name}: no hyperparameter of {name_of(kernel)}, which has {allowed}")
    default = known[name].default
    if isinstance(default, bool):
        switch(**{name: x})
    elif isinstance(default, float) and (as_numbers(x) is None or not np.size(x)):
        raise ValueError(f"{name} = {x!r}: must be a number or an array of numbers")


def _cast(x: Any, dtype: np.dtype) -> Any:
    """A sweep in the type of theta; a NumPy scalar, which would widen float32, as Python's."""
    array = as_numbers(x)
    if array is not None and array.ndim:
        return array.astype(dtype)
    return x.item() if isinstance(x, np.generic | np.ndarray) and x.ndim == 0 else x


def shapes_of(knobs: dict[str, Any]) -> dict[str, tuple[int, ...]]:
    """The shapes of the sweeps among the `hyperparameters`."""
    return {k: x.shape[:-1] if isinstance(x, np.ndarray) else () for k, x in knobs.items()}


def sweep_of(shapes: dict[str, tuple[int, ...]], sweep: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of the sweep that start, rates and hyperparameters make together."""
    for name, shape in shapes.items():
        try:
            sweep = np.broadcast_shapes(sweep, shape) if shape != sweep else sweep
        except ValueError:
            raise ValueError(
                f"{name}: shape {shape} does not fit a sweep of shape {sweep}"
            ) from None
    return sweep


def is_policy(lr: Any) -> bool:
    """Tell a policy, a function of (seen, state), from a schedule, a function of t.

    A policy needs two arguments. One that has a default for the second calls it `state`, or the
    first `seen`, or the default is None and the first not what steps are called.
    """
    if not callable(lr):
        return False
    _check_made(lr)
    needed, places = _needed(lr)
    if len(needed) == 2 or (places and places[0].name == "seen"):
        return True
    if len(places) < 2:
        return False
    second = places[1]
    return second.name == "state" or (second.default is None and places[0].name not in STEPS)


def _needed(lr: Callable) -> tuple[list, list]:
    """The parameters without a default, and those that can be given by their place."""
    try:
        known = list(inspect.signature(lr).parameters.values())
    except (ValueError, TypeError):  # some functions written in C do not say
        return [], []
    either = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    needed = [p for p in known if p.default is p.empty and p.kind not in either]
    places = [p for p in known if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    if len(needed) > 2 or not places or any(p not in places for p in needed):
        raise ValueError(f"lr = {name_of(lr)}: must be a function of t or of (seen, state)")
    return needed, places


STEPS = {"t", "k", "n", "i", "x", "step", "steps", "epoch", "iteration"}


def _check_made(lr: Any) -> None:
    """What makes a rate is not yet one, and a kernel is none."""
    name = getattr(lr, "__name__", "")
    if name and any(getattr(module, name, None) is lr for module in (policies, schedules)):
        raise ValueError(f"lr = {name}: must be what {name} returns: write {name}(...)")
    if isinstance(lr, type) or hasattr(lr, "bare"):
        raise ValueError(f"lr = {name}: must be a number, a schedule or a policy")


# ------------------------------------------------------------------ in every step
def returned(what: str, x: Any, t: int, allowed: str) -> ValueError:
    """The error for what a user's function gave back in step t."""
    text = f"an array of shape {x.shape}" if isinstance(x, np.ndarray) and x.size > 4 else repr(x)
    return ValueError(f"{what}: returned {text} at step {t}: must be {allowed}")


def _check_form(f: Callable, arguments: tuple[Any, ...], what: str, form: str) -> None:
    """After a TypeError: was it that ``f`` does not take these arguments?"""
    try:
        inspect.signature(f).bind(*arguments)
    except TypeError as error:
        raise ValueError(f"{what} = {name_of(f)}: must be a function of {form}") from error
    except ValueError:  # it does not say what it takes
        return


def checked_grad(grad: Callable, theta: np.ndarray, copies: bool) -> Callable:
    """grad(theta, t), shaped and typed like theta; a read-only copy if others may see it."""
    shape, dtype = theta.shape, theta.dtype

    def checked(theta: np.ndarray, t: int) -> np.ndarray:
        try:
            g = grad(theta, t)
        except TypeError:
            _check_form(grad, (theta, t), "grad", "(theta, t)")
            raise
        if type(g) is not np.ndarray or g.shape != shape or g.dtype is not dtype:
            g = _like(g, shape, dtype, "grad", t, "numbers in the shape of theta")
        if copies:
            g = g.copy()
            g.flags.writeable = False
        return g

    return checked


def _like(x: Any, shape: tuple[int, ...], dtype: np.dtype, what: str, t: int, allowed: str) -> Any:
    array = as_numbers(x)
    if array is None:
        raise returned(what, x, t, f"{allowed}, {shape}")
    if array.shape != shape:
        raise ValueError(
            f"{what}: returned shape {array.shape} at step {t}: must be {allowed}, {shape}"
        )
    return array.astype(dtype)


def checked_loss(loss: Callable | None, theta: np.ndarray) -> Callable:
    """loss(theta, t): one number a model, in theta's type; None where there is no loss."""
    if loss is None:
        return lambda theta, t: None
    sweep, dtype = theta.shape[:-1], theta.dtype

    def checked(theta: np.ndarray, t: int) -> Any:
        try:
            now = loss(theta)
        except TypeError:
            _check_form(loss, (theta,), "loss", "theta")
            raise
        if type(now) is dtype.type and not sweep:
            return now
        if type(now) is np.ndarray and now.dtype is dtype and now.shape == sweep:
            now = now.copy()
        else:
            now = _like(now, sweep, dtype, "loss", t, "one number a model")
        now.flags.writeable = False
        return now if sweep else now[()]

    return checked


def checked_kernel(
    kernel: Callable, hyper: dict[str, Any], theta: np.ndarray, wants_theta: bool, copies: bool
) -> Callable:
    """kernel(g, state, theta, t) -> (u, state), with u shaped and typed like theta."""
    shape, dtype = theta.shape, theta.dtype
    bare = getattr(kernel, "bare", kernel)  # its hyperparameters are checked
    name = f"kernel = {name_of(kernel)}"

    def checked(g: np.ndarray, state: Any, theta: np.ndarray, t: int) -> tuple[np.ndarray, Any]:
        try:
            both = bare(g, state, theta=theta, **hyper) if wants_theta else bare(g, state, **hyper)
        except TypeError:
            _check_form(kernel, (g, state), "kernel", "(g, state)")
            raise
        if not isinstance(both, tuple) or len(both) != 2:
            raise returned(name, both, t, "two values, (u, state)")
        u = both[0]
        if type(u) is not np.ndarray or u.shape != shape or u.dtype is not dtype:
            u = _like(u, shape, dtype, name, t, "(u, state) with u in the shape of theta")
        if copies:
            u = u.copy()
            u.flags.writeable = False
        return u, both[1]

    return checked


def checked_rate(lr: Any, policy: bool, theta: np.ndarray, t0: int) -> Policy:
    """Every rate as a policy; rates are a float, or an array with an axis for the parameters."""
    sweep, dtype = theta.shape[:-1], theta.dtype
    if not callable(lr):
        value = _ready(lr, sweep, dtype, t0, t0)
        return lambda seen, memory: (value, None)
    if not policy:
        return lambda seen, memory: (_ready(at(lr, seen.t), sweep, dtype, seen.t, t0), None)

    name = f"lr = {name_of(lr)}"

    def checked(seen: Seen, memory: Any) -> tuple[Any, Any]:
        try:
            both = lr(seen, memory)
        except TypeError:
            _check_form(lr, (seen, memory), "lr", "(seen, state)")
            raise
        if not isinstance(both, tuple) or len(both) != 2:
            raise returned(name, both, seen.t, "two values, (rate, state)")
        if type(both[0]) is float or type(both[0]) is dtype.type:
            return both
        rate = as_numbers(both[0])
        if rate is None or not rate.size:
            raise returned(name, both[0], seen.t, "(rate, state), the rate a number")
        return _ready(rate, sweep, dtype, seen.t, t0), both[1]

    return checked


def at(schedule: Callable, t: int) -> Any:
    """The rate of a schedule at step t, checked."""
    try:
        lr = schedule(t)
    except TypeError:
        _check_form(schedule, (t,), "lr", "t or of (seen, state)")
        raise
    if isinstance(lr, float) and 0 <= lr < np.inf:
        return float(lr)
    array = as_numbers(lr)
    if array is None or not array.size or not (0 <= array.min() and array.max() < np.inf):
        allowed = "a rate, finite and at least 0, or an array of them"
        raise returned(f"lr = {name_of(schedule)}", lr, t, allowed)
    return array


def _ready(lr: Rate, sweep: tuple[int, ...], dtype: np.dtype, t: int, t0: int) -> Any:
    """A rate that fits theta. The first one of a policy may make the sweep wider, no other."""
    if type(lr) is float:
        return lr
    lr = np.asarray(lr)
    if not lr.ndim:
        return float(lr)
    if lr.shape == sweep and lr.dtype is dtype:
        return lr[..., None]
    if lr.shape != sweep:
        try:
            wider = np.broadcast_shapes(lr.shape, sweep)
        except ValueError:
            wider = None
        if wider not in (None, sweep) and t == t0:
            raise Wider(wider)
        if wider != sweep:
            raise ValueError(
                f"lr: shape {lr.shape} at step {t} does not fit a sweep of shape {sweep}"
            )
    return lr.astype(dtype)[..., None]


def ours(f: Any) -> bool:
    """Is it written in this package? Then it writes to nothing and treats each model alone."""
    module = getattr(getattr(f, "func", f), "__globals__", {}).get("__name__", "")
    return module.partition(".")[0] == __package__
