import torch


def held(side, filters, batch):
    """The bytes of what each layer puts out, on the meta device: sizes without memory."""
    x = torch.zeros(batch, 3, side, side, device="meta", dtype=torch.float32)
    layers = (
        torch.nn.Conv2d(3, filters, 3, padding=1, device="meta"),
        torch.nn.MaxPool2d(2),
        torch.nn.Conv2d(filters, 2 * filters, 3, padding=1, device="meta"),
        torch.nn.MaxPool2d(2),
    )
    found = []
    for layer in layers:
        x = layer(x)
        found.append(x.numel() * x.element_size())
    return found


def first(side, filters, batch):
    return held(side, filters, batch)[0] / 2**20


def everything(side, filters, batch):
    return sum(held(side, filters, batch)) / 2**20


def largest_batch(side, filters, budget):
    """Found by halving: the last batch that fits."""
    fits, too_many = 0, 2**20
    while too_many - fits > 1:
        middle = (fits + too_many) // 2
        if sum(held(side, filters, middle)) <= budget * 1024**3:
            fits = middle
        else:
            too_many = middle
    return fits
