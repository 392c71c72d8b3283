"""The figure of the learned rate tells the truth, and the C of lesson 09 is the rule of lrlib."""

import ctypes
import re
import shutil
import subprocess
from pathlib import Path

import nbformat
import numpy as np
import pytest

from lrlib import adam, descend, hypergradient, penguins, sgd
from lrlib.problems import least_squares
from lrlib.views.learned_rate import KERNELS, learned_rate
from lrlib.words import num

LESSON = Path(__file__).parents[1] / "notebooks" / "09_hypergradients.ipynb"
COMPILER = next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), None)


@pytest.fixture(scope="module")
def fit():
    flipper = penguins().flipper_mm / 10 - 18
    return least_squares(np.column_stack([np.ones_like(flipper), flipper]), penguins().mass_kg)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("multiplicative", [False, True])
def test_the_rate_drawn_is_the_rate_used(fit, kernel, multiplicative):
    view = learned_rate(fit)
    sentence = view.update(1e-2, 1e-4, kernel, multiplicative)
    rule = {"SGD-HD": sgd, "SGDN-HD": sgd, "Adam-HD": adam}[kernel]
    hyper = {"momentum": 0.9, "nesterov": True} if kernel == "SGDN-HD" else {}
    trace = descend(fit, rule, hypergradient(1e-2, 1e-4, multiplicative), 60, **hyper)
    limit = 2 / np.linalg.eigvalsh(fit.hessian)[-1]
    path, alpha, loss = (view.moving[name] for name in ("path", "rate", "loss"))
    np.testing.assert_allclose(alpha.get_ydata() * limit, trace.lr)
    np.testing.assert_allclose(np.transpose(path.get_data()), trace.theta)
    np.testing.assert_allclose(loss.get_ydata(), trace.loss - fit.loss(fit.minimum), rtol=1e-9)
    assert f"ends at {num(trace.lr[-1] / limit, 3)} of it" in sentence


@pytest.mark.parametrize("kernel", ["SGD-HD", "SGDN-HD"])
def test_the_limit_drawn_is_the_limit(fit, kernel):
    view = learned_rate(fit)
    view.update(1e-2, 1e-4, kernel, False)
    at = view.moving["limit"].get_ydata()[0] * 2 / np.linalg.eigvalsh(fit.hessian)[-1]
    rule, hyper, _ = KERNELS[kernel]
    below, above = (descend(fit, rule, s * at, 2000, **hyper).loss[-1] for s in (0.99, 1.01))
    assert below < fit.loss(fit.theta0) < above


def test_a_high_rate_is_in_the_picture_or_said_to_be_above_it(fit):
    view = learned_rate(fit)
    alpha = view.moving["rate"]
    for kernel, beta, multiplicative in (("SGD-HD", 0.3, True), ("Adam-HD", 0.3, False)):
        said = "above the picture" in view.update(1e-3, beta, kernel, multiplicative)
        assert said == (alpha.get_ydata().max() > alpha.axes.get_ylim()[1]) == (kernel != "SGD-HD")


def test_divergence_is_said_in_words(fit):
    sentence = learned_rate(fit).update(1e-3, 1.0, "SGD-HD", False)
    assert "the rate overflows; diverged: at step" in sentence


def test_c_listing(fit, tmp_path):
    if COMPILER is None:
        pytest.skip("no C compiler found (cc, gcc or clang)")
    prose = "\n".join(cell.source for cell in nbformat.read(LESSON, 4).cells)
    (source,) = re.findall(r"```c\n(.*?)```", prose, re.DOTALL)
    (tmp_path / "hd.c").write_text("#include <stddef.h>\n" + source)
    library = tmp_path / "hd.so"
    flags = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC"]
    command = [COMPILER, *flags, "-o", library, tmp_path / "hd.c"]
    subprocess.run(command, check=True)
    sgd_hd = ctypes.CDLL(str(library)).sgd_hd
    sgd_hd.restype = ctypes.c_double
    theta, before, alpha, rates = fit.theta0.copy(), np.zeros(2), 0.01, []
    for _ in range(60):
        g = np.ascontiguousarray(fit.grad(theta))
        arrays = (ctypes.c_void_p(a.ctypes.data) for a in (theta, g, before))
        alpha = sgd_hd(ctypes.c_size_t(2), *arrays, ctypes.c_double(alpha), ctypes.c_double(1e-3))
        rates.append(alpha)
    trace = descend(fit, sgd, hypergradient(0.01, 1e-3), 60)
    np.testing.assert_allclose(rates, trace.lr, rtol=1e-12)
    np.testing.assert_allclose(theta, trace.theta[-1], rtol=1e-12)
