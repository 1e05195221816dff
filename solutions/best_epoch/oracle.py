import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import numpy as np


class Model:
    """Just enough of a model for a callback: its only weight is the number of the epoch."""

    stop_training, weight = False, 0

    def get_weights(self):
        return self.weight

    def set_weights(self, weight):
        self.weight = weight


def trained(val_loss, patience):
    model, callback = Model(), keras.callbacks.EarlyStopping("val_loss", patience=patience, restore_best_weights=True)
    callback.set_model(model)
    callback.on_train_begin()
    for k, loss in enumerate(val_loss):
        model.weight = run = k + 1
        callback.on_epoch_end(k, {"val_loss": loss})
        if model.stop_training:
            break
    callback.on_train_end()
    return run, model.weight


def best(val_loss):
    return int(np.argmin(val_loss)) + 1


def last_run(val_loss, patience):
    return trained(val_loss, patience)[0]


def restored(val_loss, patience):
    return trained(val_loss, patience)[1]
