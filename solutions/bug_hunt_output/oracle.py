"""Builds each network in Keras, checks its output and its loss, and sees which line, once put right, mends it."""

import os

os.environ.setdefault("KERAS_BACKEND", "torch")

from functools import cache

import keras
import numpy as np

RIGHT = {
    "loss =": "loss = keras.losses.SparseCategoricalCrossentropy()",
    "model.add(layers.Dropout": "model.add(layers.Flatten())",
    "model.add(layers.Dense(1,": "model.add(layers.Dense({classes}, activation='softmax'))",
    "model.add(layers.Dense({classes}": "model.add(layers.Dense({classes}, activation='softmax'))",
    "    a =": "    a = layers.Conv2D({filters}, 3, padding='same', activation='relu')(image)",
    "    return {'": "    return {{'model_01': model_01, 'model_02': model_02}}[name]()",
    "    c = layers.MaxPooling2D": "    c = layers.UpSampling2D(2)(b)",
    "    c = layers.Conc": "    c = layers.Concatenate(axis=-1)([a, c])",
}


def repairs(row, sizes):
    if row.startswith("predicted"):
        axes = (1, -1)  # of images, of pixels
        return [
            f"predicted = model.predict(x_test).argmax(axis={axis})"
            for axis in axes
            if f".argmax(axis={axis})" not in row
        ]
    return [
        right.format(**sizes)
        for start, right in RIGHT.items()
        if row.startswith(start.replace("{classes}", str(sizes["classes"]))) and right.format(**sizes) != row
    ]


@cache
def works(source, side, classes):
    """Whether its output is a probability for each class, its loss that of integer classes, and its prediction a class."""
    names = {"model_01": lambda: "another model", "print": lambda *_: None}
    unet = "def model_02" in source
    built = source.split("model.fit")[0].split("predicted")[0]
    reading = next(row for row in source.splitlines() if row.startswith("predicted"))
    x = np.random.default_rng(0).random((3, side, side, 3)).astype("float32")
    try:
        exec(built, names)
        model = names["model"]
        out = model(x).numpy(force=True)
    except Exception:
        return False
    shape = (3, side, side, classes) if unet else (3, classes)
    if out.shape != shape or not np.allclose(out.sum(-1), 1, atol=1e-4):
        return False
    y = np.zeros(shape[:-1], int)
    loss = names.get("loss", keras.losses.SparseCategoricalCrossentropy())
    try:
        value = float(loss(y, out).mean())
    except Exception:
        return False
    # a new network is nearly uniform: a wrong loss is nearly as large as the right one
    if not np.isclose(value, -np.log(out[..., 0]).mean(), rtol=1e-5):
        return False

    class Model:
        def predict(self, _):
            return out

    exec(reading, there := {"model": Model(), "x_test": x})
    return there["predicted"].shape == shape[:-1] and bool((there["predicted"] == out.argmax(-1)).all())


def line(lines, sizes):
    def good(rows):
        return works("\n".join(row for row in rows if not row.startswith("started")), sizes["side"], sizes["classes"])

    assert not good(lines)
    mended = [
        n
        for n, row in enumerate(lines)
        if any(good([*lines[:n], right, *lines[n + 1 :]]) for right in repairs(row, sizes))
    ]
    assert len(mended) == 1, mended
    return mended[0] + 1


# no oracle for cause: a word for the kind of error, read from the line that the oracle of `line` finds
