from functools import cache

import numpy as np
import torch
from keras import layers, ops


def through_keras(signal, kernel, stride):
    layer = layers.Conv1D(1, len(kernel), strides=stride, padding="same", use_bias=False)
    layer.build((1, len(signal), 1))
    layer.set_weights([np.array(kernel, "float32")[:, None, None]])
    return layer(np.array(signal, "float32")[None, :, None]).numpy(force=True)[0, :, 0]


def through_pytorch(signal, kernel, stride):
    layer = torch.nn.Conv1d(1, 1, len(kernel), stride=stride, padding=len(kernel) // 2, bias=False)
    with torch.no_grad():
        layer.weight[0, 0] = torch.tensor(kernel, dtype=torch.float32)
        return layer(torch.tensor(signal, dtype=torch.float32)[None, None])[0, 0].numpy()


def keras_values(signal, kernel, stride):
    return [[round(float(x)) for x in through_keras(signal, kernel, stride)]]


def torch_values(signal, kernel, stride):
    return [[round(float(x)) for x in through_pytorch(signal, kernel, stride)]]


def agreement(cases):
    return {row: compared(*case) for row, case in cases.items()}


@cache
def compared(n, k, s):
    rng = np.random.default_rng([n, k, s])
    signal, kernel = rng.normal(size=n), rng.normal(size=k)
    one, other = through_keras(signal, kernel, s), through_pytorch(signal, kernel, s)
    if len(one) != len(other):
        return "different"
    return "identical" if np.allclose(one, other, atol=1e-5) else "same_size"
