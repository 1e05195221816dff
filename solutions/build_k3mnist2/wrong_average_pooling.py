# fails: computes_what_is_described
import keras
from keras import layers

model = keras.Sequential(
    [
        layers.Input((28, 28, 1)),
        layers.Conv2D(8, (3, 3), padding="same", activation="relu"),
        layers.AveragePooling2D((2, 2)),
        layers.Dropout(0.2),
        layers.Conv2D(16, (3, 3), padding="same", activation="relu"),
        layers.AveragePooling2D((2, 2)),
        layers.Dropout(0.2),
        layers.Flatten(),
        layers.Dense(100, activation="relu"),
        layers.Dropout(0.5),
        layers.Dense(10, activation="softmax"),
    ]
)


def predict(images):
    return model.predict(images, verbose=0)
