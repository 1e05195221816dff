import numpy as np


def conv_output_size(n, k, s=1, p=0):
    return np.floor((n - k + 2 * p) / s + 1)
