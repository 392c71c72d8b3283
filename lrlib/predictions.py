"""Predict first, then compare: answers that stay folded until you have written down a guess."""

import functools
import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .words import num

LETTERS = "abcdefgh"


@dataclass(frozen=True, repr=False)
class Answer:
    """What `predict` and `choose` return: it shows itself, the answer in a fold of its own.

    The HTML is plain enough to survive the sanitisers of JupyterLab and GitHub; ``data`` becomes
    data- attributes, from which a page makes its field. The text twin says all in full words, so
    that stored outputs can be compared; a plain Python prompt hides what the fold hides.
    """

    what: str
    guess: str  # your guess and how good it was, or what to do for one
    lines: Mapping[str, str]  # what the fold holds, by label
    opened: bool
    data: Mapping[str, str]
    options: Sequence[str] = ()

    def __repr__(self) -> str:
        options = [
            f"  {letter}  {text}" for letter, text in zip(LETTERS, self.options, strict=False)
        ]
        rows = {"your guess": self.guess} | (dict(self.lines) if self.opened else {})
        return "\n".join([self.what, *options, *(f"  {k:<11}  {v}" for k, v in rows.items())])

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": repr(replace(self, opened=True)), "text/html": self._html()}

    def _html(self) -> str:
        text = functools.partial(html.escape, quote=False)
        data = "".join(f' data-{key}="{html.escape(value)}"' for key, value in self.data.items())
        rows = [
            f'<tr><th scope="row">{text(label)}</th><td>{text(value)}</td></tr>'
            for label, value in self.lines.items()
        ]
        # letters in the text: JupyterLab and GitHub number every list 1, 2, 3
        options = [
            f"<strong>{letter}</strong> {text(option)}"
            for letter, option in zip(LETTERS, self.options, strict=False)
        ]
        return "\n".join(
            [
                f'<div class="lr-prediction"{data}>',
                f'<p class="lr-what"><strong>{text(self.what)}</strong></p>',
                *([f'<p class="lr-options">{"<br>".join(options)}</p>'] if options else []),
                f'<p class="lr-guess">Your guess: {text(self.guess)}</p>',
                f'<details class="lr-answer"{" open" if self.opened else ""}>',
                "<summary>The answer</summary>",
                *["<table>", *rows, "</table>"],
                "</details>",
                "</div>",
            ]
        )


def predict(
    what: str,
    my_guess: Any,
    observed: float,
    exact: float | None = None,
    *,
    estimate: float | None = None,
    digits: int = 4,
) -> Answer:
    """Your guess beside what was observed; all but the guess is folded until there is one.

    ``my_guess=None`` says that there is no guess yet. ``observed`` is what the run gave, ``exact``
    the value of a closed form, ``estimate`` that of a rule of thumb, of which at most one is given;
    all are single numbers, shown with ``digits`` digits. A guess that is no number is answered in
    words, never by an exception.

    Returns an object that shows itself when it is the last expression of a cell. Raises ValueError
    when ``observed``, ``exact`` or ``estimate`` is no number.

    >>> predict("largest stable rate", 0.5, observed=0.2826, exact=0.28257)
    largest stable rate
      your guess   0.5, 1.77 times the observed: within a factor of 2
      observed     0.2826
      closed form  0.2826
    """
    if exact is not None and estimate is not None:
        raise ValueError(f"estimate = {estimate!r}: cannot be given beside exact = {exact!r}")
    given = {"observed": observed, "exact": exact, "estimate": estimate}
    values = {name: as_number(x) for name, x in given.items() if x is not None}
    for name, value in values.items():
        if isinstance(value, str) or math.isnan(value):
            raise ValueError(f"{name} = {given[name]!r}: must be a number")
    if "observed" not in values:
        raise ValueError("observed = None: must be a number")
    guess = as_number(my_guess)
    if guess != guess:
        guess = "nan is not a number"
    if my_guess is None or my_guess is ...:
        said = "none yet. Write a number for my_guess, run its cell, then this one."
    elif isinstance(guess, str):
        said = f"{guess}. Write one number for my_guess."
    else:
        said = f"{num(guess, digits)}, {_how_good(guess, values['observed'])}"
    shown = {name: num(value, digits) for name, value in values.items()}
    return Answer(
        what,
        said,
        {name.replace("exact", "closed form"): text for name, text in shown.items()},
        isinstance(guess, float),
        {name: text.replace(",", "") for name, text in shown.items()} | {"digits": str(digits)},
    )


def choose(what: str, my_choice: Any, options: Sequence[str], right: str, why: str = "") -> Answer:
    """Your choice among given answers a, b, ...; the right one is folded until you have chosen.

    ``my_choice`` is None for no choice yet, or a letter; ``options`` are two to eight texts,
    ``right`` is the letter of the right one, ``why`` a sentence that goes with it. A choice that
    is none of the letters is answered in words, never by an exception.

    Returns an object that shows itself when it is the last expression of a cell. Raises ValueError
    when ``options`` are too few, too many or not texts, or ``right`` is none of their letters.

    >>> choose("Which way does it go?", "A", ["up", "down"], right="b", why="The sign is minus.")
    Which way does it go?
      a  up
      b  down
      your guess   a, up: not so
      right        b, down: The sign is minus.
    """
    if not isinstance(options, list | tuple) or not 2 <= len(options) <= len(LETTERS):
        raise ValueError(f"options = {options!r}: must be two to {len(LETTERS)} texts")
    texts = dict(zip(LETTERS, map(str, options), strict=False))
    if right not in texts:
        raise ValueError(f"right = {right!r}: must be one of {', '.join(texts)}")
    *others, last = (f'"{letter}"' for letter in texts)
    letters = f"{', '.join(others)} or {last}"
    chosen = _letter(my_choice, texts)
    if my_choice is None or my_choice is ...:
        said = f"none yet. Write {letters} for my_choice, run its cell, then this one."
    elif chosen is None:
        said = f"{_in_short(my_choice)} is none of the letters. Write {letters} for my_choice."
    else:
        said = f"{chosen}, {texts[chosen]}: {'right' if chosen == right else 'not so'}"
    answer = f"{right}, {texts[right]}" + (f": {why}" if why else "")
    data = {"right": right, "why": why}
    return Answer(what, said, {"right": answer}, chosen is not None, data, tuple(texts.values()))


def as_number(x: Any) -> float | str:
    """The number in x, or a clause saying why there is none in it.

    Whatever holds one real number is one: also a Fraction, an array or a list of size 1; so is nan.
    """
    try:
        return _as_number(x)
    except Exception:  # whatever else a stranger's class may do
        return f"this {type(x).__name__} is not a number"


def _as_number(x: Any) -> float | str:
    if isinstance(x, str | bytes):
        return f"{_in_short(x)} is text" + (": leave out the quotes" if _reads(x) else "")
    if isinstance(x, bool | np.bool_):
        return f"{x} is an answer to yes or no, not a number"
    if isinstance(x, list | tuple | np.ndarray):
        if np.size(x) != 1:
            return f"this {type(x).__name__} holds {np.size(x)} values, not one"
        return _as_number(x.item() if isinstance(x, np.ndarray) else x[0])
    if isinstance(x, complex | np.complexfloating):
        return f"{x} is complex"
    if callable(x):
        return "this is a function; a number is asked for"
    try:
        number = float(x)
    except OverflowError:
        return "this number is too large for the computer"
    except (TypeError, ValueError):
        return f"this {type(x).__name__} is not a number"
    return number


def _reads(x: str | bytes) -> bool:
    try:
        return math.isfinite(float(x))
    except ValueError:
        return False


def _in_short(x: Any) -> str:
    try:
        text = repr(x)
    except Exception:
        return f"this {type(x).__name__}"
    return text if len(text) <= 30 else f"{text[:27]}..."


def _letter(choice: Any, texts: Mapping[str, str]) -> str | None:
    """The letter that is meant: b, B, "b)", or the text of the option itself."""
    if not isinstance(choice, str):
        return None
    letter = choice.strip().strip("().").lower()
    same = [key for key, text in texts.items() if text == choice.strip()]
    return letter if letter in texts else next(iter(same), None)


def _how_good(guess: float, observed: float) -> str:
    if guess == observed:
        return "exactly what was observed"
    if observed == 0:
        return "where 0 was observed"
    if guess == 0:
        return "where something other than 0 was observed"
    if math.isinf(guess):
        return "infinite, where a finite number was observed"
    if math.isinf(observed):
        return "finite, where no finite number was observed"
    ratio = guess / observed
    off, factor = abs(ratio - 1), max(ratio, 1 / ratio if ratio else math.inf)
    tests = {
        "wrong sign": ratio < 0,
        "within 1 %": off <= 0.01,
        "within 10 %": off <= 0.1,
        "within a factor of 2": factor <= 2,
        "within a factor of 10": factor <= 10,
        "off by more than a factor of 10": True,
    }
    return f"{num(ratio, 3)} times the observed: {next(k for k, holds in tests.items() if holds)}"
