"""Live elements in a real browser: what they draw and say at any state is what Python does."""

import json
import re
from collections.abc import Iterator
from xml.etree import ElementTree

import browser
import numpy as np
import pytest
from drawn_examples import examples
from matplotlib.lines import Line2D
from playwright.sync_api import Page

from lrlib import page, plots
from lrlib.plots import View, vector

if not browser.chromium():
    pytest.skip("no Chromium here: see tests/test_browser.py", allow_module_level=True)

VIEWS = {f"{module} {name}": make for module, name, make in examples(View)}
STATES = 3  # at random, of each view


@pytest.fixture(scope="module")
def chromium() -> Iterator[Page]:
    with browser.browser() as context:
        yield context.new_page()


def sampled(view: View, rng: np.random.Generator) -> View:
    """The view with at most two stops a control, anywhere in its range: 8 states at most."""
    moved = rng.permutation(list(view.controls))[:3]
    controls = {}
    for name, c in view.controls.items():
        at = c.low + (c.high - c.low) * rng.random()
        at = c.low * (c.high / c.low) ** rng.random() if c.kind == "log" else at
        stops = [round(at) if c.kind == "whole" else float(at)] if name in moved else []
        if c.kind in ("choice", "switch"):
            options = list(c.options) or [False, True]
            stops = [options[rng.integers(len(options))]] if name in moved else []
        controls[name] = c._replace(stops=tuple(stops))
    return view._replace(controls=controls)


SET = """([id, places]) => {
    const root = document.getElementById(id);
    const inputs = [...root.querySelectorAll('.lr-controls input, .lr-controls select')];
    const start = performance.now();
    inputs.forEach((input, k) => {
        if (input.type === 'range') input.value = places[k];
        else if (input.options) input.selectedIndex = places[k];
        else input.checked = !!places[k];
    });
    inputs[0].dispatchEvent(new Event('input', {bubbles: true}));
    const took = performance.now() - start;
    const shapes = [...root.querySelectorAll('svg > g')].map(g => [...g.childNodes]
        .filter(e => e.nodeType === 1).map(e => e.tagName === 'path' ? e.getAttribute('d')
            : e.getAttribute('transform') + e.textContent));
    return [shapes, root.querySelector('.lr-said').textContent, took];
}"""


def opened(chromium: Page, table: page.Table) -> None:
    """Show the element on a page of its own, until it answers."""
    head = '<!doctype html><meta charset=utf-8><meta name=viewport content="width=device-width">'
    script = f"<script>{page.SCRIPT}</script>"
    chromium.set_content(f"{head}<style>{page.style()}</style>{page.element(table)}{script}")
    chromium.wait_for_function("() => document.querySelector('.lr-live').lrReady")
    chromium.evaluate("() => document.querySelector('.lr-live').lrReady.then(() => null)")


def still_but(view: View, **stops: tuple) -> View:
    """The view, all its controls fixed but these."""
    fixed = {name: c._replace(stops=stops.get(name, ())) for name, c in view.controls.items()}
    return view._replace(controls=fixed)


def shapes(markup: str) -> list[str]:
    """Paths and words of a piece of SVG, without what it defines."""
    root = ElementTree.fromstring(f"<svg>{markup}</svg>")
    drawn = [e for e in root if e.tag in ("path", "text")]
    return [e.get("d") if e.tag == "path" else e.get("transform") + e.text for e in drawn]


@pytest.mark.parametrize("name", VIEWS)
def test_states_at_random_are_drawn_and_said_as_in_python(chromium: Page, name: str) -> None:
    rng = np.random.default_rng(sum(map(ord, name)))
    view = sampled(VIEWS[name](), rng)
    table = page.table(view, "one")
    opened(chromium, table)
    sketch = vector.Sketch(VIEWS[name](), "two")  # a fresh one, drawn and said by Python
    for _ in range(STATES):
        places = [int(rng.integers(len(values))) for values in table.grid.values()]
        values = {k: v[at] for (k, v), at in zip(table.grid.items(), places, strict=True)}
        drawn, said, took = chromium.evaluate(SET, ["one", places])
        assert said == sketch.view.update(**sketch.view.defaults | values)
        assert took < 40  # milliseconds; 0.5 on a quiet machine
        parts = [*sketch.standing, *sketch.moving]
        with plots.drawing(), np.errstate(all="ignore"):
            for shown, part in zip(drawn, parts, strict=True):
                snap = not any(part is a for a in sketch.moving)
                assert shown == shapes(sketch.pen.markup(part, snap))
                if isinstance(part, Line2D) and part.get_linestyle() != "None" and shown:
                    assert_near(part, shown[0], sketch.pen.height)


def assert_near(line: Line2D, data: str, height: int) -> None:
    """Every point of the line that is inside its Axes lies on the drawn path, to 0.3 pixels."""
    runs = [re.findall(r"-?\d+", run) for run in data.split("m")]
    corners = np.cumsum(np.concatenate([np.reshape(r, (-1, 2)).astype(float) for r in runs]), 0)
    seen = line.get_transform().transform(np.column_stack(line.get_data()).astype(float))
    seen = seen[np.isfinite(seen).all(1)]
    box = line.axes.bbox
    seen = seen[((seen > box.min) & (seen < box.max)).all(1)] * (1, -1) + (0, height)
    a, b = corners[:-1] / vector.Q, corners[1:] / vector.Q
    for point in seen[:: len(seen) // 15 + 1]:
        length = np.maximum(((b - a) ** 2).sum(1), 1e-12)
        t = np.clip(((point - a) * (b - a)).sum(1) / length, 0, 1)
        assert np.hypot(*(a + t[:, None] * (b - a) - point).T).min() < 0.3


def test_controls_answer_the_keyboard_and_reset_brings_the_start_back(chromium: Page) -> None:
    view = still_but(VIEWS["gradient_valley gradient_valley"](), lr=(0.01, 0.05, 0.2, 0.3))
    table = page.table(view, "one")
    opened(chromium, table)
    said = chromium.locator(".lr-said")
    first, last = table.sentences[table.default], table.sentences[-1]
    assert said.inner_text() == first != last
    chromium.keyboard.press("Tab")
    assert chromium.evaluate("() => document.activeElement.type") == "range"
    chromium.keyboard.press("End")
    assert said.inner_text() == last
    slider = chromium.locator("input[type=range]")
    words = json.loads(slider.get_attribute("data-words"))
    assert slider.get_attribute("aria-valuetext") == words[-1]
    chromium.wait_for_function("() => document.querySelector('[role=status]').textContent")
    assert chromium.locator("[role=status]").text_content() == last  # spoken when it rests
    chromium.keyboard.press("Tab")
    chromium.keyboard.press("Enter")
    assert said.inner_text() == first


def test_on_a_phone_every_axes_stands_for_itself(chromium: Page) -> None:
    view = still_but(VIEWS["noise_ball noise_ball"](), lr=(0.8,))
    chromium.set_viewport_size({"width": 390, "height": 800})
    try:
        opened(chromium, page.table(view, "one"))
        assert chromium.locator(".lr-figure > svg").count() == len(view.figure.axes) + 1
        assert chromium.evaluate("() => document.documentElement.scrollWidth") <= 390
    finally:
        chromium.set_viewport_size({"width": browser.WIDTH, "height": browser.HEIGHT})


def test_without_scripts_there_is_the_picture_and_its_sentence() -> None:
    view = still_but(VIEWS["gradient_valley gradient_valley"](), lr=(0.3,))
    table = page.table(view, "one")
    element = page.element(table)
    assert '<fieldset class="lr-controls" disabled' in element and "need JavaScript" in element
    assert element.count("<path") > 10 and table.sentences[table.default] in element
