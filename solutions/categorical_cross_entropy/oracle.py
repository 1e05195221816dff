import torch


def loss(truth, predicted):
    logits = torch.tensor(predicted, dtype=torch.float64).log()  # softmax undoes this logarithm: rows sum to 1
    return torch.nn.CrossEntropyLoss()(logits, torch.tensor(truth)).item()


def untrained(classes):
    return torch.nn.CrossEntropyLoss()(torch.zeros(1, classes, dtype=torch.float64), torch.tensor([0])).item()


def typical(reached):
    """The probability at which the layer's own loss is the one reached, by bisection."""
    low, high = 1e-6, 1.0
    for _ in range(60):
        p = (low + high) / 2
        found = loss([0], [[p, 1 - p]])
        low, high = (p, high) if found > reached else (low, p)
    return p
