from pathlib import Path

import keras
import numpy as np
from keras import layers


def log_text(run_dir):
    return Path(run_dir, "logs", "training.csv").read_text()


def fitted(model, x, y, x_val, y_val, epochs, run_dir, done=0, lowest=None):
    keep = keras.callbacks.ModelCheckpoint
    best = keep(f"{run_dir}/best.keras", monitor="val_loss", save_best_only=True, initial_value_threshold=lowest)
    last = keep(f"{run_dir}/last.keras")
    log = keras.callbacks.CSVLogger(f"{run_dir}/logs/training.csv", append=done > 0)
    sets = {"x": x, "y": y, "validation_data": (x_val, y_val)}
    model.fit(**sets, initial_epoch=done, epochs=done + epochs, callbacks=[best, last, log], verbose=0)
    return model.history.history


def train(x, y, x_val, y_val, epochs, run_dir):
    Path(run_dir, "logs").mkdir(parents=True, exist_ok=True)
    model = keras.Sequential([layers.Input(x.shape[1:]), layers.Flatten(), layers.Dense(4, activation="softmax")])
    model.compile(optimizer="sgd", loss="sparse_categorical_crossentropy")
    return fitted(model, x, y, x_val, y_val, epochs, run_dir)


def best_epoch(history):
    return int(np.argmin(history["val_loss"])) + 1


def evaluate(run_dir, which, x, y):
    return keras.models.load_model(f"{run_dir}/{which}.keras").evaluate(x, y, verbose=0)


def resume(x, y, x_val, y_val, epochs, run_dir):
    lowest = evaluate(run_dir, "best", x_val, y_val)
    model = keras.models.load_model(f"{run_dir}/last.keras")
    done = len(log_text(run_dir).splitlines()) - 1
    return fitted(model, x, y, x_val, y_val, epochs, run_dir, done, lowest)


def confusion(y_true, y_pred, classes):
    matrix = np.zeros((classes, classes), dtype=int)
    np.add.at(matrix, (y_true, y_pred), 1)
    return matrix
