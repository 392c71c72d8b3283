"""What lesson 08 says about ramps with noise and about what their readings are worth."""

from functools import cache

import numpy as np

from claims import claim, several
from lrlib import auto_mpg, descend, range_test, sgd
from lrlib.problems import least_squares
from lrlib.range_readings import READINGS, compete, kept, lowest, passes_start, ramp
from lrlib.range_runs import FOUR, SETTINGS, SWEEP, accuracies, chosen, letter_net, trial

CARS = auto_mpg()
Z, MPG = (CARS.X - CARS.X.mean(0)) / CARS.X.std(0), CARS.y - CARS.y.mean()
LIMIT = 2 / np.linalg.eigvalsh(least_squares(Z, MPG).hessian)[-1]
CONSTANT, CYCLE = 0, 1


def places(batch_size: int, seed: int, steps: int = 100) -> tuple[float, float]:
    """Lowest loss and the passing of the start, in limits, on the cars."""
    fit = least_squares(Z, MPG, batch_size=batch_size, seed=seed)
    run = ramp(fit, range_test(1e-3, 10, steps), steps)
    return lowest(run.lr, run.loss) / LIMIT, passes_start(run.lr, run.loss) / LIMIT


@claim("08-eight-rows", share=1.0)
def eight_rows(seed: int) -> float:
    """With eight of 392 rows left out a step the lowest loss is between 1 and 2.2 limits."""
    at, _ = places(384, seed)
    return min(at - 1, 2.2 - at)


@claim("08-noise-moves-both")
def noise_moves_both(seed: int) -> float:
    """Batches of 8 instead of 384: in the mean of four, explosion and lowest point come down."""
    few, many = (np.mean([places(n, s) for s in several(seed)], 0) for n in (8, 384))
    return float((many - few).min())


@cache
def scores(name: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Test accuracy at the eight rates read (2, 8) less the sweep's, and the four runs' less it."""
    _, accuracy = trial(SETTINGS[name], seed)
    sweep = chosen(accuracy, SWEEP)
    return accuracy[1, :, :8] - sweep[:, None], chosen(accuracy, FOUR) - sweep


def mean_scores(name: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """The same in the mean of four seeds."""
    found = [scores(name, s) for s in several(seed)]
    return np.mean([reads for reads, _ in found], 0), np.mean([four for _, four in found], 0)


@claim("08-rules-apart")
def rules_apart(seed: int) -> float:
    """On one curve the largest of the four rules reads at least 4 times what the smallest does."""
    run = ramp(letter_net(seed), range_test(1e-3, 10, 125), 125)
    found = [rule(*kept(run.lr, run.batch_loss)) for rule in READINGS.values()]
    return max(found) / min(found) - 4


@claim("08-tenth-sgd")
def tenth_sgd(seed: int) -> float:
    """Plain SGD: a cycle up to lowest / 10 ends 2.5 points or more below a sweep, mean of four."""
    return float(-mean_scores("SGD", seed)[0][CYCLE, 0] - 2.5)


@claim("08-tenth-adam")
def tenth_adam(seed: int) -> float:
    """Adam: a cycle up to lowest / 10 ends at most half a point below a sweep, mean of four."""
    return float(mean_scores("Adam", seed)[0][CYCLE, 0] + 0.5)


@claim("08-valley-low")
def valley_low(seed: int) -> float:
    """As a cycle's top `valley` costs 2 points or more, with Adam half a point; mean of four."""
    low = [mean_scores(name, seed)[0][CYCLE, 2] for name in ("SGD", "Adam")]
    return float(-max(low[0] + 2, low[1] + 0.5))


@claim("08-lowest-itself")
def lowest_itself(seed: int) -> float:
    """As a constant rate the lowest point is worse than a third of it, mean of four; both rules."""
    means = [mean_scores(name, seed)[0][CONSTANT] for name in ("SGD", "Adam")]
    return float(min(reads[5] - reads[4] for reads in means))


@claim("08-four-runs-sgd")
def four_runs_sgd(seed: int) -> float:
    """SGD: the four runs end at most 0.7 points below the sweep, mean of four seeds."""
    return float(mean_scores("SGD", seed)[1].min() + 0.7)


@claim("08-four-runs-adam")
def four_runs_adam(seed: int) -> float:
    """Adam: the four runs end at most 0.7 points below the sweep, mean of four seeds."""
    return float(mean_scores("Adam", seed)[1].min() + 0.7)


@claim("08-weights")
def weights(seed: int) -> float:
    """Training on from the end of the ramp costs more than 10 points."""
    net = letter_net(seed)
    end = descend(net, sgd, range_test(1e-3, 10, 125), 125, keep="last").theta
    both = np.stack([net.theta0, end])
    theta = descend(net, sgd, 0.25, 372, theta0=both, keep="last").theta
    restored, ruined = accuracies(theta)[1]
    return float(restored - ruined - 10)


@claim("08-smith-slows")
def smith_slows(seed: int) -> float:
    """A cycle to where the accuracy slows reads more than 86 %, a constant rate there 84 %."""
    net = letter_net(seed)
    path = descend(net, sgd, lambda t: 2.0 * (t + 1) / 1000, 1000).theta[:1000:20]
    smooth = np.convolve(accuracies(path)[0], np.ones(3) / 3, "valid")
    slows = 0.04 * (1 + np.argmax(smooth >= 0.95 * smooth.max()))
    constant, cycle = accuracies(compete(net, [slows], 372))[1].ravel()
    return float(min(cycle - 86, constant - 84))


@claim("08-batch")
def batch(seed: int) -> float:
    """Batches of 128 instead of 8: reading and best rate rise, the reading above; mean of four."""
    found = [[logs_of_rates(s, batch_size) for batch_size in (8, 128)] for s in several(seed)]
    few, many = np.exp(np.mean(found, 0))  # reading and best rate
    return float(min(*(many / few), few[0] / few[1], many[0] / many[1]) - 1)


def logs_of_rates(seed: int, batch_size: int) -> tuple[float, float]:
    """Logarithms of the reading and of the best constant rate."""
    net, rates = letter_net(seed, batch_size=batch_size), np.geomspace(0.03, 3, 7)
    run = ramp(net, range_test(1e-3, 10, 125), 125)
    last = descend(net, sgd, rates, 372, keep="last").theta
    best = rates[accuracies(last)[0].argmax()]
    return float(np.log(lowest(*kept(run.lr, run.batch_loss)))), float(np.log(best))


@claim("08-start")
def start(seed: int) -> float:
    """Without a hidden layer `valley` reads below 0.003 from 1e-7, above 0.03 from 0.001."""
    found = []
    for first in (1e-7, 1e-3):
        run = ramp(letter_net(seed, 0), range_test(first, 10, 100), 100)
        found.append(READINGS["valley"](*kept(run.lr, run.batch_loss)))
    return float(min(0.003 - found[0], found[1] - 0.03))
