"""The loop. The one place where a learning rate acts."""

import inspect
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from . import policies, schedules
from .kernels import sgd
from .policies import Policy, Rate, Seen
from .schedules import Schedule, constant

BLOCK = 2**17  # numbers of a sweep that one core works on at once
CORES = os.cpu_count() or 1

# Linux's C library hands large arrays back to the system when they are freed, and has to ask for
# them anew, page by page, at every operation. Once 8 MB have been freed in one, it keeps them.
np.empty(1_000_000)


class Trace(NamedTuple):
    theta: np.ndarray  # (steps + 1, *sweep, d), or (*sweep, d) with keep="last"
    lr: np.ndarray  # (steps, *sweep): the rate USED in step t
    loss: np.ndarray | None  # (steps + 1, *sweep), or None for a plain gradient function


def _rate(lr: Rate | Schedule | Policy) -> tuple[Policy | None, Schedule | None]:
    """Tell a policy, a function of (seen, state), from a schedule, a function of t."""
    name = getattr(lr, "__name__", "")
    if name and any(getattr(module, name, None) is lr for module in (policies, schedules)):
        raise ValueError(f"lr = {name}: must be what {name} returns: write {name}(...)")
    if not callable(lr):
        value = constant(lr)(0)
        return None, lambda t: value
    needed = [
        p
        for p in inspect.signature(lr).parameters.values()
        if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    ]
    return (lr, None) if len(needed) == 2 else (None, lr)


def _hyper(kernel: Callable, hyper: dict[str, Any], dtype: np.dtype) -> dict[str, Any]:
    """Check names and values; give an array, one value a model, an axis for the parameters."""
    known = dict(list(inspect.signature(kernel).parameters.items())[2:])
    for name, x in hyper.items():
        if name not in known:
            allowed = ", ".join(known) or "none"
            raise ValueError(f"{name}: no hyperparameter of {kernel.__name__}, which has {allowed}")
        if isinstance(known[name].default, float) and np.asarray(x).dtype.kind not in "iuf":
            raise ValueError(f"{name} = {x!r}: must be a number or an array of numbers")
        elif isinstance(known[name].default, bool) and not isinstance(x, bool | np.bool_):
            raise ValueError(f"{name} = {x!r}: must be True or False")
    # a NumPy scalar, unlike a Python float, would turn float32 into float64
    hyper = {k: x.item() if isinstance(x, np.generic) else x for k, x in hyper.items()}
    return {k: np.asarray(x, dtype)[..., None] if np.ndim(x) else x for k, x in hyper.items()}


def _blocks(given: dict[str, Any], theta: np.ndarray) -> list[dict[str, Any]]:
    """A large sweep cut into small ones: what was ``given``, with a part of each array (K,).

    Arrays of up to BLOCK numbers stay in a core's cache, and every core has its share.
    """
    lengths = {len(x) for x in given.values() if np.ndim(x) == 1}
    if theta.ndim > 1 or len(lengths) != 1 or any(np.ndim(x) > 1 for x in given.values()):
        return []
    (K,) = lengths
    n = -(-K // max(1, BLOCK // theta.size))
    if n < 2:
        return []
    cuts = np.linspace(0, K, min(K, -(-n // CORES) * CORES) + 1).astype(int)
    return [
        {k: np.asarray(x)[i:j] if np.ndim(x) else x for k, x in given.items()}
        for i, j in pairwise(cuts)
    ]


def _sweep(given: dict[str, Any], theta: np.ndarray) -> tuple[int, ...]:
    """The shape of the sweep that start, rates and hyperparameters make together."""
    sweep = theta.shape[:-1]
    for name, x in given.items():
        try:
            sweep = np.broadcast_shapes(sweep, np.shape(x))
        except ValueError:
            raise ValueError(
                f"{name}: shape {np.shape(x)} does not fit a sweep of shape {sweep}"
            ) from None
    return sweep


def descend(
    problem: Any,
    kernel: Callable = sgd,
    lr: Rate | Schedule | Policy = 0.1,
    steps: int = 100,
    *,
    theta0: np.ndarray | None = None,
    weight_decay: Rate = 0.0,
    keep: str = "path",
    **hyper: Any,
) -> Trace:
    """Take ``steps`` steps theta = theta - lr * (u + weight_decay * theta).

    problem       an object with theta0, grad(theta, t) and loss(theta), or a plain function
                  grad(theta, t) with ``theta0`` given
    kernel        direction from gradient, see `kernels`; ``hyper`` are its hyperparameters
    lr            a number; an array (K,), which trains K models at once; a schedule, a function of
                  t; or a policy, a function of (seen, state)
    theta0        start, shape (d,) or (*sweep, d); default: the problem's
    weight_decay  decoupled from the gradient (Loshchilov & Hutter 2019), times the rate
    keep          "path" stores every theta, "last" only the last one

    An array hyperparameter of shape (K,) is a sweep too. Row k of a sweep is the single run to
    rounding. A run that diverges goes to inf and nan, silently, and leaves the others alone.
    Numbers keep the type of theta0 (float32 in, float32 out).
    Raises ValueError for bad arguments.
    """
    grad, loss = getattr(problem, "grad", problem), getattr(problem, "loss", None)
    theta0 = getattr(problem, "theta0", None) if theta0 is None else theta0
    if not callable(grad) or theta0 is None:
        raise ValueError(
            f"problem = {problem!r}: must have theta0, grad and loss, or be a function "
            "grad(theta, t) with theta0 given"
        )
    if not callable(kernel):
        raise ValueError(f"kernel = {kernel!r}: must be a function, such as sgd or adam")
    if not isinstance(steps, int | np.integer) or steps < 0:
        raise ValueError(f"steps = {steps!r}: must be a whole number, 0 or more")
    if keep not in ("path", "last"):
        raise ValueError(f'keep = {keep!r}: must be "path" or "last"')
    theta = np.array(theta0)
    theta = theta if theta.dtype.kind == "f" else theta.astype(float)
    if theta.ndim == 0:
        raise ValueError(f"theta0 = {theta0!r}: must have an axis, the parameters")
    given = {"lr": lr, "weight_decay": weight_decay, **hyper}
    hyper = _hyper(kernel, hyper, theta.dtype)
    schedules._rates(weight_decay=weight_decay)
    decay = np.asarray(weight_decay, theta.dtype)[..., None]
    decays = bool(np.any(decay))
    policy, schedule = _rate(lr)
    sweep = _sweep(given, theta)
    if not steps:
        theta = np.broadcast_to(theta, (*sweep, theta.shape[-1])).copy()
        with np.errstate(all="ignore"):
            losses = np.asarray(loss(theta))[None] if loss else None
        thetas = theta[None] if keep == "path" else theta
        return Trace(thetas, np.empty((0, *sweep), theta.dtype), losses)
    if loss and (blocks := _blocks(given, theta)):
        run = partial(descend, problem, kernel, steps=steps, theta0=theta, keep=keep)
        with ThreadPoolExecutor(CORES) as pool:  # NumPy lets go of the interpreter as it computes
            parts = list(pool.map(lambda block: run(**block), blocks))
        theta, rates, losses = zip(*parts, strict=True)
        return Trace(
            np.concatenate(theta, -2), np.concatenate(rates, -1), np.concatenate(losses, -1)
        )

    u, state, memory = 0.0, None, None
    with np.errstate(all="ignore"):  # divergence is a result, not an error
        for t in range(steps):
            g = np.asarray(grad(theta, t))
            if np.shape(g) != theta.shape:
                raise ValueError(
                    f"grad: returned shape {np.shape(g)}, must be the shape of theta, {theta.shape}"
                )
            now = loss(theta) if loss else None
            if policy:
                rate, memory = policy(Seen(t, now, g, u, theta), memory)
            else:
                rate = schedule(t)
            rate = np.asarray(rate, theta.dtype)
            u, state = kernel(g, state, **hyper)
            d = u + decay * theta if decays else u
            before = theta
            try:
                theta = theta - rate[..., None] * d  # the rate acts here and nowhere else
            except ValueError:
                raise ValueError(
                    f"lr: shape {rate.shape} does not fit a sweep of shape {theta.shape[:-1]}"
                ) from None
            if t == 0:  # now the shape of the sweep is known
                sweep = theta.shape[:-1]
                lrs = np.empty((steps, *sweep), theta.dtype)
                losses = np.empty((steps + 1, *sweep), np.asarray(now).dtype) if loss else None
                thetas = np.empty((steps + 1 if keep == "path" else 0, *theta.shape), theta.dtype)
                thetas[:1] = before
            lrs[t] = rate
            if loss:
                losses[t] = now
            if keep == "path":
                thetas[t + 1] = theta
        if loss:
            losses[steps] = loss(theta)
    return Trace(thetas if keep == "path" else theta, lrs, losses)
