import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy as np


def _images(counts):
    """One true and one predicted class for each image."""
    pairs = [(t, p) for t, row in enumerate(counts) for p, n in enumerate(row) for _ in range(n)]
    return (np.array(x) for x in zip(*pairs, strict=True))


def mistaken(counts):
    true, predicted = _images(counts)
    return int(((true == 0) & (predicted == 1)).sum())


def accuracy(counts):
    true, predicted = _images(counts)
    metric = keras.metrics.SparseCategoricalAccuracy()
    metric.update_state(true, np.eye(3)[predicted])
    return float(metric.result())


def recognised(counts):
    true, predicted = _images(counts)
    metric = keras.metrics.Recall(class_id=0)
    metric.update_state(np.eye(3)[true], np.eye(3)[predicted])
    return float(metric.result())
