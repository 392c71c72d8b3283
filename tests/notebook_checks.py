"""What is asked of every notebook.  Each check returns a list of faults, in words.

test_notebooks.py applies them to the lessons; test_notebook_checks.py feeds each of them a broken
notebook, so that none can pass by never looking.
"""

import ast
import base64
import contextlib
import functools
import io
import re
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import nbformat
import numpy as np
import peeking
import pytest
import refresh
import slices
from exercises import Exercise, Trial, trials
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from lesson import calls_of_predict, code_cells, prose, tags
from nbformat.v4 import new_output
from PIL import Image
from traitlets.config import Config

from lrlib import live
from lrlib.plots import Picture

# ---- how it is stored --------------------------------------------------------------------------


def storage_faults(text: str, lesson: bool) -> list[str]:
    """What a stored notebook must not have; `lesson` asks for predictions and solutions too."""
    nb = nbformat.reads(text, as_version=4)
    code, words = code_cells(nb), prose(nb)
    faults = []

    def need(fine: bool, fault: str) -> None:
        if not fine:
            faults.append(fault)

    counts = [cell.execution_count for cell in code]
    need(counts == list(range(1, len(code) + 1)), f"execution counts are not 1..n: {counts}")
    need(text == refresh.as_text(refresh.normalise(nb)), "not in normal form: run `make refresh`")
    need(len(text.encode()) < 300_000, f"{len(text.encode())} bytes, the limit is 300,000")
    need(nb.metadata.get("kernelspec", {}).get("name") == "python3", "the kernel is not python3")
    need("widgets" not in nb.metadata, "widget state is stored")
    plain = re.sub(r"\$[^$]*\$|```.*?```|<[^>]+>", " ", words, flags=re.DOTALL)
    n_words = len(re.findall(r"\b[^\W\d_][\w'-]*", plain))
    need(n_words <= 3500, f"{n_words} words of prose, the limit is 3,500")
    for image in re.findall(r"!\[\s*\]\(.*?\)", words):
        faults.append(f"picture without alt text: {image}")
    for image in re.findall(r"<img\b[^>]*>", words):
        need(bool(re.search(r"alt=(\"[^\"]+\"|'[^']+')", image)), f"picture without alt: {image}")
    if lesson:
        predictions = sum(len(calls_of_predict(cell.source)) for cell in code)
        need(predictions >= 5, f"{predictions} predictions, at least 5 are asked for")
        solutions = len(re.findall("<details", words))
        need(solutions >= 2, f"{solutions} solutions in <details>, at least 2 are asked for")
    for cell in code:
        faults += [f"cell [{cell.execution_count}]: {fault}" for fault in cell_faults(cell)]
    return faults


def cell_faults(cell: nbformat.NotebookNode) -> Iterator[str]:
    lines = [line for line in cell.source.splitlines() if line.strip()]
    if len(lines) > 25:
        yield f"{len(lines)} lines, the limit is 25"
    if cell.source.rstrip().endswith(";"):
        yield "ends with ;"
    if re.search(r"^\s*from\s+\S+\s+import\s+\*", cell.source, re.MULTILINE):
        yield "star import"
    if any(tag.startswith("nbval") for tag in tags(cell)) or "# NBVAL" in cell.source.upper():
        yield "tells nbval to look away"
    for output in cell.outputs:
        data = output.get("data", {})
        text = output.get("text", "") + "".join(v for k, v in data.items() if k.startswith("text/"))
        if output.output_type == "error":
            yield f"error {output.ename}: {output.evalue}"
        if output.get("name") == "stderr":
            yield f"stderr: {text[:80]}"
        if re.search(r" at 0x[0-9a-fA-F]+", text):
            yield "memory address in the output"
        if long := re.search(r"\d\.\d{7,}", text):
            yield f"more than 6 decimals: {long[0]}"
        if "image/svg+xml" in data:
            yield "SVG output"
        if refresh.WIDGET_VIEW in data:
            yield "widget view stored"
        if "image/png" in data:
            yield from twin_faults(data.get("text/plain", ""), output.metadata)


def twin_faults(twin: str, metadata: dict) -> Iterator[str]:
    """A picture's text/plain twin says in a sentence, with numbers, what the picture shows."""
    if twin.startswith(("<Figure", "Figure(")) or len(twin) < 40 or not re.search(r"\d", twin):
        yield f"picture whose text twin is no sentence with numbers: {twin[:60]!r}"
    alt = metadata.get("image/png", {}).get("alt", "")
    if alt != twin:
        yield f"picture whose alt text is not its text twin: {alt[:60]!r}"


# ---- every cell twice, exercises and panels: one run of the notebook in this process -------------


SLOW = 1.0  # seconds; such a cell is run twice only where its text says that this may matter


class Played(NamedTuple):
    """What one run of a notebook showed."""

    twice: list[str]  # cells that show something else when they are run again at once
    exercises: list[str]  # faults of these
    panels: list[tuple[int, live.Panel]]  # with the number of the cell that built it
    trials: list[Trial]  # what checks said to wrong and right answers
    pictures: list[str]  # stored pictures that are not those of this run
    kept_back: list[str]  # answers of predictions that a guess does not open


def exercises(nb: nbformat.NotebookNode) -> tuple[dict[int, str], list[str]]:
    """Solutions by the number of the cell that checks them, and what does not pair up.

    An exercise is a code cell tagged `exercise`; the next code cell, tagged `check`; and, in the
    same order as the exercises, one closed <details> with the solution as a ```python block.
    """
    code = code_cells(nb)
    stubs = [number for number, cell in enumerate(code, 1) if "exercise" in tags(cell)]
    checks = [number for number, cell in enumerate(code, 1) if "check" in tags(cell)]
    closed = r"<details>\s*<summary>Solution[^<]*</summary>(.*?)</details>"
    blocks = [
        re.findall(r"```python\n(.*?)```", block, re.DOTALL)
        for block in re.findall(closed, prose(nb), re.DOTALL)
    ]
    if checks != [number + 1 for number in stubs]:
        return {}, [f"exercises in cells {stubs} do not go with checks in cells {checks}"]
    if [len(block) for block in blocks] != [1] * len(checks):
        found = [len(block) for block in blocks]
        return {}, [f"{len(checks)} exercises, but code blocks in solutions are {found}"]
    return dict(zip(checks, (block[0] for block in blocks), strict=True)), []


def shown_by(shell: InteractiveShell, source: str) -> list[nbformat.NotebookNode]:
    """Run a cell; what a notebook would store of what it shows."""
    with capture_output() as said:
        ran = shell.run_cell(source)
        ran.raise_error()
    streams = {"stdout": said.stdout, "stderr": said.stderr}
    outputs = [new_output("stream", name=k, text=text) for k, text in streams.items() if text]
    outputs += [new_output("display_data", o.data, metadata=o.metadata) for o in said.outputs]
    if isinstance(ran.result, Picture | live.Panel):  # of these the shell has printed the words
        data, metadata = ran.result._repr_mimebundle_()
        outputs.append(new_output("display_data", data, metadata=metadata))
    return refresh.normal_outputs(outputs)


def told(outputs: list[nbformat.NotebookNode]) -> str:
    return "".join(output.get("text", "") for output in outputs)


# A picture drawn by another machine differs in up to 1.5 % of its pixels: letters lie elsewhere by
# a part of one. So 2 % may differ, and of those that are not white in either, half: in a sparse
# picture everything that is drawn can be less than 2 %.
DIFFERENT, OF_ALL, OF_INK = 64, 0.02, 0.5  # of 255; shares


def picture_faults(stored: list, fresh: list) -> Iterator[str]:
    """Stored pictures that are missing, of another size, or not nearly the fresh ones."""
    pairs = [
        [o["data"]["image/png"] for o in outputs if "image/png" in o.get("data", {})]
        for outputs in (stored, fresh)
    ]
    if len(pairs[0]) != len(pairs[1]):
        yield f"{len(pairs[0])} pictures are stored, {len(pairs[1])} are drawn"
        return
    for old, new in zip(*pairs, strict=True):
        a, b = (np.asarray(_opened(png), int) for png in (old, new))
        if a.shape != b.shape:
            sizes = [f"{x.shape[1]} x {x.shape[0]}" for x in (a, b)]
            yield f"the stored picture is {sizes[0]} pixels, a fresh one {sizes[1]}"
            continue
        differ = (np.abs(a - b) > DIFFERENT).any(-1)
        ink = ((a < 255 - DIFFERENT) | (b < 255 - DIFFERENT)).any(-1)
        share, of_ink = differ.mean(), differ.sum() / max(1, ink.sum())
        if share > OF_ALL or of_ink > OF_INK:
            yield (
                f"the stored picture is another: {share:.1%} of the pixels differ, "
                f"{of_ink:.0%} of what is drawn"
            )


def _opened(png: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(png))).convert("RGB")


def no_thread(thread: threading.Thread) -> None:
    """What starting a thread does where there are none, as in a browser."""
    raise RuntimeError("can't start new thread")


def play(nb: nbformat.NotebookNode, answers: Sequence[Exercise] = (), once: bool = False) -> Played:
    """Run a notebook's cells in order, each twice, and at each check the answers to it too.

    These are the solution and, where there are ``answers`` for every exercise, wrong and right
    ones. ``once`` is for a quick look at them: cells run once. No thread can be started meanwhile,
    since lessons run in a browser too, but by cells tagged `processes`, which cannot.
    """
    solutions, faults = exercises(nb)
    answers = list(answers) if len(answers) == len(solutions) else []
    twice: list[str] = []
    pictures: list[str] = []
    panels: list[tuple[int, live.Panel]] = []
    tried: list[Trial] = []
    kept_back: list[str] = []
    asked = {id(nb.cells[one.index]): one for one in peeking.predictions(nb)}
    build, number = live.Panel.__init__, 0

    def build_and_keep(panel: live.Panel, *args: object, **kwargs: object) -> None:
        build(panel, *args, **kwargs)
        panels.append((number, panel))

    InteractiveShell.clear_instance()
    with contextlib.chdir(refresh.NOTEBOOKS), pytest.MonkeyPatch.context() as patch:
        patch.setattr(live.Panel, "__init__", build_and_keep)
        start_thread = threading.Thread.start
        shell = InteractiveShell.instance(config=Config(HistoryManager={"enabled": False}))
        for number, cell in enumerate(code_cells(nb), 1):
            allowed = start_thread if "processes" in tags(cell) else no_thread
            patch.setattr(threading.Thread, "start", allowed)
            start = time.process_time()
            first = shown_by(shell, cell.source)
            pictures += [f"cell [{number}], {x}" for x in picture_faults(cell.outputs, first)]
            slow = time.process_time() - start > SLOW and not slices.IN_FULL
            built = len(panels)
            same = once or (slow and not slices.leans_on_itself(cell.source, shell.user_ns))
            second = first if same else shown_by(shell, cell.source)
            del panels[built:]
            if first != second:
                twice.append(f"cell [{number}] shows {first} first and {second} then")
            if one := asked.get(id(cell)):
                text = with_a_guess(shell, cell.source, one)
                kept_back += [f"cell [{number}], {x}" for x in peeking.kept_back(text, one)]
            if number not in solutions:
                continue
            said = told(second)
            if "not attempted" not in said:
                faults.append(f"cell [{number}]: the stub is told {said!r}, not 'not attempted'")
            attempt = functools.partial(attempted, shell, cell.source)
            said, _ = attempt(solutions[number])
            if not re.search(r"(?<!not )\bcorrect\b", said) or "not attempted" in said:
                faults.append(f"cell [{number}]: the solution is told {said!r}, not 'correct'")
            elif answers:
                place = list(solutions).index(number)
                tried += trials(place + 1, answers[place], attempt, solutions[number])
    InteractiveShell.clear_instance()
    return Played(twice, faults, panels, tried, pictures, kept_back)


def attempted(shell: InteractiveShell, check: str, answer: str) -> tuple[str, dict[str, object]]:
    """What a check says to an answer, and the names there were; then all is as it was before.

    The rest of the notebook runs with the stub, as stored.
    """
    before = dict(shell.user_ns)
    try:
        shown_by(shell, answer)
        return told(shown_by(shell, check)), dict(shell.user_ns)
    finally:
        for name in set(shell.user_ns) - set(before):
            del shell.user_ns[name]
        shell.user_ns.update(before)


def with_a_guess(shell: InteractiveShell, source: str, asked: peeking.Prediction) -> str:
    """What can be read of a prediction when there is a guess. Its cell has run: only the call is
    made again, which ends it."""
    names = dict(shell.user_ns)
    exec(asked.guess_written(), names)
    call = ast.parse(source).body[-1]
    if not isinstance(call, ast.Expr):  # a cell that ends otherwise shows nothing
        return ""
    answer = eval(ast.unparse(call), names)
    return peeking.Page(answer._repr_mimebundle_()["text/html"]).seen


def settings_of(control: object) -> list[Callable[[], None]]:
    """Ways to set a control to every end and choice it has."""

    def put(trait: str, value: object) -> Callable[[], None]:
        return lambda: setattr(control, trait, value)

    if hasattr(control, "options"):
        return [put("index", index) for index in range(len(control.options))]
    if isinstance(control.value, bool):
        return [put("value", False), put("value", True)]
    if hasattr(control, "base"):  # a logarithmic slider's ends are exponents
        return [put("value", control.base**control.min), put("value", control.base**control.max)]
    return [put("value", control.min), put("value", control.max)]


def panel_faults(panel: live.Panel) -> list[str]:
    """Controls that raise, warn or leave picture or sentence as they were, at any of their ends."""
    controls = panel.controls
    start = {name: control.value for name, control in controls.items()}
    faults, first = [], (panel.drawn, panel.sentence)

    def attempt(what: str, change: Callable[[], None]) -> None:
        try:
            change()
        except Exception as error:
            faults.append(f"{what}: {type(error).__name__}: {error}")

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for name, control in controls.items():
            png, sentence = panel.drawn, panel.sentence
            pictures, sentences = {png}, {sentence}
            for step, change in enumerate(settings_of(control)):
                attempt(f"{name}, setting {step}", change)
                pictures.add(panel.drawn)
                sentences.add(panel.sentence)
            attempt(f"{name}, back", lambda c=control, v=start[name]: setattr(c, "value", v))
            if len(pictures) == 1:
                faults.append(f"{name}: the picture never changes")
            if len(sentences) == 1:
                faults.append(f"{name}: the sentence never changes")
            if (panel.drawn, panel.sentence) != (png, sentence):
                faults.append(f"{name}: back at its start it shows something else")
        for end in (0, -1):
            for name, control in controls.items():
                attempt(f"{name}, all controls at an end", settings_of(control)[end])
        attempt("Reset", panel.reset)
    if (panel.drawn, panel.sentence) != first:
        faults.append("Reset: it does not show what it showed at first")
    return faults
