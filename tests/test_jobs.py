"""A sweep loses no job, changes no bit and leaves no process, wherever it runs."""

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from distributed import Client, LocalCluster

from lrlib.jobs import LOOPBACK, Job, score, sweep

JOBS = [Job(lr, seed, steps=20) for lr in (0.1, 1.0, 1e30) for seed in (0, 1)]


def root(x: float) -> float:
    if x < 0:
        raise ValueError("must not be negative")
    return x**0.5


def dies_once(job: tuple[str, int]) -> int:
    """Kills the process it runs in, the first time it is called for job 3."""
    folder, k = job
    mark = Path(folder) / "dead"
    if k == 3 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return k * k


def slow(job: tuple[str, int]) -> int:
    folder, k = job
    (Path(folder) / str(k)).touch()
    time.sleep(0.05)
    return k


def mine() -> set[int]:
    """Processes started from here, without multiprocessing's own helper, which stays."""
    kept = "resource_tracker"
    children = psutil.Process().children(recursive=True)
    return {child.pid for child in children if kept not in " ".join(child.cmdline())}


def listening() -> set[tuple[str, int]]:
    return {tuple(c.laddr) for c in psutil.Process().net_connections() if c.status == "LISTEN"}


@pytest.fixture(scope="module")
def client() -> Iterator[Client]:
    """Two worker processes of dask.distributed; afterwards no process and no port is left."""
    before, ports = mine(), listening()
    workers = {"n_workers": 2, "threads_per_worker": 1}
    with (
        LocalCluster(**workers, **LOOPBACK) as cluster,
        Client(cluster) as client,
    ):
        assert all(address == "127.0.0.1" for address, _ in listening() - ports)
        yield client
    assert mine() == before
    assert listening() == ports


def bits(executor: Executor) -> dict[Job, str]:
    return {r.job: float(r.value).hex() for r in sweep(executor, JOBS)}


@pytest.fixture(scope="module")
def loop() -> dict[Job, str]:
    return {job: score(job).hex() for job in JOBS}


def test_the_cluster_gives_the_bits_of_the_loop(client: Client, loop: dict[Job, str]) -> None:
    assert bits(client.get_executor()) == loop


def test_the_address_of_a_cluster_that_is_there_will_do(client: Client) -> None:
    """As README says it for other machines."""
    with Client(client.scheduler.address, set_as_default=False) as visitor:
        assert visitor.cluster is None
        results = list(sweep(visitor.get_executor(), [4.0, 9.0], root))
    assert {r.job: r.value for r in results} == {4: 2, 9: 3}


def test_processes_started_anew_give_the_bits_of_the_loop(loop: dict[Job, str]) -> None:
    before = mine()
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert bits(pool) == loop
    assert mine() == before


def test_a_worker_killed_in_the_middle_loses_nothing(client: Client, tmp_path: Path) -> None:
    pids = set(client.run(os.getpid).values())
    jobs = [(str(tmp_path), k) for k in range(8)]
    results = list(sweep(client.get_executor(), jobs, dies_once))
    assert (tmp_path / "dead").exists()
    assert sorted((r.job[1], r.value, r.error) for r in results) == [
        (k, k * k, "") for k in range(8)
    ]
    client.wait_for_workers(2, timeout=20)
    assert len(pids & set(client.run(os.getpid).values())) == 1  # one of them is new


def test_a_pool_whose_process_is_killed_names_every_job_it_lost(tmp_path: Path) -> None:
    jobs = [(str(tmp_path), k) for k in range(8)]
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        results = list(sweep(pool, jobs, dies_once))
    assert sorted(r.job for r in results) == jobs
    lost = [r for r in results if r.error]
    assert {r.job[1] for r in lost} >= {3, 7}
    assert all("BrokenProcessPool" in r.error and str(r.job) in r.error for r in lost)


def test_a_job_that_raises_is_told_once_and_the_rest_arrive(client: Client) -> None:
    jobs = [4.0, -9.0, 16.0, 25.0]
    for executor in (client.get_executor(), ThreadPoolExecutor(2)):
        with executor:
            results = list(sweep(executor, jobs, root))
        assert sorted(r.job for r in results) == sorted(jobs)
        assert {r.job: r.value for r in results if not r.error} == {4: 2, 16: 4, 25: 5}
        assert [r.error for r in results if r.error] == ["-9.0: ValueError: must not be negative"]


def test_a_refused_job_is_told_with_all_its_numbers(client: Client) -> None:
    jobs = [Job(0.1, steps=1), Job(0.1, steps=1, batch_size=0)]
    results = list(sweep(client.get_executor(), jobs))
    (error,) = [r.error for r in results if r.error]
    assert error.startswith(f"{jobs[1]}: ValueError: batch_size = 0")


def test_results_are_counted_as_they_come() -> None:
    with ThreadPoolExecutor(1) as pool:
        assert [r[3:] for r in sweep(pool, [1, 2, 3], float)] == [(1, 3), (2, 3), (3, 3)]
        assert list(sweep(pool, [])) == []


def test_leaving_early_cancels_what_has_not_begun(tmp_path: Path) -> None:
    with ThreadPoolExecutor(1) as pool:
        for _result in sweep(pool, [(str(tmp_path), k) for k in range(20)], slow):
            break
        del _result
    assert len(list(tmp_path.iterdir())) < 5


def test_an_executor_that_takes_no_more_is_told_for_every_job() -> None:
    pool = ThreadPoolExecutor(1)
    pool.shutdown()
    results = list(sweep(pool, [1, 2], float))
    assert sorted(r.job for r in results) == [1, 2]
    assert all("shutdown" in r.error for r in results)


def test_a_future_that_was_cancelled_is_told() -> None:
    class Cancels:
        def submit(self, function, job):
            future = Future()
            future.cancel()
            future.set_running_or_notify_cancel()
            return future

    (result,) = sweep(Cancels(), [7], float)
    assert result.error.startswith("7: CancelledError")


def test_what_is_no_executor_is_refused() -> None:
    with pytest.raises(ValueError, match="executor = 3: must have submit"):
        sweep(3, [Job(0.1)])


def test_a_score_depends_on_the_numbers_alone() -> None:
    job = Job(0.3, seed=1, steps=10, hidden=(16,))
    first = score(job)
    score(Job(0.3, seed=2, steps=10))
    assert score(job) == first
    others = [job._replace(lr=0.2), job._replace(seed=2), job._replace(steps=11)]
    others += [job._replace(batch_size=64), job._replace(hidden=(17,))]
    assert first not in [score(other) for other in others]
