import numpy as np


def conv2d(x, w, b, stride=1, padding=0):
    n, h, width, c_in = x.shape
    k_h, k_w, _, c_out = w.shape
    canvas = np.zeros((n, h + 2 * padding, width + 2 * padding, c_in), dtype=np.float32)
    canvas[:, padding : padding + h, padding : padding + width] = x
    rows = range(0, canvas.shape[1] - k_h + 1, stride)
    columns = range(0, canvas.shape[2] - k_w + 1, stride)
    patches = [canvas[:, i : i + k_h, j : j + k_w].reshape(n, -1) for i in rows for j in columns]
    y = np.stack(patches, axis=1) @ w.reshape(-1, c_out) + b
    return y.reshape(n, len(rows), len(columns), c_out)
