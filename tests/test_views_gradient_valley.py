"""The pictures of lessons 01 and 03 show the runs that were made, also those that diverge."""

import numpy as np
import pytest

from lrlib import auto_mpg, descend, penguins, sgd
from lrlib.plots import along_ray
from lrlib.problems import least_squares
from lrlib.views.gradient_valley import gradient_valley
from lrlib.views.unit_change import unit_change

CM, MASS = penguins().flipper_mm / 10, penguins().mass_kg


def fit(x):
    return least_squares(np.column_stack([np.ones_like(x), x]), MASS)


@pytest.mark.parametrize("fraction", [0.95, 1.05, 1.25])
def test_every_segment_of_a_path_is_a_step(fraction):
    problem = fit(CM - 18)
    lr = fraction * 2 / np.linalg.eigvalsh(problem.hessian)[-1]
    view = gradient_valley(problem)
    view.update(lr=lr)
    drawn = np.column_stack(view.moving["path"].get_data())
    theta = descend(problem, sgd, lr, 60).theta
    reach = np.ptp(view.moving["path"].axes.get_xlim()) / 2
    near = np.abs(theta - problem.minimum).max(-1) < 49 * reach
    np.testing.assert_array_equal(drawn[near], theta[near])
    assert near.all() == (fraction < 1.2)
    away, far = theta - problem.minimum, drawn - problem.minimum
    np.testing.assert_allclose(away[:, 0] * far[:, 1], away[:, 1] * far[:, 0], rtol=1e-9)


def test_what_runs_away_does_so_along_its_own_ray():
    path = np.array([[0.0, 0], [1, 1], [-9, 0], [1, 0], [3e200, -4e200], [np.inf, np.nan], [0, 0]])
    drawn = along_ray(path, 0, np.array([5.0, 5.0]))
    np.testing.assert_allclose(drawn, [[0, 0], [1, 1], [-5, 0], [1, 0], [3.75, -5]])
    assert along_ray(path[:4], 0, np.array([10.0, 10.0])).tolist() == path[:4].tolist()


def test_the_bars_are_true_at_both_ends_of_the_slider():
    problem = fit(CM - 18)
    h, view = np.linalg.eigvalsh(problem.hessian), gradient_valley(problem)
    for lr in (view.controls["lr"].low, view.controls["lr"].high):
        view.update(lr=lr)
        steep, flat = (
            bar.get_width() + 1e-6 for bar in (view.moving["steep"], view.moving["flat"])
        )
        exact = np.abs(1 - lr * h) ** 60
        assert flat == pytest.approx(exact[0], rel=0.05)
        assert steep == pytest.approx(np.clip(exact[1], 1e-6, 1e4), rel=0.05)


def test_the_valley_of_units_is_drawn_with_one_scale():
    view = unit_change(CM, MASS)
    for unit, origin in (("cm", 20.1), ("dm", 20.1), ("mm", 0.0)):
        view.update(lr=1e-6, unit=unit, **{"origin in cm": origin})
        ax = view.figure.axes[1]
        assert np.ptp(ax.get_xlim()) == np.ptp(ax.get_ylim())
        ring = np.column_stack(view.moving["rings"].get_data())[:121]
        x = (CM - origin) * {"cm": 1, "dm": 0.1, "mm": 10}[unit]
        assert np.ptp(fit(x).loss(fit(x).minimum + ring)) < 1e-9


def test_the_least_momentum_that_brings_both_bars_of_lesson_03_below_a_millionth():
    problem = fit(CM - 18)
    h, directions = np.linalg.eigh(problem.hessian)
    rates = np.logspace(np.log10(0.003), np.log10(0.8), 121)

    def left(momentum, rates=rates):
        theta = descend(problem, sgd, rates, 60, momentum=momentum).theta[[0, -1]]
        start, end = np.abs((theta - problem.minimum) @ directions)
        return np.nan_to_num((end / start).max(-1), nan=np.inf)

    assert (
        left(0.41, np.array([0.37, 0.38])).min()
        < 1e-6
        < left(0.38, np.linspace(0.3, 0.45, 301)).min()
    )
    assert left(0.99).min() > 1e-2
    assert np.sqrt(h[1] / h[0]) == pytest.approx((1 + 0.45**0.5) / (1 - 0.45**0.5), rel=0.01)


def test_nesterov_tuned_for_the_quadratic_of_the_cars():
    cars = auto_mpg()
    Z = (cars.X - cars.X.mean(0)) / cars.X.std(0)
    problem = least_squares(Z, cars.y - cars.y.mean())
    low, high = np.linalg.eigvalsh(problem.hessian)[[0, -1]]
    root = np.sqrt(3 * high / low + 1)
    lr, momentum = 4 / (3 * high + low), (root - 2) / (root + 2)
    theta = descend(problem, sgd, lr, 200, momentum=momentum, nesterov=True).theta
    size = np.linalg.norm(theta - problem.minimum, axis=-1)
    assert np.argmax(size < 1e-3 * size[0]) == 72  # steps, as lesson 03 says
