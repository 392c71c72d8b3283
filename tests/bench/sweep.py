"""64 rates x Adam x 64-32-10 network x 200 steps: lrlib, PyTorch and JAX.

All do the same work: the same 256 rows twice over in minibatches of 64 from the same order, the
same start, and in every step the loss on the same 64 rows. Numbers are float64 everywhere, so that
the losses can be compared: a large rate amplifies the rounding of float32 beyond any tolerance.
PyTorch trains one model after the other, so every 8th rate is timed and counted 8 times.
"""

import itertools
import time
import tracemalloc

import jax
import jax.numpy as jnp
import numpy as np
import optax
import torch
from common import alternate, seconds, table, verdict

from lrlib import adam, descend
from lrlib.problems import mlp

LAYERS, STEPS, BATCH = (64, 32, 10), 200, 64
RATES = np.geomspace(1e-4, 0.03, 64)
EVERY = 8


def make_problem():
    """Ten noisy blobs in 64 dimensions: something a network can learn."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, LAYERS[-1], 2048)
    X = rng.standard_normal((LAYERS[-1], LAYERS[0]))[y] + 1.5 * rng.standard_normal((2048, 64))
    return mlp(X, y, LAYERS, batch_size=BATCH, monitor=BATCH)


PROBLEM = make_problem()
BATCHES = np.stack([PROBLEM.rows(t) for t in range(STEPS)])


def in_one_call(rates=RATES):
    return descend(PROBLEM, adam, rates, STEPS, keep="last").loss


def one_by_one():
    return np.stack(
        [descend(PROBLEM, adam, float(lr), STEPS, keep="last").loss for lr in RATES], -1
    )


def layers(theta):
    """The flat vector as [(W, b), ...], for any library."""
    return [
        (theta[w].reshape(shape), theta[b])
        for (w, b), shape in zip(PROBLEM.model.parts, PROBLEM.model.shapes, strict=True)
    ]


def in_torch(fused: bool):
    X, y = torch.from_numpy(PROBLEM.X), torch.from_numpy(PROBLEM.y)
    seen, labels = map(torch.from_numpy, PROBLEM._seen)
    batches = torch.from_numpy(BATCHES)
    cross_entropy = torch.nn.functional.cross_entropy

    def train(lr: float):
        model = torch.nn.Sequential(
            torch.nn.Linear(64, 32), torch.nn.ReLU(), torch.nn.Linear(32, 10)
        ).double()
        with torch.no_grad():
            for layer, (W, b) in zip(model[::2], layers(PROBLEM.theta0), strict=True):
                layer.weight.copy_(torch.from_numpy(W.T.copy()))
                layer.bias.copy_(torch.from_numpy(b))
        optimizer = torch.optim.Adam(model.parameters(), lr=lr, foreach=not fused, fused=fused)
        losses = []
        for rows in batches:
            with torch.no_grad():
                losses.append(cross_entropy(model(seen), labels))
            optimizer.zero_grad()
            cross_entropy(model(X[rows]), y[rows]).backward()
            optimizer.step()
        with torch.no_grad():
            losses.append(cross_entropy(model(seen), labels))
        return torch.stack(losses).numpy()

    return np.stack([train(float(lr)) for lr in RATES[::EVERY]], -1)


def make_jax():
    X, y, seen, labels = map(jnp.asarray, (PROBLEM.X, PROBLEM.y, *PROBLEM._seen))
    start, batches = jnp.asarray(PROBLEM.theta0), jnp.asarray(BATCHES)

    def loss(theta, X, y):
        (W1, b1), (W2, b2) = layers(theta)
        logits = jax.nn.relu(X @ W1 + b1) @ W2 + b2
        return optax.softmax_cross_entropy_with_integer_labels(logits, y).mean()

    def train(lr):
        rule = optax.adam(lr)

        def step(carry, rows):
            theta, state = carry
            updates, state = rule.update(jax.grad(loss)(theta, X[rows], y[rows]), state)
            return (optax.apply_updates(theta, updates), state), loss(theta, seen, labels)

        (theta, _), losses = jax.lax.scan(step, (start, rule.init(start)), batches)
        return jnp.append(losses, loss(theta, seen, labels))

    swept = jax.jit(jax.vmap(train, out_axes=-1))
    return lambda: np.asarray(swept(RATES))


def main() -> None:
    jax.config.update("jax_enable_x64", True)
    torch.set_num_threads(1)  # its operations are small: more threads only wait
    in_jax = make_jax()
    start = time.perf_counter()
    in_jax()
    first = time.perf_counter() - start
    jobs = {
        "lrlib, one call": in_one_call,
        "lrlib, one by one": one_by_one,
        "torch.optim.Adam, foreach, loop": lambda: in_torch(fused=False),
        "torch.optim.Adam, fused, loop": lambda: in_torch(fused=True),
        "JAX + Optax, jit(vmap), warm": in_jax,
    }
    reference = in_one_call()
    worst = {}
    for name, job in jobs.items():
        wanted = reference[:, ::EVERY] if "torch" in name else reference
        worst[name] = np.abs(job() / wanted - 1).max()
    assert max(worst.values()) < 1e-5, worst
    times = alternate(jobs, 5)
    times = {name: t * EVERY if "torch" in name else t for name, t in times.items()}
    times["JAX + Optax, jit(vmap), first call"] = first
    ours = times["lrlib, one call"]
    print("## 2. Sweep: 64 rates, Adam, network 64-32-10, 200 steps\n")
    rows = [
        [name, seconds(t), f"{t / ours:.2f}", f"{worst[name]:.0e}" if name in worst else ""]
        for name, t in times.items()
    ]
    print(table(["", "median", "ratio to one call", "largest relative difference of a loss"], rows))
    torch_ratio = min(t for name, t in times.items() if "torch" in name) / ours
    jax_ratio = times["JAX + Optax, jit(vmap), warm"] / ours
    print(
        f"\nAt least 10x the better torch.optim: {torch_ratio:.1f}x, {verdict(torch_ratio >= 10)}."
    )
    print(f"At least 1x warm JAX: {jax_ratio:.2f}x, {verdict(jax_ratio >= 1)}.\n")

    sizes = (1, 4, 16, 64, 256)
    many = {k: (lambda k=k: in_one_call(np.geomspace(1e-4, 0.03, k))) for k in sizes}
    times = alternate(many, 5)
    rows = []
    for k, job in many.items():
        tracemalloc.start()
        job()
        peak = tracemalloc.get_traced_memory()[1] / 2**20
        tracemalloc.stop()
        rows.append([k, seconds(times[k]), seconds(times[k] / k), f"{peak:.1f} MB"])
    print(table(["K", "one call", "a run", "peak memory"], rows))
    each = [times[k] / k for k in sizes]
    falls = all(b < 1.05 * a for a, b in itertools.pairwise(each))
    print(f"\nCost of a run falls with K up to 256 (to 5%): {verdict(falls)}.")


if __name__ == "__main__":
    main()
