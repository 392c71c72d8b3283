"""Answers to the exercises of lesson 14."""

from exercises import Exercise

S = "def my_schedule(t):\n    "
RISING = S + "if t < 25:\n        return 0.01 * (t + 1) / 25\n    return "

EXERCISES = [
    Exercise(
        wrong=[
            "my_rates = [0.05, 0.003]",  # nothing changed
            "my_rates = [0.05 / 64, 0.003 / 64]",  # Adam divides by the gradient itself
            "my_rates = [0.05 * 64, 0.003]",  # the wrong way round
            "my_rates = [0.05 / 8, 0.003]",  # the square root of the batch
            "my_rates = 0.05 / 64",  # one of two
            "my_rates = [0.003, 0.05 / 64]",  # in the other order
        ],
        right=[
            "my_rates = [7.8125e-4, 3e-3]",
            "my_rates = np.array([0.05 / 64, 0.003])",
            "my_rates = (5e-2 / 64, 3e-3)",
        ],
    ),
    Exercise(
        wrong=[
            RISING + "0.01",  # no fall
            RISING + "0.01 * (1 + np.cos(np.pi * t / 375)) / 2",  # counted from the start
            RISING + "0.01 * (1 - (t - 25) / 350)",  # a line
            S + "return one_cycle(0.01, 375)(t)",  # PyTorch's other shape
            S + "if t < 25:\n        return 0.01 * t / 25\n"
            "    return 0.01 * (1 + np.cos(np.pi * (t - 25) / 350)) / 2",  # starts at 0
            RISING + "(1 + np.cos(np.pi * (t - 25) / 350)) / 2",  # a factor without the top
        ],
        right=[
            "my_schedule = warmup(cosine(0.01, 350), 25)",
            RISING + "0.01 * np.cos(np.pi * (t - 25) / 700) ** 2",
            S + "rise = min(1, (t + 1) / 25)\n"
            "    return 0.005 * rise * (1 + np.cos(np.pi * max(0, t - 25) / 350))",
        ],
    ),
]
