"""Lesson 14's adapter beside PyTorch itself, and models that the lesson does not show."""

import copy
import importlib.util
import pathlib
import threading

import numpy as np
import pytest
from own_model import lesson

from lrlib import adam, co2, cosine, descend, glosses, one_cycle, sgd, step
from lrlib.problems import sharpness
from lrlib.stored_runs import own_model_runs

reason = "PyTorch is not installed: pip install -r requirements-torch.txt"
torch = pytest.importorskip("torch", reason=reason)
it, nn = lesson(), torch.nn
ROOT = pathlib.Path(__file__).resolve().parent.parent


def dense(seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(784, 32), nn.ReLU(), nn.Linear(32, 10))


def on_letters(net, **options):
    return it.as_problem(net, it.cost, it.X, it.y, **{"batch_size": 64, "monitor": 10} | options)


def backward(net, cost, X, y):
    """The gradient by PyTorch's own way."""
    cost(net(torch.tensor(X)), torch.tensor(y)).backward()
    return it.nn.utils.parameters_to_vector([w.grad for w in net.parameters()]).numpy()


def trained(net, cost, optimizer, batches):
    for X, y in batches:
        optimizer.zero_grad()
        cost(net(torch.tensor(X)), torch.tensor(y)).backward()
        optimizer.step()
    return it.nn.utils.parameters_to_vector(net.parameters()).detach().numpy()


# ---- beside PyTorch ----------------------------------------------------------------------------


@pytest.mark.parametrize("make", [it.network, dense])
def test_the_gradient_is_that_of_backward_bit_for_bit(make):
    problem = on_letters(make(3), seed=5)
    for t in (0, 1, 200):
        theirs = backward(make(3), it.cost, *problem.batch(t))
        np.testing.assert_array_equal(problem.grad(problem.theta0, t), theirs)
        assert theirs.dtype == problem.theta0.dtype == np.float32


@pytest.mark.parametrize(
    ("kernel", "made", "knobs"),
    [
        (sgd, torch.optim.SGD, {"lr": 0.1}),
        (sgd, torch.optim.SGD, {"lr": 0.03, "momentum": 0.9}),
        (adam, torch.optim.Adam, {"lr": 0.003}),
    ],
)
def test_200_steps_are_those_of_torch_optim_to_float32(kernel, made, knobs):
    problem, net = on_letters(dense()), dense()
    ours = descend(problem, kernel, steps=200, keep="last", **knobs).theta
    optimizer = made(net.parameters(), **knobs)
    theirs = trained(net, it.cost, optimizer, map(problem.batch, range(200)))
    way = np.abs(theirs - problem.theta0).max()
    assert 0 < np.abs(ours - theirs).max() < 3e-6 * way


def test_with_convolutions_and_momentum_equal_runs_part_and_their_losses_agree_to_two_digits():
    problem, net = on_letters(it.network(0), seed=0), it.network(0)
    ours = descend(problem.grad, sgd, 0.03, 200, theta0=problem.theta0, momentum=0.9, keep="last")
    optimizer = torch.optim.SGD(net.parameters(), lr=0.03, momentum=0.9)
    theirs = trained(net, it.cost, optimizer, map(problem.batch, range(200)))
    way = np.abs(theirs - problem.theta0).max()
    assert 1e-5 * way < np.abs(ours.theta - theirs).max() < 0.5 * way
    held = it.data.X_heldout, it.data.y_heldout
    losses = [float(problem.loss(theta, *held)) for theta in (ours.theta, theirs)]
    assert losses[0] == pytest.approx(losses[1], rel=0.05)


def test_nearly_all_units_of_the_failing_run_are_dead_after_twenty_steps():
    net, order = it.network(0), np.random.default_rng(0).permutation(8000).reshape(-1, 64)
    optimizer = torch.optim.SGD(net.parameters(), lr=1.0, momentum=0.9)
    trained(net, it.cost, optimizer, [(it.X[rows], it.y[rows]) for rows in order[:20]])
    with torch.no_grad():
        alive = (net[:5](torch.tensor(it.data.X_heldout)) > 0).any(0)  # by any letter
    assert alive.numel() == 784 and alive.float().mean() < 0.1


def test_a_row_of_a_sweep_is_the_single_run():
    problem = on_letters(it.network(0), monitor=100)
    rates = np.array([0.003, 0.01, 0.03], np.float32)
    sweep = descend(problem, adam, rates, 6)
    for k, rate in enumerate(rates):
        alone = descend(problem, adam, rate, 6)
        np.testing.assert_array_equal(sweep.theta[:, k], alone.theta)
        np.testing.assert_array_equal(sweep.loss[:, k], alone.loss)
    last = sweep.theta[-1]
    X, y = it.data.X_heldout[:50], it.data.y_heldout[:50]
    assert problem.outputs(last, X).shape == (3, 50, 10)
    for quantity in (problem.loss, problem.accuracy):
        assert quantity(last, X, y).tolist() == [float(quantity(row, X, y)) for row in last]


def tiny(activation):
    """A network whose Hessian can be written down: 31 weights."""
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 4), activation, nn.Linear(4, 3))


@pytest.mark.parametrize("activation", [nn.Tanh(), nn.ReLU()])
def test_products_with_the_hessian_are_those_of_the_whole_matrix(activation):
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((40, 3)).astype(np.float32), rng.integers(0, 3, 40)
    net = tiny(activation)
    problem = it.as_problem(net, it.cost, X, y)
    shapes = {name: w.shape for name, w in net.named_parameters()}
    sizes = [w.numel() for w in net.parameters()]

    def loss(theta):
        parts = {
            name: part.reshape(shape)
            for (name, shape), part in zip(shapes.items(), theta.split(sizes), strict=True)
        }
        return it.cost(torch.func.functional_call(net, parts, torch.tensor(X)), torch.tensor(y))

    thetas = np.stack([problem.theta0, problem.theta0 + np.float32(0.3)])
    whole = [torch.func.hessian(loss)(torch.tensor(theta)).numpy() for theta in thetas]
    v = rng.standard_normal(thetas.shape).astype(np.float32)
    expected = [H @ row for H, row in zip(whole, v, strict=True)]
    np.testing.assert_allclose(problem.hvp(thetas, v), expected, atol=2e-6)
    np.testing.assert_allclose(problem.hvp(thetas[0], v[0]), expected[0], atol=2e-6)
    largest = [np.linalg.eigvalsh(H)[-1] for H in whole]
    np.testing.assert_allclose(sharpness(problem, thetas), largest, rtol=1e-3)


@pytest.mark.parametrize(
    ("schedule", "made"),
    [
        (one_cycle(0.01, 40), lambda o: ("OneCycleLR", {"max_lr": 0.01, "total_steps": 40})),
        (cosine(0.01, 40), lambda o: ("CosineAnnealingLR", {"T_max": 40})),
        (step(0.01, 15), lambda o: ("StepLR", {"step_size": 15})),
    ],
)
def test_the_rate_that_was_used_is_that_of_torch(schedule, made):
    optimizer = torch.optim.Adam([nn.Parameter(torch.zeros(1))], lr=0.01)
    name, options = made(optimizer)
    scheduler = getattr(torch.optim.lr_scheduler, name)(optimizer, **options)
    used = []
    for _ in range(40):
        used.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    problem = on_letters(dense(), batch_size=1)
    run = descend(problem.grad, adam, schedule, 40, theta0=problem.theta0)
    np.testing.assert_allclose(run.lr, used, rtol=1e-5, atol=1e-12)


def test_no_thread_is_started_for_a_large_sweep(monkeypatch):
    problem = on_letters(dense())
    assert not problem.threads
    rates = np.geomspace(0.001, 0.1, 12).astype(np.float32)

    def start(thread):
        raise AssertionError("a thread was started")

    monkeypatch.setattr(threading.Thread, "start", start)
    sweep = descend(problem.grad, sgd, rates, 2, theta0=problem.theta0, keep="last").theta
    both = descend(problem, sgd, rates, 2, keep="last").theta
    np.testing.assert_array_equal(sweep, both)


def test_nothing_that_is_given_is_changed():
    net, theta = it.network(0), it.network(1)
    problem = it.as_problem(net, it.cost, it.X[:200], it.y[:200], batch_size=64)
    start = it.nn.utils.parameters_to_vector(theta.parameters()).detach().numpy().copy()
    before = {name: w.clone() for name, w in net.state_dict().items()}
    start.flags.writeable = False
    problem.grad(start, 0), problem.loss(start), problem.hvp(start[None], start[None])
    assert all(torch.equal(w, before[name]) for name, w in net.state_dict().items())
    np.testing.assert_array_equal(
        problem.theta0,
        it.nn.utils.parameters_to_vector(it.network(0).parameters()).detach().numpy(),
    )


# ---- what is refused ---------------------------------------------------------------------------


class Noisy(nn.Module):
    def forward(self, x):
        return nn.functional.dropout(x, 0.5)


def with_layer(layer):
    net = it.network(0)
    net.insert(2, layer)
    return net


@pytest.mark.parametrize(
    ("layer", "said"),
    [
        (nn.BatchNorm2d(8), "2.running_mean: changes when the net is called; use GroupNorm"),
        (nn.Dropout(0.2), "2: two calls, two losses; set Dropout's p to 0"),
        (nn.Dropout2d(0.2), "2: two calls, two losses"),
        (Noisy(), "net: two calls, two losses"),
    ],
)
def test_what_is_no_function_of_weights_and_batch_is_refused_by_name(layer, said):
    net = with_layer(layer)
    before = copy.deepcopy(net.state_dict())
    with pytest.raises(ValueError, match=f"^{said}"):
        on_letters(net)
    after = net.state_dict()
    assert all(torch.equal(after[name], x) for name, x in before.items())


@pytest.mark.parametrize(
    "net",
    [
        with_layer(nn.GroupNorm(2, 8)),
        with_layer(nn.BatchNorm2d(8, track_running_stats=False)),
        with_layer(nn.BatchNorm2d(8)).eval(),
        with_layer(nn.Dropout(0.2)).eval(),
        with_layer(nn.Dropout(0.0)),
    ],
)
def test_the_remedies_that_are_named_work(net):
    problem = it.as_problem(net, it.cost, it.X[:200], it.y[:200], batch_size=64)
    theirs = backward(copy.deepcopy(net), it.cost, *problem.batch(0))
    np.testing.assert_allclose(problem.grad(problem.theta0, 0), theirs, atol=1e-6)
    assert np.isfinite(problem.hvp(problem.theta0, np.ones_like(problem.theta0))).all()


# ---- models that the lesson does not show ------------------------------------------------------


class Level(nn.Module):
    """A recurrent network that predicts the next week of the CO2 curve: values, no classes."""

    def __init__(self, seed=0):
        super().__init__()
        torch.manual_seed(seed)
        self.memory, self.out = nn.GRU(1, 8, batch_first=True), nn.Linear(8, 1)

    def forward(self, x):
        return self.out(self.memory(x[:, :, None])[0][:, -1])[:, 0]


def weeks():
    """26 weekly changes of CO2 and the one that follows, standardised: train and held out."""
    change = np.diff(co2().ppm)
    change = ((change - change.mean()) / change.std()).astype(np.float32)
    rows = np.lib.stride_tricks.sliding_window_view(change, 27).copy()
    return (rows[:1600, :26], rows[:1600, 26]), (rows[1600:, :26], rows[1600:, 26])


def test_a_recurrent_network_with_another_loss_goes_through_the_workflow():
    cost, (train, held) = nn.functional.smooth_l1_loss, weeks()
    problem = it.as_problem(Level(), cost, *train, batch_size=32, monitor=64)
    start = problem.theta0
    theirs = backward(Level(), cost, *problem.batch(0))
    np.testing.assert_array_equal(problem.grad(start, 0), theirs)
    net = Level()
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    theirs = trained(net, cost, optimizer, map(problem.batch, range(60)))
    ours = descend(problem, adam, 0.01, 60, keep="last").theta
    assert np.abs(ours - theirs).max() < 1e-4 * np.abs(theirs - start).max()
    L = float(sharpness(it.as_problem(Level(), cost, *(a[:200] for a in train)), start, tol=1e-3))
    assert 0.5 < L < 2  # the limit 2/L is about 2
    rates = np.float32([1e-4, 1e-3, 1e-2, 1e-1, 1])
    ends = problem.loss(descend(problem, adam, rates, 100, keep="last").theta, *held)
    assert ends.argmin() in (2, 3)  # inside the grid, far from the default
    assert ends.min() < 0.9 * float(problem.loss(start, *held))
    with pytest.raises(ValueError, match="values, not classes"):
        problem.accuracy(start, *held)


class Reader(nn.Module):
    """Attention over the words of a definition."""

    def __init__(self, words, seed=0):
        super().__init__()
        torch.manual_seed(seed)
        self.words, self.norm = nn.Embedding(words, 8), nn.LayerNorm(8)
        self.attention, self.out = nn.MultiheadAttention(8, 2, batch_first=True), nn.Linear(8, 8)

    def forward(self, x):
        z = self.words(x)
        seen = self.attention(z, z, z, need_weights=False)[0]
        return self.out(self.norm(z + seen).mean(1))


def test_attention_trains_and_its_curvature_needs_the_kernel_that_can():
    texts = glosses().fit
    X = np.full((400, 8), 4858)  # a word more: none
    for k in range(len(X)):
        words = texts.indices[texts.indptr[k] : texts.indptr[k + 1]][:8]
        X[k, : len(words)] = words
    cost, y = nn.CrossEntropyLoss(label_smoothing=0.1), np.array(texts.y[:400])
    problem = it.as_problem(Reader(4859), cost, X, y, batch_size=32)
    theirs = backward(Reader(4859), cost, *problem.batch(0))
    np.testing.assert_array_equal(problem.grad(problem.theta0, 0), theirs)
    with pytest.raises(NotImplementedError, match="forward AD"):
        sharpness(problem, problem.theta0)
    with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH):
        assert 0 < sharpness(problem, problem.theta0, tol=1e-2) < 100
    ends = descend(problem, adam, np.float32([1e-4, 1e-2]), 30, keep="last").loss[-1]
    assert ends[1] < ends[0]


# ---- what is stored ----------------------------------------------------------------------------


def test_stored_runs_are_those_of_the_lesson_s_cells():
    file = ROOT / "data" / "build" / "own_model_runs.py"
    spec = importlib.util.spec_from_file_location("build_own_model_runs", file)
    build = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(build)
    runs = own_model_runs()
    for k, name in enumerate(build.KERNELS):
        fit, theta = build.run(4, name, "constant", runs.rates[k, 3], "last")
        loss = float(fit.loss(theta, it.data.X_heldout, it.data.y_heldout))
        assert loss == pytest.approx(runs.heldout[4, k, 3, -1], rel=0.03)
