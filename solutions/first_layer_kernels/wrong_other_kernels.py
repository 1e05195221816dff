# fails: kernels_of_the_first_convolution
import keras
import matplotlib.pyplot as plt
import numpy as np
from keras import layers

data = np.load("signs_few.npz")
x_train = data["x_train"].astype("float32") / 255

base = keras.Sequential([layers.Input((24, 24, 3))])
for filters in (16, 32, 48):
    base.add(layers.Conv2D(filters, 3, padding="same"))
    base.add(layers.BatchNormalization())
    base.add(layers.ReLU())
    base.add(layers.MaxPooling2D())
base.add(layers.Flatten())
base.set_weights([data[name] for name in data if name.startswith(("conv", "norm"))])

kernels = base.layers[4].get_weights()[0]  # of the second
first = keras.Model(base.inputs, base.layers[0].output)


def kernel_images(kernels):
    scale = np.abs(kernels).max(axis=(0, 1, 2))
    return np.moveaxis(0.5 + kernels / (2 * scale), 3, 0)


def feature_maps(images):
    return first.predict(images, verbose=0)


def colour_share(kernels):
    grey = kernels.mean(axis=2, keepdims=True)
    return ((kernels - grey) ** 2).sum(axis=(0, 1, 2)) / (kernels**2).sum(axis=(0, 1, 2))


def most_excited(maps):
    return np.maximum(maps, 0).mean(axis=(1, 2)).argmax(axis=0)


pictures, shares = kernel_images(kernels), colour_share(kernels)
best = x_train[most_excited(feature_maps(x_train))]
fig, axes = plt.subplots(2, 16, figsize=(16, 2.4))
for k in range(16):
    axes[0, k].imshow(pictures[k, ..., :3])
    axes[0, k].set_title(f"{shares[k]:.2f}")
    axes[1, k].imshow(best[k])
for ax in axes.flat:
    ax.axis("off")
plt.show()
