import numpy as np


def masks(truth, prediction):
    """Each box painted pixel by pixel."""
    painted = np.zeros((2, 100, 100), bool)
    for canvas, (x1, y1, x2, y2) in zip(painted, (truth, prediction), strict=True):
        canvas[y1:y2, x1:x2] = True
    return painted


def intersection(truth, prediction):
    return int(masks(truth, prediction).all(axis=0).sum())


def union(truth, prediction):
    return int(masks(truth, prediction).any(axis=0).sum())


def iou(truth, prediction):
    return intersection(truth, prediction) / union(truth, prediction)


def accepted(truth, prediction):
    passed = tuple(iou(truth, prediction) >= threshold for threshold in (0.5, 0.75))
    return {(True, True): "both", (True, False): "only_50", (False, False): "none"}[passed]
