"""Odd input to the core: it ends in the right value or in a ValueError that names it.

Never in another exception, a warning, or silence. The kinds are those of public bug reports against
optimisers and schedulers; each has several members here.
"""

import datetime
import functools
import inspect
import re
import warnings
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import lrlib
from lrlib import adagrad, adam, constant, cosine, descend, hypergradient, rmsprop, sgd
from lrlib.problems import bowl, valley

pytestmark = pytest.mark.filterwarnings("error")
NAN, INF = float("nan"), float("inf")


def refused(match, *args, **options):
    with pytest.raises(ValueError, match=match):
        descend(*args, **options)


def name(x):
    return re.sub(" at 0x[0-9a-f]+", "", repr(x))[:30]  # the same on every worker


# ------------------------------------------------------------------ the start
NO_START = [
    "ab", ["1", "2"], [1, None], [[1], [1, 2]], [True, False], [1j, 2], {1, 2}, object(),
    np.array(["2020-01-01", "2021-01-01"], "datetime64[D]"), np.array([Decimal(1), Decimal(2)]),
    np.ma.masked_array([1.0, 2.0], [False, True]), [10**30, 1], [Fraction(1, 2), 1], iter([1.0]),
    [], [[]], np.zeros((0, 2)), 1.0, np.ones(2, np.float16),
]  # fmt: skip


@pytest.mark.parametrize("theta0", NO_START, ids=name)
def test_a_start_that_is_none(theta0):
    refused(r"(?s)^theta0( = |: )", valley(), theta0=theta0)


@pytest.mark.parametrize("theta0", [[1.0], [1.0, 2.0, 3.0], np.ones((2, 3))], ids=name)
def test_a_start_of_another_size(theta0):
    refused(r"^theta0: has \d parameters, must have 2", valley(), theta0=theta0)


@pytest.mark.parametrize("theta0", [[-5, -2], (-5, -2), range(-5, -3), np.int8([-5, -2])], ids=name)
def test_a_start_of_whole_numbers(theta0):
    same = descend(valley(), theta0=np.array(theta0, float))
    np.testing.assert_array_equal(descend(valley(), theta0=theta0).theta, same.theta)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.longdouble])
@pytest.mark.parametrize("problem", [bowl, valley, lambda: valley(rotation=30.0, noise=0.1)])
@pytest.mark.parametrize("lr", [0.1, [0.1, 0.2], cosine(0.1, 5), hypergradient(0.1, 1e-3)])
def test_the_type_of_the_start_holds(dtype, problem, lr):
    """Also where the problem computes in float64, and weights decay."""
    kinds = set()

    def spy(g, state=None):
        kinds.add(g.dtype)
        return sgd(g, state)

    start = np.ones(problem().theta0.shape, dtype)
    for kernel in (spy, adam):
        trace = descend(problem(), kernel, lr, 3, theta0=start, weight_decay=np.float64(0.1))
        assert {x.dtype for x in trace[:3]} == {np.dtype(dtype)}
    assert kinds == {np.dtype(dtype)}


def test_the_type_holds_whatever_the_functions_return():
    class Mixed:
        theta0 = np.ones(2, np.float32)

        def loss(self, theta):
            return float((theta**2).sum())

        def grad(self, theta, t):
            return theta.astype(float) if t % 2 else [1, 2]

    def kernel(g, state=None):
        return g.astype(np.float64), state

    trace = descend(Mixed(), kernel, lambda seen, state: (np.float64(0.1), state), 4)
    assert {x.dtype for x in trace[:3]} == {np.dtype(np.float32)}


# ------------------------------------------------------------------ rates
NO_RATE = ["fast", None, True, 1j, [], [[0.1], [0.1, 0.2]], np.array(["a"]), -0.1, NAN, INF,
           datetime.date(2020, 1, 1), Decimal("0.1"), Fraction(1, 10), [0.1, -0.1], [0.1, NAN],
           sgd, adam, cosine, hypergradient, lrlib.polyak, dict, 10**400]  # fmt: skip
NO_RATES = ["0.1", None, True, 1j, (0.1, None), [], [[0.1], [0.1, 0.2]], Decimal("0.1"), {}]


@pytest.mark.parametrize("lr", NO_RATE, ids=name)
def test_a_rate_that_is_none(lr):
    refused(r"(?s)^lr = ", valley(), sgd, lr)


@pytest.mark.parametrize("at", [0, 2])
@pytest.mark.parametrize("value", [*NO_RATES, NAN, INF, -0.1, [0.1, NAN]], ids=name)
def test_a_schedule_that_returns_none(value, at):
    def forgot(t):
        return value if t == at else 0.1

    refused(rf"(?s)^lr = forgot: returned .* at step {at}: must be a rate", valley(), sgd, forgot)


@pytest.mark.parametrize("at", [0, 2])
@pytest.mark.parametrize("value", NO_RATES, ids=name)
def test_a_policy_whose_rate_is_none(value, at):
    def forgot(seen, state):
        return (value if seen.t == at else 0.1), state

    refused(rf"(?s)^lr = forgot: returned .* at step {at}: must be .*rate", valley(), sgd, forgot)


@pytest.mark.parametrize("at", [0, 2])
@pytest.mark.parametrize(
    "value", [0.1, None, [0.1, None], (0.1,), (0.1, 1, 2), np.ones(2)], ids=name
)
def test_a_policy_that_returns_no_pair(value, at):
    def forgot(seen, state=None):
        return value if seen.t == at else (0.1, state)

    refused(rf"^lr = forgot: returned .* at step {at}: must be two values", valley(), sgd, forgot)


@pytest.mark.parametrize(
    "lr",
    [lambda: 0.1, lambda a, b, c: 0.1, lambda t, *, k: 0.1, lambda *a: 0.1, lambda **k: 0.1,
     functools.partial(lambda t: 0.1, 3)],
)  # fmt: skip
def test_a_function_of_something_else(lr):
    refused(r"^lr = .*must be a function of t or of \(seen, state\)", valley(), sgd, lr)


@pytest.mark.parametrize(
    "lr",
    [lambda seen: (0.1, None), functools.partial(lambda seen, state=None: (0.1, state), state=1)],
)
def test_a_policy_that_takes_no_state(lr):
    refused(r"^lr = .*must be a function of \(seen, state\)", valley(), sgd, lr)


def test_a_policy_may_diverge():
    trace = descend(valley(), sgd, lambda seen, state: (INF if seen.t else NAN, state), 3)
    assert np.isnan(trace.theta[-1]).all() and trace.lr[1] == INF


# ------------------------------------------------------------------ kernels
KERNELS_NONE = {
    "u only": lambda g, state: g,
    "three": lambda g, state: (g, state, 1),
    "a list": lambda g, state: [g, state],
    "nothing": lambda g, state: None,
    "no u": lambda g, state: (None, state),
    "the wrong way round": lambda g, state: (state, g),
    "a part": lambda g, state: (g[..., :1], state),
    "a sum": lambda g, state: (g.sum(), state),
    "one axis more": lambda g, state: (g[None], state),
    "text": lambda g, state: ("ab", state),
    "complex": lambda g, state: (1j * g, state),
    "truth": lambda g, state: (g > 0, state),
    "objects": lambda g, state: (g.astype(object), state),
}


@pytest.mark.parametrize("at", [0, 2])
@pytest.mark.parametrize("problem", [bowl, valley])
@pytest.mark.parametrize("case", KERNELS_NONE)
def test_a_kernel_that_returns_none(case, problem, at):
    if case == "a part" and problem is bowl:
        return  # is all of it
    if case == "a sum" and problem is bowl:
        pass

    def mine(g, state=None):
        return KERNELS_NONE[case](g, state) if state == at else (g, (state or 0) + 1)

    def from_the_first(g, state=None):
        return mine(g, state or 0)

    refused(rf"(?s)^kernel = from_the_first: returned .* at step {at}: must be ",
            problem(), from_the_first)  # fmt: skip


@pytest.mark.parametrize("kernel", [lambda g: (g, None), lambda: None, lambda g, *, state: (g, 1)])
def test_a_kernel_of_something_else(kernel):
    refused(r"^kernel = .*must be a function of \(g, state\)", valley(), kernel)


@pytest.mark.parametrize("knob", ["g", "state", "momentun", "lr_"])
@pytest.mark.parametrize("kernel", [sgd, adam, lambda g, state=None, *, mu=0.5: (g, state)])
def test_a_knob_that_the_kernel_has_not(kernel, knob):
    refused(rf"^{knob}: no hyperparameter of .*, which has ", valley(), kernel, **{knob: 0.5})


@pytest.mark.parametrize("kernel", ["sgd", None, 5, dict, sgd(np.ones(2))], ids=name)
def test_what_is_no_kernel(kernel):
    refused(r"(?s)^kernel = .*must be a function", valley(), kernel)


# ------------------------------------------------------------------ problems
GRADS = {
    "nothing": lambda theta: None,
    "text": lambda theta: "ab",
    "complex": lambda theta: 1j * theta,
    "truth": lambda theta: theta > 0,
    "objects": lambda theta: theta.astype(object),
    "a part": lambda theta: theta[:1],
    "one axis more": lambda theta: theta[None],
    "ragged": lambda theta: [[1], [1, 2]],
    "masked": lambda theta: np.ma.masked_array(theta, [False, True]),
}
LOSSES = {
    "nothing": lambda theta: None,
    "text": lambda theta: "a",
    "complex": lambda theta: 1j,
    "truth": lambda theta: True,
    "one a parameter": lambda theta: theta,
    "one axis more": lambda theta: theta.sum(-1, keepdims=True),
}


def broken(at, loss=None, grad=None):
    class Broken:
        theta0 = np.array([1.0, 2.0])
        t = -1

        def loss(self, theta):
            return loss(theta) if loss and self.t == at else (theta**2).sum(-1)

        def grad(self, theta, t):
            self.t = t
            return grad(theta) if grad and t == at else theta

    return Broken()


@pytest.mark.parametrize("at", [0, 2])
@pytest.mark.parametrize("case", GRADS)
def test_a_gradient_that_is_none(case, at):
    refused(rf"(?s)^grad: returned .* at step {at}: must be numbers in the shape of theta, \(2,\)",
            broken(at, grad=GRADS[case]))  # fmt: skip


@pytest.mark.parametrize("at", [0, 2])
@pytest.mark.parametrize("case", LOSSES)
def test_a_loss_that_is_none(case, at):
    refused(rf"(?s)^loss: returned .* at step {at}: must be one number a model, \(\)",
            broken(at, loss=LOSSES[case]))  # fmt: skip


def test_one_loss_for_a_whole_sweep():
    problem = broken(0, loss=lambda theta: (theta**2).sum())
    refused(r"^loss: returned shape \(\) at step 0: .*\(2,\)", problem, sgd, [0.1, 0.2])


def test_functions_of_something_else():
    refused(r"^grad = .*must be a function of \(theta, t\)", lambda theta: theta, theta0=[1.0])
    refused(r"^grad = .*\(theta, t\)", lambda theta, t, extra: theta, theta0=[1.0])
    problem = broken(0)
    problem.loss = lambda: 1.0
    refused(r"^loss = .*must be a function of theta", problem)
    problem.loss = 5
    refused(r"^problem = ", problem)


def test_an_error_of_the_users_own_is_left_alone():
    def grad(theta, t):
        return theta + "a"

    with pytest.raises(TypeError, match=r"float64|ufunc|str"):
        descend(grad, theta0=[1.0])


def test_divergence_of_the_users_functions_is_silent():
    for value in (NAN, INF, -INF):
        trace = descend(broken(1, grad=lambda theta, v=value: theta * v), sgd, 0.1, 3)
        assert not np.isfinite(trace.theta[-1]).any()
        assert not np.isfinite(descend(broken(1, loss=lambda theta, v=value: v)).loss[1])


# ------------------------------------------------------------------ nothing can be written to
def write(x):
    x *= 0.5


@pytest.mark.parametrize("lr", [0.1, [0.1, 0.2]])
def test_what_is_handed_out_is_read_only(lr):
    def kernel(g, state=None):
        write(g)
        return g, state

    def kernel_theta(g, state=None, *, theta):
        write(theta)
        return g, state

    def grad(theta, t):
        write(theta)
        return theta

    def loss(theta):
        write(theta)
        return theta.sum(-1)

    for args in ((valley(), kernel), (valley(), kernel_theta), (grad,), (broken(0, loss=loss),)):
        refused("read-only", *args, lr=lr, theta0=[1.0, 2.0])


@pytest.mark.parametrize("what", ["g", "u", "theta", "loss"])
def test_what_a_policy_sees_is_read_only(what):
    def policy(seen, state):
        if seen.t:
            write(getattr(seen, what))
        return 0.1, state

    refused("read-only", valley(), sgd, policy, momentum=[0.0, 0.5])


def test_a_start_given_or_kept_by_the_problem_is_never_changed():
    start, problem = np.array([1.0, 2.0]), valley()
    descend(problem, theta0=start).theta[:] = 0
    descend(problem).theta[:] = 0
    assert start.tolist() == [1.0, 2.0] and problem.theta0.tolist() == [-5.0, -2.0]


# ------------------------------------------------------------------ knobs
NUMBERS = {
    (k, n) for k in (sgd, adagrad, rmsprop, adam) for n, x in k.__kwdefaults__.items()
    if not isinstance(x, bool)
}  # fmt: skip
SWITCHES = {(sgd, "nesterov"), (rmsprop, "centered"), (adam, "amsgrad"), (adam, "bias_correction")}
BAD_KNOB = ["a", None, True, 1j, -1.0, NAN, INF, [0.5, -1.0], [0.1, "a"], [[0.1], [0.1, 0.2]], []]


def knobs(pairs):
    return [pytest.param(k, n, id=f"{k.__name__} {n}") for k, n in sorted(pairs, key=str)]


@pytest.mark.parametrize("value", BAD_KNOB, ids=name)
@pytest.mark.parametrize(("kernel", "knob"), knobs(NUMBERS))
def test_a_knob_out_of_range(kernel, knob, value):
    refused(rf"(?s)^{knob} = .*must be ", valley(), kernel, **{knob: value})
    with pytest.raises(ValueError, match=rf"(?s)^{knob} = .*must be "):
        kernel(np.ones(2), **{knob: value})


@pytest.mark.parametrize("value", ["no", "True", 0, 1, None, 1.0, [True], []], ids=name)
@pytest.mark.parametrize(("kernel", "knob"), knobs(SWITCHES))
def test_a_switch_that_is_none(kernel, knob, value):
    refused(rf"^{knob} = .*must be True or False", valley(), kernel, **{knob: value})
    with pytest.raises(ValueError, match=rf"^{knob} = .*must be True or False"):
        kernel(np.ones(2), **{knob: value})


@pytest.mark.parametrize(("kernel", "knob"), knobs(NUMBERS))
@pytest.mark.parametrize("kind", [np.float32, np.float64, np.array, Fraction])
def test_a_knob_of_any_kind_of_number(kernel, knob, kind):
    if kind is Fraction:
        return refused(rf"^{knob} = ", valley(), kernel, **{knob: Fraction(1, 2)})
    same = descend(valley(), kernel, 0.1, 5, **{knob: 0.5})
    np.testing.assert_array_equal(descend(valley(), kernel, 0.1, 5, **{knob: kind(0.5)}).theta,
                                  same.theta)  # fmt: skip
    return None


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("kernel", [adagrad, rmsprop, adam])
@pytest.mark.parametrize("eps", [0, 0.0, [0.0, 1e-8]])
def test_no_gradient_and_no_eps_is_no_step(kernel, eps, dtype):
    """As in Optax's Adagrad."""
    start = np.ones(2, dtype)
    trace = descend(lambda theta, t: 0 * theta, kernel, 0.1, 3, theta0=start, eps=eps)
    np.testing.assert_array_equal(trace.theta, np.ones_like(trace.theta))
    u, _ = kernel(np.zeros(2, dtype), eps=0)
    assert u.tolist() == [0, 0] and u.dtype == dtype


@pytest.mark.parametrize("kernel", [sgd, adagrad, rmsprop, adam])
def test_gradients_and_states_given_to_a_kernel(kernel):
    np.testing.assert_array_equal(kernel([3, -4])[0], kernel(np.array([3.0, -4.0]))[0])
    for g in ("ab", None, [1, None], [1j], [True], np.ones(2, np.float16), [[1], [1, 2]]):
        with pytest.raises(ValueError, match=r"(?s)^g( = |: ).*must be"):
            kernel(g)
    for state in (5, "a", (), tuple(range(9)), [1], np.ones(2)):
        with pytest.raises(
            ValueError, match=rf"^state = .*None or the state that {kernel.__name__}"
        ):
            kernel(np.ones(2), state)


# ------------------------------------------------------------------ policies
def distance(theta):
    return (theta**2).sum(-1)


POLICIES = {
    hypergradient: {"lr": 0.1, "hypergrad_lr": 0.01, "multiplicative": False},
    lrlib.error_driven: {"k": 0.1, "power": 1.0, "loss": distance},
    lrlib.polyak: {"f_min": 0.0, "factor": 1.0, "cap": 1.0, "eps": 0.1, "loss": distance},
    lrlib.bold_driver: {
        "lr": 0.1, "up": 1.05, "down": 0.5, "loss": distance, "undo": True, "max_increase": 1.0,
        "every": 1,
    },
    lrlib.plateau: {
        "lr": 0.1, "factor": 0.5, "patience": 2, "dialect": "torch", "loss": distance, "every": 1,
        "rtol": 1e-4, "atol": 0.0, "eps": 0.0, "cooldown": 0, "min_lr": 0.0, "mode": "min",
        "accumulation_size": 1,
    },
    lrlib.barzilai_borwein: {"lr": 0.1, "kind": "long"},
    lrlib.armijo: {
        "loss": distance, "lr": 1.0, "c": 0.1, "shrink": 0.5, "grow": 2.0, "max_lr": 1.0,
        "max_tries": 10,
    },
}  # fmt: skip
ARGUMENTS = [(f, n) for f, given in POLICIES.items() for n in given]


def test_all_policies_and_their_arguments_are_here():
    factories = {n for n in lrlib.policies.__dict__ if n in lrlib.__all__}
    assert factories == {f.__name__ for f in POLICIES}
    for factory, arguments in POLICIES.items():
        assert set(inspect.signature(factory).parameters) == set(arguments)


@pytest.mark.parametrize(("factory", "argument"), ARGUMENTS)
@pytest.mark.parametrize(
    "value", ["a", 1j, NAN, [], [[1], [1, 2]], {}, datetime.date(2020, 1, 1)], ids=name
)
def test_an_argument_of_a_policy_that_is_none(factory, argument, value):
    with pytest.raises(ValueError, match=rf"(?s)^{argument} = .*must be "):
        factory(**POLICIES[factory] | {argument: value})


SINGLE = {"c", "shrink", "patience", "every", "cooldown", "accumulation_size", "max_tries"}
SWEPT = [(f, n) for f, n in ARGUMENTS if n not in SINGLE and isinstance(POLICIES[f][n], float)]


@pytest.mark.parametrize(("factory", "argument"), SWEPT)
def test_an_argument_of_a_policy_that_is_a_sweep(factory, argument):
    """Each row is the single run, whichever argument it is that differs between the models."""
    fixed, x = POLICIES[factory], POLICIES[factory][argument]
    swept = descend(valley(), sgd, factory(**fixed | {argument: [x, 1.1 * x]}), 8)
    assert swept.lr.shape == (8, 2)
    for k, value in enumerate([x, 1.1 * x]):
        single = descend(valley(), sgd, factory(**fixed | {argument: value}), 8)
        np.testing.assert_allclose(swept.theta[:, k], single.theta, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("factory", "argument"), [(f, n) for f, n in ARGUMENTS if n in SINGLE])
def test_an_argument_of_a_policy_that_cannot_be_a_sweep(factory, argument):
    x = POLICIES[factory][argument]
    with pytest.raises(ValueError, match=rf"^{argument} = .*must be "):
        factory(**POLICIES[factory] | {argument: [x, x]})


@pytest.mark.parametrize("value", [None, "a", 1j, True, [1.0, 2.0, 3.0]], ids=name)
@pytest.mark.parametrize("factory", [f for f, n in ARGUMENTS if n == "loss"])
def test_a_loss_of_a_policy_that_is_none(factory, value):
    policy = factory(**POLICIES[factory] | {"loss": lambda theta: value})
    refused(r"^loss: returned .* at step \d: must be one number a model", valley(), sgd, policy, 3)


# ------------------------------------------------------------------ lengths and words of descend
@pytest.mark.parametrize("what", ["steps", "t0"])
@pytest.mark.parametrize("value", [-1, 2.5, "10", None, True, [3], NAN, INF, 1j, 10**400], ids=name)
def test_a_length_that_is_none(what, value):
    refused(rf"(?s)^{what} = .*whole number, 0 or more", valley(), **{what: value})


@pytest.mark.parametrize("steps", [3, 3.0, np.int8(3), np.array(3), np.float32(3)], ids=name)
def test_a_length_of_any_kind(steps):
    assert descend(valley(), steps=steps, t0=steps).theta.shape == (4, 2)


@pytest.mark.parametrize("value", ["all", None, ["path"], 1, True], ids=name)
def test_keep_that_is_none(value):
    refused(r"^keep = .*path.*last", valley(), keep=value)


@pytest.mark.parametrize("value", ["a", None, True, -1.0, NAN, INF, [0.1, -1], []], ids=name)
def test_decay_that_is_none(value):
    refused(r"^weight_decay = ", valley(), weight_decay=value)


# ------------------------------------------------------------------ anything at all
junk = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.complex_numbers(), st.text(),
    st.binary(), st.dates(), st.decimals(), st.fractions(), st.lists(st.floats()),
    st.lists(st.lists(st.integers())), st.dictionaries(st.text(), st.integers()),
    hnp.arrays(st.one_of(hnp.scalar_dtypes(), hnp.datetime64_dtypes()), hnp.array_shapes(min_dims=0,
               min_side=0, max_side=3)),
)  # fmt: skip
SLOTS = ["theta0", "lr", "steps", "weight_decay", "t0", "keep", "momentum", "nesterov", "kernel",
         "schedule", "policy", "rate", "grad", "u", "pair"]  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(x=junk, slot=st.sampled_from(SLOTS))
def test_anything_anywhere_ends_in_a_run_or_in_a_word(x, slot):
    if slot in ("steps", "t0") and isinstance(x, int) and x > 1000:
        return  # is a length
    options = {"kernel": sgd, "lr": 0.1, "steps": 2}
    problem = valley()
    if slot == "schedule":
        options["lr"] = lambda t: x
    elif slot == "policy":
        options["lr"] = lambda seen, state: x
    elif slot == "rate":
        options["lr"] = lambda seen, state: (x, state)
    elif slot == "grad":
        problem, options["theta0"] = (lambda theta, t: x), [1.0, 2.0]
    elif slot == "u":
        options["kernel"] = lambda g, state: (x, state)
    elif slot == "pair":
        options["kernel"] = lambda g, state: x
    else:
        options[slot] = x
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            trace = descend(problem, **options)
        except ValueError as error:
            named = {
                "schedule": "lr",
                "policy": "lr",
                "rate": "lr",
                "u": "kernel",
                "pair": "kernel",
            }
            assert str(error).startswith(named.get(slot, slot)), error
        else:
            assert trace.theta.dtype.kind == "f" and trace.theta.shape[0] == len(trace.lr) + 1


sizes = st.integers(1, 4)


@settings(max_examples=80, deadline=None)
@given(
    d=sizes,
    lr=hnp.arrays(float, hnp.array_shapes(min_dims=0, max_dims=2, max_side=3),
                  elements=st.floats(0, 1)),
    momentum=hnp.arrays(float, hnp.array_shapes(min_dims=0, max_dims=2, max_side=3),
                        elements=st.floats(0, 0.9)),
    start=hnp.array_shapes(min_dims=0, max_dims=2, max_side=3),
    way=st.sampled_from(["number", "schedule", "policy"]),
    dtype=st.sampled_from([np.float32, np.float64]),
)  # fmt: skip
def test_shapes_of_any_size_broadcast_or_are_named(d, lr, momentum, start, way, dtype):
    theta0 = np.ones((*start, d), dtype)
    rate = {"number": lr, "schedule": lambda t: lr, "policy": lambda seen, state: (lr, state)}[way]
    try:
        sweep = np.broadcast_shapes(start, lr.shape, momentum.shape)
    except ValueError:
        refused(r"(lr|momentum): shape ", lambda x, t: x, sgd, rate, 2, theta0=theta0,
                momentum=momentum)  # fmt: skip
        return
    trace = descend(lambda x, t: x, sgd, rate, 2, theta0=theta0, momentum=momentum)
    assert trace.theta.shape == (3, *sweep, d) and trace.lr.shape == (2, *sweep)
    assert trace.theta.dtype == dtype
    full = np.broadcast_to(lr, sweep)
    expected = 1 - full.astype(dtype)
    np.testing.assert_allclose(trace.theta[1], np.repeat(expected[..., None], d, -1), rtol=1e-6)


def test_a_schedule_made_of_a_list_is_its_sweep():
    for made in (constant([0.1, 0.2]), cosine([0.1, 0.2], 10), cosine([0.1, 0.2], 10, [0.0, 0.1])):
        assert descend(valley(), sgd, made, 3).lr.shape == (3, 2)
    with pytest.raises(ValueError, match=r"^eta_min: shape \(3,\) does not fit"):
        cosine([0.1, 0.2], 10, [0.0, 0.1, 0.2])
