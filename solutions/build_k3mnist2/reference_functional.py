# The functional way, with activations as layers of their own.
import keras
from keras import layers

image = keras.Input((28, 28, 1))
x = image
for filters in (8, 16):
    x = layers.Conv2D(filters, 3, padding="same")(x)
    x = layers.MaxPooling2D()(x)
    x = layers.ReLU()(x)
    x = layers.Dropout(0.2)(x)
x = layers.Flatten()(x)
x = layers.Dropout(0.5)(layers.ReLU()(layers.Dense(100)(x)))
model = keras.Model(image, layers.Softmax()(layers.Dense(10)(x)))


def predict(images):
    return model(images, training=False).detach().cpu().numpy()
