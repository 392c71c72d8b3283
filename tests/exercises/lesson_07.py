"""Answers to the exercises of lesson 07."""

from exercises import Exercise

EXERCISES = [
    Exercise(
        wrong=[
            "my_peak = 2.0",  # long cycles
            "my_peak = break_even(triangular, L, 0.0, 8) / limit",  # the other shape
            "my_peak = 2.296",  # a slow triangle
            "my_peak = break_even(MODES['cosine_restarts'], L, 0.0, 16) / limit",  # 32 steps
            "my_peak = break_even(MODES['cosine_restarts'], L, 0.0, 8)",  # not in units of 2/L
            "my_peak = 1.0",
        ],
        right=[
            "def growth(c):\n    z = 1 - 2 * cosine_restarts(c, 16)(np.arange(16))\n"
            "    return np.log(np.abs(z)).mean()\n"
            "low, high = 1.5, 2.2\n"
            "for _ in range(40):\n    c = (low + high) / 2\n"
            "    low, high = (c, high) if growth(c) < 0 else (low, c)\n"
            "my_peak = c",
            "my_peak = [break_even(MODES['cosine_restarts'], 2.0, 0.0, 8)]",
            "p = break_even(lambda b, t, s: cosine_restarts(t, 2 * s), L, 0.0, 8)\n"
            "my_peak = np.float64(p * L / 2)",
        ],
    ),
    Exercise(
        wrong=[
            "my_largest = 1.0",
            "my_largest = one_cycle(1.0, 620)(10)",  # an eleventh call
            "my_largest = 1 / 25",  # the first rate
            "my_largest = one_cycle(1.0, 10)(9)",
            "my_largest = one_cycle(1.0, 620)(9 * 62)",
        ],
        right=[
            "my_largest = max(one_cycle(1.0, 620)(t // 62) for t in range(620))",
            "my_largest = one_cycle(1.0, 620)(np.arange(10)).max()",
            "my_largest = [one_cycle(1.0, 620)(np.array([9]))]",
        ],
    ),
    Exercise(
        wrong=[
            "my_schedule = constant(0.98 * limit)",
            "my_schedule = triangular(0, 2.2 * limit, 8)",  # needs 512 steps
            "my_schedule = lambda t: chebyshev[0]",
            "my_schedule = chebyshev[:32]",
            "my_schedule = one_cycle(2 * limit, 64)",
            "my_schedule = 2 / (L + h_min)",
            "my_schedule = lambda t: chebyshev[fractal(64)]",
        ],
        right=[
            "my_schedule = chebyshev[fractal(64)]",
            "my_schedule = list(chebyshev[fractal(64)])",
            "order = fractal(64)\ndef my_schedule(t):\n    return float(chebyshev[order[t % 64]])",
            "my_schedule = lambda t: chebyshev[fractal(64)[::-1]][t]",
            "my_schedule = lambda t: chebyshev[::-1][t]",  # these curvatures do not mix
        ],
    ),
]
