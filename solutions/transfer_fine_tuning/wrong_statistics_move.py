# fails: statistics_stay
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
base.trainable = False

model = keras.Sequential([layers.Input((24, 24, 3)), base, layers.Dense(8, activation="softmax")])
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="sparse_categorical_crossentropy")
model.fit(x_train, y_train, batch_size=8, epochs=60, verbose=0)

base.trainable = True
model.compile(optimizer=keras.optimizers.Adam(1e-4), loss="sparse_categorical_crossentropy")
model.fit(x_train, y_train, batch_size=8, epochs=20, verbose=0)


def predict(images):
    return model.predict(images, verbose=0)
