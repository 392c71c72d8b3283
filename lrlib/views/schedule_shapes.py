"""Schedules side by side, each under its formula."""

from collections.abc import Mapping

import numpy as np

from .. import descend
from ..plots import COLOURS, Picture, drawing, figure, picture
from ..problems import bowl
from ..schedules import (
    Schedule,
    constant,
    cosine,
    exponential,
    inverse_sqrt,
    inverse_time,
    multistep,
    noam,
    polynomial,
    step,
    triangular2,
    warmup,
    wsd,
)
from ..words import num

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


def usual_schedules(T: int) -> dict[str, Schedule]:
    """The schedules in common use, of height 1, for a run of ``T`` steps; by name."""
    return {
        "constant": constant(1.0),
        "step": step(1.0, 0.3 * T, 0.4),
        "multistep": multistep(1.0, [0.4 * T, 0.8 * T], 0.3),
        "exponential": exponential(1.0, 0.2 * T, 0.6),
        "exponential, staircase": exponential(1.0, 0.2 * T, 0.6, staircase=True),
        "inverse time": inverse_time(1.0, 0.1 * T, 1.0),
        "inverse square root": inverse_sqrt(1.0),
        "polynomial": polynomial(1.0, T, power=3.0),
        "linear": polynomial(1.0, T),
        "cosine": cosine(1.0, T),
        "warm-up": warmup(cosine(1.0, T - T // 5), T // 5),
        "warm-up, stable, decay": wsd(1.0, T // 10, T - 4 * (T // 10), 3 * (T // 10)),
        "noam": noam(1.0, T // 5, np.sqrt(T // 5)),
    }


@drawing()
def schedule_gallery(schedules: Mapping[str, Schedule], steps: int) -> Picture:
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
                ax.plot(used, "--" if k else "-", color=COLOURS[k], gid=full)
                said.append(f"{full} from {num(used[0], 2)} to {num(used[-1], 2)}")
        ax.set(ylim=(0, 1.05 * max(line.get_ydata().max() for line in ax.lines)))
        ax.set_title(f"{name}\n{FORMULAS.get(name, '')}", fontsize=8.5)
        ax.tick_params(labelsize=8)
    fig.supxlabel("step t", fontsize=9)
    fig.supylabel("rate used", fontsize=9)
    return picture(fig, f"Rate used over {steps} steps: " + "; ".join(said) + ".")


@drawing()
def schedule_shapes(schedules: Mapping[str, tuple[str, Schedule]], steps: int) -> Picture:
    """Small pictures of schedules: name -> (formula as mathtext, schedule)."""
    columns = 3
    names = list(schedules) + [""] * (-len(schedules) % columns)
    rows = [names[k : k + columns] for k in range(0, len(names), columns)]
    mosaic = [[name or "." for name in row] for row in rows]
    fig, axes = figure(7.6, 1.9 * len(rows), mosaic, sharex=True)
    t, said = np.arange(steps), []
    for name, (formula, schedule) in schedules.items():
        lr = schedule(t)
        axes[name].plot(t, lr, "-", color=COLOURS[0], gid=name)
        axes[name].set_ylim(0, 1.12 * lr.max())
        axes[name].set_title(f"{name}\n{formula}", fontsize=9)
        axes[name].tick_params(labelbottom=name in rows[-1])
        ends = f"{num(lr[0], 3)} at step 0, {num(lr[-1], 3)} at step {steps - 1}"
        said.append(f"{name}: {ends}, highest {num(lr.max(), 3)} at step {lr.argmax()}")
    for name in filter(None, rows[-1]):
        axes[name].set_xlabel("step t")
    for row in rows:
        axes[row[0]].set_ylabel("rate")
    return picture(fig, "Rates of schedules over the step. " + "; ".join(said) + ".")


EXAMPLES = {
    "schedule_gallery": lambda: schedule_gallery(
        {
            "exponential": exponential(1.0, 20, 0.5),
            "exponential, staircase": exponential(1.0, 20, 0.5, staircase=True),
            "cosine": cosine(1.0, 50),
        },
        50,
    ),
    "schedule_shapes": lambda: schedule_shapes(
        {"triangular2": ("$r$", triangular2(0.1, 1.0, 20)), "cosine": ("", cosine(1.0, 60))}, 60
    ),
}
