"""The Adagrad figures show the rates that were used."""

import numpy as np
import pytest

from lrlib import adagrad, plots
from lrlib.problems import quadratic
from lrlib.views.rotated_valley import START, best_sgd, rotated_valley, scaled_run
from lrlib.views.word_rates import accuracy_by_rate, word_rates


@pytest.mark.parametrize("rotation", [0.0, 30.0])
@pytest.mark.parametrize("scale", [0.01, 1.0])
def test_the_rates_are_those_of_the_formula(rotation: float, scale: float) -> None:
    hyper = {"eps": 0.01, "initial_accumulator_value": 0.1}
    theta, loss, rates = scaled_run(adagrad, 0.7, rotation, scale, 40, **hyper)
    problem = quadratic([0.2 * scale, 4 * scale], theta[0], rotation=rotation)
    g = problem.grad(theta[:-1])
    expected = 0.7 / (np.sqrt(0.1 + np.cumsum(g**2, axis=0)) + 0.01)
    np.testing.assert_allclose(rates, expected, rtol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(theta[0]), np.linalg.norm(START))
    np.testing.assert_allclose(loss, problem.loss(theta))


def test_the_drawn_rates_and_losses_are_those_of_the_run() -> None:
    view = rotated_valley({"Adagrad": adagrad}, steps=30)
    values = {name: c.value for name, c in view.controls.items()}
    view.update(**{**values, "lr": 0.5, "rotation": 20.0, "loss scale": 10.0})
    _, loss, rates = scaled_run(adagrad, 0.5, 20.0, 10.0, 30)
    lines = {name: a.get_ydata() for name, a in view.moving.items() if hasattr(a, "get_ydata")}
    limit = 2 / (10.0 * 4.0)
    np.testing.assert_allclose(lines["first weight"], rates[:, 0] / limit)
    np.testing.assert_allclose(lines["second weight"], rates[:, 1] / limit)
    np.testing.assert_array_equal(lines["loss"], loss / loss[0])


def test_where_turning_costs_adagrad_its_advantage() -> None:
    """Lesson 04: below the dashed line up to 12 degrees, above from 14, worst near 45."""

    def end(degrees: float) -> float:
        loss = scaled_run(adagrad, 1.0, degrees, 1.0, 60)[1]
        return loss[-1] / loss[0]

    ends = {degrees: end(float(degrees)) for degrees in range(91)}
    dashed = best_sgd(60)[-1]
    assert max(ends[d] for d in range(13)) < dashed < min(ends[d] for d in range(14, 76))
    assert 40 < max(ends, key=ends.__getitem__) < 50
    assert ends[45] > 0.95 * max(ends.values())


def test_the_sentence_tells_the_three_ends_apart() -> None:
    def said(**values: float) -> str:
        return repr(plots.still(rotated_valley({"Adagrad": adagrad}), **values))

    assert "after 60 steps" in said(lr=1.0)
    assert "times the first loss and back" in said(lr=1000.0, rotation=30.0)
    assert "of its start" in said(lr=10.0)


def test_word_rates_says_what_it_draws() -> None:
    picture = word_rates(
        np.array([1000, 10, 10]), np.array([0.1, 2.0, 3.0]), ["a", "b", "c"], ["b"]
    )
    assert "b (in 10 texts) 2" in picture.sentence


def test_accuracy_by_rate_names_each_top() -> None:
    rates = np.array([0.1, 1.0, 10.0])
    picture = accuracy_by_rate(
        {"a": (rates, np.array([70.0, 81.26, 75.0])), "b": (rates, np.array([61.0, 62.0, 63.0]))}
    )
    assert "a 81 % at 1;" in picture.sentence
    assert "b 63 % at 10." in picture.sentence
