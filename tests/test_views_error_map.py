"""The map, the cobweb and the law are those of the run."""

import numpy as np
import pytest

from lrlib import descend, error_driven, plots
from lrlib.problems import bowl
from lrlib.views.error_map import error_map, rates_times_h


@pytest.mark.parametrize("power", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("share", [0.05, 0.9, 1.0, 1.1])
def test_the_run_walks_on_the_drawn_map(power: float, share: float) -> None:
    view = error_map(steps=40)
    view.update(share=share, power=power)
    q = descend(bowl(), lr=error_driven(share * 2 / 12.5**power, power), steps=40).lr
    x, y = view.moving["map"].get_data()
    inside = q[:-1][(q[:-1] < 2.5) & (q[1:] < 2.5)]
    np.testing.assert_allclose(np.interp(inside, x, y), q[1 : len(inside) + 1], atol=2e-2)
    corners = np.stack(view.moving["cobweb"].get_data(), -1)
    np.testing.assert_allclose(corners[0], [q[0], 0])
    np.testing.assert_allclose(corners[1], [q[0], min(q[1], 1e3)], rtol=1e-12)
    steps, drawn = view.moving["rate"].get_data()
    small = q[1:] < 1e3
    np.testing.assert_allclose(drawn[small], q[1:][small], rtol=1e-12)
    np.testing.assert_allclose(view.moving["law"].get_ydata() * 2 * power * steps, 1)


def test_the_sentence_tells_four_ends_apart() -> None:
    def said(**values: float) -> str:
        return repr(plots.still(error_map(), **values))

    assert "at step 999 the rate is 4.91e-4 / h, the law gives 5.01e-4 / h" in said()
    assert "stays there for all 1000 steps" in said(share=1.0)
    assert "explodes, above 1,000 / h at step 5" in said(share=1.01)
    assert "step 0 lands on the minimum" in said(share=0.5)


@pytest.mark.parametrize("power", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("share", [0.01, 0.3, 0.5, 0.9, 0.99, 1.0, 1.01, 1.1])
def test_the_rates_are_those_of_a_run(power: float, share: float) -> None:
    run = descend(bowl(), lr=error_driven(share * 2 / 12.5**power, power), steps=1000).lr
    rates = rates_times_h(2 * share, power, 1000)
    both = np.isfinite(run) & (run < 1e3) & (rates < 1e3)
    assert np.array_equal(run < 1e3, rates < 1e3)
    tolerance = {"rtol": 1e-9, "atol": 1e-12}
    if share == 1.0:  # the fixed point is unstable: rounding grows
        tolerance = {"rtol": 1e-6}
    np.testing.assert_allclose(rates[both], run[both], **tolerance)


def test_the_rates_of_many_steps_are_drawn_at_some() -> None:
    view = error_map()
    view.update(share=0.9, power=1.0)
    t, drawn = view.moving["rate"].get_data()
    rates = rates_times_h(1.8, 1.0, 1000)
    assert t[0] == 1 and t[-1] == 999 and len(t) < 400
    np.testing.assert_array_equal(drawn, rates[t])
    np.testing.assert_array_equal(view.moving["law"].get_xdata(), t)
