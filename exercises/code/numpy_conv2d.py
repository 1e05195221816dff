import numpy as np

from grader.author import grid, task

minutes = 30
difficulty = 4
tags = ("code", "kernels", "cnn")

params = grid(seed=range(3))  # of the hidden images


@task(points=4, asks=("conv2d",), seconds=10)
def conv2d():
    import numpy as np

    def conv2d(x, w, b, stride=1, padding=0):
        raise NotImplementedError


@conv2d.check
def tiny_example(conv2d):
    x = np.arange(9.0).reshape(1, 3, 3, 1)
    w = np.array([[1.0, 0.0], [0.0, -1.0]]).reshape(2, 2, 1, 1)
    y = np.asarray(conv2d(x, w, np.array([10.0])))
    assert y.shape == (1, 2, 2, 1)
    assert np.allclose(y, 6)


@conv2d.check
def tiny_stride_and_padding(conv2d):
    x = np.arange(1.0, 17.0).reshape(1, 4, 4, 1)
    w = np.arange(9.0).reshape(3, 3, 1, 1)
    y = np.asarray(conv2d(x, w, np.zeros(1), stride=2, padding=1))
    assert y.shape == (1, 2, 2, 1)
    assert np.allclose(y[0, :, :, 0], [[97, 187], [306, 474]])


@conv2d.hidden_check(weight=2)
def sums_over_channels(conv2d, seed):
    agrees(conv2d, *images(seed, (1, 7, 7, 3), (3, 3, 4)))


@conv2d.hidden_check
def adds_one_bias_per_filter(conv2d, seed):
    x, w, _ = images(seed + 100, (1, 6, 6, 2), (3, 3, 3))
    agrees(conv2d, x, w, np.array([1.5, -2.0, 40.0]))


@conv2d.hidden_check
def treats_each_image(conv2d, seed):
    agrees(conv2d, *images(seed + 200, (3, 6, 6, 1), (3, 3, 1)))


@conv2d.hidden_check
def takes_rectangles(conv2d, seed):
    agrees(conv2d, *images(seed + 300, (1, 6, 11, 1), (4, 2, 1)))


@conv2d.hidden_check
def strides(conv2d, seed):
    agrees(conv2d, *images(seed + 400, (1, 10, 10, 1), (3, 3, 1)), stride=2)


@conv2d.hidden_check
def pads(conv2d, seed):
    agrees(conv2d, *images(seed + 500, (1, 6, 6, 1), (3, 3, 1)), padding=2)


@conv2d.hidden_check
def keeps_fractions(conv2d, seed):
    x, w, b = images(seed + 600, (1, 6, 6, 1), (3, 3, 1))
    agrees(conv2d, np.rint(9 * x).astype(int), w, b)


@conv2d.hidden_check(weight=2)
def holds_together(conv2d, seed):
    x, w, _ = images(seed + 700, (2, 8, 13, 3), (3, 4, 5))
    agrees(conv2d, x, w, np.array([0.5, -1.0, 2.0, 7.0, -3.0]), stride=2, padding=2)


def images(seed, shape, kernel):
    """A batch, kernels of shape (k_h, k_w, filters) made to fit it, and biases of zero."""
    rng = np.random.default_rng(seed)
    k_h, k_w, filters = kernel
    return rng.normal(size=shape), rng.normal(size=(k_h, k_w, shape[-1], filters)), np.zeros(filters)


def agrees(conv2d, x, w, b, stride=1, padding=0):
    given = {}  # what the call does not need is not passed, so that each check asks for one thing
    if stride != 1:
        given["stride"] = stride
    if padding != 0:
        given["padding"] = padding
    y = np.asarray(conv2d(x, w, b, **given))
    right = expected(x, w, b, stride, padding)
    assert y.shape == right.shape
    assert np.allclose(y, right, rtol=1e-4, atol=1e-4)  # single precision is precise enough


def expected(x, w, b, stride, padding):
    padded = np.pad(x, [(0, 0), (padding, padding), (padding, padding), (0, 0)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, w.shape[:2], axis=(1, 2))
    return np.einsum("nijchw,hwcf->nijf", windows[:, ::stride, ::stride], w) + b
