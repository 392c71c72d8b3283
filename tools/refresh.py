"""Run notebooks anew, in place, and store them in one normal form.

    python tools/refresh.py           all notebooks
    python tools/refresh.py 01 03     those whose names start so

The normal form holds nothing that changes from run to run or from one editor to another: no widget
state and no widget views (their model ids are random), no time stamps, one kernel name.  A notebook
saved by JupyterLab and one run here come out as the same bytes, and a second run changes none.
"""

import copy
import hashlib
import os
import pathlib
import re
import sys
import time

import nbclient
import nbformat
from nbclient.exceptions import CellControlSignal, DeadKernelError

ROOT = pathlib.Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
CELL_METADATA = ("jupyter", "slideshow", "tags")  # the rest is what editors leave behind
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


# The products here are small: a second BLAS thread costs more than it gives on a busy machine.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.pop("JPY_SESSION_NAME", None)  # the kernels started here are not JupyterLab's


class CellFailed(Exception):
    """Which cell stopped a notebook, its source and its message."""


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


def refresh(path: pathlib.Path) -> bool:
    """Run one notebook and store it; whether its bytes changed."""
    old = path.read_bytes()
    new = as_text(normalise(execute(read(path), path.parent))).encode()
    if new == old:
        return False
    # replaced in one step, so that a stop in between cannot leave half a notebook
    part = path.with_suffix(".part")
    part.write_bytes(new)
    os.replace(part, path)
    return True


def main(names: list[str]) -> int:
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
