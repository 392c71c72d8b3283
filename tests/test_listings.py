"""The three listings of a kernel: complete, true to the code that runs, the same in both forms."""

import re
import shutil
import subprocess
from html import unescape

import numpy as np
import pytest
import registry

from lrlib import kernels
from lrlib import listing as list_kernel

LISTED = [kernel for name, kernel in registry.KERNELS.items() if name in registry.twins()]
KERNELS = pytest.mark.parametrize("kernel", LISTED)


@KERNELS
def test_both_forms_have_the_same_content(kernel):
    listing = list_kernel(kernel)
    bundle = listing._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html"}
    html = unescape(re.sub(r"<[^>]*>", "", bundle["text/html"]))
    for part in (listing.numpy, listing.c):
        assert part in html
        assert all(line in bundle["text/plain"] for line in part.splitlines())
    for line in listing.formula.splitlines():
        assert line in html
        assert f"    {line}\n" in bundle["text/plain"]


@KERNELS
def test_html_is_well_formed_and_leaves_colours_to_the_theme(kernel):
    html = list_kernel(kernel)._repr_mimebundle_()["text/html"]
    for tag in ("div", "figure", "pre", "code"):
        assert html.count(f"<{tag}") == html.count(f"</{tag}>") > 0
    assert not re.search(r"&(?!(amp|lt|gt|quot|#\w+);)", html)  # all is escaped
    assert html.count("$$") == 2  # one displayed formula
    assert set(re.findall(r"(?:color|background): ([^;\"]+)", html)) == {"inherit", "transparent"}


@KERNELS
def test_numpy_source_is_the_kernel_without_its_docstring(kernel):
    source = list_kernel(kernel).numpy
    assert '"""' not in source
    scope = dict(vars(kernels))
    exec(source, scope)
    g = np.array([1.0, -2.0, 0.0])
    shown, state = scope[kernel.__name__](g)
    u, same = kernel(g)
    assert scope[kernel.__name__] is not kernel
    np.testing.assert_array_equal(shown, u)
    assert len(state) == len(same)


@KERNELS
@pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler found (cc)")
def test_c_source_compiles_as_shown(kernel, tmp_path):
    file = tmp_path / "one.c"
    file.write_text(list_kernel(kernel).c + "\n")
    assert re.findall(r"^void (\w+)", list_kernel(kernel).c, re.M) == [kernel.__name__]
    command = ["cc", "-std=c99", "-pedantic-errors", "-Wall", "-Werror", "-fsyntax-only", file]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@KERNELS
def test_the_same_every_time(kernel):
    first, second = list_kernel(kernel)._repr_mimebundle_(), list_kernel(kernel)._repr_mimebundle_()
    assert first == second
    assert " at 0x" not in str(first)


def test_narrow_enough_to_stand_side_by_side():
    """70 columns fit beside each other in JupyterLab in a window of 1300 pixels."""
    for kernel in LISTED:
        assert max(map(len, list_kernel(kernel).c.splitlines())) <= 70


@pytest.mark.parametrize("bad", [registry.faults, len, "sgd", None])
def test_no_twin_in_c(bad):
    with pytest.raises(ValueError, match=r"kernel = .*kernels.c has only sgd, adagrad, rmsprop"):
        list_kernel(bad)


def test_no_formula():
    def sgd(g, state=None):
        """Mine."""

    with pytest.raises(ValueError, match="kernel = sgd: must have a block Formula::"):
        list_kernel(sgd)
