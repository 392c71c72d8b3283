"""Claims of lesson 10, at seeds that it does not use."""

from functools import cache

import numpy as np

from claims import claim
from lrlib import (
    auto_mpg,
    barzilai_borwein,
    bold_driver,
    descend,
    error_driven,
    letters,
    penguins,
    plateau,
    polyak,
    polynomial,
    sgd,
)
from lrlib.problems import least_squares, mlp, softmax


@cache
def cars():
    data = auto_mpg()
    Z = (data.X - data.X.mean(0)) / data.X.std(0)
    fit = least_squares(Z, data.y - data.y.mean())
    return fit, np.linalg.eigvalsh(fit.hessian), float(fit.loss(fit.minimum))


def starts(seed: int, n: int, d: int) -> np.ndarray:
    return 0.05 * np.random.default_rng(seed).standard_normal((n, d))


def on_letters(seed: int):
    data = letters(size=14)
    return softmax(data.X_train, data.y_train, 10, batch_size=128, monitor=1, seed=seed)


@claim("10-powers")
def powers(seed: int) -> float:
    """The more the rate follows the error, the higher the held-out loss: powers 0, 1/2, 1, 2."""
    p, data = on_letters(seed), letters(size=14)
    losses = []
    for power in (0.0, 0.5, 1.0, 2.0):
        k = 10 ** np.linspace(-0.75, 0.75, 7) / np.log(10) ** power
        lr = error_driven(k, power, loss=p.batch_loss)
        end = descend(p, sgd, lr, 310, keep="last").theta
        losses.append(np.nanmin(p.loss(end, data.X_heldout, data.y_heldout)))
    return float(np.diff(losses).min())


@claim("10-polyak")
def polyak_on_cars(seed: int) -> float:
    """Polyak's step leaves less than a ten-thousandth of what the best fixed rate leaves."""
    fit, h, smallest = cars()
    runs = {"theta0": starts(seed, 100, len(h)), "keep": "last"}
    wild = descend(fit, sgd, polyak(smallest), 100, **runs).loss[-1] - smallest
    tame = descend(fit, sgd, 2 / (h[0] + h[-1]), 100, **runs).loss[-1] - smallest
    return float(1e-4 - np.median(wild) / np.median(tame))


@claim("10-wrong-minimum")
def wrong_minimum(seed: int) -> float:
    """Claimed too high, the run stops at the claim; too low, it stays about as far above."""
    x = penguins().flipper_mm / 10 - 18
    fit = least_squares(np.column_stack([np.ones_like(x), x]), penguins().mass_kg)
    smallest = fit.loss(fit.minimum)

    def end(claimed: float) -> float:
        run = descend(fit, sgd, polyak(claimed), 1000, theta0=starts(seed, 100, 2))
        return float(np.median(run.loss[-100:]))

    low = abs(np.log((end(0.0) - smallest) / smallest))  # as far above as the claim is below
    return min(np.log(1.5) - low, 1e-3 - abs(end(0.5) - 0.5), 1e-3 - abs(end(0.1) - 0.1))


def decades(seed: int, up: float, down: float, steps: int) -> float:
    p = on_letters(seed)
    driver = bold_driver(0.1, up, down, loss=p.batch_loss, undo=False)
    return float(np.log10(descend(p, sgd, driver, steps + 1, keep="last").lr[-1] / 0.1))


@claim("10-coin")
def coin(seed: int) -> float:
    """In 100 steps on minibatches the driver 1.05 / 0.5 loses more than eight powers of ten."""
    return -8 - decades(seed, 1.05, 0.5, 100)


@claim("10-product")
def product(seed: int) -> float:
    """A product below 1 lets the rate die, one above 1 lets it run away, 1 keeps it."""
    low, one, high = (
        decades(seed, *pair, 200) for pair in ((1.05, 0.5), (1.05, 1 / 1.05), (1.1, 0.95))
    )
    return min(-15 - low, np.log10(30) - abs(one), high - 1.5)


def gains(p, fixed: float, cut: float, line: float) -> np.ndarray:
    """Points of test accuracy over a fixed rate: plateau, driver, line; each at its first rate."""
    data = letters(size=14)

    def held_out(theta: np.ndarray) -> np.ndarray:
        return p.loss(theta, data.X_heldout, data.y_heldout)

    rules = (
        fixed,
        plateau(cut, 0.5, 2, loss=held_out, every=125),
        bold_driver(cut, 1.05, 0.7, loss=held_out, undo=False, every=125),
        polynomial(line, 1500),
    )
    ends = [descend(p, sgd, lr, 1500, keep="last").theta for lr in rules]
    test = [100 * p.accuracy(end, data.X_test, data.y_test) for end in ends]
    return np.subtract(test[1:], test[0])


@claim("10-some-extent", share=0.8)
def some_extent(seed: int) -> float:
    """Plateau and driver beat the fixed rate, a line to zero beats both: means of five runs."""
    data, run = letters(size=14), {"batch_size": 64, "monitor": 1}
    seeds = range(10 * seed, 10 * seed + 5)
    ps = [softmax(data.X_train, data.y_train, 10, seed=k, **run) for k in seeds]
    cut, driven, line = np.mean([gains(p, 1.0, 2.0, 4.0) for p in ps], 0)
    return float(min(cut, driven, line - max(cut, driven)))


@claim("10-network", share=0.8)
def network(seed: int) -> float:
    """In a network each of the three beats the fixed rate, on average of three runs."""
    data, run = letters(size=14), {"batch_size": 64, "monitor": 1}
    seeds = range(10 * seed, 10 * seed + 3)
    ps = [mlp(data.X_train, data.y_train, [196, 32, 10], seed=k, **run) for k in seeds]
    return float(np.mean([gains(p, 0.56, 0.56, 0.56) for p in ps], 0).min())


@claim("10-two-gradients")
def two_gradients(seed: int) -> float:
    """Barzilai and Borwein's rule needs fewer steps than the best momentum, in the median."""
    fit, h, smallest = cars()
    root = np.sqrt(h[[0, -1]])
    momentum = ((root[1] - root[0]) / root.sum()) ** 2

    def steps(lr, **hyper) -> float:
        left = descend(fit, sgd, lr, 120, theta0=starts(seed, 30, len(h)), **hyper).loss - smallest
        return float(np.median((left < 1e-6 * left[0]).argmax(0)))

    return steps((2 / root.sum()) ** 2, momentum=momentum) - steps(barzilai_borwein(0.001))


def vsgd(g, state=None):
    """As the lesson has it: the curvature is 1."""
    t, mean, square, memory = state or (0, 0.0, 0.0, 10.0 + 0 * g)
    if t < 10:
        mean, square = mean + (g - mean) / (t + 1), square + (g**2 - square) / (t + 1)
        return 0 * g, (t + 1, mean, square if t < 9 else 2 * square, memory)
    mean, square = mean + (g - mean) / memory, square + (g**2 - square) / memory
    rate = mean**2 / square
    return rate * g, (t + 1, mean, square, (1 - rate) * memory + 1)


@claim("10-vsgd")
def after_a_jump(seed: int) -> float:
    """vSGD is within three times the best schedule, and back after a jump before a fixed rate."""
    noise = np.random.default_rng(seed).standard_normal((200, 400))

    def squared_error(kernel, lr) -> tuple[float, float]:
        def jumping(theta, t):
            return theta - 10.0 * (t >= 150) + noise[t]

        theta = descend(jumping, kernel, lr, 200, theta0=np.full(400, 10.0)).theta
        return (theta[149] ** 2).mean(), ((theta[200] - 10) ** 2).mean()

    ours, best = squared_error(vsgd, 1.0), squared_error(sgd, lambda t: 1 / (1.01 + t))
    fixed = squared_error(sgd, 0.05)
    return float(min(3 - ours[0] / best[0], fixed[1] / ours[1] - 2, best[1] - 40))
