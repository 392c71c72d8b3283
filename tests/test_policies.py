"""Rates set by the error: against recordings, by hand, in sweeps, with bad input.

``pytest tests/test_policies.py -k coverage`` prints how many recorded settings are covered.
"""

import json
from collections import Counter
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lrlib
from lrlib import descend, sgd
from lrlib.policies import (
    armijo,
    barzilai_borwein,
    bold_driver,
    error_driven,
    plateau,
    polyak,
)
from lrlib.problems import Surface, beale, bowl, least_squares, quadratic, rosenbrock, valley

GOLDEN = Path(__file__).with_name("golden")
RECORDED = json.loads((GOLDEN / "policies.json").read_text())
SETTINGS = {e["id"]: e for e in RECORDED["settings"]}
PROBLEMS = json.loads((GOLDEN / "problems.json").read_text())
RTOL = 1e-9
RESOLVED = {"optax/linesearch/quad2/1": 21}  # then the loss is at its rounding, which decides


# ---------------------------------------------------------------------------- recordings
def problem(name: str) -> Any:
    """A recorded problem, with the loss and the gradient that policies need."""
    p = {k: np.array(v) for k, v in PROBLEMS[name].items() if k != "f"}
    if name == "quad2":
        A, b = p["A"], p["b"]
        return Surface(lambda x: (x * (x @ A)).sum(-1) / 2 - x @ b, lambda x: x @ A - b, p["x0"])
    if name == "lsq5":
        return Minibatches(p["X"], p["y"], p["idx"], p["x0"])
    return {"ill2": quadratic(PROBLEMS["ill2"]["lam"], p["x0"]), "rosen": rosenbrock(),
            "beale": beale()}[name]  # fmt: skip


class Minibatches:
    """lsq5: recorded minibatches, and the loss on minibatch t."""

    def __init__(self, X, y, idx, theta0):
        self.theta0, self.parts = theta0, [(X[i], y[i]) for i in idx]

    def grad(self, theta, t):
        X, y = self.parts[t]
        return X.T @ (X @ theta - y) / len(y)

    def batch_loss(self, theta, t):
        X, y = self.parts[t]
        return ((X @ theta - y) ** 2).mean() / 2


# One function a recorded class: the recording's own names go in, the policy comes out.
def paper_bold(p, lr0, inc, dec, max_inc):
    return bold_driver(lr0, inc, dec, loss=p.loss, max_increase=max_inc)


def paper_bb(p, lr0, kind):
    return barzilai_borwein(lr0, {"BB1": "long", "BB2": "short", "alt": "alternate"}[kind])


def paper_armijo(p, a0, c1, rho):  # every step starts at a0
    return armijo(p.loss, a0, c1, rho, np.inf, max_lr=a0)


def paper_sps(p, c, gamma_max, fstar):
    return polyak(fstar, factor=1 / c, cap=gamma_max, loss=getattr(p, "batch_loss", None))


def optax_polyak(p, max_learning_rate=1.0, scaling=1.0, f_min=0.0, eps=0.0):
    return polyak(f_min, cap=max_learning_rate, eps=eps)  # the gradient is scaled


def optax_linesearch(
    p,
    max_backtracking_steps,
    slope_rtol=1e-4,
    decrease_factor=0.8,
    increase_factor=1.5,
    max_learning_rate=1.0,
):
    return armijo(
        p.loss, 1.0, slope_rtol, decrease_factor, increase_factor, max_lr=max_learning_rate,
        max_tries=max_backtracking_steps,
    )  # fmt: skip


RULES: dict[tuple[str, str], Callable] = {
    ("paper", "bold_driver"): paper_bold,
    ("paper", "barzilai_borwein"): paper_bb,
    ("paper", "armijo"): paper_armijo,
    ("paper", "sps"): paper_sps,
    ("optax", "polyak_sgd"): optax_polyak,
    ("optax", "linesearch"): optax_linesearch,
}
NO_POLICY = {("optax", "momo"): "averages the loss and the gradient over time"}


def torch_plateau(threshold=1e-4, threshold_mode="rel", **params):
    names = ("rtol", "atol") if threshold_mode == "rel" else ("atol", "rtol")
    return {**dict(zip(names, (threshold, 0.0), strict=True)), **params}


def keras_plateau(min_delta=1e-4, **params):
    return {"atol": min_delta, **params}


def optax_plateau(min_scale=0.0, **params):
    return {"min_lr": min_scale, **params}


DIALECT = {"torch": torch_plateau, "keras": keras_plateau, "optax": optax_plateau}


def deviation(mine: np.ndarray, gold: np.ndarray) -> float:
    """Largest relative difference; small coordinates count at 1e-3 of the largest."""
    return float(np.max(np.abs(mine - gold) / np.maximum(np.abs(gold), 1e-3 * np.abs(gold).max())))


def plateau_deviation(e: dict) -> float:
    """The rate after every measurement."""
    metric = RECORDED["metrics"][e["metric"]]
    policy = plateau(e["lr0"], dialect=e["lib"], loss=lambda theta, t: metric[t - 1],
                     **DIALECT[e["lib"]](**e["params"]))  # fmt: skip
    trace = descend(lambda x, t: 0 * x, sgd, policy, len(metric) + 1, theta0=np.zeros(1))
    gold = np.full(len(metric) + 1, e["lr0"])
    for at, lr in e["cuts"]:
        gold[at + 1 :] = lr
    # no thousandth of the largest here: every rate counts as it is
    return float(np.max(np.abs(trace.lr / gold - 1)))


@cache
def recorded_deviation(key: str) -> float:
    e = SETTINGS[key]
    if e["cls"] == "plateau":
        return plateau_deviation(e)
    p, gold = problem(e["problem"]), np.array(e["theta"])[: RESOLVED.get(key, 99) + 1]
    scale = e["params"].get("scaling", 1.0)
    loss, grad = getattr(p, "loss", None), p.grad
    rule = RULES[e["lib"], e["cls"]](p, **e["params"])
    scaled = Surface(loss, lambda x: scale * grad(x), p.theta0) if scale != 1 else p
    if e["cls"] == "polyak_sgd":  # chaotic, and without memory: from every recorded point one step
        return deviation(
            descend(scaled, sgd, rule, 1, theta0=gold[:-1], keep="last").theta, gold[1:]
        )
    return deviation(descend(scaled, sgd, rule, len(gold) - 1).theta, gold)


COVERED = [k for k, e in SETTINGS.items() if (e["lib"], e["cls"]) not in NO_POLICY]


@pytest.mark.parametrize("key", COVERED)
def test_policy_matches_recording(key):
    assert recorded_deviation(key) <= RTOL


def test_every_recording_is_covered_or_listed():
    for key, e in SETTINGS.items():
        rule = e["lib"], e["cls"]
        said = e["cls"] == "plateau" or rule in RULES
        assert said != (rule in NO_POLICY), key


FLOOR = {"plateau": 76, "bold_driver": 12, "barzilai_borwein": 6, "armijo": 8, "sps": 6,
         "polyak_sgd": 9, "linesearch": 8}  # fmt: skip


def test_coverage(capsys):
    recorded = Counter(e["cls"] for e in SETTINGS.values())
    covered = Counter(SETTINGS[k]["cls"] for k in COVERED if recorded_deviation(k) <= RTOL)
    with capsys.disabled():
        print(f"\n\n{'policies':20}matched / recorded   worst relative deviation")
        for cls, n in recorded.items():
            keys = [k for k in COVERED if SETTINGS[k]["cls"] == cls]
            worst = f"{max(map(recorded_deviation, keys)):.1e}" if keys else "not expressed"
            print(f"{cls:20}{covered[cls]:3} /{n:3}              {worst}")
    for cls, n in FLOOR.items():
        assert covered[cls] >= n, cls


# ---------------------------------------------------------------------------- by hand
def rates(policy, problem=None, steps=3, **options):
    return descend(problem or bowl(), sgd, policy, steps, **options).lr.tolist()


def test_error_driven_by_hand():
    # f(5) = 12.5; at rate 0.1 x = 4.5, f = 10.125
    assert rates(error_driven(0.008), steps=2) == pytest.approx([0.1, 0.008 * 10.125])
    assert rates(error_driven(0.02, 0.5), steps=1) == pytest.approx([0.02 * np.sqrt(12.5)])
    assert rates(error_driven(0.3, 0.0)) == [0.3, 0.3, 0.3]
    assert rates(error_driven(0.1, loss=lambda theta, t: t + 1.0)) == pytest.approx([0.1, 0.2, 0.3])


def test_polyak_by_hand():
    assert rates(polyak(), quadratic([4.0], [3.0])) == [0.125] * 3  # 1 / (2 h)
    assert rates(polyak(factor=3.0), quadratic([4.0], [3.0])) == [0.375] * 3
    # 0.1 x^2 + 2 y^2 at (-5, -2): loss 10.5, gradient (-1, -8)
    assert rates(polyak(0.5), valley(), 1) == [10.0 / 65]
    assert rates(polyak(0.5, eps=5.0), valley(), 1) == [10.0 / 70]
    assert rates(polyak(0.5, cap=0.1), valley(), 1) == [0.1]
    assert rates(polyak(20.0), valley(), 1) == [-9.5 / 65]
    assert rates(polyak(-1.0), quadratic([1.0], [0.0]), 1) == [1.0]  # no slope: gap itself


def test_bold_driver_by_hand():
    # h = 1: a step falls below the rate 2 and not at it; from x = 5 at 2.0 it is a tie
    assert rates(bold_driver(2.0, 1.5, 0.25, loss=bowl().loss), steps=4) == [0, 0.5, 0.75, 1.125]
    run = descend(bowl(), sgd, bold_driver(2.0, 1.25, 0.5, loss=bowl().loss), 1)
    np.testing.assert_array_equal(run.theta, [[5.0], [5.0]])  # undone
    # a step at 2.02 raises the loss by the factor 1.02^2 = 1.0404; one at 2.01 by 1.0201
    driver = {"loss": bowl().loss, "max_increase": 1.04}
    assert rates(bold_driver(2.02, 1.25, 0.5, **driver), steps=2) == [0.0, 1.01]
    assert rates(bold_driver(2.01, 1.25, 0.5, **driver), steps=2) == [2.01, 2.01]


def test_bold_driver_without_undo_by_hand():
    losses = [3.0, 2.0, 2.0, 5.0, 4.0, 1.0, 1.0]
    measured = {"undo": False, "loss": lambda theta, t: losses[t]}
    grows = [0.1, 0.2, 0.05, 0.0125, 0.025, 0.05, 0.0125]
    assert rates(bold_driver(0.1, 2.0, 0.25, **measured), steps=7) == pytest.approx(grows)
    every = rates(bold_driver(0.1, 2.0, 0.25, every=2, **measured), steps=7)  # 3, 2, 4, 1
    assert every == pytest.approx([0.1, 0.1, 0.2, 0.2, 0.05, 0.05, 0.1])


def test_bold_driver_takes_a_lost_loss_for_a_bad_one():
    driver = bold_driver(1.0, 2.0, 0.5, loss=lambda theta, t: np.nan)
    assert rates(driver) == [0.0, 0.0, 0.0]


def test_plateau_counts_in_three_dialects():
    def cuts(dialect, metric, **options):
        loss = {"loss": lambda theta, t: metric[t - 1]}
        lr = rates(plateau(1.0, 0.5, dialect=dialect, **loss, **options), steps=len(metric) + 1)
        return np.flatnonzero(np.diff(lr) < 0).tolist()

    flat = [1.0] * 13
    assert cuts("torch", flat, patience=3) == [4, 8, 12]
    assert cuts("keras", flat, patience=3) == [3, 6, 9, 12]
    assert cuts("optax", flat, patience=3) == [3, 6, 9, 12]
    better = [1.0, 0.5, 0.25]
    assert [cuts(d, better, patience=0) for d in ("torch", "keras", "optax")] == [[], [], [0, 1, 2]]
    assert [cuts(d, better, patience=0, mode="max") for d in ("torch", "keras")] == [[1, 2]] * 2
    small = (1e-3 * 0.99 ** np.arange(60)).tolist()
    assert cuts("torch", small, patience=3) == cuts("optax", small, patience=3) == []
    assert len(cuts("keras", small, patience=3)) == 17
    negative = [-1.0] * 12  # each is "better" than 0.9999 times the best
    assert cuts("torch", negative, patience=3) == cuts("optax", negative, patience=3) == []
    assert cuts("keras", negative, patience=3) == [3, 6, 9]


def test_plateau_measures_once_an_epoch():
    calls = []

    def loss(theta, t):
        calls.append(t)
        return 1.0

    lr = rates(plateau(1.0, 0.5, 1, loss=loss, every=3), steps=13)
    assert calls == [3, 6, 9, 12]
    assert lr == [1.0] * 9 + [0.5] * 4


UNEVEN = {"loss": lambda theta, t: (1.0, 0.9, 1.1, 0.8, 0.8, 1.2, 0.7)[t % 7] * 0.98**t}
LATER = {
    **{d: partial(plateau, [0.9, 0.3], 0.5, 1, dialect=d, cooldown=1) for d in DIALECT},
    "averages": partial(plateau, 0.9, 0.5, 0, dialect="optax", accumulation_size=2),
    "bold_driver": partial(bold_driver, [0.9, 0.3], 1.2, 0.4, undo=False),
}


def noted(policy, memory, given=None):
    """The policy, its memory written to a list, and begun with the one given."""

    def noting(seen, state):
        rate, state = policy(seen, given if state is None else state)
        memory.append(state)
        return rate, state

    return noting


@pytest.mark.parametrize("every", [1, 3, 4])
@pytest.mark.parametrize("t0", [1, 7, 12])
@pytest.mark.parametrize("make", LATER.values(), ids=LATER.keys())
def test_a_run_that_goes_on_later_measures_when_the_whole_run_does(make, t0, every):
    memory, ignored = [], []
    whole = descend(FIT, sgd, noted(make(every=every, **UNEVEN), memory), 30)
    start = whole.theta[t0]
    rest = noted(
        make(every=every, **UNEVEN), ignored, memory[-30:][t0 - 1]
    )  # a sweep asks once more at first
    run = descend(FIT, sgd, rest, 30 - t0, theta0=start, t0=t0)
    np.testing.assert_array_equal(run.lr, whole.lr[t0:])
    assert len(np.unique(whole.lr, axis=0)) > 1  # it did change


@pytest.mark.parametrize("every", [1, 3])
@pytest.mark.parametrize("t0", [0, 6, 7])
def test_a_policy_that_begins_later_compares_with_nothing_it_has_not_seen(t0, every):
    falls = np.arange(100.0, 0, -1)
    seen = {"loss": lambda theta, t: falls[t], "every": every}
    first = -(-t0 // every) * every  # the first measurement, the next ones change the rate
    steps = np.arange(t0, t0 + 12)
    wanted = 0.1 * 2.0 ** np.maximum((steps - first) // every, 0)
    driver = bold_driver(0.1, 2.0, 0.25, undo=False, **seen)
    assert rates(driver, steps=12, t0=t0) == pytest.approx(wanted)
    rises = plateau(0.1, 0.5, 0, loss=lambda theta, t: float(t), every=every)
    first = max(first, every)  # the start of a run is no end of an epoch
    wanted = 0.1 * 0.5 ** np.maximum((steps - first) // every, 0)
    assert rates(rises, steps=12, t0=t0) == pytest.approx(wanted)


def test_barzilai_borwein_by_hand():
    # valley: g0 = (-1, -8), s = -lr g0, y = H s = -lr (-0.2, -32)
    ss, sy, yy = 65 * 0.01, (0.2 + 256) * 0.01, (0.04 + 1024) * 0.01
    for kind, second in (("long", ss / sy), ("short", sy / yy), ("alternate", ss / sy)):
        lr = rates(barzilai_borwein(0.1, kind), valley(), 3)
        assert lr[:2] == pytest.approx([0.1, second], rel=1e-12)
    # downwards curved, -x^2 / 2: no positive curvature, the rate stays
    assert rates(barzilai_borwein(0.1), quadratic([-1.0], [1.0])) == [0.1, 0.1, 0.1]
    # arrived: s . y = 0, the rate stays
    assert rates(barzilai_borwein(1.0), bowl(), 4) == [1.0] * 4


@pytest.mark.parametrize("c", [0.1, 0.5, 0.9])
def test_armijo_accepts_up_to_two_times_one_less_c(c):
    edge = 2 * (1 - c)  # curvature 1
    for lr, taken in ((0.999 * edge, 0.999 * edge), (1.001 * edge, 0.5005 * edge)):
        assert rates(armijo(bowl().loss, lr, c), steps=1) == [pytest.approx(taken)]


def test_armijo_starts_anew_or_from_the_last_rate():
    assert rates(armijo(bowl().loss, 8.0, 0.6, grow=2.0), steps=3) == [0.5, 0.5, 0.5]
    flat = quadratic([0.01], [1.0])  # accepts up to 100
    assert rates(armijo(flat.loss, 8.0, 0.5, grow=4.0), flat) == [8, 32, 64]
    anew = armijo(bowl().loss, 0.7, 0.5, 0.5, np.inf, max_lr=0.7)
    assert rates(anew) == [0.7, 0.7, 0.7]


def test_armijo_gives_up():
    nowhere = armijo(lambda theta: np.nan, 1.0, max_tries=3)
    assert rates(nowhere, steps=1) == [0.125]


# ---------------------------------------------------------------------------- sweeps
FIT = least_squares(np.column_stack([np.ones(30), np.linspace(-1, 2, 30)]), np.arange(30.0) / 7)
POLICIES = {
    "error_driven": lambda x: error_driven(0.1 * x, 0.5),
    "polyak": lambda x: polyak(0.1, factor=x),
    "bold_driver": lambda x: bold_driver(0.1 * x, 1.2, 0.4, loss=FIT.loss),
    "bold_driver without undo": lambda x: bold_driver(0.1 * x, 1.2, 0.4, undo=False, every=2),
    "plateau torch": lambda x: plateau(0.9 * x, 0.5, 1, rtol=0.02, cooldown=1),
    "plateau keras": lambda x: plateau(0.9 * x, 0.5, 1, atol=0.02, dialect="keras"),
    "plateau optax": lambda x: plateau(0.9 * x, 0.5, 1, rtol=0.02, dialect="optax"),
    "barzilai_borwein": lambda x: barzilai_borwein(0.1 * x),
    "armijo": lambda x: armijo(FIT.loss, 2.0 * x),
}
EACH = pytest.mark.parametrize("make", POLICIES.values(), ids=POLICIES)


@EACH
def test_a_row_of_a_sweep_is_the_single_run(make):
    x = np.array([0.3, 1.0, 1.4])
    swept = descend(FIT, sgd, make(x), 25, theta0=np.zeros((3, 2)))
    assert swept.lr.shape == (25, 3)
    for k, one in enumerate(x):
        single = descend(FIT, sgd, make(float(one)), 25)
        np.testing.assert_allclose(swept.theta[:, k], single.theta, rtol=1e-7, atol=1e-9)
        np.testing.assert_allclose(swept.lr[:, k], single.lr, rtol=1e-7)


@EACH
def test_policies_change_nothing_and_begin_anew(make):
    policy = make(1.0)
    first = descend(FIT, sgd, policy, 12)
    np.testing.assert_array_equal(first.theta, descend(FIT, sgd, policy, 12).theta)


@EACH
def test_policies_keep_float32(make):
    start = np.ones(2, np.float32)
    X, y = FIT.X.astype(np.float32), FIT.y.astype(np.float32)
    small = descend(least_squares(X, y), sgd, make(1.0), 5, theta0=start)
    assert small.theta.dtype == small.lr.dtype == np.float32


# ---------------------------------------------------------------------------- laws of the lesson
def test_the_error_map():
    """q = lr h follows q' = q (1 - q)^2, and q = 2 is the edge."""
    for h, x0, q in ((1.0, 5.0, 0.3), (4.0, 5.0, 1.7), (0.2, 3.0, 1.999)):
        p = quadratic([h], [x0])
        lr = descend(p, sgd, error_driven(q / (h * p.loss(p.theta0))), 30).lr
        for seen in lr * h:
            assert seen == pytest.approx(q, rel=1e-9)
            q = q * (1 - q) ** 2


@pytest.mark.parametrize("power", [0.5, 1.0, 2.0])
@pytest.mark.parametrize(("h", "x0"), [(1.0, 5.0), (4.0, 5.0), (0.2, 3.0)])
def test_the_largest_k_to_six_digits(h, x0, power):
    """k f^p explodes exactly when the first rate, k f_0^p, is above 2 / h."""
    p = quadratic([h], [x0])
    edge = 2 / (h * p.loss(p.theta0) ** power)
    k = edge * np.array([1 - 1e-6, 1 + 1e-6])
    below, above = descend(p, sgd, error_driven(k, power), 80, theta0=np.full((2, 1), x0)).loss.T
    assert below[-1] < below[0]
    assert not above[-1] <= above[0]


def car_fit():
    data = lrlib.auto_mpg()
    Z = (data.X - data.X.mean(0)) / data.X.std(0)
    return least_squares(Z, data.y - data.y.mean())


@pytest.mark.parametrize(("up", "down"), [(1.05, 0.5), (1.05, 0.7), (1.1, 0.5), (1.2, 0.5)])
@pytest.mark.parametrize("make", [valley, car_fit])
def test_the_drivers_law(make, up, down):
    """Arrive after ln(limit / lr) / ln up steps; then the log of the rate balances."""
    p = make()
    run = descend(p, sgd, bold_driver(1e-3, up, down, loss=p.loss), 400)
    arrive = np.log(2 / np.linalg.eigvalsh(p.hessian)[-1] / 1e-3) / np.log(up)
    share = np.log(up) / (np.log(up) - np.log(down))
    assert abs((run.lr == 0).sum() - (400 - arrive) * share) < 1


def test_the_drivers_law_ends_where_the_loss_cannot_fall():
    """Rounding is an error of the loss: below it no step is better, and the rate is only cut."""
    p = car_fit()
    low = p.loss(p.minimum)
    run = descend(p, sgd, bold_driver(1e-3, 1.05, 0.5, loss=p.loss), 1000)
    undone = np.cumsum(run.lr == 0)
    arrive = np.log(2 / np.linalg.eigvalsh(p.hessian)[-1] / 1e-3) / np.log(1.05)
    law = (np.arange(1, 1001) - arrive) * np.log(1.05) / np.log(2.1)
    assert abs(undone - law)[200:750].max() < 2 and run.loss[750] - low > 1e-13 * low
    assert undone[-1] > law[-1] + 50 and run.loss[-1] - low < 1e-13 * low


# ---------------------------------------------------------------------------- bad input
LOSS = bowl().loss
BAD = [
    (error_driven, {"k": 0.0}, "k = 0.0"),
    (error_driven, {"k": "big"}, "k = .*big"),
    (error_driven, {"k": 1.0, "power": np.nan}, "power = nan"),
    (error_driven, {"k": 1.0, "loss": 3.0}, "loss = 3.0: must be a function"),
    (polyak, {"f_min": "low"}, "f_min = "),
    (polyak, {"cap": -1.0}, "cap = -1.0"),
    (polyak, {"factor": [1.0, 0.0]}, "factor = "),
    (bold_driver, {"lr": 0.1}, "undo = True: needs loss"),
    (bold_driver, {"loss": LOSS, "every": 2}, "undo = True: needs loss.*every = 1"),
    (bold_driver, {"loss": LOSS, "down": 0.0}, "down = 0.0"),
    (bold_driver, {"undo": False, "every": 0}, "every = 0"),
    (plateau, {"lr": -0.1}, "lr = -0.1"),
    (plateau, {"lr": 0.1, "patience": 1.5}, "patience = 1.5"),
    (plateau, {"lr": 0.1, "dialect": "jax"}, "dialect = 'jax': must be 'torch' or"),
    (plateau, {"lr": 0.1, "mode": "auto"}, "mode = 'auto': must be 'min' or 'max'"),
    (barzilai_borwein, {"kind": "BB1"}, "kind = 'BB1': must be 'long'"),
    (armijo, {"loss": LOSS, "shrink": 1.0}, r"^shrink = 1.0: must be below 1"),
    (armijo, {"loss": None}, "loss = None: must be a function"),
]


@pytest.mark.parametrize(("policy", "arguments", "message"), BAD)
def test_bad_arguments_are_named(policy, arguments, message):
    with pytest.raises(ValueError, match=f"^{message}"):
        policy(**arguments)


@pytest.mark.parametrize("policy", [error_driven(1.0), polyak(), bold_driver(undo=False)])
def test_a_problem_without_loss_is_named(policy):
    with pytest.raises(ValueError, match=r"^loss: must be given"):
        descend(lambda x, t: x, sgd, policy, 2, theta0=np.ones(1))


@pytest.mark.parametrize("name", ["error_driven", "polyak", "plateau", "armijo", "bold_driver"])
def test_a_policy_uncalled_is_named(name):
    with pytest.raises(ValueError, match=rf"^lr = {name}: must be what {name} returns"):
        descend(bowl(), sgd, getattr(lrlib, name), 2)
