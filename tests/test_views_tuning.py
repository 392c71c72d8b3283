"""The pictures of lessons 11 and 12 draw what was measured."""

import numpy as np
import pytest

from lrlib.search import best_rate, gaussian_process
from lrlib.stored_runs import ideal_rate_runs, tuning_runs
from lrlib.views.best_rates import best_rates
from lrlib.views.family_price import BOUNDS, FAMILIES, _factors, best_member, family_price, price
from lrlib.views.ideal_horizon import ideal_horizon
from lrlib.views.sum_of_rates import explained, sum_of_rates
from lrlib.views.surrogate import Search, surrogate


def drawn(picture, gid: str) -> np.ndarray:
    """x and y of the line of this name, in the first Axes that has one."""
    lines = [line for ax in picture.figure.axes for line in ax.lines]
    return next(np.stack(line.get_data()) for line in lines if line.get_gid() == gid)


# The search for a rate

RATES = np.geomspace(0.01, 4, 14)
LOSSES = (0.4 + 0.2 * np.log(RATES / 0.4) ** 2) * np.array([[1.0], [1.05], [0.97]])


def test_the_process_draws_runs_of_the_stored_losses() -> None:
    view = surrogate(RATES, LOSSES)
    view.update(runs=7, length=0.2, noise=0.02)
    at, y = view.moving["runs"].get_data()
    assert len(at) == 7
    capped = np.minimum(LOSSES, 2.4)
    for k, (rate, loss) in enumerate(zip(at, y, strict=True)):
        expected = np.interp(np.log(rate), np.log(RATES), np.log(capped[k % 3]))
        assert loss == pytest.approx(np.exp(expected), rel=2e-3)


def test_the_band_is_two_standard_deviations_of_the_belief() -> None:
    view = surrogate(RATES, LOSSES)
    view.update(runs=6, length=0.3, noise=0.1)
    scale = np.log(RATES[-1] / RATES[0])
    U = np.log(view.moving["runs"].get_xdata() / RATES[0])[:, None] / scale
    y = np.log(view.moving["runs"].get_ydata())
    x = view.moving["mean"].get_xdata()
    new = np.log(x / RATES[0])[:, None] / scale
    mean, sd = gaussian_process(U, y, new, 0.3, 0.1)
    for name, curve in (("mean", mean), ("low", mean - 2 * sd), ("high", mean + 2 * sd)):
        np.testing.assert_allclose(np.log(view.moving[name].get_ydata()), curve, atol=1e-6)


def test_the_next_run_is_where_most_is_expected_and_is_then_made() -> None:
    view = surrogate(RATES, LOSSES)
    for runs in (3, 5, 9):
        sentence = view.update(runs=runs, length=0.2, noise=0.02)
        x, gain = view.moving["expected improvement"].get_data()
        (next_rate,) = view.moving["next run"].get_xdata()
        assert next_rate == x[gain.argmax()]
        view.update(runs=runs + 1, length=0.2, noise=0.02)
        assert view.moving["runs"].get_xdata()[-1] == pytest.approx(next_rate)
        assert f"runs = {runs}" in sentence


def test_a_diverged_run_counts_as_the_worst() -> None:
    losses = np.where(RATES > 1, np.nan, LOSSES)
    y = Search(RATES, losses).log
    assert y[:, RATES > 1] == pytest.approx(np.log(2.4))


# Sum of the rates, best rates


def test_the_sum_of_the_rates_is_that_of_the_schedule() -> None:
    rates, decays = np.array([0.1, 0.15, 0.2, 0.3, 0.4, 0.9]), np.array([0.01, 1.0])
    losses = np.random.default_rng(0).random((3, 6, 2)) + 0.4
    figure = sum_of_rates(rates, decays, 50, losses, 0.5).figure
    right = next(ax for ax in figure.axes if ax.get_xlabel().startswith("sum"))
    for k, decay in enumerate(decays):
        below, above = right.lines[2 * k : 2 * k + 2]
        sums = rates * (decay ** (np.arange(50) / 50)).sum()
        np.testing.assert_allclose(below.get_xdata(), sums[:5])
        np.testing.assert_allclose(above.get_xdata(), sums[5:])
        np.testing.assert_allclose(below.get_ydata(), losses.mean(0)[:5, k])


def test_what_a_number_explains() -> None:
    x = np.geomspace(0.1, 10, 40)
    assert explained(x, x**2) == pytest.approx(1)
    noise = np.exp(np.random.default_rng(0).standard_normal(4000))
    assert abs(explained(np.geomspace(0.1, 10, 4000), noise)) < 0.01


def test_the_sentence_says_that_the_sum_explains_more() -> None:
    runs = tuning_runs()
    said = str(sum_of_rates(runs.rates, runs.decays, 400, runs.table[:, -1, 0], 0.75))
    first, second = (float(x.split()[0].strip(";.")) for x in said.split("explains ")[1:])
    assert second > 0.98 > 0.93 > first


def test_best_rates_are_drawn_where_each_seed_has_them() -> None:
    runs = tuning_runs()
    tried, losses = runs.setting_rates[:, :13], runs.influence[:, :, 0, :13]
    picture = best_rates(runs.settings, tried, losses, runs.influence[:, :, 2, :13])
    for k in (0, 3, 15):
        x, y = drawn(picture, f"{runs.settings[k]}, seeds")
        np.testing.assert_allclose(x, best_rate(tried[k], losses[k]))
        assert set(y) == {k}
        middle = drawn(picture, f"{runs.settings[k]}, mean")[0]
        np.testing.assert_allclose(middle, np.exp(np.log(x).mean()))
    assert "batch 4: 0.09 ×/÷ 1.4" in picture.sentence


# Ideal for when; the price of a family


def test_the_best_rate_is_that_of_the_steps_ahead() -> None:
    runs = ideal_rate_runs()
    losses = dict(zip(runs.cases, runs.horizon, strict=True))
    view = ideal_horizon(runs.branch_rates, runs.horizons, runs.branches, losses)
    for case, (cut, ahead) in zip(runs.cases, [(0, 300), (50, 10), (200, 1)], strict=True):
        sentence = view.update(problem=case, cut=cut, ahead=ahead)
        logs = losses[case][list(runs.branches).index(cut)][:, list(runs.horizons).index(ahead)]
        np.testing.assert_allclose(np.log(view.moving["loss"].get_ydata()), logs.mean(0), atol=1e-5)
        best = runs.branch_rates[logs.mean(0).argmin()]
        assert view.moving["best rate"].get_xdata() == [best]
        assert view.moving["now"].get_data() == ([ahead], [best])
        assert len(view.moving["orders"].get_xdata()) == 60
        assert sentence.startswith(f"{case}, cut at step {cut}, {ahead} ahead")


def test_one_problem_alone_has_its_own_best_function() -> None:
    assert price("a (1 + t)^p", 0.0) == pytest.approx(1, abs=0.01)
    assert price("1 / (a + b/loss)", 0.0) == pytest.approx(1, abs=0.01)
    assert price("a", 0.0) > 1.5


@pytest.mark.parametrize("name", FAMILIES)
def test_the_price_rises_with_the_spread(name: str) -> None:
    prices = [price(name, spread) for spread in (0.0, 0.5, 1.5)]
    assert prices == sorted(prices) and prices[2] > 2


@pytest.mark.parametrize("spread", [0.0, 0.25, 1.0, 2.0])
@pytest.mark.parametrize("name", FAMILIES)
def test_the_best_member_lies_inside_the_bounds_and_nothing_near_it_is_better(
    name: str, spread: float
) -> None:
    lowest, place = best_member(name, spread)
    low, high = np.transpose(BOUNDS[name])
    free = low < high
    assert np.all((low < place)[free]) and np.all((place < high)[free])
    rng = np.random.default_rng(0)
    tried = np.clip(place + 0.3 * rng.standard_normal((500, 2)), low, high)[:, :, None]
    assert np.nanmin(_factors(name, *tried.swapaxes(0, 1), spread)) > 0.98 * lowest


def test_what_lesson_12_says_of_the_prices() -> None:
    of_step, of_loss = (
        [price(name, spread) for spread in (0.25, 0.5, 1.0, 2.0)]
        for name in ("a (1 + t)^p", "1 / (a + b/loss)")
    )
    assert all(a < b for a, b in zip(of_step, of_loss, strict=True))
    assert of_step == pytest.approx([1.05, 1.17, 1.54, 3.2], rel=0.01)


def test_the_price_is_drawn() -> None:
    picture = family_price([0.0, 1.0])
    np.testing.assert_allclose(drawn(picture, "a")[1], [price("a", 0.0), price("a", 1.0)])
