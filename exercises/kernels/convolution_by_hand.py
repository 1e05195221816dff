import numpy as np

from grader.author import answer, grid, matrix, value

minutes = 10
difficulty = 3
tags = ("kernels", "cnn")

# Each of these inputs gives nine cells, each of at most five products: 28 to 42 in all.
params = grid(h=[5, 6], w=[5, 6], seed=range(12))

STRIDE, PADDING = 2, 1


@value
def image(h, w, seed):
    return np.random.default_rng([seed, h, w]).integers(0, 6, size=(h, w))


@value
def kernel(h, w, seed):
    """Five coefficients that are not zero; neither half a turn nor a transposition leaves it as it is."""
    rng = np.random.default_rng([seed, h, w, 1])
    while True:
        k = np.zeros(9, dtype=int)
        k[rng.permutation(9)[:5]] = rng.choice([-2, -1, 1, 2], size=5)
        k = k.reshape(3, 3)
        if products(h, w, k) < 28:
            continue
        if not np.array_equal(k, k[::-1, ::-1]) and not np.array_equal(k, k.T) and (k < 0).any() and (k > 0).any():
            return k


def windows(image, padding=PADDING, stride=STRIDE):
    """The patches under a 3×3 kernel, of shape (rows, columns, 3, 3)."""
    padded = np.pad(image, padding)
    return np.lib.stride_tricks.sliding_window_view(padded, (3, 3))[::stride, ::stride]


def products(h, w, kernel):
    """Of a pixel and a coefficient other than zero: those over the padding are not worked out."""
    return int((windows(np.ones((h, w))) * (kernel != 0)).sum())


def slide(patches, kernel):
    return (patches * kernel).sum(axis=(2, 3)).tolist()


def load(h, w, kernel):
    return products(h, w, kernel)


@answer(points=3, rule=matrix())
def feature_map(image, kernel):
    return slide(windows(image), kernel)


@feature_map.misconception
def flipped_kernel(image, kernel):
    return slide(windows(image), kernel[::-1, ::-1])


@feature_map.misconception
def transposed_kernel(image, kernel):
    return slide(windows(image), kernel.T)


@feature_map.misconception
def transposed_output(image, kernel):
    return np.transpose(slide(windows(image), kernel)).tolist()


@feature_map.misconception
def matrix_product(image, kernel):
    return (windows(image) @ kernel).sum(axis=(2, 3)).tolist()


@feature_map.misconception
def no_padding(image, kernel):
    return slide(windows(image, padding=0), kernel)


@feature_map.misconception
def stride_ignored(image, kernel):
    return slide(windows(image, stride=1), kernel)


@feature_map.misconception
def neither(image, kernel):
    return slide(windows(image, padding=0, stride=1), kernel)
