import numpy as np


def to_cnn(images):
    return np.expand_dims(images, -1).astype(np.float32) / np.float32(255)


def prepare(x_train, y_train, x_test, seed):
    rng = np.random.RandomState(seed)
    numbers = list(range(len(x_train)))
    rng.shuffle(numbers)
    return to_cnn(x_train)[numbers], np.array([y_train[n] for n in numbers]), to_cnn(x_test)


def example(x, y, seed):
    i = np.random.default_rng(seed).integers(len(x))
    return x[i], y[i]
