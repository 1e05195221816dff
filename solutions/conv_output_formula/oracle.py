import torch


def width(I, K, P, S):
    layer = torch.nn.Conv1d(1, 1, kernel_size=K, stride=S, padding=P)
    with torch.no_grad():
        return layer(torch.zeros(1, 1, I)).shape[-1]


def activations(O, axes, channels, filters):
    # A kernel of size 1 keeps the size, so the output has size O along each axis.
    kind = {1: torch.nn.Conv1d, 2: torch.nn.Conv2d, 3: torch.nn.Conv3d}[axes]
    layer = kind(channels, filters, kernel_size=1, device="meta")
    return layer(torch.zeros(1, channels, *[O] * axes, device="meta")).numel()
