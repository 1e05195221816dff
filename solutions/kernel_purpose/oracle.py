import numpy as np
import torch


def convolved(image, kernel):
    """Through a real layer, the image continued by its border pixels."""
    kernel = torch.tensor(kernel / (kernel.sum() if len(kernel) == 5 else 1), dtype=torch.float64)
    layer = torch.nn.Conv2d(
        1, 1, len(kernel), padding=len(kernel) // 2, padding_mode="replicate", bias=False, dtype=torch.float64
    )
    with torch.no_grad():
        layer.weight[0, 0] = kernel
        return layer(torch.tensor(image, dtype=torch.float64)[None, None])[0, 0].numpy()


def purpose(kernel):
    """Named after what the kernel does to simple images."""
    half = np.arange(20) >= 10
    columns, rows = np.tile(half, (20, 1)).astype(float), np.tile(half[:, None], (1, 20)).astype(float)
    across, down = (np.abs(convolved(edge, kernel)) for edge in (columns, rows))
    dot = np.zeros((9, 9))
    dot[4, 4] = 1
    spread = convolved(dot, kernel)
    if abs(convolved(np.ones((9, 9)), kernel)).max() < 1e-9:
        seen = {(True, False): "vertical", (False, True): "horizontal", (True, True): "all_edges"}
        return seen[bool(across.max() > 1e-9), bool(down.max() > 1e-9)]
    if np.count_nonzero(spread) == 1:
        return "shift" if spread[4, 4] == 0 else "nothing"
    return "sharpen" if across.max() > 1 + 1e-9 else "blur"


def images(scene, results, formulas):
    """The picture closest to what a real layer makes of the scene with each kernel, as printed."""
    found = {}
    for row, formula in zip(("first", "second", "third"), formulas[1:], strict=True):
        made = np.abs(convolved(scene, printed(formula))).clip(0, 1)
        found[row] = min(results, key=lambda name: np.abs(results[name] - made).max())
    return found


def printed(formula):
    cells = formula.split(r"\begin{pmatrix}")[1].split(r"\end{pmatrix}")[0]
    return np.array([[int(cell) for cell in row.split("&")] for row in cells.split(r"\\")])
