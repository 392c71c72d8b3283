"""Update rules. A kernel turns a gradient into a direction; the learning rate is not here.

    u, state = kernel(g, state=None, **hyperparameters)

``g`` has shape (..., d): the last axis counts parameters, leading axes are a sweep. ``state=None``
starts afresh. States are NamedTuples whose zeros broadcast to any shape, so nothing needs to be
initialised. Kernels are pure: they change none of their inputs. The step is taken elsewhere, on
one line of `descend`:

    theta = theta - lr * u

The kernels stand in the order in which each follows from the one before. Each is the image of its
formula, line for line. A hyperparameter may be an array that broadcasts against ``g``; what each
may be stands above its kernel, in `knobs`. ``eps=0`` counts as the smallest normal number, so that
where no gradient was ever seen there is no step (as in Optax's Adagrad) instead of 0 / 0.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from .contracts import Kernel, Rate, knobs, rates, switch, unit

Array = Rate


class SGDState(NamedTuple):
    b: Array = 0.0  # momentum buffer


@knobs(momentum=unit, nesterov=switch)
def sgd(
    g: Array,
    state: SGDState | None = None,
    *,
    momentum: Array = 0.0,
    nesterov: bool = False,
) -> tuple[Array, SGDState]:
    r"""Gradient descent, with heavy-ball or Nesterov momentum.

    Formula::

        b_t = \mu\, b_{t-1} + g_t
        u_t = b_t \quad\text{or, with Nesterov,}\quad g_t + \mu\, b_t

    ``momentum`` is mu, in [0, 1). The buffer sums gradients and holds no rate (PyTorch, Optax);
    Keras multiplies the rate into the buffer, which differs as soon as the rate changes.
    Returns the direction u, shaped like ``g``, and the new state.
    Raises ValueError when ``momentum`` is out of range.

    >>> g = np.array([2.0])
    >>> u, state = sgd(g, momentum=0.5)
    >>> sgd(g, state, momentum=0.5)[0].tolist()  # 0.5 * 2 + 2
    [3.0]

    Source: Robbins & Monro 1951; Polyak 1964; Nesterov 1983, in the form of Sutskever et al. 2013.
    """
    (b,) = state or SGDState()
    b = momentum * b + g
    u = g + momentum * b if nesterov else b
    return u, SGDState(b)


class AdagradState(NamedTuple):
    s: Array | None = None  # sum of squared gradients; None: not started


@knobs(eps=rates, eps_root=rates, initial_accumulator_value=rates)
def adagrad(
    g: Array,
    state: AdagradState | None = None,
    *,
    eps: Array = 1e-10,
    eps_root: Array = 0.0,
    initial_accumulator_value: Array = 0.0,
) -> tuple[Array, AdagradState]:
    r"""Adagrad: every parameter's rate shrinks with the gradients it has seen.

    Formula::

        s_t = s_{t-1} + g_t^2
        u_t = \frac{g_t}{\sqrt{s_t + \varepsilon_\text{root}} + \varepsilon}

    ``initial_accumulator_value`` is s_0: 0 in PyTorch, 0.1 in Keras and Optax. Those two put the
    small number inside the root: ``eps=0, eps_root=1e-7``.
    Returns the direction u, shaped like ``g``, and the new state.
    Raises ValueError when a hyperparameter is negative.

    >>> u, state = adagrad(np.array([3.0, 0.0]), eps=0)
    >>> u.tolist(), state.s.tolist()
    ([1.0, 0.0], [9.0, 0.0])

    Source: Duchi, Hazan & Singer 2011, diagonal form.
    """
    (s,) = state or AdagradState()
    s = (initial_accumulator_value if s is None else s) + g**2
    u = g / (np.sqrt(s + eps_root) + eps)
    return u, AdagradState(s)


class RMSpropState(NamedTuple):
    v: Array = 0.0  # average of squared gradients
    a: Array = 0.0  # average of gradients (centered)
    b: Array = 0.0  # momentum buffer


@knobs(rho=unit, eps=rates, eps_root=rates, momentum=unit, centered=switch)
def rmsprop(
    g: Array,
    state: RMSpropState | None = None,
    *,
    rho: Array = 0.9,
    eps: Array = 1e-8,
    eps_root: Array = 0.0,
    momentum: Array = 0.0,
    centered: bool = False,
) -> tuple[Array, RMSpropState]:
    r"""RMSprop: Adagrad that forgets. The sum becomes an average with memory 1 / (1 - rho).

    Formula::

        v_t = \rho\, v_{t-1} + (1 - \rho)\, g_t^2
        a_t = \rho\, a_{t-1} + (1 - \rho)\, g_t \quad\text{(centered; otherwise } a_t = 0)
        b_t = \mu\, b_{t-1} + \frac{g_t}{\sqrt{v_t - a_t^2 + \varepsilon_\text{root}} + \varepsilon}
        u_t = b_t

    ``rho`` and ``momentum`` (mu) are in [0, 1). PyTorch calls rho ``alpha`` and takes .99; its eps
    is outside the root, as here. Keras 3: ``eps=0, eps_root=1e-7``.
    Returns the direction u, shaped like ``g``, and the new state.
    Raises ValueError when a hyperparameter is out of range.

    >>> rmsprop(np.array([3.0, -3.0]), rho=0.75, eps=0)[0].tolist()  # 1 / sqrt(1 - rho)
    [2.0, -2.0]

    Source: Tieleman & Hinton 2012 (Coursera lecture 6.5); centered: Graves 2013.
    """
    v, a, b = state or RMSpropState()
    v = rho * v + (1 - rho) * g**2
    q = v
    if centered:
        a = rho * a + (1 - rho) * g
        q = np.maximum(v - a**2, 0)  # a variance, but for rounding
    b = momentum * b + g / (np.sqrt(q + eps_root) + eps)
    return b, RMSpropState(v, a, b)


class AdamState(NamedTuple):
    t: int = 0  # steps taken
    m: Array = 0.0  # average of gradients
    v: Array = 0.0  # average of squared gradients
    v_max: Array = 0.0  # largest v so far (AMSGrad)


@knobs(
    beta1=unit,
    beta2=unit,
    eps=rates,
    eps_root=rates,
    bias_correction=switch,
    amsgrad=switch,
)
def adam(
    g: Array,
    state: AdamState | None = None,
    *,
    beta1: Array = 0.9,
    beta2: Array = 0.999,
    eps: Array = 1e-8,
    eps_root: Array = 0.0,
    bias_correction: bool = True,
    amsgrad: bool = False,
) -> tuple[Array, AdamState]:
    r"""Adam: momentum above, RMSprop below, both averages corrected for their start at zero.

    Formula::

        m_t = \beta_1 m_{t-1} + (1 - \beta_1)\, g_t
        v_t = \beta_2 v_{t-1} + (1 - \beta_2)\, g_t^2
        \hat m_t = \frac{m_t}{1 - \beta_1^t}, \qquad \hat v_t = \frac{v_t}{1 - \beta_2^t}
        u_t = \frac{\hat m_t}{\sqrt{\hat v_t + \varepsilon_\text{root}} + \varepsilon}

    ``beta1`` and ``beta2`` are in [0, 1). ``bias_correction=False`` leaves out the third line.
    ``amsgrad`` replaces v_t in that line by the largest v so far, as PyTorch does; without bias
    correction it is the AMSGrad of its paper.
    Returns the direction u, shaped like ``g``, and the new state; t counts from 1.
    Raises ValueError when a hyperparameter is out of range.

    >>> u, state = adam(np.array([3.0, -0.2]), eps=0)
    >>> u.round(12).tolist(), state.t  # the first direction is the sign
    ([1.0, -1.0], 1)

    Source: Kingma & Ba 2015; AMSGrad: Reddi, Kale & Kumar 2018.
    """
    t, m, v, v_max = state or AdamState()
    t = t + 1
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    v_max = np.maximum(v_max, v) if amsgrad else v
    m_hat = m / (1 - beta1**t) if bias_correction else m
    v_hat = v_max / (1 - beta2**t) if bias_correction else v_max
    u = m_hat / (np.sqrt(v_hat + eps_root) + eps)
    return u, AdamState(t, m, v, v_max)


class LionState(NamedTuple):
    """What Lion remembers."""

    m: Array = 0.0  # average of gradients


@knobs(beta1=unit, beta2=unit)
def lion(
    g: Array,
    state: LionState | None = None,
    *,
    beta1: Array = 0.9,
    beta2: Array = 0.99,
) -> tuple[Array, LionState]:
    r"""Lion: only the sign of a momentum, so every parameter moves by the rate in every step.

    Formula::

        u_t = \operatorname{sign}\big(\beta_1 m_{t-1} + (1 - \beta_1)\, g_t\big)
        m_t = \beta_2 m_{t-1} + (1 - \beta_2)\, g_t

    ``beta1`` weighs the past in the direction, ``beta2`` in what is remembered; both are in [0, 1).
    Returns the direction u, of -1, 0 and 1, shaped like ``g``, and the new state.
    Raises ValueError when ``beta1`` or ``beta2`` is out of range.

    >>> u, state = lion(np.array([3.0, -0.2]))
    >>> u.tolist(), state.m.tolist()
    ([1.0, -1.0], [0.030000000000000027, -0.0020000000000000018])

    Source: Chen et al. 2023.
    """
    (m,) = state or LionState()
    u = np.sign(beta1 * m + (1 - beta1) * g)
    m = beta2 * m + (1 - beta2) * g
    return u, LionState(m)


class ScheduleFreeState(NamedTuple):
    """What Schedule-Free remembers, seen from the point where the gradient is taken."""

    t: int = 0  # steps taken
    w: Array = 0.0  # (z - x) / lr: from the average to the plain run
    v: Array = 0.0  # average of squared gradients (adam)


@knobs(beta=unit, beta2=unit, eps=rates, adam=switch)
def schedule_free(
    g: Array,
    state: ScheduleFreeState | None = None,
    *,
    beta: Array = 0.9,
    beta2: Array = 0.999,
    eps: Array = 1e-8,
    adam: bool = False,
) -> tuple[Array, ScheduleFreeState]:
    r"""Schedule-Free: the average of a run, which learns as it averages, in the place of a decay.

    Formula::

        v_t = \beta_2 v_{t-1} + (1 - \beta_2)\, g_t^2
        d_t = g_t \quad\text{or, with adam,}\quad
        d_t = \frac{g_t}{\sqrt{v_t / (1 - \beta_2^t)} + \varepsilon}
        u_t = (1 - \beta)\, d_t + \frac{\beta}{t} (d_t - w_{t-1})
        w_t = \Big(1 - \frac{1}{t}\Big) (w_{t-1} - d_t)

    The paper has three points: z takes plain steps, x is the average of all z, and the gradient is
    taken at y = (1 - beta) z + beta x. Here theta is y, and w = (z - x) / lr. The model to keep is
    x = theta - lr (1 - beta) w. ``beta`` and ``beta2`` are in [0, 1). The rate must be constant:
    in the place of its decay stands the average.
    Returns the direction u, shaped like ``g``, and the new state; t counts from 1.
    Raises ValueError when a hyperparameter is out of range.

    >>> u, state = schedule_free(np.array([2.0]))
    >>> u.tolist(), state.w.tolist()  # the first average is z itself
    ([2.0], [-0.0])
    >>> u, state = schedule_free(np.array([2.0]), state, beta=0.5)
    >>> u.tolist(), state.w.tolist()  # 0.5 * 2 + 0.5 / 2 * 2
    ([1.5], [-1.0])

    Source: Defazio et al. 2024, SGD and AdamW without its weight decay.
    """
    t, w, v = state or ScheduleFreeState()
    t, d = t + 1, g
    if adam:
        v = beta2 * v + (1 - beta2) * g**2
        d = g / (np.sqrt(v / (1 - beta2**t)) + eps)
    u = (1 - beta) * d + beta / t * (d - w)
    w = (1 - 1 / t) * (w - d)
    return u, ScheduleFreeState(t, w, v)


class DAdaptAdamState(NamedTuple):
    """What D-Adaptation remembers."""

    t: int = 0  # steps taken
    m: Array = 0.0  # average of gradients times lambda
    v: Array = 0.0  # average of squared gradients
    s: Array = 0.0  # as m, with a longer memory
    r: Array = 0.0  # the estimate's numerator, one number a model
    d: Array | None = None  # the distance so far, one number a model; None: not started


@knobs(scale=rates, beta1=unit, beta2=unit, eps=rates, d0=rates, bias_correction=switch)
def dadapt_adam(
    g: Array,
    state: DAdaptAdamState | None = None,
    *,
    scale: Array = 1.0,
    beta1: Array = 0.9,
    beta2: Array = 0.999,
    eps: Array = 1e-8,
    d0: Array = 1e-6,
    bias_correction: bool = False,
) -> tuple[Array, DAdaptAdamState]:
    r"""D-Adaptation for Adam: estimates how far the minimum is, and takes that as its rate.

    Formula::

        \lambda_t = \gamma\, d_{t-1}
        r_t = q\, r_{t-1} + (1 - q)\, \lambda_t \sum_i
        \frac{g_{t,i}\, s_{t-1,i}}{\sqrt{v_{t-1,i}} + \varepsilon}, \qquad q = \sqrt{\beta_2}
        m_t = \beta_1 m_{t-1} + (1 - \beta_1)\, \lambda_t\, g_t
        v_t = \beta_2 v_{t-1} + (1 - \beta_2)\, g_t^2
        s_t = q\, s_{t-1} + (1 - q)\, \lambda_t\, g_t
        d_t = \max\Big(d_{t-1}, \frac{r_t}{(1 - q) \sum_i |s_{t,i}|}\Big)
        u_t = \frac{m_t}{\sqrt{v_t} + \varepsilon}

    ``scale`` is gamma, the factor that the authors' package calls lr: leave the rate of `descend`
    at 1. ``d0`` is the first, too small, distance. ``bias_correction`` multiplies lambda by
    sqrt(1 - beta2^t) / (1 - beta1^t), as Optax does. ``beta1`` and ``beta2`` are in [0, 1).
    Returns the direction u, shaped like ``g``, the learned rate in it, and the new state.
    Raises ValueError when a hyperparameter is out of range.

    >>> u, state = dadapt_adam(np.array([3.0, -3.0]), d0=1.0, beta1=0.0, beta2=0.75, eps=0)
    >>> u.tolist(), state.d.tolist()  # d0 g / sqrt(0.25 g^2)
    ([2.0, -2.0], [1.0])

    Source: Defazio & Mishchenko 2023, as in their package dadaptation 3.2.
    """
    t, m, v, s, r, d = state or DAdaptAdamState()
    t, q = t + 1, beta2**0.5
    d = d0 + _zero(g) if d is None else d
    rate = scale * d
    if bias_correction:
        rate = rate * ((1 - beta2**t) ** 0.5 / (1 - beta1**t))
    r = q * r + (1 - q) * rate * _total(g * (s / (v**0.5 + eps)))
    m = beta1 * m + (1 - beta1) * rate * g
    v = beta2 * v + (1 - beta2) * g**2
    s = q * s + (1 - q) * rate * g
    d = np.maximum(d, r / ((1 - q) * _size(s)))
    u = m / (np.sqrt(v) + eps)
    return u, DAdaptAdamState(t, m, v, s, r, d)


def _zero(g: Any) -> Array:
    """0 for each model, in the type of its gradient."""
    return np.zeros_like(g[..., :1])


def _total(x: Array) -> Any:
    """The sum over the parameters of each model."""
    return np.sum(x, -1, keepdims=True)


def _size(s: Array) -> Array:
    """The sum of |s| over the parameters of each model; inf in the place of 0."""
    size = _total(np.abs(s))
    return np.where(size == 0, np.array(np.inf, size.dtype), size)


class ProdigyState(NamedTuple):
    """What Prodigy remembers."""

    t: int = 0  # steps taken
    m: Array = 0.0  # average of gradients times d
    v: Array = 0.0  # average of their squares
    s: Array = 0.0  # weighted sum of gradients
    r: Array = 0.0  # the estimate's numerator, one number a model
    d: Array | None = None  # the distance so far, one number a model; None: not started
    theta0: Array | None = None  # where the run began


@knobs(
    scale=rates,
    beta1=unit,
    beta2=unit,
    eps=rates,
    d0=rates,
    d_coef=rates,
    bias_correction=switch,
)
def prodigy(
    g: Array,
    state: ProdigyState | None = None,
    *,
    theta: Array,
    scale: Array = 1.0,
    beta1: Array = 0.9,
    beta2: Array = 0.999,
    eps: Array = 1e-8,
    d0: Array = 1e-6,
    d_coef: Array = 1.0,
    bias_correction: bool = False,
) -> tuple[Array, ProdigyState]:
    r"""Prodigy: D-Adaptation that looks at how far it has come, and so finds the distance faster.

    Formula::

        \lambda_t = \gamma\, d_{t-1}, \qquad q = \sqrt{\beta_2}
        r_t = q\, r_{t-1}
        + \frac{d_{t-1}}{d_0} \lambda_t \sum_i g_{t,i} (\theta_{0,i} - \theta_{t-1,i})
        m_t = \beta_1 m_{t-1} + (1 - \beta_1)\, d_{t-1}\, g_t
        v_t = \beta_2 v_{t-1} + (1 - \beta_2)\, d_{t-1}^2\, g_t^2
        s_t = q\, s_{t-1} + \frac{d_{t-1}}{d_0} \lambda_t\, g_t
        d_t = \max\Big(d_{t-1}, \kappa\, \frac{r_t}{\sum_i |s_{t,i}|}\Big)
        u_t = \lambda_t \frac{m_t}{\sqrt{v_t} + d_t\, \varepsilon}

    ``scale`` is gamma, the factor that the authors' package calls lr, ``d_coef`` is kappa: leave
    the rate of `descend` at 1, or let it fall from 1 to 0. ``d0`` is the first, too small,
    distance. ``bias_correction`` multiplies lambda by sqrt(1 - beta2^t) / (1 - beta1^t), as Optax
    does. ``beta1`` and ``beta2`` are in [0, 1). `descend` hands it ``theta``.
    Returns the direction u, shaped like ``g``, the learned rate in it, and the new state.
    Raises ValueError when a hyperparameter is out of range.

    >>> knobs = {"d0": 1.0, "beta1": 0.0, "beta2": 0.75, "eps": 0}
    >>> u, state = prodigy(np.array([3.0, -3.0]), theta=np.zeros(2), **knobs)
    >>> u.tolist(), state.d.tolist()  # d0 g / sqrt(0.25 g^2)
    ([2.0, -2.0], [1.0])

    Source: Mishchenko & Defazio 2024, as in their package prodigyopt 1.1.2, without weight decay.
    """
    t, m, v, s, r, d, theta0 = state or ProdigyState()
    t, q = t + 1, beta2**0.5
    d = d0 + _zero(g) if d is None else d
    theta0 = theta if theta0 is None else theta0
    rate = scale * d
    if bias_correction:
        rate = rate * ((1 - beta2**t) ** 0.5 / (1 - beta1**t))
    r = q * r + d / d0 * rate * _total(g * (theta0 - theta))
    m = beta1 * m + (1 - beta1) * d * g
    v = beta2 * v + (1 - beta2) * (d * g) ** 2
    s = q * s + d / d0 * rate * g
    d = np.maximum(d, d_coef * r / _size(s))
    u = rate * m / (np.sqrt(v) + d * eps)
    return u, ProdigyState(t, m, v, s, r, d, theta0)


class MuonState(NamedTuple):
    """What Muon remembers."""

    t: int = 0  # steps taken
    m: Array = 0.0  # average of gradients
    rest: Any = None  # Adam's state, for all that is no matrix


def muon(
    layers: Sequence[Any], *, beta: float = 0.95, nesterov: bool = True, adam_scale: float = 1.0
) -> Kernel:
    r"""Muon: makes the averaged gradient of each matrix a step of about equal length everywhere.

    Formula::

        m_t = \beta\, m_{t-1} + (1 - \beta)\, g_t
        \hat m_t = \frac{\beta\, m_t}{1 - \beta^{t+1}} + \frac{(1 - \beta)\, g_t}{1 - \beta^t}
        \quad\text{or, without Nesterov,}\quad \frac{m_t}{1 - \beta^t}
        u_t = \sqrt{\max(1, n / m)}\;\operatorname{orthogonalized}(\hat m_t)
        \quad\text{for a matrix } m \times n

    ``layers`` say where in theta the matrices lie: each has a ``part``, a slice of theta, and a
    ``shape``, as `Fit.layers` has them. What is no matrix gets Adam, times ``adam_scale``.
    Returns a kernel: ``u, state = kernel(g, state)``, with u shaped like ``g``.
    Raises ValueError when a layer has none of the two or a hyperparameter is out of range.

    >>> from lrlib.fits import Layer
    >>> kernel = muon([Layer("W", slice(0, 4), (2, 2))])
    >>> u, state = kernel(np.array([3.0, 0.0, 0.0, -0.5]))
    >>> u.round(1).tolist()  # singular values 3 and 0.5 become about 1
    [0.7, 0.0, 0.0, -1.0]

    Source: Jordan et al. 2024, in the form of Optax 0.2.8.
    """
    matrices = [_matrix(layer) for layer in layers if len(_shape(layer)) == 2]
    unit(beta=beta), switch(nesterov=nesterov), rates(adam_scale=adam_scale)

    def kernel(g: Array, state: MuonState | None = None) -> tuple[Array, MuonState]:
        t, m, rest = state or MuonState()
        t = t + 1
        m = beta * m + (1 - beta) * g
        m_hat: Any = m / (1 - beta**t)
        if nesterov:
            m_hat = beta * m / (1 - beta ** (t + 1)) + (1 - beta) * g / (1 - beta**t)
        u, rest = adam(g, rest)
        u = adam_scale * u
        for part, shape in matrices:
            M = m_hat[..., part].reshape(m_hat.shape[:-1] + shape)
            even = max(1.0, shape[1] / shape[0]) ** 0.5 * orthogonalized(M)
            u[..., part] = even.reshape((*m_hat.shape[:-1], -1))
        return u, MuonState(t, m, rest)

    return kernel


def _shape(layer: Any) -> tuple[int, ...]:
    shape = getattr(layer, "shape", None)
    if not isinstance(shape, tuple) or not isinstance(getattr(layer, "part", None), slice):
        raise ValueError(f"layers: has {layer!r}: each must have a part, a slice, and a shape")
    return shape


def _matrix(layer: Any) -> tuple[slice, tuple[int, ...]]:
    return layer.part, layer.shape


def orthogonalized(M: np.ndarray, steps: int = 5) -> np.ndarray:
    """The matrix with the same singular directions and singular values of about 1.

    ``M`` (..., rows, columns). Newton and Schulz's iteration with Muon's three constants: it is
    fast and rough, so values end between about 0.7 and 1.2 unless they were tiny.
    Returns an array of the shape of ``M``.

    >>> orthogonalized(np.diag([100.0, 50.0])).round(1).tolist()
    [[0.7, 0.0], [0.0, 1.1]]

    Source: Jordan et al. 2024.
    """
    tall = M.shape[-2] > M.shape[-1]
    X = np.swapaxes(M, -1, -2) if tall else M
    X = X / ((X**2).sum((-1, -2), keepdims=True) ** 0.5 + 1e-8)
    for _ in range(steps):
        A = X @ np.swapaxes(X, -1, -2)
        X = 3.4445 * X + (-4.7750 * A + 2.0315 * A @ A) @ X
    return np.swapaxes(X, -1, -2) if tall else X
