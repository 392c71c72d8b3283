"""What is minimised, from data: models fitted to rows by minibatches.

theta has shape (*sweep, d); loss returns (*sweep,), grad returns (*sweep, d). t is the number of
the step: the minibatch is a pure function of t, so every model of a sweep sees the same. With
t=None, grad is exact: all the data. Losses are means over the rows.
"""

from collections.abc import Sequence
from functools import cached_property, lru_cache
from itertools import pairwise

import numpy as np

Array = np.ndarray


class Fit:
    """A model fitted to rows of data by minibatches. Made by the functions below.

    grad(theta, t)       gradient on minibatch t; t=None: on all rows. Minibatches go through the
                         rows in a new random order every epoch
    loss(theta)          mean loss on the first ``monitor`` rows of a fixed random order
    loss(theta, X, y)    mean loss on other data
    outputs(theta, X)    (*sweep, n, outputs): values, or logits of classes
    accuracy(theta, X, y)    fraction of rows whose largest logit is the right one
    """

    def __init__(self, model, X, y, theta0, batch_size, monitor, seed):
        n = len(y)
        for name, size in (("batch_size", batch_size), ("monitor", monitor)):
            if size is not None and not (size == int(size) and 0 < size <= n):
                raise ValueError(f"{name} = {size!r}: must be from 1 to the number of rows, {n}")
        if len(X) != n:
            raise ValueError(f"y: has {n} rows, must have as many as X, {len(X)}")
        self.model, self.X, self.y, self.theta0, self.seed = model, X, y, theta0, seed
        self.batch_size = n if batch_size is None else int(batch_size)
        self.epoch_steps = n // self.batch_size
        rows = self._order(-1)[: monitor or n]
        self._X, self._y = (X, y) if len(rows) == n else (X[rows], y[rows])
        self._epoch = lru_cache(maxsize=2)(self._order)

    def _order(self, epoch: int) -> Array:
        return np.random.default_rng([self.seed, epoch + 1]).permutation(len(self.y))

    def rows(self, t: int) -> Array:
        """The rows of minibatch t."""
        epoch, k = divmod(t, self.epoch_steps)
        return self._epoch(epoch)[k * self.batch_size : (k + 1) * self.batch_size]

    def grad(self, theta: Array, t: int | None = None) -> Array:
        if t is None or self.batch_size == len(self.y):
            return self.model.grad(theta, self.X, self.y)
        rows = self.rows(t)
        return self.model.grad(theta, self.X[rows], self.y[rows])

    def loss(self, theta: Array, X: Array | None = None, y: Array | None = None) -> Array:
        if X is None:
            X, y = self._X, self._y
        return self.model.loss(theta, X, y)

    def outputs(self, theta: Array, X: Array) -> Array:
        return self.model.outputs(theta, X)

    def accuracy(self, theta: Array, X: Array, y: Array) -> Array:
        return (self.model.outputs(theta, X).argmax(-1) == y).mean(-1)


class _Squares:
    def outputs(self, theta, X):
        return (X @ theta[..., None])[..., 0] if theta.ndim > 1 else X @ theta

    def loss(self, theta, X, y):
        return ((self.outputs(theta, X) - y) ** 2).mean(-1) / 2

    def grad(self, theta, X, y):
        return (self.outputs(theta, X) - y) @ X / len(y)


class _LinearFit(Fit):
    @cached_property
    def hessian(self) -> Array:
        return self.X.T @ self.X / len(self.y)

    @cached_property
    def minimum(self) -> Array:
        return np.linalg.lstsq(self.X, self.y, rcond=None)[0]


def least_squares(
    X: Array, y: Array, *, batch_size: int | None = None, monitor: int | None = None, seed: int = 0
) -> Fit:
    """Linear regression: half the mean squared error of X @ theta, from theta = 0.

    ``X`` (n, d), with a column of ones if you want an intercept; ``y`` (n,). The result also has
    ``hessian`` = X'X / n, whose largest eigenvalue is L, and the ``minimum``.
    """
    X, y = np.asarray(X), np.asarray(y)
    if X.ndim != 2:
        raise ValueError(f"X: has shape {X.shape}, must have rows and columns")
    return _LinearFit(_Squares(), X, y, np.zeros(X.shape[1]), batch_size, monitor, seed)


class _Network:
    """Fully connected layers, ReLU between them; their weights lie one after the other in theta."""

    def __init__(self, layers: Sequence[int]):
        self.shapes, self.parts, k = list(pairwise(layers)), [], 0
        for m, n in self.shapes:
            self.parts.append((slice(k, k + m * n), slice(k + m * n, k + m * n + n)))
            k += m * n + n
        self.size = k

    def weights(self, theta):
        for (w, b), shape in zip(self.parts, self.shapes, strict=True):
            yield theta[..., w].reshape(theta.shape[:-1] + shape), theta[..., None, b]

    def activations(self, theta, X):
        a = [X]
        for k, (W, b) in enumerate(self.weights(theta)):
            z = a[-1] @ W
            z += b
            a.append(np.maximum(z, 0, out=z) if k + 1 < len(self.shapes) else z)
        return a

    def outputs(self, theta, X):
        return self.activations(theta, X)[-1]

    def loss(self, theta, X, y):
        return _cross_entropy(self.outputs(theta, X), y)

    def grad(self, theta, X, y):
        a = self.activations(theta, X)
        delta = _cross_entropy_grad(a[-1], y)
        g = np.empty_like(theta)
        layers = list(self.weights(theta))
        for k in reversed(range(len(layers))):
            w, b = self.parts[k]
            W = g[..., w].reshape(theta.shape[:-1] + self.shapes[k])
            np.matmul(np.swapaxes(a[k], -1, -2), delta, out=W)
            g[..., b] = delta.sum(-2)
            if k:
                delta = (delta @ np.swapaxes(layers[k][0], -1, -2)) * (a[k] > 0)
        return g


def _shifted(z: Array) -> Array:
    """Logits less the largest of each row, so that no exponential overflows. Classes come before
    rows: NumPy is slow at maxima and sums over a short last axis."""
    z = np.swapaxes(z, -1, -2).copy()
    z -= z.max(-2, keepdims=True)
    return z


def _cross_entropy(z: Array, y: Array) -> Array:
    z = _shifted(z)
    return (np.log(np.exp(z).sum(-2)) - z[..., y, np.arange(len(y))]).mean(-1)


def _cross_entropy_grad(z: Array, y: Array) -> Array:
    p = np.exp(_shifted(z))
    p /= p.sum(-2, keepdims=True)
    p[..., y, np.arange(len(y))] -= 1
    p /= len(y)
    return np.swapaxes(p, -1, -2)


class Bags:
    """Rows of words, each present or not: row i holds indices[indptr[i]:indptr[i + 1]].

    ``bags[rows]`` selects rows. `softmax` takes this in the place of X."""

    def __init__(self, indices: Array, indptr: Array, n_words: int):
        if len(indices) != indptr[-1]:
            raise ValueError(f"indptr: ends at {indptr[-1]}, must be {len(indices)}")
        self.indices, self.indptr, self.n_words, self._dense = indices, indptr, n_words, None

    def __len__(self) -> int:
        return len(self.indptr) - 1

    def __getitem__(self, rows: Array) -> "Bags":
        parts = [self.indices[self.indptr[i] : self.indptr[i + 1]] for i in rows]
        indptr = np.concatenate([[0], np.cumsum([len(p) for p in parts])])
        return Bags(np.concatenate(parts), indptr, self.n_words)

    def dense(self) -> tuple[Array, Array]:
        """The words that occur (w,), and the rows (n, w) as 0 and 1 on those words alone."""
        if self._dense is None:
            words, where = np.unique(self.indices, return_inverse=True)
            X = np.zeros((len(self), len(words)), np.float32)
            X[np.repeat(np.arange(len(self)), np.diff(self.indptr)), where] = 1
            self._dense = words, X
        return self._dense


class _WordSoftmax:
    """Softmax regression on Bags. A minibatch touches only the weights of its own words."""

    def __init__(self, n_words: int, n_classes: int):
        self.shape = n_words, n_classes
        self.size = n_words * n_classes + n_classes

    def outputs(self, theta, X):
        words, dense = X.dense()
        n = self.shape[0] * self.shape[1]
        W = theta[..., :n].reshape(theta.shape[:-1] + self.shape)
        return dense @ W[..., words, :] + theta[..., None, n:]

    def loss(self, theta, X, y):
        return _cross_entropy(self.outputs(theta, X), y)

    def grad(self, theta, X, y):
        words, dense = X.dense()
        delta = _cross_entropy_grad(self.outputs(theta, X), y)
        g = np.zeros_like(theta)
        n = self.shape[0] * self.shape[1]
        g[..., :n].reshape(theta.shape[:-1] + self.shape)[..., words, :] = dense.T @ delta
        g[..., n:] = delta.sum(-2)
        return g


def _labels(y: Array, n_classes: int) -> Array:
    y = np.asarray(y)
    if y.dtype.kind not in "iu" or y.min() < 0 or y.max() >= n_classes:
        raise ValueError(f"y: must be whole numbers from 0 to {n_classes - 1}")
    return y


def softmax(
    X: Array | Bags,
    y: Array,
    n_classes: int,
    *,
    batch_size: int | None = None,
    monitor: int | None = None,
    seed: int = 0,
) -> Fit:
    """Softmax regression from theta = 0: mean cross-entropy of n_classes classes, in nats.

    ``X`` (n, d) floats, whose type the parameters take, or `Bags`; ``y`` (n,) class numbers.
    theta (d * n_classes + n_classes,): weights, then biases.
    """
    if isinstance(X, Bags):
        model, dtype = _WordSoftmax(X.n_words, n_classes), np.float32
    else:
        model, dtype = _Network([X.shape[1], n_classes]), X.dtype
    start = np.zeros(model.size, dtype)
    return Fit(model, X, _labels(y, n_classes), start, batch_size, monitor, seed)


def mlp(
    X: Array,
    y: Array,
    layers: Sequence[int],
    *,
    batch_size: int | None = None,
    monitor: int | None = None,
    seed: int = 0,
) -> Fit:
    """A network of fully connected layers, ReLU between them, cross-entropy in nats at the end.

    ``X`` (n, layers[0]), ``y`` (n,) class numbers below layers[-1]. theta is one flat vector; it
    starts from normal weights of variance 2 / inputs (He et al. 2015), drawn with ``seed``, and
    zero biases.
    """
    if len(layers) < 2 or layers[0] != X.shape[1]:
        raise ValueError(f"layers = {layers!r}: must start with the columns of X, {X.shape[1]}")
    model = _Network(layers)
    rng = np.random.default_rng(seed)
    start = np.zeros(model.size, X.dtype)
    for (w, _), (m, n) in zip(model.parts, model.shapes, strict=True):
        start[w] = rng.standard_normal(m * n) * np.sqrt(2 / m)
    return Fit(model, X, _labels(y, layers[-1]), start, batch_size, monitor, seed)


class _Logistic(_Squares):
    def outputs(self, theta, X):
        z = super().outputs(theta, X)
        return np.stack([np.zeros_like(z), z], -1)  # two logits, so that argmax is the class

    def loss(self, theta, X, y):
        return _cross_entropy(self.outputs(theta, X), y)

    def grad(self, theta, X, y):
        return _cross_entropy_grad(self.outputs(theta, X), y)[..., 1] @ X


def logistic(
    X: Array, y: Array, *, batch_size: int | None = None, monitor: int | None = None, seed: int = 0
) -> Fit:
    """Logistic regression of y (n,) in {0, 1} on X (n, d), from theta = 0; mean loss in nats."""
    X = np.asarray(X)
    return Fit(_Logistic(), X, _labels(y, 2), np.zeros(X.shape[1]), batch_size, monitor, seed)
