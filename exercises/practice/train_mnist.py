import numpy as np

from grader.author import Measure, grid, task, value
from grader.datasets import facts, hidden

minutes = 30
difficulty = 3
tags = ("cnn", "training", "mnist")
needs = ("torch", "keras", "mnist")

params = grid(classes=[10])  # one variant: the thresholds were measured on this one task
GATE, FULL = 0.912, 0.921  # docs/thresholds.md


@value
def train():
    return facts("mnist").train


@value
def validation():
    return facts("mnist").validation


@value
def unseen():
    return facts("mnist").hidden


@value
def gate():
    return 100 * GATE


@value
def full():
    return 100 * FULL


@task(points=4, asks=("model",), seconds=180, memory_mib=4096)
def training():
    import keras

    (x_train, y_train), (x_val, y_val) = keras.datasets.mnist.load_data()

    model = ...


@training.check
def gives_ten_probabilities(model):
    black = np.zeros((2, 28, 28, 1), dtype="float32")
    probabilities = np.asarray(model.predict(black, verbose=0))
    assert probabilities.shape == (2, 10)
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-3)


@training.hidden_check(weight=3)
def recognises_unseen_digits(model):
    images, digits = hidden("mnist")
    scores = np.asarray(model.predict(images[..., None].astype("float32") / 255, verbose=0))
    assert scores.shape == (len(digits), 10) and np.isfinite(scores).all()
    return Measure(float(np.mean(scores.argmax(axis=1) == digits)), gate=GATE, full=FULL)
