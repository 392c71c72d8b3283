"""Answers to the exercises of lesson 08."""

from exercises import Exercise, written

loop = written(
    """
def my_lowest(lr, loss):
    m, smooth = 0.0, []
    for t, x in enumerate(loss):
        {nan}
        m = 0.9 * m + 0.1 * x
        smooth.append(m{debias})
    if not len(smooth):
        return None
    k = int(np.argmin(smooth))
    {end}
""",
    nan="if x != x: break",
    debias=" / (1 - 0.9 ** (t + 1))",
    end="return None if k in (0, len(smooth) - 1) else lr[k]",
)

EXERCISES = [
    Exercise(
        wrong=[
            "def my_lowest(lr, loss):\n    return lr[np.argmin(loss)]",
            "def my_lowest(lr, loss):\n    return lr[np.nanargmin(loss)]",
            loop(debias=""),
            loop(nan="pass"),
            loop(end="return lr[k]"),
            loop(end="return lr[k] if k else None"),
            loop(end="return None"),
            loop(end="return None if k in (0, len(smooth) - 1) else lr[k] / 10"),
            loop(debias=" / (1 - 0.9 ** t) if t else x"),
            "def my_lowest(lr, loss):\n    raise KeyError('no')",
            "my_lowest = 0.1",
        ],
        right=[
            loop(),
            loop(end="return float(lr[k]) if 0 < k < len(smooth) - 1 else None"),
            """
def my_lowest(lr, loss):
    loss = np.asarray(loss)
    n = np.argmax(np.isnan(loss)) if np.isnan(loss).any() else len(loss)
    if n < 3:
        return None
    weights = [0.9 ** np.arange(t, -1, -1) for t in range(n)]
    smooth = [w @ loss[: len(w)] / w.sum() for w in weights]
    k = np.argmin(smooth)
    return np.float64(lr[k]) if 0 < k < n - 1 else None
""",
            """
from lrlib.range_readings import smoothed, top_inside
def my_lowest(lr, loss):
    good = np.cumsum(np.isnan(loss)) == 0
    return top_inside(lr[good], smoothed(loss[good], 0.9))
""",
        ],
    ),
    Exercise(
        wrong=[
            "my_steps = 377",
            "my_steps = 231 * 8",
            "my_steps = 100",
            "my_steps = np.log(1e8) / np.log(1.05)",
            "my_steps = np.log10(1e8) / np.log10(1.05) / 8",
            "my_steps = np.log(1e8) / 0.05",
            "my_steps = 379",
        ],
        right=[
            "my_steps = 378",
            "my_steps = 378.0",
            "my_steps = np.ceil(8 / np.log10(1.05))",
            "my_steps = next(n for n in range(1, 1000) if 1e8 ** (1 / n) <= 1.05)",
        ],
    ),
    Exercise(
        wrong=[
            "my_limits = 6.2976",
            "my_limits = 2.0",
            "my_limits = 1",
            "my_limits = 4.59112",
            "my_limits = 2.3",
            "my_limits = 1.25643",
        ],
        right=[
            "my_limits = 2.2956",
            "my_limits = trap(np.inf, straight=True)",
            """
z = np.arange(0, 6, 1e-4) + 5e-5
total = np.cumsum(np.log(np.abs(1 - z)))
my_limits = z[np.argmax((total > 0) & (z > 2))] / 2
""",
        ],
    ),
]
