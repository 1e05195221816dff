import re

import torch

SMALL = 1000  # measured on a small network, then scaled


def measured(optimizer, trainable):
    """The bytes of weights, gradients and optimizer after a step, for SMALL weights of which some are trainable."""
    weights = [torch.nn.Parameter(torch.ones(trainable)), torch.nn.Parameter(torch.ones(SMALL - trainable))]
    weights[1].requires_grad_(False)
    name, arguments = re.fullmatch(r"(\w+)\((.+)\)", optimizer).groups()
    options = {key: float(number) for key, number in (pair.split("=") for pair in arguments.split(", "))}
    chosen = getattr(torch.optim, name)(weights[:1], **options)
    sum((w * w).sum() for w in weights).backward()
    chosen.step()
    tensors = [*weights, *(w.grad for w in weights if w.grad is not None)]
    remembered = [t for state in chosen.state.values() for t in state.values() if torch.is_tensor(t) and t.numel() > 1]
    return sum(t.numel() * t.element_size() for t in [*tensors, *remembered])


def everything(parameters, optimizer):
    return measured(optimizer, SMALL) * parameters / SMALL / 1e6


def frozen(parameters, optimizer, share):
    return measured(optimizer, SMALL * share // 100) * parameters / SMALL / 1e6
