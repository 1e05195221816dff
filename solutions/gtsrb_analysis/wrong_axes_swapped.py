# fails: measures_two_images, divides_width_by_height
import numpy as np


def class_counts(labels, classes):
    return np.bincount(labels, minlength=classes)


def imbalance(labels, classes):
    counts = class_counts(labels, classes)
    return counts.max() / counts.min()


def aspect_ratios(images):
    return np.array([image.shape[0] / image.shape[1] for image in images])


def overview(labels, classes):
    return np.array([np.flatnonzero(labels == k)[0] for k in range(classes)])
