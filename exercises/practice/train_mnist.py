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
    assert scores.max() > 0.3  # a softmax of probabilities is never above e / (e + 9) = 0.23
    assert bends(model)
    return Measure(float(np.mean(scores.argmax(axis=1) == digits)), gate=GATE, full=FULL)


def bends(model):
    """Whether something in the network is neither affine nor a maximum: an activation.

    Without one, black, a spot and the spot twice as bright lie on a line; so do a spot on black, on dark grey and on
    grey, less what the grounds alone give. A ReLU bends both; without any bias, the second only.
    """
    spot = np.zeros((16, 28, 28, 1))
    spot[:, 11:17, 11:17] = np.random.default_rng(0).random((16, 6, 6, 1)) / 2  # far from the edges, where maxima bend
    ground = np.repeat([0, 0.25, 0.5], 16).reshape(3, 16, 1, 1, 1) + np.zeros_like(spot)
    images = np.concatenate([*ground, *(ground + spot), 2 * spot]).astype("float32")
    with np.errstate(all="ignore"):  # what is no probability gives NaN, which no one is refused for
        logits = np.log(np.asarray(model.predict(images, verbose=0), dtype=float))
        logits = (logits - logits.mean(axis=1, keepdims=True)).reshape(7, 16, -1)
        black, dark, grey, on_black, on_dark, on_grey, double = logits
        scaled = np.abs(double - 2 * on_black + black).max() / np.abs(double - black).max()
        moved = (on_grey - 2 * on_dark + on_black) - (grey - 2 * dark + black)
        shifted = np.abs(moved).max() / np.abs(on_grey - black).max()
    return not (scaled < 1e-3 and shifted < 1e-3)
