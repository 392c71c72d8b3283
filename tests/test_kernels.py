"""The kernels and `descend`: first steps by hand, collapses, properties, bad input."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from registry import ALL, CASES, G2, SIGN, SWEPT, G, asked
from registry import KERNELS as FOUND

import lrlib
from lrlib import (
    adagrad,
    adam,
    constant,
    dadapt_adam,
    descend,
    hypergradient,
    prodigy,
    rmsprop,
    schedule_free,
    sgd,
    step,
)
from lrlib.problems import quadratic

KERNELS = pytest.mark.parametrize(
    ("kernel", "hyper"), ALL, ids=[" ".join([k.__name__, *h]) for k, h in ALL]
)


def two_steps(kernel, **hyper):
    first, state = kernel(G, **hyper)
    second, _ = kernel(G2, state, **hyper)
    return first, second


# ------------------------------------------------------------------ the first steps, by hand
def by_hand(kernel, first, second=None, **hyper):
    u, u2 = two_steps(kernel, **hyper)
    np.testing.assert_allclose(u, first, rtol=1e-14)
    if second is not None:
        np.testing.assert_allclose(u2, second, rtol=1e-14)


def test_sgd_by_hand():
    by_hand(sgd, [3, -4, 0.5], [1, 2, -0.25])
    by_hand(sgd, [3, -4, 0.5], [0.5 * 3 + 1, 0.5 * -4 + 2, 0.5 * 0.5 - 0.25], momentum=0.5)


def test_nesterov_by_hand():
    # b = 3, u = 3 + 0.5 * 3; then b = 0.5 * 3 + 1 = 2.5, u = 1 + 0.5 * 2.5
    u, u2 = two_steps(sgd, momentum=0.5, nesterov=True)
    assert (u[0], u2[0]) == (4.5, 2.25)


def test_adagrad_by_hand():
    by_hand(adagrad, SIGN, G2 / np.sqrt([10, 20, 0.3125]), eps=0.0)
    by_hand(adagrad, [3 / 3.1, -4 / 4.1, 0.5 / 0.6], eps=0.1)
    by_hand(adagrad, [3 / 5, -4 / np.sqrt(32), 0.5 / np.sqrt(16.25)], eps=0.0, eps_root=16.0)
    by_hand(
        adagrad,
        [3 / 5, -4 / np.sqrt(32), 0.5 / np.sqrt(16.25)],
        eps=0.0,
        initial_accumulator_value=16.0,
    )


def test_adagrad_start_value_counts_once_and_eps_root_always():
    _, second = two_steps(adagrad, eps=0.0, initial_accumulator_value=16.0)
    np.testing.assert_allclose(second[0], 1 / np.sqrt(16 + 9 + 1), rtol=1e-14)
    _, second = two_steps(adagrad, eps=0.0, eps_root=16.0)
    np.testing.assert_allclose(second[0], 1 / np.sqrt(16 + 9 + 1), rtol=1e-14)


def test_rmsprop_by_hand():
    # v = 0.19 g^2, so u = g / (sqrt(0.19) |g|); centered: a = 0.19 g, v - a^2 = 0.19 * 0.81 g^2
    by_hand(rmsprop, SIGN / np.sqrt(0.19), rho=0.81, eps=0.0)
    by_hand(rmsprop, SIGN / np.sqrt(0.19 * 0.81), rho=0.81, eps=0.0, centered=True)
    by_hand(rmsprop, G / (np.abs(G) / 2 + 0.5), rho=0.75, eps=0.5)
    by_hand(rmsprop, G / np.sqrt(G**2 / 4 + 0.5), rho=0.75, eps=0.0, eps_root=0.5)


def test_rmsprop_momentum_by_hand():
    # v = 3/4 0 + 1/4 9 = 2.25, b = 3 / 1.5 = 2; v = 3/4 2.25 + 1/4 1 = 1.9375
    _, second = two_steps(rmsprop, rho=0.75, eps=0.0, momentum=0.5)
    np.testing.assert_allclose(second[0], 0.5 * 2 + 1 / np.sqrt(1.9375), rtol=1e-14)


def test_rmsprop_variance_is_never_negative():
    """On a constant gradient v - a^2 goes to 0, and rounding takes it below."""
    g = np.linspace(0.1, 10, 500)
    state, below = None, False
    for _ in range(400):
        u, state = rmsprop(g, state, rho=0.9, eps=1e-4, centered=True)
        below |= np.any(state.v - state.a**2 < 0)
        assert np.all(np.isfinite(u))
    assert below


def test_adam_by_hand():
    by_hand(adam, SIGN, eps=0.0)
    # m = 0.1 g, v = 0.001 g^2
    by_hand(adam, SIGN * 0.1 / np.sqrt(0.001), eps=0.0, bias_correction=False)
    by_hand(adam, G / (np.abs(G) + 0.5), eps=0.5)
    by_hand(adam, G / np.sqrt(G**2 + 16), eps=0.0, eps_root=16.0)


def test_adam_second_step_by_hand():
    # beta1 = beta2 = 1/2: m = 3/2, v = 9/2; then m = 3/4 + 1/2 = 5/4, v = 9/4 + 1/2 = 11/4,
    # both over 1 - 1/4
    _, second = two_steps(adam, beta1=0.5, beta2=0.5, eps=0.0)
    np.testing.assert_allclose(second[0], (5 / 3) / np.sqrt(11 / 3), rtol=1e-14)


def test_amsgrad_keeps_the_largest_v_uncorrected():
    # v = 9/2, then 11/4: the largest stays 9/2, and t = 2 corrects it
    _, second = two_steps(adam, beta1=0.5, beta2=0.5, eps=0.0, amsgrad=True)
    np.testing.assert_allclose(second[0], (5 / 3) / np.sqrt(4.5 / 0.75), rtol=1e-14)
    hyper = {"eps": 0.0, "amsgrad": True, "bias_correction": False}  # the paper's
    _, second = two_steps(adam, beta1=0.5, beta2=0.5, **hyper)
    np.testing.assert_allclose(second[0], (5 / 4) / np.sqrt(4.5), rtol=1e-14)


def test_the_step_by_hand():
    """theta - lr * (u + weight_decay * theta)."""
    trace = descend(
        lambda x, t: 2 * x, sgd, 0.25, 2, theta0=np.array([1.0, -2.0]), weight_decay=0.5
    )
    np.testing.assert_array_equal(trace.theta[1], [1 - 0.25 * 2.5, -2 + 0.25 * 5])
    np.testing.assert_array_equal(trace.theta[2], trace.theta[1] * (1 - 0.25 * 2.5))
    np.testing.assert_array_equal(trace.lr, [0.25, 0.25])
    assert trace.loss is None


def test_hypergradient_by_hand():
    gradients = np.array([[1.0, 2.0], [3.0, -1.0], [-2.0, 0.0]])

    def run(**kind):
        policy = hypergradient(0.1, 0.01, **kind)
        return descend(lambda x, t: gradients[t], sgd, policy, 3, theta0=np.zeros(2)).lr

    # products of a gradient with the one before: 3 - 2 = 1, -6
    np.testing.assert_allclose(run(), [0.1, 0.1 + 0.01 * 1, 0.11 + 0.01 * -6], rtol=1e-14)
    cosines = 1 / np.sqrt(5 * 10), -6 / np.sqrt(10 * 4)
    factors = [1, 1 + 0.01 * cosines[0], 1 + 0.01 * cosines[1]]
    np.testing.assert_allclose(run(multiplicative=True), 0.1 * np.cumprod(factors), rtol=1e-14)


def test_hypergradient_may_go_negative():
    policy = hypergradient(0.1, 1.0)
    trace = descend(lambda x, t: np.array([(-1.0) ** t]), sgd, policy, 2, theta0=np.zeros(1))
    np.testing.assert_allclose(trace.lr, [0.1, -0.9])


@pytest.mark.parametrize("adam", [False, True])
def test_schedule_free_is_the_paper_s_three_points(adam):
    """z takes plain steps, x averages all z, the gradient is taken at y between them."""
    lr, beta, target = 0.3, 0.8, np.array([1.0, -2.0])
    curved = np.array([1.0, 3.0])
    trace = descend(
        lambda y, t: curved * (y - target),
        schedule_free,
        lr,
        50,
        theta0=np.zeros(2),
        beta=beta,
        adam=adam,
    )
    z, x, v = np.zeros(2), np.zeros(2), 0.0
    for t in range(1, 51):
        y = (1 - beta) * z + beta * x
        np.testing.assert_allclose(trace.theta[t - 1], y, rtol=1e-12, atol=1e-13)
        d = curved * (y - target)
        if adam:
            v = 0.999 * v + 0.001 * d**2
            d = d / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        z = z - lr * d
        x = x + (z - x) / t
    kept = trace.theta[-1] - lr * (1 - beta) * trace.state.w
    np.testing.assert_allclose(kept, x, rtol=1e-12, atol=1e-13)


# ------------------------------------------------------------------ collapses
PROBLEM = quadratic([1.0, 10.0, 0.1], noise=0.3)


def path(kernel=sgd, lr=0.01, steps=40, **options):
    return descend(PROBLEM, kernel, lr, steps, **options).theta


def test_no_momentum_is_plain_descent():
    np.testing.assert_array_equal(path(momentum=0.0), path())
    np.testing.assert_array_equal(path(momentum=0.0, nesterov=True), path())
    np.testing.assert_array_equal(path(rmsprop, momentum=0.0), path(rmsprop))


def test_adam_without_its_momentum_is_rmsprop():
    np.testing.assert_allclose(
        path(adam, beta1=0.0, beta2=0.9, bias_correction=False), path(rmsprop, rho=0.9), rtol=1e-13
    )
    assert np.abs(path(adam, beta1=0.0, beta2=0.9) - path(rmsprop, rho=0.9)).max() > 1e-3


def test_rmsprop_without_memory_is_the_sign():
    u, _ = rmsprop(G, rho=0.0, eps=0.0)
    np.testing.assert_array_equal(u, SIGN)


def test_amsgrad_is_adam_while_gradients_grow():
    hyper = {"theta0": np.zeros(2), "steps": 30, "kernel": adam, "lr": 0.1}
    plain, largest = (
        descend(lambda x, t: np.array([1.0 + t, -(1.5**t)]), amsgrad=a, **hyper).theta
        for a in (False, True)
    )
    np.testing.assert_array_equal(plain, largest)


@pytest.mark.parametrize("multiplicative", [False, True])
def test_no_hypergradient_is_a_constant_rate(multiplicative):
    policy = hypergradient(0.01, 0.0, multiplicative)
    np.testing.assert_array_equal(path(lr=policy), path())
    np.testing.assert_array_equal(path(lr=constant(0.01)), path())


@KERNELS
def test_no_weight_decay_changes_nothing(kernel, hyper):
    np.testing.assert_array_equal(path(kernel, weight_decay=0.0, **hyper), path(kernel, **hyper))
    assert np.abs(path(kernel, weight_decay=0.1, **hyper) - path(kernel, **hyper)).max() > 1e-4


@KERNELS
def test_a_sweep_of_one_is_the_single_run(kernel, hyper):
    swept = descend(PROBLEM, kernel, np.array([0.01]), 40, **hyper)
    single = descend(PROBLEM, kernel, 0.01, 40, **hyper)
    np.testing.assert_allclose(swept.theta[:, 0], single.theta, rtol=1e-12)
    np.testing.assert_allclose(swept.loss[:, 0], single.loss, rtol=1e-12)
    np.testing.assert_array_equal(swept.lr[:, 0], single.lr)


# ------------------------------------------------------------------ sweeps
@KERNELS
def test_row_of_a_sweep_over_rates_is_the_single_run(kernel, hyper):
    lrs = np.array([1e-3, 1e-2, 3e-2])
    swept = descend(PROBLEM, kernel, lrs, 40, **hyper)
    assert swept.theta.shape == (41, 3, 3) and swept.lr.shape == (40, 3)
    assert swept.loss.shape == (41, 3)
    for k, lr in enumerate(lrs):
        single = descend(PROBLEM, kernel, lr, 40, **hyper)
        np.testing.assert_allclose(swept.theta[:, k], single.theta, rtol=1e-11, atol=1e-14)
        np.testing.assert_allclose(swept.loss[:, k], single.loss, rtol=1e-11)


@pytest.mark.parametrize(("kernel", "name", "values"), SWEPT)
def test_row_of_a_sweep_over_a_hyperparameter_is_the_single_run(kernel, name, values):
    beside = CASES[kernel.__name__].beside
    swept = path(kernel, **{name: np.array(values)}, **beside)
    assert swept.shape == (41, 3, 3)
    for k, value in enumerate(values):
        single = path(kernel, **{name: value}, **beside)
        np.testing.assert_allclose(swept[:, k], single, rtol=1e-11, atol=1e-14)
    assert np.abs(swept[-1, 0] - swept[-1, -1]).max() > 1e-6


def test_every_hyperparameter_that_is_a_number_is_swept_above():
    numbers = {
        (kernel, name)
        for kernel in FOUND.values()
        for name, default in kernel.__kwdefaults__.items()
        if not isinstance(default, bool) and name != "theta"
    }
    assert numbers == {(kernel, name) for kernel, name, _ in SWEPT}


def test_two_hyperparameters_and_the_rate_swept_together():
    lrs, momenta = np.array([1e-3, 1e-2]), np.array([0.5, 0.9])
    swept = path(lr=lrs, momentum=momenta)
    for k in range(2):
        single = path(lr=lrs[k], momentum=momenta[k])
        np.testing.assert_allclose(swept[:, k], single, rtol=1e-12, atol=1e-14)
    grid = path(lr=lrs[:, None], momentum=momenta)
    assert grid.shape == (41, 2, 2, 3)
    np.testing.assert_allclose(grid[:, 1, 0], path(lr=1e-2, momentum=0.5), rtol=1e-12, atol=1e-14)


def test_sweep_over_weight_decay_and_over_a_policy():
    swept = path(weight_decay=np.array([0.0, 0.1]))
    np.testing.assert_allclose(swept[:, 1], path(weight_decay=0.1), rtol=1e-12)
    swept = descend(PROBLEM, sgd, hypergradient(0.01, np.array([0.0, 1e-4])), 40)
    single = descend(PROBLEM, sgd, hypergradient(0.01, 1e-4), 40)
    assert swept.lr.shape == (40, 2)
    np.testing.assert_allclose(swept.lr[:, 1], single.lr, rtol=1e-12)
    np.testing.assert_allclose(swept.theta[:, 1], single.theta, rtol=1e-11)


def test_a_start_for_every_model():
    starts = np.array([[1.0, 1.0, 1.0], [2.0, -1.0, 0.0]])
    swept = path(theta0=starts, momentum=0.9)
    assert swept.shape == (41, 2, 3)
    single = path(theta0=starts[1], momentum=0.9)
    np.testing.assert_allclose(swept[:, 1], single, rtol=1e-12, atol=1e-14)


@KERNELS
def test_a_diverging_row_is_silent_and_leaves_the_others_alone(kernel, hyper):
    good = np.array([1e-3, 1e-2])
    lrs = np.array([1e-3, 1e300, 1e-2])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        trace = descend(PROBLEM, kernel, lrs, 60, **hyper)
    assert not np.isfinite(trace.loss[:, 1]).all()  # a rule of bounded steps may come back
    alone = descend(PROBLEM, kernel, good, 60, **hyper)
    np.testing.assert_allclose(trace.theta[:, [0, 2]], alone.theta, rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose(trace.loss[:, [0, 2]], alone.loss, rtol=1e-11)


def test_keep_last():
    last = descend(PROBLEM, adam, np.array([0.1, 0.2]), 30, keep="last")
    whole = descend(PROBLEM, adam, np.array([0.1, 0.2]), 30)
    assert last.theta.shape == (2, 3)
    np.testing.assert_array_equal(last.theta, whole.theta[-1])
    np.testing.assert_array_equal(last.loss, whole.loss)


def test_no_steps():
    start = np.array([1.0, 2.0, 3.0])
    for keep, shape in (("path", (1, 3)), ("last", (3,))):
        trace = descend(PROBLEM, sgd, 0.1, 0, theta0=start, keep=keep)
        assert trace.theta.shape == shape and trace.lr.shape == (0,) and trace.loss.shape == (1,)
        trace.theta[:] = 0.0
    assert list(start) == [1, 2, 3]
    swept = descend(PROBLEM, sgd, np.full(4, 0.1), 0, theta0=start)
    assert (swept.theta.shape, swept.lr.shape, swept.loss.shape) == ((1, 4, 3), (0, 4), (1, 4))


# ------------------------------------------------------------------ purity and types
def frozen(x):
    if isinstance(x, np.ndarray):
        x = x.copy()
        x.setflags(write=False)
    return x


@KERNELS
@pytest.mark.parametrize("shape", [(3,), (2, 3)])
def test_kernels_never_change_their_inputs(kernel, hyper, shape):
    """Read-only gradients, states and hyperparameters: writing to one raises."""
    rng = np.random.default_rng(0)
    hyper = {k: x if isinstance(x, bool) else frozen(np.full(shape, x)) for k, x in hyper.items()}
    state = None
    for _ in range(3):
        g = frozen(rng.standard_normal(shape))
        hyper |= asked(kernel, frozen(rng.standard_normal(shape)))
        u, state = kernel(g, state, **hyper)
        again, _ = kernel(g, state, **hyper)
        state = type(state)(*map(frozen, state))
        assert u is not g or kernel is sgd
        np.testing.assert_array_equal(kernel(g, state, **hyper)[0], again)


def test_descend_never_changes_its_arguments():
    theta0, lr, decay = (frozen(np.array(x)) for x in ([1.0, 2.0], [0.1, 0.2], [0.0, 0.1]))
    trace = descend(
        lambda x, t: x, sgd, lr, 3, theta0=theta0, weight_decay=decay, momentum=frozen(lr)
    )
    trace.theta[:] = 0.0  # the result is the caller's own
    assert list(theta0) == [1.0, 2.0]


@pytest.mark.parametrize("kernel", FOUND.values())
def test_states_are_the_documented_ones(kernel):
    wanted = asked(kernel, np.zeros(3))
    u, state = kernel(G, **wanted)
    assert type(state).__module__ == kernel.__module__ and type(state).__doc__
    np.testing.assert_array_equal(kernel(G, type(state)(), **wanted)[0], u)


@KERNELS
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("lr", [0.1, np.float64(0.1), np.array([0.1, 0.2]), step(0.1, 2)])
def test_the_type_of_theta0_is_kept(kernel, hyper, dtype, lr):
    kinds = set()

    def spy(g, state=None, *, theta):
        u, state = kernel(g, state, **hyper, **asked(kernel, theta))
        kinds.update({x.dtype for x in (u, *state) if isinstance(x, np.ndarray)})
        return u, state

    trace = descend(lambda x, t: x + dtype(1), spy, lr, 3, theta0=np.ones(2, dtype))
    assert trace.theta.dtype == trace.lr.dtype == dtype
    assert kinds == {np.dtype(dtype)}


@pytest.mark.parametrize(("kernel", "name", "values"), SWEPT)
@pytest.mark.parametrize("swept", [False, True])
def test_hyperparameters_from_numpy_keep_float32(kernel, name, values, swept):
    value = np.array(values) if swept else np.array(values)[1]
    trace = descend(lambda x, t: x, kernel, 0.1, 3, theta0=np.ones(2, np.float32), **{name: value})
    assert trace.theta.dtype == np.float32


def test_hypergradient_keeps_float32():
    for policy in (hypergradient(0.1, 0.01), hypergradient(np.array([0.1, 0.2]), 0.01, True)):
        trace = descend(lambda x, t: x, sgd, policy, 3, theta0=np.ones(2, np.float32))
        assert trace.theta.dtype == trace.lr.dtype == np.float32


def test_whole_numbers_become_floats():
    trace = descend(lambda x, t: x, sgd, 0.5, 1, theta0=[2, 4])
    np.testing.assert_array_equal(trace.theta, [[2.0, 4.0], [1.0, 2.0]])


# ------------------------------------------------------------------ properties
shapes = hnp.array_shapes(min_dims=1, max_dims=3, max_side=4)
extremes = st.one_of(
    st.just(0.0),
    st.floats(-1e300, 1e300, allow_nan=False),
    st.builds(lambda s, e: s * 10.0**e, st.sampled_from([-1.0, 1.0]), st.integers(-300, 300)),
)
cases = st.sampled_from(ALL)


@settings(max_examples=60)
@given(data=st.data(), case=cases, shape=shapes, dtype=st.sampled_from([np.float32, np.float64]))
def test_no_gradient_makes_descend_raise_or_warn(data, case, shape, dtype):
    kernel, hyper = case
    with np.errstate(over="ignore"):  # 1e300 is inf in float32
        g = data.draw(hnp.arrays(np.float64, (4, *shape), elements=extremes)).astype(dtype)
    lr = data.draw(st.sampled_from([0.0, 1e-300, 0.1, 1e300, "policy"]))
    lr = hypergradient(0.1, 1e-3, data.draw(st.booleans())) if lr == "policy" else lr
    decay = data.draw(st.sampled_from([0.0, 0.1]))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        theta0 = np.zeros(shape, dtype)
        trace = descend(
            lambda x, t: g[t], kernel, lr, 4, theta0=theta0, weight_decay=decay, **hyper
        )
    assert trace.theta.shape == (5, *shape) and trace.theta.dtype == dtype
    assert trace.lr.shape == (4, *shape[:-1])


moderate = hnp.arrays(
    np.float64,
    st.tuples(st.integers(1, 5), shapes).map(lambda s: (s[0], *s[1])),
    elements=st.floats(-1e3, 1e3).filter(lambda x: x == 0 or abs(x) > 1e-3),
)


def directions(kernel, gs, hyper):
    state, us, theta = None, [], np.zeros(gs.shape[1:])
    with np.errstate(invalid="ignore"):  # 0 / 0 without eps
        for g in gs:
            u, state = kernel(g, state, **hyper, **asked(kernel, theta))
            us.append(u)
            theta = theta - u
    return np.array(us)


@given(gs=moderate, case=cases)
def test_the_other_way_round(gs, case):
    kernel, hyper = case
    np.testing.assert_array_equal(directions(kernel, -gs, hyper), -directions(kernel, gs, hyper))


@given(gs=moderate, case=cases)
def test_parameters_do_not_see_each_other(gs, case):
    kernel, hyper = case
    whole = directions(kernel, gs, hyper)
    if CASES[kernel.__name__].coupled:
        return
    for k in range(gs.shape[-1]):
        one = directions(kernel, gs[..., k : k + 1], hyper)
        np.testing.assert_allclose(whole[..., k : k + 1], one, rtol=1e-14)


@given(gs=moderate, power=st.integers(-20, 20))
def test_units(gs, power):
    """SGD moves in the gradient's unit, the others not at all: c * loss gives the same steps."""
    c = 2.0**power  # exact
    np.testing.assert_array_equal(
        directions(sgd, c * gs, {"momentum": 0.9}), c * directions(sgd, gs, {"momentum": 0.9})
    )
    np.testing.assert_array_equal(
        directions(schedule_free, c * gs, {}), c * directions(schedule_free, gs, {})
    )
    for kernel in (adagrad, rmsprop, adam, dadapt_adam, prodigy):
        same = directions(kernel, c * gs, {"eps": 0.0}), directions(kernel, gs, {"eps": 0.0})
        np.testing.assert_allclose(*same, rtol=1e-13)


@pytest.mark.parametrize(("dtype", "power"), [(np.float64, 250), (np.float32, 50)])
def test_the_multiplicative_hypergradient_has_no_unit(dtype, power):
    """Gradients 2^power times as large or small give the same rates."""
    gs = np.random.default_rng(0).standard_normal((20, 5)).astype(dtype)

    def rates(c):
        policy = hypergradient(0.1, 0.05, multiplicative=True)
        return descend(lambda x, t: c * gs[t], sgd, policy, 20, theta0=np.zeros(5, dtype)).lr

    assert np.ptp(rates(dtype(1))) > 0.005
    for c in (dtype(2.0**power), dtype(2.0**-power)):
        np.testing.assert_allclose(rates(c), rates(dtype(1)), rtol=1e-6)


@given(gs=moderate)
def test_steps_are_bounded(gs):
    """Adagrad: |u| <= 1. RMSprop: |u| <= 1 / sqrt(1 - rho). Rounding aside."""
    assert np.all(np.abs(directions(adagrad, gs, {})) <= 1 + 1e-12)
    assert np.all(np.abs(directions(rmsprop, gs, {"rho": 0.75})) <= 2 + 1e-12)


# ------------------------------------------------------------------ bad input
def refuse(message, *args, **options):
    with pytest.raises(ValueError, match=message):
        descend(*args, **options)


@pytest.mark.parametrize("kernel", [sgd, adagrad, rmsprop, adam])
def test_unknown_hyperparameter(kernel):
    refuse(rf"^momentun: .*{kernel.__name__}.* has ", PROBLEM, kernel, momentun=0.9)


@pytest.mark.parametrize("lr", ["fast", None, float("nan"), float("inf"), -0.1, [0.1, -0.1]])
def test_bad_rate(lr):
    refuse(r"^lr = ", PROBLEM, sgd, lr)


def test_rate_of_the_wrong_shape():
    two = np.zeros((2, 3))
    refuse(r"^lr: shape \(3,\) does not fit .*\(2,\)", PROBLEM, sgd, np.full(3, 0.1), theta0=two)
    refuse(r"^momentum: shape \(2,\)", PROBLEM, sgd, np.full(4, 0.1), momentum=[0.1, 0.2])
    refuse(r"^beta2: shape \(3,\)", PROBLEM, adam, 0.1, beta1=[0.1, 0.2], beta2=[0.1, 0.2, 0.3])
    refuse(r"^lr: shape \(3,\)", PROBLEM, sgd, lambda t: np.full(2 + t, 0.1))


@pytest.mark.parametrize("steps", [-1, 2.5, "10", None])
def test_bad_steps(steps):
    refuse(r"^steps = .*whole number, 0 or more", PROBLEM, sgd, 0.1, steps)


@pytest.mark.parametrize("g", [np.ones(2), np.ones((3, 1)), 1.0])
def test_gradient_of_the_wrong_shape(g):
    shape = str(np.shape(g)).replace("(", r"\(").replace(")", r"\)")
    refuse(rf"^grad: returned shape {shape}.*\(3,\)", lambda x, t: g, theta0=np.zeros(3))


@pytest.mark.parametrize("value", [-0.1, 1.0, 1.2, float("nan"), np.array([0.5, 1.0])])
@pytest.mark.parametrize(
    ("kernel", "name"),
    [(sgd, "momentum"), (rmsprop, "rho"), (rmsprop, "momentum"), (adam, "beta1"), (adam, "beta2")],
)
def test_outside_the_unit_interval(kernel, name, value):
    refuse(rf"(?s)^{name} = .*at least 0 and less than 1", PROBLEM, kernel, **{name: value})
    with pytest.raises(ValueError, match=rf"^{name} = "):
        kernel(G, **{name: value if np.ndim(value) == 0 else 2.0})


def test_other_bad_arguments():
    refuse(r"^keep = 'all'", PROBLEM, keep="all")
    refuse(r"^theta0 = 1.0: ", PROBLEM, theta0=1.0)
    refuse(r"^problem = .*theta0", lambda x, t: x)
    refuse(r"^problem = 5: ", 5)


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("lr", ("fast",)),
        ("lr", (float("nan"),)),
        ("hypergrad_lr", (0.1, -1.0)),
        ("hypergrad_lr", (0.1, "big")),
        ("hypergrad_lr", (0.1, float("inf"))),
    ],
)
def test_bad_hypergradient(name, args):
    with pytest.raises(ValueError, match=rf"^{name} = "):
        hypergradient(*args)


@pytest.mark.parametrize(
    "wrong, message",
    [
        ({"lr": lrlib.cosine}, r"^lr = cosine: must be what cosine returns"),
        ({"lr": lrlib.hypergradient}, r"^lr = hypergradient: must be what"),
        ({"kernel": "sgd"}, r"^kernel = 'sgd'"),
        ({"momentum": "a"}, r"^momentum = 'a'"),
        ({"nesterov": 2}, r"^nesterov = 2: must be True or False"),
        ({"weight_decay": -1.0}, r"^weight_decay = -1.0"),
    ],
)
def test_wrong_arguments_of_descend_are_named(wrong, message):
    with pytest.raises(ValueError, match=message):
        lrlib.descend(lrlib.problems.bowl(), steps=3, **wrong)


def test_a_gradient_may_be_a_list():
    trace = lrlib.descend(lambda theta, t: [1.0, 2.0], lr=0.1, steps=2, theta0=np.zeros(2))
    np.testing.assert_allclose(trace.theta[-1], [-0.2, -0.4])
