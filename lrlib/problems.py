"""What is minimised: `surfaces` from formulas, `fits` to data. Both in one place to import from."""

from .fits import Bags, Fit, least_squares, logistic, mlp, softmax
from .surfaces import (
    Surface,
    beale,
    bowl,
    noisy_quadratic_risk,
    quadratic,
    rosenbrock,
    saddle,
    sharpness,
    valley,
)

__all__ = [
    "Bags",
    "Fit",
    "Surface",
    "beale",
    "bowl",
    "least_squares",
    "logistic",
    "mlp",
    "noisy_quadratic_risk",
    "quadratic",
    "rosenbrock",
    "saddle",
    "sharpness",
    "softmax",
    "valley",
]
