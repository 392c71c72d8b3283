"""Rebuild data/tuning_runs.npz: the training runs lesson 11 looks at. Ten minutes of CPU.

python data/build/tuning_runs.py

Made with Python 3.11, NumPy 2.4.6 and its OpenBLAS on one thread (OPENBLAS_NUM_THREADS=1). On the
same machine every byte comes out the same. Another processor adds in another order: see the card
in data/README.md for how far its numbers may be off.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from lrlib import adam, descend, letters, rmsprop, sgd
from lrlib.problems import mlp

OUT = Path(__file__).parents[1] / "tuning_runs.npz"
SEEDS = 10

# The learner's network, scaled: its rates, and how many seeds
LEARNER = (196, 128, 64, 32, 10)
LEARNER_RATES = np.array([0.003, 0.01, 0.03, 0.1, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 4.0])
LEARNER_SEEDS, LEARNER_STEPS, EQUAL = 24, 625, 3  # EQUAL: the place of rate 0.1
MORE_RATES, MORE_SEEDS = np.array([0.1, 0.13, 0.3, 0.5]), range(24, 224)

# A small network: 25 rates by 7 decays
SMALL = (196, 64, 32, 10)
RATES, DECAYS = np.logspace(-3, 0.6, 25), np.logspace(-3, 0, 7)  # decay = last rate / first
CHECKPOINTS, STEPS = (25, 50, 100, 200, 400), 400


def scores(problem: Any, theta: np.ndarray) -> np.ndarray:
    """Held-out loss, held-out and test accuracy of every model: (3, *sweep)."""
    data = letters(size=14)
    with np.errstate(all="ignore"):
        return np.stack(
            [
                problem.loss(theta, data.X_heldout, data.y_heldout),
                problem.accuracy(theta, data.X_heldout, data.y_heldout),
                problem.accuracy(theta, data.X_test, data.y_test),
            ]
        )


def trained(seed: int, at: np.ndarray) -> tuple[Any, np.ndarray]:
    """The learner's network of a seed, and its parameters after training at these rates."""
    data = letters(size=14)
    problem = mlp(data.X_train, data.y_train, LEARNER, batch_size=128, seed=seed)

    def rates(t):
        return at * 0.96 ** (t / 3000)

    start = problem.theta0
    return problem, descend(
        problem.grad, sgd, rates, LEARNER_STEPS, theta0=start, keep="last"
    ).theta


def more(seed: int) -> np.ndarray:
    """One of many seeds of the learner's network at MORE_RATES: scores (3, 4)."""
    return scores(*trained(seed, MORE_RATES))


def learner(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """One seed of the learner's network at LEARNER_RATES: scores (3, 11), and which test letters
    the model of rate 0.1 reads right (2370,)."""
    data = letters(size=14)
    problem, theta = trained(seed, LEARNER_RATES)
    right = problem.outputs(theta[EQUAL], data.X_test).argmax(-1) == data.y_test
    return scores(problem, theta), right


def table(seed: int, rates: np.ndarray, decays: np.ndarray) -> np.ndarray:
    """One seed of the small network at pairs of rate and decay, both (K,): scores at the
    checkpoints, (5, 3, K). Row k does not depend on the others, to rounding."""
    data = letters(size=14)
    problem = mlp(data.X_train, data.y_train, SMALL, batch_size=128, seed=seed)
    theta, done, out = problem.theta0, 0, []
    for step in CHECKPOINTS:
        theta = descend(
            problem.grad,
            sgd,
            lambda t: rates * decays ** (t / STEPS),
            step - done,
            theta0=theta,
            t0=done,
            keep="last",
        ).theta
        done = step
        out.append(scores(problem, theta))
    return np.stack(out)


def truncated_normal(rng: np.random.Generator, n: int) -> np.ndarray:
    """n normal numbers, those beyond 2 drawn again, as TensorFlow 1 does."""
    z = rng.standard_normal(2 * n + 100)
    return z[np.abs(z) < 2][:n]


def dropout_grad(problem: Any, theta: np.ndarray, t: int, keep: float) -> np.ndarray:
    """The gradient of minibatch t where every hidden unit is kept, for every letter, with
    probability ``keep``, and what is kept is divided by it (inverted dropout)."""
    X, y = problem.batch(t)
    weights, draw = problem.model.weights(theta), np.random.default_rng([problem.seed, 7, t])
    a, masks = [X], []
    for W, b in weights[:-1]:
        kept = draw.random((len(y), b.shape[-1]), dtype=np.float32) < keep
        masks.append(kept / np.float32(keep))
        a.append(np.maximum(a[-1] @ W + b, 0) * masks[-1])
    W, b = weights[-1]
    z = a[-1] @ W + b
    delta = np.exp(z - z.max(-1, keepdims=True))
    delta /= delta.sum(-1, keepdims=True)
    delta[..., np.arange(len(y)), y] -= 1
    delta /= len(y)
    g = np.empty_like(theta)
    for k in reversed(range(len(weights))):
        w, b = problem.model.parts[k]
        g[..., w] = (np.swapaxes(a[k], -1, -2) @ delta).reshape(*theta.shape[:-1], -1)
        g[..., b] = delta.sum(-2)
        if k:
            delta = (delta @ np.swapaxes(weights[k][0], -1, -2)) * (a[k] > 0) * masks[k - 1]
    return g


def as_the_learner(seed: int, keep: float = 0.75) -> np.ndarray:
    """One seed of `learner` as the learner had it: a truncated normal start, and dropout on the
    hidden layers: scores (3, 11)."""
    data = letters(size=14)
    problem = mlp(data.X_train, data.y_train, LEARNER, batch_size=128, seed=seed)
    start, rng = problem.theta0.copy(), np.random.default_rng([seed, 99])
    for (weights, _), (m, n) in zip(problem.model.parts, problem.model.shapes, strict=True):
        start[weights] = truncated_normal(rng, m * n) * np.sqrt(2 / m)

    def grad(theta, t):
        return dropout_grad(problem, theta, t, keep)

    def rates(t):
        return LEARNER_RATES * 0.96 ** (t / 3000)

    theta = descend(grad, sgd, rates, LEARNER_STEPS, theta0=start, keep="last").theta
    return scores(problem, theta)


class Setting(NamedTuple):
    """What one row of the table of influences trains."""

    name: str
    low: float = -1.8  # the rates tried are 10^low, 10^(low + 0.2), ..., 10^(low + 2.4),
    default: float = 0.01  # and the library's default: Keras's here
    hidden: tuple[int, ...] = (32,)
    steps: int = 300
    batch_size: int = 64
    activation: str = "relu"
    kernel: Callable = sgd
    weight_decay: float = 0.0
    momentum: float = 0.0

    @property
    def rates(self) -> np.ndarray:
        return np.append(10 ** (self.low + 0.2 * np.arange(13)), self.default)


SETTINGS = (
    Setting("base: 32 hidden, ReLU, SGD, 300 steps of 64"),
    Setting("75 steps", steps=75),
    Setting("1,200 steps", steps=1200),
    Setting("batch 4", -2.6, batch_size=4),
    Setting("batch 16", -2.2, batch_size=16),
    Setting("batch 256", batch_size=256),
    Setting("no hidden layer", -1.0, hidden=()),
    Setting("128 hidden", hidden=(128,)),
    Setting("32-32-32 hidden", hidden=(32, 32, 32)),
    Setting("tanh", activation="tanh"),
    Setting("sigmoid", -1.0, activation="sigmoid"),
    Setting("weight decay 0.001", weight_decay=0.001),
    Setting("weight decay 0.01", weight_decay=0.01),
    Setting("momentum 0.9", -2.8, momentum=0.9),
    Setting("RMSprop", -4.2, 0.001, kernel=rmsprop),
    Setting("Adam", -3.4, 0.001, kernel=adam),
)


def influence(setting: Setting, seed: int) -> np.ndarray:
    """One seed of one setting at its 14 rates: scores (3, 14)."""
    data = letters(size=14)
    layers = (196, *setting.hidden, 10)
    problem = mlp(
        data.X_train,
        data.y_train,
        layers,
        batch_size=setting.batch_size,
        activation=setting.activation,
        seed=seed,
    )
    hyper = {"momentum": setting.momentum} if setting.momentum else {}
    run = descend(
        problem.grad,
        setting.kernel,
        setting.rates,
        setting.steps,
        theta0=problem.theta0,
        weight_decay=setting.weight_decay,
        keep="last",
        **hyper,
    )
    return scores(problem, run.theta)


def main() -> None:
    A, B = (x.ravel() for x in np.meshgrid(RATES, DECAYS, indexing="ij"))
    grid = np.stack([table(seed, A, B) for seed in range(SEEDS)])
    runs, right = zip(*(learner(seed) for seed in range(LEARNER_SEEDS)), strict=True)
    rows = [[influence(setting, seed) for seed in range(SEEDS)] for setting in SETTINGS]
    own = [as_the_learner(seed) for seed in range(SEEDS)]
    many = np.stack([more(seed) for seed in MORE_SEEDS])
    store(np.stack(runs), np.stack(right), np.stack(own), grid, np.array(rows), many)


def store(runs, right, own, grid, rows, many) -> None:
    """Write the file: what was measured, and what it was measured at."""
    with np.errstate(over="ignore"):  # a loss above 65,504 is stored as inf
        table = grid.reshape(SEEDS, len(CHECKPOINTS), 3, 25, 7).astype(np.float16)
    np.savez_compressed(
        OUT,
        learner_rates=LEARNER_RATES,
        learner=runs.astype(np.float32),
        right=np.packbits(right, axis=1),
        learner_dropout=own.astype(np.float32),
        more_rates=MORE_RATES,
        more=many.astype(np.float32),
        rates=RATES,
        decays=DECAYS,
        checkpoints=np.array(CHECKPOINTS),
        table=table,
        settings=np.array([setting.name for setting in SETTINGS]),
        setting_rates=np.stack([setting.rates for setting in SETTINGS]),
        influence=rows.astype(np.float32),
    )
    print(hashlib.sha256(OUT.read_bytes()).hexdigest(), "", OUT.name)


if __name__ == "__main__":
    main()
