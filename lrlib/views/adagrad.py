"""A rate for every weight: the valley turned under its axes, and the rates of real words."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..loop import descend
from ..plots import (
    COLOURS,
    GREY,
    HALO,
    Control,
    Picture,
    View,
    drawable,
    figure,
    num,
    outcome,
    picture,
    rate,
)
from ..problems import quadratic

CURVATURES = (0.2, 4.0)
START = np.array([-5.0, -2.0])


def scaled_run(
    kernel: Callable, lr: float, rotation: float, scale: float, steps: int, **hyper: Any
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A run on the valley, times ``scale``, turned with its start by ``rotation`` degrees.

    Returns theta (steps + 1, 2), the loss (steps + 1,), and the rate each weight had in each step,
    lr * u / g (steps, 2), nan where g is 0.
    """
    turn = _turn(rotation)
    problem = quadratic(scale * np.asarray(CURVATURES), turn @ START, rotation=rotation)
    trace = descend(problem, kernel, lr, steps, **hyper)
    with np.errstate(all="ignore"):
        g = problem.grad(trace.theta[:-1])
        seen = np.abs(g) > 1e-250  # below, the quotient is rounding
        rates = np.where(seen, -np.diff(trace.theta, axis=0) / g, np.nan)
    return trace.theta, trace.loss, rates


def _turn(degrees: float) -> np.ndarray:
    c, s = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return np.array([[c, -s], [s, c]])


def turned(rules: Mapping[str, Callable], steps: int = 60) -> View:
    """Path, loss and the rate of each weight on a valley that can be turned and scaled.

    ``rules``: name -> kernel with eps and initial_accumulator_value. SGD at its best fixed rate is
    drawn beside them.
    """
    mu, L = CURVATURES
    controls = {
        "lr": Control(1.0, 0.01, 1000.0, "log"),
        "eps": Control(1e-10, 1e-10, 1000.0, "log"),
        "initial_accumulator_value": Control(0.0, 0.0, 10.0),
        "rotation": Control(0.0, 0.0, 90.0),
        "loss scale": Control(1.0, 1e-3, 1e3, "log"),
        "rule": Control(next(iter(rules)), kind="choice", options=list(rules)),
    }
    fig, ax = figure(7.6, 4.6, [["path", "loss"], ["path", "rates"]])
    ax["path"].set(xlim=(-7, 7), ylim=(-7, 7), xlabel="first weight", ylabel="second weight")
    ax["path"].set(title="path over the loss", aspect="equal")
    ax["path"].grid(visible=False)
    rings = [ax["path"].plot([], [], "-", color="#b8b8b8", lw=0.8)[0] for _ in range(8)]
    (star,) = ax["path"].plot(0, 0, "*", color="k", ms=11, zorder=3)
    (path,) = ax["path"].plot([], [], ".-", color=COLOURS[0], lw=1.2, ms=5)
    angle = np.linspace(0, 2 * np.pi, 121)
    circle = np.stack([np.cos(angle), np.sin(angle)]) / np.sqrt(CURVATURES)[:, None]

    ax["loss"].set(yscale="log", xlim=(0, steps), ylim=(1e-12, 1e4), xlabel="step")
    ax["loss"].set(title="loss as a fraction of its start")
    (loss_line,) = ax["loss"].plot([], [], "-", color=COLOURS[0])
    shrunk = ((L - mu) / (L + mu)) ** (2.0 * np.arange(steps + 1))  # the same at any turn and scale
    ax["loss"].plot(shrunk, "--", color=GREY, lw=1.4)
    white = {"facecolor": "white", "edgecolor": "none", "pad": 1}
    ax["loss"].text(2, 1e-11, "dashed: SGD at its best rate", color=GREY, bbox=white)
    height = ax["loss"].text(0.98, 0.96, "", transform=ax["loss"].transAxes, ha="right", va="top")

    ax["rates"].set(yscale="log", xlim=(0, steps), ylim=(1e-3, 1e3), xlabel="step")
    ax["rates"].set(title="rate of each weight, in units of 2/L")
    ax["rates"].axhline(1, color=GREY, lw=1.2, ls=":")
    first, second = (
        ax["rates"].plot([], [], ls, color=c, label=name)[0]
        for ls, c, name in (
            ("-", COLOURS[1], "first weight"),
            ("--", COLOURS[2], "second weight"),
        )
    )
    ax["rates"].legend(loc="upper right", frameon=False, ncols=2, fontsize=9)

    def update(**values: Any) -> str:
        lr, rule, turn = values["lr"], values["rule"], values["rotation"]
        scale = values["loss scale"]
        hyper = {k: values[k] for k in ("eps", "initial_accumulator_value")}
        theta, loss, rates = scaled_run(rules[rule], lr, turn, scale, steps, **hyper)
        for k, ring in enumerate(rings):
            ring.set_data(*(_turn(turn) @ circle * (k + 1) * 0.9))
        path.set_data(*np.clip(drawable(theta), -1e4, 1e4).T)
        loss_line.set_data(np.arange(steps + 1), np.maximum(drawable(loss / loss[0]), 1e-30))
        height.set_text(f"it starts at {num(loss[0], 3)}")
        for line, r in zip((first, second), (rates * scale * L / 2).T, strict=True):
            line.set_data(np.arange(steps), r)
        last = [r[np.isfinite(r)][-1] * scale * L / 2 for r in rates.T]
        tiny = loss[-1] < 1e-12 * loss[0]
        end = f"loss below 1e-12 of its start after {steps} steps" if tiny else outcome(loss)
        if loss.max() > 1000 * loss[0] >= 1000 * loss[-1]:
            end = f"thrown to {num(loss.max() / loss[0], 3)} times the first loss and back: "
            end += "below 1e-12 of it" if tiny else f"loss {num(loss[-1])} after {steps} steps"
        settings = ", ".join(
            f"{k} = {num(x)}" for k, x in values.items() if k not in ("lr", "rule")
        )
        return (
            f"{rule}, lr = {rate(lr)}, {settings}: {end}. "
            f"Last rates {num(last[0], 3)} and {num(last[1], 3)} times 2/L."
        )

    return View(fig, [*rings, path, loss_line, height, first, second, star], update, controls)


def accuracy_by_rate(sweeps: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> Picture:
    """Accuracy in % against the rate: name -> (rates (n,), accuracies (n,)), cut off below 60 %.

    The sentence gives each line's top only: at rates too large the last digits are chance.
    """
    fig, axes = figure()
    ax, said = axes["a"], []
    for name, (rates, accuracy) in sweeps.items():
        ax.plot(rates, accuracy, marker="o", ms=3, label=name)
        k = int(accuracy.argmax())
        said.append(f"{name} {num(accuracy[k], 3)} % at {num(rates[k], 2)}")
    ax.set(xscale="log", ylim=(60, 90), xlabel="rate lr", ylabel="held-out accuracy (%)")
    below = sum(int((accuracy < 60).sum()) for _, accuracy in sweeps.values())
    ax.text(0.02, 0.03, f"{below} points lie below the frame", transform=ax.transAxes, color=GREY)
    ax.legend(loc="lower right", frameon=False)
    return picture(fig, f"Highest held-out accuracy: {'; '.join(said)}.")


def word_rates(
    counts: np.ndarray, rates: np.ndarray, words: Sequence[str], named: Sequence[str]
) -> Picture:
    """The rate of every word (n,) against the number of texts it was in (n,), both in logarithms.

    ``named`` words carry their names. The line is proportional to 1 / sqrt(count), through the
    median of the words seen 10 times.
    """
    fig, axes = figure(height=3.8)
    ax = axes["a"]
    ax.plot(counts, rates, ".", color=COLOURS[0], ms=3, alpha=0.35)
    middle = np.median(rates[counts == 10])
    ends = np.array([counts.min(), counts.max()])
    ax.plot(ends, middle * np.sqrt(10 / ends), "-", color=COLOURS[1], lw=2)
    ax.annotate(
        "falls like 1/√(number of texts)", (300, middle * np.sqrt(10 / 300)), xytext=(-4, -10),
        textcoords="offset points", color=COLOURS[1], ha="right", va="top",
    )  # fmt: skip
    said = []
    for word in named:
        k = list(words).index(word)
        ax.plot(counts[k], rates[k], "o", color="k", ms=4)
        below = rates[k] < 0.8 * middle * np.sqrt(10 / counts[k])  # keep off the line
        ax.annotate(
            word, (counts[k], rates[k]), xytext=(5, -14 if below else 5),
            textcoords="offset points", path_effects=[HALO],
        )  # fmt: skip
        said.append(f"{word} (in {counts[k]:,} texts) {num(rates[k], 2)}")
    top = middle * 30
    above = int((rates > top).sum())
    ax.text(0.5, 0.95, f"{above} words lie above the frame", transform=ax.transAxes, color=GREY)
    ax.set(xscale="log", yscale="log", xlabel="number of training texts with the word")
    ax.set(ylabel="rate after one epoch", ylim=(middle / 100, top))
    said.append(f"{above} of {len(words):,} words above {num(top, 2)}")
    return picture(fig, f"Rate of words after one epoch: {'; '.join(said)}.")
