"""Schedules: factories that return a function t -> lr.

t = 0, 1, 2, ... is the number of steps already taken, a number or an array. ``lr`` (or
``max_lr``, ``base_lr``) may be a sweep (K,); the schedule then returns (..., K). A schedule has no
memory: plotting it changes nothing. Rates have the unit of the parameters squared over that of the
loss; all lengths are in steps.

Bad arguments raise a ValueError that names them.
"""

from collections.abc import Callable, Sequence

import numpy as np

Rate = np.ndarray | float
Schedule = Callable[[np.ndarray | int], Rate]


def _rates(**values: Rate) -> None:
    for name, x in values.items():
        if not np.issubdtype(np.asarray(x).dtype, np.number):
            raise ValueError(f"{name} = {x!r}: must be a number or an array of numbers")
        if not np.all(np.isfinite(x)) or np.any(np.asarray(x) < 0):
            raise ValueError(f"{name} = {x!r}: must be finite and at least 0")


def _positive(**values: float) -> None:
    for name, x in values.items():
        if not (np.isscalar(x) and np.isreal(x) and np.isfinite(x) and x > 0):
            raise ValueError(f"{name} = {x!r}: must be a number greater than 0")


def _over(t: np.ndarray | int, *rates: Rate) -> np.ndarray:
    """t with one axis more for every sweep axis, so that it broadcasts against the rates."""
    axes = max(map(np.ndim, rates))
    return np.reshape(t, np.shape(t) + (1,) * axes) if axes else np.asarray(t)


def constant(lr: Rate) -> Schedule:
    """The same rate at every step."""
    _rates(lr=lr)
    return lambda t: lr + 0.0 * _over(t, lr)


def step(lr: Rate, step_size: float, gamma: float = 0.1) -> Schedule:
    """lr * gamma^floor(t / step_size): a drop by gamma every ``step_size`` steps."""
    _rates(lr=lr, gamma=gamma)
    _positive(step_size=step_size)
    return lambda t: lr * gamma ** np.floor(_over(t, lr) / step_size)


def multistep(lr: Rate, milestones: Sequence[float], gamma: float = 0.1) -> Schedule:
    """lr * gamma^k, where k milestones are reached: step t = milestone already has the new rate.

    PyTorch and Optax count so; Keras and TF1 still use the old rate at the boundary.
    """
    _rates(lr=lr, gamma=gamma)
    if np.ndim(milestones) != 1 or np.any(np.diff(milestones) <= 0):
        raise ValueError(f"milestones = {milestones!r}: must be a list of steps in rising order")
    return lambda t: lr * gamma ** np.searchsorted(milestones, _over(t, lr), side="right")


def exponential(
    lr: Rate, decay_steps: float, decay_rate: float, staircase: bool = False
) -> Schedule:
    """lr * decay_rate^(t / decay_steps); with ``staircase`` the exponent is rounded down."""
    _rates(lr=lr, decay_rate=decay_rate)
    _positive(decay_steps=decay_steps)
    whole = np.floor if staircase else np.asarray
    return lambda t: lr * decay_rate ** whole(_over(t, lr) / decay_steps)


def inverse_time(
    lr: Rate, decay_steps: float, decay_rate: float, staircase: bool = False
) -> Schedule:
    """lr / (1 + decay_rate * t / decay_steps); with ``staircase`` the quotient is rounded down."""
    _rates(lr=lr, decay_rate=decay_rate)
    _positive(decay_steps=decay_steps)
    whole = np.floor if staircase else np.asarray
    return lambda t: lr / (1 + decay_rate * whole(_over(t, lr) / decay_steps))


def inverse_sqrt(lr: Rate) -> Schedule:
    """lr / sqrt(t + 1)."""
    _rates(lr=lr)
    return lambda t: lr / np.sqrt(_over(t, lr) + 1)


def polynomial(lr: Rate, decay_steps: float, end_lr: Rate = 0.0, power: float = 1.0) -> Schedule:
    """From lr to end_lr as (1 - t / decay_steps)^power, then held. power=1: a straight line."""
    _rates(lr=lr, end_lr=end_lr)
    _positive(decay_steps=decay_steps, power=power)

    def schedule(t):
        done = np.minimum(_over(t, lr, end_lr), decay_steps) / decay_steps
        return (lr - end_lr) * (1 - done) ** power + end_lr

    return schedule


def cosine(lr: Rate, T_max: float, eta_min: Rate = 0.0) -> Schedule:
    """Half a cosine wave from lr down to eta_min in ``T_max`` steps, then held.

    Source: Loshchilov & Hutter 2017 (SGDR). PyTorch's CosineAnnealingLR rises again after T_max.
    """
    _rates(lr=lr, eta_min=eta_min)
    _positive(T_max=T_max)

    def schedule(t):
        done = np.minimum(_over(t, lr, eta_min), T_max) / T_max
        return eta_min + (lr - eta_min) * (1 + np.cos(np.pi * done)) / 2

    return schedule


def cosine_restarts(lr: Rate, T_0: int, T_mult: int = 1, eta_min: Rate = 0.0) -> Schedule:
    """Cosine runs of T_0, T_0 * T_mult, T_0 * T_mult^2, ... steps, each restarting at lr.

    Source: Loshchilov & Hutter 2017 (SGDR).
    """
    _rates(lr=lr, eta_min=eta_min)
    _positive(T_0=T_0)
    if T_mult != int(T_mult) or T_mult < 1:
        raise ValueError(f"T_mult = {T_mult!r}: must be a whole number, 1 or more")

    def schedule(t):
        t = _over(t, lr, eta_min)
        if T_mult == 1:
            return eta_min + (lr - eta_min) * (1 + np.cos(np.pi * (t % T_0) / T_0)) / 2
        starts, length = [0], T_0
        while starts[-1] + length <= np.max(t, initial=0):
            starts.append(starts[-1] + length)
            length = length * T_mult
        run = np.searchsorted(starts, t, side="right") - 1
        done = (t - np.asarray(starts)[run]) / (T_0 * T_mult**run)
        return eta_min + (lr - eta_min) * (1 + np.cos(np.pi * done)) / 2

    return schedule


def warmup(schedule: Schedule, warmup_steps: int) -> Schedule:
    """schedule(0) * (t + 1) / warmup_steps for t < warmup_steps, then schedule(t - warmup_steps).

    The first step is not zero and step t = warmup_steps - 1 has the full rate already.
    Source: Goyal et al. 2017.
    """
    if not callable(schedule):
        raise ValueError(f"schedule = {schedule!r}: must be a schedule, such as constant(0.1)")
    _positive(warmup_steps=warmup_steps)

    def warm(t):
        first = schedule(0)
        rising = first * (_over(t, first) + 1) / warmup_steps
        later = schedule(np.maximum(np.asarray(t) - warmup_steps, 0))
        return np.where(_over(t, first) < warmup_steps, rising, later)[()]

    return warm


def wsd(
    lr: Rate, warmup_steps: int, stable_steps: int, decay_steps: int, end_lr: Rate = 0.0
) -> Schedule:
    """Warm up, stay, decay: (t + 1) / warmup_steps, then lr, then a line to end_lr, then held.

    Source: Hu et al. 2024 (MiniCPM).
    """
    _rates(lr=lr, end_lr=end_lr)
    _positive(warmup_steps=warmup_steps, decay_steps=decay_steps)
    if stable_steps < 0:
        raise ValueError(f"stable_steps = {stable_steps!r}: must be at least 0")
    fall = polynomial(lr, decay_steps, end_lr)
    return warmup(lambda t: fall(np.maximum(np.asarray(t) - stable_steps, 0)), warmup_steps)


def noam(d_model: float, warmup_steps: int, factor: float = 1.0) -> Schedule:
    """factor * d_model^-1/2 * min(s^-1/2, s * warmup_steps^-3/2) with s = t + 1.

    Source: Vaswani et al. 2017.
    """
    _positive(d_model=d_model, warmup_steps=warmup_steps, factor=factor)

    def schedule(t):
        s = np.asarray(t) + 1
        return factor * d_model**-0.5 * np.minimum(s**-0.5, s * warmup_steps**-1.5)

    return schedule


def _triangle(t: np.ndarray, step_size: float) -> tuple[np.ndarray, np.ndarray]:
    """Height in [0, 1] of a triangle wave, and the number of the cycle, from 1."""
    cycle = np.floor(1 + t / (2 * step_size))
    return np.maximum(0, 1 - np.abs(t / step_size - 2 * cycle + 1)), cycle


def triangular(base_lr: Rate, max_lr: Rate, step_size: float) -> Schedule:
    """Straight up from base_lr to max_lr and down again. ``step_size`` is HALF a cycle.

    Source: Smith 2017 (cyclical learning rates).
    """
    return exp_range(base_lr, max_lr, step_size, 1.0)


def triangular2(base_lr: Rate, max_lr: Rate, step_size: float) -> Schedule:
    """`triangular` whose height halves after every cycle; the base stays. Source: Smith 2017."""
    _rates(base_lr=base_lr, max_lr=max_lr)
    _positive(step_size=step_size)

    def schedule(t):
        height, cycle = _triangle(_over(t, base_lr, max_lr), step_size)
        return base_lr + (max_lr - base_lr) * height * 0.5 ** (cycle - 1)

    return schedule


def exp_range(base_lr: Rate, max_lr: Rate, step_size: float, gamma: float) -> Schedule:
    """`triangular` whose height shrinks by gamma every step; the base stays. Source: Smith 2017."""
    _rates(base_lr=base_lr, max_lr=max_lr, gamma=gamma)
    _positive(step_size=step_size)

    def schedule(t):
        t = _over(t, base_lr, max_lr)
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
    then held. Source: Smith & Topin 2018.
    """
    _rates(max_lr=max_lr)
    _positive(total_steps=total_steps, div_factor=div_factor, final_div_factor=final_div_factor)
    top, last = pct_start * total_steps - 1, total_steps - 1
    if not 0 < top < last:
        raise ValueError(
            f"pct_start = {pct_start!r}: pct_start * total_steps must be "
            f"more than 1 and less than {total_steps}"
        )

    def schedule(t):
        t = np.minimum(_over(t, max_lr), last)
        first = max_lr / div_factor
        end = first / final_div_factor
        rising = max_lr + (first - max_lr) * (1 + np.cos(np.pi * t / top)) / 2
        falling = end + (max_lr - end) * (1 + np.cos(np.pi * (t - top) / (last - top))) / 2
        return np.where(t <= top, rising, falling)[()]

    return schedule


def range_test(start_lr: Rate, end_lr: Rate, num_steps: int) -> Schedule:
    """Exponential ramp start_lr * (end_lr / start_lr)^(t / num_steps), then held.

    Source: Smith 2017 (there a straight line); the exponential ramp is fastai's.
    """
    _rates(start_lr=start_lr, end_lr=end_lr)
    _positive(num_steps=num_steps)
    if np.any(np.asarray(start_lr) == 0):
        raise ValueError(f"start_lr = {start_lr!r}: must be greater than 0")
    ratio = np.asarray(end_lr) / start_lr
    return lambda t: (
        start_lr * ratio ** (np.minimum(_over(t, start_lr, end_lr), num_steps) / num_steps)
    )
