import numpy as np


def pairs(images, captions):
    inputs = np.concatenate(images[:, 1:])
    targets = np.concatenate(images[:, :-1])
    return inputs, np.repeat(captions, images.shape[1] - 1).tolist(), targets
