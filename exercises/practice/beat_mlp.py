import numpy as np

from grader.author import Measure, grid, task, value
from grader.datasets import facts, hidden
from grader.networks import give, weights

minutes = 40
difficulty = 4
tags = ("cnn", "training", "augmentation", "mnist")
needs = ("torch", "keras", "mnist")

params = grid(budget=[62_000])  # one variant: the thresholds were measured on this one task
GATE, FULL = 0.955, 0.957  # docs/thresholds.md


@value
def train():
    return facts("mnist").train


@value
def unseen():
    return facts("mnist").hidden


@value
def gate():
    return 100 * GATE


@value
def full():
    return 100 * FULL


@task(points=5, asks=("model", "predict"), seconds=240, memory_mib=4096)
def small_network():
    import keras

    (x_train, y_train), (x_val, y_val) = keras.datasets.mnist.load_data()

    model = ...

    def predict(images):
        return model.predict(images, verbose=0)


@small_network.check
def ten_scores_for_each_image(predict):
    for n in (1, 3):
        images = np.linspace(0, 1, n * 28 * 28, dtype="float32").reshape(n, 28, 28, 1)
        scores = np.asarray(predict(images))
        assert scores.shape == (n, 10)
        assert np.isfinite(scores).all()


@small_network.check
def keeps_to_the_budget(model, predict, budget):
    predict(
        np.zeros((1, 28, 28, 1), dtype="float32")
    )  # some layers only have their weights once they have seen an image
    arrays = model.get_weights() if hasattr(model, "get_weights") else model.state_dict().values()
    assert 0 < sum(np.asarray(array).size for array in arrays) <= budget


@small_network.hidden_check(weight=4)
def beats_the_perceptron(model, predict, budget):
    images, digits = hidden("mnist")
    images = images[..., None].astype("float32") / 255
    shares = []
    for moved in five_places(images):
        scores = np.asarray(predict(moved))
        assert scores.shape == (len(digits), 10) and np.isfinite(scores).all()
        shares.append(np.mean(scores.argmax(axis=1) == digits))
    kept = weights(model)
    assert 0 < sum(array.size for array in kept) <= budget
    give(model, [np.zeros_like(array) for array in kept])
    blind = np.asarray(predict(images[:100]))
    give(model, kept)
    assert np.ptp(blind, axis=0).max() < 1e-5  # what predicts is this model, and nothing else
    return Measure(float(np.mean(shares)), gate=GATE, full=FULL)


def five_places(images):
    """The images as they are, then moved by 2 pixels down, up, right and left, black entering."""
    padded = np.pad(images, ((0, 0), (2, 2), (2, 2), (0, 0)))
    return [padded[:, i : i + 28, j : j + 28] for i, j in ((2, 2), (0, 2), (4, 2), (2, 0), (2, 4))]
