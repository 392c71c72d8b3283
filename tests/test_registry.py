"""Every kernel brings what a kernel needs; the checks are fed with kernels that do not."""

import inspect

import numpy as np
import pytest
from registry import (
    CASES,
    G2,
    KERNELS,
    SCHEDULES,
    WANTED,
    G,
    asked,
    faults,
    found_kernels,
    twins,
)
from test_golden import RUNS, run_of

from lrlib import descend, sgd
from lrlib.problems import quadratic

PROBLEM = quadratic([1.0, 10.0, 0.1], noise=0.3)


def recorded():
    """The kernels that match a recording of a library."""
    return {run_of(key, "quad2").kernel.__name__ for key in RUNS}


def test_every_kernel_is_complete_and_no_excuse_is_stale():
    said = faults(KERNELS, recorded())
    assert not said, "\n".join(said)


BY_HAND = [(n, *case) for n in CASES for case in CASES[n].by_hand]
COLLAPSES = [(n, *case) for n in CASES for case in CASES[n].collapse]


@pytest.mark.parametrize(("name", "hyper", "first", "second"), BY_HAND)
def test_first_steps_by_hand(name, hyper, first, second):
    hyper = {**hyper, **asked(KERNELS[name], np.zeros(3))}
    u, state = KERNELS[name](G, **hyper)
    np.testing.assert_allclose(u, first, rtol=1e-14)
    if second is not None:
        np.testing.assert_allclose(KERNELS[name](G2, state, **hyper)[0], second, rtol=1e-14)


@pytest.mark.parametrize(("name", "hyper", "other", "other_hyper", "rate"), COLLAPSES)
def test_a_knob_turned_gives_an_older_kernel(name, hyper, other, other_hyper, rate):
    path = descend(PROBLEM, KERNELS[name], 0.01 * rate, 40, **hyper).theta
    older = descend(PROBLEM, other, 0.01, 40, **other_hyper).theta
    np.testing.assert_allclose(path, older, rtol=1e-12, atol=1e-13)
    default = descend(PROBLEM, KERNELS[name], 0.01, 40).theta
    if KERNELS[name] is not other:
        assert np.abs(default - older).max() > 1e-6


# ------------------------------------------------------------------ the checks, fed with faults
def unfinished(g, state=None, *, beta=0.9):
    """A kernel that brings nothing."""
    return g, state


OLD = ("sgd", "adagrad", "rmsprop", "adam")  # finished, whatever else is in the making
FINISHED = {name: KERNELS[name] for name in OLD}
CASES_OF = {name: CASES[name] for name in OLD}
SOURCE = "\n".join(f"void {name}({twins()[name]})" for name in OLD)


def said_of(found, recorded=OLD, cases=CASES_OF, excused=None, source=SOURCE):
    return faults(found, recorded, cases, excused or {}, source)


def test_an_unfinished_kernel_is_named_with_all_that_is_missing():
    said = said_of(FINISHED | {"unfinished": unfinished})
    assert len(said) == len(WANTED)
    for what, sentence in zip(WANTED, said, strict=True):
        assert sentence.startswith(f"kernel unfinished: has no {what}; ")


@pytest.mark.parametrize("what", WANTED)
def test_a_thing_taken_from_a_finished_kernel_is_missed(what):
    found, kept, cases, source = dict(FINISHED), set(OLD), dict(CASES_OF), SOURCE
    if what == "twin in C":
        source = source.replace("void adam(", "void eve(")
    elif what == "listing":

        def adam(g, state=None):
            """No formula."""

        found["adam"] = adam
    elif what == "recording":
        kept -= {"adam"}
    else:
        field = {"first step": "by_hand", "collapse": "collapse"}[what]
        cases["adam"] = cases["adam"]._replace(**{field: []})
    said = said_of(found, kept, cases, {}, source)
    assert any(x.startswith(f"kernel adam: has no {what};") for x in said)


@pytest.mark.parametrize("what", WANTED)
def test_a_stale_excuse_is_named(what):
    (sentence,) = said_of(FINISHED, excused={("adam", what): "not needed"})
    assert sentence == f"kernel adam: has a {what} now; take 'not needed' out of EXCUSED"


def test_an_excuse_for_nothing_is_named():
    (sentence,) = said_of(FINISHED, excused={("eve", "listing"): "not needed"})
    assert sentence == "EXCUSED: eve, listing: there is no such kernel, or no such thing"


def test_an_excused_kernel_is_left_alone():
    excuses = {("unfinished", what): "an example" for what in WANTED}
    assert not said_of(FINISHED | {"unfinished": unfinished}, excused=excuses)


def test_a_twin_or_a_case_without_kernel_is_named():
    (sentence,) = said_of(FINISHED, source=SOURCE + "\nvoid eve(size_t n, double lr)\n")
    assert sentence == "kernels.c: eve: there is no such kernel"
    (sentence,) = said_of(FINISHED, cases=CASES_OF | {"eve": CASES["sgd"]})
    assert sentence == "CASES: eve: there is no such kernel"


def test_kernels_and_schedules_are_found_in_their_modules():
    assert list(KERNELS)[:4] == ["sgd", "adagrad", "rmsprop", "adam"]
    assert KERNELS["sgd"] is sgd and {"constant", "warmup"} <= set(SCHEDULES)
    module = type(inspect)("invented")
    for name, f in {"unfinished": unfinished, "_hidden": unfinished, "other": len}.items():
        setattr(module, name, f)
    module.unfinished.__module__, before = "invented", unfinished.__module__
    try:
        assert list(found_kernels(module)) == ["unfinished"]
    finally:
        module.unfinished.__module__ = before
