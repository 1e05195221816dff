import torch


def count(layer):
    return sum(p.numel() for p in layer.parameters())


def grouped(k, d, m, g):
    return count(torch.nn.Conv2d(d, m, kernel_size=k, groups=g, device="meta"))


def depthwise(k, d):
    return count(torch.nn.Conv2d(d, d, kernel_size=k, groups=d, device="meta"))


def reach(k, d, m, g):
    """The maps that change when the first channel of the input does."""
    layer = torch.nn.Conv2d(d, m, kernel_size=k, groups=g, bias=False)
    torch.nn.init.ones_(layer.weight)
    x = torch.zeros(1, d, k, k)
    x[:, 0] = 1
    with torch.no_grad():
        return int((layer(x) != 0).sum())
