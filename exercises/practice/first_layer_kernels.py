import numpy as np

from grader.author import grid, task
from grader.datasets import hidden
from grader.datasets.signs_few import base as trained
from grader.networks import conv

minutes = 30
difficulty = 3
tags = ("code", "kernels", "cnn", "visualisation")
needs = ("torch", "keras", "signs_few")

params = grid(seed=range(3))  # of the hidden kernels and maps
NAMES = ("kernels", "kernel_images", "feature_maps", "colour_share", "most_excited")


@task(points=5, asks=NAMES, seconds=60, memory_mib=4096)
def look():
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

    kernels = ...

    def kernel_images(kernels):
        raise NotImplementedError

    def feature_maps(images):
        raise NotImplementedError

    def colour_share(kernels):
        raise NotImplementedError

    def most_excited(maps):
        raise NotImplementedError

    pictures, shares = kernel_images(kernels), colour_share(kernels)
    best = x_train[most_excited(feature_maps(x_train))]
    fig, axes = plt.subplots(2, 16, figsize=(16, 2.4))
    for k in range(16):
        axes[0, k].imshow(pictures[k])
        axes[0, k].set_title(f"{shares[k]:.2f}")
        axes[1, k].imshow(best[k])
    for ax in axes.flat:
        ax.axis("off")
    plt.show()


@look.check
def one_image_for_each_kernel(kernel_images):
    images = np.asarray(kernel_images(np.linspace(-1, 1, 5 * 4 * 3 * 6).reshape(5, 4, 3, 6)))
    assert images.shape == (6, 5, 4, 3)
    assert images.min() >= 0 and images.max() <= 1


@look.check
def grey_has_no_colour(colour_share):
    grey, red = np.ones((3, 3, 3, 1)), np.zeros((3, 3, 3, 1))
    red[:, :, 0] = 1
    shares = np.asarray(colour_share(np.concatenate([grey, red], axis=3)))
    assert shares.shape == (2,)
    assert np.allclose(shares, [0, 2 / 3])


@look.hidden_check
def zero_is_mid_grey(kernel_images, seed):
    kernels = some_kernels(seed)
    kernels[1, 1] = 0
    images = np.asarray(kernel_images(kernels))
    assert images.shape == (7, 3, 3, 3)
    assert np.allclose(images[:, 1, 1], 0.5, atol=1e-5)


@look.hidden_check
def each_kernel_has_its_own_scale(kernel_images, seed):
    images = np.asarray(kernel_images(some_kernels(seed + 10)))
    assert images.shape == (7, 3, 3, 3)
    assert np.allclose(np.ptp(images, axis=(1, 2, 3)), np.ptp(drawn_as(some_kernels(seed + 10)), axis=(1, 2, 3)))


@look.hidden_check
def pixels_stay_in_place(kernel_images, seed):
    kernels = some_kernels(seed + 20)
    images = np.asarray(kernel_images(kernels))
    assert images.shape == (7, 3, 3, 3)
    for k in range(7):
        assert np.corrcoef(images[k].ravel(), kernels[..., k].ravel())[0, 1] > 0.999


@look.hidden_check
def kernels_of_the_first_convolution(kernels):
    found = np.asarray(kernels)
    assert found.shape == (3, 3, 3, 16)
    assert np.allclose(found, next(iter(trained().values())).astype("float32"), atol=1e-6)


@look.hidden_check(weight=2)
def maps_of_the_first_convolution(feature_maps, seed):
    photographs = hidden("signs_few")[0][6 * seed : 6 * seed + 6].astype("float32") / 255
    kernels, biases = (array.astype("float32") for array in list(trained().values())[:2])
    maps = np.asarray(feature_maps(photographs))
    assert maps.shape == (6, 24, 24, 16)
    assert np.allclose(maps, conv(photographs, kernels, biases, same=True), atol=1e-3)


@look.hidden_check(weight=2)
def shares_of_any_kernels(colour_share, seed):
    kernels = some_kernels(seed + 30)
    assert np.allclose(np.asarray(colour_share(kernels)), coloured(kernels), atol=1e-5)


@look.hidden_check
def one_image_for_each_filter(most_excited, seed):
    maps = np.random.default_rng(seed + 40).uniform(0, 1, (9, 5, 4, 6))  # no negative value: ReLU changes nothing
    chosen = np.random.default_rng(seed + 41).permutation(9)[:6]
    maps[chosen, :, :, np.arange(6)] += 0.5
    assert np.asarray(most_excited(maps)).tolist() == chosen.tolist()


@look.hidden_check
def only_what_is_positive_excites(most_excited, seed):
    maps = np.zeros((3, 4, 4, 2))
    maps[0, :2] = 3
    maps[0, 2:] = -5  # half excited, half inhibited
    maps[1] = 1
    maps[2, 0, 0] = 8  # one bright pixel
    assert np.asarray(most_excited(np.roll(maps, seed, axis=0))).tolist() == [seed] * 2


def some_kernels(seed):
    """Seven kernels (3, 3, 3, 7) of different strengths, of which none is as bright as it is dark."""
    rng = np.random.default_rng([5, seed])
    return rng.normal(0.3, 1, (3, 3, 3, 7)) * rng.uniform(0.2, 2, 7)


def drawn_as(kernels):
    return np.moveaxis(0.5 + kernels / (2 * np.abs(kernels).max(axis=(0, 1, 2))), 3, 0)


def coloured(kernels):
    grey = kernels.mean(axis=2, keepdims=True)
    return ((kernels - grey) ** 2).sum(axis=(0, 1, 2)) / (kernels**2).sum(axis=(0, 1, 2))
