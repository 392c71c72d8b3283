"""Accuracy on data kept back: words and letters, for lessons that compare methods."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .datasets import Texts, glosses, letters
from .fits import Bags, Fit, mlp, softmax
from .loop import descend
from .schedules import polynomial

Array = np.ndarray
CLASSES = 8
LAYERS = [196, 32, 10]


def bags(texts: Texts) -> tuple[Bags, Array]:
    """Texts as bags of words, and their classes (n,).

    >>> len(bags(glosses().test)[1])
    2800
    """
    return Bags(texts.indices, texts.indptr, len(glosses().vocabulary)), texts.y


def trained(
    problem: Fit, kernel: Callable, lr: Any, passes: int = 1, decay: bool = False, **hyper: Any
) -> Array:
    """The parameters after so many passes over a problem's batches, (..., d).

    ``lr`` is a number or an array of rates, trained side by side. With ``decay`` it falls linearly
    to 0. Raises ValueError as `descend` does.

    >>> from lrlib import sgd
    >>> from lrlib.problems import least_squares
    >>> line = least_squares([[1.0], [1.0]], [1.0, 3.0], batch_size=1)
    >>> trained(line, sgd, [0.0, 0.5], passes=2).shape
    (2, 1)
    """
    steps = passes * problem.epoch_steps
    rate = polynomial(lr, steps) if decay else lr
    start = problem.theta0  # only the gradient is given: no loss is needed on the way
    return descend(problem.grad, kernel, rate, steps, theta0=start, keep="last", **hyper).theta


def word_accuracy(
    kernel: Callable,
    lr: Any,
    *,
    decay: bool = False,
    passes: int = 1,
    orders: int | range = 1,
    on: str = "heldout",
    batch_size: int = 64,
    **hyper: Any,
) -> Array:
    """Accuracy in % of a softmax regression that tells what a noun is from its definition.

    ``on="heldout"`` trains on the 8,500 texts to tune with and is judged on the other 1,500;
    ``on="test"`` trains on all 10,000 and is judged on the 2,800 test texts. ``orders`` says in how
    many orders of the texts, or in which. Returns an array (orders, ...), with the shape of ``lr``
    at its end. Raises ValueError for another ``on``.

    >>> from lrlib import adagrad
    >>> word_accuracy(adagrad, [0.1, 0.3], orders=1).shape
    (1, 2)
    """
    data = glosses()
    parts = {"heldout": (data.fit, data.heldout), "test": (data.train, data.test)}
    if on not in parts:
        raise ValueError(f'on = {on!r}: must be "heldout" or "test"')
    fit, judged = map(bags, parts[on])
    found = []
    for seed in range(orders) if isinstance(orders, int) else orders:
        problem = softmax(*fit, CLASSES, batch_size=batch_size, seed=seed)
        theta = trained(problem, kernel, lr, passes, decay, **hyper)
        found.append(100 * problem.accuracy(theta, *judged))
    return np.array(found)


def letter_accuracy(
    kernel: Callable,
    lr: Any,
    *,
    decay: bool = False,
    passes: int = 1,
    starts: int | range = 1,
    batch_size: int = 128,
    **hyper: Any,
) -> Array:
    """Held-out accuracy in % of a network 196-32-10 on the letters, 14 x 14 pixels.

    ``starts`` says how many seeds of its first weights and of the order, or which. Returns an array
    (starts, ...), with the shape of ``lr`` at its end. Raises ValueError as `descend` does.

    >>> from lrlib import sgd
    >>> letter_accuracy(sgd, [0.1, 0.2], batch_size=1000).shape
    (1, 2)
    """
    data = letters(size=14)
    found = []
    for seed in range(starts) if isinstance(starts, int) else starts:
        net = mlp(data.X_train, data.y_train, LAYERS, batch_size=batch_size, seed=seed)
        theta = trained(net, kernel, lr, passes, decay, **hyper)
        found.append(100 * net.accuracy(theta, data.X_heldout, data.y_heldout))
    return np.array(found)
