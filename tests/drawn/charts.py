"""What the figures of `charts` must show."""

import numpy as np

from drawn.laws import level_lines

SCALES = {"curves, logarithmic": {"a": "log log"}}


def curves(variant):
    if variant == "logarithmic":
        return {"falls": ([0.1, 1.0, 10.0], [8.0, 0.4, 0.02])}
    return {
        "falls": ([0, 1, 2, 3], [8.0, 4.0, 2.0, 1.0]),
        "rises": ([0, 1, 2, 3], [1.0, 2.0, 4.0, 9.0]),
        "warm-up ends": 1.0,
        "floor": 0.5,
    }


def small_multiples(variant):
    return {"falls": ([0, 1, 2], [4.0, 2.0, 1.0]), "rises": ([0, 1, 2], [1.0, 3.0, 9.0])}


def bars(variant):
    def whiskers(artist):
        got = np.array([np.ptp(s[:, 0]) / 2 for s in artist.get_segments()])
        middle = np.array([s[:, 0].mean() for s in artist.get_segments()])
        if not np.allclose(got, [0.1, 0.5]):
            return f"are {got} long to each side, not 0.1 and 0.5"
        return "" if np.allclose(middle, [1.0, 2.0]) else f"stand at {middle}"

    def beside(words, x, y):
        def fault(text):
            got = text.get_text(), *map(float, text.xy)
            return "" if got == (words, x, y) else f"is {got}"

        return fault

    names = {"one, name": beside("1 ± 0.1", 1.1, 0), "two, name": beside("2 ± 0.5", 2.5, 1)}
    return {"one": 1.0, "two": 2.0, "errors": whiskers, "best fixed rate": 1.5, **names}


def heat(variant):
    def colours(image):
        got = np.ma.filled(np.ma.asarray(image.get_array(), float), np.nan)
        wanted = [[3.0, np.nan], [1.0, 2.0]]
        same = np.allclose(got, wanted, equal_nan=True) and image.origin == "lower"
        ticks = [image.axes.get_xticklabels(), image.axes.get_yticklabels()]
        if (said := [[t.get_text() for t in words] for words in ticks]) != [
            ["0.1", "1"],
            list("56"),
        ]:
            return f"stands over {said}"
        return "" if same and image.get_clim() == (1.0, 3.0) else f"shows {got}"

    texts = {(0, 0): "3", (0, 1): "×", (1, 0): "1", (1, 1): "2"}
    fields = {f"{i}, {j}": at(text, j, i) for (i, j), text in texts.items()}
    return {"values": colours, **fields}


def at(words, x, y):
    def fault(text):
        got = text.get_text(), *text.get_position()
        return "" if got == (words, x, y) else f"is {got}"

    return fault


def paths(variant):
    return {
        "near": ([0.0, 1.0], [0.0, 2.0]),
        "away": ([0.0, 101.0], [0.0, 1.0]),
        "minimum": ([1.0], [1.0]),
        "contours": level_lines(lambda v: ((v - 1) ** 2).sum(-1), (-1.0, 3.0, -1.0, 3.0)),
    }
