# fails: recognises_unseen_digits
import keras
from keras import layers

(x_train, y_train), (x_val, y_val) = keras.datasets.mnist.load_data()
x_train = x_train[..., None].astype("float32") / 255

model = keras.Sequential(
    [
        layers.Input((28, 28, 1)),
        layers.Conv2D(8, (3, 3), padding="same"),
        layers.MaxPooling2D((2, 2)),
        layers.Dropout(0.2),
        layers.Conv2D(16, (3, 3), padding="same"),
        layers.MaxPooling2D((2, 2)),
        layers.Dropout(0.2),
        layers.Flatten(),
        layers.Dense(100),
        layers.Dropout(0.5),
        layers.Dense(10, activation="softmax"),
    ]
)
model.compile(optimizer=keras.optimizers.Adam(learning_rate=1e-3), loss="sparse_categorical_crossentropy")
model.fit(x_train, y_train, batch_size=32, epochs=12, verbose=0)
