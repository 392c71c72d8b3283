"""Every notebook in JupyterLab under headless Chromium: run, and every control of it used."""

import contextlib
from collections.abc import Iterator

import browser
import pytest
import refresh
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import BrowserContext

if not browser.chromium():
    reason = "no Chromium here: install it, or name a Chromium or Chrome in LAB_CHROMIUM"
    pytest.skip(reason, allow_module_level=True)

NOTEBOOKS = sorted(path.name for path in refresh.NOTEBOOKS.glob("*.ipynb"))
Lab = tuple[BrowserContext, browser.Server]


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """One browser and one server for all notebooks of a worker, which have their turn at a run."""
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(browser.lab_server())
        yield stack.enter_context(browser.browser()), server


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebook_in_the_browser(lab: Lab, name: str) -> None:
    assert browser.drive(*lab, f"notebooks/{name}") == []


BROKEN = """\
from IPython.display import HTML, display
from lrlib import live, plots
display(HTML('<img src="http://192.0.2.1/x.png">'))
fig, axes = plots.figure(3, 2)
(line,) = axes["a"].plot([0, 1], [0, 1])
def update(still, dead, raises):
    if raises:
        raise ZeroDivisionError("in a callback")
    line.set_ydata([0, dead])
    return f"still {still:.3g}, raises {raises}"
controls = {"still": plots.Control(0.5), "dead": plots.Control(0.5)}
controls["raises"] = plots.Control(False, kind="switch")
live.panel(plots.View(fig, {"line": line}, update, controls))"""


def test_what_is_wrong_in_the_page_is_found(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    context, server = lab
    monkeypatch.setattr(browser, "PATIENCE", 1.0)
    nb = new_notebook(cells=[new_code_cell(BROKEN), new_code_cell("1 / 0")])
    (server.folder / "broken.ipynb").write_text(refresh.as_text(refresh.normalise(nb)))
    faults = browser.drive(context, server, "broken.ipynb")
    expected = {
        "cell: ZeroDivisionError: division by zero",
        "callback: ZeroDivisionError: in a callback",
        "request that leaves this machine: http://192.0.2.1/x.png",
        "pictures without alt text: 1",
    }
    for how in ("ArrowRight", "mouse", "Home", "End"):
        for what in ("alt", "words"):
            expected.add(f"panel 1, dead by {how}: {what} did not follow")
    for what in ("picture", "alt", "words"):
        expected.add(f"panel 1, raises by click: {what} did not follow")
    for name in ("still", "raises"):
        expected.add(f"panel 1, {name}: the picture never changed")
    assert expected == set(faults)
