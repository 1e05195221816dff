import numpy as np

from grader.author import grid, task

minutes = 30
difficulty = 2
tags = ("code", "data", "gtsrb")

params = grid(seed=range(3))  # of the hidden sets
CLASSES = 43


@task(points=4, asks=("class_counts", "imbalance", "aspect_ratios", "overview"), seconds=20)
def analysis():
    import numpy as np

    def class_counts(labels, classes):
        raise NotImplementedError

    def imbalance(labels, classes):
        raise NotImplementedError

    def aspect_ratios(images):
        raise NotImplementedError

    def overview(labels, classes):
        raise NotImplementedError


@analysis.check
def counts_a_few_labels(class_counts):
    counts = np.asarray(class_counts(np.array([2, 0, 2, 2]), 3))
    assert counts.tolist() == [1, 0, 3]


@analysis.check
def measures_two_images(aspect_ratios):
    images = [np.zeros((20, 30, 3), np.uint8), np.zeros((50, 40, 3), np.uint8)]
    assert np.allclose(aspect_ratios(images), [1.5, 0.8])


@analysis.hidden_check
def counts_every_class(class_counts, seed):
    labels = drawn(seed)
    counts = np.asarray(class_counts(labels, CLASSES))
    assert counts.shape == (CLASSES,)
    assert (counts == np.bincount(labels, minlength=CLASSES)).all()


@analysis.hidden_check
def counts_classes_that_are_absent(class_counts, seed):
    labels = drawn(seed)
    labels = labels[labels < 40]
    assert np.asarray(class_counts(labels, CLASSES)).tolist()[40:] == [0, 0, 0]


@analysis.hidden_check
def compares_the_extremes(imbalance, seed):
    labels = drawn(seed)
    counts = np.bincount(labels, minlength=CLASSES)
    assert np.isclose(float(imbalance(labels, CLASSES)), counts.max() / counts.min())


@analysis.hidden_check
def divides_width_by_height(aspect_ratios, seed):
    images = photographs(seed)
    assert np.allclose(aspect_ratios(images), [image.shape[1] / image.shape[0] for image in images])


@analysis.hidden_check
def shows_one_image_of_each_class(overview, seed):
    labels = drawn(seed)
    shown = np.asarray(overview(labels, CLASSES))
    assert shown.shape == (CLASSES,)
    assert (labels[shown.astype(int)] == np.arange(CLASSES)).all()


def drawn(seed):
    """Labels in no order, from 20 of the rarest class to some hundreds."""
    rng = np.random.default_rng([seed, 43])
    counts = rng.permutation(np.geomspace(20, 240, CLASSES).astype(int))
    return rng.permutation(np.repeat(np.arange(CLASSES), counts))


def photographs(seed):
    rng = np.random.default_rng([seed, 44])
    return [np.zeros((*sides, 3), np.uint8) for sides in rng.integers(15, 90, (40, 2))]
