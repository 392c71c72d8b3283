"""What lesson 13 measures, held to other ways to compute it."""

import numpy as np
import pytest

from lrlib import descend, schedule_free
from lrlib.frontier import curve_net, schedule_free_error
from lrlib.problems import quadratic, sharpness


def test_the_network_s_gradient_and_hessian_are_those_of_its_loss():
    net = curve_net(seed=3, hidden=4, points=7)
    theta = net.theta0 + 0.1
    H = np.array([net.hvp(theta, v) for v in np.eye(theta.size)])
    np.testing.assert_allclose(H, H.T, atol=1e-12)
    step = 1e-5
    for k in (0, 5, theta.size - 1):
        e = step * np.eye(theta.size)[k]
        slope = (net.loss(theta + e) - net.loss(theta - e)) / (2 * step)
        np.testing.assert_allclose(net.grad(theta)[k], slope, rtol=1e-6, atol=1e-10)
        bend = (net.grad(theta + e) - net.grad(theta - e)) / (2 * step)
        np.testing.assert_allclose(H[k], bend, rtol=1e-5, atol=1e-8)
    np.testing.assert_allclose(sharpness(net, theta), np.linalg.eigvalsh(H)[-1], rtol=1e-3)


def test_a_sweep_is_the_single_run():
    net = curve_net()
    swept = descend(net, lr=np.array([0.1, 0.2]), steps=20)
    single = descend(net, lr=0.2, steps=20)
    np.testing.assert_allclose(swept.theta[:, 1], single.theta, rtol=1e-9)


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.75, 0.9])
def test_the_law_of_schedule_free(beta):
    """T times the error is within 1 % of c^2 / (2 c - 1), c = 1 / (1 - beta), for any rate."""
    c, T = 1 / (1 - beta), 30_000
    for lr, start in ((1.0, 1.0), (0.3, 4.0)):
        error = schedule_free_error(beta, lr, T, start=start)[-1]
        assert abs(T * error / (c**2 / (2 * c - 1)) - 1) < 0.01


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.75])
def test_the_start_is_forgotten_as_a_power_of_the_step(beta):
    """Without noise the error falls as t^-c: its square, from 5,000 to 10,000, by 2^(-2 c)."""
    error = schedule_free_error(beta, 0.5, 10_000, noise=1e-300)
    assert abs(np.log2(error[4999] / error[-1]) * (1 - beta) / 2 - 1) < 0.01


def test_the_exact_error_is_that_of_many_runs():
    copies, lr, beta, steps = 4000, 0.5, 0.8, 60
    problem = quadratic([1.0] * copies, [1.0] * copies, noise=1.0, seed=1)
    trace = descend(problem, schedule_free, lr, steps, beta=beta, keep="last")
    x = trace.theta - lr * (1 - beta) * trace.state.w
    exact = schedule_free_error(beta, lr, steps)[-1]
    assert abs((x**2).mean() / exact - 1) < 0.1


@pytest.mark.parametrize(
    ("wrong", "message"),
    [({"beta": 1.0}, "^beta"), ({"lr": 0.0}, "^lr"), ({"steps": 0}, "^steps"), ({"h": -1}, "^h")],
)
def test_bad_arguments_are_named(wrong, message):
    with pytest.raises(ValueError, match=message):
        schedule_free_error(**{"beta": 0.5, "lr": 1.0, "steps": 5, **wrong})
    with pytest.raises(ValueError, match=r"^hidden"):
        curve_net(hidden=0.5)
