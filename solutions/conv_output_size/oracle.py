import torch


def size(n, k, s, p, filters):
    layer = torch.nn.Conv2d(3, filters, kernel_size=k, stride=s, padding=p)
    with torch.no_grad():
        return layer(torch.zeros(1, 3, n, n)).shape[-1]
