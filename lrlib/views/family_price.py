"""What one rate function costs when it has to serve a family of problems."""

from collections.abc import Sequence

import numpy as np

from ..plots import COLOURS, DASHES, Picture, drawing, figure, picture
from ..words import num

Array = np.ndarray
STEPS = 50
FAMILIES = {
    "a": "constant",
    "a (1 + t)^p": "function of the step",
    "1 / (a + b/loss)": "function of the loss",
}
BOUNDS = {  # of log a, and of p or log b; a test sees that the best lies inside
    "a": [(-6.0, 4.0), (0.0, 0.0)],
    "a (1 + t)^p": [(-6.0, 6.0), (-3.0, 0.2)],
    "1 / (a + b/loss)": [(-4.0, 6.0), (-7.0, 5.0)],
}
GRID, ROUNDS = 33, 6


def _rate(name: str, x: Array, y: Array, t: int, loss: Array) -> Array:
    """The rate of a family's members, by their place (x, y) within BOUNDS."""
    if name == "1 / (a + b/loss)":
        return 1 / (np.exp(x) + np.exp(y) / loss)
    return np.exp(x) * (1.0 + t) ** y


def _factors(name: str, x: Array, y: Array, spread: float) -> Array:
    """What members (n, 1) of a family leave, over what each problem's own best rates do, (n,)."""
    z = np.linspace(-2, 2, 41)
    weight, h = np.exp(-z * z / 2), np.exp(spread * z)
    own = h / 2 / (h / 2 + STEPS * h)  # 1/m grows by h^2/c = h in each step, from h/2
    m = np.broadcast_to(2 / h, (len(x), len(h)))
    with np.errstate(all="ignore"):  # members that diverge leave inf
        for t in range(STEPS):
            rate = _rate(name, x, y, t, h * m / 2)
            m = (1 - rate * h) ** 2 * m + rate**2 * h
        return np.exp((np.log(h * m / 2 / own) * weight).sum(-1) / weight.sum())


def best_member(name: str, spread: float) -> tuple[float, Array]:
    """The lowest of `_factors` and its place (2,): a grid over BOUNDS, then finer ones about it."""
    bounds = np.array(BOUNDS[name])
    low, high = bounds.T
    for _ in range(ROUNDS):
        axes = [
            np.linspace(*ends, GRID if ends[0] < ends[1] else 1)
            for ends in zip(low, high, strict=True)
        ]
        x, y = (grid.reshape(-1, 1) for grid in np.meshgrid(*axes, indexing="ij"))
        factors = _factors(name, x, y, spread)
        best = np.nanargmin(factors)
        place, reach = np.array([x[best, 0], y[best, 0]]), (high - low) / 6
        low, high = np.clip([place - reach, place + reach], *bounds.T)
    return float(factors[best]), place


def price(name: str, spread: float) -> float:
    """How many times the loss of each problem's own best rates the best member of a family leaves.

    Problems of one parameter, 50 steps, loss 1 at the start, gradient noise of variance h; log h is
    normal with standard deviation ``spread``, cut at two of them. Expected losses are exact; the
    factor is the geometric mean over the problems; ``name`` is one of FAMILIES.

    >>> round(price("a (1 + t)^p", 0.0), 2)
    1.0
    """
    return best_member(name, spread)[0]


@drawing()
def family_price(spreads: Sequence[float]) -> Picture:
    """The price of the best member of three families over the spread of the problems."""
    fig, axes = figure(7.6, 3.2)
    ax, said = axes["a"], []
    for k, (name, words) in enumerate(FAMILIES.items()):
        y = [price(name, spread) for spread in spreads]
        look = {"color": COLOURS[k], "ls": DASHES[k], "marker": "o", "ms": 4}
        ax.plot(spreads, y, label=f"{words}: {name}", gid=name, **look)
        said.append(f"{name}: {', '.join(num(v, 2) for v in y)}")
    ax.set(yscale="log", xlabel="standard deviation of the log curvature in the family")
    ax.set_ylabel("times the best loss")
    ax.set_yticks([1, 2, 5, 10], ["1", "2", "5", "10"])
    ax.yaxis.minorticks_off()
    ax.legend(frameon=False)
    return picture(
        fig,
        "Loss over that of each problem's own best rates, at spreads "
        f"{', '.join(num(s, 3) for s in spreads)}. {'; '.join(said)}.",
    )


EXAMPLES = {"family_price": lambda: family_price([0.0, 1.0, 2.0])}
