"""The best rate of many settings, every seed a dot, with what it reaches."""

from collections.abc import Sequence

import numpy as np

from ..plots import COLOURS, GREY, Picture, drawing, figure, picture
from ..search import best_rate
from ..words import num

Array = np.ndarray


@drawing()
def best_rates(names: Sequence[str], rates: Array, losses: Array, accuracies: Array) -> Picture:
    """One row a setting: its best rate in every seed, their geometric mean, what it reaches there.

    Names are drawn up to a colon.
    ``rates`` (settings, n) rising; ``losses`` and ``accuracies`` (settings, seeds, n), of which the
    lowest mean loss is told with the standard deviation of the seeds, and its accuracy in per cent.
    """
    fig, axes = figure(7.6, 0.7 + 0.24 * len(names), [["rate", "told"]], width_ratios=[1.25, 1])
    ax, told, said = axes["rate"], axes["told"], []
    for k, name in enumerate(names):
        logs = np.log(best_rate(rates[k], losses[k]))
        middle, factor = np.exp(logs.mean()), np.exp(logs.std(ddof=1))
        at = np.nan_to_num(losses[k], nan=9.0, posinf=9.0).mean(0).argmin()
        loss, accuracy = losses[k][:, at], 100 * accuracies[k][:, at]
        look = {"ls": "none", "gid": f"{name}, seeds", "ms": 4, "alpha": 0.5}
        ax.plot(np.exp(logs), [k] * len(logs), "o", color=COLOURS[0], **look)
        ax.plot(middle, k, "|", color=COLOURS[1], ms=13, mew=3, gid=f"{name}, mean")
        words = (
            f"{num(middle, 1)} ×/÷ {factor:.1f}",
            f"{loss.mean():.2f} ± {loss.std(ddof=1):.2f}",
            f"{accuracy.mean():.0f}",
        )
        for x, text in zip((0.34, 0.73, 1.0), words, strict=True):
            told.text(x, k, text, ha="right", va="center", fontsize=8.5)
        said.append(f"{name}: {words[0]}, loss {words[1]}, test {words[2]} %")
    for x, text in zip((0.34, 0.73, 1.0), ("best rate", "held-out loss", "test, %"), strict=True):
        told.text(x, -1, text, ha="right", va="center", fontsize=8.5, color=GREY)
    ax.set(xscale="log", xlabel="best rate: dots seeds, bar their geometric mean")
    ax.set_yticks(range(len(names)), [name.partition(":")[0] for name in names], fontsize=8.5)
    ax.set_ylim(len(names) - 0.4, -1.6)
    told.set(xlim=(0, 1), ylim=ax.get_ylim())
    told.set_axis_off()
    return picture(fig, f"Best rate in {losses.shape[1]} seeds. " + "; ".join(said) + ".")


def _example() -> Picture:
    rates = np.stack([np.geomspace(0.01, 1, 7), np.geomspace(0.1, 10, 7)])
    best = np.array([[0.1, 0.15, 0.12], [1.0, 0.7, 2.0]])
    losses = 0.4 + np.log(rates[:, None] / best[..., None]) ** 2
    return best_rates(["one", "other"], rates, losses, 1 / (1 + losses))


EXAMPLES = {"best_rates": _example}
