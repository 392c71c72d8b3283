"""The searches try what they say, and are judged by what they name."""

import doctest
from pathlib import Path

import nbformat
import numpy as np
import pytest

from lrlib import search
from lrlib.search import (
    Objective,
    bayesian_search,
    best_rate,
    expected_highest,
    expected_improvement,
    gaussian_process,
    genetic_search,
    grid_search,
    normal_cdf,
    random_search,
    regret,
    tpe_search,
)

SEARCHES = [random_search, grid_search, genetic_search, bayesian_search, tpe_search]


def bowl(noise: float = 0.0, seeds: int = 10) -> Objective:
    """Lowest at (0.6, 0.25): loss 1 there."""
    x, y = np.meshgrid(np.linspace(0, 1, 21), np.linspace(0, 1, 9), indexing="ij")
    rng = np.random.default_rng(0)
    clean = 1 + (x - 0.6) ** 2 + (y - 0.25) ** 2
    return Objective(clean + noise * rng.standard_normal((seeds, 21, 9)), cap=9.0)


def test_an_objective_is_the_table_at_its_points_and_linear_between() -> None:
    losses = np.random.default_rng(1).random((4, 5, 3))
    f = Objective(losses)
    for i, j in np.ndindex(5, 3):
        assert f.true([i / 4, j / 2]) == pytest.approx(losses.mean(0)[i, j])
    between = [f.true([0.25, 0.5]), f.true([0.5, 0.5])]
    assert f.true([0.375, 0.5]) == pytest.approx(np.mean(between))
    assert f.true(np.zeros((7, 2))).shape == (7,)
    assert f.true([2.0, -1.0]) == f.true([1.0, 0.0])  # outside: the border
    seen = {f(np.array([0.25, 0.5]), np.random.default_rng(k)) for k in range(60)}
    assert sorted(seen) == pytest.approx(sorted(losses[:, 1, 1]))


def test_a_diverged_run_counts_as_the_cap() -> None:
    losses = np.ones((1, 2, 2))
    losses[0, 0], losses[0, 1, 1] = (np.nan, np.inf), 7.0
    assert Objective(losses).means.tolist() == [[2.4, 2.4], [1.0, 2.4]]


@pytest.mark.parametrize("shape", [(5,), (3, 4), (2, 1, 4), (2, 4, 1)])
def test_losses_of_a_wrong_shape_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="losses: has shape"):
        Objective(np.ones(shape))


@pytest.mark.parametrize("find", SEARCHES)
def test_a_search_tries_as_many_points_as_it_may(find: search.Search) -> None:
    f = bowl()
    U, y = find(f, 9, np.random.default_rng(0))
    assert U.shape == (9, 2) and y.shape == (9,)
    assert (U >= 0).all() and (U <= 1).all()
    np.testing.assert_allclose(y, f.true(U))
    again, _ = find(f, 9, np.random.default_rng(0))
    other, _ = find(f, 9, np.random.default_rng(1))
    assert np.array_equal(U, again) and not np.array_equal(U, other)


def test_a_grid_tries_few_values_of_each_axis() -> None:
    U, _ = grid_search(bowl(), 25, np.random.default_rng(3))
    assert [len(set(axis.round(9))) for axis in U.T] == [5, 5]
    assert np.ptp(np.diff(np.unique(U[:, 0].round(9)))) < 1e-6
    with pytest.raises(ValueError, match="runs = 24"):
        grid_search(bowl(), 24, np.random.default_rng(3))


@pytest.mark.parametrize("find", [genetic_search, bayesian_search])
def test_what_learns_beats_chance_on_a_bowl(find: search.Search) -> None:
    f = bowl(0.005)
    mine, chance = (regret(s, f, repeats=20, after=[25]).mean() for s in (find, random_search))
    assert mine < 0.7 * chance


def test_a_gaussian_process_goes_through_what_it_saw() -> None:
    U = np.array([[0.1], [0.5], [0.9]])
    y = np.array([1.0, 3.0, 2.0])
    mean, sd = gaussian_process(U, y, U, noise=1e-10)
    np.testing.assert_allclose(mean, y, atol=1e-6)
    assert (sd < 1e-4).all()
    mean, sd = gaussian_process(U, y, np.array([[50.0]]))
    np.testing.assert_allclose([mean[0], sd[0]], [y.mean(), y.std()])


def test_a_gaussian_process_is_the_normal_distribution_given_what_was_seen() -> None:
    """Draw from the joint normal distribution of function and noise; condition by hand."""
    U, new = np.array([[0.2, 0.1], [0.4, 0.9]]), np.array([[0.3, 0.3]])
    both = np.vstack([U, new])
    d = np.linalg.norm(both[:, None] - both, axis=-1) / 0.2
    K = (1 + 5**0.5 * d + 5 * d**2 / 3) * np.exp(-(5**0.5) * d)
    K[:2, :2] += 0.02 * np.eye(2)
    precise = np.linalg.inv(K)  # of the third given the first two
    y = np.array([-1.0, 1.0])  # mean 0, variance 1
    mean, sd = gaussian_process(U, y, new)
    np.testing.assert_allclose(sd[0] ** 2, 1 / precise[2, 2])
    np.testing.assert_allclose(mean[0], -(precise[2, :2] @ y) / precise[2, 2])


def test_expected_improvement_is_the_mean_of_what_is_below() -> None:
    z = np.random.default_rng(0).standard_normal(400_000)
    for mean, sd, lowest in ((0.3, 0.5, 0.1), (-1.0, 0.2, 0.0), (2.0, 1.0, 0.5)):
        drawn = np.maximum(lowest - (mean + sd * z), 0).mean()
        exact = expected_improvement(np.array([mean]), np.array([sd]), lowest)[0]
        assert exact == pytest.approx(drawn, rel=0.02)
    sure = expected_improvement(np.array([0.2, 0.6]), np.zeros(2), 0.5)
    np.testing.assert_allclose(sure, [0.3, 0], atol=1e-9)


def test_regret_judges_the_named_setting_by_its_mean() -> None:
    losses = np.array([[[1.0, 3.0], [2.0, 3.0]], [[1.4, 3.0], [0.4, 3.0]]])  # means 1.2, 1.2
    losses[1, 1, 0] = 1.0  # mean 1.5; best mean 1.2

    def always(objective, runs, rng):
        return np.array([[1.0, 0.0], [0.0, 0.0], [0.0, 1.0]]), np.array([1.0, 1.3, 0.9])

    out = regret(always, Objective(losses, cap=9.0), repeats=2, after=(1, 2, 3))
    np.testing.assert_allclose(out, [[25, 25, 150]] * 2)


def test_repeats_have_seeds_of_their_own() -> None:
    f = bowl(0.05)
    out = regret(random_search, f, repeats=4, after=[3])
    assert len(set(out[:, 0])) == 4
    np.testing.assert_array_equal(out[2:], regret(random_search, f, repeats=2, after=[3], first=2))


def test_the_highest_of_many_is_what_simulation_gives() -> None:
    rng = np.random.default_rng(0)
    for n in (2, 5, 24, 100):
        drawn = rng.standard_normal((20_000, n)).max(1)
        assert expected_highest(n) == pytest.approx(drawn.mean(), abs=0.02)
    assert expected_highest(1) == pytest.approx(0, abs=1e-9)
    with pytest.raises(ValueError, match="n = 0"):
        expected_highest(0)


def test_the_best_rate_lies_between_those_tried() -> None:
    rates = np.geomspace(0.01, 10, 13)
    for best in (0.02, 0.3, 0.77, 6.0):
        losses = 1 + (np.log(rates) - np.log(best)) ** 2
        assert best_rate(rates, losses) == pytest.approx(best)
        uneven = rates * np.linspace(1, 1.3, 13)
        assert best_rate(uneven, (np.log(uneven / best)) ** 2) == pytest.approx(best)
    rows = np.stack([np.arange(13.0), -np.arange(13.0)])
    np.testing.assert_allclose(best_rate(rates, rows), [0.01, 10])
    cliff = np.where(rates > 0.5, np.nan, 1 / rates)
    assert best_rate(rates, cliff) == pytest.approx(rates[rates < 0.5].max())
    flat = np.where(rates < 1, 2.0, np.inf)
    assert best_rate(rates, flat) == pytest.approx(0.01)


def test_the_search_that_lesson_11_writes_is_this_one() -> None:
    path = Path(search.__file__).parents[1] / "notebooks" / "11_tuning.ipynb"
    cells = [cell.source for cell in nbformat.read(path, as_version=4).cells]
    written = [source for source in cells if "def believe" in source or "def my_search" in source]
    names = dict(vars(search)) | {"np": np}
    for source in written:
        exec(source, names)
    f = bowl(0.05)
    for seed in range(3):
        mine = names["my_search"](f, 12, np.random.default_rng(seed))
        ours = bayesian_search(f, 12, np.random.default_rng(seed))
        for a, b in zip(mine, ours, strict=True):
            np.testing.assert_allclose(a, b)


def test_the_examples_of_the_docstrings() -> None:
    assert doctest.testmod(search).failed == 0


def test_the_normal_distribution_is_that_of_tables() -> None:
    z = [-1.959963984540054, -1.0, 0.0, 1.6448536269514722]
    assert normal_cdf(z) == pytest.approx([0.025, 0.15865525393145707, 0.5, 0.95], rel=1e-12)
    assert normal_cdf(0.0).shape == ()
