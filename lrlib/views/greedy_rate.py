"""The rate that makes the next loss smallest, beside rates that look further ahead."""

import numpy as np

from ..plots import COLOURS, GREY, Control, View, drawable, drawing, figure
from ..surfaces import noisy_quadratic_risk
from ..words import num
from .parts import over_steps

Array = np.ndarray
STEPS = 100
NAMES = ("greedy", "best fixed", "patient")


def greedy_rates(h: Array, variance: Array, mean_square: Array, steps: int) -> Array:
    """Rates that each make the expected next loss of a noisy quadratic smallest, shape (steps,).

    ``h`` (d,) curvatures, ``variance`` (d,) of the noise in each part of the gradient,
    ``mean_square`` (d,) of the errors at the start. The smallest next loss is at
    sum(h^2 A) / sum(h^3 A + h variance), with A the mean squares of the step.

    >>> greedy_rates(np.array([1.0]), np.array([0.0]), np.array([1.0]), 2)
    array([1., 0.])

    Source: Wu et al. 2018.
    """
    A, rates, hh, hhh, noise = np.array(mean_square, float), [], h**2, h**3, h @ variance
    for _ in range(steps):
        below = hhh @ A + noise
        lr = float(hh @ A / below) if below > 0 else 0.0
        A = (1 - lr * h) ** 2 * A + lr**2 * variance
        rates.append(lr)
    return np.array(rates)


def patient_rates(L: float = 1.0) -> Array:
    """76 steps just under the limit 2 / L, then 1, 1/2, 1/3, ... over L: (100,) rates by hand."""
    return np.r_[np.full(76, 1.99), 1 / np.arange(1, 25)] / L


def noisy_valley(kappa: float, noise: float) -> tuple[Array, Array, Array]:
    """Curvatures (1, 1 / kappa), gradient variances, mean squares of errors that share the loss."""
    h = np.array([1.0, 1 / kappa])
    return h, (noise * h) ** 2, 1 / h


def expected_loss(rates: Array, kappa: float = 100.0, noise: float = 1.0) -> Array:
    """Expected loss of the noisy valley under ``rates`` (steps,), or (steps, K) for K plans."""
    h, variance, start = noisy_valley(kappa, noise)
    return noisy_quadratic_risk(h, variance, lambda t: rates[t], len(rates), second_moment=start)


def race(kappa: float, noise: float) -> dict[str, tuple[Array, Array]]:
    """Rates (100,) and expected losses (101,) of the three plans.

    The fixed rate is the best of 200 for 100 steps.
    """
    fixed = np.geomspace(0.01, 1.99, 200) * np.ones((STEPS, 1))
    greedy = greedy_rates(*noisy_valley(kappa, noise), STEPS)
    rates = np.column_stack([greedy, patient_rates(), fixed])
    loss = expected_loss(rates, kappa, noise)  # of all at once
    places = dict(zip(NAMES, (0, 2 + int(loss[-1, 2:].argmin()), 1), strict=True))
    return {name: (rates[:, k], loss[:, k]) for name, k in places.items()}


def plans(kappa: float, noise: float) -> dict[str, Array]:
    """The rates (100,) of the three plans."""
    return {name: rates for name, (rates, _) in race(kappa, noise).items()}


@drawing()
def greedy_rate() -> View:
    """Expected loss and rate over 100 steps of a greedy, a fixed and a patient plan.

    Two curvatures, 1 and 1 / kappa; the noise moves the minimum by ``noise`` (standard deviation).
    """
    controls = {
        "kappa": Control(100.0, 1.0, 1000.0, "log", stops=(1.0, 3.0, 10.0, 30.0, 100.0, 1000.0)),
        "noise": Control(1.0, 0.03, 3.0, "log", stops=(0.03, 0.1, 0.3, 1.0, 3.0)),
    }
    fig, ax = figure(7.6, 3.7, [["loss", "rate"]])
    over_steps(ax["loss"], STEPS, (1e-6, 1e3), "expected loss")
    over_steps(ax["rate"], STEPS, (0.01, 3), "rate (dotted: the limit 2/L)")
    ax["rate"].axhline(2, color=GREY, lw=1.2, ls=":", gid="limit")
    styles = dict(zip(NAMES, ((0, "-"), (1, (0, (6, 1.5))), (2, (0, (2, 1)))), strict=True))
    lines = {
        (where, name): ax[where].plot([], [], color=COLOURS[k], ls=ls, label=name)[0]
        for where in ax
        for name, (k, ls) in styles.items()
    }
    ax["loss"].legend(loc="lower left", frameon=False)

    def update(kappa: float, noise: float) -> str:
        said = []
        for name, (rates, loss) in race(kappa, noise).items():
            lines["loss", name].set_data(np.arange(STEPS + 1), np.maximum(drawable(loss), 1e-30))
            lines["rate", name].set_data(np.arange(STEPS), np.maximum(rates, 1e-30))
            said.append((float(loss[-1]), name, f"{name} {num(loss[-1], 2)}"))
        words = ", ".join(text for *_, text in said)
        return (
            f"kappa = {num(kappa, 3)}, noise {num(noise, 2)}: expected loss after {STEPS} steps: "
            f"{words}. {min(said)[1].capitalize()} is lowest."
        )

    moving = {f"{where} of {name}": line for (where, name), line in lines.items()}
    return View(fig, moving, update, controls)


EXAMPLES = {"greedy_rate": greedy_rate}
