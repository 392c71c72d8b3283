"""What surfaces and fits are given: turned into floats, checked and kept, or refused by name."""

import warnings
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrlib import descend
from lrlib import problems as P

RNG = np.random.default_rng(0)
X = RNG.normal(size=(8, 3))
Y = np.array([0, 1, 1, 0, 1, 0, 0, 1])


def columns(X):
    try:
        return np.shape(X)[-1]
    except (ValueError, IndexError):  # the problem is to say so
        return 3


MAKERS = {
    "least_squares": lambda X, y, **k: P.least_squares(X, y, **k),
    "logistic": lambda X, y, **k: P.logistic(X, y, **k),
    "softmax": lambda X, y, **k: P.softmax(X, y, 2, **k),
    "mlp": lambda X, y, **k: P.mlp(X, y, [columns(X), 4, 2], **k),
}
EACH = pytest.mark.parametrize("make", MAKERS.values(), ids=list(MAKERS))
ragged = [[1.0, 2.0], [3.0]]


# ------------------------------------------------------------------ types become floats
@EACH
@pytest.mark.parametrize("kind", [np.uint8, np.int8, np.int64, np.float16, ">f8", bool, list])
def test_whole_numbers_and_bytes_are_the_numbers_they_stand_for(make, kind):
    whole = np.abs(np.round(3 * X)) % 2 if kind is bool else np.abs(np.round(3 * X))
    given_ = whole.tolist() if kind is list else whole.astype(kind)
    problem, right = make(given_, Y), make(whole, Y)
    theta = RNG.normal(size=right.theta0.size)
    assert problem.theta0.dtype == problem.X.dtype == np.float64
    np.testing.assert_array_equal(problem.theta0, right.theta0)
    np.testing.assert_array_equal(problem.grad(theta), right.grad(theta))
    np.testing.assert_array_equal(problem.loss(theta, given_, Y), right.loss(theta, whole, Y))
    np.testing.assert_array_equal(problem.outputs(theta, given_), right.outputs(theta, whole))


def test_bytes_do_not_wrap_around():
    problem = P.least_squares(np.array([[200], [100]], np.uint8), [1, 2])
    assert problem.hessian == 25000
    assert P.least_squares(np.array([[200], [100]], np.int16), np.array([1, 2], np.uint8)).minimum


@EACH
def test_single_precision_stays(make):
    problem = make(X.astype(np.float32), Y)
    g = problem.grad(problem.theta0, None)
    assert problem.theta0.dtype == g.dtype == problem.loss(problem.theta0).dtype == np.float32
    assert problem.hvp(problem.theta0, g).dtype == np.float32


@EACH
@pytest.mark.parametrize("kind", [np.uint8, np.int32, float, bool, list])
def test_labels_of_every_type_are_class_numbers(make, kind):
    y = Y.tolist() if kind is list else Y.astype(kind)
    theta = RNG.normal(size=make(X, Y).theta0.size)
    np.testing.assert_array_equal(make(X, y).grad(theta), make(X, Y).grad(theta))
    if make is not MAKERS["least_squares"]:
        assert make(X, y).accuracy(theta, X, y) == make(X, Y).accuracy(theta, X, Y)


# ------------------------------------------------------------------ nobody else can change them
@EACH
def test_the_data_are_the_problems_own(make):
    mine, labels = X.copy(), Y.copy()
    problem = make(mine, labels)
    theta = RNG.normal(size=problem.theta0.size)
    before = problem.grad(theta)
    mine[:], labels[:] = 7.0, 0
    np.testing.assert_array_equal(problem.grad(theta), before)
    for array in (problem.X, problem.y, problem.theta0, *problem.batch(0)[:0]):
        with pytest.raises(ValueError, match="read-only"):
            array[:] = 0


def test_read_only_data_are_not_copied():
    fixed = X.copy()
    fixed.flags.writeable = False
    assert np.shares_memory(P.softmax(fixed, Y, 2).X, fixed)


@pytest.mark.parametrize("name", ["theta0", "minimum", "hessian", "noise"])
def test_a_surface_cannot_be_written_to(name):
    problem = P.quadratic([1.0, 2.0], noise=np.array([0.1, 0.2]))
    with pytest.raises(ValueError, match="read-only"):
        getattr(problem, name)[:] = 0


# ------------------------------------------------------------------ dead models are silent
@EACH
@pytest.mark.parametrize("value", [1e200, -1e308, np.inf, np.nan])
def test_a_dead_model_is_silent(make, value):
    problem = make(X, Y)
    theta = np.full((2, problem.theta0.size), value)
    theta[1] = problem.theta0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loss, g = problem.loss(theta), problem.grad(theta, 0)
        problem.outputs(theta, X), problem.hvp(theta, theta), problem.loss(theta, X, Y)
        if make is not MAKERS["least_squares"]:
            accuracy = problem.accuracy(theta, X, Y)
            assert accuracy.shape == (2,) and 0 <= accuracy[0] <= 1
            assert accuracy[0] == 0 if np.isnan(value) else True
    np.testing.assert_allclose(loss[1], problem.loss(problem.theta0))
    np.testing.assert_allclose(g[1], problem.grad(problem.theta0, 0))


SURFACES = [P.bowl(), P.valley(30.0), P.rosenbrock(), P.beale(), P.saddle()]


@pytest.mark.parametrize("problem", SURFACES)
@pytest.mark.parametrize("value", [1e200, -1e308, np.inf, np.nan])
def test_a_surface_is_silent_far_away(problem, value):
    theta = np.full((3, problem.theta0.size), value)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert problem.loss(theta).shape == (3,) and not np.isfinite(problem.loss(theta)).any()
        assert problem.grad(theta, 1).shape == problem.hvp(theta, theta).shape == theta.shape


def test_accuracy_is_the_mean_over_rows():
    problem = P.softmax(np.eye(3), [0, 1, 2], 3)
    W = np.r_[np.eye(3).ravel(), np.zeros(3)]
    theta = np.stack([W, -W, np.full(12, np.nan), np.r_[np.zeros(9), 0, 0, 1]])
    rows, y = np.eye(3)[[0, 1, 2, 2]], [0, 1, 2, 0]
    np.testing.assert_array_equal(problem.accuracy(theta, rows, y), [0.75, 0.25, 0, 0.25])


# ------------------------------------------------------------------ the rest of the public names
def test_a_batch_is_what_a_step_sees():
    problem = P.mlp(X, Y, [3, 4, 2], batch_size=3)
    for t in (0, 1, 5):
        rows, y = problem.batch(t)
        assert rows.shape == (3, 3) and np.array_equal(rows, X[problem.rows(t)])
        theta, e = problem.theta0.copy(), 1e-6
        assert problem.batch_loss(theta, t) == problem.loss(theta, rows, y)
        for i in (0, 7):
            up, down = theta.copy(), theta.copy()
            up[i], down[i] = up[i] + e, down[i] - e
            slope = (problem.loss(up, rows, y) - problem.loss(down, rows, y)) / (2 * e)
            assert problem.grad(theta, t)[i] == pytest.approx(slope, abs=1e-7)


@EACH
def test_the_monitor_is_the_mean_over_its_rows(make):
    whole = make(X, Y)
    theta = RNG.normal(size=whole.theta0.size)
    assert whole.loss(theta) == pytest.approx(whole.loss(theta, X, Y))
    each = [whole.loss(theta, X[[i]], Y[[i]]) for i in range(8)]
    means = [np.mean(four) for four in combinations(each, 4)]
    assert sum(np.isclose(make(X, Y, monitor=4).loss(theta), means, rtol=1e-9)) == 1


def test_layers_are_all_of_theta_in_its_order():
    bags = P.softmax(P.Bags([0, 2, 1], [0, 2, 3], 3), [0, 1], 2)
    for problem in (P.mlp(X, Y, [3, 4, 2]), P.softmax(X, Y, 2), P.least_squares(X, Y), bags):
        numbers = np.arange(2.0 * problem.theta0.size).reshape(2, -1)
        parts = [layer.of(numbers) for layer in problem.layers]
        for layer, part in zip(problem.layers, parts, strict=True):
            assert part.shape == (2, *layer.shape) and np.shares_memory(part, numbers)
        np.testing.assert_array_equal(np.concatenate([p.reshape(2, -1) for p in parts], 1), numbers)
    net = P.mlp(X, Y, [3, 4, 2])
    W1, b1, W2, b2 = (layer.of(net.theta0) for layer in net.layers)
    assert [layer.name for layer in net.layers] == ["W1", "b1", "W2", "b2"]
    np.testing.assert_allclose(net.outputs(net.theta0, X), np.maximum(X @ W1 + b1, 0) @ W2 + b2)


@pytest.mark.parametrize(
    ("activation", "f"),
    [
        ("tanh", np.tanh),
        ("sigmoid", lambda z: 1 / (1 + np.exp(-z))),
        ("relu", lambda z: z * (z > 0)),
    ],
)
def test_activations(activation, f):
    net = P.mlp(X, Y, [3, 4, 2], activation=activation)
    W1, b1, W2, b2 = (layer.of(net.theta0) for layer in net.layers)
    np.testing.assert_allclose(net.outputs(net.theta0, X), f(X @ W1 + b1) @ W2 + b2, atol=1e-14)
    wide = P.mlp(np.zeros((1, 400)), [0], [400, 300, 2], activation=activation)
    size = 2 if activation == "relu" else 1
    assert wide.layers[0].of(wide.theta0).var() == pytest.approx(size / 400, rel=0.05)


def test_least_squares_knows_its_minimum_and_hessian():
    fit = P.least_squares(X, Y)
    np.testing.assert_allclose(fit.hessian, X.T @ X / 8)
    np.testing.assert_allclose(fit.minimum, np.linalg.solve(X.T @ X, X.T @ Y))
    assert isinstance(fit, P.LinearFit)


def test_a_model_of_your_own():
    class Mine:
        threads = False

        def outputs(self, theta, X):
            return X * theta

        def loss(self, theta, X, y):
            return ((X * theta - y) ** 2).mean(-1) / 2

        def grad(self, theta, X, y):
            return ((X * theta - y) * X).mean(-1, keepdims=True)

    fit = P.Fit(Mine(), np.arange(1.0, 5), 2 * np.arange(1.0, 5), [0.0])
    assert not fit.threads and [layer.shape for layer in fit.layers] == [(1,)]
    assert descend(fit, lr=0.1, steps=100).theta[-1] == pytest.approx(2.0)


# ------------------------------------------------------------------ bad input is named
sparse = np.array([{}, []], object)
DOOR = {
    "X: has type": lambda make: make([["a", "b"]], [0]),
    "X: has type ": lambda make: make(X + 1j, Y),
    "X: has type  ": lambda make: make(np.array([["2024-01-01"]], "M8[D]"), [0]),
    "X: has rows": lambda make: make(ragged, [0, 1]),
    "X: holds nan": lambda make: make(np.where(X > 1, np.nan, X), Y),
    "X: holds nan ": lambda make: make(np.where(X == X.max(), np.inf, X), Y),
    "X: is a masked": lambda make: make(np.ma.masked_greater(X, 0), Y),
    "X: has shape": lambda make: make(X[0], Y[:1]),
    "X: has shape ": lambda make: make(X[:, :, None], Y),
    "X: has shape  ": lambda make: make(np.zeros((0, 3)), []),
    "X: has": lambda make: make(None, Y),
    "y: has shape": lambda make: make(X, Y[:, None]),
    "y: has shape ": lambda make: make(X, np.eye(2)[Y]),
    "y: has shape  ": lambda make: make(X, Y[:-1]),
    "y: has type": lambda make: make(X, ["a"] * 8),
    "y: has type ": lambda make: make(X, None),
    "y: holds nan": lambda make: make(X, np.where(Y == 1, np.nan, Y)),
    "batch_size = 0": lambda make: make(X, Y, batch_size=0),
    "batch_size = 9": lambda make: make(X, Y, batch_size=9),
    "batch_size = 2.5": lambda make: make(X, Y, batch_size=2.5),
    "batch_size = nan": lambda make: make(X, Y, batch_size=np.nan),
    "batch_size = '4'": lambda make: make(X, Y, batch_size="4"),
    "batch_size = True": lambda make: make(X, Y, batch_size=True),
    "monitor = -1": lambda make: make(X, Y, monitor=-1),
    "monitor = \\[3\\]": lambda make: make(X, Y, monitor=[3]),
    "seed = -1": lambda make: make(X, Y, seed=-1),
    "seed = 'a'": lambda make: make(X, Y, seed="a"),
    "theta: has shape": lambda make: make(X, Y).loss(np.zeros(2)),
    "theta: has shape ": lambda make: make(X, Y).grad(np.zeros(99)),
    "theta: has type": lambda make: make(X, Y).loss(["a", "b", "c"]),
    "X: must be given": lambda make: make(X, Y).loss(make(X, Y).theta0, y=Y),
    "y: must be given": lambda make: make(X, Y).loss(make(X, Y).theta0, X),
    "X: has shape   ": lambda make: make(X, Y).loss(make(X, Y).theta0, X[:, :2], Y),
    "y: has shape   ": lambda make: make(X, Y).loss(make(X, Y).theta0, X, Y[:3]),
    "t = -1": lambda make: make(X, Y, batch_size=2).grad(make(X, Y).theta0, -1),
    "t = 0.5": lambda make: make(X, Y, batch_size=2).batch(0.5),
}
ONE = {
    "accuracy: .* values": lambda: P.least_squares(X, Y).accuracy(np.zeros(3), X, Y),
    "y: must be whole numbers from 0 to 1": lambda: P.logistic(X, Y + 1),
    "y: must be whole numbers from 0 to 1 ?": lambda: P.softmax(X, Y - 1, 2),
    "y: must be whole numbers": lambda: P.softmax(X, Y + 0.5, 2),
    "n_classes = 1": lambda: P.softmax(X, Y, 1),
    "n_classes = 2.5": lambda: P.softmax(X, Y, 2.5),
    "layers = 0": lambda: P.mlp(X, Y, [3, 0, 2]),
    "layers = 1.5": lambda: P.mlp(X, Y, [3, 1.5, 2]),
    "layers = 'a'": lambda: P.mlp(X, Y, [3, "a", 2]),
    "layers = 3": lambda: P.mlp(X, Y, 3),
    "layers = \\[3\\]": lambda: P.mlp(X, Y, [3]),
    "layers = \\[4, 2\\]": lambda: P.mlp(X, Y, [4, 2]),
    "activation = 'gelu'": lambda: P.mlp(X, Y, [3, 2], activation="gelu"),
    "activation = None": lambda: P.mlp(X, Y, [3, 2], activation=None),
    "indices: must be whole numbers from 0 to 2": lambda: P.Bags([0, 3], [0, 2], 3),
    "indices: must be a list": lambda: P.Bags([0.5, 1.0], [0, 2], 3),
    "indptr: must rise": lambda: P.Bags([0, 1], [1, 2], 3),
    "indptr: must rise ?": lambda: P.Bags([0, 1], [0, 3, 2], 3),
    "indptr: ends": lambda: P.Bags([0, 1], [0, 3], 3),
    "n_words = 0": lambda: P.Bags([], [0, 0], 0),
    "X: must be Bags": lambda: P.softmax(P.Bags([0], [0, 1], 3), [0], 2).outputs(np.zeros(8), X),
    "noise: has type": lambda: P.quadratic([1.0], noise="a"),
    "noise = ": lambda: P.quadratic([1.0, 2.0], noise=[1.0, 2.0, 3.0]),
    "noise: holds nan": lambda: P.bowl(noise=np.nan),
    "curvatures: has type": lambda: P.quadratic(["a"]),
    "curvatures: has rows": lambda: P.quadratic(ragged),
    "curvatures: holds nan": lambda: P.quadratic([np.inf]),
    "curvatures = \\[\\]": lambda: P.quadratic([]),
    "rotation: has type": lambda: P.valley(rotation="30"),
    "rotation: has shape": lambda: P.valley(rotation=[30.0]),
    "rotation: holds nan": lambda: P.valley(rotation=np.nan),
    "theta0 = ": lambda: P.saddle([1.0, 2.0, 3.0]),
    "theta0: has shape": lambda: P.saddle(1.0),
    "theta0: is empty": lambda: P.Surface(np.sum, np.sign, []),
    "minimum: has shape": lambda: P.Surface(np.sum, np.sign, [1.0], [1.0, 2.0]),
    "loss = 3": lambda: P.Surface(3, np.sign, [1.0]),
    "hessian = 3": lambda: P.Surface(np.sum, np.sign, [1.0], hessian=3),
    "seed = 1.5": lambda: P.saddle(seed=1.5),
    "theta: has shape": lambda: P.rosenbrock().loss([1.0, 2.0, 3.0]),
    "theta: has type": lambda: P.bowl().grad("a"),
    "theta: has rows": lambda: P.valley().grad(ragged),
    "t = 1.5": lambda: P.bowl(noise=1.0).grad([1.0], 1.5),
    "gradient_variance = ": lambda: P.noisy_quadratic_risk([1.0], [-1.0], 0.1, 3),
    "gradient_variance = ?": lambda: P.noisy_quadratic_risk([1.0], [1.0, 2.0], 0.1, 3),
    "second_moment = ": lambda: P.noisy_quadratic_risk([1.0], 1.0, 0.1, 3, second_moment=-1),
    "momentum = 1": lambda: P.noisy_quadratic_risk([1.0], 1.0, 0.1, 3, momentum=1),
    "batch_size = 0": lambda: P.noisy_quadratic_risk([1.0], 1.0, 0.1, 3, batch_size=0),
    "steps = 2.5": lambda: P.noisy_quadratic_risk([1.0], 1.0, 0.1, 2.5),
    "lr: has type": lambda: P.noisy_quadratic_risk([1.0], 1.0, lambda t: None, 3),
    "lr: has shape": lambda: P.noisy_quadratic_risk([1.0], 1.0, np.zeros((2, 2)), 3),
}


@EACH
@pytest.mark.parametrize("message", DOOR)
def test_bad_data_are_named_at_the_door(make, message):
    with pytest.raises(ValueError, match=f"^{message.strip()}"):
        DOOR[message](make)


@pytest.mark.parametrize("message", ONE)
def test_bad_arguments_are_named(message):
    with pytest.raises(ValueError, match=f"^{message}"):
        ONE[message]()


# ------------------------------------------------------------------ anything
numbers = st.one_of(
    st.floats(-5, 5), st.integers(-3, 300), st.sampled_from([np.nan, np.inf, None, "1", 1j, True])
)
anything = st.one_of(
    numbers, st.lists(numbers, max_size=4), st.lists(st.lists(numbers, max_size=3))
)
kinds = st.sampled_from([None, np.uint8, np.float32, np.int16, object, "U4", np.float16])


@given(X=anything, y=anything, kind=kinds, name=st.sampled_from(list(MAKERS)))
def test_odd_data_end_in_numbers_or_in_a_sentence(X, y, kind, name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # NumPy's own, of the casts below
        try:
            X = X if kind is None else np.array(X, kind)
        except (ValueError, TypeError, OverflowError):
            return
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            problem = MAKERS[name](X, y)
        except ValueError as error:
            assert str(error).startswith(("X", "y", "layers"))
            return
        loss, g = problem.loss(problem.theta0), problem.grad(problem.theta0, 0)
    assert np.isfinite(loss) and np.isfinite(g).all() and g.shape == problem.theta0.shape


@given(curvatures=anything, theta0=anything, noise=anything, rotation=numbers)
def test_odd_surfaces_end_in_numbers_or_in_a_sentence(curvatures, theta0, noise, rotation):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            problem = P.quadratic(curvatures, theta0, noise=noise, rotation=rotation)
        except ValueError as error:
            assert str(error).startswith(("curvatures", "theta0", "noise", "rotation"))
            return
        assert np.isfinite(problem.loss(problem.theta0))
        assert np.isfinite(problem.grad(problem.theta0, 3)).all()
