"""The loop. The one place where a learning rate acts."""

from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from typing import Any, NamedTuple

import numpy as np

from ._arguments import (
    Wider,
    at,
    checked_grad,
    checked_kernel,
    checked_loss,
    checked_rate,
    hyperparameters,
    is_policy,
    ours,
    shapes_of,
    start_of,
    sweep_of,
)
from ._blocks import cut, joined, side_by_side
from .contracts import Kernel, Policy, Problem, Rate, Schedule, Seen, one_of, rates, whole
from .kernels import sgd


class Trace(NamedTuple):
    """A run: what `descend` returns. Its arrays are the caller's own."""

    theta: np.ndarray
    """Parameters, shape (steps + 1, *sweep, d), or (*sweep, d) with keep="last"."""
    lr: np.ndarray
    """The rate USED in each step, shape (steps, *sweep)."""
    loss: np.ndarray | None
    """Losses, shape (steps + 1, *sweep), or None for a plain gradient function."""
    state: Any = None
    """The kernel's last state; None without a step."""


def steps_of(
    grad: Callable,
    loss: Callable,
    kernel: Callable,
    policy: Policy,
    theta: np.ndarray,
    decay: np.ndarray | None,
    t0: int,
) -> Iterator[tuple[Any, Any, np.ndarray, Any]]:
    """Gradient, rate, direction, step, for ever.

    Returns an iterator of (loss before, rate, theta after, kernel's state). Rates are a float or
    have one axis more than the sweep, so that they multiply theta.

    >>> bowl = (lambda theta, t: theta, lambda theta, t: None)
    >>> kernel, policy = (lambda g, state, theta, t: (g, state)), (lambda seen, state: (0.5, None))
    >>> steps = steps_of(*bowl, kernel, policy, np.ones(1), None, 0)
    >>> [next(steps)[2].tolist() for _ in range(2)]
    [[0.5], [0.25]]
    """
    u, state, memory = 0.0, None, None
    for t in count(t0):
        theta.flags.writeable = False
        g, now = grad(theta, t), loss(theta, t)
        lr, memory = policy(Seen(t, now, g, u, theta), memory)
        u, state = kernel(g, state, theta, t)
        d = u if decay is None else u + decay * theta
        theta = theta - lr * d  # the rate acts here and nowhere else
        yield now, lr, theta, state


def recorded(
    run: Iterator[tuple[Any, Any, np.ndarray, Any]],
    loss: Callable | None,
    theta: np.ndarray,
    steps: int,
    keep: str,
    t0: int,
) -> Trace:
    """Take the steps and keep what they gave, in arrays made before the first. Returns the trace.

    >>> run = iter([(2.0, 0.5, np.array([1.0]), None)])
    >>> recorded(run, lambda theta, t: 0.5, np.array([2.0]), 1, "path", 0).loss.tolist()
    [2.0, 0.5]
    """
    path, sweep, dtype = keep == "path", theta.shape[:-1], theta.dtype
    lrs = np.empty((steps, *sweep, 1), dtype)  # as rates are multiplied, see steps_of
    losses: Any = np.empty((steps + 1, *sweep), dtype) if loss else None
    thetas = np.empty((steps + 1 if path else 0, *theta.shape), dtype)
    thetas[:1], state = theta, None
    for k in range(steps):
        state = None  # a state held here would be in the cache's way while the next one is made
        now, lr, theta, state = next(run)
        lrs[k] = lr
        if loss:
            losses[k] = now
        if path:
            thetas[k + 1] = theta
    theta.flags.writeable = False
    if loss:
        losses[steps] = loss(theta, t0 + steps)
    return Trace(thetas if path else theta.copy(), lrs[..., 0], losses, state)


class _Asked(NamedTuple):
    """What `descend` was asked to do, checked."""

    grad: Callable
    loss: Callable | None
    kernel: Callable
    knobs: dict[str, Any]
    wants_theta: bool
    lr: Any
    policy: bool
    decay: Rate
    t0: int


def _run(asked: _Asked, theta: np.ndarray, sweep: tuple[int, ...], steps: int, keep: str) -> Trace:
    """All models of a sweep together, each function held to what it promises."""
    theta = theta + np.zeros((*sweep, 1), theta.dtype)
    loss = checked_loss(asked.loss, theta)
    watched = asked.policy and not ours(asked.lr)  # what others see is a read-only copy
    run = steps_of(
        checked_grad(asked.grad, theta, watched or not ours(asked.kernel)),
        loss,
        checked_kernel(asked.kernel, asked.knobs, theta, asked.wants_theta, watched),
        checked_rate(asked.lr, asked.policy, theta, asked.t0),
        theta,
        _decay(asked.decay, theta.dtype),
        asked.t0,
    )
    if asked.policy and not steps:
        next(run)  # to know the shape of its rates
    return recorded(run, loss if asked.loss else None, theta, steps, keep, asked.t0)


def _decay(decay: Rate, dtype: np.dtype) -> Any:
    """With an axis for the parameters; None where there is none, since 0 * inf is nan."""
    if not np.any(decay):
        return None
    return np.asarray(decay, dtype)[..., None] if np.ndim(decay) else decay


def _as_one(traces: list[Trace]) -> Trace:
    """The parts of a sweep side by side."""
    theta, lr, loss, state = zip(*traces, strict=True)
    rows = np.concatenate
    return Trace(rows(theta, -2), rows(lr, -1), rows(loss, -1), joined(state))


def descend(
    problem: Problem | Callable,
    kernel: Kernel | Callable = sgd,
    lr: Rate | Schedule | Policy = 0.1,
    steps: int = 100,
    *,
    theta0: np.ndarray | None = None,
    weight_decay: Rate = 0.0,
    keep: str = "path",
    t0: int = 0,
    **hyper: Any,
) -> Trace:
    """Take ``steps`` steps theta = theta - lr * (u + weight_decay * theta).

    problem       an object with theta0, grad(theta, t) and loss(theta), or a plain function
                  grad(theta, t) with ``theta0`` given
    kernel        direction from gradient, see `kernels`; ``hyper`` are its hyperparameters. One
                  that names ``theta`` gets it
    lr            a number; an array (K,), which trains K models at once; a schedule, a function of
                  t; or a policy, a function of (seen, state)
    theta0        start, shape (d,) or (*sweep, d); default: the problem's
    weight_decay  decoupled from the gradient (Loshchilov & Hutter 2019), times the rate
    keep          "path" stores every theta, "last" only the last one
    t0            steps taken before: t counts from here, for grad, schedule and policy

    An array hyperparameter of shape (K,) is a sweep too. Row k of a sweep is the single run to
    rounding. A run that diverges goes to inf and nan, silently, and leaves the others alone.
    Numbers keep the type of theta0 (float32 in, float32 out; float16 is refused). A step at rate 0
    leaves theta where it is: so a policy rejects a step.

    A schedule or a policy may return a sweep: then its first rate is asked for once more. What is
    handed to the functions cannot be written to. Large sweeps over numbers and schedules are cut,
    and grad and loss called from several threads at once, unless the kernel is your own or the
    problem has an attribute ``threads = False``.

    Returns a `Trace`: theta, lr, loss, and the kernel's last state. To go on with that state:
    ``lambda g, state: adam(g, state or trace.state)`` as kernel, ``theta0=trace.theta[-1]``.
    Raises ValueError for bad arguments, and for what the functions return: its kind and shape, in
    every step.

    >>> from lrlib.problems import bowl
    >>> descend(bowl(), sgd, 0.5, steps=3).theta[:, 0].tolist()  # x - 0.5 x
    [5.0, 2.5, 1.25, 0.625]
    """
    one_of("path", "last", keep=keep)
    (steps,), (t0,) = whole(0, steps=steps), whole(0, t0=t0)
    grad, loss, theta = start_of(problem, theta0)
    knobs, wants_theta = hyperparameters(kernel, hyper, theta.dtype)
    (decay,), policy = rates(weight_decay=weight_decay), is_policy(lr)
    with np.errstate(all="ignore"):  # divergence is a result, not an error
        lr = lr if callable(lr) else rates(lr=lr)[0]
        first = 0.0 if policy else at(lr, t0) if callable(lr) else lr
        shapes = {"lr": np.shape(first), "weight_decay": np.shape(decay), **shapes_of(knobs)}
        sweep = sweep_of(shapes, theta.shape[:-1])
        alone = not policy and ours(kernel) and getattr(problem, "threads", True)
        if loss and alone and theta.ndim == 1:
            given = {"lr": lr, "weight_decay": weight_decay, **hyper}
            run = partial(descend, problem, kernel, steps=steps, theta0=theta, keep=keep, t0=t0)
            if parts := cut(given, shapes, theta.size):
                return _as_one(side_by_side(lambda part: run(**part), parts))
        asked = _Asked(grad, loss, kernel, knobs, wants_theta, lr, policy, decay, t0)
        try:
            return _run(asked, theta, sweep, steps, keep)
        except Wider as rate:
            return _run(asked, theta, rate.sweep, steps, keep)
