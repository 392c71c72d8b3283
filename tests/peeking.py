"""Can the answer of a prediction be seen before there is a guess?

Of a stored lesson all that stands in the open is read: prose, sources that are not collapsed (of
those that are, JupyterLab shows the first line), outputs and the alt text of pictures, but nothing
in a closed fold.  test_browser.py asks the same of the page itself, and that a guess opens it.
"""

import html.parser
import re
from collections.abc import Iterator
from typing import NamedTuple

from lesson import Lesson, calls_of_predict, headings, tags
from nbformat import NotebookNode

DELIBERATE = "seen-before"  # tag of a prediction whose answer the text gives on purpose


class Page(html.parser.HTMLParser):
    """What can be read of a piece of HTML, and the attributes of its first prediction."""

    def __init__(self, source: str):
        super().__init__()
        self.closed = self.summary = 0
        self.seen, self.answer = "", dict[str, str]()
        self.open_tags: list[str] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "lr-prediction" in given.get("class", "").split():
            self.answer = self.answer or given
        if tag == "img":
            self.handle_data(f" {given.get('alt', '')} ")
        if tag in ("br", "img", "hr", "input"):
            return
        self.open_tags.append(tag)
        self.closed += tag == "details" and "open" not in given
        self.summary += tag == "summary"

    def handle_endtag(self, tag: str) -> None:
        while self.open_tags and self.open_tags.pop() != tag:
            pass
        self.closed -= tag == "details" and self.closed > 0
        self.summary -= tag == "summary" and self.summary > 0
        if tag in ("p", "td", "th", "tr", "li", "div"):
            self.handle_data("\n")

    def handle_data(self, data: str) -> None:
        if not self.closed or self.summary:
            self.seen += data


# ---- numbers, in any usual writing -------------------------------------------------------------

TOKEN = re.compile(
    r"(?<![\w.])(\d[\d,_]*\.?\d*|\.\d+)"
    r"(?:[eE]([-+−]?\d+)|\s*(?:\\cdot|\\times|[·×*])\s*10(?:\^|\*\*)\{?([-−]?\d+)\}?)?"
    r"\s*(\\?%|per ?cent)?"
)
FRACTION = re.compile(r"(?<![\w./])(\d+)\s*/\s*(\d+)(?![\w./])|\\frac\{?(\d+)\}?\{?(\d+)\}?")
POWER = re.compile(r"(?<![\w.])10(?:\^|\*\*)\{?([-−]?\d+)\}?")


class Number(NamedTuple):
    value: float
    digits: int  # that are written and count


def digits_of(text: str) -> int:
    return max(1, len(re.sub(r"[.,_]", "", text).lstrip("0").rstrip("0")))


def numbers(text: str) -> Iterator[Number]:
    """The numbers in a text, without their signs: 22,720, 2.8e-3, 3 x 10^4, 28 %, 1/3."""
    for token in TOKEN.finditer(text):
        base, power, power_of_ten, per_cent = token.groups()
        base = re.sub("[,_]", "", base)
        exponent = int((power or power_of_ten or "0").replace("−", "-"))
        if abs(exponent) > 300:
            continue
        value = float(base) * 10.0**exponent
        yield Number(value, digits_of(base))
        if per_cent:
            yield Number(value / 100, digits_of(base))
    for found in FRACTION.finditer(text):
        above, below = (int(x) for x in found.groups() if x)
        if below:
            yield Number(above / below, 4)
    for found in POWER.finditer(text):
        if abs(int(found[1].replace("−", "-"))) < 300:
            yield Number(10.0 ** int(found[1].replace("−", "-")), 1)


def says(text: str, answer: str, least: int = 2) -> str | None:
    """The number in the text that gives the answer away, if any.

    It need not be written with all digits of the answer, but with `least` of them, if it has them.
    """
    value, known = (
        abs(float(answer.replace(",", ""))),
        digits_of(answer.lstrip("-").partition("e")[0]),
    )
    for number in numbers(text):
        digits = min(number.digits, known)
        if digits < min(least, known):
            continue
        if f"{number.value:.{digits - 1}e}" == f"{value:.{digits - 1}e}":
            return f"{number.value:.6g}"
    return None


# ---- what of a cell can be seen ----------------------------------------------------------------


def source_seen(cell: NotebookNode) -> str:
    if cell.cell_type != "code":
        return Page(cell.source).seen
    if cell.metadata.get("jupyter", {}).get("source_hidden"):
        return cell.source.partition("\n")[0]
    return cell.source


def outputs_seen(cell: NotebookNode) -> str:
    if cell.cell_type != "code" or cell.metadata.get("jupyter", {}).get("outputs_hidden"):
        return ""
    seen = []
    for output in cell.outputs:
        data = output.get("data", {})
        page = Page(data["text/html"]).seen if "text/html" in data else None
        seen.append(page or output.get("text", "") + data.get("text/plain", ""))
    return "\n".join(seen)


def answers(cell: NotebookNode) -> dict[str, str]:
    """Of a cell with a prediction: observed, exact, estimate; or right and why."""
    for output in getattr(cell, "outputs", []):
        if found := Page(output.get("data", {}).get("text/html", "")).answer:
            names = ("observed", "exact", "estimate", "right", "why")
            return {name: found[f"data-{name}"] for name in names if found.get(f"data-{name}")}
    return {}


class Prediction(NamedTuple):
    index: int  # of the cell with the call
    guess: int  # of the cell that the learner edits; the same in the old form
    answers: dict[str, str]
    name: str  # of the variable that holds the guess

    @property
    def choice(self) -> bool:
        return "right" in self.answers

    def guess_written(self) -> str:
        """What a learner may write into the cell of the guess."""
        return f"{self.name} = " + ('"a"' if self.choice else "0.123456")

    def shown_guess(self) -> str:
        """And how the output begins to tell it."""
        return "a, " if self.choice else "0.1"  # in as many digits as the lesson says


def predictions(nb: NotebookNode) -> list[Prediction]:
    found = []
    for index, cell in enumerate(nb.cells):
        if cell.cell_type == "code" and calls_of_predict(cell.source):
            before = nb.cells[index - 1] if index else cell
            guess = index - 1 if "guess" in tags(before) else index
            name = re.match(r"\w*", nb.cells[guess].source)[0]
            found.append(Prediction(index, guess, answers(cell), name))
    return found


def leaks(texts: dict[str, str], found: dict[str, str], least: int = 2) -> Iterator[str]:
    """Which of these texts, by what they are, give which answer away."""
    for place, text in texts.items():
        for name, answer in found.items():
            if name == "right":
                if re.search(r"^\s*right\b", text, re.MULTILINE):
                    yield f"{place} tells the right choice"
            elif name == "why":
                if answer.strip() in text:
                    yield f"{place} tells why"
            elif number := says(text, answer, least):
                yield f"{place} says {number}, the value called {name} is {answer}"


def kept_back(text: str, asked: Prediction) -> Iterator[str]:
    """What is missing in what can be read of a prediction after a guess was written."""
    for name, answer in asked.answers.items():
        if not list(leaks({"it": text}, {name: answer}, least=9)):
            yield f"{name}, {answer}, is not shown"
    if f"Your guess: {asked.shown_guess()}" not in text:
        yield "the guess is not shown"


def faults(lesson: Lesson) -> Iterator[str]:
    """Before a guess nothing in the open gives the answer of a prediction."""
    cells = lesson.nb.cells
    for index, guess, found, _ in predictions(lesson.nb):
        cell = cells[index]
        place = f"{lesson.path.name}, cell {index + 1} ({calls(cell)!r})"
        hidden = cell.metadata.get("jupyter", {}).get("source_hidden")
        if hidden and not cell.source.startswith("#"):
            yield (
                f"{place}: JupyterLab shows the first line of a collapsed cell, so that must be a "
                f"comment: run `make refresh NB={lesson.number}`"
            )
        if not cell.outputs:
            continue
        if not found:
            yield (
                f"{place}: its output is no prediction: predict(...) or choose(...) must be the "
                "last expression of its cell"
            )
        own = {
            "the cell of the guess": source_seen(cells[guess]),
            "the cell of the call": source_seen(cell),
            "its output": outputs_seen(cell),
        }
        for fault in leaks(own, found):
            yield f"{place}: {fault}: it must not be seen before the guess"
        if DELIBERATE not in tags(cell):
            for fault in before(lesson.nb, guess, found):
                yield (
                    f"{place}: {fault}; say it after the guess, or, if it is meant to be known, "
                    f"tag the cell `{DELIBERATE}`"
                )


def calls(cell: NotebookNode) -> str:
    """How the prediction is called: its first argument, or as much as its line shows."""
    found = re.search(r"\b(?:predict|choose)\(\s*(.{1,50})", cell.source)
    return found[1] if found else ""


def before(nb: NotebookNode, guess: int, found: dict[str, str]) -> Iterator[str]:
    """What the cells before give away.

    A number of one digit is everywhere; one of two is looked for in the section, others in all that
    stands before.
    """
    section = max(
        (n for n, c in enumerate(nb.cells[:guess]) if c.cell_type != "code" and headings(c.source)),
        default=0,
    )
    values = {k: v for k, v in found.items() if k not in ("right", "why")}
    for index, cell in enumerate(nb.cells[:guess]):
        seen = source_seen(cell) + "\n" + outputs_seen(cell)
        for name, answer in values.items():
            digits = digits_of(answer.partition("e")[0])
            if digits < 2 or (digits == 2 and index < section):
                continue
            told = list(leaks({f"cell {index + 1}, before it,": seen}, {name: answer}, least=3))
            yield from told
            if told:
                break  # the other values are mostly the same number
