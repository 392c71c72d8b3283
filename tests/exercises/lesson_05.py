"""Answers to the exercises of lesson 05."""

from exercises import Exercise

HEAD = "def my_kernel(g, state=None, *, rho=0.9, eps=1e-8):\n"
START = HEAD + "    t, v = (0, 0.0) if state is None else state\n"
EXERCISES = [
    Exercise(
        wrong=[
            "my_rho = 1 - 1 / 52",  # the mean age
            "my_rho = 0.99",
            "my_rho = 0.5",
            "my_rho = 0.987",  # three digits
            "my_rho = 0.9866",
            "my_rho = 0.9869",
            "my_rho = 52",
            'my_rho = "0.5 ** (1 / 52)"',
        ],
        right=[
            "my_rho = 0.9868",
            "my_rho = np.exp(np.log(0.5) / 52)",
            "my_rho = [2 ** (-1 / 52)]",
            "my_rho = 1 - np.log(2) / 52 + (np.log(2) / 52) ** 2 / 2",
        ],
    ),
    Exercise(
        wrong=[
            START + "    v = rho * v + (1 - rho) * g**2\n"
            "    return g / (np.sqrt(v) + eps), (t + 1, v)",  # not filled
            START + "    v = rho * v + (1 - rho) * g**2\n"
            "    return g / (np.sqrt(v / (1 - rho ** (t + 2))) + eps), (t + 1, v)",  # one off
            START + "    v = (rho * v + (1 - rho) * g**2) / (1 - rho ** (t + 1))\n"
            "    return g / (np.sqrt(v) + eps), (t + 1, v)",  # stored filled
            START + "    v = rho * v + (1 - rho) * g**2 if t else g**2\n"
            "    return g / (np.sqrt(v) + eps), (t + 1, v)",  # starts at the first square
            START + "    v = rho * v + (1 - rho) * g**2\n"
            "    return g / (np.sqrt(v) / (1 - rho ** (t + 1)) + eps), (t + 1, v)",  # too late
            START + "    v = rho * v + (1 - rho) * g**2\n"
            "    return g / np.sqrt(v / (1 - rho ** (t + 1)) + eps), (t + 1, v)",  # eps inside
            START + "    v = rho * v + (1 - rho) * g**2\n"
            "    return g / (np.sqrt(v / (1 - rho ** (t + 1))) + eps), (t, v)",  # does not count
        ],
        right=[
            "def my_kernel(g, state=None, rho=0.9, eps=1e-8):\n"
            "    total, weight = state or (0.0, 0.0)\n"
            "    total, weight = rho * total + g**2, rho * weight + 1\n"
            "    return g / (np.sqrt(total / weight) + eps), (total, weight)",
            START + "    t = t + 1\n    v = rho * v + (1 - rho) * g**2\n"
            "    return g / (np.sqrt(v) / np.sqrt(1 - rho**t) + eps), (t, v)",
            HEAD + "    past = [g**2] if state is None else [g**2, *state]\n"
            "    ages = rho ** np.arange(len(past))[:, None]\n"
            "    return g / (np.sqrt((ages * past).sum(0) / ages.sum()) + eps), past",
        ],
    ),
]
