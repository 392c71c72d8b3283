"""Answers to the exercises of lesson 09."""

from exercises import Exercise

POLICY = """
def my_policy(seen, alpha):
    if seen.t == 0:
        return 0.001, 0.001
    alpha = {new}
    return alpha, alpha
"""
RULE = "alpha + 0.1 * (seen.g @ seen.u)"


def policy(new: str) -> str:
    return POLICY.format(new=new)


EXERCISES = [
    Exercise(
        wrong=[
            "my_betas = [1e-2, 1e-5]",
            "my_betas = [1e-2 / 128, 1e-5 / 128]",
            "my_betas = [1e-2 / 128**2, 1e-5]",
            "my_betas = [1e-2 / 128**3, 1e-5 / 128**3]",
            "my_betas = [1e-2 * 128**3, 1e-5 * 128]",
            "my_betas = 1e-2 / 128**3",
        ],
        right=[
            "my_betas = [4.768e-9, 7.8125e-8]",
            "my_betas = np.array([1e-2, 1e-5]) / [128**3, 128]",
            "my_betas = (0.01 * 2.0**-21, 1e-5 * 2.0**-7)",
        ],
    ),
    Exercise(
        wrong=[
            "my_policy = 0.2",
            "my_policy = lambda t: 0.2",
            "my_policy = hypergradient(0.001, 0.1)",
            "my_policy = hypergradient(0.001, 0.1, multiplicative=True)",
            "my_policy = lambda seen, alpha: (0.001 if seen.t == 0 else 0.2, None)",
            policy(f"min({RULE}, 0.27)"),
            policy(f"np.clip({RULE}, 0.0, 2 * alpha)"),
            policy(f"min({RULE}, 2 * alpha)"),
            policy("np.clip(alpha + 0.001 * (seen.g @ seen.u), alpha / 2, 2 * alpha)"),
            policy("2 * alpha if seen.g @ seen.u > 0 else alpha / 2"),
            policy(f"np.clip({RULE}, alpha / 2, 2 * alpha)").replace("0.001, 0.001", "0.1, 0.1"),
            "my_policy = lambda seen, alpha: 0.001",
        ],
        right=[
            policy(f"np.clip({RULE}, alpha / 2, 2 * alpha)"),
            policy(f"min(max({RULE}, 0.5 * alpha), 2 * alpha)"),
            policy("alpha * np.clip(1 + 0.1 * (seen.g * seen.u).sum() / alpha, 0.5, 2)"),
            "my_policy = belted(0.001, 0.1)",
        ],
    ),
    Exercise(
        wrong=[
            "my_beta = 1e-3",
            "g = dm_fit.grad(dm_fit.theta0)\n"
            "my_beta = 2 / np.linalg.eigvalsh(dm_fit.hessian)[-1] / (g @ g)",
            "my_beta = 1 / np.linalg.eigvalsh(dm_fit.hessian)[-1]",
            "g = fit.grad(fit.theta0)\nmy_beta = 1 / np.linalg.eigvalsh(fit.hessian)[-1] / (g @ g)",
            "my_beta = 0",
        ],
        right=[
            "g = dm_fit.grad(dm_fit.theta0)\n"
            "my_beta = 1 / np.linalg.norm(dm_fit.hessian, 2) / np.sum(g**2)",
            "my_beta = float(1 / sharpness(dm_fit, dm_fit.theta0) "
            "/ np.linalg.norm(dm_fit.grad(dm_fit.theta0)) ** 2)",
            "steep = np.linalg.svd(dm_fit.X, compute_uv=False)[0] ** 2 / len(dm_fit.y)\n"
            "start = dm_fit.X.T @ dm_fit.y / len(dm_fit.y)\n"
            "my_beta = [1 / steep / (start @ start)]",
        ],
    ),
]
