"""What the figures of `noise_ball` must show."""

import numpy as np

from drawn.laws import level_lines
from lrlib import schedules
from lrlib.problems import noisy_quadratic_risk

SCALES = {"noise_ball": {"loss": "linear log"}}

STEPS, RUNS, H, START = 200, 40, np.array([0.2, 4.0]), np.array([-5.0, -2.0])


def schedule_of(schedule, lr, decay_steps, decay_rate, staircase):
    if schedule == "stable, then linear":
        return schedules.wsd(lr, 1, 0.8 * decay_steps, 0.2 * decay_steps)
    if schedule in ("exponential", "inverse time"):
        make = getattr(schedules, schedule.replace("inverse time", "inverse_time"))
        return make(lr, decay_steps, decay_rate, staircase)
    if schedule in ("linear", "cosine"):
        make = schedules.polynomial if schedule == "linear" else schedules.cosine
        return make(lr, decay_steps)
    return (schedules.constant if schedule == "constant" else schedules.inverse_sqrt)(lr)


def noise_ball(variant, **values):
    rates = np.broadcast_to(schedule_of(**values)(np.arange(STEPS)), STEPS).astype(float)
    noise = np.random.default_rng(0).standard_normal((STEPS, RUNS, 2))
    theta = np.tile(START, (RUNS, 1))
    runs = [theta]
    with np.errstate(all="ignore"):
        for lr, error in zip(rates, noise, strict=True):
            theta = theta - lr * (H * theta + error)
            runs.append(theta)
        loss = (H * np.array(runs) ** 2).sum(-1).mean(-1) / 2

    def risk(lr):
        return noisy_quadratic_risk(H, [1.0, 1.0], lambda t: lr[t], STEPS, second_moment=START**2)

    lr, t = values["lr"], np.arange(STEPS + 1)
    expected, flat = risk(rates), risk(np.full(STEPS, lr))

    def ball(line):
        x, y = line.get_data()
        if lr >= 0.5:
            return "is drawn above the limit" if np.isfinite(x).any() else ""
        sd = np.sqrt(lr / (H * (2 - lr * H)))
        on = (x / (2 * sd[0])) ** 2 + (y / (2 * sd[1])) ** 2
        return "" if np.allclose(on, 1) else "is not two standard deviations"

    def sums(text):
        got = [float(line.split()[-1].replace(",", "")) for line in text.get_text().splitlines()]
        same = np.allclose(got, [rates.sum(), (rates**2).sum()], rtol=5e-3)
        return "" if same else f"says {got}"

    clear = np.clip(np.nan_to_num(theta, nan=1e30), -1e3, 1e3)
    left = np.abs(np.prod(1 - 0.2 * rates))
    over = ~(expected <= 1000 * expected[0])
    said = (rates[0], rates[-1], rates.sum(), (rates**2).sum(), left, expected[-1], 2)
    return {
        "start": ([-5.0], [-2.0]),
        "runs": (clear[:, 0], clear[:, 1]),
        "ball": ball,
        "limit": 0.5,
        "contours": level_lines(lambda v: (H * v**2).sum(-1) / 2, (-6, 4, -5, 5)),
        "rate": (t[:-1], rates),
        "sums": sums,
        "mean of the runs": (t, np.nan_to_num(loss, nan=1e30)),
        "expected": (t, expected),
        "expected, constant rate": (t, flat),
        "said": (*said, over.argmax(), expected[-1] / flat[-1], expected.max()),
    }
