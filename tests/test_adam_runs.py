"""The stored runs of lesson 06: whole, described, and what the script makes anew."""

import numpy as np
import pytest

from lrlib import auto_mpg, glosses
from lrlib.accuracy import bags
from lrlib.adam_runs import (
    FINE,
    METHODS,
    PARTS,
    RATES,
    ROWS,
    SCHEDULES,
    SEEDS,
    adam_runs,
    at_best,
    explained,
    gloss_fit,
    held,
    over_passes,
    read_right,
    recorded_steps,
    schedule_runs,
    trial,
    warmed,
)


def test_what_is_stored():
    runs = adam_runs()
    assert list(runs) == list(ROWS) == list(PARTS)
    for task, (steps, every) in PARTS.items():
        assert list(runs[task]) == list(ROWS[task])
        for accuracy in runs[task].values():
            assert accuracy.shape == (SEEDS, 2, steps // every, len(RATES))
            assert 0 <= accuracy.min() and accuracy.max() < 95
            best = accuracy[:, 0, -1].mean(0).argmax()
            assert 0 < best < len(RATES) - 1  # no best rate at an end of the grid
            with pytest.raises(ValueError, match="read-only"):
                accuracy[0] = 0


def test_what_is_stored_of_the_schedules():
    runs = schedule_runs()
    assert list(runs) == list(SCHEDULES)
    for accuracy in runs.values():
        assert accuracy.shape == (SEEDS, 2, 12, len(FINE)) and accuracy.max() < 95
        assert 0 < at_best(accuracy)[1] < len(FINE) - 1  # no best rate at an end of the grid


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_schedule_made_anew(name):
    anew = trial("letters", SCHEDULES[name], 3, FINE[:2])
    np.testing.assert_allclose(anew[:, -1], schedule_runs()[name][3, :, -1, :2], atol=1.5)


def test_times_as_many_steps_are_looked_at_as_often():
    longer = trial("letters", METHODS["SGD"], 0, RATES[4:6], times=2)
    once = trial("letters", METHODS["SGD"], 0, RATES[4:6])
    assert longer.shape == once.shape
    np.testing.assert_allclose(longer[:, 0], once[:, 1])  # after twice as many steps


@pytest.mark.parametrize("task", PARTS)
def test_a_seed_made_anew(task):
    stored = adam_runs()[task]["Adam"][3][..., :3]
    anew = trial(task, METHODS["Adam"], 3, RATES[:3])
    np.testing.assert_allclose(anew[:, -1], stored[:, -1], atol=1)


def test_a_held_warm_up_rises_and_stays():
    rates = [float(held(np.array([0.01]), 372)(t)[0]) for t in (0, 24, 49, 50, 371)]
    np.testing.assert_allclose(rates, [0.0002, 0.005, 0.01, 0.01, 0.01])


def test_the_warm_up_rises_to_the_rate_and_ends_near_zero():
    rates = [float(warmed(np.array([0.01]), 372)(t)[0]) for t in range(372)]
    np.testing.assert_allclose(rates[:50], 0.01 * np.arange(1, 51) / 50)
    assert max(rates) == pytest.approx(0.01) and rates[-1] < 1e-6


def test_choosing_by_the_held_out_part():
    accuracy = np.zeros((2, 2, 3, 10))
    accuracy[:, 0, 1, 4], accuracy[:, 1, 1, 4], accuracy[:, 1, 1, 5] = 60, 50, 70
    found, place = at_best(accuracy, 1)
    assert place == 4 and found.tolist() == [50, 50]


def scores(theta, texts):
    """Logits of softmax regression on words, text by text."""
    W, b = theta[:-8].reshape(-1, 8), theta[-8:]
    starts = zip(texts.indptr[:-1], texts.indptr[1:], strict=True)
    return np.stack([W[texts.indices[i:j]].sum(0) + b for i, j in starts])


def test_a_gloss_fit_is_softmax_regression_on_the_words_to_tune_with():
    problem, texts = gloss_fit(2), glosses().fit
    theta = np.random.default_rng(0).standard_normal(problem.theta0.size)
    assert theta.size == 8 * len(glosses().vocabulary) + 8 and problem.batch_size == 64
    z = scores(theta, texts)
    losses = np.log(np.exp(z).sum(1)) - z[np.arange(len(z)), texts.y]
    rows = problem.rows(5)
    assert problem.batch_loss(theta, 5) == pytest.approx(losses[rows].mean())
    assert np.abs(losses - problem.loss(theta)).min() < 1e-9  # of one row


def test_what_is_read_right_is_counted():
    problem, theta = gloss_fit(0), np.random.default_rng(1).standard_normal(38_872)
    parts = (glosses().heldout, glosses().test)
    expected = [100 * np.mean(scores(theta, part).argmax(1) == part.y) for part in parts]
    np.testing.assert_allclose(read_right("glosses", problem, theta), expected)


@pytest.mark.parametrize("part", ["fit", "heldout", "train", "test"])
def test_bags_are_the_texts_and_their_classes(part):
    texts = getattr(glosses(), part)
    X, y = bags(texts)
    np.testing.assert_array_equal(y, texts.y)
    np.testing.assert_array_equal(X.indices, texts.indices)
    np.testing.assert_array_equal(X.indptr, texts.indptr)
    assert X.n_words == len(glosses().vocabulary)


def test_over_passes_takes_the_best_rate_of_each_look():
    accuracy = np.zeros((2, 2, 3, 4))
    for look, rate in enumerate((0, 2, 1)):
        accuracy[:, 0, look, rate] = 9
        accuracy[:, 1, look, rate] = [10 * look + 1, 10 * look + 3]
    passes, means = over_passes(accuracy)
    assert passes.tolist() == [0.25, 0.5, 0.75] and means.tolist() == [2, 12, 22]


def test_recorded_steps_are_adams_by_hand():
    g = np.random.default_rng(0).standard_normal((6, 2))
    m = v = 0.0
    expected = []
    for t, now in enumerate(g, 1):
        m, v = 0.9 * m + 0.1 * now, 0.999 * v + 0.001 * now**2
        expected.append(m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8))
    np.testing.assert_allclose(recorded_steps(g), expected)


def test_what_a_line_explains_is_the_share_of_the_held_out_variance():
    cars, rates = auto_mpg(), RATES[:9]
    X = (cars.X - cars.X.mean(0)) / cars.X.std(0)
    order = np.random.default_rng(7).permutation(len(cars.y))
    held, fit = order[: len(order) // 4], order[len(order) // 4 :]
    found = explained("cars", 7)
    assert found.shape == rates.shape
    A = np.column_stack([X, np.ones(len(X))])
    w = np.linalg.lstsq(A[fit], cars.y[fit], rcond=None)[0]
    best = 100 * (1 - np.mean((A[held] @ w - cars.y[held]) ** 2) / cars.y[held].var())
    assert abs(found.max() - best) < 1 and found[0] < 0  # the smallest rate has not arrived
