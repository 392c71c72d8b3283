"""The stored trials of range tests: whole, described, and what the script makes anew."""

import numpy as np
import pytest

from lrlib.range_runs import BLIND, DIVISORS, FOUR, SETTINGS, SWEEP, chosen, range_runs, trial


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
