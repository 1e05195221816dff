import cmath
import math

import numpy as np

# no oracle for against_cnn: a fact, not a computation


def length(width, height):
    """The histograms themselves, gathered block after block."""
    cells = np.zeros((height // 8, width // 8, 9))
    blocks = np.lib.stride_tricks.sliding_window_view(cells, (2, 2, 9))
    return blocks.size


def gradient_of(neighbours):
    """By the kernel [−1, 0, 1] both ways, as one complex number."""
    kernel = np.array([-1, 0, 1])
    gx = np.correlate([neighbours["left"], 0, neighbours["right"]], kernel)[0]
    gy = np.correlate([neighbours["above"], 0, neighbours["below"]], kernel)[0]
    return complex(gx, gy)


def magnitude(neighbours):
    return abs(gradient_of(neighbours))


def orientation_bin(neighbours):
    turned = math.degrees(cmath.phase(gradient_of(neighbours)))
    counts, _ = np.histogram([turned if turned >= 0 else turned + 180], bins=9, range=(0, 180))
    return int(counts.argmax())
