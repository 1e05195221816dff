import keras
import numpy as np
from keras import layers

with np.load("gtsrb.npz") as file:
    x_train, y_train = file["x_train"], file["y_train"]

net = keras.Sequential([layers.Input((40, 40, 3))])
for filters in (32, 64, 96):
    net.add(layers.Conv2D(filters, 3, padding="same"))
    net.add(layers.BatchNormalization(momentum=0.9))
    net.add(layers.Activation("relu"))
    net.add(layers.MaxPooling2D())
net.add(layers.Flatten())
net.add(layers.Dropout(0.4))
net.add(layers.Dense(43, activation="softmax"))
rate = keras.optimizers.schedules.CosineDecay(2e-3, epochs * -(-len(x_train) // 64))
net.compile(optimizer=keras.optimizers.Adam(rate), loss="sparse_categorical_crossentropy")
net.fit(x_train / 255, y_train, batch_size=64, epochs=epochs, verbose=0)
model = net
