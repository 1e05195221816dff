import numpy as np
import torch

STEEP = 8.0


def _data(points):
    groups = [np.array([p for p in zip(*points[name], strict=True) if p[1] is not None]) for name in ("1", "2")]
    return np.concatenate(groups), np.repeat([-1.0, 1.0], [len(g) for g in groups])


def _line_separates(features, label):
    """A perceptron that corrects all its mistakes at once: it finds a line if there is one with some margin."""
    rows = np.c_[features, np.ones(len(features))]
    rows = label[:, None] * rows / np.maximum(np.abs(rows).max(0), 1e-9)
    weights = np.zeros(rows.shape[1])
    for _ in range(3000):
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
    """A real layer whose neurons are edges around the origin, or the edges of a band."""
    layer = torch.nn.Linear(2, hidden, dtype=torch.float64)
    around = [(1, 0), (-1, 0), (0, 1), (0, -1)]
    for directions, edge in ((around, 1.3), ([(1, 1), (-1, -1)], 1.0), ([(1, -1), (-1, 1)], 1.0), (around[:1], 0.0)):
        with torch.no_grad():
            layer.weight.zero_()
            layer.bias.zero_()
            for k, direction in enumerate(directions):
                layer.weight[k] = -STEEP * torch.tensor(direction, dtype=torch.float64)
                layer.bias[k] = STEEP * edge
            features = torch.tanh(layer(torch.tensor(x))).numpy()
        if _line_separates(features, label):
            return True
    return _line_separates(x, label)


KNOWN = {}


def able(points, hidden):
    key = repr(points), hidden
    if key not in KNOWN:
        x, label = _data(points)
        straight = _line_separates(x, label)  # a linear layer, or one monotone neuron, leaves the border straight
        found = {
            "no_hidden": straight,
            "linear_hidden": straight,
            "one_tanh": straight,
            "two_tanh": straight or _two_tanh_separate(x, label),
            "many_tanh": _many_tanh_separate(x, label, hidden),
            "squares": _line_separates(x**2, label),
            "product": _line_separates(x[:, :1] * x[:, 1:], label),
        }
        KNOWN[key] = [name for name, holds in found.items() if holds]
    return KNOWN[key]


def parameters(hidden):
    network = torch.nn.Sequential(torch.nn.Linear(2, hidden), torch.nn.Tanh(), torch.nn.Linear(hidden, 1))
    return sum(p.numel() for p in network.parameters())
