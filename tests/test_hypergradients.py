"""Lesson 09's helpers do what they say."""

import doctest

import numpy as np
import pytest

from lrlib import adam, descend, hypergradient, hypergradients, sgd
from lrlib.hypergradients import belted, learn_then_hold, measured_slope, plus_minus
from lrlib.problems import bowl, quadratic

VALLEY = quadratic([0.2, 4.0], [-5.0, -2.0])


def test_examples_in_the_docstrings():
    result = doctest.testmod(hypergradients)
    assert result.attempted >= 8 and result.failed == 0


@pytest.mark.parametrize(
    ("kernel", "hyper"), [(sgd, {}), (sgd, {"momentum": 0.9, "nesterov": True}), (adam, {})]
)
def test_the_slope_by_the_last_rate_is_minus_g_u(kernel, hyper):
    measured, derived = measured_slope(VALLEY, kernel, 0.05, 7, **hyper)
    assert measured == pytest.approx(derived, rel=1e-6)


def test_the_belt_holds_and_is_loose_where_it_is_not_needed():
    lr = descend(VALLEY, sgd, belted(1e-3, 0.1), 60).lr
    assert np.all(lr[1:] <= 2 * lr[:-1] * (1 + 1e-12))
    assert np.all(lr[1:] >= lr[:-1] / 2 * (1 - 1e-12))
    calm = descend(VALLEY, sgd, belted(0.05, 1e-5), 60)
    np.testing.assert_allclose(calm.lr, descend(VALLEY, sgd, hypergradient(0.05, 1e-5), 60).lr)
    with pytest.raises(ValueError, match="ratio = 1: must be above 1"):
        belted(0.1, 0.1, 1)


def test_learn_then_hold_is_three_runs():
    theta = learn_then_hold(bowl(), sgd, 1e-3, 0.3, 12)
    trial = descend(bowl(), sgd, hypergradient(1e-6, 1e-3), 12)
    np.testing.assert_allclose(theta[0], trial.theta[-1])
    np.testing.assert_allclose(theta[1], descend(bowl(), sgd, trial.lr.max(), 12).theta[-1])
    np.testing.assert_allclose(theta[2], descend(bowl(), sgd, 0.3, 12).theta[-1])


def test_mean_and_spread_in_decimals():
    assert plus_minus(np.array([1.0, 2.0, 6.0])) == "3.00 ± 2.16"
    assert plus_minus(np.array([1.0, 2.0, 6.0]), 1) == "3.0 ± 2.2"
