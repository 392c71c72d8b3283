"""What the figures of `range_test_view` must show."""

import numpy as np

from drawn.laws import near_zero
from lrlib import descend, range_test, sgd
from lrlib.problems import valley


def range_test_view(variant, num_steps, start_lr, end_lr, noise):
    trace = descend(valley(noise=noise), sgd, range_test(start_lr, end_lr, num_steps), num_steps)
    loss = near_zero(trace.loss[:-1])
    low = trace.lr[loss.argmin()]
    tenth = np.interp(np.log(low / 10), np.log(trace.lr), loss)
    return {
        "loss": (trace.lr, loss),
        "limit": 0.5,
        "lowest": ([low], [loss.min()]),
        "a tenth": ([low / 10], [tenth]),
        "said": (low, low / 0.5, low / 10, low / 5, 0.5),
    }
