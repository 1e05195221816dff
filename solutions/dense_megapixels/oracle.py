import torch


def layer(mpx, channels, units, use_bias):
    photo = torch.zeros(1, channels, mpx * 1000, 1000, device="meta")  # sizes without memory
    return torch.nn.Linear(photo.flatten(1).shape[1], units, bias=use_bias, device="meta", dtype=torch.float32)


def parameters(mpx, channels, units, use_bias):
    return sum(p.numel() for p in layer(mpx, channels, units, use_bias).parameters())


def gigabytes(mpx, channels, units, use_bias):
    return sum(p.numel() * p.element_size() for p in layer(mpx, channels, units, use_bias).parameters()) / 1e9
