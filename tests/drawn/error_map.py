"""What the figures of `error_map` must show."""

import numpy as np

SCALES = {"error_map": {"rate": "log log"}}

STEPS = 300


def error_map(variant, share, power):
    x, q, k = 5.0, [], share * 2 / 12.5**power
    with np.errstate(all="ignore"):
        for _ in range(STEPS):
            q.append(k * (x**2 / 2) ** power)
            x = x - q[-1] * x
    q = np.nan_to_num(q, nan=1e30, posinf=1e30)
    grid, t = np.linspace(0, 2.6, 261), np.arange(1, STEPS)
    corners = np.repeat(np.clip(q[:25], 0, 1e3), 2)
    law = 1 / (2 * power * t)
    return {
        "same again": ([0, 2.6], [0, 2.6]),
        "limit": 2.0,
        "wall": 2.0,
        "map": (grid, grid * np.abs(1 - grid) ** (2 * power)),
        "cobweb": (corners[:-1], np.concatenate([[0], corners[2:]])),
        "rate": (t, np.maximum(q[1:], 1e-30)),
        "law": (t, law),
        "said": (k, 2 * share, law[-1], STEPS, (q >= 1000).argmax(), (q > 0).argmin() - 1),
    }
