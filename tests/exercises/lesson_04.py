"""Answers to the exercises of lesson 04."""

from exercises import Exercise

HEAD = "def my_kernel(g, state=None):\n"
EXERCISES = [
    Exercise(
        wrong=[
            "my_rate = 0.001",
            "my_rate = 0.01",  # start not under the root
            "my_rate = 0.001 / 0.0001 / 1000**0.5",  # start 0
            "my_rate = 0.001 * 0.1**0.5",
            "my_rate = 0.0032",  # two digits
            'my_rate = "0.001 / 0.1**0.5"',
        ],
        right=[
            "my_rate = 0.003162",
            "my_rate = 0.001 / np.sqrt(0.1 + 1000 * 1e-4**2)",
            "my_rate = [10**-2.5]",
            "my_rate = 0.001 / (np.sqrt(0.1) + 1e-7)",
        ],
    ),
    Exercise(
        wrong=[
            HEAD + "    s = (0.1 if state is None else state) + g**2\n"
            "    return g / (np.sqrt(s) + 0.01), s",  # outside
            HEAD + "    s = (0.1 if state is None else state) + g**2\n"
            "    return g / np.sqrt(s), s",  # none
            HEAD + "    s = (0.1 if state is None else state) + g**2\n"
            "    return g / np.sqrt(s + 1e-7), s",  # Keras's own
            HEAD + "    s = (0.0 if state is None else state) + g**2\n"
            "    return g / np.sqrt(s + 0.01), s",  # start 0
            HEAD + "    s = (0.11 if state is None else state + 0.01) + g**2\n"
            "    return g / np.sqrt(s), s",  # added in each step, for ever
            HEAD + "    s = 0.1 + (0.0 if state is None else state) + g**2\n"
            "    return g / np.sqrt(s + 0.01), s",  # the start, too
            HEAD + "    s = 0.1 if state is None else state\n"
            "    return g / np.sqrt(s + 0.01), s + g**2",  # the sum before this step
            HEAD + "    s = (0.1 if state is None else state) + g**2\n"
            "    return g / (s + 0.01), s",  # no root
            HEAD + "    s = (0.1 if state is None else state) + g**2\n"
            "    return g / np.sqrt(s + 0.01)",  # no state
        ],
        right=[
            HEAD + "    s = (0.11 if state is None else state) + g**2\n"
            "    return g * s**-0.5, s",  # both numbers are constants under the root
            HEAD + "    s = (0.0 if state is None else state) + g**2\n"
            "    return g / np.sqrt(s + 0.1 + 0.01), s",
            HEAD + "    past = [] if state is None else state\n    past = [*past, g * g]\n"
            "    return g / np.sqrt(0.11 + sum(past)), past",
            HEAD + "    (s,) = state or (0.1,)\n    s = s + np.square(g)\n"
            "    return g / np.sqrt(s + 0.01), (s,)",
        ],
    ),
]
