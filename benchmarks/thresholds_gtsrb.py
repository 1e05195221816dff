"""The accuracies that right and wrong classifiers of synthetic traffic signs reach, and the thresholds that follow.

The source is ``synthetic`` at its usual scale (0.1) and size (25); the secrets and bounds are those of
``thresholds_mnist.py``, 4 of its secrets.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import thresholds_mnist as base
from thresholds_mnist import Array, Predict, Recipe, fitted, keras, layers, shuffled_labels, torch

from grader import datasets

SECRETS = base.SECRETS[:4]


def reference() -> keras.Model:
    """The network of the statement: 118 507 parameters, of which 384 are moving averages."""
    stack: list[keras.Layer] = [layers.Input((25, 25, 3))]
    for filters in (32, 64, 96):
        stack += [
            layers.Conv2D(filters, 3, padding="same"),
            layers.BatchNormalization(momentum=0.9),
            layers.Activation("relu"),
            layers.MaxPooling2D(),
        ]
    return keras.Sequential([*stack, layers.Flatten(), layers.Dropout(0.4), layers.Dense(43, activation="softmax")])


EPOCHS, BATCH, IMAGES = 8, 64, 3413


def falling(epochs: int = EPOCHS, images: int = IMAGES) -> Callable[[], keras.optimizers.Optimizer]:
    """Adam whose rate falls from 2e-3 to nothing along a cosine: where it ends depends less on the seed."""
    steps = epochs * math.ceil(images / BATCH)
    return lambda: keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(2e-3, steps))


def slow_averages() -> keras.Model:
    """The reference with Keras' own momentum: its averages lag by some epochs."""
    model = reference()
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.momentum = 0.99
    return model


def small() -> keras.Model:
    """Two convolutions, no normalisation."""
    return keras.Sequential(
        [
            layers.Input((25, 25, 3)),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(43, activation="softmax"),
        ]
    )


def dense(*units: int) -> keras.Model:
    hidden = [layers.Dense(n, activation="relu") for n in units]
    return keras.Sequential(
        [layers.Input((25, 25, 3)), layers.Flatten(), *hidden, layers.Dense(43, activation="softmax")]
    )


def network() -> torch.nn.Module:
    """The reference in PyTorch, with a wider head in place of dropout on its input."""
    nn = torch.nn
    stack: list[torch.nn.Module] = []
    channels = 3
    for filters in (32, 64, 96):
        stack += [nn.Conv2d(channels, filters, 3, padding=1), nn.BatchNorm2d(filters), nn.ReLU(), nn.MaxPool2d(2)]
        channels = filters
    return nn.Sequential(*stack, nn.Flatten(), nn.Dropout(0.3), nn.Linear(96 * 9, 128), nn.ReLU(), nn.Linear(128, 43))


def standardised(x: Array) -> Array:
    mean = x.mean((1, 2, 3), keepdims=True)
    return np.asarray((x - mean) / (x.std((1, 2, 3), keepdims=True) + 1e-3), dtype=np.float32)


def cooked(train: Callable[[Array, Array], Predict]) -> Callable[[Array, Array], Predict]:
    """Each image centred and scaled by itself, in training and afterwards."""

    def prepared(x: Array, y: Array) -> Predict:
        predict = train(standardised(x), y)
        return lambda images: predict(standardised(images))

    return prepared


def nearest(x: Array, y: Array) -> Predict:
    known = x.reshape(len(x), -1)
    squares = (known**2).sum(1)

    def predict(images: Array) -> Array:
        asked = images.reshape(len(images), -1)
        parts = np.array_split(asked, math.ceil(len(asked) / 500))
        return np.asarray(np.eye(43)[y[np.concatenate([(squares - 2 * part @ known.T).argmin(1) for part in parts])]])

    return predict


RECIPES = (
    Recipe("3 convolutions with BN (momentum 0.9), Keras, Adam along a cosine, 8 epochs (the reference)", "right",
           fitted(reference, 64, 8, falling())),
    Recipe("the same with a dense layer, PyTorch, one cycle to 4e-3, batch 64, 8 epochs", "right",
           base.loop(network, 64, 8, 4e-3)),
    Recipe("2 epochs", "wrong", fitted(reference, 64, 2, falling(2))),
    Recipe("1 epoch", "wrong", fitted(reference, 64, 1, falling(1)), 8),
    Recipe("linear, softmax, 20 epochs", "wrong", fitted(dense, 64, 20), 8),
    Recipe("MLP 256, 20 epochs", "wrong", fitted(lambda: dense(256), 64, 20), 8),
    Recipe("MLP 256, images standardised one by one, 20 epochs", "wrong",
           cooked(fitted(lambda: dense(256), 64, 20)), 8),
    Recipe("labels shuffled, 3 epochs", "wrong", fitted(reference, 64, 3, prepare=shuffled_labels), 4),
    Recipe("untrained", "wrong", fitted(reference, epochs=0), 8),
    Recipe("nearest training image, no training", "wrong", nearest, 1),
    Recipe("trained on pixels of 0-255, asked in [0, 1]", "wrong",
           fitted(reference, 64, 8, falling(), prepare=lambda x, y: (x * 255, y)), 3),
    Recipe("trained on the first 500 images only, 20 epochs", "other",
           fitted(reference, 64, 20, falling(20, 500), prepare=lambda x, y: (x[:500], y[:500])), 4),
    Recipe("2 convolutions, no normalisation, 12 epochs", "other", fitted(small, 64, 12), 8),
    Recipe("3 convolutions, Keras' own BN momentum of 0.99, Adam 1e-3, 8 epochs", "other",
           fitted(slow_averages, 64, 8)),
)  # fmt: skip


def table(seeds: int, only: str) -> None:
    with np.load(datasets.public("gtsrb") / "public.npz") as arrays:
        x, y = arrays["x_train"] / np.float32(255), arrays["y_train"].astype(np.int64)
    hidden = [datasets.hidden_images("gtsrb", None, secret) for secret in SECRETS]
    images = np.concatenate([x for x, _ in hidden]) / np.float32(255)
    labels = np.stack([y for _, y in hidden])
    chosen = [recipe for recipe in RECIPES if only in recipe.name]
    base.printed("gtsrb_train", chosen, seeds, x, y, lambda predict: base.right_of(predict, images, labels))
