"""Problems: gradients against central differences, extremes, minibatches, known values."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from samples import BAGS, CLASS, TARGETS, X

from lrlib import adam, descend, fits, sgd, surfaces
from lrlib import problems as P

RNG = np.random.default_rng(1)

PROBLEMS = {
    "bowl": P.bowl(),
    "valley": P.valley(30.0),
    "quadratic": P.quadratic([3.0, 1.0, 0.1], rotation=20, minimum=[1.0, -2.0, 0.5]),
    "rosenbrock": P.rosenbrock(),
    "beale": P.beale(),
    "saddle": P.saddle(),
    "least_squares": P.least_squares(X, TARGETS),
    "logistic": P.logistic(X, (CLASS > 1).astype(int)),
    "softmax": P.softmax(X, CLASS, 4),
    "softmax on bags": P.softmax(BAGS, CLASS, 4),
    "mlp": P.mlp(X, CLASS, [5, 7, 6, 4]),
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_gradient_is_the_central_difference_of_the_loss(name):
    problem, step = PROBLEMS[name], 1e-6
    theta = problem.theta0 + 0.5 * RNG.normal(size=(3, problem.theta0.size))
    g = problem.grad(theta, None)
    for i in range(problem.theta0.size):
        e = step * (np.arange(problem.theta0.size) == i)
        # the bags count in float32 (their own 0/1 matrix), theta is float64 here
        slope = (problem.loss(theta + e) - problem.loss(theta - e)) / (2 * step)
        np.testing.assert_allclose(g[:, i], slope, rtol=1e-5, atol=1e-6 * np.abs(g).max())


@pytest.mark.parametrize("name", PROBLEMS)
def test_sweep_rows_are_single_evaluations_and_theta_is_untouched(name):
    problem = PROBLEMS[name]
    theta = problem.theta0 + RNG.normal(size=(4, problem.theta0.size))
    before = theta.copy()
    loss, g = problem.loss(theta), problem.grad(theta, 3)
    assert loss.shape == (4,) and g.shape == theta.shape
    for k in range(4):
        np.testing.assert_allclose(problem.loss(theta[k]), loss[k], rtol=1e-12)
        np.testing.assert_allclose(problem.grad(theta[k], 3), g[k], rtol=1e-9, atol=1e-12)
    assert np.array_equal(theta, before)


@pytest.mark.parametrize("name", [n for n, p in PROBLEMS.items() if hasattr(p, "minimum")])
def test_gradient_vanishes_at_the_minimum(name):
    problem = PROBLEMS[name]
    np.testing.assert_allclose(problem.grad(problem.minimum, None), 0, atol=1e-10)


@pytest.mark.parametrize("name", ["softmax", "mlp", "softmax on bags", "logistic"])
def test_losses_are_stable_at_huge_logits(name):
    problem = PROBLEMS[name]
    outputs = problem.outputs(
        problem.theta0 + 0.1 * RNG.normal(size=problem.theta0.size), problem.X
    )
    y = problem.y
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        for size in (1e4, -1e4):
            z = size * outputs / np.abs(outputs).max()
            loss = fits._cross_entropy(z, y)
            g = fits._cross_entropy_grad(z, y)
            exact = np.mean(
                [np.logaddexp.reduce(row) - row[c] for row, c in zip(z, y, strict=True)]
            )
            np.testing.assert_allclose(loss, exact, rtol=1e-12)
            assert np.isfinite(g).all() and np.abs(g.sum(-1)).max() < 1e-12


@settings(max_examples=40, deadline=None)
@given(
    layers=st.lists(st.integers(1, 6), min_size=1, max_size=3),
    rows=st.integers(1, 9),
    sweep=st.sampled_from([(), (1,), (3,), (2, 2)]),
    dtype=st.sampled_from([np.float32, np.float64]),
    size=st.sampled_from([0.0, 1e-3, 1.0, 1e3]),
)
def test_mlp_keeps_shape_and_type_for_every_size(layers, rows, sweep, dtype, size):
    rng = np.random.default_rng(rows)
    problem = P.mlp(
        rng.normal(size=(rows, 4)).astype(dtype), rng.integers(0, 3, rows), [4, *layers, 3]
    )
    theta = (problem.theta0 + size * rng.normal(size=(*sweep, problem.theta0.size))).astype(dtype)
    loss, g = problem.loss(theta), problem.grad(theta, 0)
    assert problem.theta0.dtype == dtype and g.dtype == dtype and loss.dtype == dtype
    assert loss.shape == sweep and g.shape == theta.shape
    assert np.isfinite(loss).all() and np.isfinite(g).all() and (loss >= 0).all()


def test_softmax_is_the_network_without_hidden_layers():
    a, b = P.softmax(X, CLASS, 4), P.mlp(X, CLASS, [5, 4])
    theta = RNG.normal(size=24)
    assert a.loss(theta) == b.loss(theta)


def test_bags_equal_dense_rows():
    dense = np.zeros((24, 12))
    for i in range(24):
        dense[i, BAGS.indices[BAGS.indptr[i] : BAGS.indptr[i + 1]]] = 1
    a, b = P.softmax(BAGS, CLASS, 4, batch_size=6), P.softmax(dense, CLASS, 4, batch_size=6)
    theta = RNG.normal(size=(2, a.theta0.size))
    for t in range(8):
        np.testing.assert_allclose(a.grad(theta, t), b.grad(theta, t), rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(a.loss(theta), b.loss(theta), rtol=1e-6)
    np.testing.assert_allclose(a.accuracy(theta, BAGS, CLASS), b.accuracy(theta, dense, CLASS))


def test_a_bag_may_be_empty():
    bags = P.Bags(np.array([1, 0]), np.array([0, 1, 1, 2]), 3)
    problem = P.softmax(bags, np.array([0, 1, 1]), 2, batch_size=1)
    assert all(np.isfinite(problem.grad(problem.theta0, t)).all() for t in range(3))


def test_minibatches_are_a_pure_function_of_t_and_cover_every_epoch():
    problem = P.softmax(X, CLASS, 4, batch_size=6)
    order = [problem.rows(t) for t in (5, 0, 3, 1, 2, 7, 0)]
    assert np.array_equal(order[1], order[6])
    for epoch in range(3):
        rows = np.concatenate([problem.rows(4 * epoch + k) for k in range(4)])
        assert np.array_equal(np.sort(rows), np.arange(24))
    again = P.softmax(X, CLASS, 4, batch_size=6)
    assert np.array_equal(again.rows(9), problem.rows(9))
    other = P.softmax(X, CLASS, 4, batch_size=6, seed=1)
    assert not np.array_equal(other.rows(9), problem.rows(9))


def test_minibatch_gradients_average_to_the_exact_one():
    problem = P.mlp(X, CLASS, [5, 6, 4], batch_size=6)
    mean = np.mean([problem.grad(problem.theta0, t) for t in range(4)], axis=0)
    np.testing.assert_allclose(mean, problem.grad(problem.theta0, None), rtol=1e-9, atol=1e-12)


def test_noise_is_a_pure_function_of_t_with_the_given_size():
    problem = P.quadratic([1.0, 2.0], noise=np.array([0.5, 2.0]))
    theta = np.ones(2)
    noise = np.array([problem.grad(theta, t) - problem.grad(theta, None) for t in range(20_000)])
    np.testing.assert_allclose(noise.std(0), [0.5, 2.0], rtol=0.02)
    assert np.abs(noise.mean(0)).max() < 0.05
    assert np.array_equal(problem.grad(theta, 7), problem.grad(theta, 7))


def test_surfaces_start_and_end_where_they_say():
    starts = {
        "bowl": ([5.0], [0.0]),
        "valley": ([-5.0, -2.0], [0.0, 0.0]),
        "rosenbrock": ([-1.2, 1.0], [1.0, 1.0]),
        "beale": ([1.0, 1.0], [3.0, 0.5]),
        "saddle": ([1.0, 1e-6], [0.0, 1.0]),
    }
    for name, (start, end) in starts.items():
        problem = getattr(P, name)()
        assert problem.theta0.tolist() == start and problem.minimum.tolist() == end
    turned = P.valley(rotation=90.0)  # the flat axis, the first, now points along y
    assert turned.loss([0.0, 1.0]) == pytest.approx(0.1)
    slanted = P.quadratic([1.0, 9.0], rotation=30.0)  # counter-clockwise: flat along (cos, sin)
    assert slanted.loss([np.sqrt(3) / 2, 0.5]) == pytest.approx(0.5)


def test_noise_does_not_repeat_itself():
    problem = P.bowl(noise=1.0)
    errors = [problem.grad([0.0], t).item() for t in (*range(5), *range(1024, 1029))]
    assert len(set(errors)) == 10
    assert P.saddle(noise=1.0, seed=1).grad([0.0, 0.0], 0).tolist() != errors[:1] * 2


def test_known_values_of_the_surfaces():
    assert P.rosenbrock().loss(np.array([-1.2, 1.0])) == pytest.approx(24.2)
    assert P.beale().loss(np.array([1.0, 1.0])) == pytest.approx(14.203125)
    assert P.saddle().loss(np.array([0.0, 1.0])) == pytest.approx(-0.25)
    assert P.valley().loss(np.array([-5.0, -2.0])) == pytest.approx(10.5)
    eigenvalues = np.linalg.eigvalsh(P.valley(45.0).hessian)
    np.testing.assert_allclose(eigenvalues, [0.2, 4.0])


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_expected_risk_matches_simulation(momentum):
    h, c, steps = np.array([1.0, 0.1]), np.array([1.0, 0.1]), 40
    risk = P.noisy_quadratic_risk(h, c, 0.1, steps, momentum=momentum)
    starts = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])  # E[x^2] = 1
    losses = []
    for seed in range(1500):
        problem = P.quadratic(h, noise=np.sqrt(c), seed=seed)
        losses.append(descend(problem, sgd, 0.1, steps, theta0=starts, momentum=momentum).loss)
    np.testing.assert_allclose(np.mean(losses, axis=(0, 2)), risk, rtol=0.1)


def test_expected_risk_averages_over_a_batch_and_starts_where_it_is_told():
    h, c = [1.0, 0.1], np.array([1.0, 0.4])
    four = P.noisy_quadratic_risk(h, c, 0.1, 20, batch_size=4)
    np.testing.assert_allclose(four, P.noisy_quadratic_risk(h, c / 4, 0.1, 20))
    start = P.noisy_quadratic_risk(h, c, 0.1, 0, second_moment=[4.0, 9.0])
    np.testing.assert_allclose(start, [(1.0 * 4 + 0.1 * 9) / 2])


def test_expected_risk_takes_schedules_and_sweeps():
    lrs = np.array([0.05, 0.2])
    sweep = P.noisy_quadratic_risk([1.0, 0.1], [1.0, 0.1], lrs, 30)
    for k, lr in enumerate(lrs):
        one = P.noisy_quadratic_risk([1.0, 0.1], [1.0, 0.1], lambda t, lr=lr: lr, 30)
        np.testing.assert_allclose(sweep[:, k], one)


def test_sharpness_finds_the_largest_eigenvalue():
    assert P.sharpness(P.valley(30.0), np.zeros(2)) == pytest.approx(4.0)
    problem = P.softmax(X, CLASS, 4)
    theta = RNG.normal(size=(2, 24))
    step, H = 1e-5, np.empty((2, 24, 24))
    for i in range(24):
        e = step * (np.arange(24) == i)
        H[:, i] = (problem.grad(theta + e) - problem.grad(theta - e)) / (2 * step)
    exact = np.linalg.eigvalsh((H + H.swapaxes(1, 2)) / 2)[:, -1]
    np.testing.assert_allclose(P.sharpness(problem, theta, iterations=300), exact, rtol=1e-4)


def test_sweep_of_a_network_equals_the_single_runs():
    problem = P.mlp(X, CLASS, [5, 8, 4], batch_size=6, monitor=12)
    lrs = np.array([1e-3, 1e-2, 30.0])
    sweep = descend(problem, adam, lrs, 60)
    for k, lr in enumerate(lrs[:2]):
        one = descend(problem, adam, lr, 60)
        np.testing.assert_allclose(sweep.theta[:, k], one.theta, rtol=1e-7, atol=1e-10)
        np.testing.assert_allclose(sweep.loss[:, k], one.loss, rtol=1e-7)


@pytest.mark.parametrize("keep", ["path", "last"])
@pytest.mark.parametrize("block", [1, 300, 2000])
def test_a_sweep_too_large_for_one_piece_is_the_sweep_in_one(block, keep, monkeypatch):
    problem = P.mlp(X, CLASS, [5, 8, 4], batch_size=6, monitor=12)  # 84 parameters
    losses = problem.loss
    lrs, hyper = np.geomspace(1e-4, 1e-2, 37), {"beta1": np.linspace(0, 0.9, 37)}
    whole = descend(problem, adam, lrs, 4, keep=keep, **hyper)
    seen = []
    monkeypatch.setattr("lrlib._blocks.BLOCK", block)
    monkeypatch.setattr(problem, "loss", lambda theta: seen.append(theta.size) or losses(theta))
    parts = descend(problem, adam, lrs, 4, keep=keep, **hyper)
    assert max(seen) <= max(block, 84)
    for one, other in zip(parts[:3], whole[:3], strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-15)
    for one, other in zip(parts.state, whole.state, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12, atol=1e-15)


def test_what_goes_wrong_in_a_part_of_a_sweep_is_heard(monkeypatch):
    monkeypatch.setattr("lrlib._blocks.BLOCK", 300)
    problem = P.mlp(X, CLASS, [5, 8, 4])
    with pytest.raises(ValueError, match="beta1"):
        descend(problem, adam, np.geomspace(1e-4, 1e-2, 37), 4, beta1=np.linspace(0, 1, 37))


BAD = {
    "noise": lambda: P.quadratic([1.0], noise=-1.0),
    "curvatures": lambda: P.quadratic(3.0),
    "rotation": lambda: P.quadratic([1.0], rotation=10),
    "theta0": lambda: P.quadratic([1.0, 2.0], [1.0]),
    "minimum": lambda: P.quadratic([1.0, 2.0], minimum=[1.0]),
    "batch_size": lambda: P.softmax(X, CLASS, 4, batch_size=25),
    "monitor": lambda: P.softmax(X, CLASS, 4, monitor=0),
    "y": lambda: P.softmax(X, CLASS, 3),
    "y ": lambda: P.least_squares(X, np.zeros(3)),
    "X": lambda: P.least_squares(np.zeros(3), np.zeros(3)),
    "layers": lambda: P.mlp(X, CLASS, [4, 4]),
    "indptr": lambda: P.Bags(np.arange(3), np.array([0, 2]), 3),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_named(name):
    with pytest.raises(ValueError, match=rf"^{name.strip()}\b"):
        BAD[name]()


def test_every_problem_is_tested_for_its_gradient():
    made = {"quadratic", "bowl", "valley", "rosenbrock", "beale", "saddle", "least_squares"}
    made |= {"logistic", "softmax", "mlp"}
    public = {
        n
        for module in (surfaces, fits)
        for n, f in vars(module).items()
        if callable(f) and getattr(f, "__module__", "") == module.__name__ and n[0].islower()
    }
    assert public <= set(P.__all__)
    assert public - {"sharpness", "spectrum", "noisy_quadratic_risk"} == made
    assert made <= set(itertools.chain(PROBLEMS))
