import numpy as np
import torch
from scipy.signal import convolve2d, correlate2d


def layer_output(image, kernel):
    layer = torch.nn.Conv2d(1, 1, 3, bias=False, dtype=torch.float64)
    with torch.no_grad():
        layer.weight[0, 0] = torch.tensor(kernel)
        found = layer(torch.tensor(image, dtype=torch.float64)[None, None])[0, 0]
    return [[int(cell) for cell in row] for row in found]


def convolution(image, kernel):
    return convolve2d(image, kernel, mode="valid").tolist()


def unrevealing(offered, bank):
    """On an image with nothing special about it."""
    image = np.random.default_rng(3).integers(-99, 99, size=(9, 9))
    return [n for n in offered if (convolve2d(image, bank[n]) == correlate2d(image, bank[n])).all()]
