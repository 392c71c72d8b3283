"""What lesson 08 says about ramps with noise and about what their readings are worth."""

from functools import cache

import numpy as np

from claims import claim
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
    """Batches of 8 instead of 384: the explosion and the lowest point both come down."""
    few, many = np.array(places(8, seed)), np.array(places(384, seed))
    return float((many - few).min())


@cache
def scores(name: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Test accuracy at the eight rates read (2, 8) less the sweep's, and the four runs' less it."""
    _, accuracy = trial(SETTINGS[name], seed)
    sweep = chosen(accuracy, SWEEP)
    return accuracy[1, :, :8] - sweep[:, None], chosen(accuracy, FOUR) - sweep


@claim("08-rules-apart")
def rules_apart(seed: int) -> float:
    """On one curve the largest of the four rules reads at least 4 times what the smallest does."""
    run = ramp(letter_net(seed), range_test(1e-3, 10, 125), 125)
    found = [rule(*kept(run.lr, run.batch_loss)) for rule in READINGS.values()]
    return max(found) / min(found) - 4


@claim("08-tenth-sgd")
def tenth_sgd(seed: int) -> float:
    """Plain SGD: a cycle with its top at lowest / 10 ends more than 1.5 points below a sweep."""
    return -scores("SGD", seed)[0][CYCLE, 0] - 1.5


@claim("08-tenth-adam")
def tenth_adam(seed: int) -> float:
    """Adam: a cycle with its top at lowest / 10 ends at most 1 point below a sweep."""
    return scores("Adam", seed)[0][CYCLE, 0] + 1


@claim("08-valley-low")
def valley_low(seed: int) -> float:
    """As the top of a cycle `valley` costs more than 2 points with SGD, half a point with Adam."""
    low = [scores(name, seed)[0][CYCLE, 2] for name in ("SGD", "Adam")]
    return float(-max(low[0] + 2, low[1] + 0.5))


@claim("08-lowest-itself")
def lowest_itself(seed: int) -> float:
    """As a constant rate the lowest point is worse than a third of it, with SGD and Adam."""
    return float(min(np.subtract(*scores(k, seed)[0][CONSTANT, [5, 4]]) for k in ("SGD", "Adam")))


@claim("08-four-runs-sgd")
def four_runs_sgd(seed: int) -> float:
    """SGD: the four runs below the lowest point end at most 1.2 points below the sweep."""
    return float(scores("SGD", seed)[1].min() + 1.2)


@claim("08-four-runs-adam")
def four_runs_adam(seed: int) -> float:
    """Adam: the four runs below the lowest point end at most 1.2 points below the sweep."""
    return float(scores("Adam", seed)[1].min() + 1.2)


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
    """From batches of 8 to 128 the best constant rate moves more than the reading does."""
    seen, best = [], []
    for batch_size in (8, 128):
        net, rates = letter_net(seed, batch_size=batch_size), np.geomspace(0.03, 3, 7)
        run = ramp(net, range_test(1e-3, 10, 125), 125)
        seen.append(lowest(*kept(run.lr, run.batch_loss)))
        last = descend(net, sgd, rates, 372, keep="last").theta
        best.append(rates[accuracies(last)[0].argmax()])
    return float(np.log(best[1] / best[0]) - np.log(seen[1] / seen[0]))


@claim("08-start")
def start(seed: int) -> float:
    """Without a hidden layer `valley` reads below 0.003 from 1e-7, above 0.03 from 0.001."""
    found = []
    for first in (1e-7, 1e-3):
        run = ramp(letter_net(seed, 0), range_test(first, 10, 100), 100)
        found.append(READINGS["valley"](*kept(run.lr, run.batch_loss)))
    return float(min(0.003 - found[0], found[1] - 0.03))
