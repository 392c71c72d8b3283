"""What the figures of `greedy_rate` must show."""

import numpy as np

SCALES = {"greedy_rate": {"loss": "linear log", "rate": "linear log"}}

STEPS = 100


def after(A: np.ndarray, lr: np.ndarray, h: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """Mean squares of the errors after a step, (2, K) for K rates."""
    return (1 - lr * h[:, None]) ** 2 * A + lr**2 * variance[:, None]


def near(y):
    """A line over the steps, of numbers that were found in two ways."""

    def fault(line):
        at, got = line.get_data()
        same = np.array_equal(at, np.arange(len(y))) and np.allclose(got, y, rtol=1e-4, atol=1e-9)
        return "" if same else "is another line"

    return fault


def greedy_rate(variant, kappa, noise):
    h = np.array([1.0, 1 / kappa])
    variance = (noise * h) ** 2

    def losses(rates):
        """Expected losses (steps + 1, K) under rates (steps, K)."""
        A = np.repeat((1 / h)[:, None], rates.shape[1], 1)
        said = [h @ A / 2]
        for lr in rates:
            A = after(A, lr, h, variance)
            said.append(h @ A / 2)
        return np.array(said)

    grid = np.geomspace(0.01, 1.99, 200) * np.ones((STEPS, 1))
    fixed = grid[:, losses(grid)[-1].argmin()]
    A, greedy = (1 / h)[:, None], []
    for _ in range(STEPS):  # the loss of the next step is a parabola in the rate
        at = np.array([0.0, 0.5, 1.0])
        _, b, a = np.polynomial.polynomial.polyfit(at, h @ after(A, at, h, variance), 2)
        greedy.append(max(0.0, -b / (2 * a)) if a > 1e-300 else 0.0)
        A = after(A, np.array([greedy[-1]]), h, variance)
    patient = [1.99] * 76 + [1 / k for k in range(1, 25)]
    wanted = {"limit": 2.0}
    plans = {"greedy": greedy, "best fixed": fixed, "patient": patient}
    for name, plan in plans.items():
        rates = np.array(plan)
        loss = losses(rates[:, None])[:, 0]

        wanted[f"loss of {name}"] = near(loss)
        wanted[f"rate of {name}"] = near(rates)
    return wanted
