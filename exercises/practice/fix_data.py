import numpy as np

from grader.author import Bug, bugged, grid, right_line, task, value

minutes = 20
difficulty = 2
tags = ("code", "bug hunt", "data", "mnist")

SCRIPT = """import random

import numpy as np


def prepare(x_train, y_train, x_test, seed):
    x_train = x_train.reshape(-1, 28, 28, 1)
    x_test = x_test.reshape(-1, 28, 28, 1)
    x_train = x_train / 255
    x_test = x_test / 255
    order = np.random.default_rng(seed).permutation(len(x_train))
    x_train = x_train[order]
    y_train = y_train[order]
    return x_train, y_train, x_test


def example(x, y, seed):
    i = random.Random(seed).randint(0, len(x) - 1)
    return x[i], y[i]"""
BUGS = {
    "no_channel": Bug("", "    x_test = x_test.reshape", "    x_test = x_test.reshape(-1, 28, 28)", number=1),
    "train_only": Bug("", "    x_test = x_test / 255", "", number=2),
    "scaled_twice": Bug("", "    x_train = x_train / 255", "    x_train = x_train / 255 / 255", number=3),
    "integer_division": Bug("", "    x_train = x_train / 255", "    x_train = x_train // 255", number=4),
    "labels_apart": Bug("", "    y_train =", "    y_train = np.random.default_rng().permutation(y_train)", number=5),
    "past_the_end": Bug("", "    i =", "    i = random.Random(seed).randint(1, len(x))", number=27),
    "labels_unmoved": Bug("", "    y_train =", ""),
    "own_maximum": Bug("", "    x_test = x_test / 255", "    x_test = x_test / x_test.max()"),
}

params = grid(bug=list(BUGS))


@value
def script(bug):
    return "\n".join(bugged(SCRIPT, BUGS[bug]))


@value
def right(bug):
    return right_line(SCRIPT, BUGS[bug]).strip()


@task(points=4, asks=("prepare", "example"), seconds=20)
def fixed():
    prepare = ...
    example = ...


@fixed.check
def gives_three_arrays_and_a_pair(prepare, example):
    images, labels = np.full((6, 28, 28), 51, dtype="uint8"), np.arange(6)
    x_train, y_train, x_test = prepare(images, labels, images[:4], seed=0)
    assert (len(x_train), len(y_train), len(x_test)) == (6, 6, 4)
    image, label = example(images[:1].repeat(9, axis=0), labels[:1].repeat(9), seed=5)
    assert np.shape(image) == (28, 28) and label == 0


@fixed.hidden_check
def images_have_a_channel(prepare, example):
    x_train, _, x_test = prepare(*lit(12, seed=1), lit(7, seed=2)[0], seed=3)
    assert np.shape(x_train) == (12, 28, 28, 1)
    assert np.shape(x_test) == (7, 28, 28, 1)


@fixed.hidden_check
def training_pixels_are_scaled(prepare, example):
    images = grey(10, seed=4)
    x_train, _, _ = prepare(images, np.arange(10), grey(3, seed=5), seed=6)
    assert np.allclose(np.sort(np.ravel(x_train)), np.sort(images.ravel() / 255), atol=1e-6)


@fixed.hidden_check
def test_pixels_are_scaled_alike(prepare, example):
    dark = grey(5, seed=8) // 3  # a test set whose own maximum is not that of the training set
    _, _, x_test = prepare(grey(10, seed=7), np.arange(10), dark, seed=9)
    assert np.allclose(np.ravel(x_test), dark.ravel() / 255, atol=1e-6)


@fixed.hidden_check
def images_keep_their_labels(prepare, example):
    for seed in range(3):
        images, labels = lit(40, seed=seed)
        x_train, y_train, _ = prepare(images, labels, images[:2], seed=seed + 10)
        places = np.reshape(x_train, (40, -1)).argmax(axis=1)  # which image this is, whatever its scale
        assert sorted(places) == list(range(40))
        assert np.array_equal(y_train, labels[places])


@fixed.hidden_check
def training_set_is_shuffled(prepare, example):
    images, labels = lit(40, seed=3)
    orders = [np.reshape(prepare(images, labels, images[:2], seed=seed)[0], (40, -1)).argmax(axis=1) for seed in (1, 2)]
    assert not np.array_equal(*orders)
    assert all(np.abs(order - np.arange(40)).mean() > 3 for order in orders)


@fixed.hidden_check
def example_is_one_of_the_set(prepare, example):
    images, labels = np.arange(3)[:, None] * np.ones(4), np.array([7, 5, 9])
    seen = [example(images, labels, seed=seed) for seed in range(40)]
    assert all(label == labels[round(float(np.mean(image)))] for image, label in seen)
    assert {int(label) for _, label in seen} == {5, 7, 9}


@fixed.hidden_check(weight=21)
def whole_script(prepare, example):
    """An untouched script passes every check but one: most of the points are here."""
    for check in (
        images_have_a_channel,
        training_pixels_are_scaled,
        test_pixels_are_scaled_alike,
        images_keep_their_labels,
        training_set_is_shuffled,
        example_is_one_of_the_set,
    ):
        check(prepare, example)


def lit(count, seed):
    """Images of one bright pixel, a place for each, and labels that say nothing of the place."""
    images = np.zeros((count, 28 * 28), dtype="uint8")
    images[np.arange(count), np.arange(count)] = 255
    return images.reshape(-1, 28, 28), np.random.default_rng(seed).integers(0, 10, count)


def grey(count, seed):
    return np.random.default_rng(seed).integers(1, 256, (count, 28, 28), dtype="uint8")
