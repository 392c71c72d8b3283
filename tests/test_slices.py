"""What a cell needs and changes, on cells where a mistake would show."""

import notebook_checks
import numpy as np
import pytest
import slices
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from notebook_checks import play

CELLS = [
    "a = 1\nb = 2",
    "c = [a]",
    "d = b",
    "def f(x):\n    return x + g",
    "c.append(3)",
    "g = 2\nimport np",
]


@pytest.mark.parametrize(
    ("last", "needed"),
    [
        ("print(1)", []),
        ("print(a)", [0]),
        ("print(d)", [0, 2]),
        ("print(c)", [0, 1, 4]),
        ("print(f(1))", [3, 5]),  # a function reads g when it is called
        ("print(f(g))", [3, 5]),
        ("a += 1", [0]),
        ("np.f()", [5]),
    ],
)
def test_a_cell_needs_those_that_bind_or_change_what_it_uses(last: str, needed: list[int]) -> None:
    assert slices.needed([*CELLS, last], {6}) == [*needed, 6]


def test_a_call_of_a_module_changes_nothing() -> None:
    assert slices.needed(["import np", "x = 1", "np.f(x)", "np.g()"], {3}) == [0, 3]
    assert not slices.leans_on_itself("re.compile('x')", {"re": slices.re})


@pytest.mark.parametrize("change", ["x[0] = 1", "x.y = 1", "x.z.append(1)", "x += 1", "del x[0]"])
def test_a_change_in_place_counts(change: str) -> None:
    assert slices.needed(["x = f()", change, "print(x)"], {2}) == [0, 1, 2]


def test_the_browser_runs_panels_and_the_first_prediction_and_what_they_need() -> None:
    sources = [
        "v = 1",
        "w = 2",
        "live.panel(v)",
        "slow = w",
        "my_guess = None",
        "predict('', w, 1)",
        "predict('', slow, 1)",
    ]
    cells = [cell for s in sources for cell in (new_markdown_cell("."), new_code_cell(s))]
    cells[9].metadata.tags = ["guess"]
    assert slices.for_the_browser(new_notebook(cells=cells)) == [1, 3, 5, 9, 11]


def test_a_name_with_two_meanings_is_found() -> None:
    sources = ["x = 1", "print(x)", "y = [x for x in data]\ndef f(x):\n    x = 2", "x = x + 1"]
    assert slices.reused(sources) == [("x", 0, 1, 3)]
    assert slices.reused(["x = 1", "x = 2\nprint(x)", "for x in y:\n    print(x)"]) == []
    assert slices.reused(["x = 1", "def f():\n    return x", "x = 2"]) == [("x", 0, 1, 2)]


RNG = {"rng": np.random.default_rng(0), "n": 1, "rows": [], "lines": iter([]), "data": [1]}
LEANS = [
    "n = n + 1",
    "n += 1",
    "rows.append(n)",
    "rows[0:0] = [1]",
    "x = rng.normal()",
    "x = next(lines)",
    "np.random.seed(1)",
    "def f():\n    return rng.normal()\nx = f()",
    "for n in range(n):\n    pass",
    "for k in data:\n    total = k + total\ntotal = 0",
    "if n:\n    total = 0\ntotal = total + 1",
    "while n < 3:\n    n = n + 1",
]
DOES_NOT = [
    "n = 1\nn = n + 1",
    "rows = []\nfor k in range(n):\n    rows.append(k)",
    "total = 0\nfor k in data:\n    total += k\nprint(total)",
    "rng = np.random.default_rng(1)\nx = rng.normal()",
    "x = [n for n in data]",
    "def f(n):\n    rows = [n]\n    rows.append(n)\n    return rows\nx = f(1)",
    "for k in data:\n    run = k\n    print(run)",
    "with open(data) as file:\n    x = file",
]


@pytest.mark.parametrize("source", LEANS)
def test_a_cell_that_may_show_something_else_is_told(source: str) -> None:
    assert slices.leans_on_itself(source, RNG)


@pytest.mark.parametrize("source", DOES_NOT)
def test_a_cell_that_shows_the_same_again_is_told(source: str) -> None:
    assert not slices.leans_on_itself(source, RNG)


def test_a_slow_cell_is_run_again_only_where_that_may_matter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cells = ["import time\nn = 0", "print(time.perf_counter())", "n = n + 1\nprint(n)"]
    nb = new_notebook(cells=[new_code_cell(source) for source in cells])
    monkeypatch.setattr(slices, "IN_FULL", False)
    assert [fault[:8] for fault in play(nb).twice] == ["cell [2]", "cell [3]"]
    monkeypatch.setattr(notebook_checks, "SLOW", -1.0)
    assert [fault[:8] for fault in play(nb).twice] == ["cell [3]"]
    monkeypatch.setattr(slices, "IN_FULL", True)
    assert [fault[:8] for fault in play(nb).twice] == ["cell [2]", "cell [3]"]
