"""The greedy rate is the best next step, and the figure says which plan ends lowest."""

import doctest

import numpy as np
import pytest

from lrlib.surfaces import noisy_quadratic_risk
from lrlib.views import greedy_rate as module
from lrlib.views.greedy_rate import (
    expected_loss,
    greedy_rate,
    greedy_rates,
    noisy_valley,
    patient_rates,
    plans,
)


def test_example():
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("kappa", [1.0, 3.0, 100.0])
def test_no_other_next_rate_is_better(kappa):
    h, variance, start = noisy_valley(kappa, 0.5)
    greedy = greedy_rates(h, variance, start, 12)
    for step in (0, 5, 11):
        loss = []
        for factor in (0.98, 1.0, 1.02):
            rates = greedy[: step + 1].copy()
            rates[step] *= factor
            risk = noisy_quadratic_risk(
                h, variance, lambda t, r=rates: r[t], step + 1, second_moment=start
            )
            loss.append(risk[-1])
        assert loss[1] < min(loss[0], loss[2])


def test_the_expected_loss_is_that_of_noisy_runs():
    h, variance, start = noisy_valley(10.0, 1.0)
    rates = patient_rates()
    rng = np.random.default_rng(5)
    x = rng.standard_normal((20_000, 2)) * np.sqrt(start)
    for lr in rates:
        x = x - lr * (h * x + np.sqrt(variance) * rng.standard_normal(x.shape))
    assert (h * x**2).sum(-1).mean() / 2 == pytest.approx(expected_loss(rates, 10.0)[-1], rel=0.05)


def test_greed_wins_where_the_valley_is_round_and_loses_where_it_is_not():
    def last(kappa, noise):
        return {name: expected_loss(r, kappa, noise)[-1] for name, r in plans(kappa, noise).items()}

    for noise in (0.1, 1.0):
        assert min(last(3.0, noise), key=last(3.0, noise).get) == "greedy"
        for kappa in (30.0, 100.0):
            assert max(last(kappa, noise), key=last(kappa, noise).get) == "greedy"
            assert min(last(kappa, noise), key=last(kappa, noise).get) == "patient"


def test_what_is_drawn_is_what_is_said():
    view = greedy_rate()
    sentence = view.update(kappa=3.0, noise=1.0)
    for name, rates in plans(3.0, 1.0).items():
        np.testing.assert_allclose(view.moving[f"rate of {name}"].get_ydata(), rates)
        loss = view.moving[f"loss of {name}"].get_ydata()
        np.testing.assert_allclose(loss, expected_loss(rates, 3.0, 1.0))
        assert f"{name} {loss[-1]:.2g}" in sentence
    assert sentence.endswith("Greedy is lowest.")


def test_the_patient_plan_is_170_times_worse_on_the_way():
    both = plans(100.0, 1.0)
    worse = expected_loss(both["patient"]) / expected_loss(both["greedy"])
    assert worse.max() == pytest.approx(170, rel=0.02)
    assert np.flatnonzero(worse > 1)[-1] == 77
