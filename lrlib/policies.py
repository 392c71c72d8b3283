"""Policies: rates that depend on what was seen.

    lr, state = policy(seen, state)

is called once a step, after the gradient is known and before the step is taken. ``state`` is None
at the first step. `descend` recognises a policy by its two arguments, so you can write your own.
"""

import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from .contracts import (
    Policy,
    Rate,
    Seen,
    above,
    as_numbers,
    finite,
    one_of,
    positive,
    rates,
    sweep_shape,
    switch,
    whole,
)


def hypergradient(
    lr: Rate = 1e-3, hypergrad_lr: Rate = 1e-6, multiplicative: bool = False
) -> Policy:
    r"""Descend on the rate itself: the gradient of the loss by the last rate is -g_t . u_{t-1}.

    Formula::

        \alpha_t = \alpha_{t-1} + \beta\, g_t \cdot u_{t-1}
        \text{multiplicative:}\quad
        \alpha_t = \alpha_{t-1} \Big(1 + \beta \frac{g_t \cdot u_{t-1}}{|g_t|\,|u_{t-1}|}\Big)

    ``lr`` is alpha_0, used in the first step; ``hypergrad_lr`` is beta, with the unit of a rate
    over that of a squared gradient (multiplicative: a plain number). Both may be sweeps. The new
    rate is used in the same step. Nothing keeps the additive rate from going negative.
    Raises ValueError when an argument is no finite number or hypergrad_lr is negative.
    Returns a `Policy`.

    >>> from lrlib import descend, sgd
    >>> from lrlib.problems import bowl
    >>> descend(bowl(), sgd, hypergradient(0.1, 0.01), 2).lr.tolist()  # 0.1 + 0.01 * 4.5 * 5
    [0.1, 0.325]

    Source: Baydin et al. 2018; the idea is in Almeida et al. 1998.
    """
    lr, hypergrad_lr = *finite(lr=lr), *rates(hypergrad_lr=hypergrad_lr)
    (multiplicative,) = switch(multiplicative=multiplicative)

    def policy(seen: Seen, alpha: Any) -> tuple[Any, Any]:
        if alpha is None:
            alpha = lr + 0.0 * np.asarray(hypergrad_lr)  # the shape of both sweeps
            return alpha, alpha
        h = (seen.g * seen.u).sum(-1)
        if multiplicative:
            size = np.sqrt((seen.g**2).sum(-1)) * np.sqrt((seen.u**2).sum(-1))
            h = alpha * h / np.where(size == 0, 1, size)  # no gradient: no change
        alpha = alpha + hypergrad_lr * h
        return alpha, alpha

    return policy


# --- rates set by the error --------------------------------------------------------------------
#
# ``loss`` of the policies below says where the error is measured: a function loss(theta), such as
# problem.loss, or loss(theta, t), such as the loss on minibatch t. None: what `descend` recorded.

Loss = Callable[..., Rate]


def _wide(*, lr: Rate, **others: Rate) -> Any:
    """The first rate in the shape that all sweeps make together, known before the first step."""
    shape = sweep_shape(lr=lr, **others)
    return np.broadcast_to(lr, shape).copy() if shape else lr


def _error(loss: Loss | None) -> Callable[[Seen, Any], Any]:
    """error(seen, theta): the loss at theta, on the data of step seen.t."""
    if loss is None:
        return _recorded
    if not callable(loss):
        raise ValueError(f"loss = {loss!r}: must be a function of theta, or of theta and t")
    needed = [p for p in inspect.signature(loss).parameters.values() if p.default is p.empty]
    if len(needed) not in (1, 2):
        raise ValueError(f"loss = {loss!r}: must be a function of theta, or of theta and t")

    def error(seen: Seen, theta: Any) -> Any:
        now = loss(theta, seen.t) if len(needed) == 2 else loss(theta)
        array = as_numbers(now)
        if array is None or array.shape not in ((), theta.shape[:-1]):
            raise ValueError(
                f"loss: returned {now!r} at step {seen.t}: must be one number a model, "
                f"{theta.shape[:-1]}"
            )
        return array[()]

    return error


def _recorded(seen: Seen, theta: Any) -> Any:
    if seen.loss is None:
        raise ValueError("loss: must be given, since the problem has none")
    return seen.loss


def error_driven(k: Rate, power: float = 1.0, *, loss: Loss | None = None) -> Policy:
    r"""The bigger the error, the bigger the rate.

    Formula::

        \alpha_t = k\, f(\theta_t)^p

    ``k`` has the unit of a rate over that of the loss to the ``power`` p; it may be a sweep.
    ``loss``: where f is measured, a function loss(theta) or loss(theta, t); None: as recorded by
    `descend`. The rate has the shape of the loss. Raises ValueError when k is not positive.
    Returns a `Policy`.

    >>> from lrlib import descend, sgd
    >>> from lrlib.problems import bowl
    >>> float(descend(bowl(), sgd, error_driven(0.01), 1).lr[0])  # the loss at 5 is 12.5
    0.125

    Source: a learner's question; `polyak` is the form that the field knows (Polyak 1987).
    """
    (k,), (power,) = above(0, k=k), above(power=power)
    error = _error(loss)

    def policy(seen: Seen, state: None) -> tuple[Rate, None]:
        return k * error(seen, seen.theta) ** power, None

    return policy


def polyak(
    f_min: Rate = 0.0,
    *,
    factor: Rate = 1.0,
    cap: Rate = np.inf,
    eps: Rate = 0.0,
    loss: Loss | None = None,
) -> Policy:
    r"""Polyak's step: the error above the smallest possible, over the squared slope.

    Formula::

        \alpha_t = \min\Big(c\, \frac{f(\theta_t) - f_{\min}}{|g_t|^2 + \varepsilon},\;
        \alpha_{\max}\Big)

    ``f_min`` is the smallest loss, known or claimed; ``factor`` is c (1/c in Loizou et al.),
    ``cap`` is alpha_max, ``eps`` keeps the division safe (Optax). With the loss of a minibatch
    (``loss``: loss(theta, t)) and a cap it is the stochastic Polyak step. A claimed f_min above
    the loss makes the rate negative. Where the gradient is 0 the rate is not limited but by cap.
    Raises ValueError when factor or cap is not positive.
    Returns a `Policy`.

    >>> from lrlib import descend, sgd
    >>> from lrlib.problems import bowl
    >>> descend(bowl(), sgd, polyak(), 2).lr.tolist()  # 1 / (2 h), here h = 1
    [0.5, 0.5]

    Source: Polyak 1987; cap and minibatches: Loizou et al. 2021 (SPS_max).
    """
    (f_min,), (eps,) = finite(f_min=f_min), rates(eps=eps)
    factor, cap = above(0, factor=factor, cap=cap)
    error = _error(loss)

    def policy(seen: Seen, state: None) -> tuple[Rate, None]:
        squared = (seen.g**2).sum(-1) + eps
        lr = factor * (error(seen, seen.theta) - f_min) / np.where(squared == 0, 1, squared)
        return np.minimum(lr, cap), None

    return policy


def bold_driver(
    lr: Rate = 1e-3,
    up: Rate = 1.05,
    down: Rate = 0.5,
    *,
    loss: Loss | None = None,
    undo: bool = True,
    max_increase: float = 1.0,
    every: int = 1,
) -> Policy:
    r"""Bold driver: faster while the error falls, much slower when it rises.

    Formula::

        f(\theta_t - \alpha\, g_t) < f(\theta_t): \quad
        \alpha_t = \alpha, \quad \alpha \leftarrow \text{up} \cdot \alpha
        \text{otherwise:} \quad \alpha_t = 0, \quad \alpha \leftarrow \text{down} \cdot \alpha

    ``undo``: try the step on ``loss`` first, a function loss(theta) or loss(theta, t); a step that
    would not lower it is taken at rate 0, that is, undone. For plain gradient descent: a momentum
    buffer is not reset. Up to ``max_increase`` times the loss is accepted, with alpha unchanged
    (MATLAB: 1.04). ``undo=False``: compare the loss with that of ``every`` steps before, and keep
    the step whatever it did; ``loss`` may be None then, for the recorded one.
    ``lr`` is the first alpha. Raises ValueError when an argument is out of range.
    Returns a `Policy`.

    >>> from lrlib import descend, sgd
    >>> from lrlib.problems import bowl
    >>> driver = bold_driver(1.6, 1.5, 0.5, loss=bowl().loss)  # the limit is 2
    >>> descend(bowl(), sgd, driver, 4).lr.round(3).tolist()
    [1.6, 0.0, 1.2, 1.8]

    Source: Vogl et al. 1988; Battiti 1989.
    """
    lr, up, down = above(0, lr=lr, up=up, down=down)
    (max_increase,), (every,) = above(0, max_increase=max_increase), whole(every=every)
    (undo,) = switch(undo=undo)
    lr = _wide(lr=lr, up=up, down=down, max_increase=max_increase)
    if undo and (loss is None or every > 1):
        raise ValueError("undo = True: needs loss, a function to try the step on, and every = 1")
    error, strict = _error(loss), not np.any(np.asarray(max_increase) > 1)

    def tries(seen: Seen, alpha: Any) -> tuple[Any, Any]:
        alpha = lr if alpha is None else alpha
        now = error(seen, seen.theta)
        trial = error(seen, seen.theta - np.asarray(alpha)[..., None] * seen.g)
        falls = trial < now
        if strict:
            return np.where(falls, alpha, 0.0), alpha * np.where(falls, up, down)
        taken = falls | (trial <= max_increase * now) & (max_increase > 1)
        alpha_next = alpha * np.where(falls, up, np.where(taken, 1.0, down))
        return np.where(taken, alpha, 0.0), alpha_next

    def looks_back(seen: Seen, state: tuple | None) -> tuple[Rate, tuple]:
        alpha, before = state or (lr, None)
        if seen.t % every == 0:
            now = error(seen, seen.theta)
            if before is not None:  # also a run that begins later has nothing to compare with
                alpha = alpha * np.where(now < before, up, down)
            before = now
        return alpha, (alpha, before)

    return tries if undo else looks_back


class PlateauState(NamedTuple):
    lr: Rate
    best: Rate
    bad: Rate = 0  # measurements in a row that were no new best
    wait: Rate = 0  # measurements of the cooldown that are left
    n: int = 0  # measurements averaged so far
    mean: Rate = 0.0


def _torch(better: Any, bad: Any, wait: Any, patience: int) -> tuple[Any, Any, Any]:
    bad = np.where(better | (wait > 0), 0, bad + 1)
    return bad, np.maximum(wait - 1, 0), bad > patience


def _keras(better: Any, bad: Any, wait: Any, patience: int) -> tuple[Any, Any, Any]:
    bad, wait = np.where(wait > 0, 0, bad), np.maximum(wait - 1, 0)
    bad = np.where(better, 0, bad + (wait == 0))
    return bad, wait, (bad >= patience) & ~better & (wait == 0)


def _optax(better: Any, bad: Any, wait: Any, patience: int) -> tuple[Any, Any, Any]:
    bad = np.where(better | (wait > 0), 0, bad + 1)
    return bad, np.maximum(wait - 1, 0), (bad >= patience) & (wait == 0)


# how to count, and the defaults of rtol, atol and eps
DIALECTS: dict[str, tuple[Callable, float, float, float]] = {
    "torch": (_torch, 1e-4, 0.0, 1e-8),
    "keras": (_keras, 0.0, 1e-4, 0.0),
    "optax": (_optax, 1e-4, 0.0, 0.0),
}


class _Plateau(NamedTuple):
    """The arguments of `plateau`, and what one measurement changes."""

    count: Callable
    factor: Any
    patience: int
    rtol: float
    atol: float
    eps: float
    cooldown: int
    min_lr: Any
    sign: int
    accumulation_size: int

    def measured(self, s: PlateauState, f: Any) -> PlateauState:
        f = (s.n * s.mean + f) / (s.n + 1)
        if s.n + 1 < self.accumulation_size:
            return s._replace(n=s.n + 1, mean=f)
        goal = s.best * (1 - self.sign * self.rtol) - self.sign * self.atol
        better = self.sign * f < self.sign * goal
        bad, wait, cut = self.count(better, s.bad, s.wait, self.patience)
        lower = np.maximum(s.lr * self.factor, self.min_lr)
        changed = np.where(cut & (s.lr - lower > self.eps), lower, s.lr)
        best = np.where(better, f, s.best)
        wait = np.where(cut, self.cooldown, wait)
        return PlateauState(changed, best, np.where(cut, 0, bad), wait)


def plateau(
    lr: Rate,
    factor: Rate = 0.1,
    patience: int = 10,
    *,
    dialect: str = "torch",
    loss: Loss | None = None,
    every: int = 1,
    rtol: float | None = None,
    atol: float | None = None,
    eps: float | None = None,
    cooldown: int = 0,
    min_lr: float = 0.0,
    mode: str = "min",
    accumulation_size: int = 1,
) -> Policy:
    r"""Reduce on plateau: cut the rate when the error has not reached a new best for a while.

    Formula::

        f < (1 - \text{rtol})\, f_\text{best} - \text{atol}: \quad
        f_\text{best} \leftarrow f, \quad n \leftarrow 0; \qquad
        \text{otherwise: } n \leftarrow n + 1
        n > \text{patience} \;(\text{Keras, Optax: } n \ge \text{patience}): \quad
        \alpha \leftarrow \text{factor} \cdot \alpha, \quad n \leftarrow 0

    The error is measured before the steps ``every``, 2 ``every``, ... (an epoch), on ``loss``, a
    function loss(theta) or loss(theta, t); None: as recorded. ``dialect`` "torch", "keras" or
    "optax" sets how patience and cooldown count and the defaults of ``rtol``, ``atol`` (1e-4, 0;
    Keras: 0, 1e-4) and ``eps``, the smallest change made (PyTorch: 1e-8). After a cut nothing
    counts for ``cooldown`` measurements. ``min_lr`` bounds the rate. ``mode`` "max" looks for
    large values. ``accumulation_size`` measurements are averaged into one (Optax).
    Raises ValueError when an argument is out of range.
    Returns a `Policy`.

    >>> from lrlib import descend, sgd
    >>> flat = plateau(0.1, 0.5, 2, loss=lambda theta: 1.0)
    >>> descend(lambda theta, t: theta, sgd, flat, 6, theta0=[1.0]).lr.tolist()
    [0.1, 0.1, 0.1, 0.1, 0.05, 0.05]

    Source: ReduceLROnPlateau of PyTorch 2.13 and Keras 3.15, reduce_on_plateau of Optax 0.2.8.
    """
    lr, factor = above(0, lr=lr, factor=factor)
    patience, cooldown = whole(0, patience=patience, cooldown=cooldown)
    every, accumulation_size = whole(every=every, accumulation_size=accumulation_size)
    (dialect,), (mode,) = one_of(*DIALECTS, dialect=dialect), one_of("min", "max", mode=mode)
    count, *defaults = DIALECTS[dialect]
    given = zip((rtol, atol, eps), defaults, strict=True)
    rtol, atol, eps = (default if x is None else x for x, default in given)
    rtol, atol, eps, min_lr = rates(rtol=rtol, atol=atol, eps=eps, min_lr=min_lr)
    lr = _wide(lr=lr, factor=factor, rtol=rtol, atol=atol, eps=eps, min_lr=min_lr)
    sign = 1 if mode == "min" else -1
    error = _error(loss)

    rule = _Plateau(
        count, factor, patience, rtol, atol, eps, cooldown, min_lr, sign, accumulation_size
    )

    def policy(seen: Seen, state: PlateauState | None) -> tuple[Rate, PlateauState]:
        state = state or PlateauState(lr, sign * np.inf)
        if seen.t and seen.t % every == 0:
            state = rule.measured(state, error(seen, seen.theta))
        return state.lr, state

    return policy


def barzilai_borwein(lr: Rate = 1e-3, kind: str = "long") -> Policy:
    r"""Barzilai and Borwein's step: the curvature that the last step met, turned into a rate.

    Formula::

        s = \theta_t - \theta_{t-1}, \quad y = g_t - g_{t-1}
        \alpha_t = \frac{s \cdot s}{s \cdot y} \;\text{(long)}, \qquad
        \alpha_t = \frac{s \cdot y}{y \cdot y} \;\text{(short)}

    ``lr`` is the first rate. "alternate" takes the long step when t is odd, the short one when t
    is even. On a quadratic the rate lies between 1/L and 1/h_min. Where s . y is not positive, no
    curvature was seen, and the last rate stays. For full-batch gradients: minibatches make y noise.
    Raises ValueError for an unknown kind or a rate that is not positive.
    Returns a `Policy`.

    >>> from lrlib import descend, sgd
    >>> from lrlib.problems import bowl
    >>> descend(bowl(), sgd, barzilai_borwein(0.25), 2).lr.tolist()  # the second: 1 / h
    [0.25, 1.0]

    Source: Barzilai & Borwein 1988.
    """
    (lr,) = above(0, lr=lr)
    (kind,) = one_of("long", "short", "alternate", kind=kind)

    def policy(seen: Seen, state: tuple | None) -> tuple[Rate, tuple]:
        if state is None:
            return lr, (lr, seen.g.copy())
        rate, g = state
        s, y = -np.asarray(rate)[..., None] * seen.u, seen.g - g
        ss, sy, yy = (s * s).sum(-1), (s * y).sum(-1), (y * y).sum(-1)
        long = kind == "long" or (kind == "alternate" and seen.t % 2 == 1)
        top, bottom = (ss, sy) if long else (sy, yy)
        rate = np.where(sy > 0, top / np.where(bottom == 0, 1, bottom), rate)
        return rate, (rate, seen.g.copy())  # the next gradient may overwrite it

    return policy


def armijo(
    loss: Loss,
    lr: Rate = 1.0,
    c: float = 1e-4,
    shrink: float = 0.5,
    grow: float = 2.0,
    *,
    max_lr: Rate = np.inf,
    max_tries: int = 100,
) -> Policy:
    r"""Line search by backtracking: shrink the rate until the step pays as promised (Armijo).

    Formula::

        f(\theta_t - \alpha\, g_t) \le f(\theta_t) - c\, \alpha\, |g_t|^2

    ``loss`` is a function loss(theta) or loss(theta, t). The first rate tried is ``lr``, later
    ``grow`` times the last one, but at most ``max_lr``; each try that fails takes ``shrink`` times
    the rate, ``max_tries`` times at most. ``grow=np.inf, max_lr=lr`` starts every step at lr.
    For plain gradient descent: the search runs along -g.
    Raises ValueError when an argument is out of range.
    Returns a `Policy`.

    >>> from lrlib import descend, sgd
    >>> from lrlib.problems import bowl
    >>> descend(bowl(), sgd, armijo(bowl().loss, 8.0, c=0.5), 1).lr.tolist()  # 8, 4, 2, 1
    [1.0]

    Source: Armijo 1966.
    """
    if loss is None:
        raise ValueError("loss = None: must be a function of theta, or of theta and t")
    lr, max_lr, grow = above(0, lr=lr, max_lr=max_lr, grow=grow)
    lr = _wide(lr=lr, max_lr=max_lr, grow=grow)
    c, shrink = positive(c=c, shrink=shrink)
    if not c < 1 or not shrink < 1:
        name, x = ("shrink", shrink) if c < 1 else ("c", c)
        raise ValueError(f"{name} = {x!r}: must be below 1")
    (max_tries,) = whole(max_tries=max_tries)
    error = _error(loss)

    def policy(seen: Seen, alpha: Any) -> tuple[Any, Any]:
        alpha = lr if alpha is None else np.minimum(grow * alpha, max_lr)
        now, slope = error(seen, seen.theta), (seen.g**2).sum(-1)
        for _ in range(max_tries):
            trial = error(seen, seen.theta - np.asarray(alpha)[..., None] * seen.g)
            fails = ~(trial <= now - c * alpha * slope)
            if not np.any(fails):
                break
            alpha = np.where(fails, shrink * alpha, alpha)
        return alpha, alpha

    return policy
