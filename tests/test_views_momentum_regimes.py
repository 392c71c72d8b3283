"""The factor per step that lesson 03 draws is the one that descend shows."""

import numpy as np
import pytest

from lrlib import descend, sgd
from lrlib.problems import quadratic
from lrlib.views.momentum_regimes import equal_factor, factor_per_step, momentum_regimes


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


def test_regimes_say_their_limits():
    said = momentum_regimes().sentence
    assert "from 0.01 to 3.61 with the factor 0.9 a step and diverges above 3.62" in said
    assert "momentum 0.4026 has the flat direction on the first edge, 0.1336" in said
    assert "the steep one on the second, 2.672" in said
