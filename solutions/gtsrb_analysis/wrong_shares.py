# fails: counts_a_few_labels, counts_every_class
import numpy as np


def class_counts(labels, classes):
    return np.bincount(labels, minlength=classes) / len(labels)


def imbalance(labels, classes):
    counts = class_counts(labels, classes)
    return counts.max() / counts.min()


def aspect_ratios(images):
    return np.array([image.shape[1] / image.shape[0] for image in images])


def overview(labels, classes):
    return np.array([np.flatnonzero(labels == k)[0] for k in range(classes)])
