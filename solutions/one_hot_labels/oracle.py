import os

os.environ.setdefault("KERAS_BACKEND", "torch")

import keras
import torch


def one_hot(labels):
    return keras.utils.to_categorical(labels, 4).astype(int).tolist()


def predicted(outputs):
    return tuple(torch.tensor(outputs).argmax(dim=1).tolist())
