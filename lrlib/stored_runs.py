"""Training runs that take minutes, made once by scripts in data/build, for lessons 11, 12 and 14.

Like the real sets they are checked against data/SHA256SUMS, and data/README.md tells how far the
numbers of another processor may be off. The arrays are read-only; a run that diverged has a loss of
inf or nan.
"""

import io
from functools import cache
from typing import NamedTuple

import numpy as np

from .datasets import _fixed, _read

Array = np.ndarray
Strings = tuple[str, ...]


def _stored(name: str, words: Strings) -> dict[str, Array | Strings]:
    """The arrays of a file by name, those of ``words`` as tuples of text."""
    with np.load(io.BytesIO(_read(name))) as file:
        arrays = {key: file[key] for key in file.files}
    texts = {key: tuple(map(str, arrays.pop(key))) for key in words}
    return {key: _fixed(a, a.dtype) for key, a in arrays.items()} | texts


class TuningRuns(NamedTuple):
    """Scores stand in the order held-out loss, held-out accuracy, test accuracy."""

    learner_rates: Array  # (11,)
    learner: Array  # (24 seeds, 3 scores, 11) a network 196-128-64-32-10, 625 steps of 128
    right: Array  # (24 seeds, 2370) which test letters the model of rate 0.1 reads right
    learner_dropout: Array  # (10 seeds, 3 scores, 11) with dropout and a truncated normal start
    more_rates: Array  # (4,)
    more: Array  # (200 other seeds, 3 scores, 4) of the learner's network
    rates: Array  # (25,) first rates of a network 196-64-32-10, 400 steps of 128
    decays: Array  # (7,) last rate / first rate
    checkpoints: Array  # (5,) steps
    table: Array  # (10 seeds, 5 checkpoints, 3 scores, 25, 7)
    settings: Strings  # 16 of them: a base, and what was changed in it
    setting_rates: Array  # (16, 14) 13 rates and the library's default
    influence: Array  # (16, 10 seeds, 3 scores, 14)


@cache
def tuning_runs() -> TuningRuns:
    """Lesson 11: scores over rates, decays, seeds and settings."""
    stored = _stored("tuning_runs.npz", ("settings",))
    stored["right"] = _fixed(np.unpackbits(stored["right"], axis=1, count=2370), bool)
    return TuningRuns(**stored)


class IdealRateRuns(NamedTuple):
    branch_rates: Array  # (21,)
    horizons: Array  # (6,) steps after the branch
    branches: Array  # (3,) steps before it
    cases: Strings  # 3 problems
    horizon: Array  # (3 cases, 3 branches, 10 orders, 6 horizons, 21) log of the held-out loss
    surface_rates: Array  # (19,)
    surface_steps: Array  # (10,)
    surface: Array  # (20 starts, 10 steps, 19) held-out accuracy of a network 196-32-16-10
    families: Strings  # 6 families of C loss^q (1 + t)^p (1 - t/T)^s
    search: Array  # (6 families, 10 searches, 9) C, q, p, s; loss where chosen; 4 fresh losses
    powers: Array  # (6,) values of s
    power_rates: Array  # (2 problems, 10) values of C
    power_losses: Array  # (2 problems, 10 orders, 10 C, 6 s) held-out loss
    tasks: Strings  # 5 tasks
    transfer: Array  # (5 tasks, 10 orders, 8) test loss: families, tuned constant, tuned line
    fitted: Array  # (10 seeds, 4) R2 of the curve; held-out loss: curve, network, best constant


@cache
def ideal_rate_runs() -> IdealRateRuns:
    """Lesson 12: runs cut and continued, a surface over rates and steps, searches, transfer."""
    return IdealRateRuns(**_stored("ideal_rate_runs.npz", ("cases", "families", "tasks")))


class OwnModelRuns(NamedTuple):
    """A convolutional network of PyTorch, 375 steps of 64 letters, 10 seeds."""

    kernels: Strings  # "momentum" (0.9) and "Adam"
    rates: Array  # (2 kernels, 13)
    steps: Array  # (16,) 0, 25, ..., 375
    heldout: Array  # (10 seeds, 2 kernels, 13 rates, 16 steps) held-out loss at a constant rate
    accuracy: Array  # (10, 2, 13, 2) in % at the end, held-out and test
    tops: Array  # (2 kernels, 4) first or highest rates of plans that fall
    planned: Array  # (10, 2, 2 plans, 4 tops, 3) line and one cycle: held-out loss, the two in %
    ramp_rates: Array  # (2, 125) of range tests
    ramp_losses: Array  # (10, 2, 125) loss of each batch before its step
    curvature: Array  # (10,) L at the start, on 1,000 letters
    multiples: Array  # (6,) of 2 / L
    full_batch: Array  # (10, 6, 41) loss of gradient descent on these letters


@cache
def own_model_runs() -> OwnModelRuns:
    """Lesson 14: rates, range tests and schedules of one network."""
    return OwnModelRuns(**_stored("own_model_runs.npz", ("kernels",)))
