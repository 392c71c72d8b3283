"""Answers to the exercises of lesson 13."""

from exercises import Exercise

LION = "def my_lion(g, state=None):\n    m = 0.0 if state is None else state\n"

EXERCISES = [
    Exercise(
        wrong=[
            LION + "    m = 0.99 * m + 0.01 * g\n    return np.sign(0.9 * m + 0.1 * g), m",  # first
            LION + "    return np.sign(0.99 * m + 0.01 * g), 0.9 * m + 0.1 * g",  # betas swapped
            LION + "    return 0.9 * m + 0.1 * g, 0.99 * m + 0.01 * g",  # no sign
            LION + "    return np.sign(g), 0.99 * m + 0.01 * g",  # no memory in the direction
            LION + "    return -np.sign(0.9 * m + 0.1 * g), 0.99 * m + 0.01 * g",  # uphill
            LION + "    return np.sign(0.9 * m + 0.1 * g)",  # no state
        ],
        right=[
            "def my_lion(g, state=None):\n"
            "    m = np.zeros_like(g) if state is None else state[0]\n"
            "    return np.sign(0.1 * g + 0.9 * m), (m + 0.01 * (g - m),)",
            LION + "    c = 9 * m + g\n    u = (c > 0) * 1.0 - (c < 0) * 1.0\n"
            "    return u, 0.99 * m + 0.01 * g",
            "def my_lion(g, state=None):\n    return lion(g, state, beta1=0.9, beta2=0.99)",
        ],
    ),
    Exercise(
        wrong=[
            "my_beta = 0.5",  # its price is 4/3
            "my_beta = 2 + 2**0.5",  # c, not the memory
            "my_beta = 2 - 2**0.5",  # the other c
            "my_beta = 1 - 1 / (2 - 2**0.5)",  # the other root
            "my_beta = 0.75",  # near, from c = 4
            "my_beta = 1 / (2 + 2**0.5)",  # 1 / c
        ],
        right=[
            "my_beta = 0.7071",
            "my_beta = 2**-0.5",
            "my_beta = np.sqrt(2) / 2",
            "c = np.roots([1, -4, 2]).max()\nmy_beta = (c - 1) / c",
        ],
    ),
]
