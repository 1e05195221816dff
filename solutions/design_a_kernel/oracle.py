import numpy as np
import torch


def through(kernel, image):
    kernel = torch.tensor(np.array(kernel), dtype=torch.float64)
    layer = torch.nn.Conv2d(1, 1, kernel.shape, padding="same", bias=False, dtype=torch.float64)
    with torch.no_grad():
        layer.weight[0, 0] = kernel
        return layer(torch.tensor(image, dtype=torch.float64)[None, None])[0, 0].numpy()


def solved(image, wanted, side):
    """The kernel whose layer gives ``wanted``, from the layer's answers to each coefficient alone."""
    inner = np.s_[2:-2, 2:-2]
    columns = [through(unit.reshape(side, side), image)[inner].ravel() for unit in np.eye(side * side)]
    found = np.linalg.lstsq(np.array(columns).T, wanted[inner].ravel(), rcond=None)[0]
    return found.reshape(side, side).round(6).tolist()


IMAGE = np.random.default_rng(1).random((12, 12))


def kernel(terms):
    wanted = np.zeros_like(IMAGE)
    for i in range(2, 10):
        for j in range(2, 10):
            wanted[i, j] = sum(c * IMAGE[i + a, j + b] for (a, b), c in terms)
    return solved(IMAGE, wanted, 3)


def shift_kernel(right, down):
    return solved(IMAGE, np.roll(IMAGE, (down, right), axis=(0, 1)), 5)


def uniform_area(terms):
    level = through(kernel(terms), np.ones((7, 7)))[3, 3]
    names = {0: "black", 1: "kept", 2: "doubled", 3: "tripled"}
    return names.get(round(level, 4) + 0, "negative" if level < 0 else "other")
