import numpy as np


def array(count, image, dtype):
    """All the images without their memory: one pixel shown everywhere."""
    return np.broadcast_to(np.zeros((), dtype), (count, *image))


def floats(count, image):
    return array(count, image, np.float32).nbytes / 1e6


def as_stored(count, image):
    return array(count, image, np.uint8).nbytes / 1e6


def divided(image):
    before = np.zeros(image, np.uint8)
    after = before / 255
    return {1: "same", 2: "twice", 4: "four", 8: "eight"}[after.nbytes // before.nbytes]
