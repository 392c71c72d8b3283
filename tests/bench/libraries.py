"""Lessons' lines for PyTorch, Keras and Optax, run as they stand, beside lrlib.

The lines are read from the block of Python under "In practice" of each lesson that has one here.
Each optimiser gets the same gradients as our kernel, in the dialect that the lesson's table says.
A line that no longer runs, or moves the weights elsewhere, stops with an error.
"""

import ast
import os
import pathlib
import re
import sys

os.environ["KERAS_BACKEND"] = "torch"
import keras
import nbformat
import numpy as np
import optax
import torch
from common import table

from lrlib import adagrad, rmsprop, sgd

NOTEBOOKS = pathlib.Path(__file__).resolve().parents[2] / "notebooks"
STEPS, WEIGHTS = 60, 16
NAMES = {"alpha": "rho", "rho": "rho", "decay": "rho", "momentum": "momentum"}
NAMES["nesterov"] = "nesterov"  # what a line says about the rule, and its name here
# lesson -> kernel, and its dialect for each library; the rate and other knobs are in the line
INSIDE = {"eps": 0.0, "initial_accumulator_value": 0.1, "eps_root": 1e-7}
DIALECTS = {
    "03": (sgd, {"torch": {}, "keras": {}, "optax": {}}),
    "04": (adagrad, {"torch": {}, "keras": INSIDE, "optax": INSIDE}),
    "05": (
        rmsprop,
        {"torch": {}, "keras": {"eps": 0, "eps_root": 1e-7}, "optax": {"eps": 0, "eps_root": 1e-8}},
    ),
}


def lines(number: str) -> dict[str, str]:
    """The calls under "In practice" of a lesson, by library."""
    (path,) = NOTEBOOKS.glob(f"{number}_*.ipynb")
    prose = "\n".join(c.source for c in nbformat.read(path, 4).cells if c.cell_type == "markdown")
    section = re.search(r"^## In practice\n(.*?)(?=^## |\Z)", prose, re.S | re.M)
    if section is None:
        sys.exit(f"{path.name}: no section In practice")
    code = "\n".join(re.findall(r"```python\n(.*?)```", section[1], re.S))
    calls = [ast.unparse(node) for node in ast.parse(code).body]
    found = {call.partition(".")[0]: call for call in calls}
    if set(found) != {"torch", "keras", "optax"} or len(calls) != 3:
        sys.exit(f"{path.name}, In practice: one line each for torch, keras, optax; found {calls}")
    return found


class Model(torch.nn.Module):
    """What a line calls `model`: one vector of weights."""

    def __init__(self, start: np.ndarray):
        super().__init__()
        self.weights = torch.nn.Parameter(torch.tensor(start))


def in_torch(line: str, start: np.ndarray, gradients: np.ndarray) -> np.ndarray:
    model = Model(start)
    optimizer = eval(line, {"torch": torch, "model": model})
    for g in gradients:
        model.weights.grad = torch.tensor(g)
        optimizer.step()
    return model.weights.detach().numpy()


def in_keras(line: str, start: np.ndarray, gradients: np.ndarray) -> np.ndarray:
    weights = keras.Variable(start)
    optimizer = eval(line, {"keras": keras})
    for g in gradients:
        optimizer.apply([keras.ops.convert_to_tensor(g)], [weights])
    return keras.ops.convert_to_numpy(weights)


def in_optax(line: str, start: np.ndarray, gradients: np.ndarray) -> np.ndarray:
    rule = eval(line, {"optax": optax})
    weights = start.copy()
    state = rule.init(weights)
    for g in gradients:
        updates, state = rule.update(g, state, weights)
        weights = np.asarray(optax.apply_updates(weights, updates))
    return weights


LIBRARIES = {"torch": in_torch, "keras": in_keras, "optax": in_optax}


def here(kernel, line: str, start: np.ndarray, gradients: np.ndarray, hyper: dict) -> np.ndarray:
    """The same steps of our kernel; the rate, memory and momentum are those of the line."""
    call = ast.parse(line, mode="eval").body
    given = {word.arg: ast.literal_eval(word.value) for word in call.keywords}
    lr = given.get("lr", given.get("learning_rate"))
    same = {ours: given[name] for name, ours in NAMES.items() if name in given}
    theta, state = start.astype(float), None
    for g in gradients:
        u, state = kernel(g.astype(float), state, **same, **hyper)
        theta = theta - lr * u
    return theta


def distance(theirs: np.ndarray, ours: np.ndarray, start: np.ndarray) -> float:
    return float(np.abs(theirs - ours).max() / np.abs(ours - start).max())


def main() -> None:
    rng = np.random.default_rng(0)
    start = rng.standard_normal(WEIGHTS).astype(np.float32)
    sizes = np.logspace(-5, 2, WEIGHTS)
    gradients = (sizes * rng.standard_normal((STEPS, WEIGHTS))).astype(np.float32)
    print("## 5. The lessons' lines in PyTorch, Keras and Optax\n")
    rows = []
    for number, (kernel, dialects) in DIALECTS.items():
        for library, line in lines(number).items():
            theirs = LIBRARIES[library](line, start, gradients)
            ours = here(kernel, line, start, gradients, dialects[library])
            apart = distance(theirs, ours, start)
            if not apart < 1e-4:  # single precision
                sys.exit(f"lesson {number}: {line} is {apart:.1g} from {kernel.__name__}")
            dialect = ", ".join(f"{k} = {v:g}" for k, v in dialects[library].items())
            plain = distance(theirs, here(kernel, line, start, gradients, {}), start)
            rows.append([number, f"`{line}`", dialect or "none", f"{apart:.0e}", f"{plain:.0e}"])
    print(table(["lesson", "line", "dialect here", "apart", "without it"], rows))
    print(
        f"\n{STEPS} steps with gradients of size 1e-5 to 1e2, single precision there, double here; "
        "the largest distance of a weight, as a fraction of the largest way."
    )


if __name__ == "__main__":
    main()
