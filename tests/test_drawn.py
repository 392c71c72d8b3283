"""What is drawn is true: every view and chart of lrlib, found by walking their EXAMPLES.

A view is moved to both ends of every control. Each time
* every artist that `update` touched has a name in ``moving``;
* every named artist shows what tests/drawn/<module>.py works out anew for these values: data,
  position of a wall, level or mark, width of a bar, words;
* an axis is logarithmic where SCALES of the same file says so, and nowhere else;
* words named "X, name" have the colour of X and stand at it ("X, key": the colour); a legend does
  not call X by another's name; a straight line without a name is refused;
* every number in the sentence is a control's, or can be read off the artists.
A chart's lines, marks, levels, error bars and labels are read back from its Axes likewise.
"""

import functools
import importlib.util
import math
import pathlib
import re
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from drawn_examples import examples, makers, modules
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.text import Text

from lrlib.plots import COLOURS, GREY, Control, Picture, View, ink
from lrlib.words import as_rate, num

DRAWN = pathlib.Path(__file__).parent / "drawn"
VIEWS = {name: (module, make) for module, name, make in examples(View)}
PICTURES = {name: (module, make) for module, name, make in examples(Picture)}
every_view = pytest.mark.parametrize("name", VIEWS)
every_picture = pytest.mark.parametrize("name", PICTURES)


@functools.cache
def said_of(module: str) -> ModuleType:
    """The file in tests/drawn that says what the examples of a module must show."""
    file = DRAWN / f"{module}.py"
    if not file.exists():
        pytest.fail(f"{file.name} is missing in tests/drawn: what must {module} show?")
    spec = importlib.util.spec_from_file_location(f"drawn_{module}", file)
    there = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(there)
    return there


def expected(module: str, name: str) -> Callable[..., dict[str, Any]]:
    """What tests/drawn says of an example: function of its name, given variant and values."""
    function, _, variant = name.partition(", ")
    if not hasattr(said_of(module), function):
        pytest.fail(f"tests/drawn/{module}.py: no function {function}; what must it show?")
    return functools.partial(getattr(said_of(module), function), variant)


def scale_faults(figure: Figure, module: str, name: str) -> list[str]:
    """Axes on other scales than said: SCALES[example][axes] is "linear log" for x and y; what is
    not there is linear. An example "f, variant" without a row of its own has that of "f"."""
    rows = getattr(said_of(module), "SCALES", {})
    wanted = {ax.get_label(): "linear linear" for ax in figure.axes}
    wanted |= rows.get(name, rows.get(name.partition(", ")[0], {}))
    got = {ax.get_label(): f"{ax.get_xscale()} {ax.get_yscale()}" for ax in figure.axes}
    return [f"{name}: {label!r} is {got.get(label)}, not {s}" for label, s in wanted.items()
            if got.get(label) != s]  # fmt: skip


@functools.cache
def view_of(name: str) -> View:
    view = VIEWS[name][1]()
    with np.errstate(all="ignore"):
        view.update(**view.defaults)
        view.figure.canvas.draw()
    return view


def inside(c: Control) -> Any:
    """A value of a slider that is neither end nor middle."""
    if c.kind == "log":
        return float(c.low**0.63 * c.high**0.37)
    return 0.63 * c.low + 0.37 * c.high if c.kind == "linear" else c.value


def states(view: View) -> Iterator[dict[str, Any]]:
    """The defaults, all sliders inside, then every control at its ends or options."""
    yield view.defaults
    yield {name: inside(c) for name, c in view.controls.items()}
    for name, c in view.controls.items():
        ends = c.options or ((True, False) if c.kind == "switch" else (c.low, c.high))
        for value in ends:
            if value != c.value:
                yield {**view.defaults, name: int(value) if c.kind == "whole" else value}


def moved(view: View, values: dict[str, Any]) -> str:
    with np.errstate(all="ignore"):
        return view.update(**values)


def named(figure: Figure) -> dict[str, Artist]:
    """Artists that stand still and have a name."""
    return {a.get_gid(): a for a in figure.findobj(lambda a: a.get_gid() is not None)}


def everything(view: View) -> dict[str, Artist]:
    return named(view.figure) | dict(view.moving)


def straight(line: Line2D) -> tuple[str, float] | None:
    """The axis on which a horizontal or vertical line of two points stands, and where."""
    x, y = (np.asarray(d, float) for d in line.get_data())
    if len(x) == 2 and x[0] == x[1]:
        return "x", float(x[0])
    if len(x) == 2 and y[0] == y[1]:
        return "y", float(y[0])
    return None


# --- the walk itself ---------------------------------------------------------------------------


def test_every_public_view_and_picture_has_an_example() -> None:
    for module in modules():
        missing = set(makers(module)) - set(getattr(module, "EXAMPLES", {}))
        assert not missing, f"{module.__name__}: EXAMPLES lacks {', '.join(sorted(missing))}"


def test_nothing_in_drawn_is_left_over() -> None:
    known = {module for module, _ in [*VIEWS.values(), *PICTURES.values()]}
    left = {file.stem for file in DRAWN.glob("*.py")} - known - {"__init__", "laws"}
    assert not left, f"tests/drawn: {', '.join(left)} belongs to no module of views"


# --- views -------------------------------------------------------------------------------------


@functools.cache
def walked(name: str) -> dict[str, list[str]]:
    """One walk through the states of a view; what is wrong, by the test that asks."""
    view, module = view_of(name), VIEWS[name][0]
    say, there = expected(module, name), everything(view)
    touched = {id(a) for a in view.moving.values()}
    leaves = view.figure.findobj(lambda a: isinstance(a, Line2D | Text | Patch))
    faults: dict[str, list[str]] = {kind: [] for kind in ("moving", "shown", "names", "numbers")}
    for values in states(view):
        for artist in leaves:
            artist.stale = False
        sentence = moved(view, values)
        strays = [a for a in leaves if a.stale and id(a) not in touched]
        wanted = dict(say(**values))
        known = [float(x) for x in wanted.pop("said", ())]
        found = {
            "moving": [f"{a} is touched and not in moving" for a in strays],
            "shown": shown_faults(there, wanted, module),
            "names": name_faults(there),
            "numbers": number_faults(sentence, [*facts(there), *known], values),
        }
        for kind, texts in found.items():
            faults[kind] += [f"{name} at {values}: {text}" for text in texts]
    return faults


@every_view
def test_what_update_touches_is_in_moving(name: str) -> None:
    assert not walked(name)["moving"], "\n".join(walked(name)["moving"])


@every_view
def test_every_named_artist_shows_what_it_should(name: str) -> None:
    assert not walked(name)["shown"], "\n".join(walked(name)["shown"])


@every_view
def test_words_have_the_colour_and_the_place_of_what_they_name(name: str) -> None:
    assert not walked(name)["names"], "\n".join(walked(name)["names"])


@every_view
def test_the_numbers_of_the_sentence_are_those_of_the_artists(name: str) -> None:
    assert not walked(name)["numbers"], "\n".join(walked(name)["numbers"])


@every_view
def test_the_scales_are_those_that_are_said(name: str) -> None:
    assert not scale_faults(view_of(name).figure, VIEWS[name][0], name)


@every_view
def test_straight_lines_have_names(name: str) -> None:
    assert not nameless(view_of(name).figure, everything(view_of(name)))


@every_view
def test_limits_and_best_rates_have_the_colours_of_the_house(name: str) -> None:
    assert not colour_faults(everything(view_of(name)))


@every_view
def test_a_legend_calls_nothing_by_the_name_of_another(name: str) -> None:
    assert not legend_faults(everything(view_of(name)))


# --- what is asked of artists ------------------------------------------------------------------


def shown_faults(there: dict[str, Artist], wanted: dict[str, Any], module: str) -> list[str]:
    """Named artists that show something else than they should, or of which nothing is said."""
    unsaid = {n for n in there if n.rpartition(", ")[2] not in ROLES} - set(wanted)
    found = [f"tests/drawn/{module}.py says nothing of {n!r}" for n in sorted(unsaid)]
    for what, want in wanted.items():
        if what not in there:
            found.append(f"{what} is not drawn")
        elif fault := differs(there[what], want):
            found.append(f"{what} {fault}")
    return found


def differs(artist: Artist, want: Any) -> str:
    """What is wrong with an artist, or nothing."""
    if callable(want):
        return want(artist) or ""
    if want is None:
        empty = isinstance(artist, Line2D) and not np.isfinite(artist.get_ydata()).any()
        return "" if empty or not artist.get_visible() else "is drawn, and should not be"
    if not artist.get_visible():
        return "is hidden"
    if isinstance(want, str):
        return "" if artist.get_text() == want else f"says {artist.get_text()!r}, not {want!r}"
    if isinstance(artist, Rectangle):
        got = artist.get_x() + artist.get_width()
        return "" if close(got, want) else f"ends at {got}, not {want}"
    if np.ndim(want) == 0:
        at = straight(artist)
        if at is None:
            return f"is no straight line, {artist.get_data()}"
        return "" if close(at[1], want) else f"stands at {at[1]}, not {want}"
    got = [np.asarray(d, float) for d in artist.get_data()]
    for axis, g, w in zip("xy", got, want, strict=True):
        w = np.asarray(w, float)
        if g.shape != w.shape:
            return f"has {g.shape} values of {axis}, not {w.shape}"
        low, high = -1e25, 1e25  # beyond, a line is only far away
        if not np.allclose(np.clip(g, low, high), np.clip(w, low, high), 1e-6, 1e-9, True):
            k = int(np.argmax(~np.isclose(g, w, 1e-6, 1e-9, True)))
            return f"has {axis}[{k}] = {g[k]}, not {w[k]}"
    return ""


def close(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-12)


HOUSE = {"limit": {COLOURS[1], GREY}, "wall": {COLOURS[1], GREY}, "best": {COLOURS[2]}}
HOUSE |= {"steep": {COLOURS[1]}, "flat": {COLOURS[2]}}


def colour_faults(there: dict[str, Artist]) -> list[str]:
    """Lines and bars named limit, best, steep, flat in another colour than in all other figures."""
    found = []
    for what in HOUSE.keys() & there.keys():
        artist = there[what]
        bar = isinstance(artist, Rectangle)
        colour = mpl.colors.to_hex(artist.get_facecolor() if bar else artist.get_color())
        if colour not in {mpl.colors.to_hex(c) for c in HOUSE[what]}:
            found.append(f"{what} is {colour}")
    return found


def nameless(figure: Figure, there: dict[str, Artist]) -> list[str]:
    """Straight lines without a name."""
    known = {id(a) for a in there.values()}
    return [
        f"a line at {straight(line)} in {ax.get_title()!r} has no name"
        for ax in figure.axes
        for line in ax.lines
        if straight(line) and id(line) not in known
    ]


def name_faults(there: dict[str, Artist]) -> list[str]:
    """Words "X, name" of another colour than X, or away from it."""
    found = []
    for what, text in there.items():
        owner, _, role = what.rpartition(", ")
        line = there.get(owner)
        if role not in ROLES or not text.get_visible() or not isinstance(line, Line2D):
            continue
        colour, got = line.get_color(), mpl.colors.to_hex(text.get_color())
        if got not in {mpl.colors.to_hex(colour), mpl.colors.to_hex(ink(colour)), "#000000"}:
            found.append(f"{what} is {got}, the line {colour}")
        if role == "name" and (fault := apart(text, line)):
            found.append(f"{what} {fault}")
    return found


def apart(text: Text, line: Line2D) -> str:
    """Words that do not stand at the line they name: further than two lines of words."""
    box = text.get_window_extent()
    x, y = (np.asarray(d, float) for d in line.get_data())
    seen = line.get_transform().transform(np.column_stack(np.broadcast_arrays(x, y)))
    seen = seen[np.isfinite(seen).all(1)]
    if not len(seen):
        return ""
    ends = np.concatenate([seen, *[seen[:-1] + k / 20 * np.diff(seen, axis=0) for k in range(20)]])
    gap = np.maximum(np.maximum(box.min - ends, ends - box.max), 0)
    distance = np.hypot(*gap.T).min()
    return "" if distance < 60 else f"stands {distance:.0f} px from it"


def legend_faults(there: dict[str, Artist]) -> list[str]:
    """Lines whose label in the legend is the name of another line, or a part of it."""

    def within(name: str, label: str) -> bool:
        return bool(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", label))

    found = []
    for own, artist in there.items():
        label = str(artist.get_label()) if isinstance(artist, Line2D) else "_"
        others = [n for n in there if n != own and within(label, n)]
        if not label.startswith("_") and others and not (within(own, label) or within(label, own)):
            found.append(f"{own} is called {label!r} in the legend, as {others}")
    return found


def number_faults(sentence: str, known: list[float], values: dict[str, Any]) -> list[str]:
    """Numbers of a sentence that are nobody's."""
    strange = strangers(sentence, known, settings_in_words(values))
    return [f"{text} in {sentence!r} is on no artist" for text in strange]


def settings_in_words(values: dict[str, Any]) -> list[str]:
    """How controls are said: "lr = 0.1" and such. Longest first."""
    said = []
    for name, value in values.items():
        said.append(name)
        if isinstance(value, str):
            said += [value, name]
        elif not isinstance(value, bool):
            said += [as_rate(value), *(num(value, digits) for digits in (4, 3, 2)), f"{value}"]
    return sorted(said, key=len, reverse=True)


NUMBER = re.compile(r"(?<![\w.])-?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?(?!\w)")
ROLES = ("name", "key")  # words at what they name, words elsewhere that say what a line is
ALWAYS = (0.0, 1.0, 1000.0, 1e20)  # the last two: bounds beyond which a run has diverged


def strangers(sentence: str, known: list[float], settings: list[str]) -> list[str]:
    """Numbers of a sentence that are nobody's."""
    for words in settings:
        sentence = re.sub(rf"(?<![\w.]){re.escape(words)}(?![\w]|\.\d)", " ", sentence)
    found = [m.group().rstrip(",") for m in NUMBER.finditer(sentence)]
    return [text for text in found if not any(reads_as(text, x) for x in known)]


def reads_as(text: str, x: float) -> bool:
    """Whether a number in words is x, rounded to the digits that are there."""
    digits = re.sub(r"e.*", "", text).replace(",", "").lstrip("-").replace(".", "").lstrip("0")
    value = float(text.replace(",", ""))
    if not np.isfinite(x):
        return False
    unit = 10.0 ** (math.floor(math.log10(abs(value))) - max(len(digits), 1) + 1) if value else 1e-9
    return abs(value - x) <= max(0.51 * unit, 1e-9 * abs(x))


def facts(there: dict[str, Artist]) -> Iterator[float]:
    """Numbers that can be read off artists: what lines begin, end and culminate with, where,
    how that compares; where straight lines stand; what stands in its words."""
    yield from ALWAYS
    for artist in there.values():
        if isinstance(artist, Text):
            yield from (float(m.group()) for m in NUMBER.finditer(artist.get_text()))
        if isinstance(artist, Line2D):
            yield from facts_of_line(artist)
    if {"rate", "limit"} <= set(there):
        rate, limit = (np.ravel(there[k].get_xdata()) for k in ("rate", "limit"))
        if len(limit) and len(rate) == 1:
            yield float(rate[0]) / float(limit[0])


def facts_of_line(line: Line2D) -> Iterator[float]:
    if at := straight(line):
        yield at[1]
        return
    x, y = (np.asarray(d, float) for d in line.get_data())
    if not len(y):
        return
    yield from (len(y), len(y) - 1)
    if not np.isfinite(y).any():
        return
    with np.errstate(all="ignore"):
        start, top, low = y[0], np.nanmax(y), np.nanmin(y)
        good = np.flatnonzero(np.isfinite(y))
        over = ~(y <= 1000 * max(start, 1e-30))
        yield from (start, y[good[-1]], top, low, x[np.nanargmax(y)], x[np.nanargmin(y)])
        yield from (y[-1] / start, top / start, float((y < 0).sum()), x[0], x[-1])
        if over.any():
            yield x[over.argmax()]


# --- pictures ----------------------------------------------------------------------------------


@functools.cache
def picture_of(name: str) -> Picture:
    return PICTURES[name][1]()


@every_picture
def test_a_picture_shows_what_it_should(name: str) -> None:
    module, there = PICTURES[name][0], named(picture_of(name).figure)
    faults = shown_faults(there, dict(expected(module, name)()), module)
    faults += scale_faults(picture_of(name).figure, module, name)
    faults += name_faults(there) + legend_faults(there) + nameless(picture_of(name).figure, there)
    assert not faults, "\n".join(faults)
