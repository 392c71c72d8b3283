"""Every schedule: its formula at every step, conventions at boundaries, sweeps, bad input."""

import inspect
import math
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrlib import (
    constant,
    cosine,
    cosine_restarts,
    descend,
    exp_range,
    exponential,
    inverse_sqrt,
    inverse_time,
    join,
    multistep,
    noam,
    one_cycle,
    polynomial,
    range_test,
    schedules,
    sgd,
    step,
    triangular,
    triangular2,
    warmup,
    wsd,
)

STEPS = 60
LRS = np.array([0.1, 0.02, 1.5])


def half_cosine(a, b, done):
    return b + (a - b) * (1 + math.cos(math.pi * done)) / 2


def triangle(t, size):
    """Height of the wave, by going up and down; t in steps, size half a cycle."""
    place = t % (2 * size)
    return (place if place <= size else 2 * size - place) / size


def restarts(lr, t, length, mult, end):
    while t >= length:
        t, length = t - length, length * mult
    return half_cosine(lr, end, t / length)


def one_cycle_by_hand(lr, t, steps=40, pct=0.3, div=25.0, final=1e4):
    top, last = pct * steps - 1, steps - 1
    if t <= top:
        return half_cosine(lr / div, lr, t / top)
    return half_cosine(lr, lr / div / final, min(t - top, last - top) / (last - top))


def warm(t, w, then):
    return then(0) * (t + 1) / w if t < w else then(t - w)


def line(t, n, lr, end):
    return lr + (end - lr) * min(t / n, 1)


# (factory of lr, the same for one step in plain Python)
FORMULAS = {
    "constant": (constant, lambda lr, t: lr),
    "step": (lambda lr: step(lr, 7, 0.5), lambda lr, t: lr * 0.5 ** (t // 7)),
    "step default": (lambda lr: step(lr, 20), lambda lr, t: lr * 0.1 ** (t // 20)),
    "multistep": (
        lambda lr: multistep(lr, [5, 20, 21], 0.3),
        lambda lr, t: lr * 0.3 ** ((t >= 5) + (t >= 20) + (t >= 21)),
    ),
    "multistep default": (
        lambda lr: multistep(lr, [10]),
        lambda lr, t: lr if t < 10 else lr * 0.1,
    ),
    "exponential": (
        lambda lr: exponential(lr, 10, 0.5),
        lambda lr, t: lr * math.exp(math.log(0.5) * t / 10),
    ),
    "exponential staircase": (
        lambda lr: exponential(lr, 10, 0.5, staircase=True),
        lambda lr, t: lr * 0.5 ** (t // 10),
    ),
    "inverse_time": (
        lambda lr: inverse_time(lr, 10, 0.5),
        lambda lr, t: lr / (1 + 0.05 * t),
    ),
    "inverse_time staircase": (
        lambda lr: inverse_time(lr, 10, 0.5, staircase=True),
        lambda lr, t: lr / (1 + 0.5 * (t // 10)),
    ),
    "inverse_sqrt": (inverse_sqrt, lambda lr, t: lr / math.sqrt(t + 1)),
    "polynomial": (
        lambda lr: polynomial(lr, 30, 0.01, power=2.0),
        lambda lr, t: (lr - 0.01) * (1 - min(t, 30) / 30) ** 2 + 0.01,
    ),
    "polynomial default": (lambda lr: polynomial(lr, 30), lambda lr, t: line(t, 30, lr, 0)),
    "cosine": (
        lambda lr: cosine(lr, 40, 0.001),
        lambda lr, t: half_cosine(lr, 0.001, min(t, 40) / 40),
    ),
    "cosine_restarts": (
        lambda lr: cosine_restarts(lr, 7, 2, 0.001),
        lambda lr, t: restarts(lr, t, 7, 2, 0.001),
    ),
    "cosine_restarts default": (
        lambda lr: cosine_restarts(lr, 12),
        lambda lr, t: half_cosine(lr, 0.0, (t % 12) / 12),
    ),
    "wsd": (
        lambda lr: wsd(lr, 8, 20, 16, 0.005),
        lambda lr, t: warm(t, 8, lambda s: line(max(s - 20, 0), 16, lr, 0.005)),
    ),
    "join": (
        lambda lr: join([constant(lr / 10), polynomial(lr, 20), constant(0.01)], [8, 30]),
        lambda lr, t: lr / 10 if t < 8 else line(t - 8, 20, lr, 0) if t < 30 else 0.01,
    ),
    "noam": (
        lambda lr: noam(64, 20, factor=lr),
        lambda lr, t: lr / 8 * min((t + 1) ** -0.5, (t + 1) / 20**1.5),
    ),
    "warmup": (
        lambda lr: warmup(exponential(lr, 10, 0.5), 6),
        lambda lr, t: warm(t, 6, lambda s: lr * 0.5 ** (s / 10)),
    ),
    "triangular": (
        lambda lr: triangular(lr / 10, lr, 7),
        lambda lr, t: lr / 10 + 0.9 * lr * triangle(t, 7),
    ),
    "triangular2": (
        lambda lr: triangular2(lr / 10, lr, 7),
        lambda lr, t: lr / 10 + 0.9 * lr * triangle(t, 7) / 2 ** (t // 14),
    ),
    "exp_range": (
        lambda lr: exp_range(lr / 10, lr, 7, 0.95),
        lambda lr, t: lr / 10 + 0.9 * lr * triangle(t, 7) * 0.95**t,
    ),
    "one_cycle": (lambda lr: one_cycle(lr, 40), one_cycle_by_hand),
    "one_cycle options": (
        lambda lr: one_cycle(lr, 50, 0.5, 10.0, 100.0),
        lambda lr, t: one_cycle_by_hand(lr, t, 50, 0.5, 10.0, 100.0),
    ),
    "range_test": (
        lambda lr: range_test(1e-6, lr, 50),
        lambda lr, t: math.exp(math.log(1e-6) + math.log(lr / 1e-6) * min(t, 50) / 50),
    ),
}
EVERY = pytest.mark.parametrize("name", FORMULAS)
SWEPT = pytest.mark.parametrize("name", [n for n in FORMULAS if n != "noam"])  # it takes no rate


def used(schedule, steps=STEPS):
    """The rates `descend` says that it used, checked against how far theta moved."""
    trace = descend(lambda x, t: np.ones_like(x), sgd, schedule, steps, theta0=np.zeros(1))
    np.testing.assert_allclose(-np.diff(trace.theta[..., 0], axis=0), trace.lr, atol=1e-13)
    return trace.lr


def test_every_factory_is_here():
    factories = {
        name
        for name, f in vars(schedules).items()
        if inspect.isfunction(f) and f.__module__ == schedules.__name__ and name[0] != "_"
    }
    assert factories == {name.split()[0] for name in FORMULAS}


@EVERY
def test_the_rate_used_is_the_formula_at_every_step(name):
    factory, formula = FORMULAS[name]
    rates = used(factory(0.1))
    np.testing.assert_allclose(rates, [formula(0.1, t) for t in range(STEPS)], rtol=1e-13)


@EVERY
def test_one_step_and_an_array_of_steps_agree(name):
    schedule = FORMULAS[name][0](0.1)
    t = np.arange(STEPS)
    single = [schedule(int(k)) for k in t]
    assert all(np.shape(x) == () for x in single)
    square = np.reshape(single, (3, -1))
    np.testing.assert_allclose(schedule(t), single, rtol=1e-14)
    np.testing.assert_allclose(schedule(t.reshape(3, -1)), square, rtol=1e-14)
    np.testing.assert_allclose(schedule(t.astype(float)), single, rtol=1e-14)


@SWEPT
def test_a_sweep_adds_the_last_axis(name):
    factory, formula = FORMULAS[name]
    schedule, t = factory(LRS), np.arange(STEPS)
    expected = [[formula(lr, k) for lr in LRS] for k in range(STEPS)]
    assert schedule(3).shape == (3,) and schedule(t.reshape(3, -1)).shape == (3, 20, 3)
    np.testing.assert_allclose(schedule(t), expected, rtol=1e-13)
    np.testing.assert_allclose(used(schedule), expected, rtol=1e-13)
    for k, lr in enumerate(LRS):
        np.testing.assert_allclose(schedule(t)[:, k], factory(lr)(t), rtol=1e-14)


@EVERY
def test_plotting_changes_nothing(name):
    schedule = FORMULAS[name][0](0.1)
    before = used(schedule)
    schedule(np.linspace(0, 3 * STEPS, 500))
    t = np.arange(STEPS)
    t.setflags(write=False)
    schedule(t)[...] = -1.0  # the caller's own array
    np.testing.assert_array_equal(used(schedule), before)
    np.testing.assert_allclose(schedule(t[::-1]), before[::-1], rtol=1e-14)


@SWEPT
def test_rates_given_are_not_changed_nor_handed_out(name):
    lrs = LRS.copy()
    schedule = FORMULAS[name][0](lrs)
    schedule(0)[...] = -1.0
    np.testing.assert_array_equal(lrs, LRS)


@EVERY
def test_finite_silent_and_never_negative(name):
    schedule = FORMULAS[name][0](0.1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rates = schedule(np.array([0, 1, 10, 1000, 10**5]))
    assert np.all(np.isfinite(rates)) and np.all(rates >= 0)


# ------------------------------------------------------------------ after the last step
@pytest.mark.parametrize(
    ("schedule", "last", "end"),
    [
        (polynomial(0.1, 30, 0.01, power=2.0), 30, 0.01),
        (polynomial(0.01, 30, 0.1), 30, 0.1),
        (cosine(0.1, 30, 0.001), 30, 0.001),
        (wsd(0.1, 5, 10, 15, 0.002), 30, 0.002),
        (one_cycle(0.1, 30), 29, 0.1 / 25 / 1e4),
        (range_test(1e-5, 10.0, 30), 30, 10.0),
        (multistep(0.1, [10, 30]), 30, 0.001),
    ],
)
def test_held_after_the_last_step(schedule, last, end):
    t = np.array([last, last + 1, last + 2, 10 * last, 10**6])
    np.testing.assert_allclose(schedule(t), end, rtol=1e-12)
    assert abs(schedule(last - 1) - end) > 1e-6 * end  # and not before


# ------------------------------------------------------------------ conventions
def test_a_boundary_step_already_has_the_new_rate():
    np.testing.assert_allclose(multistep(1.0, [10], 0.5)([9, 10]), [1.0, 0.5])
    np.testing.assert_allclose(step(1.0, 10, 0.5)([9, 10, 19, 20]), [1, 0.5, 0.5, 0.25])
    stairs = exponential(1.0, 10, 0.5, staircase=True)
    np.testing.assert_allclose(stairs([9, 10]), [1.0, 0.5])


def test_warmup_starts_above_zero_and_ends_one_step_before_its_length():
    rates = warmup(constant(1.0), 4)(np.arange(6))
    np.testing.assert_allclose(rates, [0.25, 0.5, 0.75, 1, 1, 1])
    np.testing.assert_allclose(wsd(1.0, 4, 2, 4)(np.arange(11))[:7], [0.25, 0.5, 0.75, 1, 1, 1, 1])
    np.testing.assert_allclose(wsd(1.0, 4, 2, 4)([7, 8, 9, 10]), [0.75, 0.5, 0.25, 0])


def test_the_schedule_under_a_warmup_starts_after_it():
    schedule = warmup(polynomial(1.0, 10), 5)
    np.testing.assert_allclose(schedule([4, 5, 6, 10, 15]), [1, 1, 0.9, 0.5, 0])


def test_noam_peaks_at_the_end_of_its_warmup():
    schedule = noam(512, 40)
    assert np.argmax(schedule(np.arange(200))) == 39
    np.testing.assert_allclose(schedule(39), (512 * 40) ** -0.5, rtol=1e-14)


def test_step_size_is_half_a_cycle_and_the_base_stays():
    t = np.array([0, 10, 20, 30, 40, 50])
    up_down = [0, 1, 0, 1, 0, 1]
    np.testing.assert_allclose(triangular(0.0, 1.0, 10)(t), up_down, atol=1e-15)
    np.testing.assert_allclose(triangular2(0.0, 1.0, 10)(t), [0, 1, 0, 0.5, 0, 0.25], atol=1e-15)
    tops = exp_range(0.1, 1.1, 10, 0.9)(np.array([10, 30]))
    np.testing.assert_allclose(tops, 0.1 + 0.9 ** np.array([10, 30]))
    np.testing.assert_allclose(exp_range(0.1, 1.1, 10, 0.9)([0, 20, 40]), 0.1)


def test_a_restart_has_the_full_rate():
    schedule = cosine_restarts(1.0, 10, 2, 0.25)
    np.testing.assert_allclose(schedule([0, 10, 30, 70]), 1.0)
    np.testing.assert_allclose(schedule([5, 20, 50]), 0.625)
    # as long a run in one piece is the cosine
    t = np.arange(10)
    np.testing.assert_allclose(cosine_restarts(0.1, 10)(t), cosine(0.1, 10)(t), rtol=1e-14)


def test_one_cycle_peaks_where_it_says():
    schedule = one_cycle(1.0, 100)
    assert np.argmax(schedule(np.arange(100))) == 29
    np.testing.assert_allclose(schedule([0, 29, 99]), [1 / 25, 1, 1 / 25e4], rtol=1e-12)


def test_range_test_spends_as_long_in_every_decade():
    schedule = range_test(1e-5, 10.0, 60)
    np.testing.assert_allclose(schedule(np.arange(0, 61, 10)), 10.0 ** np.arange(-5, 2), rtol=1e-12)
    np.testing.assert_allclose(range_test(1.0, 0.01, 10)(5), 0.1)


def test_a_rate_may_rise():
    np.testing.assert_allclose(cosine(0.0, 10, 1.0)([0, 5, 10]), [0, 0.5, 1], atol=1e-15)
    np.testing.assert_allclose(multistep(1.0, [2], 3.0)([1, 2]), [1, 3])


@given(
    t=st.integers(0, 2000),
    first=st.integers(1, 50),
    mult=st.integers(1, 3),
    lr=st.floats(1e-6, 1e3),
)
def test_restarts_equal_the_loop(t, first, mult, lr):
    np.testing.assert_allclose(
        cosine_restarts(lr, first, mult, 0.0)(t),
        restarts(lr, t, first, mult, 0.0),
        rtol=1e-9,
        atol=1e-12 * lr,
    )


# ------------------------------------------------------------------ bad input
BAD_RATE = ["fast", None, -0.1, float("nan"), float("inf"), [0.1, -0.1], True]
BAD_LENGTH = ["ten", None, 0, -3, float("nan"), float("inf"), [1, 2], True, 1 + 1j]
CALLS = {  # factory: arguments that are right
    constant: {"lr": 0.1},
    step: {"lr": 0.1, "step_size": 10, "gamma": 0.5},
    multistep: {"lr": 0.1, "milestones": [1, 2], "gamma": 0.5},
    exponential: {"lr": 0.1, "decay_steps": 10, "decay_rate": 0.5, "staircase": True},
    inverse_time: {"lr": 0.1, "decay_steps": 10, "decay_rate": 0.5, "staircase": True},
    inverse_sqrt: {"lr": 0.1},
    polynomial: {"lr": 0.1, "decay_steps": 10, "end_lr": 0.01, "power": 1.0},
    cosine: {"lr": 0.1, "T_max": 10, "eta_min": 0.01},
    cosine_restarts: {"lr": 0.1, "T_0": 10, "T_mult": 2, "eta_min": 0.01},
    wsd: {"lr": 0.1, "warmup_steps": 3, "stable_steps": 4, "decay_steps": 5, "end_lr": 0.0},
    noam: {"d_model": 64, "warmup_steps": 10, "factor": 1.0},
    triangular: {"base_lr": 0.1, "max_lr": 1.0, "step_size": 10},
    triangular2: {"base_lr": 0.1, "max_lr": 1.0, "step_size": 10},
    exp_range: {"base_lr": 0.1, "max_lr": 1.0, "step_size": 10, "gamma": 0.9},
    one_cycle: {
        "max_lr": 0.1,
        "total_steps": 50,
        "pct_start": 0.3,
        "div_factor": 25.0,
        "final_div_factor": 1e4,
    },
    range_test: {"start_lr": 1e-5, "end_lr": 1.0, "num_steps": 100},
    warmup: {"schedule": constant(0.1), "warmup_steps": 5},
    join: {"schedules": [constant(0.1), cosine(0.1, 5)], "boundaries": [5]},
}
RATES = {"lr", "end_lr", "eta_min", "base_lr", "max_lr", "start_lr", "gamma", "decay_rate"}
OTHER = {
    "milestones": [5, [2, 1], [1, 1], [3, 1, 2], [1.5], [np.nan], "12", [[1], [2]], [-1]],
    "stable_steps": [-1, 1.5, "two", True, [1, 2]],
    "T_mult": [0, 1.5, -2],
    "pct_start": [0, 1, -0.1, 1.5, float("nan")],
    "schedule": [0.1, "cosine", None, cosine],
    "schedules": [[constant(0.1), 0.1], [cosine, constant(0.1)], "cosine"],
    "boundaries": [5, [1, 2], [2.5], ["a"], None, [-1]],
    "staircase": ["no", 1, None, 0.0, np.ones(2, bool)],
}
BAD = [
    (factory, name, value)
    for factory, arguments in CALLS.items()
    for name in arguments
    for value in OTHER.get(name, BAD_RATE if name in RATES else BAD_LENGTH)
]


@pytest.mark.parametrize(("factory", "name", "value"), BAD)
def test_bad_input_is_named(factory, name, value):
    factory(**CALLS[factory])
    with pytest.raises(ValueError, match=rf"(?s)^{name} = .*: .*must be "):
        factory(**CALLS[factory] | {name: value})


def test_all_arguments_are_tried():
    for factory, arguments in CALLS.items():
        known = set(inspect.signature(factory).parameters)
        assert known == set(arguments), factory
    assert {f.__name__ for f in CALLS} == {name.split()[0] for name in FORMULAS}


def test_a_range_test_cannot_start_at_zero():
    with pytest.raises(ValueError, match=r"^start_lr = 0"):
        range_test(0, 1.0, 10)
