import torch


def count(layer):
    return sum(p.numel() for p in layer.parameters())


def series(k, sensors, filters):
    return count(torch.nn.Conv1d(sensors, filters, kernel_size=k))


def video(kernel, filters):
    return count(torch.nn.Conv3d(3, filters, kernel_size=kernel))
