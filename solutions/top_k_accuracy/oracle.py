import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy as np


def top_k(percents, truth, k):
    metric = keras.metrics.SparseTopKCategoricalAccuracy(k=k)
    metric.update_state(np.array(truth), np.array(percents, dtype="float32") / 100)
    return float(metric.result())
