"""Methods compared: every seed a dot, and scores over many rates."""

from collections.abc import Mapping, Sequence

import numpy as np

from ..plots import COLOURS, DASHES, GREY, Picture, drawing, figure, picture
from ..words import num

Array = np.ndarray
MARKERS = "osD^v"


@drawing()
def seed_ranking(
    scores: Mapping[str, Mapping[str, Array]], xlabel: str, title: str = "", height: float = 2.5
) -> Picture:
    """``scores[problem][method]`` (seeds,) in percent: every seed a dot, the mean a bar between."""
    fig, axes = figure(7.6, height, [list(scores)], sharey=True)
    pooled = {problem: np.concatenate(list(m.values())) for problem, m in scores.items()}
    half, said = 0.6 * max(map(np.ptp, pooled.values())), []  # one scale in all panels
    for problem, methods in scores.items():
        ax = axes[problem]
        for k, (name, runs) in enumerate(methods.items()):
            look = {"ms": 5, "alpha": 0.6, "ls": "none", "gid": f"{name}, seeds"}
            ax.plot(runs, [k] * len(runs), "o", color=COLOURS[0], **look)
            ax.plot(np.mean(runs), k, "|", color=COLOURS[1], ms=17, mew=3, gid=f"{name}, mean")
        ax.set_yticks(range(len(methods)), list(methods))
        middle = (pooled[problem].min() + pooled[problem].max()) / 2
        ax.set(title=problem, xlabel=xlabel, xlim=(middle - half, middle + half))
        ax.margins(y=0.15)
        means = ", ".join(
            f"{name} {np.mean(runs):.0f} (spread {np.ptp(runs):.0f})"
            for name, runs in methods.items()
        )
        said.append(f"{problem}: {means}")
    ax.invert_yaxis()
    fig.suptitle(title, fontsize=10)
    return picture(fig, f"{title}, {xlabel}. " + "; ".join(said) + ".")


@drawing()
def rate_sweeps(
    rates: Sequence[float],
    scores: Mapping[str, Mapping[str, Array]],
    ylabel: str,
    shared: Sequence[float],
) -> Picture:
    """``scores[problem][method]`` (rates,): one curve a method, lines at the ``shared`` rates."""
    fig, axes = figure(7.6, 3.3, [list(scores)], sharey=True)
    said = []
    for problem, methods in scores.items():
        ax = axes[problem]
        for k, (name, y) in enumerate(methods.items()):
            style = {"ls": DASHES[k], "color": COLOURS[k], "lw": 1.4, "ms": 3.5}
            ax.plot(rates, y, marker=MARKERS[k], label=name, gid=name, **style)
        dotted = ", ".join(num(lr, 3) for lr in shared)
        ax.set(xscale="log", title=problem, xlabel=f"rate (dotted: {dotted})")
        for lr in shared:
            ax.axvline(lr, color=GREY, lw=1.2, ls=":", gid=f"shared {num(lr, 3)}")
        best = ", ".join(f"{name} {num(rates[np.argmax(y)], 2)}" for name, y in methods.items())
        said.append(f"{problem}: {best}")
    next(iter(axes.values())).set_ylabel(ylabel)
    fig.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=5, frameon=False)
    return picture(fig, f"{ylabel} against rate. Best rates, {'; '.join(said)}.")


_SCORES = {"task": {"A": np.array([70.0, 72.0, 74.0]), "B": np.array([80.0, 81.0, 82.0])}}
EXAMPLES = {
    "seed_ranking": lambda: seed_ranking(_SCORES, "accuracy, %", "each at its own best rate"),
    "rate_sweeps": lambda: rate_sweeps([0.1, 0.2, 0.3], _SCORES, "accuracy, %", [0.2]),
}
