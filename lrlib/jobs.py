"""One training run told in numbers, and many of them on any machines.

    job = Job(lr=0.1, seed=3)
    score(job)                            here
    for result in sweep(executor, jobs):  on the processes of any concurrent.futures executor
        print(result.done, "of", result.total, result.job, result.value)

A job is a tuple of numbers and its score depends on nothing else. So it may run anywhere, in any
order, and again when a machine dies.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, as_completed
from typing import Any, NamedTuple

from .datasets import letters
from .fits import Fit, mlp, softmax
from .loop import descend

# What a cluster on this machine alone needs: no door to the network, no dashboard, a free port, and
# no word about a worker that was lost
LOOPBACK: dict[str, Any] = {
    "host": "127.0.0.1",
    "dashboard_address": "127.0.0.1:0",
    "scheduler_kwargs": {"dashboard": False},
    "silence_logs": logging.CRITICAL,
}


class Job(NamedTuple):
    """One training run on the letters of 14 x 14 pixels, plain SGD from a seeded start."""

    lr: float
    seed: int = 0  # of the first weights and of the order of the minibatches
    steps: int = 300
    batch_size: int = 128
    hidden: tuple[int, ...] = ()  # units of the hidden layers; none: softmax regression


class Result(NamedTuple):
    """What came back from one job."""

    job: Any
    value: Any  # what the job's function returned; None if it raised
    error: str  # "" or the job with its numbers, and why it failed
    done: int  # how many jobs have come back by now
    total: int


def score(job: Job) -> float:
    """Held-out loss after the job's run, in nats; inf or nan where it diverged.

    Importable, so that a process started anew finds it; a function of the job's numbers alone.
    Raises ValueError for numbers that `mlp` or `descend` refuse.

    >>> round(score(Job(lr=0.1, steps=10)), 2)
    1.72
    """
    data = letters(size=14)
    problem = _problem(job.batch_size, job.hidden, job.seed)
    # the gradient alone: no loss at every step, and no threads of our own beside the executor's
    run = descend(problem.grad, lr=job.lr, steps=job.steps, theta0=problem.theta0, keep="last")
    return float(problem.loss(run.theta, data.X_heldout, data.y_heldout))


def _problem(batch_size: int, hidden: tuple[int, ...], seed: int) -> Fit:
    data = letters(size=14)
    X, y = data.X_train, data.y_train
    if not hidden:
        return softmax(X, y, 10, batch_size=batch_size, seed=seed)
    return mlp(X, y, (X.shape[1], *hidden, 10), batch_size=batch_size, seed=seed)


def sweep(
    executor: Executor, jobs: Iterable[Any], function: Callable[[Any], Any] = score
) -> Iterator[Result]:
    """Send every job to the executor and yield a `Result` for each, in the order they come back.

    ``executor`` is any that has ``submit``: a ProcessPoolExecutor, or `get_executor()` of a
    dask.distributed client. ``function(job)`` must be importable where it runs.
    A job that raises, or whose process is lost for good, yields a Result with an ``error`` that
    names the job; the others go on. Leave the loop early and what has not begun is cancelled.
    Raises ValueError for an executor without ``submit``.

    >>> from concurrent.futures import ThreadPoolExecutor
    >>> with ThreadPoolExecutor(1) as pool:
    ...     [result.value for result in sweep(pool, [1, 2], function=float)]
    [1.0, 2.0]
    """
    if not callable(getattr(executor, "submit", None)):
        raise ValueError(
            f"executor = {executor!r}: must have submit(function, job), as a ProcessPoolExecutor"
        )
    return _results(executor, list(jobs), function)


def _results(
    executor: Executor, jobs: list[Any], function: Callable[[Any], Any]
) -> Iterator[Result]:
    futures = {_submitted(executor, function, job): job for job in jobs}
    try:
        for done, future in enumerate(as_completed(futures), 1):
            job, value, said = futures[future], None, ""
            try:
                value = future.result()
            except Exception as error:
                said = f"{job}: {type(error).__name__}: {error}"
            yield Result(job, value, said, done, len(jobs))
    finally:
        for future in futures:
            future.cancel()


def _submitted(executor: Executor, function: Callable[[Any], Any], job: Any) -> Future:
    """The job's future; a failed one where the executor no longer takes any."""
    try:
        return executor.submit(function, job)
    except Exception as error:
        future: Future = Future()
        future.set_exception(error)
        return future
