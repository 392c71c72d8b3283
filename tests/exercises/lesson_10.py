"""Answers to the exercises of lesson 10."""

from exercises import Exercise

EXERCISES = [
    Exercise(
        wrong=[
            "my_k = 0.5",  # the largest first rate, not k
            "my_k = 2 / (4 * 50)",  # for the error itself
            "my_k = 2 / np.sqrt(50)",  # without the curvature
            "my_k = 1 / (4 * np.sqrt(50))",  # the best first rate
            "my_k = 2 / (4 * np.sqrt(12.5))",  # the error of curvature 1
        ],
        right=[
            "my_k = 0.07071",
            "my_k = largest_k(quadratic([4.0], [5.0]), 0.5)",
            "my_k = 1 / np.sqrt(200)",
        ],
    ),
    Exercise(
        wrong=[
            "def my_policy(seen, state):\n    return seen.loss / (seen.g @ seen.g), state",
            "def my_policy(seen, state):\n    return 0.1413, state",
            "def my_policy(seen, state):\n"
            "    return max(seen.loss / (seen.g @ seen.g), 0.1413), state",
            "def my_policy(seen, state):\n"
            "    return min(seen.loss / np.sqrt(seen.g @ seen.g), 0.1413), state",
            "def my_policy(seen, state):\n    return min(seen.loss / (seen.g @ seen.g), 0.1413)",
            "my_policy = 0.1413",
        ],
        right=[
            "my_policy = polyak(0.0, cap=0.1413)",
            "my_policy = lambda seen, state: (min(0.1413, seen.loss / (seen.g**2).sum()), None)",
            "def my_policy(seen, state):\n"
            "    lr = seen.loss / np.linalg.norm(seen.g) ** 2\n"
            "    return np.minimum(lr, 0.1413), state",
        ],
    ),
]
