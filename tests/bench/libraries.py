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

from lrlib import adagrad, adam, rmsprop, sgd

NOTEBOOKS = pathlib.Path(__file__).resolve().parents[2] / "notebooks"
STEPS, WEIGHTS = 60, 16
# what a line says about the rule, and its name here
NAMES = {"alpha": "rho", "rho": "rho", "decay": "rho", "momentum": "momentum"}
NAMES |= {"nesterov": "nesterov", "beta_1": "beta1", "beta_2": "beta2", "b1": "beta1"}
NAMES |= {"b2": "beta2"}
# lesson -> kernel, and its dialect for each library; the rate and other knobs are in the line
INSIDE = {"eps": 0.0, "initial_accumulator_value": 0.1, "eps_root": 1e-7}
DIALECTS = {
    "03": (sgd, {"torch": {}, "keras": {}, "optax": {}}),
    "04": (adagrad, {"torch": {}, "keras": INSIDE, "optax": INSIDE}),
    "05": (
        rmsprop,
        {"torch": {}, "keras": {"eps": 0, "eps_root": 1e-7}, "optax": {"eps": 0, "eps_root": 1e-8}},
    ),
    "06": (adam, {"torch": {}, "keras": {"eps": lambda t: uncorrected(1e-7, t)}, "optax": {}}),
}


def uncorrected(eps: float, t: int) -> float:
    """Beside the corrected root, what ``eps`` is that stands beside the root before correction."""
    return eps / np.sqrt(1 - 0.999 ** (t + 1))


def in_practice(number: str) -> str:
    """The text of a lesson's section "In practice"."""
    (path,) = NOTEBOOKS.glob(f"{number}_*.ipynb")
    prose = "\n".join(c.source for c in nbformat.read(path, 4).cells if c.cell_type == "markdown")
    section = re.search(r"^## In practice\n(.*?)(?=^## |\Z)", prose, re.S | re.M)
    if section is None:
        sys.exit(f"{path.name}: no section In practice")
    return section[1]


def lines(number: str) -> dict[str, str]:
    """The calls under "In practice" of a lesson, by library."""
    code = "\n".join(re.findall(r"```python\n(.*?)```", in_practice(number), re.S))
    calls = [ast.unparse(node) for node in ast.parse(code).body]
    found = {call.partition(".")[0]: call for call in calls}
    if set(found) != {"torch", "keras", "optax"} or len(calls) != 3:
        sys.exit(f"{number}, In practice: one line each for torch, keras, optax; found {calls}")
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
    if "betas" in given:
        same["beta1"], same["beta2"] = given["betas"]
    theta, state = start.astype(float), None
    for t, g in enumerate(gradients):
        now = {name: x(t) if callable(x) else x for name, x in hyper.items()}
        u, state = kernel(g.astype(float), state, **same, **now)
        theta = theta - lr * u
    return theta


def distance(theirs: np.ndarray, ours: np.ndarray, start: np.ndarray) -> float:
    return float(np.abs(theirs - ours).max() / np.abs(ours - start).max())


# what lesson 06 says of "AMSGrad": the maximum before or after the correction, or none corrected
AMSGRAD = {
    "torch.optim.Adam(model.parameters(), lr=0.01, amsgrad=True)": ("torch", "before"),
    "keras.optimizers.Adam(learning_rate=0.01, epsilon=1e-8, amsgrad=True)": ("keras", "before"),
    "optax.amsgrad(learning_rate=0.01)": ("optax", "after"),
    "optax.amsgrad(0.01, bias_correction_mu=False, bias_correction_nu=False)": ("optax", "paper"),
}


def three_amsgrads(start: np.ndarray, gradients: np.ndarray, inside: bool) -> dict:
    """Where each of the three rules goes; ``inside`` puts eps beside the uncorrected root."""
    ends = {}
    for kind in ("before", "after", "paper"):
        theta, m, v, top = start.astype(float), 0.0, 0.0, 0.0
        for t, g in enumerate(gradients.astype(float)):
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
            whole_m, whole_v = 1 - 0.9 ** (t + 1), 1 - 0.999 ** (t + 1)
            if kind == "paper":
                whole_m = whole_v = 1.0
            top = np.maximum(top, v / whole_v if kind == "after" else v)
            root = np.sqrt(top if kind == "after" else top / whole_v)
            theta = theta - 0.01 * m / whole_m / (root + (uncorrected(1e-8, t) if inside else 1e-8))
        ends[kind] = theta
    return ends


def amsgrad(start: np.ndarray, gradients: np.ndarray) -> str:
    """A paragraph: each library's AMSGrad is the one that the lesson names, and not the others."""
    gradients = gradients.copy()
    gradients[:20] *= 10  # then calm: the maximum has something to hold
    said = []
    for line, (library, kind) in AMSGRAD.items():
        if kind == "paper" and line not in in_practice("06"):
            sys.exit(f"lesson 06, In practice: {line} is no longer there")
        theirs = LIBRARIES[library](line, start, gradients)
        ends = three_amsgrads(start, gradients, library == "keras")
        apart = {name: distance(theirs, end, start) for name, end in ends.items()}
        if not apart[kind] < 1e-4 or not min(apart[k] for k in apart if k != kind) > 1e-2:
            sys.exit(f"lesson 06: {line} is no AMSGrad of the kind '{kind}': {apart}")
        said.append(f"`{line}` {kind} ({apart[kind]:.0e})")
    return (
        "\nThree algorithms are called AMSGrad: the maximum taken *before* or *after* the "
        "correction of v, and the *paper*'s, which corrects nothing. Each line below is one of "
        "them, to single precision, and at least 1e-2 from the other two: " + "; ".join(said) + "."
    )


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
            dialect = ", ".join(
                f"{k} = 1e-7 beside the uncorrected root" if callable(v) else f"{k} = {v:g}"
                for k, v in dialects[library].items()
            )
            plain = distance(theirs, here(kernel, line, start, gradients, {}), start)
            rows.append([number, f"`{line}`", dialect or "none", f"{apart:.0e}", f"{plain:.0e}"])
    print(table(["lesson", "line", "dialect here", "apart", "without it"], rows))
    print(
        f"\n{STEPS} steps with gradients of size 1e-5 to 1e2, single precision there, double here; "
        "the largest distance of a weight, as a fraction of the largest way."
    )
    print(amsgrad(start, gradients))


if __name__ == "__main__":
    main()
