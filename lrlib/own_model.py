"""Lesson 14: a network of PyTorch is asked twice; what the stored runs of one say.

Nothing here imports PyTorch. Runs are tuned by held-out loss and judged on the test letters.
"""

import copy
from collections.abc import Callable
from typing import Any

import numpy as np

from .range_readings import kept, lowest, steepest
from .stored_runs import OwnModelRuns

Array = np.ndarray
MOMENTUM = 0.9
DEFAULT, ALL = "Adam at 0.001: 1 run", "all of these: 42 runs"
WRITES = "use GroupNorm, BatchNorm with track_running_stats=False, or net.eval()"
DRAWS = "set Dropout's p to 0, or net.eval()"


def ask_twice(net: Any, loss: Callable[[Any], Any]) -> None:
    """Refuse a network whose loss is no function of its weights and the batch alone.

    ``loss(net)`` is called twice with a copy of ``net``, a torch.nn.Module. Returns nothing.
    Raises ValueError, which names what the call changed (BatchNorm), or the layers that draw
    numbers (Dropout) when the two losses differ.

    >>> class Dice:
    ...     named_buffers = named_modules = lambda self: [("", self)][:0]
    >>> ask_twice(Dice(), lambda net: np.random.rand())
    Traceback (most recent call last):
    ValueError: net: two calls, two losses; set Dropout's p to 0, or net.eval()
    """
    asked = copy.deepcopy(net)
    losses = [np.asarray(loss(asked)) for _ in range(2)]
    for (name, now), (_, was) in zip(asked.named_buffers(), net.named_buffers(), strict=True):
        if not np.array_equal(now.numpy(), was.numpy()):
            raise ValueError(f"{name}: changes when the net is called; {WRITES}")
    if not np.array_equal(*losses, equal_nan=True):
        layers = [name for name, layer in net.named_modules() if "Drop" in type(layer).__name__]
        raise ValueError(f"{', '.join(layers) or 'net'}: two calls, two losses; {DRAWS}")


def medians(runs: OwnModelRuns, kernel: str) -> tuple[float | None, dict[str, float]]:
    """Over the seeds, the limit 2 (1 + momentum) / L and the readings of the range test.

    Returns (limit, None for Adam; rate by name of the reading).

    >>> from lrlib.stored_runs import own_model_runs
    >>> medians(own_model_runs(), "Adam")[0] is None
    True
    """
    k = runs.kernels.index(kernel)
    curves = [kept(runs.ramp_rates[k], losses) for losses in runs.ramp_losses[:, k]]
    found = {
        "lowest / 10": float(np.median([lowest(*curve) for curve in curves])) / 10,
        "steepest": float(np.median([steepest(*curve) for curve in curves])),
    }
    limit = float(2 * (1 + MOMENTUM) / np.median(runs.curvature))
    return (limit if kernel == "momentum" else None), found


def readings(runs: OwnModelRuns) -> list[list]:
    """For each kernel its name, the limit, the readings of the range test, the best rate of all.

    Returns rows for `table`.

    >>> from lrlib.stored_runs import own_model_runs
    >>> [row[:2] for row in readings(own_model_runs())[1:]]
    [['Adam', 'none']]
    """
    rows = []
    for name in runs.kernels:
        limit, found = medians(runs, name)
        rows.append([name, limit or "none", *found.values(), np.median(best_rates(runs, name))])
    return rows


def falls(runs: OwnModelRuns, seed: int) -> dict[str, tuple[Array, Array]]:
    """Gradient descent of one seed: steps and loss by the rate in units of 2/L; finite runs.

    Returns lines for `plots.curves`.

    >>> from lrlib.stored_runs import own_model_runs
    >>> list(falls(own_model_runs(), 0))[:2]
    ['0.25 of 2/L', '0.5 of 2/L']
    """
    pairs = zip(runs.multiples, runs.full_batch[seed], strict=True)
    return {f"{c:g} of 2/L": (np.arange(len(x)), x) for c, x in pairs if np.isfinite(x).all()}


def at_lowest(loss: Array, score: Array) -> Array:
    """The score of the setting whose loss is lowest; nan is never lowest. Both (seeds, settings).

    Returns (seeds,).

    >>> at_lowest(np.array([[2.0, 1.0, np.nan]]), np.array([[80, 90, 10]])).tolist()
    [90]
    """
    best = np.nan_to_num(loss, nan=np.inf).argmin(-1)
    return np.take_along_axis(score, best[:, None], -1)[:, 0]


def best_rates(runs: OwnModelRuns, kernel: str) -> Array:
    """The constant rate with the lowest held-out loss at the end. Returns (10 seeds,).

    >>> from lrlib.stored_runs import own_model_runs
    >>> best_rates(own_model_runs(), "Adam").shape
    (10,)
    """
    k = runs.kernels.index(kernel)
    return runs.rates[k][np.nan_to_num(runs.heldout[:, k, :, -1], nan=np.inf).argmin(-1)]


def results(runs: OwnModelRuns) -> dict[str, Array]:
    """Test accuracy in % of ways to choose, each by held-out loss, seed by seed.

    Returns (10 seeds,) for each; the number of runs that it took stands in the name.

    >>> from lrlib.stored_runs import own_model_runs
    >>> list(results(own_model_runs()))[0]
    'Adam at 0.001: 1 run'
    """
    default = int(np.abs(runs.rates[1] - 1e-3).argmin())
    found: dict[str, Any] = {DEFAULT: runs.accuracy[:, 1, default, 1]}
    ways = {}
    for k, name in enumerate(runs.kernels):
        for plan, what in ((None, "constant"), (0, "line to 0"), (1, "one cycle")):
            if plan is None:
                pair = runs.heldout[:, k, :, -1], runs.accuracy[:, k, :, 1]
            else:
                pair = runs.planned[:, k, plan, :, 0], runs.planned[:, k, plan, :, 2]
            ways[f"{name}, {what}: {pair[0].shape[-1]} runs"] = pair
    ways[ALL] = tuple(np.concatenate(part, -1) for part in zip(*ways.values(), strict=True))
    return found | {name: at_lowest(*pair) for name, pair in ways.items()}
