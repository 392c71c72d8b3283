"""The figures of lesson 07 show the rates used, and the limits they mark are those of the runs."""

import re
import shutil
import subprocess

import nbformat
import numpy as np
import pytest
import refresh

from lrlib import descend, plots, problems, schedules, sgd
from lrlib.views.cycles_past_limit import MODES, break_even, cycles_past_limit
from lrlib.views.schedule_shapes import schedule_shapes

VALLEY = problems.quadratic([0.2, 4.0], [-5.0, -2.0])


@pytest.mark.parametrize("mode", MODES)
def test_cycles_draws_the_rate_used_and_the_product_that_is_measured(mode):
    view = cycles_past_limit(VALLEY, steps=96)
    values = {"base_lr": 0.05, "max_lr": 0.9, "step_size": 8, "mode": mode, "noise": 0.0}
    plots.still(view, **values)
    names = ("rate", "loss", "product", "error")
    used, loss, product, error = (view.moving[name] for name in names)
    trace = descend(VALLEY, sgd, MODES[mode](0.05, 0.9, 8), 96)
    np.testing.assert_array_equal(used.get_ydata(), trace.lr)
    np.testing.assert_allclose(loss.get_ydata(), trace.loss / trace.loss[0])
    np.testing.assert_allclose(error.get_ydata(), np.abs(trace.theta[:, 1] / 2))
    np.testing.assert_allclose(product.get_ydata(), error.get_ydata(), rtol=1e-6)


def test_noise_leaves_the_line_of_the_product_and_the_sentence_says_how_much():
    view = cycles_past_limit(VALLEY, steps=96)
    values = {"base_lr": 0.05, "max_lr": 0.9, "step_size": 8, "mode": "triangular"}
    said = view.update(**values, noise=1e-2)
    assert "noise = 0.01" in said
    apart = view.moving["error"].get_ydata() / view.moving["product"].get_ydata()
    assert apart[1] == pytest.approx(1, abs=0.1) and apart.max() > 10


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("step_size", [4, 8, 25])
def test_a_cycle_shrinks_the_error_below_break_even_and_grows_it_above(mode, step_size):
    peak = break_even(MODES[mode], 4.0, 0.1, step_size)
    for factor, grows in ((0.995, False), (1.005, True)):
        lr = MODES[mode](0.1, factor * peak, step_size)
        theta = descend(problems.quadratic([4.0]), sgd, lr, 2 * step_size).theta
        assert (abs(theta[-1, 0]) > 1) == grows


def test_break_even_of_a_slow_triangle_is_the_closed_form():
    top = break_even(schedules.triangular, 2.0, 0.0, 20_000)
    assert (2 * top - 1) * (np.log(2 * top - 1) - 1) == pytest.approx(1, abs=2e-3)
    assert np.isnan(break_even(schedules.triangular, 2.0, 1.1, 8))  # base above the limit


def test_cycles_says_when_it_diverges_and_when_it_does_not():
    view = cycles_past_limit(VALLEY)
    assert "diverging" in plots.still(view, max_lr=1.6).sentence
    assert "of its start" in plots.still(cycles_past_limit(VALLEY), max_lr=0.9).sentence


def test_shapes_draws_the_rates_that_descend_uses():
    wave = schedules.triangular2(0.1, 1.0, 20)
    used = descend(VALLEY, sgd, wave, 60).lr
    said = schedule_shapes({"triangular2": ("", wave)}, 60).sentence
    assert f"highest {used.max():.3g} at step {used.argmax()}" in said
    assert f"{used[-1]:.3g} at step 59" in said


def test_the_listing_in_c_is_the_triangle(tmp_path):
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("no C compiler")
    lesson = refresh.NOTEBOOKS / "07_cyclic_rates.ipynb"
    words = "\n".join(cell.source for cell in nbformat.read(lesson, 4).cells)
    (code,) = re.findall(r"```c\n(.*?)```", words, re.DOTALL)
    main = (
        '#include <stdio.h>\nint main(void) { for (long t = 0; t < 100; t++) printf("%.17g\\n",'
        " triangular(0.1, 0.5, 20, t)); return 0; }\n"
    )
    (tmp_path / "t.c").write_text(code + main)
    options = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic"]
    subprocess.run([compiler, *options, "t.c", "-o", "t", "-lm"], cwd=tmp_path, check=True)
    said = subprocess.run([tmp_path / "t"], capture_output=True, text=True, check=True).stdout
    expected = schedules.triangular(0.1, 0.5, 20)(np.arange(100))
    np.testing.assert_allclose([float(x) for x in said.split()], expected, rtol=1e-12)


def test_below_zero_at_the_limit_is_not_enough_for_a_short_cycle() -> None:
    """Lesson 07: the mean of the logarithm counts for every curvature."""
    curvatures, lr = np.array([0.5, 0.9, 1.0]), schedules.triangular(0.0, 3 * 2.0, 6)
    means = np.log(np.abs(1 - lr(np.arange(12))[:, None] * curvatures)).mean(0)
    assert means[2] < 0 < means[1]
    loss = descend(problems.quadratic(curvatures), sgd, lr, 240).loss
    assert loss[-1] > 1e10 * loss[0]
