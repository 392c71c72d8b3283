"""Numbers, rates, outcomes and settings in words: what sentences of figures and tables are made of.

num(0.0032)                     "0.0032"
as_rate(0.003)                  "0.003 = 3e-3"
outcome(loss)                   "loss 0.12 after 60 steps"
settings(beta1=0.9, nesterov=True)   "beta1 = 0.9, nesterov on"
"""

from typing import Any

import numpy as np

Array = np.ndarray


def num(x: float, digits: int = 4) -> str:
    """A number in few digits.

    >>> [num(x) for x in (0.0032, 3.2e-7, 8409969, 1e30, float("inf"))]
    ['0.0032', '3.2e-7', '8,409,969', '1e30', 'inf']
    """
    if 1e4 <= abs(x) < 1e7 and digits > 3:
        return f"{x:,.0f}"
    if 0 < abs(x) < 1e-3:
        mantissa, exponent = f"{x:.{digits - 1}e}".split("e")
        return f"{float(mantissa):g}e{int(exponent)}"
    return f"{x:.{digits}g}".replace("e+0", "e").replace("e+", "e")


def as_rate(x: float) -> str:
    """A rate, read both ways where it is small or large.

    >>> as_rate(0.003), as_rate(0.5)
    ('0.003 = 3e-3', '0.5')
    """
    if not np.isfinite(x):
        return str(float(x))
    short = float(f"{x:.3g}")  # as rounded: sliders bring 0.09999999999999999
    if not x or 0.1 <= abs(short) < 1000:
        return f"{short:g}"
    mantissa, exponent = f"{x:.2e}".split("e")
    return f"{short:g} = {float(mantissa):g}e{int(exponent)}"


def outcome(loss: Array, digits: int = 4, what: str = "loss") -> str:
    """How a run ended, in words: its last ``what`` (n,), or that and when it diverged.

    >>> outcome(np.array([4.0, 2.0, 1.0])), outcome(np.array([1.0, 2.0]))
    ('loss 1 after 2 steps', 'growing: the loss is 2 times its start')
    """
    start, last = loss[0], loss[-1]
    over = ~(loss <= 1000 * max(start, 1e-30))
    if over.any():
        return f"diverged: at step {over.argmax()} the {what} had passed 1,000 times its start"
    if last > start:
        return f"growing: the {what} is {num(last / start, digits)} times its start"
    return f"{what} {num(last, digits)} after {len(loss) - 1} steps"


def settings(**values: Any) -> str:
    """The values of controls in words; switches are on or off.

    >>> settings(rho=0.9, centered=True)
    'rho = 0.9, centered on'
    """

    def word(value: Any) -> str:
        if isinstance(value, bool | np.bool_):
            return ("off", "on")[int(value)]
        return f"= {value}" if isinstance(value, str) else f"= {num(value)}"

    return ", ".join(f"{name} {word(value)}" for name, value in values.items())
