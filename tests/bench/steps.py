"""One step of each rule, from 10^2 to 10^7 weights: NumPy, torch.optim, C, and the limit.

The limit is the time of a copy that reads and writes as many bytes as the step must: the weights,
the gradient and the rule's memory once in, the weights and the memory once out. Float64 everywhere.
"""

import ctypes
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import torch
from common import alternate, seconds, table, verdict

import lrlib
from lrlib import adagrad, adam, rmsprop, sgd

ROOT = pathlib.Path(__file__).resolve().parents[2]
SIZES = [10**k for k in range(2, 8)]
# kernel, its hyperparameters here, torch.optim's class, those there, arrays of memory
RULES = {
    "sgd, momentum": (sgd, {"momentum": 0.9}, torch.optim.SGD, {"momentum": 0.9}, 1),
    "adagrad": (adagrad, {}, torch.optim.Adagrad, {}, 1),
    "rmsprop": (rmsprop, {"rho": 0.99}, torch.optim.RMSprop, {"alpha": 0.99}, 1),
    "adam": (adam, {}, torch.optim.Adam, {}, 2),
}
LR = 1e-3


def compiled(folder: str) -> ctypes.CDLL:
    target = f"{folder}/kernels.so"
    source = pathlib.Path(lrlib.__file__).with_name("kernels.c")
    flags = ["-std=c99", "-O3", "-march=native", "-fno-math-errno", "-shared", "-fPIC"]
    subprocess.run(["cc", *flags, "-o", target, str(source), "-lm"], check=True)
    return ctypes.CDLL(target)


def in_numpy(kernel, hyper, theta0, g):
    theta, state = theta0.copy(), None

    def step():
        nonlocal theta, state
        u, state = kernel(g, state, **hyper)
        theta = theta - LR * u
        return theta

    return step


def in_torch(make, hyper, theta0, g):
    theta = torch.nn.Parameter(torch.from_numpy(theta0.copy()))
    theta.grad = torch.from_numpy(g)
    try:
        optimizer = make([theta], lr=LR, **hyper)
        optimizer.step()
    except (RuntimeError, TypeError):  # this rule has no such implementation
        return None
    with torch.no_grad():
        theta.copy_(torch.from_numpy(theta0))
    optimizer = make([theta], lr=LR, **hyper)

    def step():
        optimizer.step()
        return theta.detach().numpy()

    return step


def in_c(library, kernel, theta0, g):
    theta, x, y, z = theta0.copy(), *np.zeros((3, theta0.size))
    t = 0

    def double(*values):
        return [ctypes.c_double(v) for v in values]

    head = [ctypes.c_size_t(theta.size)]
    head += [ctypes.c_void_p(a.ctypes.data) for a in (theta, g, x, y, z)]
    no, yes = ctypes.c_bool(False), ctypes.c_bool(True)
    call = getattr(library, kernel.__name__)
    call.restype = None

    def step():
        nonlocal t
        t += 1
        if kernel is sgd:
            call(*head[:4], *double(LR, 0.9), no)
        elif kernel is adagrad:
            call(*head[:4], *double(LR, 1e-10, 0.0))
        elif kernel is rmsprop:
            call(*head, *double(LR, 0.99, 1e-8, 0.0, 0.0), no)
        else:
            null = ctypes.c_void_p(None)
            call(*head[:5], null, *double(t, LR, 0.9, 0.999, 1e-8, 0.0), yes)
        return theta

    step.arrays = g, x, y, z  # the pointers do not keep them alive
    return step


def copying(numbers: int):
    a, b = np.zeros(numbers // 2), np.zeros(numbers // 2)
    return lambda: np.copyto(b, a)


def main() -> None:
    print("## 3. One step\n")
    rows, slower = [], []
    with tempfile.TemporaryDirectory() as folder:
        library = compiled(folder)
        for name, (kernel, hyper, make, theirs, memory) in RULES.items():
            for n in SIZES:
                rng = np.random.default_rng(0)
                theta0, g = rng.standard_normal((2, n))
                moved = 2 + memory + 1 + memory + (kernel is rmsprop) * 2  # C keeps b there too
                jobs = {
                    "lrlib": in_numpy(kernel, hyper, theta0, g),
                    "foreach": in_torch(make, {**theirs, "foreach": True}, theta0, g),
                    "fused": in_torch(make, {**theirs, "fused": True}, theta0, g),
                    "C": in_c(library, kernel, theta0, g),
                    "copy": copying(moved * n),
                }
                jobs = {key: job for key, job in jobs.items() if job}
                first = jobs["lrlib"]().copy()
                for key in ("foreach", "fused", "C"):
                    if key in jobs:
                        np.testing.assert_allclose(jobs[key](), first, rtol=1e-9, atol=1e-12)
                t = alternate(jobs, int(np.clip(2e6 / n, 7, 2000)))
                best = min(t["foreach"], t.get("fused", np.inf))
                ratio = best / t["lrlib"]
                if n <= 10**4 and ratio < 1:
                    slower.append(f"{name} at {n:,}: {ratio:.2f}x")
                rows.append(
                    [
                        *(name, f"{n:,}", *(seconds(t[k]) if k in t else "none" for k in t_names)),
                        *(f"{ratio:.2f}", f"{t['lrlib'] / t['copy']:.1f}"),
                        f"{t['C'] / t['copy']:.1f}",
                    ]
                )
                print(f"{name} {n}", file=sys.stderr, flush=True)
    head = ["rule", "weights", "lrlib", "torch foreach", "torch fused", "kernels.c", "copy"]
    head += ["torch's better / lrlib", "lrlib / copy", "C / copy"]
    print(table(head, rows))
    print(
        f"\nAhead of torch.optim up to 10,000 weights: {verdict(not slower)}"
        f"{': ' + ', '.join(slower) if slower else ''}."
    )


t_names = ("lrlib", "foreach", "fused", "C", "copy")

if __name__ == "__main__":
    main()
