"""Answers to the exercises of lesson 01."""

from exercises import Exercise

EXERCISES = [
    Exercise(
        wrong=[
            "my_limit = 1 / (1 + (Z[:, 1] * Z[:, 3]).mean())",  # the best of one direction
            "my_limit = 2.0",  # as if the features were independent
            "my_limit = 2 / L",  # the penguins'
            "my_limit = 2 / np.linalg.eigvalsh(car_fit.hessian)[-1]",  # all six features
            "my_limit = 2 / (1 - (Z[:, 1] * Z[:, 3]).mean())",  # the flat direction's
            'my_limit = "2 / L"',
            "my_limit = 1.04",  # two digits
        ],
        right=[
            "my_limit = 2 / np.linalg.eigvalsh(np.cov(Z[:, [1, 3]].T, bias=True))[-1]",
            "my_limit = [2 / (1 + np.corrcoef(Z[:, 1], Z[:, 3])[0, 1])]",
            "my_limit = 1.0347",
            "A = Z[:, [1, 3]]\nmy_limit = np.array([2 / np.linalg.norm(A.T @ A / len(A), 2)])",
        ],
    ),
    Exercise(
        wrong=[
            "my_steps = 404",  # rounded down
            "my_steps = 404.184",  # not whole
            "my_steps = 808",  # the loss instead of the error, the wrong way
            "my_steps = 203",
            "my_steps = int(np.ceil(np.log(0.001) / np.log(1 - 1 / 117)))",  # 1 - 1 / kappa
            "my_steps = 377",
        ],
        right=[
            "my_steps = 405.0",
            "my_steps = np.int64(405)",
            "k = np.linalg.cond(car_fit.hessian)\n"
            "my_steps = [np.ceil(np.log(1000) / np.log((k + 1) / (k - 1)))]",
        ],
    ),
    Exercise(
        wrong=[
            "def my_rate(V, h, s):\n    return 2 * V * h / s**2",  # small rates only
            "def my_rate(V, h, s):\n    return V * h / (s**2 + V * h**2)",
            "def my_rate(V, h, s):\n    return 2 * V * h / (s + V * h**2)",  # variance for s
            "def my_rate(V, h, s):\n    return 2 / h",
            "my_rate = 0.0385",
        ],
        right=[
            "my_rate = lambda V, h, s: 2 / (h + s**2 / (V * h))",
            "def my_rate(V, h, s):\n    c = V * h\n    return np.array([2 * c / (s * s + c * h)])",
            "def my_rate(V, h, s):\n    return round(2 * V * h / (s**2 + V * h**2), 5)",
        ],
    ),
]
