"""Answers to the exercises of lesson 00."""

from exercises import Exercise

HUNDREDS = """hundreds = 10 * weight
fit_hundreds = least_squares(np.column_stack([np.ones_like(hundreds), hundreds]), cars.y)
my_rate_hundreds = """

EXERCISES = [
    Exercise(
        wrong=["my_rate = 0.01", "my_rate = 0.1", "my_rate = 3", "my_rate = -1.0", "my_rate = 2.0"],
        right=["my_rate = 1", "my_rate = [0.9]", "my_rate = np.float32(1.2)", "my_rate = 0.8"],
    ),
    Exercise(
        wrong=[HUNDREDS + x for x in ("1.0", "0.001", "0.01", "0.05", "-0.025", '"0.025"')],
        right=[HUNDREDS + x for x in ("1 / 40", "np.array([0.024])", "0.026", "(0.025,)")],
    ),
]
