"""Run notebooks anew, in place, and store them in one normal form.

    python tools/refresh.py              all notebooks
    python tools/refresh.py 01 03        those whose names start so
    python tools/refresh.py --course     none, but what lessons and README say about other lessons

What follows from a lesson by rule (lesson.py) is written first: cells cut at headings, study time,
slide types, navigation, hidden inputs of predictions.  Then ruff mends and formats the code, then
it is run.

The normal form holds nothing that changes from run to run or from one editor to another: no widget
state and no widget views (their model ids are random), no time stamps, one kernel name.  A notebook
saved by JupyterLab and one run here come out as the same bytes, and a second run changes none.
"""

import copy
import hashlib
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import uuid

import course_map
import lesson
import nbclient
import nbformat
import run_claims
from nbclient.exceptions import CellControlSignal, DeadKernelError
from traitlets.config import Config

ROOT = pathlib.Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
# the rest of a cell's metadata is what editors leave behind
CELL_METADATA = ("claims", lesson.COLLAPSED, "jupyter", "slideshow", "tags")
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


# The products here are small: a second BLAS thread costs more than it gives on a busy machine.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.pop("JPY_SESSION_NAME", None)  # the kernels started here are not JupyterLab's

# how a kernel is reached: two that start at once can be given the same free port, files cannot
TRANSPORT = "tcp" if sys.platform == "win32" else "ipc"


class CellFailed(Exception):
    """Which cell stopped a notebook, its source and its message."""


def own_connection() -> dict[str, str]:
    """Options of a KernelManager whose kernel shares its way of connection with no other."""
    if TRANSPORT == "tcp":
        return {}
    return {"transport": TRANSPORT, "ip": f"{tempfile.gettempdir()}/kernel-{uuid.uuid4().hex}"}


def execute(nb: nbformat.NotebookNode, folder: pathlib.Path = NOTEBOOKS) -> nbformat.NotebookNode:
    """Run all code cells in a fresh kernel and return a copy of `nb` with the new outputs."""
    nb = copy.deepcopy(nb)
    code = [cell for cell in nb.cells if cell.cell_type == "code"]
    for cell in code:
        cell.outputs, cell.execution_count = [], None
    started: list[nbformat.NotebookNode] = []
    client = nbclient.NotebookClient(
        nb,
        timeout=300,
        kernel_name="python3",
        record_timing=False,
        store_widget_state=False,
        config=Config(KernelManager=own_connection()),
        resources={"metadata": {"path": str(folder)}},
        on_cell_execute=lambda cell, cell_index: started.append(cell),
    )
    try:
        client.execute()
    except (CellControlSignal, DeadKernelError) as error:
        message = f"{error.ename}: {error.evalue}" if hasattr(error, "ename") else str(error)
        cell = started[-1]
        place = next(number for number, other in enumerate(code, 1) if other is cell)
        raise CellFailed(f"code cell {place}\n\n{cell.source}\n\n{message.strip()}") from error
    return nb


def normalise(nb: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The normal form of a notebook, as a new notebook."""
    nb = nbformat.from_dict(copy.deepcopy(nb))
    nb.metadata = nbformat.from_dict(METADATA)
    nb.nbformat, nb.nbformat_minor = 4, 5
    taken: set[str] = set()
    for index, cell in enumerate(nb.cells):
        cell.id = cell_id(cell, index, taken)
        taken.add(cell.id)
        kept = {key: cell.metadata[key] for key in CELL_METADATA if cell.metadata.get(key)}
        cell.metadata = nbformat.from_dict(kept)
        if cell.cell_type == "code":
            cell.outputs = normal_outputs(cell.outputs)
    return nb


def cell_id(cell: nbformat.NotebookNode, index: int, taken: set[str]) -> str:
    """The cell's own id if it is 8 hex digits and free, else one made from place and source."""
    name, salt = cell.get("id", ""), 0
    while name in taken or not re.fullmatch("[0-9a-f]{8}", name):
        name = hashlib.sha256(f"{index} {salt} {cell.source}".encode()).hexdigest()[:8]
        salt += 1
    return name


def normal_outputs(outputs: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """Outputs in what every front end shows; neighbouring pieces of one stream become one."""
    kept: list[nbformat.NotebookNode] = []
    for output in outputs:
        if output.output_type == "stream":
            if kept and kept[-1].get("name") == output.name:
                kept[-1].text += output.text
                continue
        elif "data" in output:
            output.data.pop(WIDGET_VIEW, None)
            if not output.data:
                continue
            if "image/png" in output.data:
                output.data["image/png"] = output.data["image/png"].strip()
                output.data.pop("text/html", None)  # the same picture, for JupyterLab
        kept.append(output)
    return kept


def as_text(nb: nbformat.NotebookNode) -> str:
    """What a notebook's file holds."""
    return nbformat.writes(nb).rstrip("\n") + "\n"


def read(path: pathlib.Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def mended(nb: nbformat.NotebookNode, path: pathlib.Path) -> tuple[nbformat.NotebookNode, str]:
    """The notebook as ruff mends and formats it, and what ruff says it cannot mend."""
    text, said = as_text(nb), ""
    for command in (["check", "--fix", "--output-format=concise"], ["format"]):
        # from the project's folder, with its settings, whatever folder the notebook is in
        name = ["--stdin-filename", f"notebooks/{path.name}"]
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "-q", *name, "-"],
            input=text.encode(),
            cwd=ROOT,
            capture_output=True,
        )
        said += done.stderr.decode()
        text = done.stdout.decode() or text
    return nbformat.reads(text, as_version=4), said


def store(path: pathlib.Path, nb: nbformat.NotebookNode) -> bool:
    """Write a notebook in its normal form; whether its bytes changed."""
    new = as_text(normalise(nb)).encode()
    if new == path.read_bytes():
        return False
    # replaced in one step, so that a stop in between cannot leave half a notebook
    part = path.with_suffix(".part")
    part.write_bytes(new)
    os.replace(part, path)
    return True


def refresh(path: pathlib.Path) -> bool:
    """Shape, mend and run one notebook and store it; whether its bytes changed."""
    nb = read(path)
    if lesson.is_lesson(path):
        nb = lesson.shaped(nb, path)
    nb, said = mended(normalise(nb), path)
    if said:
        print(said, file=sys.stderr)
    nb = execute(nb, path.parent)
    # once more, since a slide begins at a picture
    return store(path, lesson.shaped(nb, path) if lesson.is_lesson(path) else nb)


def refresh_course(folder: pathlib.Path, readme: pathlib.Path) -> list[str]:
    """Write what lessons and README say about other lessons; the names of the changed files."""
    changed = []
    for path, nb in lesson.course(folder):
        if store(path, lesson.shaped(nb, path)):
            changed.append(path.name)
    lessons = lesson.course(folder)
    if lessons and lessons[0].path.name == lesson.CONTENTS:
        contents = lessons[0]
        for cell in contents.nb.cells:
            if cell.cell_type == "markdown" and "| lesson |" in cell.source:
                cell.source = lesson.with_rows(cell.source, lessons[1:])
        if store(contents.path, lesson.shaped(contents.nb, contents.path)):
            changed.append(contents.path.name)
    old = readme.read_text(encoding="utf-8")
    new = lesson.with_rows(old, lesson.course(folder), f"{folder.name}/") + "\n"
    if new != old:
        readme.write_text(new, encoding="utf-8")
        changed.append(readme.name)
    return sorted(set(changed))


def refresh_map() -> None:
    course_map.MAP.write_text(course_map.svg(), encoding="utf-8")


def main(names: list[str]) -> int:
    if names == ["--course"]:
        changed = refresh_course(NOTEBOOKS, ROOT / "README.md")
        refresh_map()
        run_claims.write(run_claims.stored(), run_claims.RESULTS, NOTEBOOKS)  # cells moved
        print(f"course: {', '.join(changed) or 'nothing'} changed")
        return 0
    paths = [
        path
        for path in sorted(NOTEBOOKS.glob("*.ipynb"))
        if not names or path.name.startswith(tuple(names))
    ]
    if not paths:
        wanted = f"whose name starts with {' or '.join(names)} " if names else ""
        print(f"There is no notebook {wanted}in {NOTEBOOKS}.", file=sys.stderr)
        return 1
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"  # else the kernel warns on the terminal
    for path in paths:
        if reason := lesson.lacking(read(path)):
            print(f"{path.name}: left as it is, it {reason}", flush=True)
            continue
        start = time.monotonic()
        try:
            changed = refresh(path)
        except CellFailed as error:
            print(f"{path.name}, {error}", file=sys.stderr)
            return 1
        word = "changed" if changed else "the same"
        print(f"{path.name}: {word}, {time.monotonic() - start:.1f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
