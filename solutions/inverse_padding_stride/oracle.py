from functools import cache

import torch


@cache
def width_after(n, k, s, p):
    layer = torch.nn.Conv2d(1, 1, kernel_size=k, stride=s, padding=p, device="meta")
    return layer(torch.zeros(1, 1, n, n, device="meta")).shape[-1]


def paddings(n, k, s, width):
    return tuple(p for p in range(7) if width_after(n, k, s, p) == width)


def fitting(offered, side, target):
    return tuple(place for place, (k, s) in offered.items() if width_after(side, k, s, 1) == target)
