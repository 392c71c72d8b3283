"""The stored race of lesson 13: whole, described, and what the script makes anew."""

import numpy as np
import pytest

from lrlib.race_runs import METHODS, RATES, SEEDS, TASKS, paired, race_runs, trial, tuned, untuned


def test_what_is_stored():
    runs = race_runs()
    assert list(runs) == list(TASKS)
    for task, rows in runs.items():
        assert list(rows) == list(METHODS)
        for method, scores in rows.items():
            assert scores.shape == (SEEDS, 2, len(RATES))
            if task == "cars" and method.startswith("Muon"):
                assert np.isnan(scores).all()
                continue
            place = scores[:, 0].mean(0).argmax()
            assert 0 < place < len(RATES) - 1, (task, method)  # no best rate at an end
            assert scores.max() < 95 and np.isfinite(scores).all()
            with pytest.raises(ValueError, match="read-only"):
                scores[0] = 0


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("method", ["Schedule-Free Adam", "Prodigy, line"])
def test_a_seed_made_anew(task, method):
    stored = race_runs()[task][method]
    place = tuned(stored)[1]
    anew = trial(task, method, 3, RATES[[place]])
    np.testing.assert_allclose(anew[:, 0], stored[3, :, place], atol=1.5)


def test_muon_has_no_matrix_in_the_cars():
    assert np.isnan(trial("cars", "Muon, line", 0)).all()


def test_choosing_by_the_held_out_part():
    scores = np.zeros((2, 2, 12))
    scores[:, 0, 4], scores[:, 1, 4], scores[:, 1, 6] = 60, 50, 70
    found, place = tuned(scores)
    assert place == 4 and found.tolist() == [50, 50]
    assert tuned(scores, away=2)[0].tolist() == [70, 70]
    scores[:, 1, 2] = 7  # 0.01
    assert untuned("SGD", scores).tolist() == [7, 7]
    assert paired(np.array([1.0, 3.0]), np.array([0.0, 0.0])) == (2.0, 1.0)
