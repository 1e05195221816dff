import numpy as np

# no oracle for survive: how a road sign is drawn is a fact of the road; nothing computes it
# no oracle for where: a choice of method; nothing computes it


def images(counts):
    """The data set, image by image: class kept by a flip or not."""
    keeps = np.array([True] * counts["flipped"] + [False] * counts["fixed"])
    keeps = np.concatenate([keeps, keeps[keeps]])
    return len(np.concatenate([keeps, *[keeps] * counts["copies"]]))
