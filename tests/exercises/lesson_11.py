"""Answers to the exercises of lesson 11."""

from exercises import Exercise

SEEDS = "def seeds_needed(sd, difference):\n    return "
CHOSEN = "def chosen(heldout_loss, test_accuracy):\n    return "

EXERCISES = [
    Exercise(
        wrong=[
            SEEDS + "int(np.ceil((2.8 * sd / difference) ** 2))",  # one mean, not a difference
            SEEDS + "2 * int(np.ceil(2.8 * sd / difference))",  # not squared
            SEEDS + "int(2 * (2.8 * sd / difference) ** 2)",  # rounded down
            SEEDS + "int(np.ceil(2 * (2.8 * difference / sd) ** 2))",  # upside down
            SEEDS + "int(np.ceil(2 * (1.96 * sd / difference) ** 2))",  # half of the experiments
            SEEDS + "2 * (2.8 * sd / difference) ** 2 + 1",  # not whole
            "seeds_needed = 41",
        ],
        right=[
            SEEDS + "np.ceil(2 * 2.8**2 * sd**2 / difference**2)",
            SEEDS + "-int(-2 * (2.8 * sd / difference) ** 2 // 1)",
            "def seeds_needed(sd, difference):\n    n = 1\n"
            "    while 2.8 * sd * np.sqrt(2 / n) > difference:\n        n += 1\n    return n",
        ],
    ),
    Exercise(
        wrong=[
            CHOSEN + "test_accuracy[np.argmin(heldout_loss)]",  # the nan wins
            CHOSEN + "max(test_accuracy)",  # chosen on the test set
            CHOSEN + "np.nanargmin(heldout_loss)",  # which, not what
            CHOSEN + "np.nanmin(heldout_loss)",  # its loss
            CHOSEN + "test_accuracy[np.nanargmax(heldout_loss)]",
            CHOSEN + "np.mean(test_accuracy)",
        ],
        right=[
            CHOSEN
            + "test_accuracy[np.where(np.isnan(heldout_loss), np.inf, heldout_loss).argmin()]",
            "def chosen(heldout_loss, test_accuracy):\n"
            "    pairs = [(x, a) for x, a in zip(heldout_loss, test_accuracy) if x == x]\n"
            "    return min(pairs)[1]",
            "def chosen(heldout_loss, test_accuracy):\n    best = None\n"
            "    for k, x in enumerate(heldout_loss):\n"
            "        if np.isfinite(x) and (best is None or x < heldout_loss[best]):\n"
            "            best = k\n    return test_accuracy[best]",
        ],
    ),
]
