"""What the figures of `sum_of_rates` must show."""

import numpy as np

SCALES = {"sum_of_rates": {"first rate": "log log", "sum of the rates": "log log"}}

RATES, DECAYS, BELOW = np.geomspace(0.01, 1, 6), (0.01, 0.1, 1.0), 0.5


def either(*wanted):
    """A line that shows one of these: the names stand once in each of the two Axes."""

    def fault(line):
        x, y = line.get_data()
        fine = [
            len(x) == len(a) and np.allclose(x, a, 1e-6) and np.allclose(y, b, 1e-6)
            for a, b in wanted
        ]
        return "" if any(fine) else f"shows {x}, {y}"

    return fault


def sum_of_rates(variant):
    found, fine = {}, RATES < BELOW
    for decay in DECAYS:
        loss = 0.4 + 1 / (1 + RATES * (1 + 100 * decay))
        sums = RATES * sum(decay ** (t / 100) for t in range(100))
        for name, keep in ((f"decay {decay:g}", fine), (f"decay {decay:g}, above", ~fine)):
            found[name] = either((RATES[keep], loss[keep]), (sums[keep], loss[keep]))
    return found
