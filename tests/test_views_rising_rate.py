"""The panel of the range test reads what it draws, and its law is the one of the run."""

import numpy as np
import pytest

from lrlib import descend, sgd
from lrlib.problems import quadratic
from lrlib.range_readings import lowest, smoothed, trap
from lrlib.views.rising_rate import LIMIT, MARKS, NOISES, START, rates, rising_rate
from lrlib.words import num


def moved(view, **values):
    """The sentence after the controls were set, without drawing."""
    with np.errstate(all="ignore"):
        return view.update(**view.defaults | values)


@pytest.mark.parametrize("ramp", ["exponential", "straight"])
@pytest.mark.parametrize("noise", [0.0, 1e-4, 1.0])
@pytest.mark.parametrize("smoothing", ["none", "0.98"])
def test_the_marks_are_readings_of_the_loss_that_is_drawn(ramp, noise, smoothing):
    view = rising_rate()
    values = {"noise": noise, "kappa": 10.0, "ramp": ramp, "steps": 60, "smoothing": smoothing}
    sentence = moved(view, **values)
    trace = descend(quadratic([0.4, 4.0], START, noise=noise), sgd, rates(ramp, 60), 60)
    loss = smoothed(trace.loss[:-1] / trace.loss[0], {"none": 0.0, "0.98": 0.98}[smoothing])
    lr, drawn = view.moving["loss"].get_data()
    np.testing.assert_allclose(lr * LIMIT, trace.lr)
    near = loss < 1e20
    np.testing.assert_allclose(drawn[near], loss[near])
    for name, (rule, _) in MARKS.items():
        x, y = view.moving[name].get_data()
        assert x[0] == pytest.approx(rule(lr, loss), nan_ok=True)
        assert np.isnan(x[0]) or (y[0] == pytest.approx(np.interp(x[0], lr, loss)))
    assert f"lowest at {num(lowest(lr, loss), 3)}" in sentence


def test_the_law_of_the_steep_error_is_measured_and_noise_leaves_it():
    view = rising_rate()
    moved(view, steps=200)
    (x, law), (_, seen) = view.moving["product"].get_data(), view.moving["error"].get_data()
    np.testing.assert_allclose(seen, law, rtol=1e-6)
    assert x[law.argmin()] == pytest.approx(1, rel=0.06)  # it turns at the limit
    view = rising_rate()
    moved(view, steps=200, noise=1e-4)
    law, seen = (view.moving[name].get_ydata() for name in ("product", "error"))
    assert seen.min() > 100 * law.min()


@pytest.mark.parametrize("ramp", ["exponential", "straight"])
def test_the_line_of_the_law_stands_where_the_lowest_point_comes_to(ramp):
    for kappa in (5.0, 20.0, 117.0):
        view = rising_rate()
        moved(view, kappa=kappa, ramp=ramp, steps=400)
        at = view.moving["law"].get_xdata()[0]
        assert at == pytest.approx(trap(kappa, straight=ramp == "straight"))
        assert view.moving["lowest"].get_xdata()[0] == pytest.approx(at, rel=0.05)


def test_more_noise_brings_the_explosion_to_the_limit():
    at = []
    for noise in NOISES[:-1]:
        view = rising_rate()
        moved(view, noise=noise)
        at.append(view.moving["passes its start"].get_xdata()[0])
    assert at[0] > 7 and at[-1] < 2
    assert np.all(np.diff(at) <= 0.1 * np.array(at[:-1]))
