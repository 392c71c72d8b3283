"""Schedules: factories that return a function t -> lr.

t = 0, 1, 2, ... is the number of steps already taken, a number or an array. Rates and factors
(``lr``, ``max_lr``, ``gamma``, ...) may be sweeps (K,), lists or arrays; the schedule then returns
(..., K). Lengths are whole numbers of steps, and single. A schedule has no memory: plotting it
changes nothing. Rates have the unit of the parameters squared over that of the loss.

Each factory returns a `Schedule`; a bad argument raises a ValueError that names it.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .contracts import Array, Rate, Schedule, as_numbers, positive, rates, switch, whole


def _over(t: Any, *rates: Rate) -> Array:
    """t with one axis more for every sweep axis, so that it broadcasts against the rates."""
    steps = np.asarray(t) if type(t) is int else as_numbers(t)
    if steps is None:
        raise ValueError(f"t = {t!r}: must be a number of steps or an array of them")
    axes = max([x.ndim for x in rates if isinstance(x, np.ndarray)], default=0)
    return np.reshape(steps, steps.shape + (1,) * axes) if axes else steps


def constant(lr: Rate) -> Schedule:
    """The same rate at every step.

    Returns a `Schedule`. Raises ValueError for a bad argument.

    >>> float(constant(0.1)(7))
    0.1
    """
    (lr,) = rates(lr=lr)
    return lambda t: lr + 0.0 * _over(t, lr)


def step(lr: Rate, step_size: int, gamma: Rate = 0.1) -> Schedule:
    """lr * gamma^floor(t / step_size): a drop by gamma every ``step_size`` steps.

    Returns a `Schedule`. Raises ValueError for a bad argument.

    >>> step(0.8, 10, 0.5)([9, 10, 20]).tolist()
    [0.8, 0.4, 0.2]
    """
    lr, gamma = rates(lr=lr, gamma=gamma)
    (step_size,) = whole(step_size=step_size)
    return lambda t: lr * gamma ** np.floor(_over(t, lr, gamma) / step_size)


def multistep(lr: Rate, milestones: Sequence[int], gamma: Rate = 0.1) -> Schedule:
    """lr * gamma^k, where k milestones are reached: step t = milestone already has the new rate.

    PyTorch and Optax count so; Keras and TF1 still use the old rate at the boundary.

    Returns a `Schedule`. Raises ValueError for a bad argument.

    >>> multistep(0.8, [10, 15], 0.5)([9, 10, 15]).tolist()
    [0.8, 0.4, 0.2]
    """
    lr, gamma = rates(lr=lr, gamma=gamma)
    steps = _rising("milestones", milestones)
    if np.any(np.diff(steps) == 0):
        raise ValueError(f"milestones = {milestones!r}: must be a list of steps in rising order")
    return lambda t: lr * gamma ** np.searchsorted(steps, _over(t, lr, gamma), side="right")


def _rising(name: str, steps: Any) -> Array:
    array = as_numbers(steps)
    if (
        array is None
        or array.ndim != 1
        or not np.all(np.isfinite(array) & (array >= 0) & (array == np.floor(array)))
        or np.any(np.diff(array) < 0)
    ):
        raise ValueError(f"{name} = {steps!r}: must be a list of steps in rising order")
    return array.copy()


def _periods(decay_steps: int, staircase: bool) -> Callable:
    """t / decay_steps, or its whole part."""
    (length,), (staircase,) = whole(decay_steps=decay_steps), switch(staircase=staircase)
    return lambda t: np.floor(t / length) if staircase else np.asarray(t / length)


def exponential(lr: Rate, decay_steps: int, decay_rate: Rate, staircase: bool = False) -> Schedule:
    """lr * decay_rate^(t / decay_steps); with ``staircase`` the exponent is rounded down.

    Returns a `Schedule`. Raises ValueError for a bad argument.

    >>> exponential(0.8, 10, 0.25)([0, 5, 10]).tolist()
    [0.8, 0.4, 0.2]
    """
    lr, decay_rate = rates(lr=lr, decay_rate=decay_rate)
    passed = _periods(decay_steps, staircase)
    return lambda t: lr * decay_rate ** passed(_over(t, lr, decay_rate))


def inverse_time(lr: Rate, decay_steps: int, decay_rate: Rate, staircase: bool = False) -> Schedule:
    """lr / (1 + decay_rate * t / decay_steps); with ``staircase`` the quotient is rounded down.

    Returns a `Schedule`. Raises ValueError for a bad argument.

    >>> inverse_time(0.8, 10, 1.0)([0, 10, 30]).tolist()
    [0.8, 0.4, 0.2]
    """
    lr, decay_rate = rates(lr=lr, decay_rate=decay_rate)
    passed = _periods(decay_steps, staircase)
    return lambda t: lr / (1 + decay_rate * passed(_over(t, lr, decay_rate)))


def inverse_sqrt(lr: Rate) -> Schedule:
    """lr / sqrt(t + 1).

    Returns a `Schedule`. Raises ValueError for a bad argument.

    >>> inverse_sqrt(0.8)([0, 3, 15]).tolist()
    [0.8, 0.4, 0.2]
    """
    (lr,) = rates(lr=lr)
    return lambda t: lr / np.sqrt(_over(t, lr) + 1)


def polynomial(lr: Rate, decay_steps: int, end_lr: Rate = 0.0, power: float = 1.0) -> Schedule:
    """From lr to end_lr as (1 - t / decay_steps)^power, then held. power=1: a straight line.

    Returns a `Schedule`. Raises ValueError for a bad argument.

    >>> polynomial(1.0, 4)([0, 1, 4, 9]).tolist()
    [1.0, 0.75, 0.0, 0.0]
    """
    lr, end_lr = rates(lr=lr, end_lr=end_lr)
    (decay_steps,), (power,) = whole(decay_steps=decay_steps), positive(power=power)

    def schedule(t: Any) -> Any:
        done = np.minimum(_over(t, lr, end_lr), decay_steps) / decay_steps
        return (lr - end_lr) * (1 - done) ** power + end_lr

    return schedule


def cosine(lr: Rate, T_max: int, eta_min: Rate = 0.0) -> Schedule:
    """Half a cosine wave from lr down to eta_min in ``T_max`` steps, then held.

    Returns a `Schedule`. Raises ValueError for a bad argument.

    >>> cosine(0.5, 10)([0, 5, 10, 99]).round(3).tolist()
    [0.5, 0.25, 0.0, 0.0]

    Source: Loshchilov & Hutter 2017 (SGDR). PyTorch's CosineAnnealingLR rises again after T_max.
    """
    lr, eta_min = rates(lr=lr, eta_min=eta_min)
    (T_max,) = whole(T_max=T_max)

    def schedule(t: Any) -> Any:
        done = np.minimum(_over(t, lr, eta_min), T_max) / T_max
        return eta_min + (lr - eta_min) * (1 + np.cos(np.pi * done)) / 2

    return schedule


def cosine_restarts(lr: Rate, T_0: int, T_mult: int = 1, eta_min: Rate = 0.0) -> Schedule:
    """Cosine runs of T_0, T_0 * T_mult, T_0 * T_mult^2, ... steps, each restarting at lr.

    Returns a `Schedule`. Raises ValueError for a bad argument.

    >>> cosine_restarts(0.5, 10, 2)([0, 5, 10, 20, 30]).round(3).tolist()
    [0.5, 0.25, 0.5, 0.25, 0.5]

    Source: Loshchilov & Hutter 2017 (SGDR).
    """
    lr, eta_min = rates(lr=lr, eta_min=eta_min)
    T_0, T_mult = whole(T_0=T_0, T_mult=T_mult)

    def schedule(t: Any) -> Any:
        t = _over(t, lr, eta_min)
        if T_mult == 1:
            return eta_min + (lr - eta_min) * (1 + np.cos(np.pi * (t % T_0) / T_0)) / 2
        starts, length = [0], T_0
        while starts[-1] + length <= np.max(t, initial=0):
            starts.append(starts[-1] + length)
            length = length * T_mult
        run = np.searchsorted(starts, t, side="right") - 1
        done = (t - np.asarray(starts)[run]) / (T_0 * float(T_mult) ** run)
        return eta_min + (lr - eta_min) * (1 + np.cos(np.pi * done)) / 2

    return schedule


def join(schedules: Sequence[Schedule], boundaries: Sequence[int]) -> Schedule:
    """One schedule after the other, each counting its own steps from 0.

    ``boundaries`` are the first steps of the second, third, ... schedule: one fewer than
    ``schedules``. Sweeps among the schedules have to fit each other.

    Returns a `Schedule`. Raises ValueError for a bad argument.

    >>> join([constant(1.0), polynomial(1.0, 2)], [3])([0, 2, 3, 4, 5]).tolist()
    [1.0, 1.0, 1.0, 0.5, 0.0]

    Source: join_schedules of Optax.
    """
    parts: list[Any] = list(schedules) if isinstance(schedules, list | tuple) else [schedules]
    for part in parts:
        _is_schedule("schedules", part)
    ends = _rising("boundaries", boundaries)
    if len(ends) != len(parts) - 1:
        raise ValueError(
            f"boundaries = {boundaries!r}: must be {len(parts) - 1} steps, one fewer than schedules"
        )

    def schedule(t: Any) -> Any:
        t = _over(t, 0.0)
        own = [t, *(np.maximum(t - end, 0) for end in ends)]
        given = [np.asarray(part(steps)) for part, steps in zip(parts, own, strict=True)]
        given = [np.broadcast_to(x, t.shape) if x.ndim < t.ndim else x for x in given]
        sweep = np.broadcast_shapes(*(x.shape[t.ndim :] for x in given))
        now, *later = (_swept(x, t.ndim, sweep) for x in given)
        over = np.reshape(t, t.shape + (1,) * len(sweep))
        for end, lr in zip(ends, later, strict=True):
            now = np.where(over < end, now, lr)
        return now.copy()[()]

    return schedule


def _swept(lr: Array, axes: int, sweep: tuple[int, ...]) -> Array:
    """The rates (*steps, ...) in the shape (*steps, *sweep); ``axes`` count the steps."""
    steps, own = lr.shape[:axes], lr.shape[axes:]
    lr = np.reshape(lr, steps + (1,) * (len(sweep) - len(own)) + own)
    return np.broadcast_to(lr, steps + sweep)


def _is_schedule(name: str, schedule: Any) -> None:
    own = getattr(schedule, "__module__", "") == __name__
    if not callable(schedule) or (own and "<locals>" not in schedule.__qualname__):
        raise ValueError(f"{name} = {schedule!r}: must be a schedule, such as constant(0.1)")


def warmup(schedule: Schedule, warmup_steps: int) -> Schedule:
    """schedule(0) * (t + 1) / warmup_steps for t < warmup_steps, then schedule(t - warmup_steps).

    The first step is not zero and step t = warmup_steps - 1 has the full rate already.

    Returns a `Schedule`. Raises ValueError for a bad argument.

    >>> warmup(constant(1.0), 4)([0, 1, 2, 3, 4]).tolist()
    [0.25, 0.5, 0.75, 1.0, 1.0]

    Source: Goyal et al. 2017.
    """
    _is_schedule("schedule", schedule)
    (warmup_steps,) = whole(warmup_steps=warmup_steps)

    def rising(t: Any) -> Any:
        first = schedule(0)
        return first * (_over(t, first) + 1) / warmup_steps

    return join([rising, schedule], [warmup_steps])


def wsd(
    lr: Rate, warmup_steps: int, stable_steps: int, decay_steps: int, end_lr: Rate = 0.0
) -> Schedule:
    """Warm up, stay, decay: (t + 1) / warmup_steps, then lr, then a line to end_lr, then held.

    Returns a `Schedule`. Raises ValueError for a bad argument.

    >>> wsd(1.0, 2, 3, 2)([0, 1, 4, 5, 6, 7]).tolist()
    [0.5, 1.0, 1.0, 1.0, 0.5, 0.0]

    Source: Hu et al. 2024 (MiniCPM).
    """
    lr, end_lr = rates(lr=lr, end_lr=end_lr)
    warmup_steps, decay_steps = whole(warmup_steps=warmup_steps, decay_steps=decay_steps)
    (stable_steps,) = whole(0, stable_steps=stable_steps)
    fall = polynomial(lr, decay_steps, end_lr)
    return warmup(join([constant(lr), fall], [stable_steps]), warmup_steps)


def noam(d_model: int, warmup_steps: int, factor: float = 1.0) -> Schedule:
    """factor * d_model^-1/2 * min(s^-1/2, s * warmup_steps^-3/2) with s = t + 1.

    Returns a `Schedule`. Raises ValueError for a bad argument.

    >>> noam(64, 4)([0, 3, 15]).round(5).tolist()
    [0.01562, 0.0625, 0.03125]

    Source: Vaswani et al. 2017.
    """
    d_model, warmup_steps = whole(d_model=d_model, warmup_steps=warmup_steps)
    (factor,) = positive(factor=factor)

    def schedule(t: Any) -> Any:
        s = _over(t, factor) + 1.0
        return factor * d_model**-0.5 * np.minimum(s**-0.5, s * warmup_steps**-1.5)

    return schedule


def _triangle(t: Array, step_size: int) -> tuple[Array, Array]:
    """Height in [0, 1] of a triangle wave, and the number of the cycle, from 1."""
    cycle = np.floor(1 + t / (2 * step_size))
    return np.maximum(0, 1 - np.abs(t / step_size - 2 * cycle + 1)), cycle


def triangular(base_lr: Rate, max_lr: Rate, step_size: int) -> Schedule:
    """Straight up from base_lr to max_lr and down again. ``step_size`` is HALF a cycle.

    Returns a `Schedule`. Raises ValueError for a bad argument.

    >>> triangular(0.0, 1.0, 2)([0, 1, 2, 3, 4]).tolist()
    [0.0, 0.5, 1.0, 0.5, 0.0]

    Source: Smith 2017 (cyclical learning rates).
    """
    return exp_range(base_lr, max_lr, step_size, 1.0)


def triangular2(base_lr: Rate, max_lr: Rate, step_size: int) -> Schedule:
    """`triangular` whose height halves after every cycle; the base stays.

    Returns a `Schedule`. Raises ValueError for a bad argument.

    >>> triangular2(0.0, 1.0, 2)([2, 4, 6, 10]).tolist()
    [1.0, 0.0, 0.5, 0.25]

    Source: Smith 2017.
    """
    base_lr, max_lr = rates(base_lr=base_lr, max_lr=max_lr)
    (step_size,) = whole(step_size=step_size)

    def schedule(t: Any) -> Any:
        height, cycle = _triangle(_over(t, base_lr, max_lr), step_size)
        return base_lr + (max_lr - base_lr) * height * 0.5 ** (cycle - 1)

    return schedule


def exp_range(base_lr: Rate, max_lr: Rate, step_size: int, gamma: Rate) -> Schedule:
    """`triangular` whose height shrinks by gamma every step; the base stays.

    Returns a `Schedule`. Raises ValueError for a bad argument.

    >>> exp_range(0.0, 1.0, 2, 0.5)([0, 2, 4, 6]).tolist()
    [0.0, 0.25, 0.0, 0.015625]

    Source: Smith 2017.
    """
    base_lr, max_lr, gamma = rates(base_lr=base_lr, max_lr=max_lr, gamma=gamma)
    (step_size,) = whole(step_size=step_size)

    def schedule(t: Any) -> Any:
        t = _over(t, base_lr, max_lr, gamma)
        return base_lr + (max_lr - base_lr) * _triangle(t, step_size)[0] * gamma**t

    return schedule


def one_cycle(
    max_lr: Rate,
    total_steps: int,
    pct_start: float = 0.3,
    div_factor: float = 25.0,
    final_div_factor: float = 1e4,
) -> Schedule:
    """Half a cosine up from max_lr / div_factor, half a cosine down to that / final_div_factor.

    PyTorch's two phases: the top is at t = pct_start * total_steps - 1, the end at total_steps - 1,
    then held.

    Returns a `Schedule`. Raises ValueError for a bad argument.

    >>> one_cycle(1.0, 10)([0, 2, 9]).round(6).tolist()
    [0.04, 1.0, 4e-06]

    Source: Smith & Topin 2018.
    """
    (max_lr,), (total_steps,) = rates(max_lr=max_lr), whole(total_steps=total_steps)
    div_factor, final_div_factor = positive(
        div_factor=div_factor, final_div_factor=final_div_factor
    )
    (pct_start,) = positive(pct_start=pct_start)
    top, last = pct_start * total_steps - 1, total_steps - 1
    if not 0 < top < last:
        raise ValueError(
            f"pct_start = {pct_start!r}: pct_start * total_steps must be "
            f"more than 1 and less than {total_steps}"
        )

    def schedule(t: Any) -> Any:
        t = np.minimum(_over(t, max_lr), last)
        first = max_lr / div_factor
        end = first / final_div_factor
        rising = max_lr + (first - max_lr) * (1 + np.cos(np.pi * t / top)) / 2
        falling = end + (max_lr - end) * (1 + np.cos(np.pi * (t - top) / (last - top))) / 2
        return np.where(t <= top, rising, falling)[()]

    return schedule


def range_test(start_lr: Rate, end_lr: Rate, num_steps: int) -> Schedule:
    """Exponential ramp start_lr * (end_lr / start_lr)^(t / num_steps), then held.

    Returns a `Schedule`. Raises ValueError for a bad argument.

    >>> range_test(0.01, 1.0, 4)([0, 2, 4, 5]).round(6).tolist()
    [0.01, 0.1, 1.0, 1.0]

    Source: Smith 2017 (there a straight line); the exponential ramp is fastai's.
    """
    start_lr, end_lr = rates(start_lr=start_lr, end_lr=end_lr)
    (num_steps,) = whole(num_steps=num_steps)
    if np.any(np.asarray(start_lr) == 0):
        raise ValueError(f"start_lr = {start_lr!r}: must be greater than 0")
    ratio = end_lr / start_lr
    return lambda t: (
        start_lr * ratio ** (np.minimum(_over(t, start_lr, end_lr), num_steps) / num_steps)
    )
