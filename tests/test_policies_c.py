"""policies.c against the policies in NumPy, and the C program of lesson 10 against both."""

import ctypes
import re
import shutil
import subprocess
from pathlib import Path

import nbformat
import numpy as np
import pytest

import lrlib
from lrlib import bold_driver, descend, error_driven, polyak
from lrlib.problems import bowl, valley

SOURCE = Path(lrlib.__file__).with_name("policies.c")
LESSON = Path(__file__).parents[1] / "notebooks" / "10_error_sets_the_rate.ipynb"
COMPILER = next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), None)
FLAGS = ["-std=c99", "-pedantic-errors", "-Wall", "-Wextra", "-Werror", "-O2"]
C = ctypes.c_double

pytestmark = pytest.mark.skipif(COMPILER is None, reason="no C compiler found (cc, gcc or clang)")


def compiled(source: Path, target: Path, *flags: str) -> Path:
    command = [str(COMPILER), *FLAGS, *flags, "-o", str(target), str(source), "-lm"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return target


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    target = tmp_path_factory.mktemp("c") / "policies.so"
    loaded = ctypes.CDLL(str(compiled(SOURCE, target, "-shared", "-fPIC")))
    for name in ("error_driven", "polyak", "bold_driver"):
        getattr(loaded, name).restype = C
    return loaded


def in_c(rate, steps=60, problem=None):
    """Gradient descent whose rates come from C."""
    problem = problem or valley()
    theta, rates = problem.theta0, []
    for _ in range(steps):
        g = problem.grad(theta)
        rates.append(rate(theta, g, problem.loss))
        theta = theta - rates[-1] * g
    return np.array(rates)


@pytest.mark.parametrize(("k", "power"), [(0.01, 1.0), (0.05, 0.5), (0.002, 2.0), (0.1, 0.0)])
def test_error_driven(library, k, power):
    def rate(theta, g, loss):
        return library.error_driven(C(loss(theta)), C(k), C(power))

    np.testing.assert_allclose(
        in_c(rate), descend(valley(), lr=error_driven(k, power), steps=60).lr
    )


@pytest.mark.parametrize(("f_min", "cap"), [(0.0, np.inf), (0.0, 0.2), (3.0, np.inf)])
def test_polyak(library, f_min, cap):
    def rate(theta, g, loss):
        where = g.ctypes.data_as(ctypes.c_void_p)
        return library.polyak(ctypes.c_size_t(len(g)), where, C(loss(theta)), C(f_min), C(cap))

    theirs = descend(valley(), lr=polyak(f_min, cap=cap), steps=12).lr
    np.testing.assert_allclose(in_c(rate, 12), theirs, rtol=1e-9)
    assert rate(np.zeros(2), np.zeros(2), lambda theta: 0.25) == min(0.25 - f_min, cap)


@pytest.mark.parametrize(("up", "down"), [(1.05, 0.5), (1.2, 0.7)])
def test_bold_driver(library, up, down):
    alpha = C(0.01)

    def rate(theta, g, loss):
        trial = C(loss(theta - alpha.value * g))
        return library.bold_driver(ctypes.byref(alpha), C(loss(theta)), trial, C(up), C(down))

    driver = bold_driver(0.01, up, down, loss=valley().loss)
    np.testing.assert_allclose(in_c(rate, 120), descend(valley(), lr=driver, steps=120).lr)
    alpha.value = 0.5
    rejected = library.bold_driver(ctypes.byref(alpha), C(1.0), C(np.nan), C(up), C(down))
    assert (rejected, alpha.value) == (0.0, 0.5 * down)


def program() -> str:
    text = "\n".join(cell.source for cell in nbformat.read(LESSON, 4).cells)
    (block,) = re.findall(r"```c\n(.*?)```", text, re.DOTALL)
    return block


def test_the_lesson_shows_the_tested_functions():
    functions = re.findall(r"^double .*?^\}", SOURCE.read_text(), re.MULTILINE | re.DOTALL)
    assert len(functions) == 3
    for function in functions:
        assert function in program()


def test_the_lessons_program_prints_what_lrlib_computes(tmp_path):
    source = tmp_path / "error.c"
    source.write_text(program())
    said = subprocess.run([compiled(source, tmp_path / "error")], capture_output=True, text=True)
    a, b, c, stays = map(float, said.stdout.split())
    assert a == pytest.approx(descend(bowl(), lr=error_driven(0.15), steps=400).theta[-1, 0])
    assert b == pytest.approx(5 / 2.0**400)
    driver = descend(bowl(), lr=bold_driver(0.001, loss=bowl().loss), steps=400)
    assert stays == (driver.lr == 0).sum()
    assert c == pytest.approx(driver.theta[-1, 0])
