"""Range tests: the rules are fastai's, the run is the loop's, the theory is what ramps do."""

import doctest
import json
from pathlib import Path

import numpy as np
import pytest

from lrlib import auto_mpg, descend, one_cycle, range_readings, range_test, sgd
from lrlib.problems import least_squares, quadratic, softmax
from lrlib.range_readings import (
    READINGS,
    compete,
    dilogarithm,
    kept,
    longest_valley,
    lowest,
    passes_start,
    ramp,
    slide,
    smoothed,
    steepest,
    top_inside,
    trap,
)

CURVES = json.loads((Path(__file__).with_name("golden") / "range_readings.json").read_text())
FASTAI = {
    "minimum": lambda lr, loss: lowest(lr, loss) / 10,
    "steep": steepest,
    "valley": longest_valley,
    "slide": slide,
}


@pytest.mark.parametrize("rule", FASTAI)
@pytest.mark.parametrize("k", range(len(CURVES)))
def test_reads_what_fastai_reads(k, rule):
    e = CURVES[k]
    assert FASTAI[rule](e["lrs"], e["losses"]) == pytest.approx(e["suggestions"][rule], rel=1e-12)


def test_all_of_fastai_is_recorded():
    assert len(CURVES) * len(FASTAI) == 32
    assert all(set(e["suggestions"]) == set(FASTAI) for e in CURVES)
    assert list(READINGS) == ["lowest / 10", "steepest", "valley", "slide"]
    lr, loss = CURVES[0]["lrs"], CURVES[0]["losses"]
    assert [f(lr, loss) for f in READINGS.values()] == [
        FASTAI[name](lr, loss) for name in ("minimum", "steep", "valley", "slide")
    ]


def test_examples_in_the_docstrings():
    result = doctest.testmod(range_readings)
    assert result.attempted >= 10 and result.failed == 0


def test_smoothing_by_hand():
    m1, m2 = 0.1 * 3, 0.9 * 0.1 * 3 + 0.1 * 5
    np.testing.assert_allclose(smoothed([3, 5], 0.9), [m1 / 0.1, m2 / 0.19])
    np.testing.assert_array_equal(smoothed([3.0, 5.0], 0.0), [3, 5])
    with pytest.raises(ValueError, match=r"beta = 1\.0: must be in \[0, 1\)"):
        smoothed([1.0], 1.0)


def test_what_is_kept():
    lr, loss = np.geomspace(1e-3, 10, 100), np.full(100, 2.0)
    x, smooth = kept(lr, loss)
    np.testing.assert_array_equal(x, lr[10:95])
    np.testing.assert_allclose(smooth, 2.0)
    loss[60:] = 1e9  # stops at once: point 60 is the last of the run, five are dropped
    np.testing.assert_array_equal(kept(lr, loss)[0], lr[10:56])
    loss[60:] = np.nan
    np.testing.assert_array_equal(kept(lr, loss)[0], lr[10:56])
    np.testing.assert_array_equal(kept(lr, loss, stop=1e99, skip_end=0)[0], lr[10:60])
    loss[3:] = np.nan
    assert len(kept(lr, loss)[0]) == 0
    np.testing.assert_array_equal(kept(lr, np.arange(100.0) + 1, beta=0.0)[0], lr[:0])


@pytest.mark.parametrize("rule", [lowest, steepest, longest_valley, slide, passes_start])
def test_what_is_no_curve_is_refused(rule):
    with pytest.raises(ValueError, match=r"have shapes \(3,\) and \(2,\)"):
        rule([1, 2, 3], [1, 2])
    with pytest.raises(ValueError, match="needs at least"):
        rule([], [])
    with pytest.raises(ValueError, match="must be above 0 and rise"):
        rule(np.ones(20), np.ones(20))


def test_nan_is_never_the_lowest():
    lr = np.geomspace(0.1, 10, 20)
    loss = np.r_[np.linspace(3, 1, 10), np.full(10, np.nan)]
    assert lowest(lr, loss) == lr[9]
    assert lr[0] <= steepest(lr, loss) <= lr[9]
    assert passes_start(lr, loss) == lr[10]
    assert np.isnan(passes_start(lr[:10], loss[:10]))


def test_a_reading_at_an_end_is_none():
    lr = np.array([0.1, 1.0, 10.0])
    assert top_inside(lr, [3, 1, 2]) == 1.0
    assert top_inside(lr, [1, 2, 3]) is None
    assert top_inside(lr, [3, 2, 1]) is None
    assert top_inside(lr, [3, 2, np.nan]) == 1.0
    assert top_inside(lr[:0], []) is None


def test_the_ramp_is_the_loop_and_its_batch_losses():
    X = np.column_stack([np.ones(12), np.arange(12) / 6])
    fit = least_squares(X, np.sin(np.arange(12)), batch_size=4)
    run = ramp(fit, range_test(1e-3, 10, 9), 9)
    trace = descend(fit, sgd, range_test(1e-3, 10, 9), 9)
    np.testing.assert_array_equal(run.lr, trace.lr)
    np.testing.assert_array_equal(run.loss, trace.loss[:-1])
    for t in range(9):
        r = fit.X[fit.rows(t)] @ trace.theta[t] - fit.y[fit.rows(t)]
        assert run.batch_loss[t] == pytest.approx((r**2).mean() / 2)
    everything = least_squares(X, np.sin(np.arange(12)))
    run = ramp(everything, range_test(1e-3, 1, 5), 5)
    np.testing.assert_allclose(run.batch_loss, run.loss)


def test_competitors_train_as_if_alone():
    X, y = np.random.default_rng(0).standard_normal((40, 3)), np.arange(40) % 2
    p = softmax(X, y, 2, batch_size=10)
    theta = compete(p, [0.1, 0.5], 20)
    assert theta.shape == (2, 2, p.theta0.size)
    np.testing.assert_allclose(theta[0, 1], descend(p, sgd, 0.5, 20).theta[-1])
    np.testing.assert_allclose(theta[1, 0], descend(p, sgd, one_cycle(0.1, 20), 20).theta[-1])


@pytest.mark.parametrize("z", [-3.0, -1.0, -0.7, 0.2, 0.5, 0.9, 1.0, 1.5, 4.0, 30.0])
def test_the_dilogarithm_is_its_integral(z):
    # midpoints, with the pole at 1 split off by symmetry of ln|1 - x| around it
    x = (np.arange(2_000_000) + 0.5) / 2_000_000 * z
    integral = (-np.log(np.abs(1 - x)) / x).sum() * z / 2_000_000
    assert dilogarithm(z) == pytest.approx(integral, abs=2e-4)


@pytest.mark.parametrize("kappa", [5, 10, 20, 50, 117, 1000])
def test_the_law_of_the_trap(kappa):
    problem = quadratic([2 / kappa, 2.0], [1.0, 1.0])  # limit 1
    run = ramp(problem, range_test(1.3e-3, 13, 1000), 1000)
    assert lowest(run.lr, run.loss) == pytest.approx(trap(kappa), rel=0.05)
    straight = ramp(problem, lambda t: 3.1 * (t + 1) / 1000, 1000)
    assert lowest(straight.lr, straight.loss) == pytest.approx(trap(kappa, straight=True), rel=0.02)


def test_one_parabola_passes_its_start_where_the_law_says():
    run = ramp(quadratic([2.0]), range_test(1.3e-3, 13, 2000), 2000)
    assert passes_start(run.lr, run.loss) == pytest.approx(trap(np.inf), rel=0.01)
    assert trap(np.inf) == pytest.approx(6.2976, abs=1e-4)
    assert trap(np.inf, straight=True) == pytest.approx(2.2956, abs=1e-4)
    with pytest.raises(ValueError, match="kappa = 2: must be above 2"):
        trap(2)


def test_eight_rows_left_out_undo_the_trap():
    cars = auto_mpg()
    Z, y = (cars.X - cars.X.mean(0)) / cars.X.std(0), cars.y - cars.y.mean()
    limit = 2 / np.linalg.eigvalsh(least_squares(Z, y).hessian)[-1]

    def reading(batch, seed):
        run = ramp(least_squares(Z, y, batch_size=batch, seed=seed), range_test(1e-3, 10, 100), 100)
        return lowest(run.lr, run.loss) / limit

    assert reading(None, 0) == pytest.approx(5.35, abs=0.01)
    assert all(1 < reading(384, seed) < 2.2 for seed in range(1000, 1010))
