"""The pictures of lesson 01 show the runs that were made, also those that diverge."""

import numpy as np
import pytest

from lrlib import descend, penguins, sgd
from lrlib.problems import least_squares
from lrlib.views.valley import near, units, valley

CM, MASS = penguins().flipper_mm / 10, penguins().mass_kg


def fit(x):
    return least_squares(np.column_stack([np.ones_like(x), x]), MASS)


@pytest.mark.parametrize("fraction", [0.95, 1.05, 1.25])
def test_every_segment_of_a_path_is_a_step(fraction):
    problem = fit(CM - 18)
    lr = fraction * 2 / np.linalg.eigvalsh(problem.hessian)[-1]
    view = valley(problem)
    view.update(lr=lr)
    drawn = np.column_stack(view.moving[0].get_data())
    np.testing.assert_array_equal(drawn, descend(problem, sgd, lr, 60).theta[: len(drawn)])
    assert (len(drawn) == 61) == (fraction < 1)


def test_a_path_is_cut_after_its_first_point_far_away():
    path = np.array([[0.0, 0], [1, 1], [-9, 0], [1, 0], [np.inf, np.nan]])
    assert near(path, 0, np.array([5.0, 5.0])).tolist() == path[:3].tolist()
    assert len(near(path, 0, np.array([10.0, 10.0]))) == 5


def test_the_bars_are_true_at_both_ends_of_the_slider():
    problem = fit(CM - 18)
    h, view = np.linalg.eigvalsh(problem.hessian), valley(problem)
    for lr in (view.controls["lr"].low, view.controls["lr"].high):
        view.update(lr=lr)
        steep, flat = (bar.get_width() + 1e-6 for bar in view.moving[2:4])
        exact = np.abs(1 - lr * h) ** 60
        assert flat == pytest.approx(exact[0], rel=0.05)
        assert steep == pytest.approx(np.clip(exact[1], 1e-6, 1e4), rel=0.05)


def test_the_valley_of_units_is_drawn_with_one_scale():
    view = units(CM, MASS)
    for unit, origin in (("cm", 20.1), ("dm", 20.1), ("mm", 0.0)):
        view.update(lr=1e-6, unit=unit, **{"origin in cm": origin})
        ax = view.figure.axes[1]
        assert np.ptp(ax.get_xlim()) == np.ptp(ax.get_ylim())
        ring = np.column_stack(view.moving[1].get_data())[:120]
        x = (CM - origin) * {"cm": 1, "dm": 0.1, "mm": 10}[unit]
        assert np.ptp(fit(x).loss(fit(x).minimum + ring)) < 1e-9
