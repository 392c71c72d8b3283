"""Numbers and outcomes in words."""

import doctest

import numpy as np
import pytest

from lrlib import words


def test_the_examples_are_true() -> None:
    failed, tried = doctest.testmod(words)
    assert tried and not failed


def test_a_rate_is_read_both_ways_where_it_is_small_or_large() -> None:
    rates = (0.003, 0.1, np.nextafter(0.1, 0), 2.5, 1000.0, 0.0, -0.5, np.inf, np.nan)
    said = [words.as_rate(x) for x in rates]
    expected = ["0.003 = 3e-3", "0.1", "0.1", "2.5", "1000 = 1e3", "0", "-0.5", "inf", "nan"]
    assert said == expected


@pytest.mark.parametrize(
    "x, text",
    [
        (1.303e-4, "1.303e-4"),
        (8409969.0, "8,409,969"),
        (0.5, "0.5"),
        (1e30, "1e30"),
        (-2e-5, "-2e-5"),
    ],
)
def test_numbers_in_words(x: float, text: str) -> None:
    assert words.num(x) == text


def test_settings_in_words() -> None:
    said = words.settings(beta1=0.9, nesterov=True, centered=np.bool_(False), mode="min", n=1000)
    assert said == "beta1 = 0.9, nesterov on, centered off, mode = min, n = 1000"
    assert words.settings() == ""


@pytest.mark.parametrize(
    "loss, said",
    [
        ([2.0, 1.0], "error 1 after 1 steps"),
        ([1.0, 3.0], "growing: the error is 3 times its start"),
        ([1.0, 9.0, 1001.0], "diverged: at step 2 the error had passed 1,000 times its start"),
        ([1.0, np.nan], "diverged: at step 1 the error had passed 1,000 times its start"),
    ],
)
def test_an_outcome_says_what_became_of_what(loss: list[float], said: str) -> None:
    assert words.outcome(np.array(loss), what="error") == said
