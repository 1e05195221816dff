import torch

# no oracle for consequence: a fact, not a computation


def left(T, first, last):
    """What is left of the variance of an image, walked through the chain one step at a time."""
    share = 1.0
    for beta in torch.linspace(first, last, T, dtype=torch.float64).tolist():
        share -= beta * share
    return share


def rescaled(T, last):
    """As many betas in T steps as in a thousand, spread evenly."""
    return float(torch.full((1000,), last, dtype=torch.float64).sum() / T)
