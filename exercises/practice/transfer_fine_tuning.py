import numpy as np

from grader.author import Measure, grid, task, value
from grader.datasets import facts, hidden, signs_few
from grader.networks import give, weights

minutes = 35
difficulty = 5
tags = ("code", "cnn", "transfer", "training")
needs = ("torch", "keras", "signs_few")

params = grid(classes=[8])  # one variant: the thresholds were measured on this one task
GATE, FULL = 0.6, 0.65  # docs/thresholds.md
FARTHEST = 0.5  # of a kernel's norm: fine-tuning at 1e-4 moves it by less than a fifth


@value
def train():
    return facts("signs_few").train


@value
def unseen():
    return facts("signs_few").hidden


@value
def gate():
    return 100 * GATE


@value
def full():
    return 100 * FULL


@task(points=5, asks=("base", "predict"), seconds=180, memory_mib=4096)
def fine_tuning():
    import keras
    import numpy as np
    from keras import layers

    data = np.load("signs_few.npz")
    x_train, y_train = data["x_train"].astype("float32") / 255, data["y_train"]
    x_val, y_val = data["x_val"].astype("float32") / 255, data["y_val"]

    base = keras.Sequential([layers.Input((24, 24, 3))])
    for filters in (16, 32, 48):
        base.add(layers.Conv2D(filters, 3, padding="same"))
        base.add(layers.BatchNormalization())
        base.add(layers.ReLU())
        base.add(layers.MaxPooling2D())
    base.add(layers.Flatten())
    base.set_weights([data[name] for name in data if name.startswith(("conv", "norm"))])
    base.trainable = False

    model = ...

    def predict(images):
        return model.predict(images, verbose=0)


@fine_tuning.check
def eight_probabilities_for_each_image(predict):
    for n in (1, 3):
        images = np.linspace(0, 1, n * 24 * 24 * 3, dtype="float32").reshape(n, 24, 24, 3)
        probabilities = np.asarray(predict(images))
        assert probabilities.shape == (n, 8)
        assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-3)


@fine_tuning.hidden_check
def convolutions_have_learnt(base):
    assert all(np.abs(new - old).max() > 0 for new, old in kernels(base))


@fine_tuning.hidden_check
def convolutions_stay_close(base):
    moved = [np.linalg.norm(new - old) / np.linalg.norm(old) for new, old in kernels(base)]
    assert max(moved) > 0
    assert max(moved) < FARTHEST


@fine_tuning.hidden_check(weight=2)
def statistics_stay(base, predict):
    assert len(set(np.asarray(predict(some(200))).argmax(axis=1))) >= 4  # it is the base of something
    found = {np.ascontiguousarray(array, dtype=np.float32).tobytes() for array in weights(base)}
    kept = [array for name, array in signs_few.base().items() if name.endswith(("_mean", "_variance"))]
    assert all(array.astype(np.float32).tobytes() in found for array in kept)


@fine_tuning.hidden_check
def the_answer_comes_from_the_base(base, predict):
    images = some(40)
    before = np.asarray(predict(images))
    kept = weights(base)
    give(base, [np.zeros_like(array) for array in kept])
    blind = np.asarray(predict(images))
    give(base, kept)
    assert np.ptp(blind, axis=0).max() < 1e-5
    assert np.abs(before - blind).max() > 1e-3


@fine_tuning.hidden_check(weight=4)
def recognises_new_signs(predict):
    images, signs = hidden("signs_few")
    scores = np.asarray(predict(images.astype("float32") / 255))
    assert scores.shape == (len(signs), 8) and np.isfinite(scores).all()
    return Measure(float(np.mean(scores.argmax(axis=1) == signs)), gate=GATE, full=FULL)


def some(n):
    return hidden("signs_few")[0][:n].astype("float32") / 255


def kernels(base):
    """Each convolution's kernels as they are, and as they were."""
    found = {array.shape: array for array in weights(base)}
    old = [array.astype(np.float32) for array in signs_few.base().values() if array.ndim == 4]
    assert all(array.shape in found for array in old)
    return [(found[array.shape], array) for array in old]
