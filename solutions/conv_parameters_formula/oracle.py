import torch


def layer(m, n, d, k, use_bias):
    return torch.nn.Conv2d(d, k, (m, n), bias=use_bias, device="meta")


def count(m, n, d, k, use_bias):
    return sum(p.numel() for p in layer(m, n, d, k, use_bias).parameters())


def number(m, n, d, k, use_bias):
    return count(m, n, d, k, use_bias)


def untouched(m, n, d, k, use_bias):
    """The image is not even an argument of the layer; each of the others changes the count."""
    before = count(m, n, d, k, use_bias)
    sizes = {"in_height": (2 * m, n, d, k), "in_width": (m, 2 * n, d, k), "in_depth": (m, n, 2 * d, k)}
    sizes["in_filters"] = (m, n, d, 2 * k)
    same = [name for name, doubled in sizes.items() if count(*doubled, use_bias) == before]
    tall = layer(m, n, d, k, use_bias)(torch.zeros(1, d, 128, 64, device="meta"))
    return same[0] if same or tall.ndim != 4 else "in_positions"
