"""Random rows, classes and bags of words, for problems of any kind."""

import numpy as np

from lrlib.problems import Bags

RNG = np.random.default_rng(0)
X = RNG.normal(size=(24, 5))
CLASS = RNG.integers(0, 4, 24)
BAGS = Bags(
    np.concatenate([RNG.choice(12, 3, replace=False) for _ in range(24)]), 3 * np.arange(25), 12
)
TARGETS = RNG.normal(size=24)
