"""Muon against Optax's recordings, and what makes it Muon."""

import json
from pathlib import Path

import numpy as np
import pytest

from lrlib import adam, descend, muon
from lrlib.fits import Layer, mlp
from lrlib.kernels import orthogonalized

RECORDED = json.loads((Path(__file__).with_name("golden") / "muon.json").read_text())


def one_matrix(shape, **knobs):
    return muon([Layer("W", slice(0, shape[0] * shape[1]), shape)], **knobs)


@pytest.mark.parametrize("case", RECORDED, ids=lambda case: str(case["params"]))
def test_it_is_optax_s(case):
    """All six recorded settings, to 1e-12."""
    params, gradients = dict(case["params"]), np.array(case["gradients"])
    lr, decay = params.pop("learning_rate"), params.pop("weight_decay", 0.0)
    start = np.array(case["start"])
    trace = descend(
        lambda theta, t: gradients[t].ravel(),
        one_matrix(start.shape, **params),
        lr,
        len(gradients),
        theta0=start.ravel(),
        weight_decay=decay,
    )
    for step, there in zip(case["steps"], case["matrices"], strict=True):
        np.testing.assert_allclose(trace.theta[step], np.ravel(there), rtol=1e-12, atol=1e-13)


def test_singular_values_become_about_one_whatever_their_size():
    rng = np.random.default_rng(0)
    U, V = (np.linalg.qr(rng.standard_normal((6, 6)))[0] for _ in range(2))
    for size in (1e-3, 1.0, 1e6):
        M = size * U @ np.diag([1.0, 0.7, 0.5, 0.3, 0.2, 0.1]) @ V
        values = np.linalg.svd(orthogonalized(M))[1]
        assert 0.65 < values.min() and values.max() < 1.25
        np.testing.assert_allclose(
            orthogonalized(M[:, :4]), np.swapaxes(orthogonalized(M[:, :4].T), 0, 1), atol=1e-12
        )


def test_it_turns_with_the_problem_and_has_no_unit():
    rng = np.random.default_rng(1)
    turn = np.linalg.qr(rng.standard_normal((3, 3)))[0]
    kernel, gradients = one_matrix((3, 3)), rng.standard_normal((4, 3, 3))
    state = turned = None
    for g in gradients:
        u, state = kernel(g.ravel(), state)
        u2, turned = kernel(100 * (g @ turn).ravel(), turned)
        np.testing.assert_allclose(u2.reshape(3, 3), u.reshape(3, 3) @ turn, atol=1e-6)


def test_what_is_no_matrix_gets_adam():
    problem = mlp(np.random.default_rng(2).standard_normal((20, 4)), [0, 1] * 10, [4, 3, 2])
    biases = [layer.part for layer in problem.layers if len(layer.shape) == 1]
    g = problem.grad(problem.theta0, 0)
    u, _ = muon(problem.layers, adam_scale=0.5)(g)
    for part in biases:
        np.testing.assert_array_equal(u[part], 0.5 * adam(g)[0][part])
    assert len(biases) == 2


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_row_of_a_sweep_is_the_single_run_and_types_are_kept(dtype):
    rng = np.random.default_rng(3)
    X, y = rng.standard_normal((40, 4)).astype(dtype), np.arange(40) % 3
    problem = mlp(X, y, [4, 5, 3], batch_size=8)
    kernel = muon(problem.layers)
    swept = descend(problem, kernel, np.array([0.01, 0.1]), 10)
    assert swept.theta.dtype == dtype
    for k, lr in enumerate((0.01, 0.1)):
        single = descend(problem, kernel, lr, 10)
        rtol = 1e-3 if dtype is np.float32 else 1e-9
        np.testing.assert_allclose(swept.theta[:, k], single.theta, rtol=rtol, atol=rtol)


def test_inputs_are_left_alone():
    kernel, g = one_matrix((2, 2)), np.array([1.0, -2.0, 3.0, 0.5])
    g.flags.writeable = False
    _, state = kernel(g)
    state.m.flags.writeable = False
    again = kernel(g, state)[0]
    np.testing.assert_array_equal(kernel(g, state)[0], again)
    assert np.isfinite(kernel(np.zeros(4))[0]).all()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"layers": [3]}, r"^layers: has 3"),
        ({"beta": 1.0}, r"^beta = 1.0"),
        ({"nesterov": 2}, r"^nesterov = 2"),
        ({"adam_scale": -1.0}, r"^adam_scale = -1.0"),
    ],
)
def test_bad_arguments_are_named(wrong, message):
    layers = wrong.pop("layers", [Layer("W", slice(0, 4), (2, 2))])
    with pytest.raises(ValueError, match=message):
        muon(layers, **wrong)
