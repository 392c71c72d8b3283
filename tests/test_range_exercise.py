"""The exercise of the range test: right and careless readings, and what is told of each."""

import numpy as np
import pytest

from lrlib.range_exercise import check_lowest


def careful(lr: np.ndarray, loss: np.ndarray, beta: float = 0.9) -> float | None:
    """A right answer, written anew: up to the first nan, averages without their bias, inside."""
    bad = np.flatnonzero(np.isnan(loss))
    average, smooth = 0.0, []
    for k, x in enumerate(loss[: bad[0]] if bad.size else loss):
        average = beta * average + (1 - beta) * x
        smooth.append(average / (1 - beta ** (k + 1)))
    k = int(np.argmin(smooth)) if smooth else 0
    return float(lr[k]) if 0 < k < len(smooth) - 1 else None


def test_a_careful_reading_is_right(capsys: pytest.CaptureFixture) -> None:
    check_lowest(careful)
    assert capsys.readouterr().out == "correct\n"


CARELESS = {
    "not smoothed": (lambda lr, loss: careful(lr, loss, 1e-9), "on a smooth curve"),
    "smoothed too much": (lambda lr, loss: careful(lr, loss, 0.95), "on a smooth curve"),
    "nan taken along": (lambda lr, loss: careful(lr, np.nan_to_num(loss, nan=9.0)), "nan"),
    "never None": (lambda lr, loss: careful(lr, loss) or lr[0], "nothing can be read"),
    "always None": (lambda lr, loss: None, "there is a reading, yours is None"),
    "words": (lambda lr, loss: "0.1", "must be a number"),
    "nan": (lambda lr, loss: np.nan, "not a number"),
    "an error": (lambda lr, loss: lr[1000], "raises IndexError"),
    "dots": (lambda lr, loss: ..., "not attempted"),
    "no function": (0.1, "must be a function"),
    "nothing": (None, "not attempted"),
}


@pytest.mark.parametrize("name", CARELESS)
def test_what_is_wrong_is_told(name: str, capsys: pytest.CaptureFixture) -> None:
    answer, words = CARELESS[name]
    check_lowest(answer)
    told = capsys.readouterr().out
    assert told.startswith("not ") and words in told and told.count("\n") == 1
