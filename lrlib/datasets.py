"""Readers of the real sets in data/. Its README tells origin, licence and use of each.

A reader returns a NamedTuple: arrays, then ``names`` with their ``units``, ``source``, ``licence``.
It reads once and checks the file against data/SHA256SUMS; the arrays are read-only. Raises
FileNotFoundError for a missing file and ValueError for a damaged one, naming it and the remedy.
"""

import csv
import gzip
import hashlib
import io
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray
Strings = tuple[str, ...]
ROOT = Path(__file__).resolve().parents[1]
INSTALLED = Path(__file__).resolve().parent / "data"  # where an installed wheel has them
DATA = INSTALLED if INSTALLED.exists() else ROOT / "data"


def _remedy(name: str) -> str:
    if INSTALLED.exists():
        return "Install lrlib again from where you have it (pip install --force-reinstall ...)"
    rebuild = f"python data/build/{name.split('.')[0]}.py"
    if (ROOT / ".git").exists():
        command = f"git checkout -- data/{name} data/SHA256SUMS"
        return f"Restore it in the project's folder: {command} (or rebuild it: {rebuild})"
    return f"Unpack the project again, or rebuild the file in its folder: {rebuild}"


def _read(name: str) -> bytes:
    """The file's bytes, unpacked, if they are the right ones."""
    try:
        data, sums = (DATA / name).read_bytes(), (DATA / "SHA256SUMS").read_bytes()
    except FileNotFoundError as error:
        raise FileNotFoundError(f"{error.filename}: missing. {_remedy(name)}") from None
    if f"{hashlib.sha256(data).hexdigest()}  {name}".encode() not in sums.splitlines():
        raise ValueError(f"{DATA / name}: damaged, not the file of SHA256SUMS. {_remedy(name)}")
    return gzip.decompress(data) if name.endswith(".gz") else data


def _table(name: str) -> tuple[Strings, Array]:
    """Names of the columns; all cells (n, columns) as text."""
    header, *rows = csv.reader(io.StringIO(_read(name).decode()))
    return tuple(header), np.array(rows)


def _fixed(values: Any, dtype: Any = float) -> Array:
    a = np.ascontiguousarray(values, dtype)
    a.flags.writeable = False
    return a


class Penguins(NamedTuple):
    flipper_mm: Array  # (333,) length of a flipper
    mass_kg: Array  # (333,) body mass
    species: Array  # (333,) "Adelie", "Gentoo" or "Chinstrap"
    names: Strings = ("flipper length", "body mass", "species")
    units: Strings = ("mm", "kg", "")
    source: str = "Gorman, Williams & Fraser 2014, PLoS ONE 9(3): e90081; pip palmerpenguins"
    licence: str = "CC0"


@cache
def penguins() -> Penguins:
    """333 penguins: flipper length in mm, body mass in kg, species; each of shape (333,).

    The file holds 344; those with a missing value are left out. Returns `Penguins`.

    >>> p = penguins()
    >>> p.flipper_mm[0], p.mass_kg[0], p.species[0]
    (np.float64(181.0), np.float64(3.75), np.str_('Adelie'))
    """
    _, cells = _table("penguins.csv")
    species, _, _, _, flipper, grams, _, _ = cells[(cells != "").all(1)].T
    return Penguins(_fixed(flipper), _fixed(grams.astype(float) / 1000), _fixed(species, str))


class Table(NamedTuple):
    X: Array  # (n, features), not scaled
    y: Array  # (n,)
    names: Strings  # of the features
    units: Strings  # of the features
    source: str
    licence: str


@cache
def auto_mpg() -> Table:
    """392 cars of 1970-82: X (392, 6), each feature in its own unit; y (392,) miles per gallon.

    Returns a `Table`.

    >>> auto_mpg().names[3], auto_mpg().units[3]
    ('weight', 'lb')
    """
    cells = _table("auto_mpg.csv")[1]
    names = ("cylinders", "displacement", "power", "weight", "acceleration", "model year")
    units = ("", "cu in", "hp", "lb", "s to 60 mph", "year - 1900")
    source = "Donoho & Ramos 1982, ASA Data Exposition 1983; pip bokeh-sampledata"
    licence = "CC0-1.0, as bokeh-sampledata declares"
    return Table(_fixed(cells[:, 1:7]), _fixed(cells[:, 0]), names, units, source, licence)


@cache
def breast_cancer() -> Table:
    """569 tumours: X (569, 30), shapes of cell nuclei; y (569,) 0 malignant, 1 benign.

    The source states no units. Returns a `Table`.

    >>> breast_cancer().X.shape
    (569, 30)
    """
    names, cells = _table("breast_cancer.csv.gz")
    source = "Wolberg, Street & Mangasarian 1995, UCI; pip scikit-learn"
    licence = "BSD-3-Clause as part of scikit-learn; none stated for the data alone"
    X, y = _fixed(cells[:, :-1]), _fixed(cells[:, -1], int)
    return Table(X, y, names[:-1], ("",) * 30, source, licence)


class CO2(NamedTuple):
    year: Array  # (2225,) time, 1958.24 to 2001.99
    ppm: Array  # (2225,) CO2 in parts per million
    date: Array  # (2225,) datetime64[D], Saturdays
    names: Strings = ("time", "CO2", "date")
    units: Strings = ("year", "ppm", "")
    source: str = "Keeling & Whorf 2004, Mauna Loa; pip statsmodels"
    licence: str = '"This is public domain." (statsmodels)'


@cache
def co2() -> CO2:
    """CO2 in the air of Mauna Loa, weekly, 1958-2001, in ppm; shape (2225,), 59 weeks missing.

    Returns `CO2`.

    >>> float(co2().ppm[0])
    316.1
    """
    cells = _table("co2.csv")[1]
    date, ppm = cells[cells[:, 1] != ""].T
    date = _fixed(date, "datetime64[D]")
    year = date.astype("datetime64[Y]")
    start, end = year.astype(date.dtype), (year + 1).astype(date.dtype)
    return CO2(_fixed(1970 + year.astype(int) + (date - start) / (end - start)), _fixed(ppm), date)


class Nile(NamedTuple):
    year: Array  # (100,) 1871 to 1970
    volume: Array  # (100,) water of the year at Aswan
    names: Strings = ("year", "volume")
    units: Strings = ("", "10^8 m^3")
    source: str = "Cobb 1978, Biometrika 65(2), 243-251; pip statsmodels"
    licence: str = '"This is public domain." (statsmodels)'


@cache
def nile() -> Nile:
    """Volume of the Nile at Aswan, each year of 1871-1970, in 10^8 m^3; shape (100,).

    Returns `Nile`.

    >>> int(nile().year[0]), float(nile().volume[0])
    (1871, 1120.0)
    """
    year, volume = _table("nile.csv")[1].T
    return Nile(_fixed(year, int), _fixed(volume))


class Letters(NamedTuple):
    X_train: Array  # (8060, size * size) float32, from -0.5, black, to 0.5, white
    y_train: Array  # (8060,) labels 0 to 9
    X_heldout: Array  # (1420, 784)
    y_heldout: Array  # (1420,)
    X_test: Array  # (2370, 784)
    y_test: Array  # (2370,)
    names: Strings = tuple("ABCDEFGHIJ")
    units: Strings = ("pixel / 255 - 0.5",)
    source: str = "drawn from 1,185 fonts of Debian 12, listed in data/letters_fonts.csv"
    licence: str = "font by font in data/letters_fonts.csv, all free"


def letters(size: int = 28) -> Letters:
    """The letters A-J in 1,185 faces: images of 28 x 28 pixels X (n, 784), float32; labels y (n,).

    Ten rows a face, A to J. No family of fonts is in two of train, heldout and test. ``size`` is
    the pixels of a side, 28, 14 or 7: a smaller image holds the means of 2 x 2 or 4 x 4 pixels.
    Returns `Letters`. Raises ValueError for any other size.

    >>> letters(size=14).X_test.shape
    (2370, 196)
    """
    if not isinstance(size, int | np.integer) or size not in (28, 14, 7):
        raise ValueError(f"size = {size!r}: must be 28, 14 or 7 pixels a side")
    return _letters(int(size))


def _shrunk(X: Array, size: int) -> Array:
    """Images (n, 784) as means of blocks, (n, size * size)."""
    n = 28 // size
    blocks = X.reshape(-1, size, n, size, n)
    return _fixed(blocks.mean((2, 4)).reshape(-1, size * size), np.float32)


@cache
def _letters(size: int) -> Letters:
    if size < 28:
        whole = _letters(28)
        images = [_shrunk(X, size) for X in (whole.X_train, whole.X_heldout, whole.X_test)]
        return whole._replace(X_train=images[0], X_heldout=images[1], X_test=images[2])
    level = (np.arange(256) / 255 - 0.5).astype(np.float32)
    parts: list[Any] = []
    with np.load(io.BytesIO(_read("letters.npz"))) as file:
        for faces in (file["train"], file["heldout"], file["test"]):
            parts.append(_fixed(level[faces.reshape(-1, 784)], np.float32))
            parts.append(_fixed(np.tile(np.arange(10), len(faces)), int))
    return Letters(*parts)


class Texts(NamedTuple):
    """Text i has the words ``indices[indptr[i]:indptr[i + 1]]``, in rising order; maybe none."""

    indices: Array  # int32, the words of all texts
    indptr: Array  # (n + 1,) int32
    y: Array  # (n,) labels 0 to 7


class Glosses(NamedTuple):
    train: Texts  # 10,000
    test: Texts  # 2,800
    fit: Texts  # to tune with: the first 8,500 of train ...
    heldout: Texts  # ... and its last 1,500
    counts: Array  # (4858,) in how many texts of train each word is
    vocabulary: Strings  # the 4,858 words, frequent ones first
    names: Strings
    units: Strings = ("is the word there?",)
    source: str = "noun definitions of WordNet 3.0; Debian wordnet-base"
    licence: str = "WordNet 3.0, data/LICENSES/WordNet-3.0.txt"


@cache
def glosses() -> Glosses:
    """12,800 definitions of nouns in 8 classes, each as the set of its words. Sparse, see `Texts`.

    4,858 words, those in 3 or more texts of train; a text has 10 of them on average.
    Returns `Glosses`.

    >>> glosses().names[:3], len(glosses().train.y)
    (('animal', 'plant', 'person'), 10000)
    """
    classes = "animal plant person artifact food body communication substance".split()
    rows = [line.split("\t") for line in _read("glosses.tsv.gz").decode().split("\n")]
    texts = [set(re.findall("[a-z]+", definition.lower())) for _, _, definition in rows]
    count = Counter(word for text in texts[:10_000] for word in text)
    words = sorted((w for w in count if count[w] >= 3), key=lambda w: (-count[w], w))
    index = {w: i for i, w in enumerate(words)}
    known = [sorted(index[w] for w in text if w in index) for text in texts]
    y = [classes.index(c) for c, _, _ in rows]

    def part(a: int, b: int) -> Texts:
        indices = [i for text in known[a:b] for i in text]
        indptr = np.cumsum([0, *map(len, known[a:b])])
        return Texts(_fixed(indices, np.int32), _fixed(indptr, np.int32), _fixed(y[a:b], int))

    parts = part(0, 10_000), part(10_000, 12_800), part(0, 8_500), part(8_500, 10_000)
    return Glosses(*parts, _fixed([count[w] for w in words], int), tuple(words), tuple(classes))


def _forget() -> None:
    """Read every file anew when it is asked for again."""
    for thing in list(globals().values()):
        if hasattr(thing, "cache_clear"):
            thing.cache_clear()
