"""What becomes of a lesson on its page, by rule."""

import pathlib
import re

import lesson
import pages
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from lrlib import predict

NOTEBOOKS = pages.ROOT / "notebooks"
COURSE = lesson.course(NOTEBOOKS)
PATH = NOTEBOOKS / "77_test.ipynb"


def shown(*cells, panels=()) -> pages.Page:
    return pages.Page(PATH, new_notebook(cells=[new_markdown_cell("# 77 T"), *cells]), [*panels])


@pytest.mark.parametrize("one", COURSE, ids=lambda one: one.number)
def test_every_picture_of_a_lesson_says_its_sentence(one: lesson.Lesson) -> None:
    page = pages.Page(one.path, one.nb)
    html = "".join(
        output.data.get("text/html", "")
        for cell in lesson.code_cells(page.nb)
        for output in cell.outputs
        if "data" in output
    )
    alts = re.findall(r'<img class="lr-picture" src="pictures/([^"]+)" alt="([^"]*)"', html)
    assert [name for name, _ in alts] == list(page.pictures)
    for name, alt in alts:
        assert len(alt.split()) > 3 and name not in alt and ".png" not in alt


@pytest.mark.parametrize("one", COURSE, ids=lambda one: one.number)
def test_a_page_has_no_dead_links_and_nothing_that_needs_a_kernel(one: lesson.Lesson) -> None:
    page = pages.Page(one.path, one.nb)
    names = {other.path.name for other in COURSE}
    for cell in page.nb.cells:
        assert not {"guess", "check"} & set(lesson.tags(cell))
        if cell.cell_type == "markdown":
            assert not lesson.is_navigation(cell)
            for target in pages.LINK.findall(cell.source):
                assert target.partition("#")[0] in names
    assert all((pages.ROOT / file).exists() for file in page.files)


def test_links_lead_to_pages_or_to_files_of_the_project() -> None:
    text = "[a](01_fixed_rate.ipynb#x) [b](../data/README.md) [c](https://x.org) [d](#here)"
    new, files = pages.relinked(text, NOTEBOOKS)
    assert (
        new == "[a](01_fixed_rate.ipynb#x) [b](repo:data/README.md) [c](https://x.org) [d](#here)"
    )
    assert files == {"data/README.md"}
    with pytest.raises(pages.PageError, match="no such file"):
        pages.relinked("[a](nowhere.md)", NOTEBOOKS)
    with pytest.raises(pages.PageError, match="no such file"):
        pages.relinked("[a](../../etc/passwd)", NOTEBOOKS)


def test_a_guess_becomes_the_unit_of_the_field_and_an_answer_stays_folded() -> None:
    html = predict("rate", None, 0.25)._repr_mimebundle_()["text/html"]
    page = shown(
        new_code_cell("my_guess = None  # cm", metadata={"tags": ["guess"]}),
        new_code_cell(
            "predict('rate', my_guess, 0.25)",
            metadata={"tags": ["predict"]},
            outputs=[new_output("execute_result", {"text/html": html, "text/plain": "0.25"})],
        ),
    )
    assert len(page.nb.cells) == 2
    (output,) = page.nb.cells[1].outputs
    assert "remove-input" in lesson.tags(page.nb.cells[1])
    assert 'class="lr-prediction" data-unit="cm" data-observed="0.25"' in output.data["text/html"]
    assert set(output.data) == {"text/html"}


def test_a_panel_gets_its_element_and_a_picture_without_words_is_refused() -> None:
    png = new_output("execute_result", {"image/png": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB"})
    panel = new_code_cell("live.panel(v)", outputs=[png])
    page = shown(panel, panels=["<div>live</div>"])
    assert page.nb.cells[1].outputs[0].data == {"text/html": "<div>live</div>"}
    with pytest.raises(pages.PageError, match="without a sentence"):
        shown(new_code_cell("f()", outputs=[png]))


def test_every_page_leads_to_what_can_be_run() -> None:
    alone, hosted = pages.doors("01_fixed_rate"), pages.doors("01_fixed_rate", "me/course")
    assert "lite/lab/index.html?path=01_fixed_rate.ipynb" in alone
    assert "mybinder" not in alone and "colab" not in alone
    assert "mybinder.org/v2/gh/me/course/main?labpath=notebooks%2F01_fixed_rate.ipynb" in hosted
    assert "github/me/course/blob/main/notebooks/01_fixed_rate.ipynb" in hosted


def test_a_lesson_that_cannot_run_in_a_browser_has_no_button_for_it_and_says_so() -> None:
    plain, asking = (
        shown(new_code_cell(f"import numpy as np\n{line}")).with_doors("me/course").cells[0].source
        for line in ("", 'torch = need("torch")')
    )
    assert "JupyterLite" in plain and "To run it" not in plain
    assert "lite/lab" not in asking and "github/me/course/blob" in asking
    assert "\n*To run it you need PyTorch; it cannot run in JupyterLite.*\n" in asking


def test_the_lecturers_page_has_the_fold_of_every_lesson_that_has_one() -> None:
    fold = "<details><summary>For the lecturer</summary>\n\n**Route.** Ten minutes.\n</details>"
    nb = new_notebook(cells=[new_markdown_cell("# 77 T"), new_markdown_cell(fold)])
    one = lesson.Lesson(pathlib.Path("77_t.ipynb"), nb)
    assert pages.lecturers_fold(nb) == "**Route.** Ten minutes."
    assert pages.routes([one]) == "## 77 T\n\n**Route.** Ten minutes."


def test_pictures_of_the_text_come_along_and_the_map_has_links() -> None:
    words = "![A panel in four words](../docs/panel.png) ![The map](../docs/map.svg)"
    page = shown(new_markdown_cell(words))
    source = page.nb.cells[1].source
    assert list(page.pictures) == ["panel.png"]
    assert 'src="pictures/panel.png" alt="A panel in four words"' in source
    assert f'href="{COURSE[1].path.stem}.html"' in source
    with pytest.raises(pages.PageError, match="no such file"):
        shown(new_markdown_cell("![x](../docs/nothing.png)"))
