"""lrlib against recordings of PyTorch, Keras, Optax, TensorFlow 1 and the papers' own algorithms.

Every setting that lrlib's kernels, schedules and policies can express runs through `descend` and
must match its recording. A setting that cannot be expressed stands in NO_KERNEL, NO_ARGUMENT or
NO_SCHEDULE with the reason. A recording in neither fails. `golden/README.md` says where the
recordings come from.

``pytest tests/test_golden.py -k coverage`` prints the counts and the worst deviations.
"""

import json
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from golden.record import SEQUENCES, array_of, rows_of, summary
from registry import KERNELS as FOUND

from lrlib import (
    adagrad,
    adam,
    constant,
    cosine,
    cosine_restarts,
    dadapt_adam,
    descend,
    exp_range,
    exponential,
    hypergradient,
    inverse_sqrt,
    inverse_time,
    lion,
    multistep,
    noam,
    one_cycle,
    polynomial,
    prodigy,
    range_test,
    rmsprop,
    schedule_free,
    sgd,
    step,
    triangular,
    triangular2,
    warmup,
    wsd,
)
from lrlib.kernels import RMSpropState
from lrlib.problems import beale, rosenbrock

GOLDEN = Path(__file__).with_name("golden")
KERNELS = {e["id"]: e for e in json.loads((GOLDEN / "kernels.json").read_text())}
SCHEDULES = {e["id"]: e for e in json.loads((GOLDEN / "schedules.json").read_text())}
PROBLEMS = json.loads((GOLDEN / "problems.json").read_text())
SAVED = PROBLEMS["save_steps"]


# ---------------------------------------------------------------------------- kernels
class Run(NamedTuple):
    """One setting of a library, said in lrlib."""

    kernel: Callable
    lr: Any
    hyper: dict[str, Any]
    weight_decay: float = 0.0
    gradient: Callable = lambda g, theta, t: g  # what the library does to g before its rule


def l2(wd: float) -> Callable:
    """Weight decay as PyTorch's older rules have it: added to the gradient."""
    return lambda g, theta, t: g + wd * theta


def eps_hat_rate(lr: float, beta1: float, beta2: float) -> Callable:
    """The rate of the end of section 2 in Kingma & Ba 2015, which Keras and TensorFlow use.

    It holds Adam's bias correction, so the kernel runs without: eps meets the uncorrected root.
    """
    return lambda t: lr * np.sqrt(1 - beta2 ** (t + 1)) / (1 - beta1 ** (t + 1))


# One function a library class: the library's own names and defaults go in, a Run comes out.
def torch_sgd(lr=1e-3, momentum=0.0, nesterov=False, weight_decay=0.0, maximize=False):
    sign = -1 if maximize else 1
    hyper = {"momentum": momentum, "nesterov": nesterov}
    return Run(sgd, lr, hyper, gradient=lambda g, x, t: sign * g + weight_decay * x)


def torch_adagrad(
    lr=1e-2, lr_decay=0.0, weight_decay=0.0, initial_accumulator_value=0.0, eps=1e-10
):
    hyper = {"eps": eps, "initial_accumulator_value": initial_accumulator_value}
    rate = inverse_time(lr, 1, lr_decay) if lr_decay else lr
    return Run(adagrad, rate, hyper, gradient=l2(weight_decay))


def torch_rmsprop(lr=1e-2, alpha=0.99, eps=1e-8, weight_decay=0.0, momentum=0.0, centered=False):
    hyper = {"rho": alpha, "eps": eps, "momentum": momentum, "centered": centered}
    return Run(rmsprop, lr, hyper, gradient=l2(weight_decay))


def torch_adam(lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, amsgrad=False):
    hyper = {"beta1": betas[0], "beta2": betas[1], "eps": eps, "amsgrad": amsgrad}
    return Run(adam, lr, hyper, gradient=l2(weight_decay))


def torch_adamw(weight_decay=1e-2, **params):
    return torch_adam(**params)._replace(weight_decay=weight_decay)


def keras_sgd(
    learning_rate=0.01,
    momentum=0.0,
    nesterov=False,
    weight_decay=0.0,
    clipnorm=np.inf,
    clipvalue=np.inf,
    global_clipnorm=np.inf,
    decay=0.0,
):
    longest = min(clipnorm, global_clipnorm)  # the same for one vector

    def clip(g, theta, t):
        g = np.clip(g, -clipvalue, clipvalue)
        return g * np.minimum(1, longest / max(np.linalg.norm(g), 1e-300))

    rate = inverse_time(learning_rate, 1, decay) if decay else learning_rate
    return Run(sgd, rate, {"momentum": momentum, "nesterov": nesterov}, weight_decay, clip)


def keras_adagrad(learning_rate=1e-3, initial_accumulator_value=0.1, epsilon=1e-7, root=True):
    hyper = {"eps": 0.0, "eps_root": epsilon} if root else {"eps": epsilon}
    hyper["initial_accumulator_value"] = initial_accumulator_value
    return Run(adagrad, learning_rate, hyper)


def keras_rmsprop(
    learning_rate=1e-3, rho=0.9, momentum=0.0, epsilon=1e-7, centered=False, root=True
):
    hyper = {"eps": 0.0, "eps_root": epsilon} if root else {"eps": epsilon}
    hyper |= {"rho": rho, "momentum": momentum, "centered": centered}
    return Run(rmsprop, learning_rate, hyper)


def keras_adam(learning_rate=1e-3, beta_1=0.9, beta_2=0.999, epsilon=1e-7, amsgrad=False):
    hyper = {"beta1": beta_1, "beta2": beta_2, "eps": epsilon, "amsgrad": amsgrad}
    hyper["bias_correction"] = False
    return Run(adam, eps_hat_rate(learning_rate, beta_1, beta_2), hyper)


def tf2_adagrad(**params):
    return keras_adagrad(**params, root=False)


def tf2_rmsprop(**params):  # eps moves inside the root when there is momentum
    return keras_rmsprop(**params, root=params.get("momentum", 0.0) > 0)


def tf1_momentum(learning_rate, momentum, use_nesterov=False):
    return keras_sgd(learning_rate, momentum, use_nesterov)


def tf1_adagrad(learning_rate, initial_accumulator_value=0.1):
    return keras_adagrad(learning_rate, initial_accumulator_value, epsilon=0.0)


def rmsprop_from_one(g, state=None, *, rho, eps, eps_root, momentum, centered):
    """RMSprop whose average of squares starts at 1."""
    hyper = {"rho": rho, "eps": eps, "eps_root": eps_root}
    return rmsprop(g, state or RMSpropState(v=1.0), momentum=momentum, centered=centered, **hyper)


def tf1_rmsprop(learning_rate, decay=0.9, momentum=0.0, epsilon=1e-10, centered=False):
    run = keras_rmsprop(learning_rate, decay, momentum, epsilon, centered)
    return run._replace(kernel=rmsprop_from_one)


def tf1_adam(learning_rate=1e-3, beta1=0.9, beta2=0.999, epsilon=1e-8):
    return keras_adam(learning_rate, beta1, beta2, epsilon)


def optax_adagrad(learning_rate, initial_accumulator_value=0.1, eps=1e-7):
    return keras_adagrad(learning_rate, initial_accumulator_value, eps)


def optax_rmsprop(
    learning_rate,
    decay=0.9,
    eps=1e-8,
    eps_in_sqrt=True,
    initial_scale=0.0,
    centered=False,
    momentum=0.0,
    bias_correction=False,
):
    if bias_correction:  # Adam without its momentum
        assert not (eps_in_sqrt or initial_scale or centered or momentum)
        return Run(adam, learning_rate, {"beta1": 0.0, "beta2": decay, "eps": eps})
    run = keras_rmsprop(learning_rate, decay, momentum, eps, centered, root=eps_in_sqrt)
    assert initial_scale in (0.0, 1.0)
    return run._replace(kernel=rmsprop_from_one) if initial_scale else run


def optax_adam(learning_rate, b1=0.9, b2=0.999, eps=1e-8, eps_root=0.0):
    return Run(adam, learning_rate, {"beta1": b1, "beta2": b2, "eps": eps, "eps_root": eps_root})


def optax_adamw(weight_decay=1e-4, **params):
    return optax_adam(**params)._replace(weight_decay=weight_decay)


def optax_amsgrad(learning_rate, bias_correction_mu, bias_correction_nu):
    assert not (bias_correction_mu or bias_correction_nu)
    return Run(adam, learning_rate, {"bias_correction": False, "amsgrad": True})


def optax_sign_sgd(learning_rate):  # RMSprop without memory
    return Run(rmsprop, learning_rate, {"rho": 0.0, "eps": 1e-300})


def torch_lion(lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0, decoupled_weight_decay=False):
    decay = weight_decay / lr if decoupled_weight_decay else weight_decay
    return Run(lion, lr, {"beta1": betas[0], "beta2": betas[1]}, decay)


def keras_lion(learning_rate=1e-3, beta_1=0.9, beta_2=0.99, weight_decay=0.0):
    return torch_lion(learning_rate, (beta_1, beta_2), weight_decay)


def optax_lion(learning_rate, b1=0.9, b2=0.99, weight_decay=1e-3):
    return torch_lion(learning_rate, (b1, b2), weight_decay)


def sgd_schedule_free(lr=1.0, momentum=0.9):
    return Run(schedule_free, lr, {"beta": momentum})


def adamw_schedule_free(lr=0.0025, betas=(0.9, 0.999), eps=1e-8):
    return Run(schedule_free, lr, {"beta": betas[0], "beta2": betas[1], "eps": eps, "adam": True})


def keras_schedule_free(learning_rate=0.0025, beta_1=0.9, beta_2=0.999, epsilon=1e-8):
    return adamw_schedule_free(learning_rate, (beta_1, beta_2), epsilon)


def optax_schedule_free_sgd(learning_rate, b1=0.9):
    return sgd_schedule_free(learning_rate, b1)


def optax_schedule_free_adamw(learning_rate=0.0025, b1=0.9, b2=0.999, eps=1e-8):
    return adamw_schedule_free(learning_rate, (b1, b2), eps)


def dadaptation_adam(lr=1.0, betas=(0.9, 0.999), eps=1e-8, d0=1e-6, use_bias_correction=False):
    hyper = {"beta1": betas[0], "beta2": betas[1], "eps": eps, "d0": d0, "scale": lr}
    return Run(dadapt_adam, 1.0, hyper | {"bias_correction": use_bias_correction})


def optax_dadapt(learning_rate=1.0, betas=(0.9, 0.999), eps=1e-8, estim_lr0=1e-6):
    return dadaptation_adam(learning_rate, betas, eps, estim_lr0, use_bias_correction=True)


def prodigyopt_prodigy(d_coef=1.0, **params):
    run = dadaptation_adam(**params)
    return run._replace(kernel=prodigy, hyper=run.hyper | {"d_coef": d_coef})


def optax_prodigy(learning_rate=1.0, betas=(0.9, 0.999), eps=1e-8, estim_lr0=1e-6):
    return optax_dadapt(learning_rate, betas, eps, estim_lr0)._replace(kernel=prodigy)


def sgd_hd(lr, hypergrad_lr, momentum=0.0, nesterov=False, weight_decay=0.0, rule="additive"):
    rate = hypergradient(lr, hypergrad_lr, multiplicative=rule == "multiplicative")
    return torch_sgd(rate, momentum, nesterov, weight_decay)


def sgdn_hd(**params):
    return sgd_hd(**params, nesterov=True)


def adam_hd(lr, hypergrad_lr, betas, eps, rule="additive"):
    rate = hypergradient(lr, hypergrad_lr, multiplicative=rule == "multiplicative")
    return torch_adam(rate, betas, eps)


def amsgrad_paper(lr, b1, b2, eps, sqrt_decay):
    hyper = {"beta1": b1, "beta2": b2, "eps": eps, "amsgrad": True, "bias_correction": False}
    return Run(adam, inverse_sqrt(lr) if sqrt_decay else lr, hyper)


def adamw_paper(lr, b1, b2, eps, wd):  # the paper's decay is not times the rate
    return torch_adamw(weight_decay=wd / lr, lr=lr, betas=(b1, b2), eps=eps)


RULES = {
    ("torch", "SGD"): torch_sgd,
    ("torch", "Adagrad"): torch_adagrad,
    ("torch", "RMSprop"): torch_rmsprop,
    ("torch", "Adam"): torch_adam,
    ("torch", "AdamW"): torch_adamw,
    ("keras", "SGD"): keras_sgd,
    ("keras", "Adagrad"): keras_adagrad,
    ("keras", "RMSprop"): keras_rmsprop,
    ("keras", "Adam"): keras_adam,
    ("tfkeras_legacy", "SGD"): keras_sgd,
    ("tfkeras_legacy", "Adagrad"): tf2_adagrad,
    ("tfkeras_legacy", "RMSprop"): tf2_rmsprop,
    ("tfkeras_legacy", "Adam"): keras_adam,
    ("tf1", "GradientDescent"): keras_sgd,
    ("tf1", "Momentum"): tf1_momentum,
    ("tf1", "Adagrad"): tf1_adagrad,
    ("tf1", "RMSProp"): tf1_rmsprop,
    ("tf1", "Adam"): tf1_adam,
    ("optax", "sgd"): keras_sgd,
    ("optax", "adagrad"): optax_adagrad,
    ("optax", "rmsprop"): optax_rmsprop,
    ("optax", "adam"): optax_adam,
    ("optax", "adamw"): optax_adamw,
    ("optax", "amsgrad"): optax_amsgrad,
    ("optax", "sign_sgd"): optax_sign_sgd,
    ("keras", "Lion"): keras_lion,
    ("optax", "lion"): optax_lion,
    ("lion_pytorch", "Lion"): torch_lion,
    ("schedulefree", "SGDScheduleFree"): sgd_schedule_free,
    ("schedulefree", "AdamWScheduleFree"): adamw_schedule_free,
    ("keras", "ScheduleFreeAdamW"): keras_schedule_free,
    ("optax", "schedule_free_sgd"): optax_schedule_free_sgd,
    ("optax", "schedule_free_adamw"): optax_schedule_free_adamw,
    ("dadaptation", "DAdaptAdam"): dadaptation_adam,
    ("optax", "dadapt_adamw"): optax_dadapt,
    ("prodigyopt", "Prodigy"): prodigyopt_prodigy,
    ("optax", "prodigy"): optax_prodigy,
    ("hd_paper", "SGDHD"): sgd_hd,
    ("hd_paper", "SGDNHD"): sgdn_hd,
    ("hd_paper", "AdamHD"): adam_hd,
    ("hd_repo", "SGDHD"): sgd_hd,
    ("paper", "amsgrad_paper"): amsgrad_paper,
    ("paper", "adam_paper"): lambda lr, b1, b2, eps: torch_adam(lr, (b1, b2), eps),
    ("paper", "adam_epshat"): lambda lr, b1, b2, eps: keras_adam(lr, b1, b2, eps),
    ("paper", "adamw_paper"): adamw_paper,
    ("paper", "cs231n_adagrad"): lambda lr, eps: torch_adagrad(lr, eps=eps),
    ("paper", "cs231n_rmsprop"): lambda lr, decay_rate, eps: torch_rmsprop(lr, decay_rate, eps),
    ("paper", "cs231n_adam"): lambda lr, b1, b2, eps: torch_adam(lr, (b1, b2), eps),
    ("paper", "classical_momentum"): lambda lr, mu: torch_sgd(lr, mu),
    ("paper", "nesterov_cs231n"): lambda lr, mu: torch_sgd(lr, mu, nesterov=True),
}

# What lrlib cannot say: whole classes, then single settings.
NO_KERNEL = {  # classes, in small letters and without underscores
    "adadelta": "no Adadelta kernel",
    "adamax": "no AdaMax kernel: a maximum in the place of v",
    "adamaxpaper": "no AdaMax kernel",
    "nadam": "no NAdam kernel: Nesterov momentum inside Adam",
    "nadamw": "no NAdam kernel",
    "radam": "no RAdam kernel: a rectified second moment",
    "rprop": "no Rprop kernel: one step size a parameter, steered by signs",
    "asgd": "no averaged SGD",
    "lars": "no kernel knows the layers whose norms it needs",
    "lamb": "no kernel knows the layers whose norms it needs",
    "ftrl": "no FTRL kernel",
    "adabelief": "no AdaBelief kernel",
    "yogi": "no Yogi kernel",
    "dadaptsgd": "no such learner of distances",
    "dadaptadagrad": "no such learner of distances",
    "dadaptlion": "no such learner of distances",
    "dog": "no such learner of distances",
    "dowg": "no such learner of distances",
}
NO_ARGUMENT = {
    "torch/SGD/3": "dampening",
    "keras/Adam/21": "eps-hat with weight decay: the decay would take the corrected rate",
    "keras/AdamW/22": "eps-hat with weight decay",
    "keras/AdamW/23": "eps-hat with weight decay",
    "keras/AdamW/c9": "eps-hat with weight decay",
    "optax/rmsprop/14": "Nesterov momentum in RMSprop",
    "optax/amsgrad/22": "largest CORRECTED v (here, as in PyTorch: the largest v, corrected)",
    "optax/amsgrad/24": "largest corrected v",
    "optax/amsgrad/c8": "largest corrected v",
    "schedulefree/SGDScheduleFree/1": "Schedule-Free with a warm-up: an average weighted by rates",
    "schedulefree/SGDScheduleFree/2": "an average weighted by a power of t",
    "schedulefree/AdamWScheduleFree/4": "Schedule-Free with a warm-up",
    "schedulefree/RAdamScheduleFree/5": "RAdam under Schedule-Free",
    "keras/ScheduleFreeAdamW/33": "Schedule-Free with a warm-up",
    "optax/schedule_free_sgd/50": "Schedule-Free with a warm-up",
    "optax/schedule_free_adamw/52": "Schedule-Free with a warm-up",
    "dadaptation/DAdaptAdam/3": "weight decay, times the learned distance",
    "optax/dadapt_adamw/45": "weight decay, times the learned distance",
    "prodigyopt/Prodigy/1": "weight decay, times the learned distance",
    "prodigyopt/Prodigy/2": "safeguard_warmup: other weights in the sum of gradients",
    "optax/prodigy/47": "weight decay, times the learned distance",
    "optax/prodigy/48": "safeguard_warmup: other weights in the sum of gradients",
    "hd_repo/AdamHD/4": "eps-hat under a policy",
    "hd_repo/AdamHD/5": "eps-hat under a policy",
    "hd_repo/AdamHD/c2": "eps-hat under a policy",
}


def listed(entry: dict) -> str | None:
    """The reason why a setting cannot be said in lrlib."""
    return NO_ARGUMENT.get(entry["id"]) or NO_KERNEL.get(entry["cls"].lower().replace("_", ""))


def sayable(entry: dict) -> bool:
    """Can lrlib say this setting? Then its numbers are stored."""
    return not listed(entry) and (entry["lib"], entry["cls"]) in RULES


RUNS = [k for k, e in KERNELS.items() if sayable(e) and "rows" in e]


def gradients(name: str, inputs: dict[str, np.ndarray]) -> tuple[Callable, np.ndarray]:
    """grad(theta, t) and the start of a recorded sequence or of a problem."""
    if name in SEQUENCES:
        recorded = inputs[f"g_{name}"]
        return lambda theta, t: recorded[t], inputs[f"x0_{name}"]
    p = {k: np.array(v) for k, v in PROBLEMS[name].items() if k != "f"}

    def least_squares(w, t):
        X, y = p["X"][p["idx"][t]], p["y"][p["idx"][t]]
        return X.T @ (X @ w - y) / len(y)

    grad = {
        "quad2": lambda x, t: p["A"] @ x - p["b"],
        "ill2": lambda x, t: p["lam"] * x,
        "rosen": rosenbrock().grad,
        "beale": beale().grad,
        "lsq5": least_squares,
    }[name]
    return grad, p["x0"]


def deviation(mine: np.ndarray, gold: np.ndarray) -> float:
    """Largest relative difference; small coordinates count at 1e-3 of the largest."""
    return float(np.max(np.abs(mine - gold) / np.maximum(np.abs(gold), 1e-3 * np.abs(gold).max())))


@cache
def arrays() -> dict[str, np.ndarray]:
    with np.load(GOLDEN / "kernels.npz") as z:
        return dict(z)


CALL_IT_LR = "torch hd_paper hd_repo lion_pytorch schedulefree dadaptation prodigyopt".split()


def run_of(key: str, problem: str) -> Run:
    """The setting in lrlib's words; on problems each library's rate is one that suits it."""
    e = KERNELS[key]
    rule, params = RULES[e["lib"], e["cls"]], dict(e["params"])
    if e["kind"] == "problem":
        params["lr" if e["lib"] in CALL_IT_LR else "learning_rate"] = e["lr_by_problem"][problem]
    return rule(**params)


@cache
def deviations(key: str) -> dict[str, float]:
    """Run one setting through `descend` on everything it was recorded on."""
    e = KERNELS[key]
    worst = {}
    for name, row in rows_of(e).items():
        run = run_of(key, name)
        grad, theta0 = gradients(name, arrays())
        trace = descend(
            lambda x, t, grad=grad, run=run: run.gradient(grad(x, t), x, t),
            run.kernel,
            run.lr,
            SAVED[-1],
            theta0=theta0,
            weight_decay=run.weight_decay,
            **run.hyper,
        )
        gold = arrays()[array_of(name)]
        worst[name] = deviation(trace.theta[SAVED], gold[row])
        if "rate" in e:
            used = trace.lr[np.array(SAVED) - 1]
            worst[f"{name}, rate"] = deviation(used, np.array(e["rate"][name]))
    return worst


@pytest.mark.parametrize("key", RUNS)
def test_kernel_matches_recording(key):
    for name, worst in deviations(key).items():
        assert worst <= KERNELS[key]["rtol"], f"{key} on {name}: off by {worst:.1e}"


# ---------------------------------------------------------------------------- schedules
def late(schedule: Callable, warmup_steps: int) -> Callable:
    """Warm-up as Transformers and Optax count it, t / W: one step behind, the first rate is 0."""
    return lambda t: schedule(np.where(t < warmup_steps, t - 1, t))


def delay(schedule: Callable, begin: float) -> Callable:
    return lambda t: schedule(np.maximum(t - begin, 0))


def faster(schedule: Callable, n: int) -> Callable:
    """All of it in 1/n of the steps."""
    return lambda t: schedule(n * np.asarray(t))


def times(a: Callable, b: Callable) -> Callable:
    return lambda t: a(t) * b(t)


class Part(NamedTuple):
    """A schedule that agrees with the recording from ``first`` to ``last`` only."""

    schedule: Callable
    first: int
    last: int | None
    reason: str


RISES = "PyTorch's and Transformers' cosine rises again after its last step, lrlib's is held"
FROM_ABOVE = "warm-up does not start from 0"
EXPRESSED = {
    "torch/StepLR/0": step(0.1, 10, 0.5),
    "torch/MultiStepLR/1": multistep(0.1, [10, 25, 26], 0.1),
    "torch/ConstantLR/2": multistep(0.05, [8], 2.0),
    "torch/LinearLR/3": polynomial(0.01, 10, end_lr=0.1),
    "torch/ExponentialLR/4": exponential(0.1, 1, 0.95),
    "torch/PolynomialLR/5": polynomial(0.1, 40, power=2.0),
    "torch/CosineAnnealingLR/6": Part(cosine(0.1, 30, 0.001), 0, 30, RISES),
    "torch/CosineAnnealingWarmRestarts/7": cosine_restarts(0.1, 10, 2, 0.001),
    "torch/CosineAnnealingWarmRestarts/8": cosine_restarts(0.1, 12),
    "torch/CyclicLR/9": triangular(0.001, 0.006, 10),
    "torch/CyclicLR/10": triangular2(0.001, 0.006, 10),
    "torch/CyclicLR/11": exp_range(0.001, 0.006, 10, 0.99),
    "torch/OneCycleLR/13": one_cycle(0.1, 50),
    "transformers/constant_with_warmup": late(warmup(constant(1.0), 10), 10),
    "transformers/linear_with_warmup": late(warmup(polynomial(1.0, 70), 10), 10),
    "transformers/cosine_with_warmup": Part(late(warmup(cosine(1.0, 70), 10), 10), 0, 80, RISES),
    "transformers/cosine_with_hard_restarts_with_warmup": Part(
        late(warmup(faster(cosine_restarts(1.0, 70), 3), 10), 10), 0, 79, "three cycles, then 0"
    ),
    "transformers/polynomial_decay_with_warmup": late(
        warmup(polynomial(1.0, 70, 0.01, power=2.0), 10), 10
    ),
    "transformers/inverse_sqrt": lambda t: np.where(
        t == 0, 0.0, noam(1, 10, np.sqrt(10))(np.maximum(t - 1, 0))
    ),
    "transformers/wsd/linear": Part(wsd(1.0, 10, 30, 25, 0.05), 10, None, FROM_ABOVE),
    "keras/ExponentialDecay/0": exponential(0.1, 20, 0.5),
    "keras/ExponentialDecay/1": exponential(0.3, 20, 0.86, staircase=True),
    # Keras and TF1 still use the old rate AT a boundary, lrlib, PyTorch and Optax the new one.
    "keras/PiecewiseConstantDecay/2": times(multistep(0.1, [11], 0.5), multistep(1, [26], 0.2)),
    "keras/PolynomialDecay/3": polynomial(0.1, 30, 0.01, power=0.5),
    "keras/PolynomialDecay/5": polynomial(0.1, 25, 1e-4),
    "keras/InverseTimeDecay/6": inverse_time(0.1, 10, 0.5),
    "keras/InverseTimeDecay/7": inverse_time(0.1, 10, 0.5, staircase=True),
    "keras/CosineDecay/8": cosine(0.1, 40),
    "keras/CosineDecay/9": cosine(0.1, 40, 0.01),
    "keras/CosineDecay/10": Part(warmup(cosine(0.1, 40, 0.005), 10), 10, None, FROM_ABOVE),
    "keras/CosineDecayRestarts/11": cosine_restarts(0.1, 10, 2),
    "keras/CosineDecayRestarts/13": times(cosine_restarts(0.1, 9), step(1.0, 9, 0.5)),
    "optax/constant_schedule/0": constant(0.1),
    "optax/polynomial_schedule/1": delay(polynomial(0.1, 30, 0.01, power=2), 5),
    "optax/linear_schedule/2": polynomial(0.1, 30),
    "optax/piecewise_constant_schedule/3": times(
        multistep(0.1, [10], 0.5), multistep(1.0, [25], 0.1)
    ),
    "optax/exponential_decay/4": exponential(0.1, 20, 0.5),
    "optax/exponential_decay/5": lambda t: np.maximum(
        delay(exponential(0.1, 10, 0.5, staircase=True), 5)(t), 0.01
    ),
    "optax/cosine_decay_schedule/6": cosine(0.1, 40, 0.01),
    "optax/cosine_decay_schedule/7": lambda t: 0.1 * cosine(1.0, 40)(t) ** 2,
    "optax/cosine_onecycle_schedule/9": one_cycle(0.1, 51, pct_start=16 / 51),
    "optax/warmup_constant_schedule/10": late(warmup(constant(0.1), 10), 10),
    "optax/warmup_cosine_decay_schedule/11": late(warmup(cosine(0.1, 50, 0.001), 10), 10),
    "optax/warmup_exponential_decay_schedule/12": late(warmup(exponential(0.1, 10, 0.8), 10), 10),
    "tf1/exponential_decay/0": exponential(0.1, 20, 0.96),
    "tf1/exponential_decay/1": exponential(0.3, 20, 0.86, staircase=True),
    "tf1/natural_exp_decay/2": exponential(0.1, 20, np.exp(-0.5)),
    "tf1/natural_exp_decay/3": exponential(0.1, 20, np.exp(-0.5), staircase=True),
    "tf1/inverse_time_decay/4": inverse_time(0.1, 10, 0.5),
    "tf1/polynomial_decay/5": polynomial(0.1, 30, 0.01, power=0.5),
    "tf1/cosine_decay/7": cosine(0.1, 40, 0.005),
    "tf1/piecewise_constant/10": times(multistep(0.1, [11], 0.5), multistep(1.0, [26], 0.2)),
    # fastai counts from 0 to 1 over the run: its peak may lie between two steps
    "fastai/fit_one_cycle/0.1": one_cycle(0.1, 51, 13.5 / 51, 25.0, 4000.0),
    "fastai/fit_one_cycle/0.02": one_cycle(0.02, 51, 21 / 51, 10.0, 100.0),
    "fastai/fit_flat_cos": delay(faster(cosine(0.1, 25, 1e-6), 2), 37.5),
    "fastai/LRFinder/lrs": range_test(1e-7, 10, 100),
    "paper/noam": noam(512, 40),
    "paper/clr_triangular": triangular(0.001, 0.006, 20),
    "paper/clr_triangular2": triangular2(0.001, 0.006, 20),
    "paper/clr_exp_range": exp_range(0.001, 0.006, 20, 0.99994),
    "paper/inv_t": inverse_time(0.1, 1, 0.1),
    "paper/inv_sqrt": inverse_sqrt(0.1),
    "paper/bottou": inverse_time(0.1, 1, 0.1 * 0.01),
    "paper/cs231n_step": step(0.1, 15, 0.5),
    "paper/cs231n_exp": exponential(0.1, 1, np.exp(-0.03)),
    "paper/sgdr": cosine_restarts(0.1, 10, 2, 0.001),
} | {
    f"{lib}/notmnist/{lr}/{rate}/{staircase}": exponential(lr, 3000, rate, staircase)
    for lib in ("keras", "tf1")
    for lr, rate, staircase in [
        (0.1, 0.96, True),
        (0.3, 0.86, False),
        (0.3, 0.96, False),
        (0.3, 0.96, True),
        (0.5, 0.96, True),
    ]
}
NO_SCHEDULE = {
    "torch/CyclicLR/12": "a way up and a way down of different lengths",
    "torch/OneCycleLR/14": "straight lines in the place of cosines",
    "torch/OneCycleLR/15": "three phases",
    "torch/SequentialLR": "a warm-up that starts at a tenth, not at 1 / W",
    "transformers/wsd/cosine": "a decay that is not a straight line",
    "transformers/wsd/1-sqrt": "a decay that is not a straight line",
    "keras/PolynomialDecay/4": "cycle=True",
    "keras/CosineDecayRestarts/12": "runs whose lengths are no whole multiples",
    "optax/linear_onecycle_schedule/8": "straight lines in the place of cosines",
    "optax/sgdr_schedule/13": "a warm-up in every run",
    "tf1/polynomial_decay/6": "cycle=True",
    "tf1/cosine_decay_restarts/8": "a lower peak in every run, runs of growing length",
    "tf1/linear_cosine_decay/9": "a cosine on a falling line",
}


@cache
def schedule_deviation(key: str) -> float:
    """Let `descend` use the schedule and compare the rates it logs."""
    e, part = SCHEDULES[key], EXPRESSED[key]
    if not isinstance(part, Part):
        part = Part(part, 0, None, "")
    t = np.arange(e["steps"]) if isinstance(e["steps"], int) else np.array(e["steps"])
    used = descend(lambda x, t: 0.0 * x, sgd, part.schedule, int(t[-1]) + 1, theta0=np.zeros(1)).lr
    chosen = (t >= part.first) & (t <= (part.last or t[-1]))
    assert chosen.sum() > 20 or chosen.all()
    return deviation(used[t[chosen]], np.array(e["values"])[chosen])


@pytest.mark.parametrize("key", EXPRESSED)
def test_schedule_matches_recording(key):
    rtol = 2e-6 if SCHEDULES[key].get("dtype") == "float32" else 1e-12
    assert schedule_deviation(key) <= rtol


# ---------------------------------------------------------------------------- coverage
def stale(name: str, kernels: dict) -> bool:
    """Is there a kernel now of a class that stands in NO_KERNEL?"""
    known = {kernel.replace("_", "") for kernel in kernels}
    bases = ("sgd", "radam", "adamw", "adam")
    without = {name.removeprefix(base).removesuffix(base) for base in bases}
    return bool(known & ({name} | without))


def test_no_excuse_is_stale():
    said = [f"NO_KERNEL: {k}: there is one now, take it out" for k in NO_KERNEL if stale(k, FOUND)]
    assert not said, "\n".join(said)
    assert stale("yogi", {"yogi": None}) and stale("sgdschedulefree", {"schedule_free": None})
    assert not stale("nadam", {"adam": None}) and not stale("yogi", FOUND)


def test_the_numbers_can_be_read():
    """kernels.txt says what kernels.npz holds: change them by record.py, both at once."""
    assert (GOLDEN / "kernels.txt").read_text() == summary(list(KERNELS.values()), arrays())


def test_every_recording_is_covered_or_listed():
    for key, e in KERNELS.items():
        said = sayable(e)
        assert said != bool(listed(e)), f"{key}: said in lrlib: {said}, listed: {listed(e)}"
        assert not said or "rows" in e, f"{key}: has no numbers: run tests/golden/record.py"
    assert set(NO_ARGUMENT) <= set(KERNELS)
    assert set(EXPRESSED) | set(NO_SCHEDULE) == set(SCHEDULES)
    assert not set(EXPRESSED) & set(NO_SCHEDULE)


FLOOR = {  # settings matched: kernels, schedules
    "torch": (40, 13),
    "keras": (32, 17),
    "optax": (39, 12),
    "schedulefree": (4, 0),
    "dadaptation": (2, 0),
    "prodigyopt": (4, 0),
    "tfkeras_legacy": (21, 0),
    "tf1": (16, 13),
    "hd_paper": (13, 0),
    "hd_repo": (6, 0),
    "paper": (12, 10),
    "transformers": (0, 7),
    "fastai": (0, 4),
}


def test_coverage(capsys):
    runs = Counter(KERNELS[k]["lib"] for k in RUNS)
    rates = Counter(SCHEDULES[k]["lib"] for k in EXPRESSED)
    parts = sum(isinstance(s, Part) for s in EXPRESSED.values())
    worst: dict[str, float] = {}
    for key in RUNS:
        under = " under hypergradient" if KERNELS[key]["lib"].startswith("hd_") else ""
        name = run_of(key, "quad2").kernel.__name__ + under
        worst[name] = max(worst.get(name, 0.0), *deviations(key).values())
    for key in EXPRESSED:
        name = f"schedules recorded in {SCHEDULES[key].get('dtype', 'float64')}"
        worst[name] = max(worst.get(name, 0.0), schedule_deviation(key))
    with capsys.disabled():
        print(f"\n\n{'settings matched / recorded':32}kernels     schedules")
        for lib in dict.fromkeys(e["lib"] for e in [*KERNELS.values(), *SCHEDULES.values()]):
            k = sum(e["lib"] == lib for e in KERNELS.values())
            n = sum(e["lib"] == lib for e in SCHEDULES.values())
            print(f"{lib:32}{runs[lib]:3} /{k:3}    {rates[lib]:3} /{n:3}")
        print(
            f"{'all':32}{runs.total():3} /{len(KERNELS):3}    {rates.total():3} /{len(SCHEDULES):3}"
        )
        print(f"({parts} of the schedules on part of their steps)\n\nworst relative deviation")
        for name, x in worst.items():
            print(f"{name:32}{x:.1e}")
    for lib, (kernels, schedules) in FLOOR.items():
        assert runs[lib] >= kernels and rates[lib] >= schedules, lib
