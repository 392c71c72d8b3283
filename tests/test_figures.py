"""Pictures say what they show; views move; panels follow their sliders and survive divergence."""

import io
import re

import numpy as np
import pytest
from PIL import Image

from lrlib import descend, live, penguins, plots, sgd
from lrlib.plots import Control, View
from lrlib.practice import (
    table,
)
from lrlib.problems import bowl, least_squares
from lrlib.views.gradient_valley import gradient_valley
from lrlib.views.unit_change import unit_change
from lrlib.words import num


@pytest.fixture
def fit():
    x = penguins().flipper_mm / 10 - 18
    return least_squares(np.column_stack([np.ones_like(x), x]), penguins().mass_kg)


def test_a_picture_is_a_png_with_a_sentence_and_alt_text():
    picture = plots.curves({"a": [3.0, 1.0, 2.0]}, "step", "loss")
    data, metadata = picture._repr_mimebundle_()
    assert Image.open(io.BytesIO(picture.png)).format == "PNG"
    assert data["text/plain"] == "loss against step. a: 3 at 0, 2 at 2, lowest 1 at 1."
    assert metadata["image/png"]["alt"] == data["text/plain"] == repr(picture)


def test_jupyterlab_gets_the_picture_with_its_alt_text(monkeypatch):
    picture = plots.curves({"a < b": [3.0, 1.0]}, "step", "loss")
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    elsewhere, _ = picture._repr_mimebundle_()
    monkeypatch.setenv("JPY_SESSION_NAME", "01.ipynb")  # what Jupyter's server tells its kernels
    in_lab, _ = picture._repr_mimebundle_()
    assert set(elsewhere) == {"image/png", "text/plain"}
    assert set(in_lab) == {*elsewhere, "text/html"}
    assert 'alt="loss against step. a &lt; b: 3 at 0, 1 at 1."' in in_lab["text/html"]


def test_fewer_digits_leave_out_what_chance_decides():
    said = [str(plots.curves({"a": [3.0, 1.0, 2.0]}, "x", "y", digits=d)) for d in (2, 1, 0)]
    assert "a: 3 at 0, 2 at 2, lowest 1." in said[0]
    assert "a: 3 at 0, lowest 1." in said[1]
    assert "a: 3 at 0." in said[2]


def test_another_curve_makes_another_sentence_and_another_picture():
    one = plots.curves({"a": [3.0, 1.0, 2.0]}, "step", "loss")
    other = plots.curves({"a": [3.0, 1.0, 2.1]}, "step", "loss")
    assert one.sentence != other.sentence and one.png != other.png


@pytest.mark.parametrize("logy", [False, True])
def test_curves_draw_what_overflowed_without_a_warning(logy, recwarn):
    y = descend(bowl(), sgd, 1e3, 200).loss
    picture = plots.curves({"up": y, "none": [np.nan] * 3}, "step", "loss", logy=logy, ylim=(1, 9))
    assert not recwarn.list
    assert "none: not finite" in picture.sentence


def test_bars_and_heat_say_their_numbers():
    assert "two 2 ± 0.5" in plots.bars({"one": 1.0, "two": 2.0}, "x", errors=[0.1, 0.5]).sentence
    said = plots.heat(
        [[3.0, np.inf], [1.0, 2.0]], [0.1, 1], [5, 6], "rate", "beta", "loss"
    ).sentence
    assert "lowest 1 at 0.1 and 6" in said and "1 not finite" in said


def test_paths_say_where_they_end():
    theta = np.array([[0.0, 0.0], [1.0, 2.0]])
    said = plots.paths(lambda v: (v**2).sum(-1), {"a": theta}, (-1, 3, -1, 3), "x", "y").sentence
    assert "a: ends at (1, 2) after 1 steps" in said


def test_the_valley_draws_the_run_that_descend_makes(fit):
    view = gradient_valley(fit)
    view.update(lr=0.2)
    trace = descend(fit, sgd, 0.2, 60)
    np.testing.assert_allclose(np.column_stack(view.moving["path"].get_data()), trace.theta)
    np.testing.assert_allclose(
        view.moving["loss"].get_ydata(), trace.loss - fit.loss(fit.minimum), atol=1e-12
    )


def test_the_valley_names_limit_and_divergence(fit):
    L = np.linalg.eigvalsh(fit.hessian)[-1]
    said = plots.still(gradient_valley(fit), lr=2 / L).sentence
    assert f"1 times the limit {num(2 / L)}" in said
    said = plots.still(gradient_valley(fit), lr=3 / L).sentence
    step = int(re.search(r"diverged: at step (\d+)", said)[1])
    loss = descend(fit, sgd, 3 / L, 60).loss - fit.loss(fit.minimum)
    assert loss[step] > 1000 * loss[0] >= loss[step - 1]


def test_show_refuses_an_unknown_control(fit):
    with pytest.raises(ValueError, match=r"^rate: no control of this view, which has lr"):
        plots.still(gradient_valley(fit), rate=0.1)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("make", [gradient_valley, unit_change])
def test_a_panel_follows_its_controls(fit, make):
    view = (
        gradient_valley(fit)
        if make is gradient_valley
        else unit_change(penguins().flipper_mm / 10, penguins().mass_kg)
    )
    panel = live.panel(view)
    first = panel.drawn, panel.sentence
    assert panel.sentence in panel.moving.value.replace("&#x27;", "'")
    for control in panel.controls.values():
        choices = getattr(control, "options", None) or [control.min, control.max]
        for value in choices:
            control.value = 10**value if hasattr(control, "base") else value
        assert (panel.drawn, panel.sentence) != first
        panel.reset()
        assert (panel.drawn, panel.sentence) == first


def test_a_panel_shows_in_a_notebook_that_has_not_run(fit):
    panel = live.panel(gradient_valley(fit))
    data, metadata = panel._repr_mimebundle_()
    assert data["text/plain"] == panel.sentence == metadata["image/png"]["alt"]
    assert data["image/png"] and "application/vnd.jupyter.widget-view+json" in data


def test_a_callback_that_fails_is_heard():
    figure, axes = plots.figure()
    (line,) = axes["a"].plot([0, 1], [0, 1])

    def update(x):
        if x > 0.5:
            raise RuntimeError("broken")
        return "fine"

    panel = live.panel(View(figure, {"line": line}, update, {"x": Control(0.2)}))
    with pytest.raises(RuntimeError, match="broken"):
        panel.controls["x"].value = 0.9


@pytest.mark.parametrize("kind", ["linear", "log", "whole", "choice", "switch"])
def test_every_kind_of_control(kind):
    figure, axes = plots.figure(3, 2)
    (line,) = axes["a"].plot([], [])
    value = {"choice": "b", "switch": True, "whole": 3}.get(kind, 0.5)
    control = Control(value, 0.1, 10.0, kind, ["a", "b"])
    panel = live.panel(View(figure, {"line": line}, lambda x: f"x is {x}", {"x": control}))
    assert panel.values["x"] == pytest.approx(value) if kind == "log" else value


def test_an_unknown_kind_is_refused():
    figure, _ = plots.figure(3, 2)
    view = View(figure, {}, lambda x: "", {"x": Control(1.0, kind="round")})
    with pytest.raises(ValueError, match=r"^kind = 'round'"):
        live.panel(view)


def test_table_aligns_and_says_not_finite(capsys):
    table(["a", "b"], [["x", 1.0], ["longer", np.inf]])
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1].split() == ["longer", "not", "finite"] and len({len(x) for x in lines}) == 1


def test_powers_of_ten_are_written_in_letters():
    figure = plots.curves({"a": [1e-3, 20.0, 3e4]}, "x", "y", logy=True).figure
    said = [label.get_text() for label in figure.axes[0].get_yticklabels()]
    assert {"10⁻²", "10⁰", "10⁴"} <= set(said) and not any("$" in text for text in said)
    narrow = plots.curves({"a": ([1.0, 3.0], [1.0, 3.0])}, "x", "y", logy=True).figure
    minor = [label.get_text() for label in narrow.axes[0].get_yticklabels(minor=True)]
    assert "2×10⁰" in minor


def test_the_same_numbers_give_the_same_picture() -> None:
    """A layout's last bits follow the order of objects in memory, which no run repeats."""
    kept, drawn = [], set()
    for _ in range(8):
        shown = plots.curves({"a": [3.0, 2.0, 1.0]}, "step", "loss")
        bounds = [ax.get_position(original=True).bounds for ax in shown.figure.axes]
        assert bounds == [tuple(np.round(found, 9)) for found in bounds]
        assert all(ax.get_in_layout() for ax in shown.figure.axes)
        drawn.add(shown.png)
        kept.append(shown)  # the next one lies elsewhere
    assert len(drawn) == 1
