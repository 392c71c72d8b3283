"""Answers to the exercises of lesson 02."""

from exercises import Exercise

EXERCISES = [
    Exercise(
        wrong=[
            "my_decay_steps = 4000",  # five stretches
            "my_decay_steps = 20_000 / 5",
            "my_decay_steps = 3333",  # a sixth drop at step 19,998
            "my_decay_steps = 2857",  # seven stretches
            "my_decay_steps = 6",
            "my_decay_steps = 3335",
        ],
        right=[
            "my_decay_steps = 3334",
            "my_decay_steps = [3333.5]",
            "my_decay_steps = np.ceil(20_000 / 6)",
            "my_decay_steps = np.float64(10_000 / 3)",
        ],
    ),
    Exercise(
        wrong=[
            "def my_cooldown(t):\n    return 0.5 * (1 - np.sqrt(t / 1000))",
            "def my_cooldown(t):\n    return 0.5 if t < 800 else 0.5 * (1 - (t - 800) / 200)",
            "def my_cooldown(t):\n    return 0.5 if t < 800 else 0.5 * (1 - np.sqrt(t - 800))",
            "def my_cooldown(t):\n    p = (t - 800) / 200\n    return 0.5 * (1 - np.sqrt(p))",
            "def my_cooldown(t):\n    p = max(t - 801, 0) / 200\n    return 0.5 * (1 - np.sqrt(p))",
            "my_cooldown = 0.5",
        ],
        right=[
            "my_cooldown = lambda t: 0.5 * (1 - (max(t - 800, 0) / 200) ** 0.5)",
            "def my_cooldown(t):\n    if t < 800:\n        return 0.5\n"
            "    return 0.5 - 0.5 * np.sqrt((t - 800) / 200)",
            "my_cooldown = [0.5] * 800 + [0.5 * (1 - np.sqrt(k / 200)) for k in range(200)]",
        ],
    ),
    Exercise(
        wrong=[
            "def my_schedule(t):\n    return 1 / (t + 1)",  # curvature 1
            "def my_schedule(t):\n    return 5 / (t + 1)",
            "def my_schedule(t):\n    return 1 / (1.04 + t)",
            "my_schedule = 2.5",
            "def my_schedule(t):\n    return 25 / (t + 1)",  # the error, not the rate
        ],
        right=[
            "my_schedule = lambda t: 1 / (0.2 * (t + 2))",
            "def my_schedule(t):\n    E = 25 / (t + 1)\n    return 0.2 * E / (1 + 0.04 * E)",
            "my_schedule = 5 / (2 + np.arange(50))",
        ],
    ),
]
