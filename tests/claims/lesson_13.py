"""What lesson 13 says about noisy runs, at seeds it does not use."""

import numpy as np

from claims import claim, several
from lrlib import descend
from lrlib.frontier import curve_net
from lrlib.problems import sharpness
from lrlib.race_runs import METHODS, RATES, race_runs, trial, tuned

Array = np.ndarray


@claim("13-edge")
def edge(seed: int) -> float:
    """At rate 0.2 the curvature of the last 1,000 of 3,000 steps is within 3 % of 2/0.2, while a
    tenth to 0.55 of these steps go up and the loss falls more than 20 times."""
    net = curve_net(seed)
    run = descend(net, lr=0.2, steps=3000)
    L = np.median(sharpness(net, run.theta[2100::100]))
    rises = (np.diff(run.loss[-1001:]) > 0).mean()
    fell = run.loss[0] / run.loss[-1]
    return min(0.03 - abs(L / 10 - 1), rises - 0.1, 0.55 - rises, fell - 20)


def score(task: str, method: str, seed: int, away: int = 0, rate: float | None = None) -> float:
    """Mean test score of five seeds, at the rate of the lesson's table or so many places up."""
    best = tuned(race_runs()[task][method])[1]
    at = RATES[[min(best + away, len(RATES) - 1)]] if rate is None else np.array([rate])
    return float(np.mean([trial(task, method, order, at)[1, 0] for order in several(seed, 5)]))


@claim("13-letters")
def letters(seed: int) -> float:
    """On both letters Muon with a line is ahead of Adam and of SGD, mean of five."""
    return min(
        score(task, "Muon, line", seed) - score(task, other, seed)
        for task in ("letters", "letters, 32 hidden")
        for other in ("Adam", "SGD")
    )


@claim("13-sparse")
def sparse(seed: int) -> float:
    """On the definitions Adagrad is more than 2 points ahead of SGD, momentum with a line and Muon
    with a line, mean of five."""
    first = score("definitions", "Adagrad", seed)
    others = ("SGD", "momentum, line", "Muon, line")
    return first - max(score("definitions", other, seed) for other in others) - 2


@claim("13-cars")
def cars(seed: int) -> float:
    """On the cars SGD, momentum with a line and Schedule-Free Adam are within 0.25 mpg, in the
    median of nine splits, and each is more than 0.1 ahead of Lion."""
    names = ("SGD", "momentum, line", "Schedule-Free Adam", "Lion")
    rates = {name: RATES[[tuned(race_runs()["cars"][name])[1]]] for name in names}
    *ties, lion = (
        float(np.median([trial("cars", name, s, at)[1, 0] for s in several(seed, 9)]))
        for name, at in rates.items()
    )
    return min(0.25 - (max(ties) - min(ties)), min(ties) - lion - 0.1)


@claim("13-one-run")
def one_run(seed: int) -> float:
    """At its default Prodigy with a line is more than 3 points ahead of Adam at 0.001, and Adam
    there more than 3 behind the tuned Adam: letters with hidden units, definitions, mean of 5."""
    gaps = []
    for task in ("letters, 32 hidden", "definitions"):
        adam = score(task, "Adam", seed, rate=METHODS["Adam"].default)
        prodigy = score(task, "Prodigy, line", seed, rate=METHODS["Prodigy, line"].default)
        gaps += [prodigy - adam, score(task, "Adam", seed) - adam]
    return min(gaps) - 3


@claim("13-wrong-rate")
def wrong_rate(seed: int) -> float:
    """With 32 hidden units a rate ten times too large costs SGD, momentum with a line and Lion more
    than 60 points, mean of five."""
    task, names = "letters, 32 hidden", ("SGD", "momentum, line", "Lion")
    return min(score(task, name, seed) - score(task, name, seed, away=2) for name in names) - 60


@claim("13-schedule-free")
def schedule_free(seed: int) -> float:
    """Schedule-Free Adam is less than a point behind Muon with a line on the letters and behind
    Adagrad on the definitions, mean of five."""
    pairs = [("letters", "Muon, line"), ("letters, 32 hidden", "Muon, line")]
    pairs += [("definitions", "Adagrad")]
    gaps = [
        score(task, best, seed) - score(task, "Schedule-Free Adam", seed) for task, best in pairs
    ]
    return 1 - max(gaps)


@claim("13-line")
def line(seed: int) -> float:
    """A line helps Adam with softmax, less with 32 hidden units, there by under a point, and not in
    one pass over the definitions, mean of five."""
    softmax, hidden, rare = (
        score(task, "Adam, line", seed) - score(task, "Adam", seed)
        for task in ("letters", "letters, 32 hidden", "definitions")
    )
    return min(softmax, softmax - hidden, 1 - hidden, -rare)
