from functools import cache

import torch
from torch import nn


@cache
def model(side, channels, k, widths, skips=True):
    """The convolutions of the network, each as deep as the maps that reach it; on "meta", nothing is computed."""
    one, two, bottom = widths
    made = {}

    def conv(name, maps, filters, size=k):
        made[name] = nn.Conv2d(maps.shape[1], filters, size, padding="same", device="meta")
        return made[name](maps)

    def join(up, down):
        return torch.cat([up, down], dim=1) if skips else up

    down, up = nn.MaxPool2d(2), nn.Upsample(scale_factor=2)
    first = conv("down_1", torch.empty(1, channels, side, side, device="meta"), one)
    second = conv("down_2", down(first), two)
    y = conv("bottom", down(second), bottom)
    y = conv("up_2", join(up(y), second), two)
    y = conv("up_1", join(up(y), first), one)
    conv("final", y, channels, 1)
    return made


def counted(made):
    return {name: sum(p.numel() for p in layer.parameters()) for name, layer in made.items()}


def parameters(side, channels, k, widths):
    rows = counted(model(side, channels, k, widths))
    return {**rows, "total": sum(rows.values())}


def skip_cost(side, channels, k, widths):
    with_skips, without = (counted(model(side, channels, k, widths, skips)) for skips in (True, False))
    return sum(with_skips.values()) - sum(without.values())


def joining():
    maps = torch.empty(1, 3, 8, 8, device="meta"), torch.empty(1, 5, 8, 8, device="meta")
    shape = tuple(torch.cat(maps, dim=1).shape)
    return {(1, 8, 8, 8): "concatenated", (1, 3, 16, 8): "longer"}[shape]
