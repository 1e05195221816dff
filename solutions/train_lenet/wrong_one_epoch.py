# fails: recognises_unseen_digits
import keras
from keras import layers


def build():
    return keras.Sequential(
        [
            layers.Input((28, 28, 1)),
            layers.Conv2D(6, 5, padding="same", activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(16, 5, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(120, activation="relu"),
            layers.Dense(84, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )


def train(model):
    (x_train, y_train), _ = keras.datasets.mnist.load_data()
    images = x_train[..., None].astype("float32") / 255
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="sparse_categorical_crossentropy")
    model.fit(images, y_train, batch_size=256, epochs=1, verbose=0)


def predict(model, images):
    return model.predict(images, verbose=0)
