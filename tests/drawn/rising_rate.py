"""What the figures of `rising_rate` must show."""

import numpy as np

from lrlib import descend, range_readings, range_test, sgd
from lrlib.problems import quadratic

SCALES = {"rising_rate": {"loss": "log log", "steep": "log log"}}

RULES = {"lowest": "lowest", "passes its start": "passes_start", "steepest": "steepest"}
RULES |= {"valley": "longest_valley"}


def rising_rate(variant, noise, kappa, ramp, steps, smoothing):
    problem = quadratic([4.0 / kappa, 4.0], [-5.0, -2.0], noise=noise)
    if ramp == "straight":
        used = 3.1 * 0.5 * np.arange(1, steps + 1) / steps
        trace = descend(problem, sgd, lambda t: 3.1 * 0.5 * (np.asarray(t) + 1) / steps, steps)
    else:
        used = range_test(1e-4, 10.0, steps)(np.arange(steps))
        trace = descend(problem, sgd, range_test(1e-4, 10.0, steps), steps)
    lr = used / 0.5
    weight = {"none": 0.0, "0.9": 0.9, "0.98": 0.98}[smoothing]
    loss = range_readings.smoothed(trace.loss[:-1], weight)
    loss = loss / trace.loss[0]
    left = np.abs(trace.theta[:-1, 1]) / 2
    product = np.cumprod(np.concatenate([[1.0], np.abs(1 - used[:-1] * 4.0)]))
    found = {name: getattr(range_readings, rule)(lr, loss) for name, rule in RULES.items()}
    at = range_readings.trap(kappa, straight=ramp == "straight")

    def close(y):
        def fault(line):
            low = line.axes.get_ylim()[0]
            x, got = line.get_data()
            got, want = (np.clip(v, low, 1e25) for v in (got, np.nan_to_num(y, nan=1e30)))
            same = np.allclose(x, lr) and np.allclose(got, want, rtol=1e-3)
            return "" if same else "is another line"

        return fault

    dots = {
        name: ([r], [np.interp(np.log(r), np.log(lr), loss)]) if np.isfinite(r) else None
        for name, r in found.items()
    }
    return dots | {
        "limit": 1.0,
        "limit of steep": 1.0,
        "start of loss": 1.0,
        "start of steep": 1.0,
        "law": at,
        "loss": close(loss),
        "product": close(product),
        "error": close(left),
        "said": (at, steps, *found.values(), 0.9, 0.98),
    }
