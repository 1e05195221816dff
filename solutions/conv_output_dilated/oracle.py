import torch


def extent(k, d):
    """How far apart the pixels that one output value depends on lie."""
    image = torch.zeros(1, 1, 60, 60, requires_grad=True)
    layer = torch.nn.Conv2d(1, 1, kernel_size=k, dilation=d)
    torch.nn.init.ones_(layer.weight)
    layer(image)[0, 0, 0, 0].backward()
    columns = image.grad[0, 0].any(dim=0).nonzero()
    return int(columns.max() - columns.min()) + 1


def size(n, k, d, p, s, filters):
    layer = torch.nn.Conv2d(3, filters, kernel_size=k, stride=s, padding=p, dilation=d, device="meta")
    return layer(torch.zeros(1, 3, n, n, device="meta")).shape[-1]
