"""What the figures of lesson 06 draw and say is what was computed."""

import numpy as np
import pytest

from lrlib import adam, descend
from lrlib.problems import quadratic
from lrlib.views.effective_steps import effective_steps
from lrlib.views.method_comparison import rate_sweeps, seed_ranking


@pytest.mark.parametrize(
    "changed",
    [{}, {"bias_correction": False}, {"lr": 0.01, "beta1": 0.0, "noise": 1.0}, {"rotation": 90.0}],
)
def test_lines_are_the_steps_over_the_rate_and_the_loss(changed):
    view = effective_steps(steps=40)
    values = {name: control.value for name, control in view.controls.items()} | changed
    view.update(**values)
    lr, noise, turned = (values.pop(name) for name in ("lr", "noise", "rotation"))
    problem = quadratic([0.2, 4.0], [-5.0, -2.0], noise=noise, rotation=turned)
    start = [2.0, -5.0] if turned else problem.theta0  # a quarter turn of (-5, -2)
    trace = descend(problem, adam, lr, 40, theta0=start, **values)
    names = ("path", "loss", "weight 1", "weight 2")
    path, loss, first, second = (view.moving[name] for name in names)
    np.testing.assert_allclose(np.stack(path.get_data(), -1), trace.theta, atol=1e-12)
    np.testing.assert_allclose(loss.get_ydata(), trace.loss, atol=1e-12)
    taken = np.abs(trace.theta[1:] - trace.theta[:-1]) / trace.lr[:, None]
    for line, y in zip((first, second), taken.T, strict=True):
        np.testing.assert_allclose(line.get_ydata(), np.maximum(y, 1e-12), rtol=1e-9, atol=1e-12)


def test_sentence_tells_the_failure():
    view = effective_steps()
    values = {name: control.value for name, control in view.controls.items()}
    assert "rose to" not in view.update(**values)
    assert "the loss rose to 1.92e3 times its start" in view.update(**values | {"lr": 100.0})


def test_twins_of_the_race():
    scores = {"task": {"A": np.array([70.0, 72.0, 74.0]), "B": np.array([80.0, 81.0, 82.0])}}
    said = seed_ranking(scores, "accuracy, %", "own best").sentence
    assert "A 72 (spread 4), B 81 (spread 2)" in said
    said = rate_sweeps([0.1, 0.2, 0.3], scores, "accuracy, %", [0.2]).sentence
    assert "A 0.3, B 0.3" in said
