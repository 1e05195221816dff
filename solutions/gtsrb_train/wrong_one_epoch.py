# fails: recognises_unseen_signs
import keras
import numpy as np
from keras import layers

with np.load("gtsrb.npz") as file:
    x_train, y_train = file["x_train"], file["y_train"]

model = keras.Sequential([layers.Input(x_train.shape[1:])])
for filters in (32, 64, 96):
    model.add(layers.Conv2D(filters, 3, padding="same"))
    model.add(layers.BatchNormalization(momentum=0.9))
    model.add(layers.Activation("relu"))
    model.add(layers.MaxPooling2D())
model.add(layers.Flatten())
model.add(layers.Dropout(0.4))
model.add(layers.Dense(43, activation="softmax"))
rate = keras.optimizers.schedules.CosineDecay(2e-3, epochs * -(-len(x_train) // 64))
model.compile(optimizer=keras.optimizers.Adam(rate), loss="sparse_categorical_crossentropy")
model.fit(x_train / 255, y_train, batch_size=64, epochs=1, verbose=0)
