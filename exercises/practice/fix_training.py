import numpy as np

from grader.author import Bug, bugged, grid, right_line, task, value

minutes = 30
difficulty = 4
tags = ("code", "bug hunt", "training", "torch")
needs = ("torch",)

SCRIPT = """import copy

import torch
from torch import nn


def new_model(weights, dropout):
    model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Dropout(dropout), nn.Linear(8, 3))
    nn.utils.vector_to_parameters(torch.tensor(weights, dtype=torch.float32), model.parameters())
    return model


def weights_of(model):
    return nn.utils.parameters_to_vector(model.parameters()).detach().numpy()


def tensors(x, y):
    return torch.tensor(x, dtype=torch.float32), torch.tensor(y, dtype=torch.int64)


def new_optimizer(model, lr):
    return torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr)


def train(net, optimizer, x, y, epochs):
    x, y = tensors(x, y)
    net.train()
    for _ in range(epochs):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(net(x), y)
        loss.backward()
        optimizer.step()


def accuracy(model, x, y):
    x, y = tensors(x, y)
    model.eval()
    with torch.no_grad():
        return (model(x).argmax(dim=1) == y).double().mean().item()


def fit(model, x_train, y_train, x_val, y_val, x_test, y_test, epochs, lr):
    optimizer = new_optimizer(model, lr)
    best, kept = 0.0, None
    for _ in range(epochs):
        train(model, optimizer, x_train, y_train, 1)
        score = accuracy(model, x_val, y_val)
        if kept is None or score > best:
            best, kept = score, copy.deepcopy(model.state_dict())
    model.load_state_dict(kept)
    return best, accuracy(model, x_test, y_test)


def transfer(model, x, y, epochs, lr):
    model[0].requires_grad_(False)
    optimizer = new_optimizer(model, lr)
    train(model, optimizer, x, y, epochs)
    head_trained = weights_of(model)
    model[0].requires_grad_(True)
    optimizer = new_optimizer(model, lr / 10)
    train(model, optimizer, x, y, epochs)
    return head_trained, weights_of(model)


model = new_model([0.1] * 67, dropout=0.5)"""
BUGS = {
    "no_zero_grad": Bug("", "        optimizer.zero_grad", "", number=14),
    "no_eval": Bug("", "    model.eval", "", number=15),
    "global_model": Bug("", "        loss = ", "        loss = nn.functional.cross_entropy(model(x), y)", number=16),
    "test_for_choosing": Bug("", "        score =", "        score = accuracy(model, x_test, y_test)", number=17),
    "worst_kept": Bug("", "        if kept", "        if kept is None or score < best:", number=18),
    "old_optimizer": Bug("", "    optimizer = new_optimizer(model, lr / 10)", "", number=19),
    "no_train_mode": Bug("", "    net.train()", ""),
    "not_frozen": Bug("", "    model[0].requires_grad_(False)", ""),
}

params = grid(bug=list(BUGS))


@value
def script(bug):
    return "\n".join(bugged(SCRIPT, BUGS[bug]))


@value
def right(bug):
    return right_line(SCRIPT, BUGS[bug]).strip()


NAMES = ("new_model", "weights_of", "new_optimizer", "train", "accuracy", "fit", "transfer")


@task(points=4, asks=NAMES, seconds=60)
def fixed():
    new_model = ...
    weights_of = ...
    new_optimizer = ...
    train = ...
    accuracy = ...
    fit = ...
    transfer = ...


@fixed.check
def everything_runs(new_model, weights_of, new_optimizer, train, accuracy, fit, transfer):
    start, x, y = np.full(67, 0.1), np.eye(4), np.array([0, 1, 2, 0])
    model = new_model(start, dropout=0.5)
    train(model, new_optimizer(model, 0.1), x, y, 1)
    assert 0 <= accuracy(model, x, y) <= 1
    assert len(fit(model, x, y, x, y, x, y, epochs=2, lr=0.1)) == 2
    assert [np.shape(weights) for weights in transfer(new_model(start, dropout=0.5), x, y, epochs=1, lr=0.1)] == [
        (67,)
    ] * 2
    assert np.shape(weights_of(model)) == (67,)


@fixed.hidden_check
def the_model_given_learns(new_model, weights_of, new_optimizer, train, accuracy, fit, transfer):
    start, x, y = problem(seed=1)
    model = new_model(start, dropout=0.0)
    train(model, new_optimizer(model, 0.3), x, y, 1)
    assert np.allclose(weights_of(model), descended(start, x, y, 1, 0.3), atol=1e-4)


@fixed.hidden_check
def gradients_do_not_pile_up(new_model, weights_of, new_optimizer, train, accuracy, fit, transfer):
    start, x, y = problem(seed=2)
    model = new_model(start, dropout=0.0)
    optimizer = new_optimizer(model, 0.3)
    train(model, optimizer, x[:20], y[:20], 3)
    train(model, optimizer, x[20:], y[20:], 2)
    right = descended(descended(start, x[:20], y[:20], 3, 0.3), x[20:], y[20:], 2, 0.3)
    assert np.allclose(weights_of(model), right, atol=1e-4)


@fixed.hidden_check
def dropout_is_off_when_evaluating(new_model, weights_of, new_optimizer, train, accuracy, fit, transfer):
    start, x, _ = problem(seed=3, count=400)
    y = np.random.default_rng(4).integers(0, 3, 400)
    model = new_model(start, dropout=0.5)
    for _ in range(3):
        assert abs(accuracy(model, x, y) - rate(start, x, y)) < 1e-6


@fixed.hidden_check
def dropout_is_on_when_training(new_model, weights_of, new_optimizer, train, accuracy, fit, transfer):
    start, x, y = problem(seed=5)
    model = new_model(start, dropout=0.5)
    accuracy(model, x, y)
    train(model, new_optimizer(model, 0.3), x, y, 1)
    assert not np.allclose(weights_of(model), descended(start, x, y, 1, 0.3), atol=1e-4)


@fixed.hidden_check
def the_test_set_chooses_nothing(new_model, weights_of, new_optimizer, train, accuracy, fit, transfer):
    start, x, y = problem(seed=6)
    known, kept = [], []
    for labels in (0 * y, 0 * y + 1, 0 * y + 2):
        model = new_model(start, dropout=0.0)
        known.append(fit(model, x, y, x, (y + 1) % 3, x, labels, epochs=8, lr=0.3)[0])
        kept.append(weights_of(model))
    assert known[0] == known[1] == known[2]
    assert np.allclose(kept, kept[0], atol=1e-6)


@fixed.hidden_check
def the_best_epoch_is_kept(new_model, weights_of, new_optimizer, train, accuracy, fit, transfer):
    start, x, y, x_val, y_val, path, best = turning()
    scores = [rate(weights, x_val, y_val) for weights in path]
    model = new_model(start, dropout=0.0)
    said, tested = fit(model, x, y, x_val, y_val, x_val, y_val, epochs=len(path), lr=0.3)
    assert abs(said - scores[best]) < 1e-6 and abs(tested - scores[best]) < 1e-6
    assert np.allclose(weights_of(model), path[best], atol=1e-3)


@fixed.hidden_check
def the_base_is_frozen(new_model, weights_of, new_optimizer, train, accuracy, fit, transfer):
    start, x, y = problem(seed=8)
    head, _ = transfer(new_model(start, dropout=0.0), x, y, epochs=3, lr=0.3)
    assert np.array_equal(np.float32(head[:BASE]), np.float32(start[:BASE]))  # to the bit
    assert np.allclose(head, descended(start, x, y, 3, 0.3, first=BASE), atol=1e-4)


@fixed.hidden_check
def the_base_is_fine_tuned(new_model, weights_of, new_optimizer, train, accuracy, fit, transfer):
    start, x, y = problem(seed=9)
    head, whole = (np.asarray(weights) for weights in transfer(new_model(start, dropout=0.0), x, y, epochs=3, lr=0.9))
    assert np.abs(whole[:BASE] - head[:BASE]).max() > 1e-4
    assert np.allclose(whole, descended(head, x, y, 3, 0.09), atol=1e-4)


@fixed.hidden_check(weight=27)
def whole_script(new_model, weights_of, new_optimizer, train, accuracy, fit, transfer):
    """An untouched script passes most checks: most of the points are here."""
    for check in (
        the_model_given_learns,
        gradients_do_not_pile_up,
        dropout_is_off_when_evaluating,
        dropout_is_on_when_training,
        the_test_set_chooses_nothing,
        the_best_epoch_is_kept,
        the_base_is_frozen,
        the_base_is_fine_tuned,
    ):
        check(new_model, weights_of, new_optimizer, train, accuracy, fit, transfer)


BASE = 40  # weights and biases of the first layer; those of the second follow


def problem(seed, count=40):
    """Weights of the network, images of four pixels and their classes."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(count, 4))
    return rng.normal(size=67) / 2, x, (x @ rng.normal(size=(4, 3))).argmax(axis=1)


def layers(weights, x):
    hidden = np.maximum(x @ weights[:32].reshape(8, 4).T + weights[32:40], 0)
    return hidden, hidden @ weights[40:64].reshape(3, 8).T + weights[64:]


def rate(weights, x, y):
    return float(np.mean(layers(weights, x)[1].argmax(axis=1) == y))


def gradient(weights, x, y):
    """Of the mean cross-entropy, by hand."""
    hidden, logits = layers(weights, x)
    shares = np.exp(logits - logits.max(axis=1, keepdims=True))
    error = (shares / shares.sum(axis=1, keepdims=True) - np.eye(3)[y]) / len(x)
    back = (error @ weights[40:64].reshape(3, 8)) * (hidden > 0)
    return np.concatenate([(back.T @ x).ravel(), back.sum(axis=0), (error.T @ hidden).ravel(), error.sum(axis=0)])


def descended(weights, x, y, epochs, lr, first=0):
    """After some epochs of gradient descent on the weights from ``first`` on."""
    weights = np.array(weights, dtype=float)
    for _ in range(epochs):
        weights[first:] -= lr * gradient(weights, x, y)[first:]
    return weights


def turning():
    """A training whose validation accuracy has one best epoch, neither the first nor the last."""
    for seed in range(200):
        start, x, y = problem(seed + 100)
        _, x_val, _ = problem(seed + 400, count=60)
        path = [descended(start, x, y, epochs, 0.3) for epochs in range(1, 10)]
        y_val = layers(path[4], x_val)[1].argmax(axis=1)  # what the network thinks half way
        margins = [np.ptp(np.sort(layers(weights, x_val)[1], axis=1)[:, 1:], axis=1).min() for weights in path]
        if np.argsort([rate(weights, x_val, y_val) for weights in path])[-1] == 4 and min(margins) > 1e-3:
            return start, x, y, x_val, y_val, path, 4
    raise AssertionError("no such training among these seeds")
