"""Functions for the ideal rate: the family searched in, and fits to observed steps."""

import doctest

import numpy as np
import pytest

from lrlib import descend, ideal_rate, letters
from lrlib.ideal_rate import Observed, as_policy, fit_curve, fit_network, observe, power_policy
from lrlib.policies import Seen
from lrlib.problems import quadratic, softmax


def seen(t: int, loss: float) -> Seen:
    fields = dict.fromkeys(Seen._fields)
    return Seen(**fields | {"t": t, "loss": loss})


def test_the_policy_is_its_formula() -> None:
    policy = power_policy(0.5, 1.5, -0.5, 2.0, 100)
    for t, loss in ((0, 1.0), (24, 0.3), (99, 2.0)):
        expected = 0.5 * loss**1.5 * (1 + t) ** -0.5 * (1 - t / 100) ** 2
        assert policy(seen(t, loss), None)[0] == pytest.approx(expected)
    assert policy(seen(0, np.nan), None)[0] == 50  # a lost model may be as fast as it likes
    assert policy(seen(3, 1.0), "kept")[1] == "kept"


def test_many_candidates_train_at_once() -> None:
    problem = quadratic([1.0, 0.1])
    C, s = np.array([0.5, 1.0]), np.array([0.0, 1.0])
    both = descend(problem, lr=power_policy(C, 0, 0, s, 20), steps=20)
    for k in range(2):
        one = descend(problem, lr=power_policy(C[k], 0, 0, s[k], 20), steps=20)
        np.testing.assert_allclose(both.theta[:, k], one.theta)
    np.testing.assert_allclose(both.lr[:, 1], 1 - np.arange(20) / 20)


def test_observed_steps_are_those_of_the_runs() -> None:
    data = letters(size=14)
    problem = softmax(data.X_train, data.y_train, 10, batch_size=128, monitor=64)
    found = observe(problem, 3, runs=5, steps=40, every=10)
    assert all(len(x) == len(found.t) <= 20 for x in found)
    assert set(found.t) <= {0, 10, 20, 30} and found.rate.min() > 0.03 and found.rate.max() < 5
    first = found.rate[found.t == 0][0]
    run = descend(problem, lr=first, steps=10)
    assert found.loss[0] == pytest.approx(run.loss[0])
    assert found.progress[0] == pytest.approx(np.log(run.loss[0] / run.loss[-1]) / 10, rel=1e-4)


def made_up(n: int = 3000) -> Observed:
    """Progress that is highest at rate 0.4 loss (1 + t)^-0.2, a parabola in log rate."""
    rng = np.random.default_rng(0)
    t, loss = rng.integers(0, 200, n), np.exp(rng.uniform(-1, 1, n))
    rate = np.exp(rng.uniform(np.log(0.03), np.log(5), n))
    ideal = 0.4 * loss * (1.0 + t) ** -0.2
    return Observed(t, loss, rate, 1 - np.log(rate / ideal) ** 2)


def test_a_curve_finds_a_power_law() -> None:
    best, R2 = fit_curve(made_up())
    assert R2 > 0.99
    for t, loss in ((0, 1.0), (100, 0.5), (50, 2.0)):
        assert best(t, loss) == pytest.approx(0.4 * loss * (1 + t) ** -0.2, rel=0.1)


def test_a_network_finds_a_power_law_roughly() -> None:
    best = fit_network(made_up(), 0)
    for t, loss in ((2, 1.0), (100, 0.5), (50, 2.0)):
        assert best(t, loss) == pytest.approx(0.4 * loss * (1 + t) ** -0.2, rel=0.6)


def test_a_fit_becomes_a_policy() -> None:
    policy = as_policy(lambda t, loss: 0.1 * loss + t)
    assert policy(seen(2, 3.0), None)[0] == pytest.approx(2.3)
    assert policy(seen(0, np.nan), None)[0] == pytest.approx(5.0)
    assert policy(seen(0, 1e-9), None)[0] == pytest.approx(0.005)


def test_the_examples_of_the_docstrings() -> None:
    assert doctest.testmod(ideal_rate).failed == 0
