"""What is minimised: `surfaces` from formulas, `fits` to data. Both in one place to import from."""

from .fits import Bags, Fit, Layer, LinearFit, least_squares, logistic, mlp, softmax
from .surfaces import (
    Quadratic,
    Spectrum,
    Surface,
    beale,
    bowl,
    noisy_quadratic_risk,
    quadratic,
    rosenbrock,
    saddle,
    sharpness,
    spectrum,
    valley,
)

__all__ = [
    "Bags",
    "Fit",
    "Layer",
    "LinearFit",
    "Quadratic",
    "Spectrum",
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
    "spectrum",
    "valley",
]
