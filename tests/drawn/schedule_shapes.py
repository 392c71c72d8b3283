"""What the figures of `schedule_shapes` must show."""

import numpy as np

from lrlib import cosine, exponential, triangular2


def schedule_gallery(variant):
    t = np.arange(50)
    return {
        "exponential": (t, exponential(1.0, 20, 0.5)(t)),
        "exponential, staircase": (t, exponential(1.0, 20, 0.5, staircase=True)(t)),
        "cosine": (t, cosine(1.0, 50)(t)),
    }


def schedule_shapes(variant):
    t = np.arange(60)
    return {
        "triangular2": (t, triangular2(0.1, 1.0, 20)(t)),
        "cosine": (t, cosine(1.0, 60)(t)),
    }
