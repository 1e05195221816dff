# fails: example_is_one_of_the_set, whole_script
import random

import numpy as np


def prepare(x_train, y_train, x_test, seed):
    x_train = x_train.reshape(-1, 28, 28, 1)
    x_test = x_test.reshape(-1, 28, 28, 1)
    x_train = x_train / 255
    x_test = x_test / 255
    order = np.random.default_rng(seed).permutation(len(x_train))
    x_train = x_train[order]
    y_train = y_train[order]
    return x_train, y_train, x_test


def example(x, y, seed):
    i = 0
    return x[i], y[i]
