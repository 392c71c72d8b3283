"""What the figures of `family_price` must show."""

import numpy as np

SCALES = {"family_price": {"a": "linear log"}}

SPREADS = [0.0, 1.0, 2.0]


def end(h, rates):
    """Expected loss after 50 steps of a problem with curvature and noise variance h."""
    m = 2 / h
    for rate in rates:
        m = (1 - rate * h) ** 2 * m + rate**2 * h
    return h * m / 2


def near(low, high):
    """A line whose values lie within bounds found by a coarser search of another form."""

    def fault(line):
        x, y = line.get_data()
        fine = np.allclose(x, SPREADS) and np.all(y >= low) and np.all(y <= high)
        return "" if fine else f"shows {y}, not {low} to {high}"

    return fault


def best_constant(spread):
    z = np.linspace(-2, 2, 41)
    w = np.exp(-(z**2) / 2) / np.exp(-(z**2) / 2).sum()
    h = np.exp(spread * z)
    own = np.array([end(x, [1 / (x * (1.5 + t)) for t in range(50)]) for x in h])
    tried = np.geomspace(0.004, 2, 200)
    return min(np.exp(w @ np.log(np.minimum(end(h, [a] * 50), 1e9) / own)) for a in tried)


def family_price(variant):
    constant = np.array([best_constant(spread) for spread in SPREADS])
    return {
        "a": near(0.98 * constant, 1.02 * constant),
        "a (1 + t)^p": near(np.array([0.999, 1.3, 2.0]), np.minimum([1.01, 2, 5], constant)),
        "1 / (a + b/loss)": near(np.array([0.999, 1.3, 2.0]), np.minimum([1.01, 3, 13], constant)),
    }
