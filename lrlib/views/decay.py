"""Schedules: a gallery of their shapes, and what a decaying rate does to a noisy descent."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..loop import descend
from ..plots import (
    COLOURS,
    Control,
    Picture,
    View,
    contours,
    drawable,
    figure,
    num,
    outcome,
    picture,
    rate,
)
from ..problems import bowl, noisy_quadratic_risk, valley
from ..schedules import (
    Schedule,
    constant,
    cosine,
    exponential,
    inverse_sqrt,
    inverse_time,
    polynomial,
    wsd,
)

FORMULAS = {
    "constant": r"$a$",
    "step": r"$a\,r^{\lfloor t/D \rfloor}$",
    "multistep": r"$a\,r^{k}$, $k$ milestones passed",
    "exponential": r"$a\,r^{\,t/D}$;  dashed: $a\,r^{\lfloor t/D \rfloor}$",
    "inverse time": r"$a\,/\,(1 + r\,t/D)$",
    "inverse square root": r"$a\,/\,\sqrt{s}$",
    "polynomial": r"$a\,(1 - t/T)^p$,  $p = 3$",
    "linear": r"$a\,(1 - t/T)$",
    "cosine": r"$\frac{1}{2}\,a\,(1 + \cos\,\pi t/T)$",
    "warm-up": r"$a\,s/W$, then any other",
    "warm-up, stable, decay": r"$a\,s/W$, then $a$, then linear",
    "noam": r"$a\,\min(\sqrt{W/s},\; s/W)$",
}


def gallery(schedules: Mapping[str, Schedule], steps: int) -> Picture:
    """Every schedule in a small picture under its formula: the rates a descent of ``steps`` steps
    used. A name that is another one and ", staircase" is drawn into the other's picture, dashed."""
    names = [name for name in schedules if not name.endswith(", staircase")]
    rows = -(-len(names) // 4)
    grid = [[f"{4 * i + j}" for j in range(4)] for i in range(rows)]
    fig, axes = figure(9.2, 1.75 * rows, grid, sharex=True)
    said = []
    for ax in axes.values():
        ax.set_axis_off()
    for ax, name in zip(axes.values(), names, strict=False):
        ax.set_axis_on()
        for k, full in enumerate([name, f"{name}, staircase"]):
            if full in schedules:
                used = descend(bowl(), lr=schedules[full], steps=steps).lr
                ax.plot(used, "--" if k else "-", color=COLOURS[k])
                said.append(f"{full} from {num(used[0], 2)} to {num(used[-1], 2)}")
        ax.set(ylim=(0, 1.05 * max(line.get_ydata().max() for line in ax.lines)))
        ax.set_title(f"{name}\n{FORMULAS.get(name, '')}", fontsize=8.5)
        ax.tick_params(labelsize=8)
    fig.supxlabel("step t", fontsize=9)
    fig.supylabel("rate used", fontsize=9)
    return picture(fig, f"Rate used over {steps} steps: " + "; ".join(said) + ".")


FAMILIES: dict[str, Callable[..., Schedule]] = {
    "constant": lambda lr, D, r, stairs: constant(lr),
    "exponential": lambda lr, D, r, stairs: exponential(lr, D, r, stairs),
    "inverse time": lambda lr, D, r, stairs: inverse_time(lr, D, r, stairs),
    "inverse square root": lambda lr, D, r, stairs: inverse_sqrt(lr),
    "linear": lambda lr, D, r, stairs: polynomial(lr, D),
    "cosine": lambda lr, D, r, stairs: cosine(lr, D),
    "stable, then linear": lambda lr, D, r, stairs: wsd(lr, 1, 0.8 * D, 0.2 * D),
}
USES = {"exponential": 3, "inverse time": 3, "linear": 1, "cosine": 1, "stable, then linear": 1}


def noise_ball(steps: int = 200, runs: int = 150) -> View:
    """Many runs down lesson 1's valley with gradient noise 1, under one schedule.

    Left: where the runs stand after the last step, and the ball a constant rate ends in. Right: the
    rate used and the loss, mean of the runs and exact expectation, beside a constant rate's.
    """
    problem = valley()
    h, start = np.diag(problem.hessian), problem.theta0
    noise = np.random.default_rng(0).standard_normal((steps, runs, 2))
    t = np.arange(steps + 1)

    fig, ax = figure(7.6, 4.3, [["ball", "lr"], ["ball", "loss"]], width_ratios=[1.1, 1])
    contours(ax["ball"], problem.loss, (-6, 4, -3.2, 3.2))
    ax["ball"].set(xlabel="flat direction, h = 0.2", ylabel="steep direction, h = 4")
    ax["ball"].set_title(f"{runs} runs after {steps} steps")
    white = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
    ring_name = "dashed: ball of the constant rate"
    ax["ball"].text(-5.8, 2.75, ring_name, color=COLOURS[1], bbox=white)
    ax["ball"].annotate("start", start, xytext=(-4, -12), textcoords="offset points")
    ax["ball"].plot(*start, "s", color="k", ms=5)
    (cloud,) = ax["ball"].plot([], [], "o", color=COLOURS[0], ms=3, alpha=0.6, mew=0)
    (ring,) = ax["ball"].plot([], [], "--", color=COLOURS[1], lw=1.8)
    ax["lr"].set(xlim=(0, steps), ylim=(0, 0.85), title="rate used", ylabel="lr")
    ax["lr"].axhline(2 / h.max(), color=COLOURS[1], lw=1.2, ls=":")
    ax["lr"].annotate(
        "limit 2/L", (0.99, 2 / h.max()), xycoords=("axes fraction", "data"), ha="right",
        va="bottom", color=COLOURS[1], xytext=(0, 3), textcoords="offset points",
    )  # fmt: skip
    (rates,) = ax["lr"].plot([], [], "-", color=COLOURS[0])
    budgets = ax["lr"].text(0.98, 0.96, "", transform=ax["lr"].transAxes, ha="right", va="top")
    ax["loss"].set(xlim=(0, steps), ylim=(1e-3, 1e3), yscale="log", xlabel="step", title="loss")
    (mean,) = ax["loss"].plot([], [], "-", color=COLOURS[0], label="mean of the runs")
    (exact,) = ax["loss"].plot([], [], ":", color="k", lw=1.4, label="expected")
    (flat,) = ax["loss"].plot(
        [], [], "--", color=COLOURS[1], lw=1.4, label="expected, constant rate"
    )
    ax["loss"].legend(loc="upper right", frameon=False, fontsize=8)
    angle = np.linspace(0, 2 * np.pi, 100)

    def update(**values: Any) -> str:
        name, lr, D = values["schedule"], values["lr"], values["decay_steps"]
        schedule = FAMILIES[name](lr, D, values["decay_rate"], values["staircase"])
        trace = descend(
            lambda theta, t: h * theta + noise[t], lr=schedule, steps=steps,
            theta0=np.tile(start, (runs, 1)),
        )  # fmt: skip
        used = trace.lr[:, 0]
        pair = np.stack([used, np.full(steps, lr)], -1)
        risk = noisy_quadratic_risk(h, [1.0, 1.0], pair.__getitem__, steps, second_moment=start**2)
        cloud.set_data(*np.clip(drawable(trace.theta[-1]), -1e3, 1e3).T)
        stable = lr < 2 / h.max()
        sd = np.sqrt(lr / (h * np.abs(2 - lr * h))) if stable else [np.nan, np.nan]
        ring.set_data(2 * sd[0] * np.cos(angle), 2 * sd[1] * np.sin(angle))
        rates.set_data(t[:-1], used)
        budgets.set_text(f"sum of lr {num(used.sum(), 3)}\nsum of lr² {num((used**2).sum(), 3)}")
        mean.set_data(t, drawable((h * trace.theta**2).sum(-1).mean(-1) / 2))
        exact.set_data(t, drawable(risk[:, 0]))
        flat.set_data(t, drawable(risk[:, 1]))
        knobs = ["decay_steps", "decay_rate", "staircase"]
        said = [f"{k} = {num(values[k]) if k == 'decay_rate' else values[k]}" for k in knobs]
        uses = USES.get(name, 0)
        idle = f" ({', '.join(knobs[uses:])} not used)" if knobs[uses:] else ""
        left = np.abs(np.prod(1 - h.min() * used))
        return (
            f"{', '.join([name, f'lr = {rate(lr)}', *said[:uses]])}{idle}: the rate goes from "
            f"{num(used[0])} to {num(used[-1])}. Sum of lr {num(used.sum())}, so {num(left, 3)} of "
            "the flat direction's error is left; "
            f"sum of lr² {num((used**2).sum())}. {_end(*risk.T)}."
        )

    controls = {
        "schedule": Control("exponential", kind="choice", options=list(FAMILIES)),
        "lr": Control(0.4, 0.01, 0.8, "log"),
        "decay_steps": Control(600, 1, 1000, "whole"),
        "decay_rate": Control(0.96, 0.01, 1.0),
        "staircase": Control(False, kind="switch"),
    }
    return View(fig, [ring, cloud, rates, budgets, mean, exact, flat], update, controls)


def _end(risk: np.ndarray, constant_risk: np.ndarray) -> str:
    if not risk[-1] < risk[0]:
        return "Expected: " + outcome(drawable(risk))
    words = f"Expected loss {num(risk[-1])} after {len(risk) - 1} steps"
    if risk.max() > 1000 * risk[0]:
        words += f", after a peak of {num(risk.max(), 2)}"
    if constant_risk[-1] < risk[0]:
        words += f", {num(risk[-1] / constant_risk[-1], 3)} of the constant rate's"
    return words
