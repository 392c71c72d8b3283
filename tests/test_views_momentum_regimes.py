"""The factor per step that lesson 03 draws is the one that descend shows."""

import numpy as np
import pytest

from lrlib import descend, sgd
from lrlib.problems import quadratic
from lrlib.views.momentum_regimes import equal_factor, factor_per_step, momentum_regimes
from lrlib.words import num


@pytest.mark.parametrize("lr_h", [0.05, 0.5, 2.0, 3.5, 3.79, 3.81])
@pytest.mark.parametrize("momentum", [0.0, 0.5, 0.9])
def test_factor_is_the_growth_of_a_run(lr_h, momentum):
    theta = descend(quadratic([1.0]), sgd, lr_h, 400, momentum=momentum).theta[:, 0]
    size = np.hypot(theta[1:], theta[:-1])  # of position and velocity: no zero crossings
    observed = (size[-1] / size[200]) ** (1 / (len(size) - 201))
    assert factor_per_step(lr_h, momentum) == pytest.approx(observed, rel=0.02)


@pytest.mark.parametrize("factor", [0.5, 0.9])
def test_level_is_where_the_factor_is(factor):
    x, momentum = equal_factor(factor)
    t = np.linspace(0, 3, 31)  # along the corners
    between = np.interp(t, range(4), x), np.interp(t, range(4), momentum)
    assert factor_per_step(*between) == pytest.approx(np.full(31, factor), rel=1e-6)


@pytest.mark.parametrize(
    "lr_h, momentum, word",
    [(0.005, 0.81, "creeps"), (1.0, 0.81, "rings"), (2.2, 0.2, "jumps"), (3.7, 0.81, "diverges")],
)
def test_the_sentence_names_the_regime_and_both_factors(lr_h, momentum, word):
    said = momentum_regimes().update(**{"lr h": lr_h, "momentum": momentum})
    assert f"the ball {word}, factor {num(float(factor_per_step(lr_h, momentum)), 3)}" in said
    assert f"(without momentum {num(abs(1 - lr_h), 3)})" in said


def test_the_point_the_run_and_its_envelope_are_drawn_where_the_numbers_say():
    view = momentum_regimes()
    view.update(**{"lr h": 1.5, "momentum": 0.5})
    assert np.ravel(view.moving["point"].get_data()).tolist() == [1.5, 0.5]
    run = descend(quadratic([1.0]), sgd, 1.5, 40, momentum=0.5).theta[:, 0]
    assert view.moving["theta"].get_ydata() == pytest.approx(run)
    envelope = float(factor_per_step(1.5, 0.5)) ** np.arange(41)
    assert view.moving["envelope"].get_ydata() == pytest.approx(envelope)
    assert view.moving["envelope, below"].get_ydata() == pytest.approx(-envelope)


@pytest.mark.parametrize("kappa", [20.0, 117.0])
def test_with_any_other_momentum_the_slower_end_of_the_valley_is_slower_than_with_the_best(kappa):
    best = (np.sqrt(kappa) - 1) / (np.sqrt(kappa) + 1)
    for momentum in best**2 + np.array([-0.2, -0.05, -0.01, 0.01, 0.05, 0.2]):
        lr = np.linspace(0.01, 2 * (1 + momentum), 20_001) / kappa  # of curvatures 1 and kappa
        ends = factor_per_step(lr, momentum), factor_per_step(lr * kappa, momentum)
        assert np.maximum(*ends).min() > best
