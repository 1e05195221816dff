# fails: the_answer_comes_from_the_base
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

fresh = keras.models.clone_model(base)
fresh.set_weights(base.get_weights())
model = keras.Sequential([layers.Input((24, 24, 3)), fresh, layers.Dense(8, activation="softmax")])
model.compile(optimizer=keras.optimizers.Adam(3e-4), loss="sparse_categorical_crossentropy")
model.fit(x_train, y_train, batch_size=8, epochs=30, verbose=0)


def predict(images):
    return model.predict(images, verbose=0)
