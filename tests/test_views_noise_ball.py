"""The decay figures draw the rates that were used, and the expected loss is the runs' mean."""

import numpy as np
import pytest

from lrlib import plots, schedules
from lrlib.views.noise_ball import FAMILIES, noise_ball
from lrlib.views.schedule_shapes import schedule_gallery


def lines(view: plots.View) -> dict[str, np.ndarray]:
    return {name: a.get_ydata() for name, a in view.moving.items() if hasattr(a, "get_ydata")}


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize("staircase", [False, True])
def test_the_drawn_rate_is_the_schedule(name: str, staircase: bool) -> None:
    view = noise_ball(steps=60, runs=3)
    view.update(schedule=name, lr=0.3, decay_steps=25, decay_rate=0.4, staircase=staircase)
    expected = FAMILIES[name](0.3, 25, 0.4, staircase)(np.arange(60))
    np.testing.assert_allclose(lines(view)["rate"], np.broadcast_to(expected, 60))


@pytest.mark.parametrize("name", FAMILIES)
def test_the_expected_loss_is_the_mean_of_many_runs(name: str) -> None:
    view = noise_ball(steps=60, runs=4000)
    view.update(schedule=name, lr=0.3, decay_steps=50, decay_rate=0.3, staircase=False)
    shown = lines(view)
    np.testing.assert_allclose(shown["mean of the runs"], shown["expected"], rtol=0.1)
    if name == "constant":
        np.testing.assert_array_equal(shown["expected"], shown["expected, constant rate"])


def test_the_ring_is_two_standard_deviations_of_the_constant_rate() -> None:
    view = noise_ball(steps=400, runs=4000)
    view.update(schedule="constant", lr=0.3, decay_steps=1, decay_rate=1.0, staircase=False)
    ring, cloud = (np.stack(a.get_data()) for a in (view.moving["ball"], view.moving["runs"]))
    np.testing.assert_allclose(ring.max(-1), 2 * cloud.std(-1), rtol=0.05)


def test_the_sentence_tells_the_ends_apart() -> None:
    def said(**values: object) -> str:
        return repr(plots.still(noise_ball(), **values))

    assert "diverged: at step 5" in said(schedule="constant", lr=0.8)
    assert "after a peak of" in said(lr=0.8, decay_steps=100, decay_rate=0.2)
    assert "(decay_rate, staircase not used)" in said(schedule="cosine")
    assert "Sum of lr 80," in said(schedule="constant", lr=0.4)


def test_the_gallery_says_the_rates_that_were_used() -> None:
    stairs = schedules.exponential(1.0, 20, 0.5, staircase=True)
    shown = {"linear": schedules.polynomial(1.0, 50), "exponential, staircase": stairs}
    shown["exponential"] = schedules.exponential(1.0, 20, 0.5)
    sentence = schedule_gallery(shown, 50).sentence
    assert "linear from 1 to 0.02" in sentence
    assert "exponential, staircase from 1 to 0.25" in sentence
    assert "exponential from 1 to 0.18" in sentence


@pytest.mark.parametrize("schedule", FAMILIES)
def test_every_length_of_the_slider_is_taken(schedule: str) -> None:
    view = noise_ball()
    for length in (1, 2, 7, 334):
        said = view.update(**view.defaults | {"schedule": schedule, "decay_steps": length})
        assert said.startswith(schedule)
