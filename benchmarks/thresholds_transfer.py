"""What five photographs of each of eight new signs give, with the shipped base and without: thresholds follow.

Each trained model is evaluated on the hidden photographs of 4 courses with 4 secrets; bounds are those of
``thresholds_mnist.py``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import thresholds_mnist as base
from thresholds_mnist import Array, Predict, Recipe, keras, layers, torch  # it chooses the backend

from grader.datasets import signs_few

ARRAYS = [array.astype(np.float32) for array in signs_few.base().values()]
NAMES = ("kernel", "bias", "gamma", "beta", "mean", "variance")


def bottom(filled: bool = True) -> keras.Model:
    """The base: three convolutions with batch normalisation, 24 × 24 × 3 to 432 features."""
    model = keras.Sequential([layers.Input((24, 24, 3))])
    for filters in (16, 32, 48):
        model.add(layers.Conv2D(filters, 3, padding="same"))
        model.add(layers.BatchNormalization())
        model.add(layers.ReLU())
        model.add(layers.MaxPooling2D())
    model.add(layers.Flatten())
    if filled:
        model.set_weights(ARRAYS)
    return model


def with_keras(
    filled: bool = True, frozen: bool = True, epochs: int = 60, tuning: int = 0, rate: float = 1e-3, scale: float = 1.0
) -> Callable[[Array, Array], Predict]:
    """A new head for ``epochs``, then the whole for ``tuning`` epochs at a tenth of the rate."""

    def train(x: Array, y: Array) -> Predict:
        below = bottom(filled)
        below.trainable = not frozen
        model = keras.Sequential([layers.Input((24, 24, 3)), below, layers.Dense(8, activation="softmax")])
        model.compile(optimizer=keras.optimizers.Adam(rate), loss="sparse_categorical_crossentropy")
        if epochs:
            model.fit(x * scale, y, batch_size=8, epochs=epochs, verbose=0)
        if tuning:
            below.trainable = True
            for layer in below.layers:
                layer.trainable = not isinstance(layer, layers.BatchNormalization)
            model.compile(optimizer=keras.optimizers.Adam(rate / 10), loss="sparse_categorical_crossentropy")
            model.fit(x, y, batch_size=8, epochs=tuning, verbose=0)
        return lambda images: np.asarray(model.predict(images, batch_size=500, verbose=0))

    return train


def bottom_torch(filled: bool = True) -> torch.nn.Sequential:
    nn, parts, before = torch.nn, [], 3
    for filters in (16, 32, 48):
        parts += [nn.Conv2d(before, filters, 3, padding=1), nn.BatchNorm2d(filters, eps=1e-3), nn.ReLU()]
        parts += [nn.MaxPool2d(2)]
        before = filters
    model = nn.Sequential(*parts, nn.Flatten())
    if filled:
        found = iter(torch.tensor(a.transpose(3, 2, 0, 1) if a.ndim == 4 else a) for a in ARRAYS)
        kept = model.state_dict()
        kept.update({name: next(found) for name in kept if "num_batches" not in name})
        model.load_state_dict(kept)
    return model


def with_torch(
    filled: bool = True, frozen: bool = True, epochs: int = 60, tuning: int = 0, rate: float = 1e-3, clip: bool = True
) -> Callable[[Array, Array], Predict]:
    """The same by hand. With ``clip`` the base stays in evaluation mode, so that its statistics do not move."""

    def train(x: Array, y: Array) -> Predict:
        images, labels = torch.from_numpy(x).permute(0, 3, 1, 2).contiguous(), torch.from_numpy(y).long()
        below, head = bottom_torch(filled), torch.nn.Linear(432, 8)

        def learn(parameters: list[torch.nn.Parameter], times: int, speed: float) -> None:
            optimizer = torch.optim.Adam(parameters, lr=speed)
            for _ in range(times):
                below.train(not clip)
                for chosen in torch.randperm(len(x)).split(8):
                    optimizer.zero_grad()
                    torch.nn.functional.cross_entropy(head(below(images[chosen])), labels[chosen]).backward()  # type: ignore[no-untyped-call]
                    optimizer.step()

        everything = [*below.parameters(), *head.parameters()]
        learn(list(head.parameters()) if frozen else everything, epochs, rate)
        learn(everything, tuning, rate / 10)
        below.eval()

        def predict(batch: Array) -> Array:
            with torch.no_grad():
                parts = torch.from_numpy(batch).permute(0, 3, 1, 2).split(500)
                return torch.cat([head(below(part)).softmax(1) for part in parts]).numpy()

        return predict

    return train


def shuffled(x: Array, y: Array) -> Predict:
    return with_torch(tuning=20)(x, y[torch.randperm(len(y)).numpy()])


RECIPES = (
    Recipe("frozen base, new head, Keras, Adam 1e-3, batch 8, 60 epochs (the reference)", "right", with_keras()),
    Recipe("frozen base, new head, PyTorch, the same", "right", with_torch()),
    Recipe("then 20 epochs of fine-tuning at 1e-4, Keras (the reference of fine-tuning)", "right",
           with_keras(tuning=20)),
    Recipe("then 20 epochs of fine-tuning at 1e-4, PyTorch", "right", with_torch(tuning=20)),
    Recipe("from scratch, PyTorch, 60 epochs", "wrong", with_torch(filled=False, frozen=False, clip=False)),
    Recipe("from scratch, Keras, 60 epochs", "wrong", with_keras(filled=False, frozen=False), 4),
    Recipe("base of random weights, frozen, PyTorch", "wrong", with_torch(filled=False), 8),
    Recipe("frozen base, head untrained, Keras", "wrong", with_keras(epochs=0)),
    Recipe("frozen base, 2 epochs, Keras", "wrong", with_keras(epochs=2)),
    Recipe("frozen base, pixels of 0-255 in training, Keras", "wrong", with_keras(scale=255.0)),
    Recipe("labels shuffled, fine-tuning, PyTorch", "wrong", shuffled),
    Recipe("whole network at a rate of 1e-2, statistics moving, PyTorch", "wrong",
           with_torch(frozen=False, rate=1e-2, clip=False), 8, caught="base_is_as_it_was, statistics_stay"),
    Recipe("frozen base, new head, Keras, 20 epochs", "other", with_keras(epochs=20), 4),
)  # fmt: skip


def table(seeds: int, only: str) -> None:
    split = signs_few.load("synthetic", Path(), {})
    purpose = f"signs_few hidden {signs_few.REVISION}"
    seen = [signs_few.HIDDEN.apply(split.hidden, secret, purpose) for secret in base.SECRETS[:4]]
    images = np.concatenate([part.x for part in seen]) / np.float32(255)
    labels = np.stack([part.y for part in seen])
    x, y = split.train.x / np.float32(255), split.train.y.astype(np.int64)
    chosen = [recipe for recipe in RECIPES if only in recipe.name]
    base.printed("transfer_frozen_base", chosen, seeds, x, y, lambda predict: base.right_of(predict, images, labels))
