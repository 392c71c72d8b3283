"""Rebuild data/ideal_rate_runs.npz: the training runs lesson 12 looks at. Ten minutes of CPU.

python data/build/ideal_rate_runs.py

Made with Python 3.11, NumPy 2.4.6 and its OpenBLAS on one thread (OPENBLAS_NUM_THREADS=1). On the
same machine every byte comes out the same. Another processor adds in another order: see the card
in data/README.md for how far its numbers may be off.
"""

import hashlib
import os
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from lrlib import breast_cancer, descend, glosses, letters, sgd
from lrlib.ideal_rate import as_policy, fit_curve, fit_network, observe, power_policy
from lrlib.problems import Bags, logistic, mlp, softmax

Array = np.ndarray
OUT = Path(__file__).parents[1] / "ideal_rate_runs.npz"
SEEDS = 10

# ---- which rate is best k steps after the branch? ----------------------------------------------
BRANCH_RATES = np.geomspace(0.03, 10, 21)
HORIZONS = (1, 3, 10, 30, 100, 300)
BRANCHES = (0, 50, 200)
CASES = (("softmax, batch 128", (), 128, 0.5), ("softmax, batch 16", (), 16, 0.15),
         ("64 hidden, batch 128", (64,), 128, 0.15))  # fmt: skip


def reader(hidden: tuple[int, ...], batch_size: int, seed: int, **options: Any) -> Any:
    """A model of the letters: softmax regression, or a network with hidden layers."""
    data = letters(size=14)
    X, y = data.X_train, data.y_train
    if not hidden:
        return softmax(X, y, 10, batch_size=batch_size, seed=seed, **options)
    return mlp(X, y, (196, *hidden, 10), batch_size=batch_size, seed=seed, **options)


def after_branch(
    hidden: tuple[int, ...],
    batch_size: int,
    back: float,
    seed: int,
    branch: int,
    horizons: tuple[int, ...] = HORIZONS,
) -> Array:
    """Log of the held-out loss k steps after the branch, (6, 21): a run at rate ``back`` is cut at
    step ``branch`` and goes on at 21 rates. Mean over 5 stretches of minibatches (2 where k is
    100 or more)."""
    data = letters(size=14)
    problem = reader(hidden, batch_size, seed)

    def train(theta, rates, steps, at):
        return descend(problem.grad, sgd, rates, steps, theta0=theta, t0=at, keep="last").theta

    root = train(problem.theta0, back, branch, 0) if branch else problem.theta0
    total = np.zeros((len(horizons), len(BRANCH_RATES)))
    for stretch in range(5):
        theta, done = root, 0
        for i, k in enumerate(horizons):
            if k >= 100 and stretch > 1:
                break
            theta = train(theta, BRANCH_RATES, k - done, branch + 500 * stretch + done)
            done = k
            loss = problem.loss(theta, data.X_heldout, data.y_heldout)
            total[i] += np.log(np.nan_to_num(loss, nan=50.0, posinf=50.0)) / (2 if k >= 100 else 5)
    return total


# ---- time, accuracy, reliability ---------------------------------------------------------------
SURFACE_RATES, SURFACE_STARTS = np.logspace(-1.75, 0.5, 19), 20
SURFACE_STEPS = (10, 20, 40, 60, 80, 100, 150, 200, 300, 400)


def surface(start: int) -> Array:
    """Held-out accuracy of one start at SURFACE_STEPS and SURFACE_RATES, (10, 19). ``start`` seeds
    the first weights; the order of the minibatches is the same for all."""
    data = letters(size=14)
    problem = reader((32, 16), 128, 0)
    theta, done, out = reader((32, 16), 128, start).theta0, 0, []
    for step in SURFACE_STEPS:
        theta = descend(
            problem.grad, sgd, SURFACE_RATES, step - done, theta0=theta, t0=done, keep="last"
        ).theta
        done = step
        out.append(problem.accuracy(theta, data.X_heldout, data.y_heldout))
    return np.stack(out)


# ---- search the function -----------------------------------------------------------------------
STEPS, BATCH, CANDIDATES, SEARCH_ORDERS, FRESH_ORDERS = 400, 16, 96, 2, 4
FAMILIES = {  # which of loss^q, (1 + t)^p, (1 - t/T)^s a family has
    "constant": (0, 0, 0), "Psi(loss)": (1, 0, 0), "Psi(t)": (0, 1, 0), "Psi(loss, t)": (1, 1, 0),
    "Psi(steps left)": (0, 0, 1), "Psi(loss, t, steps left)": (1, 1, 1),
}  # fmt: skip


def candidates(family: str, seed: int) -> Array:
    """C, q, p, s of 96 candidates, (4, 96). Families share their draws of C."""
    rng, K = np.random.default_rng([seed, 1]), CANDIDATES
    C = np.exp(rng.uniform(np.log(0.03), np.log(5), K))
    exponents = rng.uniform(-0.5, 2, K), rng.uniform(-0.8, 0.4, K), rng.uniform(0, 2, K)
    return np.stack([C, *(x * on for x, on in zip(exponents, FAMILIES[family], strict=True))])


def heldout(problem: Any, theta: Array) -> Array:
    data = letters(size=14)
    loss = problem.loss(theta, data.X_heldout, data.y_heldout)
    return np.minimum(np.nan_to_num(loss, nan=9.0, posinf=9.0), 9.0)


def search(family: str, seed: int) -> Array:
    """C, q, p, s of the best of 96 on two orders of the minibatches; its held-out loss there, and
    on four orders that the search has not seen: (9,)."""
    orders = range(10 * seed, 10 * seed + SEARCH_ORDERS + FRESH_ORDERS)
    problems = [reader((), BATCH, order, monitor=128) for order in orders]
    found = candidates(family, seed)

    def judge(problem, policy):
        return heldout(problem, descend(problem, sgd, policy, STEPS, keep="last").theta)

    score = np.mean([judge(p, power_policy(*found, STEPS)) for p in problems[:SEARCH_ORDERS]], 0)
    best = found[:, score.argmin()]
    fresh = [judge(p, power_policy(*best, STEPS)) for p in problems[SEARCH_ORDERS:]]
    return np.array([*best, score.min(), *fresh])


# ---- the grid of C (1 - t/T)^s, nothing selected -----------------------------------------------
POWERS = np.array([0, 0.25, 0.5, 1, 1.5, 2.5])
GRID_RATES = {"softmax": np.geomspace(0.25, 3, 10), "32 hidden": np.geomspace(0.08, 0.8, 10)}


def powers(kind: str, seed: int) -> Array:
    """Held-out loss of C (1 - t/T)^s for one order (and start): (10, 6), C down, s across."""
    problem = reader(() if kind == "softmax" else (32,), BATCH, seed)
    C, s = (x.ravel() for x in np.meshgrid(GRID_RATES[kind], POWERS, indexing="ij"))
    run = descend(problem.grad, sgd, lambda t: C * (1 - t / STEPS) ** s, STEPS,
                  theta0=problem.theta0, keep="last")  # fmt: skip
    return heldout(problem, run.theta).reshape(10, 6)


# ---- take what was found elsewhere -------------------------------------------------------------
TASKS = ("letters, other orders", "letters, 64 hidden", "letters, pixels 0 to 1", "tumours",
         "definitions")  # fmt: skip
TUNED_RATES = np.geomspace(0.02, 20, 13)


def task(name: str, seed: int) -> tuple[Any, tuple, tuple]:
    """The problem in the order ``seed``, its held-out rows to choose by and its test rows."""
    if name.startswith("letters"):
        data = letters(size=14)
        up = 0.5 if "pixels" in name else 0.0
        X, y, order = data.X_train + np.float32(up), data.y_train, 1000 + seed
        problem = (
            mlp(X, y, (196, 64, 10), batch_size=BATCH, monitor=128, seed=order)
            if "hidden" in name
            else softmax(X, y, 10, batch_size=BATCH, monitor=128, seed=order)
        )
        return (
            problem,
            (data.X_heldout + np.float32(up), data.y_heldout),
            (data.X_test + np.float32(up), data.y_test),
        )
    if name == "tumours":
        data = breast_cancer()
        X = np.column_stack([(data.X - data.X.mean(0)) / data.X.std(0), np.ones(len(data.y))])
        rows = np.random.default_rng([seed, 2]).permutation(len(data.y))
        fit, held, test = rows[:341], rows[341:455], rows[455:]
        problem = logistic(X[fit], data.y[fit], batch_size=BATCH, monitor=128, seed=seed)
        return problem, (X[held], data.y[held]), (X[test], data.y[test])
    data = glosses()
    bags = [Bags(x.indices, x.indptr, 4858) for x in (data.fit, data.heldout, data.test)]
    problem = softmax(bags[0], data.fit.y, 8, batch_size=BATCH, monitor=128, seed=seed)
    return problem, (bags[1], data.heldout.y), (bags[2], data.test.y)


def transfer(name: str, found: Array, seed: int) -> Array:
    """Test loss on one task of the policies ``found`` (families, 4), as they are; then of the best
    of 13 constant rates and of 13 lines to 0, chosen on its held-out rows: (families + 2,)."""
    problem, held, test = task(name, seed)
    rates = TUNED_RATES

    def loss(theta, rows):
        return np.minimum(np.nan_to_num(problem.loss(theta, *rows), nan=9.0, posinf=9.0), 9.0)

    as_is = descend(problem, sgd, power_policy(*found.T, STEPS), STEPS, keep="last").theta
    out = [loss(as_is, test)]
    for plan in (rates, lambda t: rates * (1 - t / STEPS)):
        theta = descend(problem.grad, sgd, plan, STEPS, theta0=problem.theta0, keep="last").theta
        out.append(loss(theta, test)[[loss(theta, held).argmin()]])
    return np.concatenate(out)


# ---- fit the function to observed steps --------------------------------------------------------
FIT_STEPS = 200
FIT_RATES = np.geomspace(0.1, 5, 13)


def fitted(seed: int) -> Array:
    """One seed: R2 of the curve; held-out loss, on a fresh order, of the curve as a policy, of the
    network as a policy, of the best of 13 constant rates (chosen on the order of the fit): (4,)."""
    problem = reader((), 128, seed, monitor=512)
    seen = observe(problem, seed, steps=FIT_STEPS)
    curve, R2 = fit_curve(seen)
    fresh = reader((), 128, 1000 + seed, monitor=512)

    def judge(best):
        run = descend(fresh, sgd, as_policy(best), FIT_STEPS, keep="last")
        return float(heldout(fresh, run.theta))

    def constant(problem):
        run = descend(problem.grad, sgd, FIT_RATES, FIT_STEPS, theta0=fresh.theta0, keep="last")
        return heldout(problem, run.theta)

    best = constant(problem).argmin()
    return np.array([R2, judge(curve), judge(fit_network(seen, seed)), constant(fresh)[best]])


def main() -> None:
    seeds = range(SEEDS)
    horizon = [[[after_branch(*case[1:], seed, b) for seed in seeds] for b in BRANCHES]
               for case in CASES]  # fmt: skip
    found = np.array([[search(family, seed) for seed in seeds] for family in FAMILIES])
    moved = [[transfer(name, found[:, seed, :4], seed) for seed in seeds] for name in TASKS]
    grid = [[powers(kind, seed) for seed in seeds] for kind in GRID_RATES]
    store(
        np.array(horizon),
        np.stack([surface(start) for start in range(SURFACE_STARTS)]),
        found,
        np.array(grid),
        np.array(moved),
        np.array([fitted(seed) for seed in seeds]),
    )


def store(horizon, surface, search, power_losses, transfer, fitted) -> None:
    """Write the file: what was measured, and what it was measured at."""
    np.savez_compressed(
        OUT,
        branch_rates=BRANCH_RATES,
        horizons=np.array(HORIZONS),
        branches=np.array(BRANCHES),
        cases=np.array([case[0] for case in CASES]),
        horizon=horizon.astype(np.float32),
        surface_rates=SURFACE_RATES,
        surface_steps=np.array(SURFACE_STEPS),
        surface=surface.astype(np.float32),
        families=np.array(list(FAMILIES)),
        search=search.astype(np.float32),
        powers=POWERS,
        power_rates=np.array(list(GRID_RATES.values())),
        power_losses=power_losses.astype(np.float32),
        tasks=np.array(TASKS),
        transfer=transfer.astype(np.float32),
        fitted=fitted.astype(np.float32),
    )
    print(hashlib.sha256(OUT.read_bytes()).hexdigest(), "", OUT.name)


if __name__ == "__main__":
    main()
