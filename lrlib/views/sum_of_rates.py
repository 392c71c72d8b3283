"""Many pairs of rate and decay, drawn over the rate and over the sum of the rates used."""

import numpy as np
from matplotlib.colors import to_rgb

from ..plots import COLOURS, Picture, drawing, figure, picture
from ..words import num

Array = np.ndarray


def explained(x: Array, y: Array, degree: int = 4) -> float:
    """The share of the variance of log y that a polynomial in log x explains; both (n,)."""
    x, y = np.log(x), np.log(y)
    left = y - np.polyval(np.polyfit(x, y, degree), x)
    return float(1 - left.var() / y.var())


def numbers_of(rates: Array, decays: Array, steps: int) -> dict[str, Array]:
    """First rate, last rate and sum of the rates (n, m) of runs whose first ``rates`` (n,) fall
    exponentially by the factors ``decays`` (m,) in all ``steps``."""
    first, decays = np.asarray(rates)[:, None], np.asarray(decays)
    total = (decays[:, None] ** (np.arange(steps) / steps)).sum(1)
    return {
        "first rate": np.broadcast_to(first, (len(first), len(decays))),
        "last rate": first * decays ** ((steps - 1) / steps),
        "sum of the rates": first * total,
    }


def told_by(
    rates: Array, decays: Array, steps: int, losses: Array, below: float
) -> dict[str, float]:
    """The share of the variance of the mean log loss that each of the three numbers explains.

    ``losses`` (seeds, n, m), as for `sum_of_rates`; first rates of ``below`` and more are left out.
    """
    mean, numbers = np.asarray(losses, float).mean(0), numbers_of(rates, decays, steps)
    fine = numbers["first rate"] < below
    return {name: explained(x[fine], mean[fine]) for name, x in numbers.items()}


@drawing()
def sum_of_rates(rates: Array, decays: Array, steps: int, losses: Array, below: float) -> Picture:
    """Mean losses of runs, left over their first rate, right over the sum of their rates.

    ``losses`` (seeds, n, m) of runs of so many ``steps`` at first ``rates`` (n,), which fall
    exponentially by the factors ``decays`` (m,) in all. Dots are runs with a first rate below
    ``below``; the sentence gives the share of the variance of their log loss that each explains.
    """
    shares = told_by(rates, decays, steps, losses, below)
    losses, numbers = np.asarray(losses, float).mean(0), numbers_of(rates, decays, steps)
    fig, axes = figure(7.6, 3.4, [["first rate", "sum of the rates"]], sharey=True)
    fine, said = numbers["first rate"] < below, []
    for name, ax in axes.items():
        x = numbers[name]
        for k, decay in enumerate(decays):
            blue = np.array(to_rgb(COLOURS[0]))
            colour = blue + (1 - blue) * 0.75 * k / (len(decays) - 1)
            look = {"ls": "none", "ms": 4, "color": tuple(colour)}
            keep = fine[:, k]
            ax.plot(x[keep, k], losses[keep, k], "o", gid=f"decay {num(decay, 2)}", **look)
            ax.plot(x[~keep, k], losses[~keep, k], "x", gid=f"decay {num(decay, 2)}, above", **look)
        ax.set(xscale="log", yscale="log", xlabel=f"{name} (explains {shares[name]:.3f})")
        said.append(f"{name} explains {shares[name]:.3f}")
    axes["first rate"].set(ylabel="held-out loss", ylim=(0.33, 3.0))
    axes["first rate"].set_yticks([0.5, 1, 2], ["0.5", "1", "2"])
    axes["first rate"].yaxis.minorticks_off()
    axes["first rate"].set_title(f"crosses: rate {num(below, 2)} or more")
    axes["sum of the rates"].set_title("dark: strong decay; light: weak")
    return picture(
        fig,
        f"Held-out loss of {losses.size} settings over the first rate and over the sum of the "
        f"rates. Of the variance of log loss below rate {num(below, 2)}: {'; '.join(said)}.",
    )


def _example() -> Picture:
    rates, decays = np.geomspace(0.01, 1, 6), np.array([0.01, 0.1, 1.0])
    losses = 0.4 + 1 / (1 + rates[:, None] * (1 + 100 * decays))
    return sum_of_rates(rates, decays, 100, losses[None], 0.5)


EXAMPLES = {"sum_of_rates": _example}
