# Features computed once: a frozen base need not be run at every epoch.
import keras
import numpy as np
from keras import layers

data = np.load("signs_few.npz")
x_train, y_train = data["x_train"].astype("float32") / 255, data["y_train"]

base = keras.Sequential([layers.Input((24, 24, 3))])
for filters in (16, 32, 48):
    base.add(layers.Conv2D(filters, 3, padding="same"))
    base.add(layers.BatchNormalization())
    base.add(layers.ReLU())
    base.add(layers.MaxPooling2D())
base.add(layers.Flatten())
base.set_weights([data[name] for name in data if name.startswith(("conv", "norm"))])

features = base.predict(x_train, verbose=0)
head = keras.Sequential([layers.Input((432,)), layers.Dense(8, activation="softmax")])
head.compile(optimizer=keras.optimizers.Adam(1e-3), loss="sparse_categorical_crossentropy")
head.fit(features, y_train, batch_size=8, epochs=60, verbose=0)


def predict(images):
    return head.predict(base.predict(images, verbose=0), verbose=0)
