"""kernels.c, compiled by the system's compiler, against the kernels in NumPy."""

import ctypes
import shutil
import subprocess
from inspect import signature
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from registry import ALL, KERNELS, twins
from registry import CASES as REGISTRY

import lrlib
from lrlib import adagrad, adam, descend, rmsprop, sgd

SOURCE = Path(lrlib.__file__).with_name("kernels.c")
COMPILER = next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), None)
N, STEPS, LR = 7, 60, 0.01  # 7: a whole vector register and a rest


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    if COMPILER is None:
        pytest.skip("no C compiler found (cc, gcc or clang)")
    target = tmp_path_factory.mktemp("c") / "kernels.so"
    flags = ["-std=c99", "-pedantic-errors", "-Wall", "-Wextra", "-O3", "-shared", "-fPIC"]
    command = [COMPILER, *flags, "-o", str(target), str(SOURCE), "-lm"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return ctypes.CDLL(str(target))


def as_c(x):
    if x is None or isinstance(x, np.ndarray):
        return ctypes.c_void_p(x.ctypes.data if x is not None else None)
    return ctypes.c_bool(x) if isinstance(x, bool) else ctypes.c_double(x)


def gradients():
    rng = np.random.default_rng(0)
    dense = rng.standard_normal((STEPS, N))
    sizes = 10.0 ** np.linspace(-12, 8, N)
    return {
        "dense": dense,
        "sparse": dense * (rng.random((STEPS, N)) < 0.1),
        "sizes": dense * sizes,
        "alternating": sizes * (-1.0) ** np.arange(STEPS)[:, None],
        "zeros first": np.vstack([np.zeros((10, N)), dense[10:]]),
    }


CASES = [
    *((kernel, hyper) for kernel, hyper in ALL if kernel.__name__ in twins()),
    *((sgd, {"momentum": m, "nesterov": n}) for m, n in product([0.0, 0.9], [False, True])),
    (adagrad, {}),
    (adagrad, {"eps": 1e-3}),
    (adagrad, {"eps": 0.0, "eps_root": 1e-7, "initial_accumulator_value": 0.1}),
    *(
        (rmsprop, {"momentum": m, "centered": c, **eps})
        for m, c, eps in product(
            [0.0, 0.9], [False, True], [{"eps": 1e-4}, {"eps": 0.0, "eps_root": 1e-3, "rho": 0.99}]
        )
    ),
    *(
        (adam, {"bias_correction": c, "amsgrad": a, **eps})
        for c, a, eps in product(
            [True, False],
            [True, False],
            [{}, {"beta1": 0.0}, {"eps": 1e-3, "eps_root": 1e-6, "beta1": 0.8, "beta2": 0.9}],
        )
    ),
]


def run_in_c(library, kernel, theta, gs, hyper):
    """All steps in C. kernels.c says by name what each argument is: arrays of the state, the step
    t, the rate lr, and the knobs."""
    name = kernel.__name__
    h = {k: p.default for k, p in signature(kernel).parameters.items()} | hyper
    parts = twins()[name].split(",")[3:]  # after n, theta and g
    head = [part.split()[-1].lstrip("*") for part in parts]
    arrays = {}
    for argument, part in zip(head, parts, strict=True):
        if "*" in part:
            start = REGISTRY[name].in_c.get(argument, lambda h: 0.0)(h)
            arrays[argument] = None if start is None else np.full(N, start)
    for t, g in enumerate(gs, 1):
        given = {**h, **arrays, "t": float(t), "lr": LR}
        arguments = [theta, np.ascontiguousarray(g), *(given[argument] for argument in head)]
        getattr(library, name)(ctypes.c_size_t(N), *map(as_c, arguments))


@pytest.mark.parametrize(("kernel", "hyper"), CASES, ids=lambda x: getattr(x, "__name__", str(x)))
def test_c_equals_numpy(library, kernel, hyper):
    for name, gs in gradients().items():
        theta0 = np.linspace(-1, 1, N)
        trace = descend(lambda x, t, gs=gs: gs[t], kernel, LR, STEPS, theta0=theta0, **hyper)
        theta = theta0.copy()
        run_in_c(library, kernel, theta, gs, hyper)
        moved = np.abs(np.diff(trace.theta, axis=0)).sum(0)
        assert np.any(moved > 0)
        np.testing.assert_array_less(np.abs(theta - trace.theta[-1]), 1e-12 * (moved + 1), name)


@pytest.mark.parametrize("name", twins())
def test_c_arguments_are_those_of_numpy(name):
    """The knobs in C carry the names of the keywords in NumPy, in the same order."""
    names = [part.split()[-1].lstrip("*") for part in twins()[name].split(",")]
    keywords = [k for k in signature(KERNELS[name]).parameters if k not in ("g", "state")]
    elsewhere = REGISTRY[name].not_in_c
    assert names[:3] == ["n", "theta", "g"]
    assert names[names.index("lr") + 1 :] == [k for k in keywords if k not in elsewhere]


def test_every_kernel_is_compared():
    compared = {kernel.__name__ for kernel, _ in CASES}
    assert compared == set(twins()) and twins()
