import numpy as np

from grader.author import grid, task

minutes = 20
difficulty = 3
tags = ("code", "augmentation", "mnist")

params = grid(draw=range(3))  # of the hidden images


@task(points=5, asks=("augment",), seconds=10)
def augment():
    import numpy as np

    def augment(images, digits, most, seed):
        rng = np.random.default_rng(seed)
        raise NotImplementedError


@augment.check
def keeps_shape_and_type(augment):
    for kind in ("uint8", "float32"):
        images = np.ones((5, 28, 28), dtype=kind)
        moved, digits = augment(images, np.arange(5), most=2, seed=0)
        assert np.asarray(moved).shape == (5, 28, 28)
        assert np.asarray(moved).dtype == images.dtype
        assert np.asarray(digits).shape == (5,)


@augment.check
def does_nothing_with_zero_pixels(augment):
    images = np.arange(2 * 4 * 4, dtype="uint8").reshape(2, 4, 4)
    moved, digits = augment(images, np.array([7, 1]), most=0, seed=3)
    assert np.array_equal(np.asarray(moved), images)
    assert np.asarray(digits).tolist() == [7, 1]


@augment.hidden_check
def keeps_the_digits(augment, draw):
    images, digits = drawn(draw)
    _, kept = augment(images, digits, most=2, seed=draw)
    assert np.array_equal(np.asarray(kept), digits)


@augment.hidden_check(weight=2)
def only_moves(augment, draw):
    images, digits = drawn(draw)
    for most in (1, 3):
        moved, _ = augment(images, digits, most=most, seed=draw)
        assert None not in shifts(images, np.asarray(moved), most)


@augment.hidden_check(weight=2)
def moves_each_image_its_own_way(augment, draw):
    images, digits = drawn(draw)
    moved, _ = augment(images, digits, most=1, seed=draw)
    found = shifts(images, np.asarray(moved), 1)
    assert max(found.count(shift) for shift in found if shift is not None) < len(images) / 3


@augment.hidden_check
def reaches_every_shift(augment, draw):
    images, digits = drawn(draw)
    for most in (1, 2):
        moved, _ = augment(images, digits, most=most, seed=draw + 10)
        reached = set(shifts(images, np.asarray(moved), most)) - {None}
        assert len(reached) == (2 * most + 1) ** 2


@augment.hidden_check
def follows_its_seed(augment, draw):
    images, digits = drawn(draw)
    first, again, other = (np.asarray(augment(images, digits, most=2, seed=seed)[0]) for seed in (draw, draw, 99))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def drawn(draw):
    """300 images that have something to lose at every border, and their digits."""
    rng = np.random.default_rng([7, draw])
    return rng.integers(1, 256, (300, 9, 11), dtype=np.uint8), rng.integers(0, 10, 300)


def shifts(images, moved, most):
    """By how many rows and columns each image has moved, black entering; None where it is not so."""
    assert moved.shape == images.shape
    n, height, width = images.shape
    padded = np.pad(images, ((0, 0), (most, most), (most, most)))
    found = [None] * n
    for down in range(2 * most + 1):
        for right in range(2 * most + 1):
            same = (padded[:, down : down + height, right : right + width] == moved).all(axis=(1, 2))
            for i in np.flatnonzero(same):
                found[i] = (most - down, most - right)
    return found
