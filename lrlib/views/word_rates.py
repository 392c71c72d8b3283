"""The rates of real words, and accuracy against the rate."""

from collections.abc import Mapping, Sequence

import numpy as np

from ..plots import COLOURS, GREY, HALO, Picture, drawing, figure, picture
from ..words import num

Array = np.ndarray


@drawing()
def accuracy_by_rate(sweeps: Mapping[str, tuple[Array, Array]]) -> Picture:
    """Accuracy in % against the rate: name -> (rates (n,), accuracies (n,)), cut off below 60 %.

    The sentence gives each line's top only: at rates too large the last digits are chance.
    """
    fig, axes = figure()
    ax, said = axes["a"], []
    for name, (rates, accuracy) in sweeps.items():
        ax.plot(rates, accuracy, marker="o", ms=3, label=name, gid=name)
        k = int(accuracy.argmax())
        said.append(f"{name} {num(accuracy[k], 2)} % at {num(rates[k], 2)}")
    ax.set(xscale="log", ylim=(60, 90), xlabel="rate lr", ylabel="held-out accuracy (%)")
    below = sum(int((accuracy < 60).sum()) for _, accuracy in sweeps.values())
    if below:
        said_below = f"{below} points lie below the frame"
        ax.text(0.98, 0.03, said_below, transform=ax.transAxes, color=GREY, ha="right")
    ax.legend(loc="lower left", frameon=False)
    return picture(fig, f"Highest held-out accuracy: {'; '.join(said)}.")


@drawing()
def word_rates(counts: Array, rates: Array, words: Sequence[str], named: Sequence[str]) -> Picture:
    """The rate of every word (n,) against the number of texts it was in (n,), both in logarithms.

    ``named`` words carry their names. The line is proportional to 1 / sqrt(count), through the
    median of the words seen 10 times.
    """
    fig, axes = figure(height=3.8)
    ax, said = axes["a"], []
    ax.plot(counts, rates, ".", color=COLOURS[0], ms=3, alpha=0.35, ls="none", gid="words")
    middle = np.median(rates[counts == 10])
    ends = np.array([counts.min(), counts.max()])
    ax.plot(ends, middle * np.sqrt(10 / ends), "-", color=COLOURS[1], lw=2, gid="law")
    ax.annotate(
        "falls like 1/√(number of texts)", (300, middle * np.sqrt(10 / 300)), xytext=(-4, -10),
        textcoords="offset points", color=COLOURS[1], ha="right", va="top", gid="law, name",
    )  # fmt: skip
    for word in named:
        k = list(words).index(word)
        ax.plot(counts[k], rates[k], "o", color="k", ms=4, gid=word)
        below = rates[k] < 0.8 * middle * np.sqrt(10 / counts[k])  # keep off the line
        ax.annotate(
            word, (counts[k], rates[k]), xytext=(5, -14 if below else 5),
            textcoords="offset points", path_effects=[HALO], gid=f"{word}, name",
        )  # fmt: skip
        said.append(f"{word} (in {counts[k]:,} texts) {num(rates[k], 2)}")
    top = middle * 30
    above = int((rates > top).sum())
    ax.text(0.5, 0.95, f"{above} words lie above the frame", transform=ax.transAxes, color=GREY)
    ax.set(xscale="log", yscale="log", xlabel="number of training texts with the word")
    ax.set(ylabel="rate after one epoch", ylim=(middle / 100, top))
    said.append(f"{above} of {len(words):,} words above {num(top, 2)}")
    return picture(fig, f"Rate of words after one epoch: {'; '.join(said)}.")


EXAMPLES = {
    "accuracy_by_rate": lambda: accuracy_by_rate(
        {
            "SGD": (np.geomspace(0.01, 1, 4), np.array([62.0, 71.0, 80.0, 55.0])),
            "Adagrad": (np.geomspace(0.01, 1, 4), np.array([70.0, 84.0, 81.0, 65.0])),
        }
    ),
    "word_rates": lambda: word_rates(
        np.array([1000, 300, 10, 10, 3]),
        np.array([0.1, 0.2, 2.0, 3.0, 200.0]),
        ["the", "a", "bird", "fish", "rare"],
        ["the", "bird"],
    ),
}
