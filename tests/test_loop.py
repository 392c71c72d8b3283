"""`descend` from inside: what is handed out, what is stored, what a sweep's size may not change."""

import functools
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from lrlib import (
    adagrad,
    adam,
    barzilai_borwein,
    constant,
    cosine,
    descend,
    hypergradient,
    rmsprop,
    sgd,
    warmup,
)
from lrlib._arguments import is_policy, start_of
from lrlib._blocks import cut, joined, side_by_side
from lrlib.kernels import AdamState
from lrlib.loop import Trace, recorded, steps_of
from lrlib.problems import Surface, bowl, least_squares, mlp, quadratic, rosenbrock, valley

RNG = np.random.default_rng(0)
X, Y = RNG.standard_normal((24, 5)), RNG.integers(0, 4, 24)
K = 7
LRS, MOMENTA = np.geomspace(0.01, 0.1, K), np.linspace(0, 0.9, K)


def network():
    return mlp(X, Y, [5, 8, 4], batch_size=6, monitor=12)  # 84 parameters


def small_blocks(monkeypatch, models):
    monkeypatch.setattr("lrlib._blocks.BLOCK", 84 * models)


# ------------------------------------------------------------------ nothing depends on size
def compares(seen, state):
    """The model with the lowest loss gets half the rate."""
    return np.where(seen.loss == np.min(seen.loss), 0.05, 0.1), state


def late_momentum(g, state=None, *, momentum=0.0):
    """As in PyTorch: the first step takes the gradient as it is and ignores momentum."""
    b = g if state is None else momentum * state + g
    return b, b


SWEEPS = {
    "rates": lambda: (sgd, LRS, {}),
    "a list of rates": lambda: (sgd, LRS.tolist(), {}),
    "zeros": lambda: (adam, np.zeros(K), {}),
    "a zero among them": lambda: (sgd, np.r_[0.0, LRS[1:]], {"weight_decay": np.r_[0, LRS[1:]]}),
    "a knob": lambda: (sgd, 0.05, {"momentum": MOMENTA}),
    "rates and knobs": lambda: (rmsprop, LRS, {"momentum": MOMENTA, "rho": 0.9}),
    "eps with a zero": lambda: (adam, 0.01, {"eps": np.r_[0, MOMENTA[1:]]}),
    "schedule": lambda: (sgd, cosine(0.1, 5), {"momentum": MOMENTA}),
    "swept schedule": lambda: (sgd, cosine(LRS, 5), {"momentum": MOMENTA}),
    "swept schedule alone": lambda: (adam, warmup(cosine(LRS, 5), 2), {}),
    "own schedule": lambda: (sgd, lambda t: LRS / (t + 1), {}),
    "one rate, then all": lambda: (sgd, lambda t: LRS if t else LRS[:1], {"momentum": MOMENTA}),
    "policy": lambda: (sgd, hypergradient(0.05, 1e-3), {"momentum": MOMENTA}),
    "swept policy": lambda: (sgd, hypergradient(LRS, 1e-3), {"momentum": MOMENTA}),
    "policy that compares": lambda: (sgd, compares, {"momentum": MOMENTA}),
    "first step ignores it": lambda: (late_momentum, 0.05, {"momentum": MOMENTA}),
    "own kernel": lambda: (lambda g, s=None: (np.sign(g), s), LRS, {}),
    "decay": lambda: (sgd, 0.1, {"weight_decay": MOMENTA}),
}  # fmt: skip


@pytest.mark.parametrize("models", [1, 2, 3, K])
@pytest.mark.parametrize("cores", [1, 2])
@pytest.mark.parametrize("name", SWEEPS)
def test_blocks_of_any_size_give_the_same(name, models, cores, monkeypatch):
    kernel, lr, hyper = SWEEPS[name]()
    whole = descend(network(), kernel, lr, 6, **hyper)
    assert whole.theta.shape == (7, K, 84) and whole.lr.shape == (6, K)
    small_blocks(monkeypatch, models)
    monkeypatch.setattr("lrlib._blocks.CORES", cores)
    parts = descend(network(), kernel, lr, 6, **hyper)
    for one, other in zip(parts[:3], whole[:3], strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-11, atol=1e-14)
    last = descend(network(), kernel, lr, 6, keep="last", **hyper)
    np.testing.assert_allclose(last.theta, whole.theta[-1], rtol=1e-11, atol=1e-14)


@pytest.mark.parametrize("name", sorted(SWEEPS.keys() - {"policy that compares"}))
def test_row_of_a_sweep_is_the_single_run(name, monkeypatch):
    kernel, lr, hyper = SWEEPS[name]()
    small_blocks(monkeypatch, 2)
    swept = descend(network(), kernel, lr, 6, **hyper)
    k = 2

    def row(x):
        return np.broadcast_to(x, K)[k]

    single = {name: row(x) for name, x in hyper.items()}
    if callable(lr) and name == "swept policy":
        one = hypergradient(LRS[k], 1e-3)
    elif callable(lr) and name != "policy":
        one = lambda t: row(lr(t))  # noqa: E731
    else:
        one = lr if callable(lr) else row(lr)
    alone = descend(network(), kernel, one, 6, **single)
    np.testing.assert_allclose(swept.theta[:, k], alone.theta, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(swept.loss[:, k], alone.loss, rtol=1e-9)


def test_the_states_of_parts_are_the_state_of_the_whole(monkeypatch):
    whole = descend(network(), adam, LRS, 3).state
    small_blocks(monkeypatch, 2)
    parts = descend(network(), adam, LRS, 3).state
    assert type(parts) is AdamState and parts.t == 3
    for one, other in zip(parts, whole, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-12)


def spy_on_sizes(problem, monkeypatch):
    sizes, loss = [], problem.loss
    monkeypatch.setattr(problem, "loss", lambda theta: sizes.append(theta.size) or loss(theta))
    return sizes


def test_a_policy_sees_all_models(monkeypatch):
    small_blocks(monkeypatch, 1)
    shapes = []

    def policy(seen, state):
        shapes.append(seen.g.shape)
        return 0.1, state

    descend(network(), sgd, policy, 2, momentum=MOMENTA)
    assert shapes == [(K, 84)] * 2


@pytest.mark.parametrize("lr", [LRS, cosine(LRS, 4)])
def test_sweeps_of_the_packages_own_are_cut(lr, monkeypatch):
    small_blocks(monkeypatch, 2)
    problem = network()
    sizes = spy_on_sizes(problem, monkeypatch)
    descend(problem, adam, lr, 2)
    assert max(sizes) == 2 * 84


def test_a_problem_may_ask_for_one_thread(monkeypatch):
    small_blocks(monkeypatch, 1)
    problem, threads = network(), set()
    sizes = spy_on_sizes(problem, monkeypatch)
    grad = problem.grad
    monkeypatch.setattr(problem, "grad", lambda *a: threads.add(threading.get_ident()) or grad(*a))
    problem.threads = False
    descend(problem, adam, LRS, 2)
    assert threads == {threading.get_ident()} and set(sizes) == {K * 84}


@pytest.mark.parametrize("cores", [1, 4])
def test_no_thread_is_needed(cores, monkeypatch):
    whole = descend(network(), adam, LRS, 3)
    small_blocks(monkeypatch, 1)
    monkeypatch.setattr("lrlib._blocks.CORES", cores)

    def start(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
    np.testing.assert_allclose(descend(network(), adam, LRS, 3).theta, whole.theta, rtol=1e-11)


def test_an_error_of_the_users_in_a_thread_is_not_taken_for_a_missing_thread(monkeypatch):
    monkeypatch.setattr("lrlib._blocks.CORES", 2)
    calls = []

    def run(part):
        calls.append(part)
        raise RuntimeError("mine")

    with pytest.raises(RuntimeError, match="mine"):
        side_by_side(run, [1, 2])
    assert len(calls) == len(set(calls))
    assert side_by_side(lambda x: x * x, [1, 2, 3]) == [1, 4, 9]


def test_threads_take_quick_turns_and_leave_what_was_set(monkeypatch):
    monkeypatch.setattr("lrlib._blocks.CORES", 2)
    before, inside = sys.getswitchinterval(), threading.Barrier(4)

    def part(wait: float) -> float:
        inside.wait(10)  # two sweeps of two parts each, at once
        time.sleep(wait)  # and one is over before the other
        return sys.getswitchinterval()

    with ThreadPoolExecutor(2) as users:
        found = list(users.map(lambda wait: side_by_side(part, [wait, wait]), [0, 0.2]))
    assert np.allclose(found, 1e-4) and sys.getswitchinterval() == before
    with pytest.raises(ZeroDivisionError):
        side_by_side(lambda x: 1 / x, [1, 0])
    assert sys.getswitchinterval() == before


def test_cut():
    given = {"lr": LRS, "b": 0.5, "s": cosine(LRS, 5)}
    shapes = {"lr": (K,), "b": (), "s": (K,)}
    parts = cut(given, shapes, 2**17)  # one model a block
    assert len(parts) >= K - 1 and np.concatenate([p["lr"] for p in parts]).tolist() == LRS.tolist()
    np.testing.assert_array_equal(np.concatenate([p["s"](2) for p in parts]), cosine(LRS, 5)(2))
    assert all(p["b"] == 0.5 for p in parts)
    assert cut(given, shapes, 2) == [] and cut({"lr": 0.1}, {"lr": ()}, 2**20) == []
    assert cut({"lr": np.ones((2, 3))}, {"lr": (2, 3)}, 2**20) == []


def test_joined():
    a, b = (
        AdamState(2, np.ones((1, 3)), np.zeros((1, 3))),
        AdamState(2, np.ones((2, 3)), np.ones((2, 3))),
    )
    both = joined([a, b])
    assert both.t == 2 and both.m.shape == (3, 3) and both.v.sum() == 6 and both.v_max == 0.0
    assert joined([None, None]) is None and joined([(1, 2), (1, 2)]) == (1, 2)


# ------------------------------------------------------------------ what the loop hands out
def test_a_kernel_that_names_theta_gets_it():
    def decayed(g, state=None, *, theta, strength=0.0):
        assert not theta.flags.writeable
        return g + strength * theta, state

    inside = descend(valley(), decayed, 0.1, 5, strength=0.5)
    np.testing.assert_allclose(inside.theta, descend(valley(), sgd, 0.1, 5, weight_decay=0.5).theta)
    swept = descend(valley(), decayed, 0.1, 5, strength=np.array([0.0, 0.5]))
    np.testing.assert_allclose(swept.theta[:, 1], inside.theta)
    with pytest.raises(ValueError, match=r"^theta: is handed to the kernel"):
        descend(valley(), decayed, theta=np.ones(2))


def test_a_policy_sees_where_it_is():
    seen_all = []

    def policy(seen, state=None):
        seen_all.append(seen)
        return 0.1, state

    trace = descend(valley(), sgd, policy, 4, momentum=0.5)
    np.testing.assert_array_equal([s.theta for s in seen_all], trace.theta[:-1])
    np.testing.assert_array_equal([s.loss for s in seen_all], trace.loss[:-1])
    np.testing.assert_array_equal([s.t for s in seen_all], range(4))
    np.testing.assert_array_equal([s.g for s in seen_all], valley().grad(trace.theta[:-1]))
    np.testing.assert_allclose(seen_all[1].u, -np.diff(trace.theta, axis=0)[0] / 0.1)
    assert seen_all[0].u == 0.0


def test_the_last_state_continues_a_run():
    whole = descend(valley(), adam, cosine(0.1, 20), 20)
    first = descend(valley(), adam, cosine(0.1, 20), 8)
    rest = descend(
        valley(),
        lambda g, state: adam(g, state or first.state),
        cosine(0.1, 20),
        12,
        theta0=first.theta[-1],
        t0=8,
    )
    np.testing.assert_array_equal(rest.theta, whole.theta[8:])
    np.testing.assert_array_equal(rest.lr, whole.lr[8:])
    np.testing.assert_array_equal(rest.loss, whole.loss[8:])
    assert rest.state.t == 20 and descend(valley(), adam, 0.1, 0).state is None


def test_t0_counts_for_grad_schedule_and_policy():
    at = []
    descend(lambda theta, t: at.append(t) or theta, sgd, lambda t: at.append(t) or 0.1, 2,
            theta0=[1.0], t0=5)  # fmt: skip
    assert set(at) == {5, 6}
    noisy = quadratic([1.0], [3.0], noise=1.0)
    whole = descend(noisy, sgd, 0.1, 10)
    rest = descend(noisy, sgd, 0.1, 4, theta0=whole.theta[6], t0=6)
    np.testing.assert_array_equal(rest.theta, whole.theta[6:])


@pytest.mark.parametrize(
    "problem", [valley(), rosenbrock(), least_squares([[1.0], [2.0]], [1.0, 2.0], batch_size=1)]
)
def test_steps_are_taken_without_the_checks_of_the_problems_methods(problem):
    grad, loss, theta = start_of(problem, None)
    assert grad.__func__ is type(problem).grad.bare and loss.__func__ is type(problem).loss.bare
    np.testing.assert_array_equal(grad(theta, 3), problem.grad(theta, 3))
    assert loss(theta) == problem.loss(theta)
    with pytest.raises(ValueError, match=r"^theta0: has 7 parameters, must have"):
        descend(problem, theta0=np.ones(7))


def test_a_method_of_ones_own_is_called_as_it_is():
    patched = valley()
    patched.grad = lambda theta, t: 0 * theta + 7

    class Mine(Surface):
        def grad(self, theta, t=None):
            return 2 * super().grad(theta, t)

    mine = Mine(lambda x: (x**2).sum(-1) / 2, lambda x: x, [1.0])
    assert descend(patched, sgd, 0.1, 1).theta[1].tolist() == pytest.approx([-5.7, -2.7])
    assert descend(mine, sgd, 0.1, 1).theta[1] == pytest.approx(0.8)


def test_a_rejected_step_is_a_step_at_rate_0():
    def policy(seen, state):
        return (0.0 if seen.t % 2 else 0.1), state

    trace = descend(valley(), sgd, policy, 4)
    np.testing.assert_array_equal(trace.theta[2], trace.theta[1])
    np.testing.assert_array_equal(trace.lr, [0.1, 0.0, 0.1, 0.0])


def test_what_a_gradient_overwrites_later_was_copied_for_a_policy():
    buffer = np.zeros(2)

    def grad(theta, t):  # the same array every time
        np.multiply(theta, [0.2, 4.0], out=buffer)
        return buffer

    reused = descend(grad, sgd, barzilai_borwein(0.1), 8, theta0=valley().theta0)
    fresh = descend(valley().grad, sgd, barzilai_borwein(0.1), 8, theta0=valley().theta0)
    np.testing.assert_array_equal(reused.theta, fresh.theta)


def test_the_result_is_the_callers_own():
    for keep in ("path", "last"):
        for steps in (0, 3):
            problem = bowl()
            trace = descend(problem, sgd, 0.1, steps, keep=keep)
            for array in trace[:3]:
                array[...] = 7.0
            assert problem.theta0 == 5.0


# ------------------------------------------------------------------ rates
class Calls:
    def __call__(self, t):
        return 0.1 / (t + 1)

    def policy(self, seen, memory=None):
        return 0.1 / (seen.t + 1), memory


class CallsPolicy:
    def __call__(self, seen, state):
        return 0.1 / (seen.t + 1), state


def with_default(seen, state=None):
    return 0.1 / (seen.t + 1), state


def other_names(s, memory=None):
    return 0.1 / (s.t + 1), memory


def with_knob(scale, seen, state):
    return scale / (seen.t + 1), state


@functools.wraps(with_default)
def wrapped(*args):
    return with_default(*args)


POLICIES = [
    CallsPolicy(),
    Calls().policy,
    with_default,
    other_names,
    wrapped,
    functools.partial(with_knob, 0.1),
    lambda s, state=0: (0.1 / (s.t + 1), state),
    lambda seen, n=0: (0.1 / (seen.t + 1), n),
    lambda seen, state: (0.1 / (seen.t + 1), state),
    lambda seen, *rest: (0.1 / (seen.t + 1), None),
    hypergradient(0.1),
]
SCHEDULES = [
    Calls(),
    lambda t: 0.1 / (t + 1),
    lambda t, scale=0.1: scale / (t + 1),
    lambda step, cache=None: 0.1 / (step + 1),
    functools.partial(lambda t, scale: scale / (t + 1), scale=0.1),
    functools.partial(lambda scale, t: scale / (t + 1), 0.1),
    lambda t: np.float32(0.1) / (t + 1),
    lambda t: np.array(0.1) / (t + 1),
    constant(0.1),
]


@pytest.mark.parametrize("lr", POLICIES)
def test_a_policy_is_recognised(lr):
    assert is_policy(lr)
    if lr is not POLICIES[-1]:
        trace = descend(bowl(), sgd, lr, 3)
        np.testing.assert_allclose(trace.lr, [0.1, 0.05, 0.1 / 3])


@pytest.mark.parametrize("lr", SCHEDULES)
def test_a_schedule_is_recognised(lr):
    assert not is_policy(lr)
    if lr is not SCHEDULES[-1]:
        np.testing.assert_allclose(descend(bowl(), sgd, lr, 2).lr, [0.1, 0.05], rtol=1e-7)


@pytest.mark.parametrize("steps", [0, 1, 4])
def test_a_policy_may_be_a_sweep_from_its_first_rate(steps):
    calls = []

    def policy(seen, state):
        calls.append(seen.theta.shape)
        return LRS, state

    trace = descend(valley(), sgd, policy, steps)
    assert trace.theta.shape == (steps + 1, K, 2) and trace.lr.shape == (steps, K)
    assert trace.loss.shape == (steps + 1, K)
    assert calls[1:] == [(K, 2)] * max(steps, 1)
    same = descend(valley(), sgd, LRS, steps)
    np.testing.assert_array_equal(trace.theta, same.theta)


@pytest.mark.parametrize("lr", [lambda seen, state: (LRS, state), lambda t: LRS, LRS])
def test_the_last_theta_of_a_sweep(lr):
    last, path = descend(valley(), sgd, lr, 3, keep="last"), descend(valley(), sgd, lr, 3)
    assert last.theta.shape == (K, 2)
    np.testing.assert_array_equal(last.theta, path.theta[-1])


@pytest.mark.parametrize("steps", [0, 4])
def test_a_schedule_may_be_a_sweep(steps):
    trace = descend(valley(), sgd, lambda t: LRS, steps)
    assert trace.theta.shape == (steps + 1, K, 2) and trace.lr.shape == (steps, K)


def test_a_sweep_cannot_begin_later():
    for lr in (lambda t: LRS if t else 0.1, lambda seen, state: (LRS if seen.t else 0.1, None)):
        with pytest.raises(ValueError, match=r"^lr: shape \(7,\) at step 1 does not fit"):
            descend(valley(), sgd, lr, 3)


# ------------------------------------------------------------------ the pieces
def test_steps_of_takes_the_step():
    run = steps_of(
        lambda theta, t: theta + t,
        lambda theta, t: theta.sum(),
        lambda g, state, theta, t: (2 * g, (state or 0) + 1),
        lambda seen, memory: (0.5, memory),
        np.array([1.0, 3.0]),
        None,
        0,
    )
    now, lr, theta, state = next(run)
    assert (now, lr, state) == (4.0, 0.5, 1) and theta.tolist() == [0.0, 0.0]
    now, lr, theta, state = next(run)
    assert (now, state) == (0.0, 2) and theta.tolist() == [-1.0, -1.0]


def test_recorded_keeps_what_it_is_given():
    steps = [(3.0, 0.5, np.array([1.0]), "a"), (2.0, 0.25, np.array([0.5]), "b")]
    trace = recorded(iter(steps), lambda theta, t: 10.0 * t, np.array([2.0]), 2, "path", 5)
    assert isinstance(trace, Trace) and trace.state == "b"
    np.testing.assert_array_equal(trace.theta, [[2.0], [1.0], [0.5]])
    np.testing.assert_array_equal(trace.lr, [0.5, 0.25])
    np.testing.assert_array_equal(trace.loss, [3.0, 2.0, 70.0])
    last = recorded(iter(steps), None, np.array([2.0]), 1, "last", 0)
    assert last.theta.tolist() == [1.0] and last.loss is None


@pytest.mark.parametrize("kernel", [sgd, adagrad, rmsprop, adam])
def test_a_partial_of_a_kernel_is_a_kernel(kernel):
    name = {sgd: "momentum", adagrad: "eps", rmsprop: "rho", adam: "beta1"}[kernel]
    part = descend(valley(), functools.partial(kernel, **{name: 0.5}), 0.1, 5)
    np.testing.assert_array_equal(
        part.theta, descend(valley(), kernel, 0.1, 5, **{name: 0.5}).theta
    )
    with pytest.raises(ValueError, match=f"^momentun: no hyperparameter of {kernel.__name__}"):
        descend(valley(), functools.partial(kernel, **{name: 0.5}), 0.1, 5, momentun=0.1)
