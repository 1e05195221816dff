import torch


def run(side, channels, k, s, filters):
    layer = torch.nn.Conv2d(channels, filters, k, stride=s, dtype=torch.float64)
    return layer, layer(torch.zeros(1, channels, side, side, dtype=torch.float64))


def neurons(side, channels, k, s, filters):
    return run(side, channels, k, s, filters)[1].numel()


def parameters(side, channels, k, s, filters):
    return sum(p.numel() for p in run(side, channels, k, s, filters)[0].parameters())


def connections(side, channels, k, s, filters):
    """With weights of 1, each output counts the inputs of 1 it is connected to."""
    layer = torch.nn.Conv2d(channels, filters, k, stride=s, bias=False, dtype=torch.float64)
    torch.nn.init.ones_(layer.weight)
    with torch.no_grad():
        return int(layer(torch.ones(1, channels, side, side, dtype=torch.float64)).sum())
