"""Lesson 14's adapters for JAX and Keras, run as they stand in its text, and their silent traps.

The blocks are read from "In practice". What the text says of them is measured; a line that no
longer holds stops with an error.
"""

import os
import pathlib
import re
import sys

os.environ["KERAS_BACKEND"] = "jax"
import jax
import keras
import nbformat
import numpy as np
import optax
from common import table

from lrlib import adam, descend, letters, one_cycle
from lrlib.problems import Fit, mlp, sharpness

LESSON = pathlib.Path(__file__).resolve().parents[2] / "notebooks" / "14_own_model.ipynb"


def blocks() -> dict:
    """The names that the text's two blocks define."""
    prose = "\n".join(c.source for c in nbformat.read(LESSON, 4).cells if c.cell_type == "markdown")
    section = re.search(r"^## In practice\n(.*?)(?=^## |\Z)", prose, re.S | re.M)[1]
    found: dict = {}
    for block in re.findall(r"```python\n(.*?)```", section, re.S):
        exec(block, found)
    return found


def cost(z, y):
    return (jax.nn.logsumexp(z, -1) - jax.numpy.take_along_axis(z, y[:, None], -1)[:, 0]).mean()


def dense(params, X):
    return jax.nn.relu(X @ params["W1"] + params["b1"]) @ params["W2"] + params["b2"]


def keras_model(*middle):
    keras.utils.set_random_seed(0)
    inner = [keras.layers.Dense(32, activation="relu"), *middle, keras.layers.Dense(10)]
    return keras.Sequential([keras.Input((196,)), *inner])


def main() -> None:
    it, data, rows = blocks(), letters(size=14), []
    X, y = np.array(data.X_train), np.array(data.y_train)

    def check(what: str, value: float, low: float, high: float) -> None:
        if not low <= value <= high:
            sys.exit(f"{what}: {value:.3g} is not from {low:g} to {high:g}")
        rows.append([what, f"{value:.1g}", f"{low:g} to {high:g}"])

    ours = mlp(X, y, [196, 32, 10], batch_size=64)
    params = {layer.name: layer.of(ours.theta0) for layer in ours.layers}
    start = np.concatenate([params[name].ravel() for name in sorted(params)])

    def sorted_as_here(theta):
        """JAX goes through a dictionary by its sorted names."""
        return np.concatenate([np.ravel(layer.of(theta)) for layer in sorted(ours.layers)])

    model = it["Jax"](dense, params, cost)
    check("JAX, start", np.abs(model.theta0 - start).max(), 0, 0)
    there = Fit(model, X, y, model.theta0, 64)
    g = ours.grad(ours.theta0, 3)
    apart = np.abs(there.grad(there.theta0, 3) - sorted_as_here(g)).max()
    check("JAX, gradient beside lrlib's own network", apart, 0, 1e-6)
    few = slice(0, 500)
    L = [sharpness(Fit(m, X[few], y[few], m0), m0) for m, m0 in
         ((ours.model, ours.theta0), (model, model.theta0))]  # fmt: skip
    check("JAX, curvature beside it, relative", abs(L[1] / L[0] - 1), 0, 1e-3)
    rates = np.float32([1e-3, 1e-2])
    ends = [descend(p, adam, rates, 20, keep="last").loss[-1] for p in (ours, there)]
    check(
        "JAX, a sweep of two rates, loss after 20 steps", np.abs(ends[0] - ends[1]).max(), 0, 1e-4
    )
    doubled = model.loss(model.theta0.astype(float), X[few].astype(float), y[few])
    check("JAX, bytes of a loss in double precision", doubled.dtype.itemsize, 4, 4)
    shapes = optax.cosine_onecycle_schedule(375, 0.01), one_cycle(0.01, 375)
    gap = max(abs(float(shapes[0](t)) - shapes[1](t)) for t in range(375))
    check("optax.cosine_onecycle_schedule beside one_cycle", gap, 1e-6, 1e-3)

    plain = it["Keras"](keras_model(), cost)
    net = keras_model()
    out = np.asarray(net(X[few]))
    apart = np.abs(plain.outputs(plain.theta0, X[few]) - out).max()
    check("Keras, outputs beside the model's own", apart, 0, 1e-5)
    drop = it["Keras"](keras_model(keras.layers.Dropout(0.5)), cost)
    losses = [drop.loss(drop.theta0, X[few], y[few]) for _ in range(3)]
    check("Keras, Dropout: three calls differ by", np.ptp(losses), 0, 0)
    gone = drop.loss(drop.theta0, X[few], y[few]) - plain.loss(plain.theta0, X[few], y[few])
    check("Keras, Dropout: it does drop", abs(float(gone)), 1e-4, 10)
    normed = keras_model(keras.layers.BatchNormalization())
    numpy = keras.ops.convert_to_numpy
    before = [numpy(v) for v in normed.non_trainable_variables]
    batch = it["Keras"](normed, cost)
    fit = Fit(batch, X, y, batch.theta0, 64)
    descend(fit, adam, 0.01, 50, keep="last")
    moved = max(np.abs(numpy(v) - b).max() for v, b in
                zip(normed.non_trainable_variables, before, strict=True))  # fmt: skip
    check("Keras, BatchNormalization: moving averages moved by", moved, 0, 0)
    print("## 6. The adapters of lesson 14 for JAX and Keras\n")
    print(table(["what", "measured", "must be"], rows))


if __name__ == "__main__":
    main()
