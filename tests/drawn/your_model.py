"""What the figures of `your_model` must show."""

import numpy as np

from lrlib.range_readings import kept
from lrlib.stored_runs import own_model_runs

SCALES = {"your_model": {"rates": "log log", "steps": "linear log"}}


def your_model(variant, kernel, rate, steps):
    runs = own_model_runs()
    k = list(runs.kernels).index(kernel)
    rates, t = runs.rates[k], min(range(16), key=lambda j: abs(runs.steps[j] - steps))
    losses = np.where(np.isnan(runs.heldout[:, k]), np.inf, runs.heldout[:, k])
    this = min(range(13), key=lambda j: abs(np.log10(rates[j]) - np.log10(rate)))
    now = np.sort(losses[:, :, t], 0)
    middle = (now[4] + now[5]) / 2
    best = middle.argmin()
    lows, slopes = [], []
    for curve in runs.ramp_losses[:, k]:
        lr, loss = kept(runs.ramp_rates[k], curve)
        lows.append(lr[loss.argmin()])
        slopes.append(lr[np.argmin(np.diff(loss) / np.diff(np.log(lr)))])
    limit = 2 * 1.9 / np.median(runs.curvature) if kernel == "momentum" else None
    seeds = [np.append(np.minimum(row, 4), np.nan) for row in losses[:, this]]
    return {
        "ln 10 over rates": np.log(10),
        "ln 10 over steps": np.log(10),
        "limit": limit,
        "limit, name": "limit" if limit else None,
        "steepest": np.median(slopes),
        "lowest / 10": np.median(lows) / 10,
        "median": (rates, np.minimum(middle, 4)),
        "worst seed": (rates, np.minimum(now[-1], 4)),
        "best seed": (rates, np.minimum(now[0], 4)),
        "chosen": ([rates[best]], [middle[best]]),
        "seeds": (np.tile(np.append(runs.steps, np.nan), 10), np.concatenate(seeds)),
        "now": steps,
        "rate": rate,
        "said": (rates[this], runs.steps[t], middle[this], now[0, this], now[-1, this], rates[best],
                 middle[best], 10, 4, np.median(slopes), np.median(lows) / 10, limit or 1),
    }  # fmt: skip
