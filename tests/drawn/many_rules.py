"""What the figures of `many_rules` must show."""

import numpy as np

from drawn.laws import level_lines, path
from lrlib import adam, descend, lion, rmsprop, schedule_free, sgd
from lrlib.problems import saddle, valley

RATES = {"SGD": 0.4, "momentum": 0.1, "RMSprop": 0.1, "Adam": 0.2, "Lion": 0.1}
RATES["Schedule-Free"] = 1.0
KERNELS = {"SGD": sgd, "momentum": sgd, "RMSprop": rmsprop, "Adam": adam, "Lion": lion}
KERNELS["Schedule-Free"] = schedule_free


def many_rules(variant, step, multiplier):
    shown, said = {"minimum": ([0.0], [0.0])}, []
    for surface, problem in (("valley", valley()), ("saddle", saddle((1.0, 0.01)))):
        span = (-6.5, 6.5, -6.5, 6.5) if surface == "valley" else (-1.6, 1.6, -1.6, 1.6)
        shown[f"contours of the {surface}"] = level_lines(problem.loss, span)
        for rule, kernel in KERNELS.items():
            hyper = {"momentum": 0.9} if rule == "momentum" else {}
            theta = descend(problem, kernel, multiplier * RATES[rule], step, **hyper).theta
            shown[f"{surface}, {rule}"] = path(theta)
            shown[f"{surface}, {rule}, now"] = at_the_end(theta)
            if surface == "valley":
                said.append(problem.loss(theta[-1]) / problem.loss(theta[0]))
    return shown | {"said": said}


def at_the_end(theta):
    def fault(line):
        drawn = np.column_stack(line.get_data())
        if len(drawn) != 1:
            return f"has {len(drawn)} points"
        near = np.abs(theta[-1]).max() < 10
        return "" if not near or np.allclose(drawn, theta[-1]) else f"is {drawn}, not {theta[-1]}"

    return fault
