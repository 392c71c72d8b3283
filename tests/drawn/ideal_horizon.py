"""What the figures of `ideal_horizon` must show."""

import numpy as np

SCALES = {"ideal_horizon": {"loss": "log log", "best": "log log"}}

RATES, AHEAD = np.geomspace(0.03, 10, 9), [1, 10, 100]
SHIFTS = np.array([-0.02, 0.0, 0.03])


def ideal_horizon(variant, problem, cut, ahead):
    shifts = SHIFTS * {0: 1, 50: 2}[cut] + {"one": 0.0, "other": 0.1}[problem]
    logs = [0.2 * np.log(RATES / best) ** 2 - 0.5 for best in (0.3, 0.6, 1.5)]
    best = np.array([RATES[log.argmin()] for log in logs])
    now = AHEAD.index(ahead)
    mean, sd = logs[now] + shifts.mean(), shifts.std(ddof=1)
    return {
        "loss": (RATES, np.exp(mean)),
        "low": (RATES, np.exp(mean - sd)),
        "high": (RATES, np.exp(mean + sd)),
        "best rate": ([best[now]], [np.exp(mean.min())]),
        "orders": (AHEAD * 3, np.tile(best, 3)),
        "best of the mean": (AHEAD, best),
        "now": ([ahead], [best[now]]),
        "said": (*best, 3, 100),
    }
