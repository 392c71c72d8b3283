"""What lesson 14 says about noisy runs, at seeds it does not use. PyTorch is needed to run them."""

from typing import Any

import numpy as np

from claims import claim
from lrlib import adam, descend, one_cycle, sgd
from lrlib.problems import sharpness


def limit_and_losses(seed: int, *shares: float) -> tuple[float, np.ndarray]:
    """2/L at the start, and the loss after 40 steps at these shares of it, on 1,000 letters."""
    from own_model import lesson

    it = lesson()
    few = np.random.default_rng(seed).permutation(len(it.y))[:1000]
    problem = it.as_problem(it.network(seed), it.cost, it.X[few], it.y[few])
    limit = 2 / float(sharpness(problem, problem.theta0, tol=1e-3))
    if not shares:
        return limit, np.array([])
    rates = np.float32(limit * np.array(shares))
    theta = descend(problem.grad, sgd, rates, 40, theta0=problem.theta0, keep="last").theta
    return limit, np.nan_to_num(problem.loss(theta), nan=99.0)


def trained(
    seed: int, kernel: Any, rate: Any, steps: int = 375, **hyper: float
) -> tuple[float, float]:
    """Held-out loss, and test accuracy in %, after these steps of 64 letters, 125 an epoch."""
    from own_model import lesson

    it = lesson()
    fit = it.as_problem(it.network(seed), it.cost, it.X, it.y, batch_size=64, seed=seed)
    run = descend(fit.grad, kernel, rate, steps, theta0=fit.theta0, keep="last", **hyper)
    loss = fit.loss(run.theta, it.data.X_heldout, it.data.y_heldout)
    right = 100 * fit.accuracy(run.theta, it.data.X_test, it.data.y_test)
    return float(np.nan_to_num(loss, nan=99.0)), float(right)


@claim("14-above-the-limit")
def above_the_limit(seed: int) -> float:
    """At 1.1 times 2/L at the start, 40 steps of gradient descent end at a loss above 2."""
    return float(limit_and_losses(seed, 1.1)[1][0] - 2)


@claim("14-below-the-limit", share=0.5)
def below_the_limit(seed: int) -> float:
    """At a quarter of 2/L, 40 steps of gradient descent end at a loss below 1.5 in most seeds."""
    return float(1.5 - limit_and_losses(seed, 0.25)[1][0])


@claim("14-far-below")
def far_below(seed: int) -> float:
    """With momentum 0.9 and batches of 64 a rate of a fiftieth of 2 (1 + 0.9)/L ends at a lower
    held-out loss than a fifth of it, and than a five-hundredth."""
    limit = 1.9 * limit_and_losses(seed)[0]
    losses = [trained(seed, sgd, np.float32(limit / k), momentum=0.9)[0] for k in (5, 50, 500)]
    return min(losses[0], losses[2]) - losses[1]


@claim("14-worth")
def worth(seed: int) -> float:
    """One cycle of Adam to 0.01 reads at least 1.5 points more of the test letters than Adam at a
    constant 0.001, and Adam at a constant 0.005 reads more than that, too."""
    default, constant = (trained(seed, adam, np.float32(rate))[1] for rate in (0.001, 0.005))
    cycle = trained(seed, adam, one_cycle(0.01, 375))[1]
    return min(cycle - default - 1.5, constant - default)


@claim("14-longer")
def longer(seed: int) -> float:
    """After twenty epochs Adam at a constant 0.005 reads less than 1.5 points more of the test
    letters than at 0.001, and that lead is smaller than after three."""
    lead = {}
    for steps in (375, 2500):
        slow, fast = (trained(seed, adam, np.float32(rate), steps)[1] for rate in (0.001, 0.005))
        lead[steps] = fast - slow
    return min(1.5 - lead[2500], lead[375] - lead[2500])
