"""What the figures of `momentum_regimes` must show."""

import numpy as np


def factor(x, momentum):
    """The larger root of z^2 - (1 + momentum - x) z + momentum, in absolute value."""
    return np.abs(np.roots([1, -(1 + momentum - x), momentum])).max()


def momentum_regimes(variant):
    def on_level(name):
        def fault(line):
            x, m = line.get_data()
            middles = zip((x[1:] + x[:-1]) / 2, (m[1:] + m[:-1]) / 2, strict=True)
            got = [factor(a, b) for a, b in [*zip(x, m, strict=True), *middles]]
            return "" if np.allclose(got, float(name), atol=1e-6) else f"has the factors {got}"

        return fault

    def border(line):
        x, m = (np.asarray(d)[1:-1] for d in line.get_data())
        inside = [factor(a - 1e-6, b) for a, b in zip(x, m, strict=True)]
        outside = [factor(a + 1e-6, b) for a, b in zip(x, m, strict=True)]
        return "" if max(inside) < 1 < min(outside) else "is not where the factor is 1"

    def rings(area):
        x, m = area.get_paths()[0].vertices.T
        on = np.allclose(np.abs(np.sqrt(x) - 1), np.sqrt(m), atol=1e-6)
        return "" if on else "does not end at (1 - sqrt(momentum))^2 and (1 + sqrt(momentum))^2"

    best = (np.sqrt(20) - 1) / (np.sqrt(20) + 1)
    wanted = {f: on_level(f) for f in ("0.5", "0.7", "0.8", "0.9", "0.95")}
    ends = [(1 - best) ** 2, (1 + best) ** 2]
    return wanted | {"diverges": border, "rings": rings, "best": (ends, [best**2, best**2])}
