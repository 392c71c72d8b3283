"""A lesson's core as a deck of slides: the cells that its slide types choose, the figures alive.

A slide takes the cells up to the next one of type "slide". What does not fit one slide goes on on
another, under the same title, and a few words share the slide of what they lead to, if it has room;
deck.js makes the letters of a slide smaller where its blocks are higher than they were taken for.
"""

import html
import re
from collections.abc import Iterator
from itertools import repeat
from typing import NamedTuple

import pages
from lesson import Lesson, headings, tags
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.amsmath import amsmath_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from nbformat import NotebookNode
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name

ROOM = 560  # pixels of height for the blocks of a slide of 720
OVER = 60  # and so many more are no reason to begin another
CODE, FORMATTER = 22, HtmlFormatter(cssclass="lr-code", wrapcode=True)  # height of a line of code
SMALL = 4 * CODE + 20  # a few printed lines
PICTURE, LEAST = 430, 300  # heights of a picture: as it is shown alone, and beside much else
SHARE = 0.7  # of its own height: lower, its words cannot be read from the last row
LINES = 28  # of code on a slide
LETTERS = 78  # of prose in a line
MINUTES = re.compile(
    r"(Core: a|A)bout \d+ minutes"
)  # for who reads alone; lecturers.html has theirs


def code(source: str, language: str) -> str:
    try:
        lexer = get_lexer_by_name(language or "text")
    except ValueError:
        lexer = get_lexer_by_name("text")
    return highlight(source, lexer, FORMATTER)


def math(source: str, options: dict) -> str:
    left, right = ("\\[", "\\]") if options["display_mode"] else ("\\(", "\\)")
    return f"{left}{html.escape(source.strip())}{right}"


def _parser() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": True, "highlight": lambda s, name, _: code(s, name)})
    made.enable("table").use(dollarmath_plugin, renderer=math, double_inline=True)
    return made.use(amsmath_plugin, renderer=html.escape)


MARKDOWN = _parser()


class Block(NamedTuple):
    """A piece that is not parted: HTML and about how high it is, in pixels."""

    html: str
    height: int
    title: str = ""  # of a heading
    later: bool = False  # comes with the next key
    words: bool = False  # prose, which may lead to something
    least: int = 0  # how low a picture may become


def prose(text: str) -> Iterator[Block]:
    """The blocks of a Markdown text: paragraphs, tables, lists, formulas, code."""
    tokens, start, depth = MARKDOWN.parse(text), 0, 0
    for k, token in enumerate(tokens):
        depth += token.nesting
        if depth:
            continue
        part, start = tokens[start : k + 1], k + 1
        if token.type == "fence" and token.content.count("\n") > LINES:
            yield from map(_fence, parted(token.content), repeat(token))
            continue
        made = _whole(MARKDOWN.renderer.render(part, MARKDOWN.options, {}))
        words = re.sub(r"<[^>]+>", "", made)
        if part[0].type == "heading_open":
            yield Block(made, 70, part[1].content)
        elif not MINUTES.match(words):
            yield Block(_linked(made), _height(part[0].type, part, words), words=True)


def parted(source: str) -> Iterator[str]:
    """A long listing in pieces of at most LINES lines, cut where there are empty ones."""
    piece = ""
    for some in re.split(r"(?<=\n)\n+", source):
        if piece and (piece + some).count("\n") >= LINES:
            yield piece
            piece = ""
        piece += "\n" * bool(piece) + some
    yield piece


def _fence(source: str, token: Token) -> Block:
    made = MARKDOWN.renderer.render([token.copy(content=source)], MARKDOWN.options, {})
    return Block(made, CODE * source.count("\n") + 30, words=True)


def _whole(made: str) -> str:
    """No line begins with the mark that ends a formula."""
    formula = r'<span class="math inline">[^<]*</span>'
    return re.sub(rf"{formula}[.,;:?!)]+", r'<span class="lr-whole">\g<0></span>', made)


def _height(kind: str, part: list, words: str) -> int:
    if kind in ("fence", "code_block"):
        return CODE * words.count("\n") + 30
    if kind == "html_block" and "<svg" in part[0].content:
        return ROOM
    if kind == "table_open":
        return 40 * sum(token.type == "tr_open" for token in part)
    if kind in ("math_block", "amsmath"):
        return 90
    lines = sum(-(-len(line) // LETTERS) for line in words.splitlines() if line.strip())
    return 38 * max(1, lines) + 18


def _linked(made: str) -> str:
    """Links from the deck's folder: to pages beside it, and to files of the project."""
    made = re.sub(r'href="([\w-]+)\.(?:ipynb|html)', r'href="../\1.html', made)
    made = made.replace('src="pictures/', 'src="../pictures/')
    return re.sub(r'(href|src)="repo:', r'\1="../files/', made)


def output(data: NotebookNode) -> Iterator[Block]:
    """What a code cell shows."""
    if data.output_type == "stream":
        yield _printed(data.text)
        return
    made = data.get("data", {})
    if page := made.get("text/html"):
        if "lr-live" in page:
            yield Block(page, ROOM)
        elif found := re.search(r'class="lr-picture".*height="(\d+)"', page):
            inside = page.replace('src="pictures/', 'src="../pictures/').replace(
                ' loading="lazy"', ""
            )
            high = min(int(found[1]), PICTURE)
            least = max(LEAST, round(SHARE * int(found[1])))
            yield Block(inside, high, least=min(high, least))
        elif "lr-prediction" in page:
            yield Block(page, 220 + 40 * page.count("<br>"))
        else:
            yield Block(page, 36 * page.count("<tr") + 40)
    elif words := made.get("text/plain"):
        yield _printed(words)


def _printed(text: str) -> Block:
    return Block(
        f"<pre class='lr-out'>{html.escape(text)}</pre>", CODE * (text.count("\n") + 1) + 20
    )


def blocks(cell: NotebookNode, kind: str) -> Iterator[Block]:
    """What a cell brings to its slide."""
    if cell.cell_type == "markdown":
        yield from (block._replace(later=kind == "fragment") for block in prose(cell.source))
        return
    hidden = {"hide-input", "remove-input"} & set(tags(cell)) or pages.is_panel(cell)
    if cell.source.strip() and not hidden:
        shown = re.sub(r"\s*# fmt: skip", "", cell.source)
        yield Block(code(shown, "python"), CODE * (cell.source.count("\n") + 1) + 30)
    for data in cell.outputs:
        yield from output(data)


def slides(page: pages.Page) -> list[list[Block]]:
    """The blocks of each slide, in order."""
    found: list[list[Block]] = []
    title = ""
    for cell, kind in zip(page.nb.cells, page.kinds, strict=True):
        if kind == "skip":
            continue
        for number, block in enumerate(blocks(cell, kind)):
            begins = not found or (kind == "slide" and number == 0)
            small = block.height <= SMALL and not block.words  # what a line of code says
            full = found and not small and _least([*found[-1], block]) > ROOM + OVER
            if begins or (full and not _only_title(found[-1])):
                found.append(
                    [Block(f'<p class="lr-title">{html.escape(title)}</p>', 30)]
                    if title and not block.title
                    else []
                )
            title = re.sub(r"[*`$\\]", "", block.title) or title
            found[-1].append(block)
    return commented(joined([slide for slide in found if not all(map(_is_running_title, slide))]))


def joined(slides: list[list[Block]]) -> list[list[Block]]:
    """The slides, with those of words alone put above what they lead to, where that has room."""
    found: list[list[Block]] = []
    for slide in slides:
        rest = [block for block in slide if not _is_running_title(block)]
        leads = found and _only_words(found[-1])
        led_to = not any(block.words or block.title for block in rest)
        if leads and led_to and _least([*found[-1], *rest]) <= ROOM + OVER:
            found[-1].extend(rest)
        else:
            found.append(slide)
    return found


def commented(slides: list[list[Block]]) -> list[list[Block]]:
    """The slides, with a few words put below what they are about, where that has room."""
    found: list[list[Block]] = []
    for slide in slides:
        rest = [block._replace(later=True) for block in slide if not _is_running_title(block)]
        about = found and not _only_words(found[-1]) and not any(block.title for block in rest)
        if about and _only_words(slide) and _least([*found[-1], *rest]) <= ROOM + OVER:
            found[-1].extend(rest)
        else:
            found.append(slide)
    return found


def _only_words(slide: list[Block]) -> bool:
    return all(block.words or block.title or _is_running_title(block) for block in slide)


def _least(slide: list[Block]) -> int:
    """The height that the blocks need, with their pictures as low as may be."""
    return sum(block.least or block.height for block in slide)


def _only_title(slide: list[Block]) -> bool:
    return all(block.title or _is_running_title(block) for block in slide)


def _is_running_title(block: Block) -> bool:
    return "lr-title" in block.html


def lowered(slide: list[Block]) -> list[Block]:
    """The slide with its pictures made as low as the others' heights ask."""
    pictures = [block for block in slide if block.least]
    over = sum(block.height for block in slide) - ROOM - OVER
    if over <= 0 or not pictures:
        return slide
    part = -(-over // len(pictures))

    def low(block: Block) -> Block:
        high = max(block.least, block.height - part)
        style = f'<div style="--lr-high: {high}px">{block.html}</div>'
        return block._replace(html=style, height=high)

    return [low(block) if block.least else block for block in slide]


def section(slide: list[Block], notes: str) -> str:
    inside = "\n".join(
        f'<div class="fragment">{block.html}</div>' if block.later else block.html
        for block in lowered(slide)
    )
    aside = f'<aside class="notes">{notes}</aside>' if notes else ""
    return f'<section><div class="lr-fit">\n{inside}\n</div>{aside}</section>'


def deck(lesson: Lesson, page: pages.Page) -> str:
    """The deck of a lesson, as a page of its own in the folder slides/."""
    notes = MARKDOWN.render(pages.lecturers_fold(lesson.nb))
    parts = [section(slide, "" if k else notes) for k, slide in enumerate(slides(page))]
    title = html.escape(headings(page.nb.cells[0].source)[0].title)
    joined = "\n".join(parts)
    return f"""<!doctype html>
<html lang="en" class="lr-light">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}: slides</title>
<link rel="icon" href="../_static/icon.svg">
<link rel="stylesheet" href="../_static/reveal/reveal.css">
<link rel="stylesheet" href="../_static/live.css">
<link rel="stylesheet" href="../_static/course.css">
<link rel="stylesheet" href="../_static/deck.css">
<script src="../_static/live.js" defer></script>
<script src="../_static/predictions.js" defer></script>
<script>window.MathJax = {{options: {{enableMenu: false}}}}</script>
<script src="../_static/mathjax/tex-chtml-full.js" defer></script>
<script src="../_static/reveal/reveal.js" defer></script>
<script src="../_static/reveal/notes.js" defer></script>
<script src="../_static/deck.js" defer></script>
</head>
<body>
<div class="reveal"><div class="slides">
{joined}
</div></div>
</body>
</html>
"""
