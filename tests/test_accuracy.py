"""Training helpers of the lessons that compare methods: the loop they stand for, written out."""

import numpy as np
import pytest

from lrlib import glosses, letters, sgd
from lrlib.accuracy import LAYERS, bags, letter_accuracy, trained, word_accuracy
from lrlib.problems import least_squares, mlp, softmax


@pytest.mark.parametrize("decay", [False, True])
def test_trained_takes_the_steps_written_out(decay):
    rng = np.random.default_rng(0)
    fit = least_squares(rng.standard_normal((10, 3)), rng.standard_normal(10), batch_size=4)
    steps = 2 * fit.epoch_steps
    theta, b = fit.theta0, 0.0
    for t in range(steps):
        b = 0.5 * b + fit.grad(theta, t)
        theta = theta - 0.1 * (1 - t / steps if decay else 1) * b
    found = trained(fit, sgd, [0.1, 0.2], 2, decay, momentum=0.5)
    np.testing.assert_allclose(found[0], theta, rtol=1e-12)
    assert found.shape == (2, 3)


def test_words_are_judged_on_texts_that_were_not_trained_on():
    data = glosses()
    how = {"batch_size": 1000, "orders": range(3, 5)}
    for on, (fit, judged) in {
        "heldout": (data.fit, data.heldout),
        "test": (data.train, data.test),
    }.items():
        found = word_accuracy(sgd, 10.0, on=on, **how)
        problem = softmax(*bags(fit), 8, batch_size=1000, seed=4)
        right = problem.outputs(trained(problem, sgd, 10.0), bags(judged)[0]).argmax(-1) == judged.y
        assert found.shape == (2,) and found[1] == pytest.approx(100 * right.mean())
    assert word_accuracy(sgd, [1.0, 10.0], orders=1, batch_size=2000).shape == (1, 2)


def test_letters_are_judged_on_faces_that_were_not_trained_on():
    data = letters(size=14)
    found = letter_accuracy(sgd, 0.2, starts=range(3, 4), batch_size=500)
    net = mlp(data.X_train, data.y_train, LAYERS, batch_size=500, seed=3)
    right = net.outputs(trained(net, sgd, 0.2), data.X_heldout).argmax(-1) == data.y_heldout
    assert found.shape == (1,) and found[0] == pytest.approx(100 * right.mean())


def test_another_word_for_the_texts():
    with pytest.raises(ValueError, match='on = \'train\': must be "heldout" or "test"'):
        word_accuracy(sgd, 1.0, on="train")
