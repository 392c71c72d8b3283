"""A view as an element of a page: its stops, its states, its words."""

import base64
import functools
import gzip
import html
import json
import re

import numpy as np
import pytest
from drawn_examples import examples

from lrlib import page, plots
from lrlib.plots import Control, View

VIEWS = {f"{module} {name}": make for module, name, make in examples(View)}


view_of = functools.cache(lambda name: VIEWS[name]())


def at_rest(view: View) -> View:
    """The view, with one control that moves, between two stops."""
    name, first = next(iter(view.controls.items()))
    controls = {key: c._replace(stops=()) for key, c in view.controls.items()}
    if first.kind in ("choice", "switch"):
        controls[name] = first
    else:
        controls[name] = first._replace(stops=(first.low,))
    return view._replace(controls=controls)


def simple(controls: dict[str, Control]) -> View:
    fig, axes = plots.figure(3, 2)
    (line,) = axes["a"].plot([0, 1], [0, 1])
    axes["a"].set_ylim(0, 9)

    def update(**values) -> str:
        line.set_ydata([0, sum(float(v) for v in values.values() if not isinstance(v, str))])
        return f"at {values}"

    return View(fig, {"line": line}, update, controls)


def test_stops_are_those_that_a_control_states_and_its_default() -> None:
    controls = {
        "stated": Control(1.0, stops=(0, 1, 9)),
        "fixed": Control(0.5, stops=()),
        "choice": Control("b", kind="choice", options=["a", "b", "c"], stops=["a"]),
        "all": Control("b", kind="choice", options=["a", "b", "c"]),
        "switch": Control(True, kind="switch"),
    }
    assert page.grid(controls) == {
        "stated": [0.0, 1.0, 9.0],
        "choice": ["a", "b"],
        "all": ["a", "b", "c"],
        "switch": [False, True],
    }


@pytest.mark.parametrize("states", [100, 1200])
@pytest.mark.parametrize("name", VIEWS)
def test_every_view_has_a_grid_of_bounded_size_with_its_defaults_in_it(name, states) -> None:
    controls = view_of(name).controls
    grid = page.grid(controls, states)
    stated = [len(v) for v in map(page.stated, controls.values()) if v]
    assert np.prod([len(v) for v in grid.values()]) <= 1.6 * max(states, np.prod(stated))
    assert grid
    for control, values in grid.items():
        c = controls[control]
        assert c.value in values and len(values) == len(set(values)) >= 2
        if c.kind not in ("choice", "switch"):
            assert values == sorted(values) and c.low <= values[0] and values[-1] <= c.high
            if c.stops is None:  # both ends: they are made to fail
                assert (values[0], values[-1]) == (c.low, c.high)


def unpacked(element: str) -> dict:
    blob = re.search(r'<script type="application/gzip">([^<]+)</script>', element)
    return json.loads(gzip.decompress(base64.b64decode(blob[1])))


def test_all_states_are_there_and_what_looks_alike_is_stored_once() -> None:
    two = {"a": Control(1.0, 0, 2, stops=(0, 1, 2)), "b": Control(1.0, 0, 2, stops=(0, 1, 2))}
    table = page.table(simple(two), "u")
    data = unpacked(page.element(table))
    assert data["said"] == table.sentences and len(table.sentences) == 9
    assert table.sentences[table.default] == "at {'a': 1.0, 'b': 1.0}"
    ((_, looks, which),) = data["layers"]  # the line alone moves
    assert len(looks) == 5 and which == [0, 1, 2, 1, 2, 3, 2, 3, 4]


def test_what_stays_fixed_is_said_and_words_are_escaped() -> None:
    view = simple({"a": Control(1.0, stops=(0.0,)), "<b>": Control(0.25, stops=())})
    element = page.element(page.table(view, "u"))
    assert "Fixed on this page: &lt;b&gt; = 0.25" in element
    assert "JupyterLab" in element and "<b>" not in element
    assert html.escape("at {'a': 1.0, '<b>': 0.25}") in element


def test_two_builds_are_the_same_bytes() -> None:
    once, again = (page.element(page.table(simple({"a": Control(0.5)}), "u")) for _ in "12")
    assert once == again


def contrast(colour: str) -> float:
    """Of a colour to white, as WCAG 2.1 has it."""
    parts = np.array([int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)])
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return 1.05 / (linear @ [0.2126, 0.7152, 0.0722] + 0.05)


@pytest.mark.parametrize("name", VIEWS)
def test_words_can_be_read_on_white(name: str) -> None:
    table = page.table(at_rest(view_of(name)), "u")
    found = {tuple(look.items()) for tag, look in map(json.loads, table.styles) if tag == "text"}
    colours = {dict(look)["fill"] for look in found}
    assert colours
    assert {c: round(contrast(c), 2) for c in colours if contrast(c) < 4.5} == {}


def test_an_image_is_refused() -> None:
    view = simple({"a": Control(0.5)})
    view.figure.axes[0].imshow(np.eye(2))
    with pytest.raises(NotImplementedError, match="image"):
        page.table(view, "u", states=3)
