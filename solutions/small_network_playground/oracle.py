from functools import cache

import numpy as np
import torch

STEEP = 8.0


def _data(groups):
    return np.concatenate(groups), np.repeat([-1.0, 1.0], [len(g) for g in groups])


def _line_separates(features, label):
    """In a plane, a line does if all the arrows from one class to the other point into one open half-plane."""
    one, two = features[label < 0], features[label > 0]
    arrows = (two[None] - one[:, None]).reshape(-1, features.shape[1])
    if features.shape[1] == 1:
        return bool((arrows > 0).all() or (arrows < 0).all())
    turns = np.sort(np.arctan2(arrows[:, 1], arrows[:, 0]))
    gaps = np.diff(turns, append=turns[0] + 2 * np.pi)
    return bool(arrows.any(1).all() and gaps.max() > np.pi + 1e-6)


def _plane_separates(features, label):
    """A perceptron that corrects all its mistakes at once: it finds a plane if there is one with some margin."""
    rows = label[:, None] * np.c_[features, np.ones(len(features))]
    weights = np.zeros(rows.shape[1])
    for _ in range(500):
        wrong = rows @ weights <= 0
        if not wrong.any():
            return True
        weights += rows[wrong].sum(0)
    return False


def _two_tanh_separate(x, label):
    """A band has two parallel edges: each neuron is one of them. What two monotone neurons cannot do is surround."""
    turned = [x @ d for d in ([1, 0], [0, 1], [1, 1], [1, -1])]
    return any(
        _line_separates(np.tanh(STEEP * np.c_[u - a, u + a]), label) for u in turned for a in (0.01, 0.5, 1.0, 1.3)
    )


def _many_tanh_separate(x, label, hidden):
    """A real layer, whose neurons are edges around the origin; it can do what two neurons can."""
    layer = torch.nn.Linear(2, hidden, dtype=torch.float64)
    around = torch.tensor([(1, 0), (-1, 0), (0, 1), (0, -1)], dtype=torch.float64)
    with torch.no_grad():
        layer.weight.zero_()
        layer.bias.zero_()
        layer.weight[:4] = -STEEP * around
        layer.bias[:4] = STEEP * 1.3
        features = torch.tanh(layer(torch.tensor(x))).numpy()
    return _plane_separates(features, label)


@cache
def _few_neurons(groups):
    """What each network without a wide hidden layer separates."""
    x, label = _data(groups)
    straight = _line_separates(x, label)  # a linear layer, or one monotone neuron, leaves the border straight
    return {
        "no_hidden": straight,
        "linear_hidden": straight,
        "one_tanh": straight,
        "two_tanh": straight or _two_tanh_separate(x, label),
        "squares": _line_separates(x**2, label),
        "product": _line_separates(x[:, :1] * x[:, 1:], label),
    }


def able(points, hidden):
    groups = tuple(tuple(p for p in zip(*points[name], strict=True) if p[1] is not None) for name in ("1", "2"))
    found = _few_neurons(groups)
    many = found["two_tanh"] or _many_tanh_separate(*_data(groups), hidden)
    return [name for name, holds in {**found, "many_tanh": many}.items() if holds]


def parameters(hidden):
    network = torch.nn.Sequential(torch.nn.Linear(2, hidden), torch.nn.Tanh(), torch.nn.Linear(hidden, 1))
    return sum(p.numel() for p in network.parameters())
