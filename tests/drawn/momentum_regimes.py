"""What the figures of `momentum_regimes` must show."""

import numpy as np

from lrlib.words import num


def factor(x, momentum):
    """The larger root of z^2 - (1 + momentum - x) z + momentum, in absolute value."""
    return np.abs(np.roots([1, -(1 + momentum - x), momentum])).max()


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


def momentum_regimes(variant, **values):
    lr_h, momentum = values["lr h"], values["momentum"]
    theta, before = [1.0], 1.0
    for _ in range(40):  # the recursion without a buffer
        theta.append((1 + momentum - lr_h) * theta[-1] - momentum * before)
        before = theta[-2]
    best = (np.sqrt(20) - 1) / (np.sqrt(20) + 1)
    wanted = {f: on_level(f) for f in ("0.5", "0.7", "0.8", "0.9", "0.95")}
    ends = [(1 - best) ** 2, (1 + best) ** 2]
    t = np.arange(41)
    envelope = np.minimum(factor(lr_h, momentum) ** t, 1e6)
    return wanted | {
        "limit": border,
        "rings": rings,
        "best": (ends, [best**2, best**2]),
        "point": ([lr_h], [momentum]),
        "theta": (t, np.clip(theta, -1e6, 1e6)),
        "envelope": (t, envelope),
        "envelope, below": (t, -envelope),
        "factors": f"factor {num(float(factor(lr_h, momentum)), 3)} a step\n"
        f"without momentum {num(abs(1 - lr_h), 3)}",
    }
