"""A small lesson that passes every check of contract.py: to start one from, and to break in tests.

    python tests/template.py notebooks/15_my_topic.ipynb

Then edit it, and `make refresh NB=15`.
"""

import pathlib
import sys

import lesson
import refresh
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

LECTURER = """\
<details><summary>For the lecturer</summary>

- **Route**, 25 minutes: the limit 10 min, the panel 10 min, the answer 5 min.
- **Collect** three numbers: the limit. Expect the wrong guess 1.
- **Slow cells**: the panel, 1 s.
- **In one minute**: the largest stable rate is 2 over the curvature.
- **To leave with**: what if there are two curvatures?
</details>"""
SOLUTION = """\
<details><summary>Solution</summary>

```python
my_rate = 1.0
```

It lands on the minimum.
</details>"""
PRACTICE = """\
## In practice

`torch.optim.SGD(params, lr=0.1)`, `keras.optimizers.SGD(0.1)`."""
READING = """\
## Further reading

- L. Bottou, F. Curtis, J. Nocedal, *Optimization Methods for Large-Scale Machine Learning* (2018),
  arXiv:1606.04838: the fixed rate, with and without noise."""
SETUP = """\
import numpy as np

from lrlib import descend, live, sgd
from lrlib.practice import check_numbers, predict
from lrlib.problems import quadratic
from lrlib.views.gradient_valley import gradient_valley"""


def prediction(number: int) -> list[NotebookNode]:
    """An experiment, the guess, the answer."""
    h = float(number)
    experiment = (
        "rates = np.linspace(0.01, 3, 300)\n"
        f"loss = descend(quadratic([{h}], [1.0]), sgd, rates, 200).loss\n"
        f"largest_{number} = rates[loss[-1] < loss[0]].max()"
    )
    name = f"my_guess_{number}"
    answer = f'predict("largest stable rate", {name}, largest_{number}, 2 / {h})'
    return [
        new_markdown_cell(f"The curvature is {number}. How large may the rate be?"),
        new_code_cell(experiment),
        new_code_cell(f"{name} = None  # a rate", metadata={"tags": ["guess"]}),
        new_code_cell(answer, metadata={"tags": ["predict"]}),
    ]


def exercise(name: str) -> list[NotebookNode]:
    """A stub, its check, its solution."""
    return [
        new_code_cell(f"{name} = ...", metadata={"tags": ["exercise"]}),
        new_code_cell(f"check_numbers({name}, 1.0)", metadata={"tags": ["check"]}),
        new_markdown_cell(SOLUTION.replace("my_rate", name)),
    ]


def cells(number: str, title: str) -> list[NotebookNode]:
    """The cells of the lesson, in order."""
    head = f"# {number} {title}\n\n> *How large may the rate be?*"
    valley = 'gradient_valley(quadratic([1.0, 5.0], [-4.0, -2.0]), names=("a", "b"))'
    return [
        new_markdown_cell(head),
        new_markdown_cell(LECTURER),
        new_code_cell(SETUP),
        new_markdown_cell("## The limit\n\nOne curvature at a time, $L$."),
        *(cell for n in range(1, 6) for cell in prediction(n)),
        new_markdown_cell("## See it\n\nMove the slider to its ends."),
        new_code_cell(f"live.panel({valley})"),
        new_markdown_cell("## Exercises\n\n**1.** Which rate lands at once at curvature 1?"),
        *exercise("my_rate"),
        new_markdown_cell("**2.** Write it down again."),
        *exercise("my_limit"),
        new_markdown_cell("## The answer\n\nBelow $2/L$."),
        new_markdown_cell("## Going deeper"),
        new_markdown_cell("### Two curvatures\n\nThe larger one decides."),
        new_code_cell("2 / np.linalg.eigvalsh(np.diag([1.0, 5.0])).max()"),
        new_markdown_cell(PRACTICE),
        new_markdown_cell(READING),
    ]


def template(path: pathlib.Path, title: str = "A lesson") -> NotebookNode:
    """The lesson in the form that follows by rule, for a file of this name; it has not run."""
    return refresh.normalise(new_notebook(cells=cells(path.name[:2], title)))


def main(path: pathlib.Path) -> int:
    if path.exists() or not lesson.is_lesson(path):
        print(f"{path}: must be a new file NN_topic.ipynb", file=sys.stderr)
        return 1
    path.write_text(refresh.as_text(template(path)), encoding="utf-8")
    return 0 if refresh.refresh(path) else 1


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
