"""The stored runs of lesson 06: whole, described, and what the script makes anew."""

import numpy as np
import pytest

from lrlib.adam_runs import METHODS, PARTS, RATES, ROWS, SEEDS, adam_runs, at_best, trial, warmed


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


@pytest.mark.parametrize("task", PARTS)
def test_a_seed_made_anew(task):
    stored = adam_runs()[task]["Adam"][3][..., :3]
    anew = trial(task, METHODS["Adam"], 3, RATES[:3])
    np.testing.assert_allclose(anew[:, -1], stored[:, -1], atol=1)


def test_the_warm_up_rises_to_the_rate_and_ends_near_zero():
    rates = [float(warmed(np.array([0.01]), 372)(t)[0]) for t in range(372)]
    np.testing.assert_allclose(rates[:50], 0.01 * np.arange(1, 51) / 50)
    assert max(rates) == pytest.approx(0.01) and rates[-1] < 1e-6


def test_choosing_by_the_held_out_part():
    accuracy = np.zeros((2, 2, 3, 10))
    accuracy[:, 0, 1, 4], accuracy[:, 1, 1, 4], accuracy[:, 1, 1, 5] = 60, 50, 70
    found, place = at_best(accuracy, 1)
    assert place == 4 and found.tolist() == [50, 50]
