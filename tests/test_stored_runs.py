"""Stored training runs: whole, described, and what their scripts make anew."""

import hashlib
import importlib.util
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from lrlib import datasets
from lrlib.problems import mlp
from lrlib.stored_runs import ideal_rate_runs, tuning_runs

READERS = {"tuning_runs.npz": tuning_runs, "ideal_rate_runs.npz": ideal_rate_runs}


STORED = sorted(f"{path.stem}.npz" for path in (datasets.DATA / "build").glob("*_runs.py"))


def script(name: str) -> ModuleType:
    """The build script as a module; it runs nothing when imported."""
    spec = importlib.util.spec_from_file_location(name, datasets.DATA / "build" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def tuning() -> ModuleType:
    return script("tuning_runs")


@pytest.fixture(scope="module")
def ideal() -> ModuleType:
    return script("ideal_rate_runs")


# What is stored


def test_shapes_and_what_they_were_measured_at(tuning: ModuleType) -> None:
    runs = tuning_runs()
    assert runs.learner.shape == (24, 3, 11) and runs.right.shape == (24, 2370)
    assert runs.learner_dropout.shape == (10, 3, 11)
    assert runs.more.shape == (200, 3, 4) and runs.more_rates.tolist() == [0.1, 0.13, 0.3, 0.5]
    assert runs.table.shape == (10, 5, 3, 25, 7)
    assert runs.influence.shape == (16, 10, 3, 14) and runs.setting_rates.shape == (16, 14)
    np.testing.assert_allclose(runs.learner_rates, tuning.LEARNER_RATES, rtol=1e-14)
    np.testing.assert_allclose(runs.rates, tuning.RATES, rtol=1e-14)
    np.testing.assert_allclose(runs.decays, tuning.DECAYS, rtol=1e-14)
    assert runs.checkpoints.tolist() == list(tuning.CHECKPOINTS)
    assert runs.settings == tuple(setting.name for setting in tuning.SETTINGS)
    read = runs.right.mean(1)  # what rate 0.1 reads right is its stored test accuracy
    np.testing.assert_allclose(read, runs.learner[:, 2, tuning.EQUAL], rtol=1e-6)


def test_shapes_of_the_runs_for_the_ideal_rate(ideal: ModuleType) -> None:
    runs = ideal_rate_runs()
    assert runs.horizon.shape == (3, 3, 10, 6, 21) and runs.surface.shape == (20, 10, 19)
    assert runs.search.shape == (6, 10, 9) and runs.power_losses.shape == (2, 10, 10, 6)
    assert runs.transfer.shape == (5, 10, 8) and runs.fitted.shape == (10, 4)
    assert runs.families == tuple(ideal.FAMILIES) and runs.tasks == ideal.TASKS
    np.testing.assert_allclose(runs.branch_rates, ideal.BRANCH_RATES, rtol=1e-14)
    np.testing.assert_allclose(runs.power_rates, list(ideal.GRID_RATES.values()), rtol=1e-14)


@pytest.mark.parametrize("name", READERS)
def test_runs_are_read_once_and_cannot_be_written_to(name: str) -> None:
    runs = READERS[name]()
    assert READERS[name]() is runs
    for value in runs:
        if isinstance(value, np.ndarray):
            with pytest.raises(ValueError, match="read-only"):
                value[...] = value[0]


@pytest.mark.parametrize("name", STORED)
def test_every_file_of_runs_has_a_checksum_a_card_and_a_script(name: str) -> None:
    sums = dict(line.split()[::-1] for line in (datasets.DATA / "SHA256SUMS").open())
    assert hashlib.sha256((datasets.DATA / name).read_bytes()).hexdigest() == sums[name]
    text = (datasets.DATA / "README.md").read_text(encoding="utf-8")
    stem = name.removesuffix(".npz")
    assert f"| `{stem}()` | `{name}` |" in text
    card = text.split(f"\n## {stem}\n")[1].split("\n## ")[0]
    for heading in ("Origin", "Licence", "Holds", "How exact"):
        assert f"\n- {heading}: " in card
    assert f"python data/build/{stem}.py" in card


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for name in (*READERS, "SHA256SUMS"):
        shutil.copy(datasets.DATA / name, tmp_path)
    monkeypatch.setattr(datasets, "DATA", tmp_path)
    for read in READERS.values():
        read.cache_clear()
    yield tmp_path
    for read in READERS.values():
        read.cache_clear()


@pytest.mark.parametrize("name", READERS)
def test_a_damaged_or_missing_file_is_told_with_its_remedy(copy: Path, name: str) -> None:
    remedy = f"python data/build/{name.removesuffix('.npz')}.py"
    data = bytearray((copy / name).read_bytes())
    data[len(data) // 2] ^= 1
    (copy / name).write_bytes(data)
    with pytest.raises(ValueError, match=f"{name}: damaged.*{remedy}"):
        READERS[name]()
    (copy / name).unlink()
    with pytest.raises(FileNotFoundError, match=f"{name}: missing.*{remedy}"):
        READERS[name]()


# What the scripts make anew: some rows, to the tolerance of the cards


def test_a_row_of_the_many_seeds(tuning: ModuleType) -> None:
    made, stored = tuning.more(tuning.MORE_SEEDS[7]), tuning_runs().more[7]
    np.testing.assert_allclose(made[0, :2], stored[0, :2], atol=0.01)  # 0.1 and 0.13: far below
    np.testing.assert_allclose(made[1:, :2], stored[1:, :2], atol=0.02)


def test_rows_of_the_table_of_rates_and_decays(tuning: ModuleType) -> None:
    i, j = [6, 12, 15], [6, 3, 0]  # rates 0.008 to 0.18, from no decay to the strongest
    seed = 4
    made = tuning.table(seed, tuning.RATES[i], tuning.DECAYS[j])
    stored = tuning_runs().table[seed][:, :, i, j].astype(float)
    np.testing.assert_allclose(made[:, 0], stored[:, 0], atol=0.01)
    np.testing.assert_allclose(made[:, 1:], stored[:, 1:], atol=0.01)


@pytest.mark.parametrize("name", ["75 steps", "no hidden layer"])
def test_rows_of_the_table_of_influences(tuning: ModuleType, name: str) -> None:
    k, seed = tuning_runs().settings.index(name), 7
    made, stored = tuning.influence(tuning.SETTINGS[k], seed), tuning_runs().influence[k, seed]
    calm = tuning.SETTINGS[k].rates < 0.5
    assert calm.sum() > 4
    np.testing.assert_allclose(made[:, calm], stored[:, calm], atol=0.01)


def test_a_truncated_normal_start_has_no_number_beyond_two(tuning: ModuleType) -> None:
    z = tuning.truncated_normal(np.random.default_rng(0), 200_000)
    assert len(z) == 200_000 and np.abs(z).max() < 2
    assert z.std() == pytest.approx(0.8796, abs=0.003)


def test_dropout_has_the_gradient_of_what_it_keeps(tuning: ModuleType) -> None:
    """With every unit kept it is the plain gradient; else it repeats, differs from it, and has its
    mean where the logits are near 0."""
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((40, 6)).astype(np.float32), rng.integers(0, 3, 40)
    problem = mlp(X, y, (6, 8, 5, 3), batch_size=20, seed=1)
    two = np.stack([problem.theta0, 0.5 * problem.theta0])
    whole = tuning.dropout_grad(problem, two, 3, 1.0)
    np.testing.assert_allclose(whole, problem.grad(two, 3), atol=1e-6)
    some = tuning.dropout_grad(problem, two, 3, 0.5)
    np.testing.assert_array_equal(some, tuning.dropout_grad(problem, two, 3, 0.5))
    assert np.abs(some - whole).max() > 0.01
    out = slice(problem.theta0.size - 3, None)  # the last biases see the logits alone
    draws = [tuning.dropout_grad(problem, 1e-4 * two, t, 0.5)[..., out] for t in range(200)]
    plain = [problem.grad(1e-4 * two, t)[..., out] for t in range(200)]
    np.testing.assert_allclose(np.mean(draws, 0), np.mean(plain, 0), atol=1e-3)


def test_a_run_cut_and_continued(ideal: ModuleType) -> None:
    made = ideal.after_branch((), 128, 0.5, seed=2, branch=50, horizons=(1, 3, 10))
    np.testing.assert_allclose(made, ideal_rate_runs().horizon[0, 1, 2, :3], atol=0.002)


def test_the_grid_of_powers(ideal: ModuleType) -> None:
    made, calm = ideal.powers("softmax", 5), slice(8)  # at larger rates rounding decides
    stored = ideal_rate_runs().power_losses[0, 5]
    assert made.shape == stored.shape
    np.testing.assert_allclose(made[calm], stored[calm], atol=0.002)


def test_a_row_of_the_transfer(ideal: ModuleType) -> None:
    runs, seed = ideal_rate_runs(), 3
    made = ideal.transfer("tumours", runs.search[:, seed, :4], seed)
    np.testing.assert_allclose(made, runs.transfer[3, seed], atol=0.002)
