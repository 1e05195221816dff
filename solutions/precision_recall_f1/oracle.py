import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy as np


def _measured(metric, counts):
    """A Keras metric over the images that the matrix counts, as one-hot true and predicted classes."""
    pairs = [(t, p) for t, row in enumerate(counts) for p, n in enumerate(row) for _ in range(n)]
    true, predicted = (np.eye(3, dtype="float32")[list(x)] for x in zip(*pairs, strict=True))
    metric.update_state(true, predicted)
    return metric.result().numpy(force=True)


def precision(counts):
    return float(_measured(keras.metrics.Precision(class_id=0), counts))


def recall(counts):
    return float(_measured(keras.metrics.Recall(class_id=0), counts))


def f1(counts):
    return float(_measured(keras.metrics.F1Score(average=None), counts)[0])


def macro_recall(counts):
    return float(np.mean([_measured(keras.metrics.Recall(class_id=k), counts) for k in range(3)]))
