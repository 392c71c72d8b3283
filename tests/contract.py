"""What is asked of a lesson beside its outputs: size, form, links, symbols.

    python tests/contract.py 05       what is still to mend in lesson 05, in words

Each check gives faults.  A fault says which file, which cell and how to mend it.
"""

import ast
import importlib
import inspect
import pathlib
import re
import sys
from collections.abc import Callable, Iterator

import exercises
import nbformat
import peeking
import run_claims
import slices
from lesson import (
    COLLAPSED,
    CONTENTS,
    ROW,
    TIME_LINE,
    Lesson,
    Size,
    calls_of_predict,
    code_cells,
    core,
    headings,
    is_navigation,
    prose,
    size,
    slide_types,
    tags,
    time,
)
from lesson import (
    navigation as navigation_line,
)

Check = Callable[[Lesson], Iterator[str]]
CHECKS: dict[str, Check] = {}


def check(function: Check) -> Check:
    """Register a check; its name is the function's."""
    CHECKS[function.__name__] = function
    return function


def at(lesson: Lesson, index: int) -> str:
    """Which cell, so that it is found in an editor: its place and how it begins."""
    cell = lesson.nb.cells[index]
    first = cell.source.strip().partition("\n")[0][:40]
    return f"{lesson.path.name}, cell {index + 1} ({first!r})"


def mend(lesson: Lesson) -> str:
    return f"run `make refresh NB={lesson.number}`"


def first_page(lesson: Lesson) -> bool:
    """Lesson 00 compares nothing and has no route."""
    return lesson.path.name == CONTENTS


# ---- size --------------------------------------------------------------------------------------

CORE = {"cells": (0, 24), "lines": (0, 120), "words": (0, 1900)}
CORE |= {"predictions": (5, 6), "panels": (1, 2), "exercises": (2, 2)}
MINUTES, CELLS = 55, 40
NAMES = {"cells": "code cells", "lines": "lines of code", "words": "words of prose"}


@check
def core_size(lesson: Lesson) -> Iterator[str]:
    """The core fits a lecture."""
    found = core(lesson.nb)
    for name in Size._fields:
        low, high = CORE[name]
        low = 0 if first_page(lesson) else low
        count = getattr(found, name)
        what = NAMES.get(name, name)
        if count > high:
            yield (
                f"{lesson.path.name}: {count} {what} in the core, at most {high} are allowed: "
                'cut, or move a section under "## Going deeper"'
            )
        if count < low:
            yield f"{lesson.path.name}: {count} {what} in the core, at least {low} are asked for"
    if found.minutes > MINUTES:
        yield (
            f"{lesson.path.name}: the core takes {found.minutes:.0f} minutes, at most {MINUTES} "
            "are allowed (words / 150 + 8 s a line + 2 a prediction + 4 a panel + 6 an exercise)"
        )


@check
def whole_size(lesson: Lesson) -> Iterator[str]:
    """The whole is bounded, too."""
    count = size(lesson.nb.cells).cells
    if count > CELLS:
        yield f"{lesson.path.name}: {count} code cells in all, at most {CELLS} are allowed"


# ---- what `make refresh` writes ----------------------------------------------------------------


@check
def header(lesson: Lesson) -> Iterator[str]:
    """Title with the file's number, a question, the computed study time."""
    first = lesson.nb.cells[0]
    if not re.match(rf"# {lesson.number} \S", first.source):
        yield f"{at(lesson, 0)}: the first line must be `# {lesson.number} Title`"
    if not lesson.question:
        yield f"{at(lesson, 0)}: the learner's question is missing: put it under the title"
    lines = TIME_LINE.findall(first.source)
    if lines != [time(lesson.nb).line()]:
        yield (
            f"{at(lesson, 0)}: the study time is {lines or 'missing'}, "
            f"computed is {time(lesson.nb).line()!r}: {mend(lesson)}"
        )


@check
def one_heading_a_cell(lesson: Lesson) -> Iterator[str]:
    """Slides, folding and links cut at cells."""
    for index, cell in enumerate(lesson.nb.cells):
        if cell.cell_type != "markdown":
            continue
        found = headings(cell.source)
        if len(found) > 1 or (found and found[0].line > 0):
            yield (
                f"{at(lesson, index)}: a cell has one heading, at its start, or none; here are "
                f"{[heading.title for heading in found]}: {mend(lesson)}"
            )


@check
def navigation(lesson: Lesson) -> Iterator[str]:
    """The last cell, and only that, leads to the neighbours and the contents."""
    places = [n for n, cell in enumerate(lesson.nb.cells) if is_navigation(cell)]
    last = len(lesson.nb.cells) - 1
    if places != [last]:
        yield (
            f"{at(lesson, last)}: the line with links to the neighbours must be the last cell, "
            f"found in cells {[n + 1 for n in places]}: {mend(lesson)}"
        )
    elif not first_page(lesson) and f"[Contents]({CONTENTS})" not in lesson.nb.cells[last].source:
        yield f"{at(lesson, last)}: no link to the contents, {CONTENTS}: {mend(lesson)}"


@check
def slides(lesson: Lesson) -> Iterator[str]:
    """Slide types are those of the rule and its tags."""
    for index, kind in enumerate(slide_types(lesson.nb)):
        found = lesson.nb.cells[index].metadata.get("slideshow", {}).get("slide_type", "")
        if found != kind:
            yield (
                f"{at(lesson, index)}: slide type {found or 'none'!r} where the rule says "
                f"{kind or 'none'!r}: {mend(lesson)}, or tag the cell slide-new, slide-keep, "
                "slide-fragment or slide-skip"
            )
            return  # the first says enough


@check
def going_deeper(lesson: Lesson) -> Iterator[str]:
    """One part for all that the core does not need, closed when the lesson is opened."""
    titles = [
        (index, heading)
        for index, cell in enumerate(lesson.nb.cells)
        if cell.cell_type == "markdown"
        for heading in headings(cell.source)
    ]
    found = [n for n, heading in titles if heading.title.startswith("Going deeper")]
    exact = [n for n, heading in titles if heading[1:] == (2, "Going deeper")]
    if found != exact or len(found) > 1:
        yield (
            f"{at(lesson, found[-1])}: there is one heading `## Going deeper`, and its sections "
            f"have headings of their own, `###`; found in cells {[n + 1 for n in found]}"
        )
    closed = [n for n, cell in enumerate(lesson.nb.cells) if cell.metadata.get(COLLAPSED)]
    if closed != exact:
        yield (
            f"{lesson.path.name}: closed headings in cells {[n + 1 for n in closed]}, but only "
            f"Going deeper is closed, cell {[n + 1 for n in exact]}: {mend(lesson)}"
        )


BEFORE = [("Exercises", "Going deeper"), ("The answer|Summary", "Going deeper")]
BEFORE += [("Going deeper", "In practice"), ("In practice", "Further reading")]


@check
def order_of_sections(lesson: Lesson) -> Iterator[str]:
    """Exercises and the answer, what goes deeper, practice, reading."""
    if first_page(lesson):
        return
    titles = [heading.title for heading in headings(prose(lesson.nb)) if heading.level == 2]

    def place(name: str) -> int | None:
        return next((n for n, title in enumerate(titles) if re.match(name, title)), None)

    for name, after in BEFORE:
        first, second = place(name), place(after)
        if first is None and name != "Going deeper":
            yield f"{lesson.path.name}: no section `## {name.replace('|', '` or `## ')}`"
        elif first is not None and second is not None and first > second:
            yield f"{lesson.path.name}: `## {titles[first]}` must stand before {titles[second]}"
    if place("Further reading") is None:
        yield f"{lesson.path.name}: no section `## Further reading`"


# ---- predictions -------------------------------------------------------------------------------

GUESS = re.compile(r"((?:my_guess|my_choice)\w*) = None  # \S.*")


@check
def predictions(lesson: Lesson) -> Iterator[str]:
    """A guess has a cell of its own; the call, which holds the answer, is hidden below it."""
    cells = lesson.nb.cells
    for index, cell in enumerate(cells):
        if cell.cell_type != "code":
            continue
        if "guess" in tags(cell):
            if not GUESS.fullmatch(cell.source.strip()):
                yield (
                    f"{at(lesson, index)}: a cell tagged `guess` holds one line, "
                    "`my_guess = None  # the unit or a hint`"
                )
            if "predict" not in tags(cells[min(index + 1, len(cells) - 1)]):
                yield f"{at(lesson, index)}: the next cell must be code tagged `predict`"
        if "predict" in tags(cell):
            yield from _prediction(lesson, index)
        elif calls_of_predict(cell.source):
            yield (
                f"{at(lesson, index)}: a call of predict or choose shows the answer: move it into "
                "a code cell tagged `predict`, after a cell tagged `guess`"
            )


def _prediction(lesson: Lesson, index: int) -> Iterator[str]:
    cell, before = lesson.nb.cells[index], lesson.nb.cells[max(index - 1, 0)]
    if not cell.metadata.get("jupyter", {}).get("source_hidden"):
        yield f"{at(lesson, index)}: the call holds the answer, so it is hidden: {mend(lesson)}"
    if len(calls_of_predict(cell.source)) != 1:
        yield f"{at(lesson, index)}: a cell tagged `predict` holds one call of predict or choose"
    guess = GUESS.fullmatch(before.source.strip())
    if "guess" not in tags(before) or not guess:
        yield f"{at(lesson, index)}: the cell before it must be code tagged `guess`"
    elif not re.search(rf"\b(predict|choose)\([^\n]*\n?.*?\b{guess[1]}\b", cell.source, re.DOTALL):
        yield f"{at(lesson, index)}: the call does not take {guess[1]} of the cell above"
    if any(map(_written_down, ast.walk(ast.parse(cell.source)))):
        yield f"{at(lesson, index)}: the right answer is written down: let the run tell it"


ANSWER = {"predict": (2, "observed"), "choose": (3, "right")}  # place and name of what is right


def _written_down(node: ast.AST) -> bool:
    """Whether this is a call of predict or choose whose answer is a constant of the source."""
    if not isinstance(node, ast.Call) or ast.unparse(node.func) not in ANSWER:
        return False
    place, name = ANSWER[ast.unparse(node.func)]
    given = node.args[place : place + 1] or [k.value for k in node.keywords if k.arg == name]
    return any(isinstance(value, ast.Constant) for value in given)


CHECKS["peeking"] = peeking.faults


def faults_of_files(lesson: Lesson) -> dict[str, list[str]]:
    """What is missing beside a lesson: answers to its exercises."""
    return {"exercise_answers": list(exercises.faults(lesson))}


# ---- for the lecturer, in practice, reading, links ---------------------------------------------

LECTURER = {
    "the route with minutes": r"\b\d+ min",
    "the wrong guesses to expect": r"(?i)guess",
    "the slow cells with their seconds": r"\b\d[\d.]* (s|seconds?)\b|(?i:no slow cell)",
    "a one-minute summary": r"(?i)one minute|one-minute|summary",
    "a question to leave with": r"\?",
}


@check
def lecturer(lesson: Lesson) -> Iterator[str]:
    """A closed fold under the header says what a lecturer needs."""
    if first_page(lesson):
        return
    cell = lesson.nb.cells[1]
    fold = re.fullmatch(
        r"<details>\s*<summary>For the lecturer</summary>(.*)</details>",
        cell.source.strip(),
        re.DOTALL,
    )
    if cell.cell_type != "markdown" or not fold:
        yield (
            f"{at(lesson, 1)}: the second cell must be one fold, "
            "`<details><summary>For the lecturer</summary> ... </details>`"
        )
        return
    for what, pattern in LECTURER.items():
        if not re.search(pattern, fold[1]):
            yield f"{at(lesson, 1)}: {what} is missing (searched for {pattern!r})"
    whole, parts = minutes_of_route(fold[1])
    if whole != sum(parts):
        yield f"{at(lesson, 1)}: the route says {whole} minutes, its parts {sum(parts)}: {parts}"


def minutes_of_route(fold: str) -> tuple[int, list[int]]:
    """What the route says in all, "Route, 45 minutes", and each of its parts, "(6)" or "6 min"."""
    found = re.search(r"Route\W+(\d+) minutes(.*?)(\n\n|\n- |\Z)", fold, re.DOTALL)
    if not found:
        return 0, []
    parts = re.findall(r"\((\d+)(?: min)?\)|\b(\d+) min\b", found[2])
    return int(found[1]), [int(a or b) for a, b in parts]


def section(lesson: Lesson, title: str) -> str:
    """The Markdown under a heading of level 2, up to the next one."""
    found = re.search(
        rf"^## {title}[^\n]*\n(.*?)(?=^## |\Z)", prose(lesson.nb), re.DOTALL | re.MULTILINE
    )
    return found[1] if found else ""


@check
def in_practice(lesson: Lesson) -> Iterator[str]:
    """A line to run in PyTorch, and one in Keras or Optax."""
    if first_page(lesson):
        return
    text = section(lesson, "In practice")
    for names, pattern in (
        ("PyTorch", r"torch\.|`\w+\(.*\)`.*PyTorch|PyTorch.*`[^`]*\("),
        ("Keras or Optax", r"keras\.|optax\.|(Keras|Optax).*`[^`]*\("),
    ):
        if not re.search(pattern, text):
            yield f"{lesson.path.name}: `## In practice` has no line of code for {names}"


@check
def further_reading(lesson: Lesson) -> Iterator[str]:
    """Every entry can be found: a link, an arXiv number, a DOI or an ISBN."""
    entries = re.findall(r"^- .*(?:\n  .*)*", section(lesson, "Further reading"), re.MULTILINE)
    if not entries:
        yield f"{lesson.path.name}: `## Further reading` has no list"
    for entry in entries:
        if not re.search(r"https?://|arXiv:\d{4}\.\d{4,5}|doi:10\.|\bISBN\b", entry, re.IGNORECASE):
            yield (
                f"{lesson.path.name}, Further reading: no link or identifier (https://, "
                f"arXiv:1412.6980, doi:10.x, ISBN) in {entry[:70]!r}"
            )


@check
def links(lesson: Lesson) -> Iterator[str]:
    """A link inside the project leads to a file that is there."""
    for index, cell in enumerate(lesson.nb.cells):
        if cell.cell_type != "markdown":
            continue
        text = re.sub(r"```.*?```|`[^`\n]*`|\$[^$]*\$", " ", cell.source, flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)\s]*)\)", text):
            file = target.partition("#")[0]
            if not target:
                yield f"{at(lesson, index)}: a link leads nowhere"
            elif file and not re.match(r"[a-z]+:", file):
                if not (lesson.path.parent / file).exists():
                    yield f"{at(lesson, index)}: the link to {target} leads to no file"


# ---- symbols -----------------------------------------------------------------------------------

GREEK = """alpha beta gamma delta epsilon varepsilon zeta eta theta iota kappa lambda mu nu xi pi
rho sigma tau upsilon phi varphi chi psi omega Gamma Delta Theta Lambda Xi Pi Sigma Phi Psi Omega"""
WORDS_IN_MATHS = r"\\(?:mathrm|text|operatorname|texttt|begin|end)\*?\{[^}]*\}"
LETTERS = "|".join(GREEK.split())
SYMBOL = re.compile(rf"\\({LETTERS})(?![a-zA-Z])|(?<![\\a-zA-Z])([A-Z])(?![a-zA-Z])")
OPERATORS = {r"\pi", r"\Delta", r"\Sigma", r"\Pi", "O", "R", "E", "P"}  # O(.), R^n, E[.], P(.)


def symbols(text: str) -> set[str]:
    """Greek letters and capitals in the formulas of a text, without their indices."""
    text = re.sub(r"```.*?```|`[^`\n]*`", " ", text, flags=re.DOTALL)
    found = set()
    for formula in re.findall(r"\$\$(.*?)\$\$|\$([^$]*)\$", text, re.DOTALL):
        words = re.sub(WORDS_IN_MATHS, " ", "".join(formula))
        found |= {rf"\{greek}" if greek else latin for greek, latin in SYMBOL.findall(words)}
    return found - OPERATORS


def table_of_symbols(contents: nbformat.NotebookNode) -> set[str]:
    """What the first column of lesson 00's table defines."""
    rows = re.findall(r"^\| symbol \|.*\n\|[-| :]+\n((?:\|.*\n?)*)", prose(contents), re.MULTILINE)
    lines = "".join(rows).splitlines()
    return symbols("\n".join(line.split(" | ")[0] for line in lines))


def own_symbols(lesson: Lesson) -> dict[str, str]:
    """What a lesson defines for itself: `Symbols: $R$ distance to the minimum; $G$ ...`."""
    lines = re.findall(r"^Symbols: (.*?)\.?$", prose(lesson.nb), re.MULTILINE)
    parts = [
        re.fullmatch(r"\s*(\$[^$]+\$) (.+)", part) for line in lines for part in line.split(";")
    ]
    return {symbol: part[2].strip() for part in parts if part for symbol in symbols(part[1])}


@check
def strangers(lesson: Lesson) -> Iterator[str]:
    """A symbol is in lesson 00's table, or the lesson says what it means here."""
    contents = lesson.path.parent / CONTENTS
    known = table_of_symbols(nbformat.read(contents, as_version=4)) if contents.exists() else set()
    own = own_symbols(lesson)
    for index, cell in enumerate(lesson.nb.cells):
        if cell.cell_type == "markdown":
            for symbol in sorted(symbols(cell.source) - known - set(own)):
                known.add(symbol)
                yield (
                    f"{at(lesson, index)}: ${symbol}$ is not in lesson 00's table of symbols: use "
                    "the table's, add it there, or write a line `Symbols: "
                    f"${symbol}$ what it is here; $...$ ...` in the lesson"
                )


@check
def names(lesson: Lesson) -> Iterator[str]:
    """A name of the code keeps its meaning, or a cell that is run again shows something else."""
    places = [n for n, cell in enumerate(lesson.nb.cells) if cell.cell_type == "code"]
    told = set()
    for name, first, used, again in slices.reused([lesson.nb.cells[n].source for n in places]):
        if name not in told and not re.match("my_(guess|choice)", name):
            told.add(name)
            yield (
                f"{at(lesson, places[again])}: binds `{name}` again, which code cell [{used + 1}] "
                f"has from cell [{first + 1}]: take another name, so that [{used + 1}] can be run "
                "again"
            )


# ---- figures -----------------------------------------------------------------------------------

LOSS_CURVE = r"(?i)\b(loss|error|accuracy)\b[^.]{0,60} (against|over) (the )?(step|pass|epoch|year)"


def methods(module: str) -> set[str]:
    """The public functions of lrlib.kernels or lrlib.schedules."""
    found = importlib.import_module(f"lrlib.{module}")
    functions = inspect.getmembers(found, inspect.isfunction)
    return {n for n, f in functions if f.__module__ == found.__name__ and not n.startswith("_")}


def imported(nb: nbformat.NotebookNode) -> set[str]:
    """The names that a lesson imports from lrlib."""
    code = "\n".join(cell.source for cell in code_cells(nb))
    found = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.ImportFrom)]
    return {a.name for node in found if (node.module or "")[:5] == "lrlib" for a in node.names}


@check
def loss_curves(lesson: Lesson) -> Iterator[str]:
    """A lesson that compares methods or schedules shows the loss over the steps."""
    names = imported(lesson.nb)
    used = [sorted(names & methods(module)) for module in ("kernels", "schedules")]
    if first_page(lesson) or max(map(len, used)) < 2:
        return
    twins = [
        output.data.get("text/plain", "")
        for cell in code_cells(lesson.nb)
        for output in cell.outputs
        if "image/png" in output.get("data", {})
    ]
    if not any(re.search(LOSS_CURVE, twin) for twin in twins):
        yield (
            f"{lesson.path.name}: it compares {', '.join(max(used, key=len))}, but no figure shows "
            "a loss, an error or an accuracy against the step: draw one with plots.curves"
        )


# ---- what lessons say about one another --------------------------------------------------------

CourseCheck = Callable[[list[Lesson], str], Iterator[str]]
COURSE_CHECKS: dict[str, CourseCheck] = {}
REFRESH = "run `tools/refresh.py --course`, as `make refresh` does at its end"


def course_check(function: CourseCheck) -> CourseCheck:
    COURSE_CHECKS[function.__name__] = function
    return function


@course_check
def tables(lessons: list[Lesson], readme: str) -> Iterator[str]:
    """README and lesson 00 list the lessons with title, question and study time."""
    contents = prose(lessons[0].nb)
    for name, page, listed in (("README", readme, lessons), (CONTENTS, contents, lessons[1:])):
        rows = {found[2].rpartition("/")[2]: found for found in ROW.finditer(page)}
        for one in listed:
            found = rows.pop(one.path.name, None)
            minutes = time(one.nb).cell()
            if found is None:
                yield f"{name}: the table has no row for {one.path.name}: {REFRESH}"
            elif (found[1], found[4].strip()) != (one.title, minutes):
                yield (
                    f"{name}: the row says {found[1]!r}, {found[4].strip()} minutes; the lesson "
                    f"says {one.title!r}, {minutes}: {REFRESH}"
                )
        for gone in rows:
            yield f"{name}: the table has a row for {gone}, which is not there: {REFRESH}"


@course_check
def questions(lessons: list[Lesson], readme: str) -> Iterator[str]:
    """Both tables ask the same."""
    contents = prose(lessons[0].nb)
    here, there = (
        {found[1]: found[3].strip().replace("`", "") for found in ROW.finditer(page)}
        for page in (readme, contents)
    )
    for title in sorted(set(here) & set(there)):
        if here[title] != there[title]:
            yield (
                f"{title}: the question is {here[title]!r} in README and {there[title]!r} in "
                f"{CONTENTS}: make them the same"
            )


@course_check
def neighbours(lessons: list[Lesson], readme: str) -> Iterator[str]:
    """The links to the neighbours lead to them and carry their titles."""
    for one in lessons:
        last = len(one.nb.cells) - 1
        wanted = navigation_line(one.path)
        if is_navigation(one.nb.cells[last]) and one.nb.cells[last].source != wanted:
            yield f"{at(one, last)}: must be {wanted!r}: {REFRESH}"


@course_check
def one_meaning(lessons: list[Lesson], readme: str) -> Iterator[str]:
    """A symbol that lessons define for themselves means the same in all of them."""
    known = table_of_symbols(lessons[0].nb)
    meanings: dict[str, tuple[str, str]] = {}
    for one in lessons:
        for symbol, meaning in own_symbols(one).items():
            if symbol in known:
                yield (
                    f"{one.path.name}: ${symbol}$ is defined by lesson 00's table already: use "
                    "another letter, or take it off the line `Symbols:`"
                )
            number, first = meanings.setdefault(symbol, (one.number, meaning))
            if first != meaning:
                yield (
                    f"{one.path.name}: ${symbol}$ is {meaning!r} here and {first!r} in lesson "
                    f"{number}: one symbol, one meaning; use the same words, or another letter"
                )


@course_check
def cells_of_claims(lessons: list[Lesson], readme: str) -> Iterator[str]:
    """The table of results says where each claim stands."""
    places = run_claims.markers(lessons[0].path.parent)
    for name, row in run_claims.stored().items():
        if row.cell != "; ".join(places.get(name, [])):
            yield f"RESULTS.md: {name} stands in {places.get(name)}, not in {row.cell}: {REFRESH}"


# ---- all checks --------------------------------------------------------------------------------


def faults(lesson: Lesson) -> dict[str, list[str]]:
    """By check, what is to mend."""
    return {name: list(function(lesson)) for name, function in CHECKS.items()}


def course_faults(lessons: list[Lesson], readme: str) -> dict[str, list[str]]:
    """By check, what is to mend between lessons, and in README."""
    return {name: list(check(lessons, readme)) for name, check in COURSE_CHECKS.items()}


def main(numbers: list[str]) -> int:
    """Print all faults of these lessons; 1 if there are any."""
    import refresh

    count = 0
    for path in sorted(refresh.NOTEBOOKS.glob("*.ipynb")):
        if path.name.startswith(tuple(numbers)) or not numbers:
            one = Lesson(path, refresh.read(path))
            found, cores = faults(one) | faults_of_files(one), core(one.nb)
            print(f"{path.name}: core {cores} {cores.minutes:.0f} min, {time(one.nb).line()}")
            for name, some in found.items():
                print(*(f"  {name}: {fault}" for fault in some), sep="\n", end="\n" * bool(some))
                count += len(some)
    print(f"{count} faults")
    return 1 if count else 0


if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "tools"))
    sys.exit(main(sys.argv[1:]))
