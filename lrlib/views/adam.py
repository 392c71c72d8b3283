"""Adam: the steps it takes in each weight, and five methods compared over many rates."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..kernels import adam
from ..loop import descend
from ..plots import (
    COLOURS,
    DASHES,
    GREY,
    Control,
    Picture,
    View,
    drawable,
    figure,
    num,
    picture,
    rate,
)
from ..problems import quadratic

Array = np.ndarray
MARKERS = "osD^v"


def effective_steps(steps: int = 100) -> View:
    """Adam in the valley of curvatures 0.2 and 4: path, loss, and every weight's step over lr.

    ``noise`` is the standard deviation added to each gradient. ``rotation`` turns the valley and
    the start by so many degrees; the axes of the weights stay.
    """
    curvatures, start = np.array([0.2, 4.0]), np.array([-5.0, -2.0])
    first = (curvatures * start**2).sum() / 2
    controls = {
        "lr": Control(0.4, 0.001, 100.0, "log"),
        "beta1": Control(0.9, 0.0, 0.99),
        "beta2": Control(0.999, kind="choice", options=[0.0, 0.5, 0.9, 0.95, 0.99, 0.999, 0.9999]),
        "eps": Control(1e-8, 1e-10, 1e3, "log"),
        "bias_correction": Control(True, kind="switch"),
        "noise": Control(0.0, 0.0, 2.0),
        "rotation": Control(0.0, 0.0, 90.0),
    }
    fig, ax = figure(7.6, 4.2, [["path", "loss"], ["path", "step"]], width_ratios=[1.1, 1])
    ax["path"].set(xlim=(-6.5, 6.5), ylim=(-6.5, 6.5), xlabel="weight 1", ylabel="weight 2")
    ax["path"].set(title="path over the loss", aspect="equal")
    ax["path"].grid(visible=False)
    (star,) = ax["path"].plot(0, 0, "*", color="k", ms=11, zorder=3)
    rings = [ax["path"].plot([], [], "-", color="#b8b8b8", lw=0.8)[0] for _ in range(6)]
    (path,) = ax["path"].plot([], [], ".-", color=COLOURS[0], lw=1.2, ms=5)
    ax["loss"].set(yscale="log", xlim=(0, steps), ylim=(1e-7 * first, 1e3 * first), title="loss")
    ax["loss"].set_xlabel("step")
    (loss_line,) = ax["loss"].plot([], [], "-", color=COLOURS[0])
    ax["step"].set(yscale="log", xlim=(1, steps), ylim=(1e-4, 100), xlabel="step")
    ax["step"].set_title("step / lr of each weight (dotted: 1)")
    ax["step"].axhline(1, color=GREY, lw=1.2, ls=":")
    lines = [
        ax["step"].plot([], [], ls=DASHES[k], color=COLOURS[k], label=f"weight {k + 1}")[0]
        for k in (0, 1)
    ]
    ax["step"].legend(loc="upper right", ncols=2, fontsize=8.5, frameon=False)
    angle = np.linspace(0, 2 * np.pi, 120)
    circle = np.stack([np.cos(angle), np.sin(angle)]) / np.sqrt(curvatures)[:, None]

    def update(lr: float, noise: float, rotation: float, **hyper: Any) -> str:
        problem = quadratic(curvatures, start, noise=noise, rotation=rotation)
        c, s = np.cos(np.deg2rad(rotation)), np.sin(np.deg2rad(rotation))
        turn = np.array([[c, -s], [s, c]])
        for k, ring in enumerate(rings):
            ring.set_data(*(turn @ circle * np.sqrt(2 * first) * (k + 1) / 5))
        trace = descend(problem, adam, lr, steps, theta0=turn @ start, **hyper)
        path.set_data(*np.clip(trace.theta, -1e3, 1e3).T)
        loss_line.set_data(np.arange(steps + 1), drawable(trace.loss))
        taken = np.abs(np.diff(trace.theta, axis=0)) / lr
        for line, y in zip(lines, taken.T, strict=True):
            line.set_data(np.arange(1, steps + 1), np.maximum(y, 1e-12))
        settings = ", ".join(
            f"{k} {'on' if x else 'off'}" if isinstance(x, bool) else f"{k} = {num(x)}"
            for k, x in {**hyper, "noise": noise, "rotation": rotation}.items()
        )
        peak = trace.loss.max() / first
        blown = f"the loss rose to {num(peak, 3)} times its start, then " if peak > 1.5 else ""
        at = taken.max(1).argmax()
        return (
            f"lr = {rate(lr)}, {settings}. Largest step {num(taken[at].max(), 3)} lr, in step "
            f"{at + 1}; {blown}loss {num(trace.loss[-1], 3)} after {steps} steps."
        )

    return View(fig, [star, *rings, path, loss_line, *lines], update, controls)


def ranking(scores: Mapping[str, Mapping[str, Array]], xlabel: str, title: str = "") -> Picture:
    """``scores[problem][method]`` (seeds,) in percent: every seed a dot, the mean a bar between."""
    fig, axes = figure(7.6, 2.5, [list(scores)], sharey=True)
    pooled = {problem: np.concatenate(list(m.values())) for problem, m in scores.items()}
    half, said = 0.6 * max(map(np.ptp, pooled.values())), []  # one scale in all panels
    for problem, methods in scores.items():
        ax = axes[problem]
        for k, runs in enumerate(methods.values()):
            ax.plot(runs, [k] * len(runs), "o", color=COLOURS[0], ms=5, alpha=0.6, ls="none")
            ax.plot(np.mean(runs), k, "|", color=COLOURS[1], ms=17, mew=3)
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


def sweeps(
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
            ax.plot(rates, y, marker=MARKERS[k], label=name, **style)
        dotted = ", ".join(num(lr, 3) for lr in shared)
        ax.set(xscale="log", title=problem, xlabel=f"rate (dotted: {dotted})")
        for lr in shared:
            ax.axvline(lr, color=GREY, lw=1.2, ls=":")
        best = ", ".join(f"{name} {num(rates[np.argmax(y)], 2)}" for name, y in methods.items())
        said.append(f"{problem}: {best}")
    next(iter(axes.values())).set_ylabel(ylabel)
    fig.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=5, frameon=False)
    return picture(fig, f"{ylabel} against rate. Best rates, {'; '.join(said)}.")
