"""The stored runs of lesson 14: whole, described, and what is read from them."""

import hashlib

import numpy as np
import pytest

from lrlib import datasets
from lrlib.own_model import at_lowest, best_rates, falls, medians, readings, results
from lrlib.stored_runs import own_model_runs


def test_what_is_stored():
    runs = own_model_runs()
    assert runs.kernels == ("momentum", "Adam")
    assert runs.rates.shape == (2, 13) and runs.tops.shape == (2, 4)
    assert runs.heldout.shape == (10, 2, 13, 16) and runs.accuracy.shape == (10, 2, 13, 2)
    assert runs.planned.shape == (10, 2, 2, 4, 3)
    assert runs.ramp_rates.shape == (2, 125) and runs.ramp_losses.shape == (10, 2, 125)
    assert runs.full_batch.shape == (10, 6, 41) and runs.curvature.shape == (10,)
    np.testing.assert_allclose(runs.rates[:, 1:] / runs.rates[:, :-1], 10 ** (1 / 3))
    np.testing.assert_array_equal(runs.steps, np.arange(0, 376, 25))
    start = runs.heldout[..., 0]
    assert np.ptp(start, (1, 2)).max() < 1e-6  # all runs of a seed have one start
    assert abs(start - np.log(10)).max() < 0.1
    assert np.all(runs.accuracy[runs.accuracy > 0] >= 9) and runs.accuracy.max() < 95
    with pytest.raises(ValueError, match="read-only"):
        runs.heldout[0] = 0


def test_the_file_has_a_checksum_and_a_card():
    sums = dict(line.split()[::-1] for line in (datasets.DATA / "SHA256SUMS").open())
    data = (datasets.DATA / "own_model_runs.npz").read_bytes()
    assert hashlib.sha256(data).hexdigest() == sums["own_model_runs.npz"]
    card = (datasets.DATA / "README.md").read_text().split("\n## own_model_runs\n")[1]
    assert "python data/build/own_model_runs.py" in card and "How exact" in card


def test_the_setting_with_the_lowest_loss_is_chosen_and_nan_is_not():
    loss = np.array([[3.0, np.nan, 2.0], [np.nan, 1.0, 5.0]])
    assert at_lowest(loss, np.array([[1, 2, 3], [4, 5, 6]])).tolist() == [3, 5]


def test_results_are_chosen_by_held_out_loss_seed_by_seed():
    runs, found = own_model_runs(), results(own_model_runs())
    default = found.pop("Adam at 0.001: 1 run")
    np.testing.assert_array_equal(default, runs.accuracy[:, 1, 6, 1])
    assert runs.rates[1, 6] == pytest.approx(1e-3)
    assert [int(name.split()[-2]) for name in found] == [13, 4, 4, 13, 4, 4, 42]
    rates = best_rates(runs, "Adam")
    for seed in range(10):
        settings = {
            (k, "constant", rate): (runs.heldout[seed, k, j, -1], runs.accuracy[seed, k, j, 1])
            for k in (0, 1)
            for j, rate in enumerate(runs.rates[k])
        }
        constants = {key: pair for key, pair in settings.items() if key[0] == 1}
        best = min(constants, key=lambda key: np.nan_to_num(constants[key][0], nan=9))
        assert found["Adam, constant: 13 runs"][seed] == constants[best][1]
        assert rates[seed] == best[2]
        for k, plan, j in np.ndindex(2, 2, 4):
            settings[k, plan, j] = tuple(runs.planned[seed, k, plan, j, ::2])
        best = min(settings, key=lambda key: np.nan_to_num(settings[key][0], nan=9))
        assert found["all of these: 42 runs"][seed] == settings[best][1]


def test_medians_and_readings_over_the_seeds():
    runs = own_model_runs()
    rows = readings(runs)
    assert [row[0] for row in rows] == list(runs.kernels)
    for k, (name, row) in enumerate(zip(runs.kernels, rows, strict=True)):
        limit, found = medians(runs, name)
        assert row == [name, limit or "none", *found.values(), np.median(best_rates(runs, name))]
        pairs = (runs.ramp_rates[k][:, None] + runs.ramp_rates[k]) / 2  # a median of ten is one
        for reading in (10 * found["lowest / 10"], found["steepest"]):
            assert np.isclose(pairs, reading, rtol=1e-5).any()
        assert 0.01 < found["steepest"] / (10 * found["lowest / 10"]) < 1
    limits = sorted(3.8 / runs.curvature)
    assert medians(runs, "momentum")[0] == pytest.approx(3.8 / np.median(runs.curvature))
    assert limits[4] <= medians(runs, "momentum")[0] <= limits[5]
    assert medians(runs, "Adam")[0] is None


def test_falls_are_the_finite_runs_of_a_seed():
    runs = own_model_runs()
    for seed in range(10):
        lines = falls(runs, seed)
        finite = np.isfinite(runs.full_batch[seed]).all(-1)
        assert list(lines) == [f"{c:g} of 2/L" for c in runs.multiples[finite]]
        for (steps, loss), stored in zip(
            lines.values(), runs.full_batch[seed][finite], strict=True
        ):
            assert steps.tolist() == list(range(41))
            np.testing.assert_array_equal(loss, stored)
