"""What the figures of lesson 05 draw is what happened."""

import numpy as np
import pytest

from lrlib.plots import still
from lrlib.problems import valley
from lrlib.views.gradient_averages import averaged_run, gradient_averages, stream_levels

HYPER = {"rho": 0.8, "eps": 1e-3, "eps_root": 1e-4}


@pytest.mark.parametrize("centered", [False, True])
def test_the_rate_times_the_gradient_is_the_step(centered):
    theta, _, size, _, rates = averaged_run(valley(), 0.3, 60, centered=centered, **HYPER)
    np.testing.assert_allclose(np.abs(np.diff(theta, axis=0)), rates * size, rtol=1e-9)


def test_the_drawn_average_obeys_its_formula():
    _, _, size, root, _ = averaged_run(valley(), 0.3, 60, **HYPER)
    v = np.zeros(2)
    for g, r in zip(size, root, strict=True):
        v = 0.8 * v + 0.2 * g**2
        np.testing.assert_allclose(r, np.sqrt(v), rtol=1e-12)


def test_what_is_drawn_follows_the_controls():
    view = gradient_averages(valley())
    still(view, **{"lr": 0.7, "1 - rho": 0.05, "momentum": 0.5, "eps": 1e-4})
    theta, loss, size, root, rates = averaged_run(
        valley(), 0.7, 120, rho=0.95, momentum=0.5, eps=1e-4, eps_root=1e-10
    )
    path, line, floor = (view.moving[name] for name in ("path", "loss", "two-cycle"))
    lines = [
        view.moving[f"{what} of {w}"]
        for what in ("root", "gradient", "rate", "limit")
        for w in "wb"
    ]
    np.testing.assert_array_equal(np.transpose(path.get_data()), theta)
    np.testing.assert_array_equal(line.get_ydata(), loss)
    assert floor.get_ydata()[0] == pytest.approx((0.2 + 4.0) / 2 * 0.35**2)
    drawn = [a.get_ydata() for a in lines]
    np.testing.assert_array_equal(drawn[:6], [*root.T, *size.T, *rates.T])
    np.testing.assert_allclose([d[0] for d in drawn[6:]], [2 * 1.5 / 0.2, 2 * 1.5 / 4.0])


def test_a_level_is_described_by_its_own_numbers():
    year, flow = np.arange(3), np.array([1.0, 2.0, 3.0])
    assert (
        "half: 1 to 2, error 0.6455"
        in stream_levels(year, flow, {"half": np.array([1.0, 1.5, 2.0])}, "year", "flow").sentence
    )
