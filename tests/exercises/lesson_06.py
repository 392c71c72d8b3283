"""Answers to the exercises of lesson 06."""

from exercises import Exercise, written

amsgrad = written(
    """
def my_amsgrad(g, state=None):
    m, v, v_max = state or (0.0, 0.0, 0.0)
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * g**2
    {most}
    return {u}, (m, v, v_max)
""",
    most="v_max = np.maximum(v_max, v)",
    u="m / (np.sqrt(v_max) + 1e-8)",
)


EXERCISES = [
    Exercise(
        wrong=[
            "my_schedule = lambda t: 0.01",
            "my_schedule = lambda t: 0.01 * (1 - 0.9 ** (t + 1)) / np.sqrt(1 - 0.999 ** (t + 1))",
            "my_schedule = lambda t: 0.01 * np.sqrt(1 - 0.999 ** (t + 2)) / (1 - 0.9 ** (t + 2))",
            "my_schedule = lambda t: np.sqrt(1 - 0.999 ** (t + 1)) / (1 - 0.9 ** (t + 1))",
            "my_schedule = lambda t: 0.01 * (1 - 0.999 ** (t + 1)) / (1 - 0.9 ** (t + 1))",
            "my_schedule = lambda t: 0.01 * min(1, (t + 1) / 1000)",
            "def my_schedule(t):\n    raise KeyError('no')",
            "my_schedule = np.full(7, 0.01)",
        ],
        right=[
            """
def my_schedule(t):
    return 0.01 * np.sqrt(1 - 0.999 ** (t + 1)) / (1 - 0.9 ** (t + 1))
""",
            "steps = np.arange(1, 3001)\n"
            "my_schedule = 0.01 * np.sqrt(1 - 0.999**steps) / (1 - 0.9**steps)",
            "my_schedule = [float(0.01 * (1 - 0.999**n) ** 0.5 / (1 - 0.9**n))"
            " for n in range(1, 3001)]",
            "my_schedule = lambda t: np.exp(np.log(0.01) + np.log1p(-(0.999 ** (t + 1))) / 2"
            " - np.log1p(-(0.9 ** (t + 1))))",
        ],
    ),
    Exercise(
        wrong=[
            amsgrad(most="v_max = v"),
            amsgrad(most="v = v_max = np.maximum(v_max, v)"),
            amsgrad(u="m / np.sqrt(v_max + 1e-8)"),
            amsgrad(u="m / v_max"),
            amsgrad(most="v_max = np.maximum(v_max, g**2)"),
            "def my_amsgrad(g, state=None):\n    return g",
            "def my_amsgrad(g, state=None):\n    return adam(g, state, amsgrad=True)",
            "my_amsgrad = 3",
        ],
        right=[
            amsgrad(),
            amsgrad(most="v_max = np.where(v > v_max, v, v_max)"),
            "def my_amsgrad(g, state=None):\n"
            "    return adam(g, state, amsgrad=True, bias_correction=False)",
            """
def my_amsgrad(g, state=None):
    m, v, most = (np.zeros_like(g),) * 3 if state is None else state
    m = m + (g - m) * 0.1
    v = v + (g * g - v) * 0.001
    most = np.fmax(most, v)
    return m / (most**0.5 + 1e-8), (m, v, most)
""",
        ],
    ),
    Exercise(
        wrong=[
            "my_limit = 6.569",
            "my_limit = 3.1623",
            "my_limit = 1",
            "my_limit = 7.25",
            "my_limit = 7.283",
            "my_limit = 'seven'",
        ],
        right=[
            "my_limit = float(np.sqrt(0.01 / 0.001 / (1 - 0.81 / 0.999)))",
            "my_limit = 7.270",
            """
ages = np.arange(1000)
a = 0.1 * 0.9**ages / np.sqrt(0.001 * 0.999**ages)
my_limit = np.linalg.norm(a)
""",
        ],
    ),
]
