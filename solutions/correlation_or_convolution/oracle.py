import numpy as np
import torch


def layer_output(image, kernel):
    layer = torch.nn.Conv2d(1, 1, 3, bias=False, dtype=torch.float64)
    with torch.no_grad():
        layer.weight[0, 0] = torch.tensor(np.array(kernel))
        found = layer(torch.tensor(image, dtype=torch.float64)[None, None])[0, 0]
    return [[int(cell) for cell in row] for row in found]


def convolution(image, kernel):
    """A transposed layer stamps the kernel at every pixel: the convolution of mathematicians, its border cut off."""
    layer = torch.nn.ConvTranspose2d(1, 1, 3, padding=2, bias=False, dtype=torch.float64)
    with torch.no_grad():
        layer.weight[0, 0] = torch.tensor(np.array(kernel))
        found = layer(torch.tensor(image, dtype=torch.float64)[None, None])[0, 0]
    return [[int(cell) for cell in row] for row in found]


def unrevealing(offered, bank):
    """On an image with nothing special about it."""
    image = np.random.default_rng(3).integers(-99, 99, size=(9, 9))
    return [name for name in offered if convolution(image, bank[name]) == layer_output(image, bank[name])]
