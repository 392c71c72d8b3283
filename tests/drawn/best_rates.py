"""What the figures of `best_rates` must show."""

import numpy as np

SCALES = {"best_rates": {"rate": "log linear"}}

BEST = {"one": [0.1, 0.15, 0.12], "other": [1.0, 0.7, 2.0]}


def best_rates(variant):
    found = {}
    for k, (name, best) in enumerate(BEST.items()):
        found[f"{name}, seeds"] = (best, [k] * 3)
        found[f"{name}, mean"] = ([np.prod(best) ** (1 / 3)], [k])
    return found
