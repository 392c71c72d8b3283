"""What is minimised, from data: models fitted to rows by minibatches.

theta has shape (*sweep, d); loss returns (*sweep,), grad returns (*sweep, d). t is the number of
the step: the minibatch is a pure function of t, so every model of a sweep sees the same. With
t=None, grad is exact: all the data. Losses are means over the rows. A model that has diverged has
loss inf or nan, without a warning.

Whole numbers and bytes become float64 where they are given; float32 stays float32, and theta takes
the type of X.
"""

from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from . import _data
from .contracts import as_whole

Array = np.ndarray


class Layer(NamedTuple):
    """Where a matrix of weights, or its biases, lie in theta."""

    name: str
    part: slice  # of the last axis of theta
    shape: tuple[int, ...]  # (inputs, outputs) of a matrix, (outputs,) of biases

    def of(self, theta: Array) -> Array:
        """These numbers of theta (*sweep, d), as a view of shape (*sweep, *shape).

        >>> Layer("W1", slice(2, 6), (2, 2)).of(np.arange(8.0))
        array([[2., 3.],
               [4., 5.]])
        """
        return theta[..., self.part].reshape(theta.shape[:-1] + self.shape)


class Fit:
    """A model fitted to rows of data by minibatches. Made by the functions below, or from a model.

    X, y          the rows; theta0 (d,) the start
    batch_size    rows of a minibatch; default: all. Minibatches go through the rows in a new random
                  order every epoch, drawn with ``seed``
    monitor       rows that ``loss(theta)`` looks at; default: all
    epoch_steps   steps of an epoch
    layers        a `Layer` for each matrix and for its biases

    ``model`` has outputs(theta, X), loss(theta, X, y) and grad(theta, X, y), and, for `sharpness`,
    hvp(theta, v, X, y). ``model.threads = False`` says that it must not be called from several
    threads at once.
    Raises ValueError when X and y differ in length, or sizes are no whole numbers in range.
    """

    def __init__(
        self,
        model: Any,
        X: Any,
        y: Any,
        theta0: Array,
        batch_size: int | None = None,
        monitor: int | None = None,
        seed: int = 0,
    ):
        n = len(y)
        if n == 0 or len(X) != n:
            raise ValueError(f"y: has {n} rows, must have as many as X, {len(X)}, and at least 1")
        sizes = [
            n if size is None else as_whole(name, size, 1, n, "the number of rows, ")
            for name, size in (("batch_size", batch_size), ("monitor", monitor))
        ]
        self.batch_size, rows_seen = sizes
        self.model, self.X, self.y = model, X, y
        self.theta0 = _data.kept(_data.floats("theta0", theta0, 1), theta0)
        self.seed = as_whole("seed", seed, 0)
        self.threads: bool = getattr(model, "threads", True)
        self.epoch_steps = n // self.batch_size
        rows = self._order(-1)[:rows_seen]
        self._seen = (X, y) if len(rows) == n else (X[rows], y[rows])
        self._epoch = lru_cache(maxsize=2)(self._order)

    @property
    def layers(self) -> tuple[Layer, ...]:
        """The matrices of weights and their biases, in the order in which they lie in theta.

        >>> [layer.shape for layer in mlp(np.zeros((4, 3)), [0, 1, 0, 1], [3, 5, 2]).layers]
        [(3, 5), (5,), (5, 2), (2,)]
        """
        whole = (Layer("theta", slice(0, self.theta0.size), self.theta0.shape),)
        return getattr(self.model, "layers", whole)

    def _order(self, epoch: int) -> Array:
        return np.random.default_rng([self.seed, epoch + 1]).permutation(len(self.y))

    def _checked(self, theta: Any, name: str = "theta") -> Array:
        return _data.parameters(theta, self.theta0.size, name)

    def _rows(self, X: Any, y: Any = None) -> tuple[Any, Any]:
        """Other data than the own, checked as those were."""
        accept = getattr(self.model, "accept", None)
        return accept(X, y) if accept else (X, y)

    def rows(self, t: int) -> Array:
        """The rows of minibatch t, (batch_size,) whole numbers.

        >>> len(least_squares([[1.0], [2.0], [3.0]], [0, 1, 2], batch_size=2).rows(5))
        2
        """
        epoch, k = divmod(as_whole("t", t, 0), self.epoch_steps)
        return self._epoch(epoch)[k * self.batch_size : (k + 1) * self.batch_size]

    def batch(self, t: int) -> tuple[Any, Array]:
        """X and y of minibatch t: ``loss(theta, *batch(t))`` is the loss that step t descends on.

        >>> X, y = least_squares([[1.0], [2.0], [3.0]], [0, 1, 2], batch_size=2).batch(0)
        >>> X.shape, y.shape
        ((2, 1), (2,))
        """
        rows = self.rows(t)
        return self.X[rows], self.y[rows]

    def batch_loss(self, theta: Array, t: int) -> Array:
        """The loss on minibatch t, (*sweep,): what step t descends on.

        >>> float(least_squares([[1.0], [2.0]], [1.0, 2.0]).batch_loss([0.0], 0))
        1.25
        """
        return self.loss(theta, *self.batch(t))

    @_data.at_theta
    def grad(self, theta: Array, t: int | None = None) -> Array:
        """The gradient (*sweep, d) on minibatch t; t=None: on all rows.

        >>> least_squares([[1.0], [2.0]], [1.0, 2.0]).grad([0.0])
        array([-2.5])
        """
        whole = t is None or self.batch_size == len(self.y)
        X, y = (self.X, self.y) if whole else self.batch(t)  # type: ignore[arg-type]
        return self.model.grad(theta, X, y)

    @_data.at_theta
    def loss(self, theta: Array, X: Any = None, y: Any = None) -> Array:
        """Mean loss (*sweep,) on the first ``monitor`` rows of a fixed random order, or on X, y.

        >>> float(least_squares([[1.0], [2.0]], [1.0, 2.0]).loss([0.0]))
        1.25
        """
        if (X is None) != (y is None):
            raise ValueError(f"{'X' if X is None else 'y'}: must be given too, or neither X nor y")
        X, y = self._seen if X is None else self._rows(X, y)
        return self.model.loss(theta, X, y)

    @_data.at_theta
    def outputs(self, theta: Array, X: Any) -> Array:
        """What the model says for each row: values (*sweep, n), or logits (*sweep, n, classes).

        >>> least_squares([[1.0], [2.0]], [1.0, 2.0]).outputs([3.0], [[1.0], [0.5]])
        array([3. , 1.5])
        """
        return self.model.outputs(theta, self._rows(X)[0])

    @_data.at_theta
    def accuracy(self, theta: Array, X: Any, y: Any) -> Array:
        """The fraction (*sweep,) of rows whose largest logit is the right one; nan is never right.

        Raises ValueError for a model that answers with values, not with classes.

        >>> X, y = [[-1.0], [2.0], [3.0]], [0, 1, 0]
        >>> float(logistic(X, y).accuracy([1.0], X, y).round(3))
        0.667
        """
        X, y = self._rows(X, y)
        z = self.model.outputs(theta, X)
        if z.ndim != theta.ndim + 1:
            raise ValueError("accuracy: the model answers with values, not classes; use loss")
        best = z.argmax(-1)
        largest = np.take_along_axis(z, best[..., None], -1)[..., 0]
        return ((best == y) & ~np.isnan(largest)).mean(-1)

    @_data.at_theta
    def hvp(self, theta: Array, v: Array) -> Array:
        """The Hessian of the mean loss of all rows at theta times v, both (*sweep, d).

        Raises ValueError when the model has no hvp(theta, v, X, y).

        >>> least_squares([[1.0], [2.0]], [1.0, 2.0]).hvp([0.0], [2.0])
        array([5.])
        """
        if not hasattr(self.model, "hvp"):
            raise ValueError(f"model = {self.model!r}: must have hvp(theta, v, X, y)")
        v = self._checked(v, "v").astype(theta.dtype, copy=False)
        theta, v = np.broadcast_arrays(theta, v)
        return self.model.hvp(theta, v, self.X, self.y)


class LinearFit(Fit):
    """A `Fit` of a linear model: ``hessian`` (d, d) = X'X / n everywhere, and its ``minimum``."""

    @cached_property
    def hessian(self) -> Array:
        """X'X / n (d, d), whose largest eigenvalue is L.

        >>> least_squares([[1.0], [2.0]], [1.0, 2.0]).hessian
        array([[2.5]])
        """
        return self.X.T @ self.X / len(self.y)

    @cached_property
    def minimum(self) -> Array:
        """The theta (d,) of lowest loss; the shortest, if there are many.

        >>> least_squares([[1.0], [2.0]], [1.0, 2.0]).minimum.round(6)
        array([1.])
        """
        return np.linalg.lstsq(self.X, self.y, rcond=None)[0]


# ------------------------------------------------------------------ models
class _Linear:
    """Inputs times weights; the data are checked here, at the door."""

    def __init__(self, columns: int, dtype: np.dtype):
        self.columns, self.dtype = columns, dtype

    def accept(self, X: Any, y: Any = None) -> tuple[Array, Array | None]:
        X = _matrix(X, self.columns)
        return X, None if y is None else self.answers(y, len(X))

    def answers(self, y: Any, rows: int) -> Array:
        return _data.targets(y, rows, self.dtype)

    def product(self, theta: Array, X: Array) -> Array:
        return (X @ theta[..., None])[..., 0] if theta.ndim > 1 else X @ theta


class _Squares(_Linear):
    def outputs(self, theta: Array, X: Array) -> Array:
        return self.product(theta, X)

    def loss(self, theta: Array, X: Array, y: Array) -> Array:
        return ((self.product(theta, X) - y) ** 2).mean(-1) / 2

    def grad(self, theta: Array, X: Array, y: Array) -> Array:
        return (self.product(theta, X) - y) @ X / len(y)

    def hvp(self, theta: Array, v: Array, X: Array, y: Array) -> Array:
        return self.product(v, X) @ X / len(y)


class _Logistic(_Linear):
    def answers(self, y: Any, rows: int) -> Array:
        return _data.classes(y, 2, rows)

    def outputs(self, theta: Array, X: Array) -> Array:
        z = self.product(theta, X)
        return np.stack([np.zeros_like(z), z], -1)  # two logits, so that argmax is the class

    def loss(self, theta: Array, X: Array, y: Array) -> Array:
        return _cross_entropy(self.outputs(theta, X), y)

    def grad(self, theta: Array, X: Array, y: Array) -> Array:
        return _cross_entropy_grad(self.outputs(theta, X), y)[..., 1] @ X

    def hvp(self, theta: Array, v: Array, X: Array, y: Array) -> Array:
        p = _probabilities(self.outputs(theta, X))
        weight = p[..., 0, :] * p[..., 1, :] / len(y)
        return (weight * self.product(v, X)) @ X


def _sigmoid(z: Array) -> Array:
    np.tanh(z / 2, out=z)
    z += 1
    z *= 0.5
    return z


# An activation; its slope; and by how much, relatively, the slope changes with z. The last two are
# functions of the value a that the first returned. ReLU has no curvature but at its kink.
_ACTIVATIONS: dict[str, tuple[Callable, Callable, Callable | None]] = {
    "relu": (lambda z: np.maximum(z, 0, out=z), lambda a: a > 0, None),
    "tanh": (lambda z: np.tanh(z, out=z), lambda a: 1 - a * a, lambda a: -2 * a),
    "sigmoid": (_sigmoid, lambda a: a * (1 - a), lambda a: 1 - 2 * a),
}


class _Network:
    """Fully connected layers with an activation between them; their weights lie one after the
    other in theta."""

    def __init__(self, layers: Sequence[int], activation: str = "relu"):
        self.shapes, self.parts, k = list(pairwise(layers)), [], 0
        self.activate, self.slope, self.bend = _ACTIVATIONS[activation]
        named: list[Layer] = []
        for i, (m, n) in enumerate(self.shapes, 1):
            self.parts.append((slice(k, k + m * n), slice(k + m * n, k + m * n + n)))
            w, b = self.parts[-1]
            named += [Layer(f"W{i}", w, (m, n)), Layer(f"b{i}", b, (n,))]
            k += m * n + n
        self.size, self.layers = k, tuple(named)

    def accept(self, X: Any, y: Any = None) -> tuple[Array, Array | None]:
        X = _matrix(X, self.shapes[0][0])
        return X, None if y is None else self.answers(y, len(X))

    def answers(self, y: Any, rows: int) -> Array:
        return _data.classes(y, self.shapes[-1][1], rows)

    def weights(self, theta: Array) -> list[tuple[Array, Array]]:
        """W (*sweep, inputs, outputs) and b (*sweep, 1, outputs) of each layer."""
        return [
            (theta[..., w].reshape(theta.shape[:-1] + shape), theta[..., None, b])
            for (w, b), shape in zip(self.parts, self.shapes, strict=True)
        ]

    def activations(self, theta: Array, X: Array) -> list[Array]:
        """X, then what each layer makes of it; last the logits."""
        a = [X]
        for k, (W, b) in enumerate(self.weights(theta)):
            z = a[-1] @ W
            z += b
            a.append(self.activate(z) if k + 1 < len(self.shapes) else z)
        return a

    def outputs(self, theta: Array, X: Array) -> Array:
        return self.activations(theta, X)[-1]

    def loss(self, theta: Array, X: Array, y: Array) -> Array:
        return _cross_entropy(self.outputs(theta, X), y)

    def pull(self, z: Array, y: Array) -> Array:
        """The gradient of the loss by the last layer's outputs."""
        return _cross_entropy_grad(z, y)

    def pull_change(self, z: Array, rz: Array) -> Array:
        """How that gradient changes as the outputs move along rz."""
        return _cross_entropy_hvp(z, rz)

    def grad(self, theta: Array, X: Array, y: Array) -> Array:
        a = self.activations(theta, X)
        delta = self.pull(a[-1], y)
        g = np.empty_like(theta)
        layers = self.weights(theta)
        for k in reversed(range(len(layers))):
            w, b = self.parts[k]
            W = g[..., w].reshape(theta.shape[:-1] + self.shapes[k])
            np.matmul(_turned(a[k]), delta, out=W)
            g[..., b] = delta.sum(-2)
            if k:
                delta = (delta @ _turned(layers[k][0])) * self.slope(a[k])
        return g

    def hvp(self, theta: Array, v: Array, X: Array, y: Array) -> Array:
        """Pearlmutter's R: every quantity of `grad` beside its derivative along v (1994)."""
        a, layers, ways = self.activations(theta, X), self.weights(theta), self.weights(v)
        ra = [np.zeros_like(X)]
        for k, ((W, _), (V, c)) in enumerate(zip(layers, ways, strict=True)):
            rz = ra[-1] @ W + a[k] @ V + c
            ra.append(rz * self.slope(a[k + 1]) if k + 1 < len(layers) else rz)
        delta = self.pull(a[-1], y)
        rdelta = self.pull_change(a[-1], ra[-1])
        out = np.empty_like(theta)
        for k in reversed(range(len(layers))):
            w, b = self.parts[k]
            rW = _turned(ra[k]) @ delta + _turned(a[k]) @ rdelta
            out[..., w] = rW.reshape(*theta.shape[:-1], -1)
            out[..., b] = rdelta.sum(-2)
            if k:
                W, V = layers[k][0], ways[k][0]
                back, slope = delta @ _turned(W), self.slope(a[k])
                rdelta = (rdelta @ _turned(W) + delta @ _turned(V)) * slope
                if self.bend:
                    rdelta += back * self.bend(a[k]) * ra[k]
                delta = back * slope
        return out


def _turned(a: Array) -> Array:
    return np.swapaxes(a, -1, -2)


def _shifted(z: Array) -> Array:
    """Logits less the largest of each row, so that no exponential overflows. Classes come before
    rows: NumPy is slow at maxima and sums over a short last axis."""
    z = np.swapaxes(z, -1, -2).copy()
    z -= z.max(-2, keepdims=True)
    return z


def _cross_entropy(z: Array, y: Array) -> Array:
    z = _shifted(z)
    return (np.log(np.exp(z).sum(-2)) - z[..., y, np.arange(len(y))]).mean(-1)


def _probabilities(z: Array) -> Array:
    """Softmax of the logits, classes before rows."""
    p = np.exp(_shifted(z))
    p /= p.sum(-2, keepdims=True)
    return p


def _cross_entropy_grad(z: Array, y: Array) -> Array:
    p = _probabilities(z)
    p[..., y, np.arange(len(y))] -= 1
    p /= len(y)
    return np.swapaxes(p, -1, -2)


def _cross_entropy_hvp(z: Array, rz: Array) -> Array:
    """How the gradient by the logits changes as they move along rz."""
    p = _turned(_probabilities(z))
    return p * (rz - (p * rz).sum(-1, keepdims=True)) / z.shape[-2]


class Bags:
    """Rows of words, each present or not: row i holds indices[indptr[i]:indptr[i + 1]].

    ``bags[rows]`` selects rows. `softmax` takes this in the place of X. Raises ValueError when the
    parts do not fit together.

    >>> len(Bags([4, 0, 2], [0, 1, 3], n_words=5))
    2
    """

    def __init__(self, indices: Any, indptr: Any, n_words: int):
        self.n_words = as_whole("n_words", n_words, 1)
        self.indices, self.indptr = _whole_list("indices", indices), _whole_list("indptr", indptr)
        if len(self.indptr) < 2 or self.indptr[0] != 0 or np.any(np.diff(self.indptr) < 0):
            raise ValueError("indptr: must rise from 0, with one number more than there are rows")
        if len(self.indices) != self.indptr[-1]:
            raise ValueError(f"indptr: ends at {self.indptr[-1]}, must be {len(self.indices)}")
        if self.indices.min(initial=0) < 0 or self.indices.max(initial=0) >= self.n_words:
            raise ValueError(f"indices: must be whole numbers from 0 to {self.n_words - 1}")
        self._dense: tuple[Array, Array] | None = None

    def __len__(self) -> int:
        return len(self.indptr) - 1

    def __getitem__(self, rows: Array) -> "Bags":
        parts = [self.indices[self.indptr[i] : self.indptr[i + 1]] for i in rows]
        indptr = np.concatenate([[0], np.cumsum([len(p) for p in parts])])
        chosen = object.__new__(Bags)  # parts of what was checked
        chosen.indices, chosen.indptr = np.concatenate(parts), indptr
        chosen.n_words, chosen._dense = self.n_words, None
        return chosen

    def dense(self) -> tuple[Array, Array]:
        """The words that occur (w,), and the rows (n, w) as 0 and 1 on those words alone.

        >>> Bags([4, 0, 2], [0, 1, 3], n_words=5).dense()[0]
        array([0, 2, 4])
        """
        if self._dense is None:
            words, where = np.unique(self.indices, return_inverse=True)
            X = np.zeros((len(self), len(words)), np.float32)
            X[np.repeat(np.arange(len(self)), np.diff(self.indptr)), where] = 1
            self._dense = words, X
        return self._dense


def _whole_list(name: str, x: Any) -> Array:
    a = np.asarray(x)
    if a.ndim != 1 or (a.dtype.kind not in "iu" and a.size):
        raise ValueError(f"{name}: must be a list of whole numbers")
    return _data.kept(a if a.size else a.astype(np.intp), x)


class _WordSoftmax:
    """Softmax regression on Bags. A minibatch touches only the weights of its own words."""

    def __init__(self, n_words: int, n_classes: int):
        self.shape = n_words, n_classes
        n = n_words * n_classes
        self.size = n + n_classes
        self.layers = (
            Layer("W1", slice(0, n), self.shape),
            Layer("b1", slice(n, self.size), (n_classes,)),
        )

    def accept(self, X: Any, y: Any = None) -> tuple[Bags, Array | None]:
        if not isinstance(X, Bags) or X.n_words != self.shape[0]:
            raise ValueError(f"X: must be Bags of {self.shape[0]} words")
        return X, None if y is None else self.answers(y, len(X))

    def answers(self, y: Any, rows: int) -> Array:
        return _data.classes(y, self.shape[1], rows)

    def outputs(self, theta: Array, X: Bags) -> Array:
        words, dense = X.dense()
        W, b = (layer.of(theta) for layer in self.layers)
        return dense @ W[..., words, :] + b[..., None, :]

    def loss(self, theta: Array, X: Bags, y: Array) -> Array:
        return _cross_entropy(self.outputs(theta, X), y)

    def _scattered(self, delta: Array, X: Bags, theta: Array) -> Array:
        words, dense = X.dense()
        g = np.zeros_like(theta)
        W, b = (layer.of(g) for layer in self.layers)
        W[..., words, :] = dense.T @ delta
        b[...] = delta.sum(-2)
        return g

    def grad(self, theta: Array, X: Bags, y: Array) -> Array:
        return self._scattered(_cross_entropy_grad(self.outputs(theta, X), y), X, theta)

    def hvp(self, theta: Array, v: Array, X: Bags, y: Array) -> Array:
        rdelta = _cross_entropy_hvp(self.outputs(theta, X), self.outputs(v, X))
        return self._scattered(rdelta, X, theta)


# ------------------------------------------------------------------ problems
def _matrix(X: Any, columns: int | None = None) -> Array:
    """X (n, d) as floats; ``columns`` is the d that is wanted."""
    a = _data.floats("X", X, 2, kinds="biuf")
    if 0 in a.shape or columns not in (None, a.shape[1]):
        wanted = "at least one row and column" if columns is None else f"{columns} columns"
        raise ValueError(f"X: has shape {a.shape}, must have {wanted}")
    return a


def _own(model: Any, rows: Array, X: Any, y: Any) -> tuple[Array, Array]:
    """Rows and answers that nobody can change."""
    return _data.kept(rows, X), _data.kept(model.answers(y, len(rows)), y)


def least_squares(
    X: Any, y: Any, *, batch_size: int | None = None, monitor: int | None = None, seed: int = 0
) -> LinearFit:
    """Linear regression: half the mean squared error of X @ theta, from theta = 0.

    ``X`` (n, d), with a column of ones if you want an intercept; ``y`` (n,). Returns a `Fit` that
    also has ``hessian`` = X'X / n, whose largest eigenvalue is L, and the ``minimum``.
    Raises ValueError when the data are no finite numbers or their shapes do not fit.

    >>> least_squares([[1.0], [2.0]], [2.0, 4.0]).minimum.round(6)
    array([2.])
    """
    rows = _matrix(X)
    model = _Squares(rows.shape[1], rows.dtype)
    start = np.zeros(rows.shape[1], rows.dtype)
    return LinearFit(model, *_own(model, rows, X, y), start, batch_size, monitor, seed)


def logistic(
    X: Any, y: Any, *, batch_size: int | None = None, monitor: int | None = None, seed: int = 0
) -> Fit:
    """Logistic regression of y (n,) in {0, 1} on X (n, d), from theta = 0; mean loss in nats.

    Returns a `Fit`. Raises ValueError as `least_squares` does, and for labels other than 0 and 1.

    >>> float(logistic([[1.0], [2.0]], [0, 1]).loss([0.0]).round(4))
    0.6931
    """
    rows = _matrix(X)
    model = _Logistic(rows.shape[1], rows.dtype)
    start = np.zeros(rows.shape[1], rows.dtype)
    return Fit(model, *_own(model, rows, X, y), start, batch_size, monitor, seed)


def softmax(
    X: Any,
    y: Any,
    n_classes: int,
    *,
    batch_size: int | None = None,
    monitor: int | None = None,
    seed: int = 0,
) -> Fit:
    """Softmax regression from theta = 0: mean cross-entropy of n_classes classes, in nats.

    ``X`` (n, d) floats, whose type the parameters take, or `Bags`; ``y`` (n,) class numbers.
    theta (d * n_classes + n_classes,): weights, then biases. Returns a `Fit`.
    Raises ValueError as `least_squares` does, and for labels that are no class numbers.

    >>> softmax([[1.0], [2.0], [3.0]], [0, 1, 2], 3).theta0.size
    6
    """
    n_classes = as_whole("n_classes", n_classes, 2)
    if isinstance(X, Bags):
        bags = _WordSoftmax(X.n_words, n_classes)
        answers = _data.kept(bags.answers(y, len(X)), y)
        start = np.zeros(bags.size, np.float32)
        return Fit(bags, X, answers, start, batch_size, monitor, seed)
    rows = _matrix(X)
    model = _Network([rows.shape[1], n_classes])
    start = np.zeros(model.size, rows.dtype)
    return Fit(model, *_own(model, rows, X, y), start, batch_size, monitor, seed)


def mlp(
    X: Any,
    y: Any,
    layers: Sequence[int],
    *,
    activation: str = "relu",
    batch_size: int | None = None,
    monitor: int | None = None,
    seed: int = 0,
) -> Fit:
    """A network of fully connected layers, cross-entropy in nats at the end.

    ``X`` (n, layers[0]), ``y`` (n,) class numbers below layers[-1]. ``activation`` stands between
    the layers: "relu", "tanh" or "sigmoid". theta is one flat vector; it starts from zero biases
    and normal weights drawn with ``seed``, of variance 2 / inputs for ReLU (He et al. 2015) and
    1 / inputs else (LeCun et al. 1998). Returns a `Fit`.
    Raises ValueError as `softmax` does, and for layers that are no whole numbers or do not fit X.

    >>> mlp([[1.0, 2.0], [3.0, 4.0]], [0, 1], [2, 8, 2], activation="tanh").theta0.size
    42
    """
    rows = _matrix(X)
    if np.ndim(layers) != 1 or len(layers) < 2:
        raise ValueError(f"layers = {layers!r}: must be a list of two numbers or more")
    widths = [as_whole("layers", n, 1) for n in layers]
    if widths[0] != rows.shape[1]:
        raise ValueError(f"layers = {layers!r}: must start with the columns of X, {rows.shape[1]}")
    if not isinstance(activation, str) or activation not in _ACTIVATIONS:
        raise ValueError(f'activation = {activation!r}: must be "relu", "tanh" or "sigmoid"')
    model = _Network(widths, activation)
    rng = np.random.default_rng(as_whole("seed", seed, 0))
    start = np.zeros(model.size, rows.dtype)
    gain = 2 if activation == "relu" else 1
    for (w, _), (m, n) in zip(model.parts, model.shapes, strict=True):
        start[w] = rng.standard_normal(m * n) * np.sqrt(gain / m)
    return Fit(model, *_own(model, rows, X, y), start, batch_size, monitor, seed)
