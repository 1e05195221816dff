import numpy as np
import torch


def uniform(kernel, level, bias=0):
    """What a real layer makes of an image of one grey level, in its middle."""
    layer = torch.nn.Conv2d(1, 1, np.shape(kernel), dtype=torch.float64)
    with torch.no_grad():
        layer.weight[0, 0] = torch.tensor(np.array(kernel, dtype=float))
        layer.bias[0] = bias
        return float(layer(torch.full((1, 1, 7, 7), float(level), dtype=torch.float64))[0, 0, 2, 2])


def response(kernel, grey, bias):
    return uniform(kernel, grey, bias)


def centre(around):
    """The output is linear in the unknown: its value for two centres says where it is what is wanted."""
    none, one = (uniform(np.array([*around[:4], c, *around[4:]]).reshape(3, 3), 7) for c in (0, 1))
    return {row: round((wanted - none) / (one - none)) for row, wanted in (("edges", 0), ("brightness", 7))}


def divided():
    blur = np.outer([1, 2, 1], [1, 2, 1]) / 16
    level = uniform(blur, 40)
    return "one" if abs(level - 40) < 1e-9 else "zero"
