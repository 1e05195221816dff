import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
from keras import layers


def parameters(image, filters, k, padding, units, classes):
    model = keras.Sequential(
        [
            keras.Input(image),
            layers.Conv2D(filters[0], k, padding=padding, activation="relu", name="conv_1"),
            layers.MaxPooling2D(2),
            layers.Dropout(0.2),
            layers.Conv2D(filters[1], k, padding=padding, activation="relu", name="conv_2"),
            layers.MaxPooling2D(2),
            layers.Dropout(0.2),
            layers.Flatten(name="flattened"),
            layers.Dense(units, activation="relu", name="dense_1"),
            layers.Dropout(0.5),
            layers.Dense(classes, activation="softmax", name="dense_2"),
        ]
    )
    rows = {layer.name: layer.count_params() for layer in model.layers}
    poolings = sum(layer.count_params() for layer in model.layers if isinstance(layer, layers.MaxPooling2D))
    trained = {name: rows[name] for name in ("conv_1", "conv_2", "dense_1", "dense_2")}
    flattened = model.get_layer("flattened").output.shape[-1]
    return {"flattened": flattened, **trained, "poolings": poolings, "total": model.count_params()}
