"""Adam in the valley: its path, its loss, and the step it takes in each weight."""

from typing import Any

import numpy as np

from .. import descend
from ..kernels import adam
from ..plots import Control, View, drawing, figure
from ..problems import quadratic
from ..words import as_rate, num, settings
from .parts import Loss, Path, Rings, dotted, over_steps, square, star, turn, two_lines

Array = np.ndarray
CURVATURES, START = np.array([0.2, 4.0]), np.array([-5.0, -2.0])
BETA2 = [0.0, 0.5, 0.9, 0.95, 0.99, 0.999, 0.9999]


@drawing()
def effective_steps(steps: int = 100) -> View:
    """Adam in the valley of curvatures 0.2 and 4: path, loss, and every weight's step over lr.

    ``noise`` is the standard deviation added to each gradient. ``rotation`` turns the valley and
    the start by so many degrees; the axes of the weights stay.
    """
    first = (CURVATURES * START**2).sum() / 2
    controls = {
        "lr": Control(0.4, 0.001, 100.0, "log"),
        "beta1": Control(0.9, 0.0, 0.99),
        "beta2": Control(0.999, kind="choice", options=BETA2),
        "eps": Control(1e-8, 1e-10, 1e3, "log"),
        "bias_correction": Control(True, kind="switch"),
        "noise": Control(0.0, 0.0, 2.0),
        "rotation": Control(0.0, 0.0, 90.0),
    }
    fig, ax = figure(7.6, 4.2, [["path", "loss"], ["path", "step"]], width_ratios=[1.1, 1])
    square(ax["path"], 6.5)
    ax["path"].set(xlabel="weight 1", ylabel="weight 2", title="path over the loss")
    rings, path, minimum = Rings(ax["path"]), Path(ax["path"], 325), star(ax["path"])
    loss = Loss(ax["loss"], steps, first, (-7, 3), "loss")
    over_steps(ax["step"], steps, (1e-4, 100), "step / lr of each weight (dotted: 1)", first=1)
    dotted(ax["step"], 1, "step of lr")
    lines = two_lines(ax["step"], ("weight 1", "weight 2"), k=0, fontsize=8.5)

    def update(lr: float, noise: float, rotation: float, **hyper: Any) -> str:
        start = turn(rotation) @ START
        problem = quadratic(CURVATURES, start, noise=noise, rotation=rotation)
        trace = descend(problem, adam, lr, steps, **hyper)
        taken = np.abs(np.diff(trace.theta, axis=0)) / lr
        rings.show(CURVATURES, turn(rotation), first / 25)
        path.show(trace.theta)
        loss.show(trace.loss)
        for line, y in zip(lines.values(), taken.T, strict=True):
            line.set_data(np.arange(1, steps + 1), np.maximum(y, 1e-12))
        knobs = settings(**hyper, noise=noise, rotation=rotation)
        return f"lr = {as_rate(lr)}, {knobs}. {_result(trace.loss, taken.max(1))}."

    moving = minimum | rings.moving | path.moving | loss.moving | lines
    return View(fig, moving, update, controls)


def _result(loss: Array, taken: Array) -> str:
    peak, at = loss.max() / loss[0], taken.argmax()
    blown = f"the loss rose to {num(peak, 3)} times its start, then " if peak > 1.5 else ""
    return (
        f"Largest step {num(taken[at], 3)} lr, in step {at + 1}; {blown}loss {num(loss[-1], 3)} "
        f"after {len(loss) - 1} steps"
    )


EXAMPLES = {"effective_steps": effective_steps}
