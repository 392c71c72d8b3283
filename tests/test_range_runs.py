"""The stored trials of range tests: whole, described, and what the script makes anew."""

import numpy as np
import pytest

from lrlib import letters
from lrlib.range_runs import (
    BLIND,
    DIVISORS,
    FOUR,
    SETTINGS,
    SWEEP,
    accuracies,
    chosen,
    letter_net,
    range_runs,
    trial,
)


def test_what_is_stored():
    runs = range_runs()
    assert list(runs.rates) == list(runs.accuracy) == list(SETTINGS)
    for name, setting in SETTINGS.items():
        rates, accuracy = runs.rates[name], runs.accuracy[name]
        assert rates.shape == (20, 20) and accuracy.shape == (20, 2, 2, 20)
        np.testing.assert_allclose(rates[:, FOUR], rates[:, 4:5] / DIVISORS)
        np.testing.assert_allclose(rates[:, 0], rates[:, 4] / 10)
        sweep = np.geomspace(setting.start, setting.end, 12)
        np.testing.assert_allclose(rates[:, SWEEP], np.tile(sweep, (20, 1)))
        assert 0 <= accuracy.min() and accuracy.max() < 95
        # no reading stands at an end of its ramp
        assert np.all(rates[:, 4] > 2 * setting.start) and np.all(rates[:, 4] < setting.end / 2)
        with pytest.raises(ValueError, match="read-only"):
            rates[0] = 0


@pytest.mark.parametrize("name", ["SGD", "SGD, no hidden layer"])
def test_a_seed_made_anew(name):
    rates, accuracy = trial(SETTINGS[name], 3)
    runs = range_runs()
    step = (SETTINGS[name].end / SETTINGS[name].start) ** (2 / 125)
    assert 1 / step <= rates[4] / runs.rates[name][3, 4] <= step
    calm = (rates[SWEEP] < 0.3) & (rates[SWEEP] > 0.01)
    stored = runs.accuracy[name][3]
    np.testing.assert_allclose(
        accuracy[..., SWEEP][..., calm], stored[..., SWEEP][..., calm], atol=1
    )


def test_choosing_by_the_held_out_letters():
    accuracy = np.zeros((2, 2, 20))  # held-out or test, constant or cycle, rate
    accuracy[0, 0, 9], accuracy[1, 0, 9], accuracy[1, 0, 10] = 50, 40, 60
    accuracy[0, 1, 4], accuracy[1, 1, 4] = 70, 65
    np.testing.assert_array_equal(chosen(accuracy, SWEEP), [40, 0])
    np.testing.assert_array_equal(chosen(accuracy, FOUR), [0, 65])
    assert [len(range(20)[b]) for b in BLIND] == [4, 4, 4]


def test_accuracies_are_counted_on_the_held_out_and_the_test_letters():
    theta = np.random.default_rng(0).standard_normal((3, 1970)).astype(np.float32)
    data, expected = letters(size=14), np.empty((2, 3))
    for k, one in enumerate(theta):
        W, b = one[:1960].reshape(196, 10), one[1960:]
        expected[0, k] = 100 * np.mean((data.X_heldout @ W + b).argmax(1) == data.y_heldout)
        expected[1, k] = 100 * np.mean((data.X_test @ W + b).argmax(1) == data.y_test)
    np.testing.assert_allclose(accuracies(theta, hidden=0), expected, atol=0.1)


def test_a_letter_net_sees_one_row_and_trains_on_batches():
    net, data = letter_net(4), letters(size=14)
    assert net.theta0.shape == (196 * 16 + 16 + 16 * 10 + 10,)
    assert net.batch_size == 64 and np.array_equal(net.X, data.X_train)
    W, b = net.theta0[: 196 * 16].reshape(196, 16), net.theta0[196 * 16 : 197 * 16]
    V, c = net.theta0[197 * 16 : -10].reshape(16, 10), net.theta0[-10:]
    z = np.maximum(data.X_train @ W + b, 0) @ V + c
    losses = np.log(np.exp(z).sum(1)) - z[np.arange(len(z)), data.y_train]
    assert np.abs(losses - net.loss(net.theta0)).min() < 1e-5
    rows = net.rows(0)
    assert net.batch_loss(net.theta0, 0) == pytest.approx(losses[rows].mean(), rel=1e-4)
