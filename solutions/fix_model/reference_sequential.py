import keras
import numpy as np
from keras import Sequential, layers


def get_model(name, side, classes):
    start = [keras.Input((side, side, 3)), layers.Conv2D(12, (3, 3), padding="same"), layers.ReLU()]
    end = [layers.Dense(classes), layers.Activation("softmax")]
    if name == "model_01":
        return Sequential([*start, layers.MaxPooling2D(), layers.Flatten(), *end])
    if name == "model_02":
        fine = Sequential(start)
        coarse = layers.Conv2D(12, 3, padding="same", activation=keras.ops.relu)(layers.MaxPooling2D()(fine.outputs[0]))
        joined = layers.concatenate([fine.outputs[0], layers.UpSampling2D()(coarse)])
        return keras.Model(fine.inputs[0], Sequential(end)(layers.GlobalAveragePooling2D()(joined)))
    raise ValueError(name)


def trained(model, x, y, epochs):
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(np.asarray(x), np.asarray(y), epochs=epochs, verbose=0)
    return model


def predicted(model, x):
    return [int(np.argmax(shares)) for shares in model.predict(x, verbose=0)]
