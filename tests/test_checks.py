"""Checks: what they accept, what they refuse, and that they never raise nor tell the answer."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_practice import ODD, Hostile

from lrlib import adagrad, adam, cosine, hypergradient, rmsprop, sgd
from lrlib.checks import gradients_of_all_sizes
from lrlib.practice import (
    check_function,
    check_kernel,
    check_numbers,
    check_policy,
    check_run,
    check_schedule,
)
from lrlib.problems import bowl, quadratic


@pytest.fixture
def say(capsys):
    def told(check, *args, **kwargs):
        check(*args, **kwargs)
        out, err = capsys.readouterr()
        assert err == "" and out.count("\n") == 1
        return out.rstrip()

    return told


# ---- numbers -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "mine", [0.26, "right", [0.26], (0.26,), np.array(0.26), np.array([[0.26]]), Fraction(26, 100)]
)
def test_one_number_in_any_form(say, mine):
    mine = np.float32(0.26) if mine == "right" else mine
    assert say(check_numbers, mine, 0.26) == "correct"
    assert say(check_numbers, mine, [0.26]) == "correct"


@pytest.mark.parametrize("rtol", [0.02, 1e-3, 1e-4])
def test_the_tolerance_is_what_it_says(say, rtol):
    for answer in (22720.0, 4.7e-9, -3.0):
        for side in (-1, 1):
            assert say(check_numbers, answer * (1 + side * 0.99 * rtol), answer, rtol) == "correct"
            assert say(check_numbers, answer * (1 + side * 1.01 * rtol), answer, rtol) != "correct"
    assert say(check_numbers, [1.0, 4.7e-9 * (1 + 2 * rtol)], [1.0, 4.7e-9], rtol) != "correct"
    assert say(check_numbers, [1.0, 4.7e-9 * (1 + rtol / 2)], [1.0, 4.7e-9], rtol) == "correct"


def test_whole_numbers_are_compared_as_such(say):
    for right in (405, 405.0, np.int64(405), [405], Fraction(405)):
        assert say(check_numbers, right, np.argmax(np.arange(406))) == "correct"
    assert say(check_numbers, 404.184, 405) == "not yet: a whole number is asked for"
    assert say(check_numbers, 404, 405) == "not yet: slightly too small"
    assert say(check_numbers, [3, 4.5], [3, 4]) == "not yet: whole numbers are asked for"
    assert say(check_numbers, 22_500, 22_720, rtol=0.02) == "correct"  # "within 2 % counts"


@pytest.mark.parametrize(
    "mine, words",
    [
        (2.1, "too large"),
        (1, "too small"),
        (-2, "too small, with the wrong sign"),
        (2.01, "slightly too large: give more digits"),
        (200, "far too large"),
        (0, "too small"),
        (math.nan, "not a number"),
        (math.inf, "infinite"),
        ("2", "your answer must be a number: '2' is text: leave out the quotes"),
        (True, "your answer must be a number: True is an answer to yes or no, not a number"),
        (2j, "your answer must be a number: 2j is complex"),
        ([1, 2], "your answer must be a number: this list holds 2 values, not one"),
        (len, "your answer must be a number: this is a function; a number is asked for"),
    ],
)
def test_a_wrong_number_is_told_how(say, mine, words):
    assert say(check_numbers, mine, 2.0) == f"not yet: {words}"


@pytest.mark.parametrize(
    "mine, words",
    [
        ([1.0, 3.0], "the first difference is at case 1, where 3 is too large"),
        ([1.0, math.nan], "the first difference is at case 1, where nan is not a number"),
        ([1, 2, 3], "your answer holds 3 values, asked for are 2"),
        (1, "your answer holds one value, asked for are 2"),
        ([1, "2"], "each part of your answer must be a number: '2' is text: leave out the quotes"),
        ({1, 2}, "your answer must be numbers, not a set"),
    ],
)
def test_a_wrong_sequence_is_told_where(say, mine, words):
    assert say(check_numbers, mine, [1.0, 2.0], what="case") == f"not yet: {words}"


@pytest.mark.parametrize("mine", [(1, 2.0), np.array([1.0, 2.0]), np.array([[1.0], [2.0]])])
def test_a_sequence_in_any_form(say, mine):
    assert say(check_numbers, mine, [1.0, 2.0]) == "correct"


def test_an_answer_of_zero(say):
    for answer in (0.0, [0.0, 0.0], [0.0, 1.0]):
        assert say(check_numbers, np.cos(np.pi / 2) + np.array(answer), answer) == "correct"
        assert say(check_numbers, 1e-9 + np.array(answer), answer).endswith("too large")


def test_what_follows_from_a_number(say):
    through = {"answer": 4.0, "through": lambda x: x**2}
    assert say(check_numbers, [-2], **through) == "correct"
    assert say(check_numbers, 1.9, **through) == "not yet: too small"
    assert "not attempted" in say(check_numbers, ..., **through)
    assert "must be a number" in say(check_numbers, "x", **through)
    assert "ZeroDivisionError" in say(check_numbers, 0, 1.0, through=lambda x: 1 / x)


@pytest.mark.parametrize("mine", [None, ..., [1.0, ...], (None,)])
def test_dots_are_no_attempt(say, mine):
    for check, *rest in [
        (check_numbers, [1.0, 2.0]),
        (check_schedule, lambda t: 1.0, 2),
        (check_kernel, sgd),
        (check_policy, hypergradient(), bowl(), 3),
        (check_run, bowl(), 1.0, sgd, 3),
        (check_function, lambda a: a, [(1,)]),
    ]:
        assert say(check, mine, *rest).startswith("not attempted")


def test_a_function_that_returns_dots_is_no_attempt(say):
    assert "not attempted" in say(check_schedule, lambda t: 0.1 * ..., lambda t: 1.0, 3)
    assert "not attempted" in say(check_kernel, lambda g, state: (g / np.sqrt(...), ...), sgd)
    assert "not attempted" in say(check_schedule, lambda t: ..., lambda t: 1.0, 3)
    assert "not attempted" in say(check_kernel, lambda g, state: ..., sgd)
    assert "not attempted" in say(check_kernel, lambda g, state: (..., state), sgd)
    assert "not attempted" in say(check_policy, lambda seen, s: ..., None, bowl(), 3, goal=0.0)
    assert "not attempted" in say(check_function, lambda a: None, lambda a: a, [(1,)])


@pytest.mark.parametrize("answer", ["2", math.nan, [], [1.0, math.inf], None])
def test_an_answer_that_is_none_is_the_lessons_fault(answer):
    with pytest.raises(ValueError, match=r"^answer = "):
        check_numbers(1.0, answer)


# ---- functions and schedules -------------------------------------------------------------------


def test_functions(say):
    def right(a, b):
        return a / b

    cases = [(1, 2), (3, 4)]
    assert say(check_function, lambda a, b: round(a / b, 3), right, cases) == "correct"
    assert "case 1 is too small" in say(check_function, lambda a, b: a / 2, right, [(1, 2), (3, 1)])
    assert "case 0 is too large" in say(check_function, lambda a, b: a * b, right, cases)
    assert "raises TypeError at case 0" in say(check_function, lambda a: a, right, cases)
    assert "function of 2 arguments; yours is a number" in say(check_function, 0.5, right, cases)


def test_schedules_in_any_form(say):
    plan = cosine(1.0, 20)
    rates = [plan(t) for t in range(21)]
    for mine in (plan, rates, np.array(rates), lambda t: [plan(t)], lambda t: np.float64(plan(t))):
        assert say(check_schedule, mine, plan, 21) == "correct"
    assert say(check_schedule, 0.5, lambda t: 0.5, 5) == "correct"
    assert "holds 20 values" in say(check_schedule, rates[:-1], plan, 21)
    assert "at step 1, where 0.5 is" in say(check_schedule, lambda t: 1 / (1 + t), plan, 20)


def test_a_schedule_with_a_memory_is_found(say):
    calls = []

    def counting(t):
        calls.append(t)
        return 1 / len(calls)

    assert "it must depend on t alone" in say(check_schedule, counting, lambda t: 1 / (1 + t), 5)


def test_a_learners_exception_is_one_sentence(say):
    def schedule(t):
        raise RuntimeError("two\n  lines " + "x" * 500)

    said = say(check_schedule, schedule, lambda t: 1.0, 3)
    assert said.startswith("not yet: your schedule raises RuntimeError at step 0: two lines xxx")
    assert len(said) < 200
    assert "raises ZeroDivisionError at step 0: division by zero" in say(
        check_schedule, lambda t: 1 / t, lambda t: 1.0, 3
    )
    assert "raises SystemExit" in say(check_schedule, lambda t: exit(), lambda t: 1.0, 3)
    assert "raises RecursionError" in say(check_schedule, lambda t: schedule2(t), lambda t: 1.0, 3)


def schedule2(t):
    return schedule2(t)


# ---- kernels -----------------------------------------------------------------------------------


def heavy_ball(g, state=None, momentum=0.9):
    m = g if state is None else momentum * state + g
    return m, m


def in_place(g, state=None, momentum=0.9):
    state = np.zeros_like(g) if state is None else state
    state *= momentum
    state += g
    return state, state


def test_right_kernels_in_any_form(say):
    for mine in (
        sgd,
        heavy_ball,
        in_place,
        lambda g, s, momentum: list(heavy_ball(g, s, momentum)),
    ):
        assert say(check_kernel, mine, sgd, momentum=0.8) == "correct"


def changes_g(g, state=None, momentum=0.9):
    u, state = heavy_ball(g, state, momentum)
    g *= 0.5
    return u.copy(), state


def remembers(g, state=None, momentum=0.9, memory=[]):  # noqa: B006
    m = momentum * memory[-1] + g if memory else g
    memory.append(m)
    return m, None


@pytest.mark.parametrize(
    "mine, words",
    [
        (changes_g, "your kernel changes g"),
        (remembers, "a second time"),
        (lambda g, s, momentum: g, "must return two things"),
        (lambda g, s, momentum: (g[0], s), "your direction u has shape ()"),
        (lambda g, s, momentum: ("up", s), "your direction u has shape ()"),
        (lambda g, s: (g, s), "raises TypeError at step 0"),
        (lambda g, s, momentum: (g, s), "the first difference is at step 1"),
        (lambda g, s, momentum: heavy_ball(g, s, 0.9), "the first difference is at step 1"),
        (lambda g, s, momentum: heavy_ball(2 * g, s, momentum), "is too"),
        (0.8, "this must be a kernel, a function of g and state; yours is a number"),
        (np.ones, "your kernel raises"),
    ],
)
def test_wrong_kernels_are_told_why(say, mine, words):
    said = say(check_kernel, mine, sgd, momentum=0.8)
    assert said.startswith("not yet: ") and words in said


@pytest.mark.parametrize("eps", [0.0, 1e-8, 1e-6, 1e-10])
def test_the_place_of_a_small_number_is_seen(say, eps):
    def right(g, s=None):
        s = (0.1 if s is None else s) + g**2
        return g / np.sqrt(s + 1e-7), s

    def inside(g, s=None):
        s = (0.1 if s is None else s) + g**2
        return g / np.sqrt(s + eps), s

    def outside(g, s=None, eps=eps or 1e-7):
        s = (0.1 if s is None else s) + g**2
        return g / (np.sqrt(s) + eps), s

    assert say(check_kernel, lambda g, s=None: right(g, s), right) == "correct"
    assert say(check_kernel, inside, right).startswith("not yet")
    assert say(check_kernel, outside, right).startswith("not yet")
    assert say(check_kernel, adagrad, right) == "not yet: " + say(check_kernel, adagrad, right)[9:]


def test_silence_and_spikes_are_seen(say):
    def amsgrad(forget):
        def kernel(g, state=None):
            m, v, top = state or (0.0, 0.0, 0.0)
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
            top = np.maximum(top, v)
            return m / (np.sqrt(v if forget else top) + 1e-8), (m, top if forget else v, top)

        return kernel

    def answer(g, state):
        return adam(g, state, amsgrad=True, bias_correction=False)

    assert say(check_kernel, amsgrad(False), answer) == "correct"
    assert say(check_kernel, amsgrad(True), answer).startswith("not yet")
    assert say(check_kernel, adam, answer).startswith("not yet")
    assert say(check_kernel, rmsprop, answer).startswith("not yet")


def test_a_reference_that_is_hardly_finite_is_the_lessons_fault():
    with pytest.raises(ValueError, match="not finite"):
        check_kernel(sgd, lambda g, s: (g * np.nan, s))


# ---- policies and runs -------------------------------------------------------------------------


def belt(low=0.5, high=2.0, beta=0.1, first=0.001):
    def policy(seen, rate):
        if rate is None:
            return first, first
        new = rate + beta * (seen.g * seen.u).sum(-1)
        new = np.clip(new, low * rate, high * rate)
        return new, new

    return policy


HARD = [quadratic([0.2, 4.0]), quadratic([1.0, 30.0])]
BELT = {"first": 0.001, "ratio": (0.5, 2.0)}


def test_right_policies(say):
    assert say(check_policy, belt(), belt(), HARD, 100, **BELT) == "correct"
    assert say(check_policy, lambda seen, s: list(belt()(seen, s)), belt(), HARD, 100) == "correct"
    said = say(check_policy, lambda seen, s: (0.1, s), None, HARD[0], 100, goal=0.5)
    assert said == "correct"


def test_a_policy_that_nothing_is_asked_of_is_the_lessons_fault():
    with pytest.raises(ValueError, match="nothing is asked for"):
        check_policy(belt(), None, bowl(), 3, **BELT)


def forgetful():
    rates = [0.001]

    def policy(seen, state):
        rate, _ = belt()(seen, rates[-1] if seen.t else None)
        rates.append(float(rate))
        return (rates[-1], None) if len(rates) <= 101 else (rates[-2] * 1.5, None)

    return policy


@pytest.mark.parametrize(
    "mine, words",
    [
        (lambda seen, s: (0.46, s), "the first rate, 0.46, is not the one asked for"),
        (lambda seen, s: (0.001, s), "the first difference is at step 1"),
        (belt(low=0.0), "further than one step may"),
        (belt(high=np.inf), "further than one step may"),
        (belt(high=1.9), "the first difference is at step 1, where 0.0019 is too small"),
        (belt(beta=0.001), "the first difference is"),
        (hypergradient(0.001, 0.1, True), "the first difference is"),
        (hypergradient(0.001, 0.1), "further than one step may"),
        (forgetful(), "a second time"),
        (lambda seen, s: 0.001, "must return two things, the rate and the state"),
        (lambda seen, s: ("0.001", s), "your rate at step 0 must be a number: '0.001' is text"),
        (lambda t: 0.001, "your policy raises TypeError at step 0"),
        (lambda seen, s: (seen.nothing, s), "your policy raises AttributeError at step 0"),
        (0.46, "this must be a policy, a function of seen and state; yours is a number"),
    ],
)
def test_wrong_policies_are_told_why(say, mine, words):
    said = say(check_policy, mine, belt(), HARD, 100, **BELT)
    assert said.startswith("not yet: ") and words in said


def test_bounds_and_goals_of_policies(say):
    ask = {"goal": 1e-3, "bounds": (0.0, 0.3)}
    assert say(check_policy, lambda seen, s: (0.2, s), None, bowl(), 50, **ask) == "correct"
    assert "out of bounds" in say(check_policy, lambda seen, s: (0.4, s), None, bowl(), 50, **ask)
    said = say(check_policy, lambda seen, s: (0.01, s), None, bowl(), 50, **ask)
    assert "the loss is" in said and "asked for is below 0.001" in said


@pytest.mark.parametrize("mine", [0.5, [0.5], np.array([0.5]), np.float32(0.5), Fraction(1, 2)])
def test_rates_in_any_form(say, mine):
    assert say(check_run, mine, bowl(), 1e-3, sgd, 50) == "correct"


@pytest.mark.parametrize(
    "mine, kind, words",
    [
        (1e-4, "rate", "the loss is 12.38 after 50 steps, asked for is below 0.001"),
        (3.0, "rate", "the loss is"),
        (1e9, "rate", "the run has diverged after 50 steps"),
        (lambda t: 0.5, "rate", "must be a number: this is a function"),
        ([0.5] * 50, "rate", "holds 50 values, not one"),
        ("0.5", "rate", "'0.5' is text"),
        (lambda seen, s: (0.5, s), "schedule", "your schedule raises TypeError at step 0"),
        ([0.5] * 49, "schedule", "holds 49 values"),
        (0.5, "policy", "must be a policy"),
        (lambda t: 0.5, "policy", "your policy raises TypeError"),
        (1.5, "rate", "at step 0 the rate, 1.5, is out of bounds"),
    ],
)
def test_wrong_runs_are_told_why(say, mine, kind, words):
    bounds = {"bounds": (0, 1)} if mine == 1.5 else {}
    said = say(check_run, mine, bowl(), 1e-3, sgd, 50, kind=kind, **bounds)
    assert said.startswith("not yet: ") and words in said


def test_schedules_and_policies_where_they_are_asked_for(say):
    for mine in (lambda t: 0.5, [0.5] * 50, 0.5):
        assert say(check_run, mine, bowl(), 1e-3, sgd, 50, kind="schedule") == "correct"
    mine = lambda seen, s: (0.5, s)  # noqa: E731
    assert say(check_run, mine, bowl(), 1e-3, sgd, 50, kind="policy") == "correct"
    with pytest.raises(ValueError, match="kind = 'other': must be one of rate, schedule, policy"):
        check_run(0.5, bowl(), 1.0, sgd, 3, kind="other")


def test_a_near_miss_shows_the_digits_that_miss(say):
    loss = 12.5 * 0.5**20
    said = say(check_run, 0.5, bowl(), loss * 0.999999 * 0.5**20, sgd, 20)
    shown, goal = said.split("loss is ")[1].split(" after")[0], said.rsplit(" ", 1)[1]
    assert shown != goal


# ---- the promise -------------------------------------------------------------------------------


class Odd:
    """Answers with something odd whatever it is called with."""

    def __init__(self, returned):
        self.returned = returned

    def __call__(self, *args, **kwargs):
        if isinstance(self.returned, type) and issubclass(self.returned, BaseException):
            raise self.returned
        return self.returned


RETURNED = st.one_of(
    ODD,
    st.tuples(ODD, ODD),
    st.sampled_from([ValueError, SystemExit, KeyError, np.exceptions.AxisError, MemoryError]),
)


@settings(max_examples=150)
@given(ODD | RETURNED.map(Odd))
def test_no_check_raises(mine):
    check_numbers(mine, 1.5)
    check_numbers(mine, 2)
    check_numbers(mine, [1.5, 2.5])
    check_numbers(mine, 1.0, through=lambda x: 1 / x)
    check_function(mine, lambda a: a, [(1.0,), (2.0,)])
    check_schedule(mine, lambda t: 0.5, 3)
    check_kernel(mine, sgd, 3)
    check_policy(mine, hypergradient(), bowl(), 3, first=1e-3, ratio=(0.5, 2), goal=0.0)
    for kind in ("rate", "schedule", "policy"):
        check_run(mine, bowl(), -1.0, sgd, 3, kind=kind)


def test_no_check_raises_for_the_worst(say):
    for mine in (Hostile(), [Hostile()], Hostile, Odd(Hostile()), Odd([Hostile(), None])):
        test_no_check_raises.hypothesis.inner_test(mine)


def test_a_rate_below_zero_is_refused_in_words(capsys):
    check_run(-0.5, bowl(), 1e-3, sgd, 50)
    assert capsys.readouterr().out == "not yet: the rate -0.5 is below 0, and would go uphill\n"


def test_the_gradients_of_a_check_are_what_is_said_of_them():
    g = gradients_of_all_sizes(30)
    size = np.sqrt((np.delete(g, 10, 0) ** 2).mean(0))
    assert g.shape == (30, 6)
    for column, expected in {0: 1e-8, 1: 1e-3, 3: 1.0, 4: 1.0, 5: 1e3}.items():
        assert 0.5 < size[column] / expected < 2
    assert (g[1:15, 2] == 0).all() and (g[15:, 2] != 0).all() and g[0, 2] != 0  # it wakes up
    assert abs(g[10, 3]) > 20 * size[3]  # a spike
    assert (g[:, 4] > 0).all()  # one keeps its sign
    rng = np.random.default_rng(0)
    assert np.array_equal(g[:, 0], rng.standard_normal((30, 6))[:, 0] * 1e-8)
