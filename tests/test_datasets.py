"""The data: shapes, known statistics, and what happens when a file is missing or damaged."""

import hashlib
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest

from lrlib import datasets

READERS = {
    "penguins.csv": datasets.penguins,
    "auto_mpg.csv": datasets.auto_mpg,
    "letters.npz": datasets.letters,
    "glosses.tsv.gz": datasets.glosses,
    "breast_cancer.csv.gz": datasets.breast_cancer,
    "co2.csv": datasets.co2,
    "nile.csv": datasets.nile,
}


def arrays(data):
    for x in data:
        if isinstance(x, np.ndarray):
            yield x
        elif isinstance(x, datasets.Texts):
            yield from x


def curvatures(X):
    """Eigenvalues of the Hessian of half the mean squared error of a linear model with a bias."""
    A = np.column_stack([X, np.ones(len(X))])
    return np.linalg.eigvalsh(A.T @ A / len(A))


def standardised(X):
    return (X - X.mean(0)) / X.std(0)


# What the sets are


def test_penguins():
    p = datasets.penguins()
    assert p.flipper_mm.shape == p.mass_kg.shape == p.species.shape == (333,)
    species, count = np.unique(p.species, return_counts=True)
    assert dict(zip(species, count, strict=True)) == {"Adelie": 146, "Chinstrap": 68, "Gentoo": 119}
    slope, start = np.polyfit(p.flipper_mm, p.mass_kg, 1)
    assert start == pytest.approx(-5.87209, abs=1e-5) and slope == pytest.approx(
        0.0501533, abs=1e-7
    )
    mse = np.mean((p.mass_kg - start - slope * p.flipper_mm) ** 2)
    assert mse == pytest.approx(0.153790, abs=1e-6)
    assert 1 - mse / p.mass_kg.var() == pytest.approx(0.762092, abs=1e-6)


def test_penguins_units_shape_the_valley():
    mm = datasets.penguins().flipper_mm
    raw = curvatures(mm)
    assert raw[-1] == pytest.approx(4.0585e4, rel=1e-4)
    assert raw[-1] / raw[0] == pytest.approx(8.41e6, rel=1e-3)
    assert curvatures(mm / 100)[-1] == pytest.approx(5.05, abs=0.01)  # decimetres
    assert curvatures(standardised(mm)) == pytest.approx([1, 1])


def test_auto_mpg():
    X, y, names, units, *_ = datasets.auto_mpg()
    assert X.shape == (392, 6) and y.shape == (392,) and len(names) == len(units) == 6
    assert dict(zip(names, X[0], strict=True)) == {
        "cylinders": 8,
        "displacement": 307,
        "power": 130,
        "weight": 3504,
        "acceleration": 12,
        "model year": 70,
    }
    assert y[0] == 18 and y.mean() == pytest.approx(23.4459, abs=1e-4)
    assert X.std(0).min() == pytest.approx(1.70, abs=0.01)
    assert X.std(0).max() == pytest.approx(848.3, abs=0.1)
    raw, scaled = curvatures(X), curvatures(standardised(X))
    assert raw[-1] / raw[0] == pytest.approx(7.28e9, rel=1e-3)
    assert scaled[-1] / scaled[0] == pytest.approx(117.03, rel=1e-4)


def test_letters():
    data = datasets.letters()
    for split, n in (("train", 8060), ("heldout", 1420), ("test", 2370)):
        X, y = getattr(data, f"X_{split}"), getattr(data, f"y_{split}")
        assert X.shape == (n, 784) and X.dtype == np.float32 and y.shape == (n,)
        assert X.min() == -0.5 and X.max() == 0.5
        assert (np.bincount(y) == n // 10).all()
        levels = np.unique(X) * 15 + 7.5
        assert len(levels) == 16 and levels == pytest.approx(np.arange(16), abs=1e-4)
    assert data.names == tuple("ABCDEFGHIJ")


@pytest.mark.parametrize(("size", "block"), [(14, 2), (7, 4)])
def test_smaller_letters_are_means_of_blocks(size, block):
    small, whole = datasets.letters(size=size), datasets.letters()
    assert datasets.letters(size=28) is whole
    for name in ("X_train", "X_heldout", "X_test"):
        a, b = getattr(small, name), getattr(whole, name)
        assert a.shape == (len(b), size * size) and a.dtype == np.float32
        first = b[5].reshape(28, 28)[block : 2 * block, :block].mean()  # row 1, column 0
        assert a[5, size] == pytest.approx(first, abs=1e-6)
        np.testing.assert_allclose(a.mean(1), b.mean(1), atol=1e-6)
        with pytest.raises(ValueError, match="read-only"):
            a[0, 0] = 0
    assert np.array_equal(small.y_train, whole.y_train)


@pytest.mark.parametrize("size", [0, 13, 28.0, "14", None, [14], True, np.array([14, 7]), np.nan])
def test_no_other_size_of_letters(size):
    with pytest.raises(ValueError, match=r"^size = .*28, 14 or 7"):
        datasets.letters(size=size)


def test_letters_are_what_their_labels_say():
    """The nearest of ten mean letters reads most test letters, and most of every kind."""
    data = datasets.letters()
    mean = np.stack([data.X_train[data.y_train == k].mean(0) for k in range(10)])
    guess = ((data.X_test[:, None, :] - mean) ** 2).sum(-1).argmin(-1)
    right = np.array([(guess[data.y_test == k] == k).mean() for k in range(10)])
    assert right.min() > 0.5 and right.mean() > 0.7


def test_letters_fonts_lists_every_face():
    _, faces = datasets._table("letters_fonts.csv")
    for split, n in (("train", 806), ("heldout", 142), ("test", 237)):
        rows = faces[faces[:, 0] == split]
        assert rows[:, 1].tolist() == [str(i) for i in range(n)]
    assert (faces[:, [2, 4, 5, 6, 7]] != "").all()  # family, package, version, licence, file
    for column in (2, 8):  # no family and no group in two splits
        where = {}
        for row in faces:
            assert where.setdefault(row[column], row[0]) == row[0]


def test_glosses():
    data = datasets.glosses()
    assert len(data.vocabulary) == len(set(data.vocabulary)) == len(data.counts) == 4858
    assert data.counts.min() == 3 and (np.diff(data.counts) <= 0).all()
    assert data.vocabulary[:4] == ("a", "of", "the", "and") and data.counts[0] == 5533
    assert (np.bincount(data.train.indices) == data.counts).all()
    for texts, n in ((data.train, 10_000), (data.test, 2_800), (data.heldout, 1_500)):
        assert texts.indptr.shape == (n + 1,) and texts.y.shape == (n,)
        assert texts.indices.dtype == texts.indptr.dtype == np.int32
        assert texts.indptr[0] == 0 and texts.indptr[-1] == len(texts.indices)
        assert np.unique(texts.y).tolist() == list(range(8))
        for a, b in zip(texts.indptr, texts.indptr[1:], strict=False):
            assert (np.diff(texts.indices[a:b]) > 0).all()
    # The first lines of the file: "a system that converts sunlight into heat", artifact; ...
    words = [data.vocabulary[i] for i in data.train.indices[: data.train.indptr[1]]]
    assert {"a", "system", "that", "into", "heat"} <= set(words) and len(words) <= 7
    assert data.names[data.train.y[0]] == "artifact"


def test_glosses_fit_and_heldout_are_train():
    train, _, fit, heldout = datasets.glosses()[:4]
    assert len(fit.y) == 8_500
    for name in ("indices", "y"):
        joined = np.concatenate([getattr(fit, name), getattr(heldout, name)])
        assert np.array_equal(joined, getattr(train, name))
    lengths = np.concatenate([np.diff(fit.indptr), np.diff(heldout.indptr)])
    assert np.array_equal(lengths, np.diff(train.indptr))


def test_co2():
    data = datasets.co2()
    assert data.year.shape == data.ppm.shape == data.date.shape == (2225,)
    assert str(data.date[0]) == "1958-03-29" and str(data.date[-1]) == "2001-12-29"
    assert data.year[0] == pytest.approx(1958 + 87 / 365)
    weeks = np.diff(data.date).astype(int) / 7
    assert (weeks == weeks.round()).all() and weeks.sum() == 2283  # 59 of 2,284 are missing
    assert np.diff(data.year) == pytest.approx(weeks * 7 / 365.25, rel=0.003)
    assert data.ppm[[0, -1]].tolist() == [316.1, 371.5]
    assert data.ppm.min() == 313.0 and data.ppm.max() == 373.9


def test_nile():
    year, volume, *_ = datasets.nile()
    assert year.tolist() == list(range(1871, 1971))
    assert volume.mean() == pytest.approx(919.35)
    assert volume[year < 1899].mean() == pytest.approx(1097.75)
    assert volume[year >= 1899].mean() == pytest.approx(849.972, abs=1e-3)


def test_breast_cancer():
    X, y, names, units, *_ = datasets.breast_cancer()
    assert X.shape == (569, 30) and len(names) == len(units) == 30
    assert names[0] == "mean radius" and names[-1] == "worst fractal dimension"
    assert np.bincount(y).tolist() == [212, 357]
    assert X[:, 0].mean() == pytest.approx(14.1273, abs=1e-4)
    assert X[y == 0, 0].mean() > X[y == 1, 0].mean()  # malignant ones are larger
    assert X[:, 3].max() == 2501


@pytest.mark.parametrize("read", READERS.values(), ids=lambda f: f.__name__)
def test_every_set(read):
    data = read()
    assert read() is data
    assert all(isinstance(name, str) and name for name in data.names)
    assert data.source and data.licence
    for a in arrays(data):
        assert a.dtype.kind in "UM" or np.isfinite(a).all()
        with pytest.raises(ValueError, match="read-only"):
            a[...] = a[0]


# The files


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A copy of the data that a test may damage, with nothing read yet."""
    files = (*READERS, "letters_fonts.csv", "SHA256SUMS")
    for name in files:
        shutil.copy(datasets.DATA / name, tmp_path)
    monkeypatch.setattr(datasets, "DATA", tmp_path)
    datasets._forget()
    yield tmp_path
    datasets._forget()


@pytest.mark.parametrize("name", READERS)
def test_flipped_byte(copy, name):
    file = copy / name
    right = file.read_bytes()
    READERS[name]()
    datasets._forget()
    middle = len(right) // 2
    file.write_bytes(right[:middle] + bytes([right[middle] ^ 1]) + right[middle + 1 :])
    with pytest.raises(ValueError, match=re.escape(name)) as error:
        READERS[name]()
    assert "damaged" in str(error.value) and remedy(name) in str(error.value)
    file.write_bytes(right)  # restored: it reads again
    READERS[name]()


@pytest.mark.parametrize("name", READERS)
def test_missing_file(copy, name):
    (copy / name).unlink()
    with pytest.raises(FileNotFoundError, match=re.escape(name)) as error:
        READERS[name]()
    assert "missing" in str(error.value) and remedy(name) in str(error.value)


def remedy(name):
    """The command of the message, which must name a script that exists."""
    script = f"data/build/{name.split('.')[0]}.py"
    assert (datasets.Path(datasets.__file__).parents[1] / script).is_file()
    return f"git checkout -- data/{name} data/SHA256SUMS (or rebuild it: python {script})"


def test_missing_checksums(copy):
    (copy / "SHA256SUMS").unlink()
    with pytest.raises(FileNotFoundError, match="SHA256SUMS: missing") as error:
        datasets.nile()
    assert remedy("nile.csv") in str(error.value)


def test_checksum_of_another_file_does_not_do(copy):
    shutil.copy(copy / "nile.csv", copy / "co2.csv")
    with pytest.raises(ValueError, match=re.escape("co2.csv: damaged")):
        datasets.co2()


def test_every_file_has_its_checksum():
    sums = dict(line.split()[::-1] for line in (datasets.DATA / "SHA256SUMS").open())
    scripts = (datasets.DATA / "build").glob("*_runs.py")
    stored = {f"{script.stem}.npz" for script in scripts}  # training runs have tests of their own
    assert set(sums) == {*READERS, "letters_fonts.csv", *stored}
    for name, sha in sums.items():
        assert hashlib.sha256((datasets.DATA / name).read_bytes()).hexdigest() == sha, name


def test_readme_tells_every_set():
    text = (datasets.DATA / "README.md").read_text(encoding="utf-8")
    for name, read in READERS.items():
        assert f"| `{read.__name__}()` | `{name}` |" in text
        section = text.split(f"\n## {read.__name__}\n")[1].split("\n## ")[0]
        for heading in ("Origin", "Licence", "Shape and units", "Shows", "Rebuild"):
            assert f"\n- {heading}: " in section, (read.__name__, heading)
    notice = (datasets.DATA / "LICENSES" / "WordNet-3.0.txt").read_text(encoding="utf-8")
    assert "WordNet 3.0 Copyright 2006 by Princeton University." in notice
    assert "AS IS" in notice and "LICENSEE agrees to preserve same" in " ".join(notice.split())


def test_no_network():
    """Every reader works in a process that may open no socket."""
    code = """
import socket
def no(*args, **kwargs): raise AssertionError("a socket was opened")
socket.socket = socket.create_connection = socket.getaddrinfo = no
from lrlib import datasets as d
for read in (d.penguins, d.auto_mpg, d.letters, d.glosses, d.breast_cancer, d.co2, d.nile): read()
print("read")
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert run.stdout == "read\n", run.stderr
