from functools import cache

import numpy as np
import torch


def printed(formula):
    """A kernel read from its formula, its factor included."""
    cells = formula.split(r"\begin{pmatrix}")[1].split(r"\end{pmatrix}")[0]
    kernel = np.array([[float(cell) for cell in row.split("&")] for row in cells.split(r"\\")])
    return kernel / kernel.sum() if formula.startswith(r"\frac") else kernel


@cache
def made_of(scene, formula):
    """What a real layer makes of the rows of a scene, its border repeated."""
    kernel = printed(formula)
    pad = [kernel.shape[1] // 2] * 2 + [kernel.shape[0] // 2] * 2
    layer = torch.nn.Sequential(
        torch.nn.ReplicationPad2d(pad), torch.nn.Conv2d(1, 1, kernel.shape, bias=False, dtype=torch.float64)
    )
    with torch.no_grad():
        layer[1].weight[0, 0] = torch.tensor(kernel)
        made = layer(torch.tensor(scene, dtype=torch.float64)[None, None])[0, 0].numpy()
    if abs(kernel.sum()) > 1e-9:
        made = np.clip(made + (kernel.sum() < 0), 0, 1)
    return made


def likeness(image, scene, formula):
    """The correlation of a picture with what a kernel makes of the scene."""
    made = made_of(tuple(map(tuple, np.asarray(scene).tolist())), formula)
    return np.corrcoef(made.ravel(), np.asarray(image).ravel())[0, 1]


def which_kernel(result, scene, bank, candidates):
    return max(candidates, key=lambda name: likeness(result, scene, bank[name]))


def which_image(results, scene, kernel, pictures):
    return max(pictures, key=lambda name: likeness(results[name], scene, kernel))
