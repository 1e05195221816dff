# fails: tiny_example, adds_one_bias_per_filter, holds_together
import numpy as np


def conv2d(x, w, b, stride=1, padding=0):
    x = np.pad(x, [(0, 0), (padding, padding), (padding, padding), (0, 0)])
    k_h, k_w, _, c_out = w.shape
    h_out = (x.shape[1] - k_h) // stride + 1
    w_out = (x.shape[2] - k_w) // stride + 1
    y = np.zeros((len(x), h_out, w_out, c_out))
    for i in range(h_out):
        for j in range(w_out):
            window = x[:, i * stride : i * stride + k_h, j * stride : j * stride + k_w]
            y[:, i, j] = np.tensordot(window, w, axes=3)
    return y
