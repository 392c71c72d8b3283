"""What goes on a slide, by rule."""

import re

import slides
from nbformat.v4 import new_output


def test_a_long_listing_is_cut_where_it_has_empty_lines() -> None:
    parts = [f"void f{k}(void)\n{{\n" + "    step();\n" * 8 + "}\n" for k in range(4)]
    pieces = list(slides.parted("\n".join(parts)))
    assert [piece.count("void f") for piece in pieces] == [2, 2]
    assert all(piece.count("\n") <= slides.LINES for piece in pieces)
    assert "".join(pieces).replace("\n", "") == "".join(parts).replace("\n", "")
    made = list(slides.prose("Before.\n\n```c\n" + "\n".join(parts) + "```\n\nAfter."))
    assert ["lr-code" in block.html for block in made] == [False, True, True, False]
    (short,) = slides.prose("```c\n" + parts[0] + "```")
    assert "lr-code" in short.html


def test_no_line_begins_with_the_mark_that_ends_a_formula() -> None:
    (block,) = slides.prose("The average of all $z$. With $a$ and $b$, too $c$ (see $d$).")
    kept = re.findall(r'<span class="lr-whole"><span[^>]*>(.*?)</span>(.*?)</span>', block.html)
    assert kept == [(r"\(z\)", "."), (r"\(b\)", ","), (r"\(d\)", ").")]


def test_a_picture_does_not_become_lower_than_its_words_can_be_read() -> None:
    def least(height: int) -> int:
        html = f'<img class="lr-picture" src="pictures/a.png" alt="b" height="{height}">'
        (block,) = slides.output(new_output("display_data", {"text/html": html}))
        return block.least

    assert least(250) == 250 and least(408) == slides.LEAST
    assert least(600) == 420 and least(900) == slides.PICTURE
