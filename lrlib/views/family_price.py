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


def _candidates(name: str) -> tuple[Array, Array]:
    """The constants that are tried, both (n, 1)."""
    if name == "a":
        grid = np.geomspace(0.003, 3, 300), np.zeros(1)
    elif name == "a (1 + t)^p":
        grid = np.geomspace(0.003, 3, 70), np.linspace(-1.2, 0.1, 40)
    else:
        grid = np.geomspace(0.05, 200, 50), np.geomspace(0.005, 20, 50)
    a, b = np.meshgrid(*grid, indexing="ij")
    return a.reshape(-1, 1), b.reshape(-1, 1)


def price(name: str, spread: float) -> float:
    """How many times the loss of each problem's own best rates the best member of a family leaves.

    Problems of one parameter, 50 steps, loss 1 at the start, gradient noise of variance h; log h is
    normal with standard deviation ``spread``, cut at two of them. Expected losses are exact; the
    factor is the geometric mean over the problems; ``name`` is one of FAMILIES.
    """
    z = np.linspace(-2, 2, 41)
    weight, h = np.exp(-z * z / 2), np.exp(spread * z)
    own = h / 2 / (h / 2 + STEPS * h)  # 1/m grows by h^2/c = h in each step, from h/2
    a, b = _candidates(name)
    m = np.broadcast_to(2 / h, (len(a), len(h)))
    with np.errstate(all="ignore"):
        for t in range(STEPS):
            rate = {
                "a": lambda t, m: a,
                "a (1 + t)^p": lambda t, m: a * (1.0 + t) ** b,
                "1 / (a + b/loss)": lambda t, m: 1 / (a + b / (h * m / 2)),
            }[name](t, m)
            m = np.minimum((1 - rate * h) ** 2 * m + rate**2 * h, 1e9)
        factor = np.exp((np.log(h * m / 2 / own) * weight).sum(-1) / weight.sum())
    return float(np.nanmin(factor))


@drawing()
def family_price(spreads: Sequence[float]) -> Picture:
    """The price of the best member of three families over the spread of the problems."""
    fig, axes = figure(7.6, 3.2)
    ax, said = axes["a"], []
    for k, (name, words) in enumerate(FAMILIES.items()):
        y = [price(name, spread) for spread in spreads]
        look = {"color": COLOURS[k], "ls": DASHES[k], "marker": "o", "ms": 4}
        ax.plot(spreads, y, label=f"{words}: {name}", gid=name, **look)
        said.append(f"{name}: {', '.join(num(v, 3) for v in y)}")
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
