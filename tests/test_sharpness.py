"""Hessian-vector products and both ends of the spectrum, against dense Hessians."""

import numpy as np
import pytest
from samples import BAGS, CLASS, TARGETS, X

from lrlib import fits, surfaces
from lrlib import problems as P

RNG = np.random.default_rng(1)
SMOOTH = {
    "valley": P.valley(30.0),
    "quadratic": P.quadratic([3.0, 1.0, -0.1], rotation=20, minimum=[1.0, -2.0, 0.5]),
    "rosenbrock": P.rosenbrock(),
    "beale": P.beale(),
    "saddle": P.saddle(),
    "least_squares": P.least_squares(X, TARGETS, batch_size=6, monitor=3),
    "logistic": P.logistic(X, (CLASS > 1).astype(int), batch_size=6, monitor=3),
    "softmax": P.softmax(X, CLASS, 4, batch_size=6),
    "softmax on bags": P.softmax(BAGS, CLASS, 4, batch_size=6),
    "tanh network": P.mlp(X, CLASS, [5, 6, 3, 4], activation="tanh"),
    "sigmoid network": P.mlp(X, CLASS, [5, 6, 3, 4], activation="sigmoid"),
}
RELU = P.mlp(X, CLASS, [5, 6, 3, 4])
ALL = {**SMOOTH, "ReLU network": RELU}


def points(problem, n=3):
    rng = np.random.default_rng(1)
    return np.asarray(problem.theta0) + 0.5 * rng.normal(size=(n, problem.theta0.size))


def dense(problem, theta, step=1e-6):
    """The Hessians (K, d, d) from differences of exact gradients, no kink crossed."""
    d = theta.shape[-1]
    H = np.empty((len(theta), d, d))
    for i in range(d):
        e = step * (np.arange(d) == i)
        if problem is RELU:
            above, below = (
                problem.model.activations(theta + side, problem.X)[1:-1] for side in (e, -e)
            )
            for a, b in zip(above, below, strict=True):
                assert np.array_equal(a > 0, b > 0)
        H[:, i] = (problem.grad(theta + e) - problem.grad(theta - e)) / (2 * step)
    return (H + H.swapaxes(1, 2)) / 2


@pytest.mark.parametrize("name", ALL)
def test_the_product_is_that_of_the_dense_hessian(name):
    problem, theta = ALL[name], points(ALL[name])
    v = RNG.normal(size=theta.shape)
    exact = (dense(problem, theta) @ v[..., None])[..., 0]
    np.testing.assert_allclose(problem.hvp(theta, v), exact, atol=2e-7 * np.abs(exact).max())


@pytest.mark.parametrize("name", ALL)
def test_rows_of_a_product_are_single_products_and_nothing_is_changed(name):
    problem, theta = ALL[name], points(ALL[name])
    v = RNG.normal(size=theta.shape)
    theta.flags.writeable = v.flags.writeable = False
    both = problem.hvp(theta, v)
    assert both.shape == theta.shape
    for k in range(3):
        np.testing.assert_allclose(problem.hvp(theta[k], v[k]), both[k], rtol=1e-9, atol=1e-13)
        one = problem.hvp(theta[0], v)[k]  # one point, several directions
        np.testing.assert_allclose(one, problem.hvp(theta[0], v[k]), rtol=1e-9, atol=1e-13)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("seed", range(3))
def test_both_ends_are_those_of_the_dense_hessian(name, seed):
    problem, theta = ALL[name], points(ALL[name])
    exact = np.linalg.eigvalsh(dense(problem, theta))
    size = np.abs(exact).max(-1)
    found = P.spectrum(problem, theta, seed=seed)
    assert np.all(np.abs(found.h_min - exact[:, 0]) <= 1.01e-4 * size)
    assert np.all(np.abs(found.L - exact[:, -1]) <= 1.01e-4 * size)
    L = P.sharpness(problem, theta, seed=seed)
    assert np.all(np.abs(L - exact[:, -1]) <= 1.01e-4 * size)
    for k in range(3):
        alone = P.sharpness(problem, theta[k], seed=seed)
        assert alone.shape == () and abs(alone - exact[k, -1]) <= 1.01e-4 * size[k]


def test_one_parameter_and_equal_curvatures():
    assert P.sharpness(P.bowl(), [3.0]) == pytest.approx(1.0)
    assert P.sharpness(P.quadratic([2.0] * 7), np.zeros(7)) == pytest.approx(2.0)
    assert P.sharpness(P.quadratic([-3.0, -1.0]), np.zeros(2)) == pytest.approx(-1.0)
    found = P.spectrum(P.quadratic(np.linspace(-1, 5, 60)), np.zeros(60), tol=1e-6)
    assert (found.h_min, found.L) == (pytest.approx(-1.0), pytest.approx(5.0))


def test_kinks_do_not_count():
    """At a wide ReLU network differences of gradients would measure its kinks."""
    rng = np.random.default_rng(3)
    many = rng.normal(size=(400, 20))
    problem = P.mlp(many, rng.integers(0, 3, 400), [20, 30, 3])
    theta = problem.theta0
    v = rng.normal(size=theta.size)
    step = 1e-2 / np.linalg.norm(v)
    across = (problem.grad(theta + step * v) - problem.grad(theta - step * v)) / (2 * step)
    assert np.abs(across - problem.hvp(theta, v)).max() > 1e-3
    eigenvalues = np.linalg.eigvalsh(problem.hvp(theta, np.eye(theta.size)))
    assert P.sharpness(problem, theta) == pytest.approx(eigenvalues[-1], rel=1e-4)


def test_the_type_of_theta_is_kept():
    problem = P.mlp(X.astype(np.float32), CLASS, [5, 6, 4])
    kinds = []
    hvp = problem.hvp
    problem.hvp = lambda theta, v: kinds.append((theta.dtype, v.dtype)) or hvp(theta, v)
    L = P.sharpness(problem, problem.theta0)
    assert set(kinds) == {(np.dtype(np.float32), np.dtype(np.float32))}
    wide = P.mlp(X, CLASS, [5, 6, 4])
    assert P.sharpness(wide, problem.theta0.astype(float)) == pytest.approx(float(L), rel=1e-4)


def test_it_stops_when_it_knows():
    calls = []

    class Plain:
        theta0 = np.zeros(1000)

        def hvp(self, theta, v):
            calls.append(1)
            return v * np.r_[np.linspace(0, 1, 999), 10.0]

    assert P.sharpness(Plain(), np.zeros(1000)) == pytest.approx(10, rel=1e-4)
    assert len(calls) < 15


@pytest.mark.parametrize("tol", [1e-2, 1e-3, 1e-5])
def test_the_tolerance_is_what_it_says(tol):
    """Close eigenvalues, whose end Lanczos finds slowly: L may be off by tol, but not by more."""
    problem = P.quadratic(np.linspace(0.0, 1.0, 400))
    for seed in range(5):
        found = P.spectrum(problem, problem.theta0, tol=tol, seed=seed)
        assert abs(found.L - 1) <= tol and abs(found.h_min) <= tol
        assert 1 - tol <= P.sharpness(problem, problem.theta0, tol=tol, seed=seed) <= 1 + 1e-12


def test_what_has_diverged_is_nan_and_silent():
    problem = SMOOTH["softmax"]
    theta = points(problem)
    alone = P.sharpness(problem, theta[2])
    theta[0], theta[1, 0] = 1e300, np.nan
    L = P.sharpness(problem, theta)
    assert np.isnan(L[1]) and L[2] == pytest.approx(float(alone), rel=1e-4)
    assert np.isnan(P.sharpness(P.rosenbrock(), [1e300, np.inf]))


def test_the_spectrum_of_a_quadratic():
    X1 = np.column_stack([np.arange(6.0), np.ones(6)])
    for problem in (P.valley(20.0), P.least_squares(X1, np.arange(6))):
        h = np.linalg.eigvalsh(problem.hessian)
        found = P.spectrum(problem)
        np.testing.assert_allclose(found, h, rtol=1e-12)
        assert found.limit == pytest.approx(2 / h[1]) and found.best == pytest.approx(2 / h.sum())
    flat = P.Spectrum(np.array([-1.0, 0.0]), np.array([0.0, 2.0]))
    np.testing.assert_array_equal(flat.limit, [np.inf, 1.0])
    np.testing.assert_array_equal(flat.best, [np.nan, 1.0])


NO_HESSIAN = P.Surface(lambda x: (x**2).sum(-1), lambda x: 2 * x, [1.0])


class NoProduct:
    def outputs(self, theta, X): ...


BAD = {
    "problem: has no Hessian": lambda: P.sharpness(NO_HESSIAN, [1.0]),
    "problem = .*hvp": lambda: P.sharpness(lambda theta, t: theta, [1.0]),
    "model = .*hvp": lambda: P.sharpness(P.Fit(NoProduct(), X, CLASS, [1.0]), [1.0]),
    "theta: has shape": lambda: P.sharpness(P.valley(), [1.0]),
    "theta: has type": lambda: P.sharpness(P.valley(), ["a", "b"]),
    "theta: must be given": lambda: P.spectrum(P.rosenbrock()),
    "v: has shape": lambda: P.valley().hvp([1.0, 2.0], [1.0]),
    "v: has": lambda: RELU.hvp(RELU.theta0, [1.0]),
    "iterations = 0": lambda: P.sharpness(P.valley(), [1.0, 1.0], iterations=0),
    "iterations = 2: too few": lambda: P.sharpness(RELU, RELU.theta0, iterations=2),
    "tol = 0": lambda: P.sharpness(P.valley(), [1.0, 1.0], tol=0),
    "seed = -1": lambda: P.sharpness(P.valley(), [1.0, 1.0], seed=-1),
}


@pytest.mark.parametrize("message", BAD)
def test_bad_input_is_named(message):
    with pytest.raises(ValueError, match=f"^{message}"):
        BAD[message]()


def test_every_problem_stands_here():
    made = {n for n in P.__all__ if n[0].islower()} - {"sharpness", "spectrum", "bowl", "mlp"}
    assert made - {"noisy_quadratic_risk"} <= set(ALL)
    assert {f"{n} network" for n in fits._ACTIVATIONS} == {n.lower() for n in ALL if "network" in n}
    assert surfaces.sharpness is P.sharpness
