"""What the figures of `word_rates` must show."""

import numpy as np

SCALES = {"accuracy_by_rate": {"a": "log linear"}, "word_rates": {"a": "log log"}}


def accuracy_by_rate(variant):
    rates = np.geomspace(0.01, 1, 4)
    return {"SGD": (rates, [62.0, 71.0, 80.0, 55.0]), "Adagrad": (rates, [70.0, 84.0, 81.0, 65.0])}


def word_rates(variant):
    law = 2.5 * np.sqrt(10 / np.array([3, 1000]))  # through the median of words in 10 texts
    return {
        "words": ([1000, 300, 10, 10, 3], [0.1, 0.2, 2.0, 3.0, 200.0]),
        "law": ([3, 1000], law),
        "the": ([1000], [0.1]),
        "bird": ([10], [2.0]),
    }
