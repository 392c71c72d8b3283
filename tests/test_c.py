"""kernels.c, compiled by the system's compiler, against the kernels in NumPy."""

import ctypes
import re
import shutil
import subprocess
from inspect import signature
from itertools import product
from pathlib import Path

import numpy as np
import pytest

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
    """All steps in C. Arrays first, then t where the rule needs it, then lr, as kernels.c says."""
    defaults = {
        k: p.default for k, p in signature(kernel).parameters.items() if k not in ("g", "state")
    }
    h = defaults | hyper
    x, y, z = np.zeros(N), np.zeros(N), np.zeros(N)
    for t, g in enumerate(gs, 1):
        if kernel is sgd:
            rest = x, LR, h["momentum"], h["nesterov"]
        elif kernel is adagrad:
            start = np.full(N, h["initial_accumulator_value"])
            x = start if t == 1 else x
            rest = x, LR, h["eps"], h["eps_root"]
        elif kernel is rmsprop:
            rest = x, y, z, LR, h["rho"], h["eps"], h["eps_root"], h["momentum"], h["centered"]
        else:
            largest = z if h["amsgrad"] else None
            rest = x, y, largest, float(t), LR, h["beta1"], h["beta2"], h["eps"], h["eps_root"]
            rest += (h["bias_correction"],)
        arguments = [ctypes.c_size_t(N), *map(as_c, (theta, np.ascontiguousarray(g), *rest))]
        getattr(library, kernel.__name__)(*arguments)


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


def test_every_numpy_kernel_has_its_c_twin():
    twins = re.findall(r"^void (\w+)\(", SOURCE.read_text(), re.MULTILINE)
    assert twins == [kernel.__name__ for kernel in (sgd, adagrad, rmsprop, adam)]


def test_c_arguments_are_those_of_numpy():
    """The hyperparameters in C carry the names of the keywords in NumPy, in the same order."""
    for kernel in (sgd, adagrad, rmsprop, adam):
        head = re.search(rf"^void {kernel.__name__}\((.*?)\)", SOURCE.read_text(), re.M | re.S)[1]
        names = [part.split()[-1].lstrip("*") for part in head.split(",")]
        keywords = [k for k in signature(kernel).parameters if k not in ("g", "state")]
        elsewhere = {
            "initial_accumulator_value",
            "amsgrad",
        }  # what the arrays hold, which are given
        assert names[names.index("lr") + 1 :] == [k for k in keywords if k not in elsewhere]
