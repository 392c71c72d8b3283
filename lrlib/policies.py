"""Policies: rates that depend on what was seen.

    lr, state = policy(seen, state)

is called once a step, after the gradient is known and before the step is taken. ``state`` is None
at the first step. `descend` recognises a policy by its two arguments, so you can write your own.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

Rate = np.ndarray | float


class Seen(NamedTuple):
    t: int  # steps already taken
    loss: Rate | None  # loss at theta_t, shape (*sweep,); None if the problem has no loss
    g: np.ndarray  # gradient at theta_t, shape (*sweep, d)
    u: np.ndarray | float  # direction of the step before; 0.0 at the first step


Policy = Callable[[Seen, object], tuple[Rate, object]]


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

    Source: Baydin et al. 2018; the idea is in Almeida et al. 1998.
    """
    for name, x in (("lr", lr), ("hypergrad_lr", hypergrad_lr)):
        if not np.issubdtype(np.asarray(x).dtype, np.number) or not np.all(np.isfinite(x)):
            raise ValueError(f"{name} = {x!r}: must be a finite number or an array of them")
    if np.any(np.asarray(hypergrad_lr) < 0):
        raise ValueError(f"hypergrad_lr = {hypergrad_lr!r}: must be at least 0")

    def policy(seen: Seen, alpha: Rate | None) -> tuple[Rate, Rate]:
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
