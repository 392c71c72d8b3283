"""The loops for PyTorch and Keras that lesson 08 prints: they are run as they stand there.

With stand-ins made of NumPy their logic is tested everywhere: what is put back, the ramp, the
smoothing, the stop. Where PyTorch or Keras is installed the same text runs with the real one.
"""

import contextlib
import importlib.util
import itertools
import math
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import nbformat
import numpy as np
import pytest

from lrlib.range_readings import smoothed

LESSON = Path(__file__).parents[1] / "notebooks" / "08_range_test.ipynb"
# what a copy may lose, and the test that must notice: library -> line
RESTORES = {
    "torch": [
        "model.load_state_dict(saved[0])",
        "optimizer.load_state_dict(saved[1])",
        "torch.set_rng_state(random_state)",
    ],
    "keras": ["model.set_weights(weights)", "v.assign(old)"],
}


def text_of(library: str) -> str:
    """The ```python block of the lesson that defines range_test for this library."""
    words = "\n".join(c.source for c in nbformat.read(LESSON, 4).cells if c.cell_type == "markdown")
    blocks = re.findall(r"```python\n(.*?)```", words, re.DOTALL)
    (text,) = [b for b in blocks if "def range_test" in b and re.search(rf"import.*{library}", b)]
    return text


def loop(text: str) -> Callable:
    names: dict[str, Any] = {}
    exec(text, names)
    return names["range_test"]


# ---- stand-ins: one weight w, loss h w^2 / 2, gradient plus noise of the library's random state --


class Torch(ModuleType):
    """As much of PyTorch as the loop touches."""

    def __init__(self) -> None:
        super().__init__("torch")
        self.rng = np.random.default_rng(0)

    def get_rng_state(self) -> dict:
        return self.rng.bit_generator.state

    def set_rng_state(self, state: dict) -> None:
        self.rng.bit_generator.state = state


class TorchModel:
    def __init__(self, torch: Torch, h: float, noise: float = 0.0):
        self.torch, self.h, self.noise = torch, h, noise
        self.values = {"w": np.array([3.0])}

    def __call__(self, x: Any) -> np.ndarray:
        return self.values["w"]

    def loss(self, w: np.ndarray, y: Any) -> SimpleNamespace:
        noise = self.noise * self.torch.rng.standard_normal()

        def backward() -> None:
            self.g = self.h * w + noise

        value = float(self.h * w[0] ** 2 / 2)
        return SimpleNamespace(backward=backward, item=lambda: value)

    def state_dict(self) -> dict:
        return self.values  # references, as PyTorch gives them

    def load_state_dict(self, saved: dict) -> None:
        self.values["w"][:] = saved["w"]


class TorchOptimizer:
    def __init__(self, model: TorchModel, lr: float, momentum: float = 0.0):
        self.model, self.momentum, self.state = model, momentum, {"b": np.zeros(1)}
        self.param_groups = [{"lr": lr}, {"lr": lr}]  # two groups: both must follow the ramp

    def zero_grad(self) -> None:
        self.model.g = None

    def step(self) -> None:
        first, second = (group["lr"] for group in self.param_groups)
        assert first == second
        self.state["b"] = self.momentum * self.state["b"] + self.model.g
        self.model.values["w"] -= first * self.state["b"]

    def state_dict(self) -> dict:
        return {"state": self.state, "param_groups": self.param_groups}

    def load_state_dict(self, saved: dict) -> None:
        self.state = {"b": saved["state"]["b"].copy()}
        for group, old in zip(self.param_groups, saved["param_groups"], strict=True):
            group.update(old)


class Variable:
    def __init__(self, value: Any):
        self.value = np.array(value, float)

    def assign(self, value: Any) -> None:
        self.value = np.array(value, float)


class KerasModel:
    """A weight, an optimiser with momentum, and metrics that run on as Keras 2's did."""

    def __init__(self, h: float, lr: float, momentum: float = 0.0):
        self.h, self.momentum, self.w, self.since = h, momentum, Variable([3.0]), []
        self.optimizer = KerasOptimizer(lr)
        self.trainable_variables = [self.w]

    def get_weights(self) -> list:
        return [self.w.value.copy()]

    def set_weights(self, weights: list) -> None:
        self.w.value = weights[0].copy()

    def reset_metrics(self) -> None:
        self.since = []

    def train_on_batch(self, x: Any, y: Any) -> float:
        self.since.append(float(self.h * self.w.value[0] ** 2 / 2))
        rate, b = self.optimizer.variables
        b.assign(self.momentum * b.value + self.h * self.w.value)
        self.w.assign(self.w.value - rate.value * b.value)
        return float(np.mean(self.since))


class KerasOptimizer:
    def __init__(self, lr: float):
        self.variables = [Variable(lr)]

    def build(self, variables: list) -> None:
        self.variables = [self.variables[0], Variable(np.zeros(len(variables)))]

    @property
    def learning_rate(self) -> float:
        return float(self.variables[0].value)

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        self.variables[0].assign(value)


def keras_module() -> ModuleType:
    keras = ModuleType("keras")
    keras.ops = SimpleNamespace(convert_to_numpy=lambda v: v.value)
    return keras


@contextlib.contextmanager
def instead(name: str, module: ModuleType) -> Iterator[None]:
    old = sys.modules.get(name)
    sys.modules[name] = module
    try:
        yield
    finally:
        sys.modules.pop(name)
        if old is not None:
            sys.modules[name] = old


NOTHING = [(0.0, 0.0)] * 3  # an epoch of three batches


def torch_run(text: str, h: float = 2.0, noise: float = 0.0, momentum: float = 0.0, **options):
    """The loop on the stand-in, and what is left after it: weight, buffer, rates, random state."""
    torch = Torch()
    model = TorchModel(torch, h, noise)
    optimizer = TorchOptimizer(model, 0.05, momentum)
    with instead("torch", torch):
        lrs, losses = loop(text)(model, optimizer, model.loss, NOTHING, **options)
    rates = [group["lr"] for group in optimizer.param_groups]
    left = (model.values["w"][0], optimizer.state["b"][0], *rates, torch.rng.standard_normal())
    return lrs, losses, left


def keras_run(text: str, h: float = 2.0, momentum: float = 0.0, **options):
    model = KerasModel(h, 0.05, momentum)
    with instead("keras", keras_module()):
        lrs, losses = loop(text)(model, itertools.cycle(NOTHING), **options)
    left = (model.w.value[0], *(float(v.value.ravel()[0]) for v in model.optimizer.variables))
    return lrs, losses, left


RUNS = {"torch": torch_run, "keras": keras_run}
UNTOUCHED = {
    "torch": (3.0, 0.0, 0.05, 0.05, np.random.default_rng(0).standard_normal()),
    "keras": (3.0, 0.05, 0.0),
}


@pytest.mark.parametrize("library", RUNS)
def test_the_loop_is_the_ramp_and_the_smoothing(library):
    lrs, losses, _ = RUNS[library](text_of(library), start=1e-3, end=10.0, steps=60, stop=math.inf)
    rates = 1e-3 * 1e4 ** (np.arange(60) / 60)
    w = 3 * np.cumprod(np.concatenate([[1.0], 1 - 2 * rates[:-1]]))
    np.testing.assert_allclose(lrs, rates)
    np.testing.assert_allclose(losses, smoothed(w**2, 0.98), rtol=1e-9)


@pytest.mark.parametrize("library", RUNS)
def test_everything_is_put_back(library):
    noise = {"noise": 0.1} if library == "torch" else {}
    _, _, left = RUNS[library](text_of(library), momentum=0.9, **noise)
    assert left == UNTOUCHED[library]


@pytest.mark.parametrize(("library", "line"), [(k, x) for k, v in RESTORES.items() for x in v])
def test_a_loop_that_forgets_to_put_back_is_noticed(library, line):
    text = text_of(library)
    assert text.count(line) == 1
    noise = {"noise": 0.1} if library == "torch" else {}
    _, _, left = RUNS[library](text.replace(line, "pass"), momentum=0.9, **noise)
    assert left != UNTOUCHED[library]


@pytest.mark.parametrize("library", RUNS)
def test_the_loop_stops_at_four_times_the_best_and_at_nan(library):
    lrs, losses, _ = RUNS[library](text_of(library), beta=0.0)
    assert len(lrs) < 125
    assert losses[-1] > 4 * min(losses) and max(losses[:-1]) <= 4 * min(losses) + losses[0]
    lrs, losses, _ = RUNS[library](text_of(library), h=math.nan)
    assert len(lrs) == 1 and math.isnan(losses[0])


def test_the_keras_loop_reads_batches_not_the_mean_of_the_epoch():
    text = text_of("keras")
    _, mean, _ = keras_run(text.replace("model.reset_metrics()", "pass"), stop=math.inf)
    _, batch, _ = keras_run(text, stop=math.inf)
    assert np.argmin(mean) > np.argmin(batch)


# ---- the real ones ------------------------------------------------------------------------------


def installed(name: str) -> bool:
    return importlib.util.find_spec(name) is not None


@pytest.mark.skipif(not installed("torch"), reason="PyTorch is not installed")
@pytest.mark.parametrize("rule", ["SGD", "Adam"])
def test_pytorch_goes_on_as_if_there_had_been_no_test(rule):
    import torch
    from torch.utils.data import DataLoader, TensorDataset

    rng = np.random.default_rng(0)
    X = torch.tensor(rng.standard_normal((320, 5)), dtype=torch.float32)
    y = X @ torch.arange(5.0)[:, None] + 1

    def train(test: bool) -> list:
        torch.manual_seed(1)
        model = torch.nn.Sequential(
            torch.nn.Linear(5, 8), torch.nn.BatchNorm1d(8), torch.nn.ReLU(),
            torch.nn.Dropout(0.2), torch.nn.Linear(8, 1),
        )  # fmt: skip
        options = {"momentum": 0.9} if rule == "SGD" else {}
        optimizer = getattr(torch.optim, rule)(model.parameters(), lr=0.01, **options)
        loader = DataLoader(TensorDataset(X, y), 32, shuffle=True)
        loss_fn = torch.nn.functional.mse_loss
        for epoch in range(4):
            if test and epoch == 2:
                lrs, losses = loop(text_of("torch"))(model, optimizer, loss_fn, loader)
                assert len(lrs) == len(losses) > 5
            for a, b in loader:
                optimizer.zero_grad()
                loss_fn(model(a), b).backward()
                optimizer.step()
        return [v.clone() for v in model.state_dict().values()]

    assert all(torch.equal(a, b) for a, b in zip(train(True), train(False), strict=True))


@pytest.mark.skipif(not installed("torch"), reason="PyTorch is not installed")
def test_pytorch_reads_one_parabola():
    import torch

    model = torch.nn.Linear(1, 1, bias=False).double()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    one = [(torch.ones(1, 1).double(), torch.zeros(1, 1).double())]
    options = {"start": 1.3e-3, "end": 13.0, "steps": 400, "beta": 0.0, "stop": math.inf}
    lrs, losses = loop(text_of("torch"))(
        model, optimizer, torch.nn.functional.mse_loss, one, **options
    )
    assert 1 <= lrs[int(np.argmin(losses))] <= 1e4 ** (1 / 400)  # curvature 2, limit 1


@pytest.mark.skipif(not installed("keras"), reason="Keras is not installed")
def test_keras_goes_on_as_if_there_had_been_no_test():
    import keras

    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((320, 5)).astype("float32"), rng.standard_normal((320, 1))
    batches = [(X[i : i + 32], y[i : i + 32]) for i in range(0, 320, 32)]

    def train(test: bool) -> list:
        keras.utils.set_random_seed(0)
        layers = [keras.Input((5,)), keras.layers.Dense(8, "relu"), keras.layers.Dense(1)]
        model = keras.Sequential(layers)
        model.compile(keras.optimizers.SGD(0.05, momentum=0.9), "mse")
        for k, (a, b) in enumerate(batches):
            if test and k == 5:
                loop(text_of("keras"))(model, itertools.cycle(batches))
            model.train_on_batch(a, b)
        return model.get_weights()

    assert all(np.array_equal(a, b) for a, b in zip(train(True), train(False), strict=True))
