"""lrlib: learning rates you can predict, see and check. The numeric core; it needs NumPy only.

    u, state = kernel(g, state, **hyperparameters)    kernels     a direction from a gradient
    lr = schedule(t)                                  schedules   a rate from the step number
    lr, state = policy(seen, state)                   policies    a rate from what was seen
    trace = descend(problem, kernel, lr, steps)       descend     theta = theta - lr * u
    theta0, loss(theta), grad(theta, t)               problems    what is minimised
    penguins(), letters(), ...                        datasets    real data, checksums verified

Arrays: the last axis counts parameters, leading axes are a sweep. ``lr`` of shape (K,) trains K
models at once. Schedules count t from 0. Figures and sliders are in `lrlib.plots`, `lrlib.views`
and `lrlib.live`, which import matplotlib and ipywidgets; this module does not.
"""

from . import datasets, fits, kernels, listings, policies, practice, problems, schedules, surfaces
from .datasets import auto_mpg, breast_cancer, co2, glosses, letters, nile, penguins
from .kernels import (
    adagrad,
    adam,
    dadapt_adam,
    lion,
    muon,
    orthogonalized,
    prodigy,
    rmsprop,
    schedule_free,
    sgd,
)
from .listings import listing
from .loop import Trace, descend
from .policies import (
    armijo,
    barzilai_borwein,
    bold_driver,
    error_driven,
    hypergradient,
    plateau,
    polyak,
)
from .practice import choose, predict
from .schedules import (
    constant,
    cosine,
    cosine_restarts,
    exp_range,
    exponential,
    inverse_sqrt,
    inverse_time,
    join,
    multistep,
    noam,
    one_cycle,
    polynomial,
    range_test,
    step,
    triangular,
    triangular2,
    warmup,
    wsd,
)

__all__ = [
    "Trace",
    "adagrad",
    "adam",
    "armijo",
    "auto_mpg",
    "barzilai_borwein",
    "bold_driver",
    "breast_cancer",
    "choose",
    "co2",
    "constant",
    "cosine",
    "cosine_restarts",
    "dadapt_adam",
    "datasets",
    "descend",
    "error_driven",
    "exp_range",
    "exponential",
    "fits",
    "glosses",
    "hypergradient",
    "inverse_sqrt",
    "inverse_time",
    "join",
    "kernels",
    "letters",
    "lion",
    "listing",
    "listings",
    "multistep",
    "muon",
    "nile",
    "noam",
    "one_cycle",
    "orthogonalized",
    "penguins",
    "plateau",
    "policies",
    "polyak",
    "polynomial",
    "practice",
    "predict",
    "problems",
    "prodigy",
    "range_test",
    "rmsprop",
    "schedule_free",
    "schedules",
    "sgd",
    "step",
    "surfaces",
    "triangular",
    "triangular2",
    "warmup",
    "wsd",
]
