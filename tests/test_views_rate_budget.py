"""The driver's picture shows the run, and its law."""

import numpy as np
import pytest

from lrlib import bold_driver, descend
from lrlib.problems import valley
from lrlib.views.rate_budget import law, rate_budget


@pytest.mark.parametrize(("up", "down"), [(1.05, 0.5), (1.2, 0.7), (2.0, 0.99)])
def test_rates_and_cuts_are_those_of_the_run(up: float, down: float) -> None:
    view, problem = rate_budget(valley(), steps=300), valley()
    sentence = view.update(up=up, down=down, noise=0.0)
    run = descend(problem, lr=bold_driver(1e-3, up, down, loss=problem.loss), steps=300)
    undone = np.flatnonzero(run.lr == 0)
    np.testing.assert_array_equal(view.moving["cuts"].get_xdata(), undone)
    t, share = view.moving["rate"].get_data()
    np.testing.assert_array_equal(t, np.flatnonzero(run.lr))
    np.testing.assert_allclose(share, run.lr[run.lr > 0] / 0.5)
    np.testing.assert_allclose(view.moving["loss"].get_ydata(), run.loss, atol=1e-29)
    assert f"{len(undone)} of 300 steps undone" in sentence


def test_the_laws_line_climbs_to_the_limit_and_stays() -> None:
    view = rate_budget(valley(), steps=300)
    view.update(up=1.05, down=0.5, noise=0.0)
    t, line = view.moving["law"].get_data()
    arrival = np.log(0.5 / 1e-3) / np.log(1.05)  # the valley's limit is 0.5
    np.testing.assert_allclose(line[t < arrival], 1e-3 / 0.5 * 1.05 ** t[t < arrival])
    np.testing.assert_array_equal(line[t > arrival], 1.0)
    assert law(1e-3 / 0.5, 1.05, 0.5, 300) == pytest.approx((300 - arrival) * 0.06576, rel=1e-3)
    assert law(1e-9, 1.05, 0.5, 100) == 0.0  # it has not arrived


def test_noise_stops_the_driver_unless_ups_and_downs_balance() -> None:
    view = rate_budget(valley(), steps=300)
    view.update(up=1.05, down=0.5, noise=0.1)
    assert view.moving["rate"].get_ydata()[-1] < 1e-10
    view.update(up=1.05, down=1 / 1.05, noise=0.1)
    assert view.moving["rate"].get_ydata()[-1] > 1e-2
