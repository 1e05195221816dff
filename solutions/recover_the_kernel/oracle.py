import numpy as np
import torch


def kernel(image, output):
    """Ten unknowns, one linear equation for each cell: what a real layer answers is linear in its weights and bias."""
    x = torch.tensor(image, dtype=torch.float64)[None, None]
    layer = torch.nn.Conv2d(1, 1, 3, padding=1, dtype=torch.float64)
    columns = []
    for unknown in np.eye(10):
        with torch.no_grad():
            layer.weight[0, 0] = torch.tensor(unknown[:9].reshape(3, 3))
            layer.bias[0] = unknown[9]
            columns.append(layer(x)[0, 0].flatten().numpy())
    solved, _, rank, _ = np.linalg.lstsq(np.array(columns).T, np.asarray(output).ravel().astype(float), rcond=None)
    assert rank == 10
    return [[round(float(cell), 6) for cell in row] for row in solved[:9].reshape(3, 3)]
