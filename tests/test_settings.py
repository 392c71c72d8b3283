"""The user's matplotlib settings have no effect on any picture."""

import matplotlib as mpl
import pytest
from drawn_examples import examples, makers, modules

from lrlib.plots import Picture, View, still, vector

# a matplotlibrc as people have them; usetex alone would stop every figure where there is no LaTeX
THEIRS = {
    "text.usetex": True,
    "font.size": 20.0,
    "font.family": ["serif"],
    "mathtext.fontset": "cm",
    "figure.dpi": 72.0,
    "savefig.dpi": 30.0,
    "lines.linewidth": 5.0,
    "lines.marker": "s",
    "axes.grid": False,
    "axes.formatter.use_mathtext": True,
    "axes.prop_cycle": mpl.cycler(color=["red"]),
    "path.simplify_threshold": 1.0,
    "image.cmap": "hot",
    "legend.frameon": True,
    "xtick.direction": "in",
    "figure.autolayout": True,
}


@pytest.fixture
def theirs():
    with mpl.rc_context(), mpl.style.context("dark_background"):
        mpl.rcParams.update(THEIRS)
        yield
        assert mpl.rcParams["font.size"] == 20.0  # and they are left as they were
        assert mpl.rcParams["axes.facecolor"] == "black"


def test_every_view_and_picture_is_made_in_the_house_style() -> None:
    for module in modules():
        for name, make in makers(module).items():
            assert hasattr(make, "__wrapped__") or name == "still", f"{name}: lacks @drawing()"


PICTURES = {name: make for _, name, make in examples(Picture)}
VIEWS = {name: make for _, name, make in examples(View)}
SOME = ("gradient_valley", "noise_ball")  # all are made alike, by the test above


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_has_the_same_bytes(name: str, request: pytest.FixtureRequest) -> None:
    ours = PICTURES[name]().png
    request.getfixturevalue("theirs")
    assert PICTURES[name]().png == ours


@pytest.mark.parametrize("name", SOME)
def test_a_view_has_the_same_bytes_and_the_same_svg(
    name: str, request: pytest.FixtureRequest
) -> None:
    def drawn() -> tuple:
        view = VIEWS[name]()
        return vector.Sketch(view, "u").frame(**view.defaults), still(VIEWS[name]()).png

    ours = drawn()
    request.getfixturevalue("theirs")
    assert drawn() == ours
