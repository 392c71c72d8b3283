"""What the figures of `method_comparison` must show."""

SCALES = {"rate_sweeps": {"task": "log linear"}}


def seed_ranking(variant):
    return {
        "A, seeds": ([70.0, 72.0, 74.0], [0, 0, 0]),
        "A, mean": ([72.0], [0]),
        "B, seeds": ([80.0, 81.0, 82.0], [1, 1, 1]),
        "B, mean": ([81.0], [1]),
    }


def rate_sweeps(variant):
    return {
        "A": ([0.1, 0.2, 0.3], [70.0, 72.0, 74.0]),
        "B": ([0.1, 0.2, 0.3], [80.0, 81.0, 82.0]),
        "shared 0.2": 0.2,
    }
