"""Keras's own callback, which keeps the best epoch."""

import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras


class Fake:
    optimizer = None
    stop_training = False
    kept = 0

    def save(self, path, overwrite=True):
        self.kept = int(str(path).split("-")[1].split(".")[0])


def kept(logs, monitor, mode):
    callback = keras.callbacks.ModelCheckpoint("m-{epoch}.keras", monitor=monitor, mode=mode, save_best_only=True)
    model = Fake()
    callback.set_model(model)
    for epoch, score in enumerate(logs[monitor]):
        callback.on_epoch_begin(epoch)
        callback.on_epoch_end(epoch, {monitor: score})
    return model.kept


def by_loss(logs):
    return kept(logs, "val_loss", "min")


def by_accuracy(logs):
    return kept(logs, "val_accuracy", "max")


def after(logs, by_loss):
    best = by_loss - 1
    falls, rises = logs["loss"][-1] < logs["loss"][best], logs["val_loss"][-1] > logs["val_loss"][best]
    return "overfits" if falls and rises else "other"
