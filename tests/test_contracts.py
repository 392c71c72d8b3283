"""The checks of arguments, one by one: what passes comes back as floats, what does not is named."""

import inspect

import numpy as np
import pytest

from lrlib import contracts
from lrlib.contracts import (
    above,
    above_zero,
    as_numbers,
    as_whole,
    finite,
    gradient,
    knobs,
    one_of,
    positive,
    rates,
    sweep_shape,
    switch,
    unit,
    whole,
)

RAGGED, MASKED = [[1.0], [1.0, 2.0]], np.ma.masked_array([1.0, 2.0], [False, True])
NO_NUMBERS = ["a", None, True, 1j, RAGGED, MASKED, {}, np.array(["1"]), 10**400]
NAN, INF = float("nan"), float("inf")


def refused(check, x, text="must be", *args):
    with pytest.raises(ValueError, match=rf"(?s)^x( = |: ).*{text}"):
        check(*args, x=x)


@pytest.mark.parametrize("check", [finite, rates, above, positive, whole, unit])
@pytest.mark.parametrize("x", NO_NUMBERS, ids=lambda x: repr(x)[:20])
def test_what_is_no_number(check, x):
    refused(check, x)


@pytest.mark.parametrize(
    "x", [*NO_NUMBERS, np.array("2020-01-01", "datetime64[D]")], ids=lambda x: repr(x)[:20]
)
def test_as_numbers_knows_what_is_none(x):
    assert as_numbers(x) is None


@pytest.mark.parametrize("x", [1, 2.5, [1, 2], (1.0,), np.uint8(3), range(3), np.ones((2, 2))])
def test_as_numbers_gives_an_array(x):
    np.testing.assert_array_equal(as_numbers(x), np.asarray(x))


@pytest.mark.parametrize(
    ("check", "bad"),
    [
        (finite, [NAN, INF, -INF, [1, NAN], []]),
        (rates, [NAN, INF, -0.1, [0.1, -0.1], [], np.float32(-1)]),
        (above, [NAN, -INF, [NAN, 1], []]),
        (positive, [NAN, INF, 0, -1, [1.0, 2.0], [1.0]]),
        (whole, [NAN, INF, 0, -1, 2.5, [2, 3], [2], 1e400]),
        (unit, [NAN, 1, 1.0, -1e-9, [0.5, 1], []]),
    ],
)
def test_what_is_out_of_range(check, bad):
    for x in bad:
        refused(check, x)


def test_ends_of_the_ranges_pass():
    assert finite(x=-5) == (-5.0,) and rates(x=0) == (0.0,) and above(x=INF) == (INF,)
    assert positive(x=1e-300) == (1e-300,) and unit(x=0) == (0.0,)
    assert whole(x=1) == (1,) and whole(0, x=0) == (0,) and whole(x=np.float64(100)) == (100,)
    refused(above, 0, "above 0", 0)
    assert all(type(x) is float for x in (*finite(x=np.float32(1)), *unit(x=0), *positive(x=2)))
    assert type(whole(x=3.0)[0]) is int


@pytest.mark.parametrize("check", [finite, rates, above, unit])
def test_lists_and_arrays_come_back_as_arrays_of_their_own(check):
    mine = np.array([0.1, 0.2])
    (given,), (from_list,) = check(x=mine), check(x=[0, 0.5])
    mine[:] = 7
    np.testing.assert_array_equal(given, [0.1, 0.2])
    assert from_list.dtype == float


@pytest.mark.parametrize("check", [finite, rates, above])
def test_shapes_that_do_not_fit_each_other(check):
    with pytest.raises(ValueError, match=r"^b: shape \(3,\) does not fit .*\(2,\)"):
        check(a=[0.1, 0.2], b=[0.1, 0.2, 0.3])
    assert len(check(a=[[0.1], [0.2]], b=[0.1, 0.2, 0.3], c=1.0)) == 3


def test_switch_takes_nothing_that_only_counts_as_true():
    assert switch(a=True, b=np.bool_(False), c=np.array(True)) == (True, False, True)
    for x in (1, 0, "yes", None, [True], 1.0, np.ones(2, bool)):
        refused(switch, x, "True or False")


def test_a_single_whole_number_and_its_bounds():
    assert as_whole("n", 8.0, most=8) == 8 and as_whole("n", np.uint8(3)) == 3
    assert as_whole("seed", 2**100, 0) == 2**100 and type(as_whole("n", 3.0)) is int
    for x in (0, 9, 2.5, NAN, INF, [3], *NO_NUMBERS):
        with pytest.raises(ValueError, match=r"(?s)^n = .*must be a whole number, from 1 to 8$"):
            as_whole("n", x, most=8)
    with pytest.raises(ValueError, match=r"must be a whole number, from 2 to the rows, 5$"):
        as_whole("n", 1, 2, 5, "the rows, ")
    refused(whole, 2**53, "a whole number, 1 or more, below")


def test_one_of_some_words():
    assert one_of("min", "max", mode="max") == ("max",)
    for x in ("mean", None, 1, ["min"], np.array(["min", "max"]), {}, True):
        with pytest.raises(ValueError, match=r"^mode = .*must be 'min' or 'max'"):
            one_of("min", "max", mode=x)


def test_the_shape_of_a_sweep():
    assert (
        sweep_shape(a=0.1, b=np.ones((2, 1)), c=np.ones(3)) == (2, 3) and sweep_shape(a=1.0) == ()
    )
    with pytest.raises(ValueError, match=r"^c: shape \(3,\) does not fit .*\(2,\)"):
        sweep_shape(a=0.1, b=np.ones(2), c=np.ones(3))


def test_gradient():
    assert gradient([1, 2]).dtype == float
    assert gradient(np.ones(2, np.float32)).dtype == np.float32
    for x in NO_NUMBERS:
        with pytest.raises(ValueError, match=r"(?s)^g = .*must be numbers"):
            gradient(x)
    with pytest.raises(ValueError, match=r"^theta0: is float16, must be float32 or float64"):
        gradient(np.ones(2, np.float16), "theta0")


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_above_zero_moves_nothing_but_zero(dtype):
    tiny = np.finfo(dtype).tiny
    assert above_zero(0, np.dtype(dtype)) == tiny and above_zero(1e-8, np.dtype(dtype)) == 1e-8
    np.testing.assert_array_equal(above_zero(np.array([0, 1]), np.dtype(dtype)), [tiny, 1])
    assert dtype(0) / (dtype(0) + dtype(above_zero(0.0, np.dtype(dtype)))) == 0


def test_knobs_checks_gradient_state_and_hyperparameters():
    @knobs(momentum=unit, eps=rates, nesterov=switch)
    def kernel(g, state=None, *, momentum=0.5, eps=0.0, nesterov=False):
        """Its docstring."""
        return g * momentum + eps, state

    u, _ = kernel([2, 4])
    np.testing.assert_array_equal(u, [1, 2])
    for wrong in ({"momentum": 1}, {"eps": -1}, {"nesterov": "no"}):
        (name,) = wrong
        with pytest.raises(ValueError, match=f"^{name} = "):
            kernel(np.ones(2), **wrong)
    assert kernel.__doc__ == "Its docstring." and kernel.__kwdefaults__["momentum"] == 0.5
    assert list(inspect.signature(kernel).parameters) == ["g", "state", *kernel.__kwdefaults__]


def test_every_check_is_tested_here():
    public = {n for n, f in vars(contracts).items() if inspect.isfunction(f) and n[0] != "_"}
    own = {n for n in public if vars(contracts)[n].__module__ == contracts.__name__}
    assert own <= set(globals())
