import numpy as np

from grader.author import answer, choice, grid, matrix, task, value

minutes = 10
difficulty = 3
tags = ("geometry", "tensors", "keras", "pytorch", "numpy")

params = grid(size=[(2, 3), (3, 2), (2, 4)], channels=[2, 3], goal=["PyTorch", "Keras"], seed=range(8))

OPTIONS = ("moved", "reshaped", "moved_back", "swapped", "reversed")


@value
def image(size, channels, seed):
    """Distinct numbers below 100, of shape (rows, columns, channels)."""
    rng = np.random.default_rng([seed, *size, channels])
    return rng.choice(np.arange(10, 100), (*size, channels), replace=False)


@value
def source(image):
    return "[" + ",\n              ".join(str(row).replace("\n", "") for row in image.tolist()) + "]"


@value
def which(channels, seed):
    return seed % channels


@value
def lines(goal, size, channels):
    """The candidate lines of code, for a batch of 8 images."""
    there, back = (0, 3, 1, 2), (0, 2, 3, 1)
    shape = (8, channels, *size) if goal == "PyTorch" else (8, *size, channels)
    return {
        "moved": f"np.transpose(x, {there if goal == 'PyTorch' else back})",
        "reshaped": f"x.reshape{shape}",
        "moved_back": f"np.transpose(x, {back if goal == 'PyTorch' else there})",
        "swapped": "np.swapaxes(x, 1, 3)",
        "reversed": "np.transpose(x)",
    }


@value
def before(goal, size, channels):
    return (8, *size, channels) if goal == "PyTorch" else (8, channels, *size)


@answer(points=1, rule=choice(*OPTIONS))
def code():
    return "moved"


@code.misconception
def shape_is_enough():
    return "reshaped"


@code.misconception
def destinations_given():
    return "moved_back"


@code.misconception
def two_axes_exchanged():
    return "swapped"


@answer(points=1, rule=matrix())
def transposed(image, which):
    return image[:, :, which].tolist()


@transposed.misconception
def cut_in_order(image, which):
    return image.reshape(image.shape[2], image.shape[0], image.shape[1])[which].tolist()


@transposed.misconception
def rows_and_columns_swapped(image, which):
    return image[:, :, which].T.tolist()


@transposed.misconception
def another_channel(image, which):
    return image[:, :, which - 1].tolist()


@transposed.misconception
def one_row_of_pixels(image, which):
    return image[which % image.shape[0]].tolist()


@answer(points=1, rule=matrix())
def reshaped(image, which):
    return image.reshape(image.shape[2], image.shape[0], image.shape[1])[which].tolist()


@reshaped.misconception
def channel_taken(image, which):
    return image[:, :, which].tolist()


@reshaped.misconception
def filled_by_columns(image, which):
    rows, columns, channels = image.shape
    return image.reshape(channels, columns, rows)[which].T.tolist()


@reshaped.misconception
def next_block(image, which):
    rows, columns, channels = image.shape
    return image.reshape(channels, rows, columns)[which - 1].tolist()


@task(points=2)
def to_channels_first(batch):
    raise NotImplementedError


@to_channels_first.check
def has_the_shape(to_channels_first):
    assert np.asarray(to_channels_first(np.zeros((8, 28, 32, 3)))).shape == (8, 3, 28, 32)


@to_channels_first.hidden_check
def keeps_channels_together(to_channels_first):
    batch = np.arange(2 * 4 * 4 * 3).reshape(2, 4, 4, 3)
    given = np.asarray(to_channels_first(batch))
    assert given.shape == (2, 3, 4, 4)
    assert all(set(given[:, c].ravel() % 3) == {c} for c in range(3))


@to_channels_first.hidden_check(weight=2)
def keeps_pixels_in_place(to_channels_first):
    for shape in ((2, 4, 4, 3), (3, 5, 2, 1), (1, 2, 6, 4)):
        batch = np.arange(np.prod(shape)).reshape(shape)
        given = np.asarray(to_channels_first(batch))
        assert given.shape == (shape[0], shape[3], shape[1], shape[2])
        assert all(np.array_equal(given[:, c], batch[..., c]) for c in range(shape[3]))
