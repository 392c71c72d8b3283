"""What lrlib has, found from its modules, and what every kernel must bring.

A kernel is a public function of `lrlib.kernels` whose first parameters are ``g`` and ``state``. It
needs five things; `faults` says in a sentence which one is missing:

    twin in C       a function of the same name in kernels.c
    listing         `listing(kernel)`: the block Formula:: in its docstring, and the twin
    first step      CASES[name].by_hand, numbers worked out on paper
    collapse        CASES[name].collapse: a knob turned so that it is an older kernel
    recording       a recording of a reference library that test_golden.py says in lrlib

What one kernel cannot have stands in EXCUSED with the reason. An excuse that is no longer true is a
fault as well.
"""

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import lrlib
from lrlib import kernels, schedules

Hyper = dict[str, Any]
G = np.array([3.0, -4.0, 0.5])  # the first gradient of every case by hand
G2 = np.array([1.0, 2.0, -0.25])  # and the second
C_SOURCE = Path(lrlib.__file__).with_name("kernels.c")


def _public(module: Any) -> dict[str, Callable]:
    return {
        name: f
        for name, f in vars(module).items()
        if inspect.isfunction(f) and f.__module__ == module.__name__ and not name.startswith("_")
    }


def found_kernels(module: Any = kernels) -> dict[str, Callable]:
    """Every kernel of a module by name, in the order of the file."""
    return {
        name: f
        for name, f in _public(module).items()
        if list(inspect.signature(f).parameters)[:2] == ["g", "state"]
    }


def asked(kernel: Callable, theta: Any) -> Hyper:
    """What a kernel wants beside gradient and state: theta, if it names it."""
    return {"theta": theta} if "theta" in inspect.signature(kernel).parameters else {}


KERNELS = found_kernels()
SCHEDULES = _public(schedules)  # factories: all public functions of the module


class ByHand(NamedTuple):
    """Directions after the gradients G and G2; None where it was not worked out."""

    hyper: Hyper
    first: Any
    second: Any = None


class Collapse(NamedTuple):
    """With these knobs, and its rate times ``rate``, the kernel walks the path of ``other``."""

    hyper: Hyper
    other: Callable
    other_hyper: Hyper
    rate: float = 1.0


class Case(NamedTuple):
    settings: list[Hyper]  # what all properties are tried with; the defaults first
    swept: dict[str, list[float]]  # three values of every knob that is a number
    by_hand: list[ByHand]
    collapse: list[Collapse]
    # how arrays in C start (None: NULL), where that is not zeros, from the knobs of NumPy
    in_c: Mapping[str, Callable[[Hyper], float | None]] = {}
    not_in_c: tuple[str, ...] = ()  # knobs that in C are in what the arrays hold
    coupled: bool = False  # do the parameters of one model see each other?
    beside: Mapping[str, Any] = {}  # what else is set while one knob is swept, of descend too


SIGN = np.sign(G)
RATIOS = [1e-8, 1e-2, 1.0]
CASES = {
    "sgd": Case(
        [{}, {"momentum": 0.9}, {"momentum": 0.9, "nesterov": True}],
        {"momentum": [0.0, 0.5, 0.9]},
        [
            ByHand({}, [3, -4, 0.5], [1, 2, -0.25]),
            ByHand({"momentum": 0.5}, [3, -4, 0.5], [2.5, 0.0, 0.0]),
            ByHand({"momentum": 0.5, "nesterov": True}, [4.5, -6, 0.75], [2.25, 2.0, -0.25]),
        ],
        [Collapse({"momentum": 0.0, "nesterov": True}, kernels.sgd, {})],
    ),
    "adagrad": Case(
        [{}, {"eps": 0.0, "eps_root": 1e-7, "initial_accumulator_value": 0.1}],
        {
            "eps": RATIOS,
            "eps_root": [0.0, 1e-2, 1.0],
            "initial_accumulator_value": [0.0, 0.1, 1.0],
        },
        [ByHand({"eps": 0.0}, SIGN, G2 / np.sqrt([10, 20, 0.3125]))],
        [Collapse({"eps": 1e16}, kernels.sgd, {}, rate=1e16)],  # the root no longer counts
        in_c={"s": lambda h: h["initial_accumulator_value"]},
        not_in_c=("initial_accumulator_value",),
    ),
    "rmsprop": Case(
        [{}, {"momentum": 0.9, "centered": True, "eps": 1e-4}],
        {
            "rho": [0.0, 0.9, 0.99],
            "eps": RATIOS,
            "eps_root": [0.0, 1e-2, 1.0],
            "momentum": [0.0, 0.5, 0.9],
        },
        [ByHand({"rho": 0.81, "eps": 0.0}, SIGN / np.sqrt(0.19))],
        [Collapse({"eps": 1e16, "momentum": 0.9}, kernels.sgd, {"momentum": 0.9}, rate=1e16)],
        in_c={  # NULL where they are not needed
            "a": lambda h: 0.0 if h["centered"] else None,
            "b": lambda h: 0.0 if h["momentum"] else None,
        },
    ),
    "adam": Case(
        [{}, {"bias_correction": False}, {"amsgrad": True}],
        {
            "beta1": [0.0, 0.5, 0.9],
            "beta2": [0.9, 0.99, 0.999],
            "eps": RATIOS,
            "eps_root": [0.0, 1e-2, 1.0],
        },
        [
            ByHand({"eps": 0.0}, SIGN),
            ByHand({"eps": 0.5}, G / (np.abs(G) + 0.5)),
        ],
        [
            Collapse(
                {"beta1": 0.0, "beta2": 0.9, "bias_correction": False},
                kernels.rmsprop,
                {"rho": 0.9},
            )
        ],
        in_c={"v_max": lambda h: 0.0 if h["amsgrad"] else None},
        not_in_c=("amsgrad",),
    ),
    "lion": Case(
        [{}, {"beta1": 0.95, "beta2": 0.98}],
        {"beta1": [0.0, 0.5, 0.9], "beta2": [0.9, 0.99, 0.999]},
        # m = 3/2, -2, 1/4; then 3/4 m + 1/4 g = 11/8, -1, 1/8
        [ByHand({"beta1": 0.75, "beta2": 0.5}, SIGN, [1, -1, 1])],
        [Collapse({"beta1": 0.0}, kernels.rmsprop, {"rho": 0.0, "eps": 0.0})],
    ),
    "schedule_free": Case(
        [{}, {"beta": 0.5}, {"adam": True}],
        {"beta": [0.0, 0.5, 0.9], "beta2": [0.9, 0.99, 0.999], "eps": RATIOS},
        [  # in the first step z, x and y meet: u = d, w = 0; then u = d / 2 + (d - 0) / 4
            ByHand({"beta": 0.5}, G, 0.75 * G2),
            ByHand({"adam": True, "eps": 0.5}, G / (np.abs(G) + 0.5)),
        ],
        [
            Collapse({"beta": 0.0}, kernels.sgd, {}),
            Collapse({"beta": 0.0, "adam": True}, kernels.adam, {"beta1": 0.0}),
        ],
        in_c={"v": lambda h: 0.0 if h["adam"] else None},
        beside={"adam": True},
    ),
    "dadapt_adam": Case(
        [{}, {"d0": 0.01, "scale": 0.5, "bias_correction": True}],
        {
            "scale": [0.5, 1.0, 2.0],
            "beta1": [0.0, 0.5, 0.9],
            "beta2": [0.9, 0.99, 0.999],
            "eps": RATIOS,
            "d0": [1e-6, 1e-3, 1.0],
        },
        [  # lambda = 1, s = 0, so the distance stays 1: u = g / 4 / sqrt(g^2 / 4) with its start
            ByHand({"d0": 1.0, "beta1": 0.75, "beta2": 0.75, "eps": 0.0}, SIGN / 2),
            ByHand({"d0": 2.0, "bias_correction": True, "eps": 0.0}, 2 * SIGN),
        ],
        [  # a distance that never grows is a rate
            Collapse({"d0": 1e6, "scale": 1e-6}, kernels.adam, {"bias_correction": False}),
        ],
        beside={"lr": 1.0},
        coupled=True,
    ),
    "prodigy": Case(
        [{}, {"d0": 0.01, "scale": 0.5, "bias_correction": True}],
        {
            "scale": [0.5, 1.0, 2.0],
            "beta1": [0.0, 0.5, 0.9],
            "beta2": [0.9, 0.99, 0.999],
            "eps": RATIOS,
            "d0": [1e-6, 1e-3, 1.0],
            "d_coef": [0.5, 1.0, 2.0],
        },
        [
            ByHand({"d0": 1.0, "beta1": 0.75, "beta2": 0.75, "eps": 0.0}, SIGN / 2),
            ByHand({"d0": 2.0, "bias_correction": True, "eps": 0.0}, 2 * SIGN),
        ],
        [
            Collapse({"d0": 1e6, "scale": 1e-6}, kernels.adam, {"bias_correction": False}),
            Collapse(
                {"d0": 1e6, "scale": 1e-6, "bias_correction": True, "eps": 0.0},
                kernels.adam,
                {"eps": 0.0},
            ),
        ],
        beside={"lr": 1.0},
        coupled=True,
    ),
}

WANTED = ("twin in C", "listing", "first step", "collapse", "recording")
NOT_IN_C = "no lesson lists it in C: sums over all parameters, then what Adam does"
EXCUSED: dict[tuple[str, str], str] = {  # (kernel, what is missing): the reason
    (name, what): NOT_IN_C
    for name in ("dadapt_adam", "prodigy")
    for what in ("twin in C", "listing")
}


def twins(source: str | None = None) -> dict[str, str]:
    """Each function of kernels.c, with the arguments of its head."""
    text = C_SOURCE.read_text() if source is None else source
    return dict(re.findall(r"^void (\w+)\((.*?)\)", text, re.M | re.S))


def brought(kernel: Callable, cases: Mapping[str, Case], in_c: Iterable, recorded: Iterable) -> set:
    """Which of the wanted things a kernel has."""
    name = kernel.__name__
    case = cases.get(name)
    there = {
        "twin in C": name in in_c,
        "listing": "Formula::" in (inspect.getdoc(kernel) or "") and name in in_c,
        "first step": case is not None and len(case.by_hand) > 0,
        "collapse": case is not None and len(case.collapse) > 0,
        "recording": name in recorded,
    }
    return {what for what, is_there in there.items() if is_there}


REMEDY = {
    "twin in C": "write void {name}(...) in lrlib/kernels.c",
    "listing": "write a block Formula:: in its docstring, and its twin in C",
    "first step": "work out its first step on paper: by_hand in tests/registry.py",
    "collapse": "name the knob that makes it an older kernel: collapse in tests/registry.py",
    "recording": "say a recording with it in tests/test_golden.py, and run tests/golden/record.py",
}


def faults(
    found: Mapping[str, Callable],
    recorded: Iterable[str],
    cases: Mapping[str, Case] = CASES,
    excused: Mapping[tuple[str, str], str] = EXCUSED,
    source: str | None = None,
) -> list[str]:
    """A sentence for everything that is missing, and for every excuse that is no longer true."""
    said, in_c, recorded = [], twins(source), set(recorded)
    for name, kernel in found.items():
        has = brought(kernel, cases, in_c, recorded)
        for what in WANTED:
            excuse = excused.get((name, what))
            if what not in has and not excuse:
                remedy = REMEDY[what].format(name=name)
                said.append(f"kernel {name}: has no {what}; {remedy}, or excuse it in EXCUSED")
            if what in has and excuse:
                said.append(f"kernel {name}: has a {what} now; take {excuse!r} out of EXCUSED")
    for name, what in excused:
        if name not in found or what not in WANTED:
            said.append(f"EXCUSED: {name}, {what}: there is no such kernel, or no such thing")
    said += [f"CASES: {name}: there is no such kernel" for name in cases if name not in found]
    said += [f"kernels.c: {name}: there is no such kernel" for name in in_c if name not in found]
    return said


ALL = [(KERNELS[name], hyper) for name, case in CASES.items() for hyper in case.settings]
SWEPT = [
    (KERNELS[name], knob, values)
    for name, case in CASES.items()
    for knob, values in case.swept.items()
]
