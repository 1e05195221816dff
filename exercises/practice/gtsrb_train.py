import numpy as np

from grader.author import Measure, grid, task, value
from grader.datasets import facts, hidden

minutes = 40
difficulty = 3
tags = ("cnn", "training", "gtsrb")
needs = ("torch", "keras", "gtsrb")

params = grid(classes=[43])  # one variant: the thresholds were measured on this one task
GATE, FULL = 0.74, 0.79  # docs/thresholds.md
LEARNT = 0.25  # above what learns nothing, below one epoch
EPOCHS = 8


@value
def source():
    return {"fr": facts("gtsrb").origin.fr, "en": facts("gtsrb").origin.en}


@value
def size():
    return facts("gtsrb").shape[0]


@value
def train():
    return facts("gtsrb").train


@value
def validation():
    return facts("gtsrb").validation


@value
def unseen():
    return facts("gtsrb").hidden


@value
def epochs():
    return EPOCHS


@value
def gate():
    return 100 * GATE


@value
def full():
    return 100 * FULL


@task(points=5, asks=("model",), seconds=240, memory_mib=4096, knobs={"epochs": (2, EPOCHS)})
def training():
    import keras
    import numpy as np

    with np.load("gtsrb.npz") as file:
        x_train, y_train = file["x_train"], file["y_train"]
        x_val, y_val = file["x_val"], file["y_val"]

    model = ...


@training.check
def gives_43_probabilities(model, size):
    images = np.linspace(0, 1, 2 * size * size * 3, dtype="float32").reshape(2, size, size, 3)
    probabilities = np.asarray(model.predict(images, verbose=0))
    assert probabilities.shape == (2, 43)
    assert np.allclose(probabilities.sum(axis=1), 1, atol=1e-3)


@training.hidden_check(weight=3)
def treats_each_image_alone(model):
    images, labels = hidden("gtsrb")
    images = images.astype("float32") / 255
    said = np.asarray(model.predict(images, verbose=0)).argmax(axis=1)
    assert np.mean(said == labels) > LEARNT  # the same answer for all is no answer
    images = images[:40]
    together = np.asarray(model.predict(images, verbose=0))
    alone = np.concatenate([np.asarray(model.predict(images[i : i + 2], verbose=0)) for i in range(0, 40, 2)])
    assert together.shape == (40, 43)
    assert np.allclose(together, alone, atol=0.02)


@training.hidden_check(weight=16)
def recognises_unseen_signs(model):
    images, labels = hidden("gtsrb")
    scores = np.asarray(model.predict(images.astype("float32") / 255, verbose=0))
    assert scores.shape == (len(labels), 43) and np.isfinite(scores).all()
    return Measure(float(np.mean(scores.argmax(axis=1) == labels)), gate=GATE, full=FULL)
