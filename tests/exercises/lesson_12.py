"""Answers to the exercises of lesson 12."""

from exercises import Exercise

NEXT = "def best_next(h, c, m):\n    return "
FOLLOW = "def follow(seen, state):\n    return "

EXERCISES = [
    Exercise(
        wrong=[
            NEXT + "(h * m).sum() / (h**2 * m + c).sum()",  # not weighed by the curvature
            NEXT + "((h * m) / (h**2 * m + c)).mean()",  # a mean of the rates
            NEXT + "(h**2 * m).sum() / (h**3 * m + c).sum()",  # the noise without its curvature
            NEXT + "(h**2 * m).sum() / (h**3 * m).sum()",  # no noise
            NEXT + "h * m / (h**2 * m + c)",  # one rate a direction
            NEXT + "2 * (h**2 * m).sum() / (h**3 * m + h * c).sum()",  # where it stops to fall
        ],
        right=[
            NEXT + "np.sum(h * h * m) / np.sum(h * (h * h * m + c))",
            NEXT + "(h**2 @ m) / (h**3 @ m + h @ c)",
            "def best_next(h, c, m):\n    rates = np.linspace(0, 1, 20001)[:, None]\n"
            "    loss = (h * ((1 - rates * h) ** 2 * m + rates**2 * c)).sum(1)\n"
            "    return rates[loss.argmin(), 0]",
        ],
    ),
    Exercise(
        wrong=[
            FOLLOW + "1 / (h_cm + 0.01 / (2 * seen.loss)), state",  # the floor is not 0
            FOLLOW + "1 / (h_cm + 0.01 / (seen.loss - floor)), state",  # a factor 2
            FOLLOW + "1 / h_cm, state",  # no noise
            FOLLOW + "2 * (seen.loss - floor) / 0.01, state",  # far beyond 1 / h
            FOLLOW + "1 / (h_cm + 0.01 / (2 * (seen.loss - floor)))",  # no state
            "follow = 1 / h_cm",
        ],
        right=[
            FOLLOW + "1 / (h_cm + 0.005 / (seen.loss - floor)), None",
            FOLLOW + "2 * (seen.loss - floor) / (2 * (seen.loss - floor) * h_cm + 0.01), state",
            "def follow(seen, state):\n    m = 2 * (seen.loss - floor) / h_cm\n"
            "    return h_cm * m / (h_cm**2 * m + 0.01), state",
        ],
    ),
]
