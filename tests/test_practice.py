"""Predictions: what they show before and after a guess, whatever is written down as one."""

import decimal
import fractions
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from IPython.core.formatters import DisplayFormatter
from peeking import Page

from lrlib.practice import Answer, choose, predict
from lrlib.predictions import as_number


def shown(answer: Answer) -> dict[str, str]:
    """The bundle that IPython stores."""
    data, metadata = DisplayFormatter(active_types=["text/plain", "text/html"]).format(answer)
    assert set(data) == {"text/plain", "text/html"} and metadata == {}
    return data


def visible(answer: Answer) -> str:
    page = Page(shown(answer)["text/html"])
    assert page.open_tags == []
    return page.seen


# What github.com leaves of HTML: these tags, and of the attributes used here `open` and `scope`
# (gjtorikian/html-pipeline, lib/html_pipeline/sanitization_filter.rb).
GITHUB = set("p div br strong details summary table tr th td".split())


@pytest.mark.parametrize("guess", [None, 0.5, "a"])
def test_what_github_and_jupyterlab_take_away_is_not_missed(guess):
    for answer in (
        predict("the limit", guess, 0.2826, 0.28257),
        choose("Which?", guess, ["up", "down"], "b", "So."),
    ):
        source = shown(answer)["text/html"]
        assert set(re.findall(r"<(\w+)", source)) <= GITHUB
        left = re.sub(r' (?!open|scope)[\w-]+="[^"]*"', "", source)
        assert "data-" not in left and Page(left).seen == Page(source).seen
        assert Page(left).answer == {}


def test_without_a_guess_the_answer_is_folded_but_stored():
    answer = predict("the limit", None, 0.2826, 0.28257)
    assert "none yet" in visible(answer) and "0.28" not in visible(answer) + repr(answer)
    assert shown(answer)["text/plain"].splitlines()[0] == "the limit" in visible(answer)
    assert shown(answer)["text/plain"].splitlines()[2:] == [
        "  observed     0.2826",
        "  closed form  0.2826",
    ]
    assert 'data-observed="0.2826" data-exact="0.2826"' in shown(answer)["text/html"]


def test_with_a_guess_it_opens():
    answer = predict("steps", 20_000, 22_720, estimate=22_720.3)
    for text in (visible(answer), shown(answer)["text/plain"]):
        assert "20,000, 0.88 times the observed: within a factor of 2" in text
        assert "22,720" in text and "estimate" in text and "closed form" not in text
    assert '<details class="lr-answer" open>' in shown(answer)["text/html"]
    assert 'data-observed="22720"' in shown(answer)["text/html"]  # a number for machines


@pytest.mark.parametrize(
    "guess, words",
    [
        (2.0, "exactly what was observed"),
        (2.01, "1 times the observed: within 1 %"),
        (1.81, "0.905 times the observed: within 10 %"),
        (2.21, "1.1 times the observed: within a factor of 2"),
        (4, "2 times the observed: within a factor of 2"),
        (np.float32(0.5), "0.25 times the observed: within a factor of 10"),
        (fractions.Fraction(41, 2), "10.2 times the observed: off by more than a factor of 10"),
        (decimal.Decimal("-2"), "-1 times the observed: wrong sign"),
        ([1.9], "within 10 %"),
        (np.array([[1.9]]), "within 10 %"),
        (0, "where something other than 0 was observed"),
        (np.inf, "infinite, where a finite number was observed"),
    ],
)
def test_how_good_a_guess_is(guess, words):
    assert words in visible(predict("x", guess, 2.0))


def test_observed_zero_or_infinite():
    assert "where 0 was observed" in visible(predict("x", 1, 0.0))
    assert "exactly what was observed" in visible(predict("x", 0, 0))
    assert "exactly what was observed" in visible(predict("x", np.inf, np.inf))
    assert "finite, where no finite number was observed" in visible(predict("x", 1e300, np.inf))


@pytest.mark.parametrize(
    "guess, words",
    [
        ("big", "'big' is text"),
        ("0.28", "'0.28' is text: leave out the quotes"),
        (True, "True is an answer to yes or no, not a number"),
        ([1, 2], "this list holds 2 values, not one"),
        (np.ones(3), "this ndarray holds 3 values, not one"),
        (float("nan"), "nan is not a number"),
        (1j, "complex"),
        (10**400, "too large"),
        (len, "this is a function"),
        ({}, "this dict is not a number"),
    ],
)
def test_odd_guesses_are_answered_in_words_and_stay_folded(guess, words):
    answer = predict("x", guess, 0.2826)
    assert words in visible(answer) and "0.2826" not in visible(answer)
    assert "Write one number for my_guess" in visible(answer)


class Hostile:
    """Raises whatever it is asked."""

    def __float__(self):
        raise RuntimeError

    __len__ = __eq__ = __bool__ = __array__ = __hash__ = __index__ = __repr__ = __float__


VALUES = st.one_of(
    *[st.none(), st.just(...), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)],
    *[st.complex_numbers(), st.binary(max_size=5), st.fractions(), st.decimals(), st.datetimes()],
    st.sampled_from([len, float, np.float32(1), np.int8(3), 10**400]),
)
ARRAYS = st.lists(st.floats(width=32), max_size=4).map(np.array)
ODD = st.one_of(VALUES, ARRAYS, st.lists(VALUES, max_size=3), st.tuples(VALUES | ARRAYS))


@given(ODD, st.floats(allow_nan=False))
def test_no_guess_raises(guess, observed):
    assert visible(predict("x", guess, observed))
    assert visible(choose("x", guess, ["up", "down"], "b"))


def test_a_guess_that_cannot_even_be_shown():
    for guess in (Hostile(), [Hostile()], Hostile):
        assert "Write one number" in visible(predict("x", guess, 1.0))
        assert "none of the letters" in visible(choose("x", guess, ["up", "down"], "b"))


@pytest.mark.parametrize(
    "values, message",
    [
        ({"observed": "many"}, "observed = 'many': must be a number"),
        ({"observed": None}, "observed = None: must be a number"),
        ({"observed": np.nan}, "observed = nan: must be a number"),
        ({"observed": np.ones(2)}, "must be a number"),
        ({"observed": True}, "observed = True"),
        ({"observed": 1, "exact": "1"}, "exact = '1'"),
        ({"observed": 1, "exact": 1, "estimate": 1}, "estimate = 1: cannot be given beside exact"),
    ],
)
def test_a_lesson_with_a_wrong_answer_is_told(values, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        predict("x", None, **values)


def test_a_choice_is_folded_and_opens():
    options = ["it grows", "it stays", "it falls <slowly>"]
    answer = choose("What does the loss do?", None, options, "c", "The rate is small")
    assert repr(answer).splitlines()[0] == "What does the loss do?" in visible(answer)
    assert 'Write "a", "b" or "c" for my_choice' in visible(answer)
    assert "it falls <slowly>" in visible(answer) and "rate is small" not in visible(answer)
    assert "c, it falls <slowly>: The rate is small" in shown(answer)["text/plain"]
    assert "right" not in repr(answer)
    for chosen in ("c", " C ", "c)", "it falls <slowly>"):
        answer = choose("?", chosen, options, "c", "The rate is small")
        assert "c, it falls <slowly>: right" in visible(answer)
        assert "The rate is small" in visible(answer)
    assert "b, it stays: not so" in visible(choose("?", "b", options, "c"))
    for odd in ("d", 3, "", [1], True):
        answer = choose("?", odd, options, "c")
        assert "none of the letters" in visible(answer) and "not so" not in visible(answer)


@pytest.mark.parametrize(
    "options, right", [(["one"], "a"), ("ab", "a"), (["x"] * 9, "a"), (["x", "y"], "c"), (3, "a")]
)
def test_a_lesson_with_a_wrong_choice_is_told(options, right):
    with pytest.raises(ValueError, match=r"^(options|right) = "):
        choose("?", None, options, right)


@pytest.mark.parametrize(
    "x", [2.5, fractions.Fraction(5, 2), decimal.Decimal("2.5"), np.float32(2.5), [2.5], [[2.5]]]
)
def test_a_number_in_any_form(x):
    assert as_number(x) == 2.5


@pytest.mark.parametrize("x", ["two", None, [1, 2], {}, 1j])
def test_what_is_no_number_is_said_in_words(x):
    assert isinstance(as_number(x), str)
