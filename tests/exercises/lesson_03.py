"""Answers to the exercises of lesson 03."""

from exercises import Exercise

EXERCISES = [
    Exercise(
        wrong=[
            "my_limit = 2 * (1 + 0.95) / L",  # the heavy ball's
            "my_limit = 2 / L",
            "my_limit = 2 * 1.95 / 2.9",  # curvature 1
            "my_limit = 2 * 1.95 / (2.9 * h_min)",  # the flat direction's
            "my_limit = 2 * (1 + 0.95) / (L * (1 + 0.95))",
            'my_limit = "2(1+mu)/(L(1+2mu))"',
        ],
        right=[
            "mu = 0.95\nmy_limit = (2 + 2 * mu) / (L + 2 * mu * L)",
            "my_limit = (3.9 / (2.9 * L),)",
            "my_limit = np.array([1.3448 / L])",
        ],
    ),
    Exercise(
        wrong=[
            "def my_nesterov(g, state=None, *, momentum=0.9):\n"
            "    b = momentum * (0.0 if state is None else state) + g\n    return b, b",
            "def my_nesterov(g, state=None, *, momentum=0.9):\n"
            "    b = 0.0 if state is None else state\n"
            "    return g + momentum * b, momentum * b + g",
            "def my_nesterov(g, state=None, *, momentum=0.9):\n"
            "    b = momentum * (0.0 if state is None else state) + g\n"
            "    u = g + momentum * b\n    return u, u",  # the wrong state
            "def my_nesterov(g, state=None, *, momentum=0.9):\n"
            "    b = momentum * (0.0 if state is None else state) + (1 - momentum) * g\n"
            "    return g + momentum * b, b",  # average
            "def my_nesterov(g, state=None, *, momentum=0.9):\n"
            "    b = momentum * (0.0 if state is None else state) + g\n    return g + momentum * b",
            "def my_nesterov(g, state=None, *, momentum=0.9):\n"
            "    g *= 1 + momentum\n    return g, state",
        ],
        right=[
            "def my_nesterov(g, state=None, *, momentum=0.9):\n"
            "    b = np.zeros_like(g) if state is None else state\n"
            "    return (1 + momentum) * g + momentum**2 * b, momentum * b + g",
            "def my_nesterov(g, state=None, *, momentum=0.9):\n"
            "    (b,) = state or (0.0,)\n    b = momentum * b + g\n"
            "    return g + momentum * b, (b,)",
            "def my_nesterov(g, state=None, momentum=0.9):\n"
            "    b = g.copy() if state is None else g + momentum * state\n"
            "    u = b * momentum\n    u += g\n    return u, b",
        ],
    ),
]
