import random

import numpy as np


def cooked(photos, width, height):
    images = []
    for photo in photos:
        h, w = photo.shape[:2]
        images.append([[photo[h * i // height, w * j // width] / 255 for j in range(width)] for i in range(height)])
    return np.array(images, dtype=np.float32)


def split(x, y, tracks, share, seed):
    everything = sorted(set(map(str, tracks)))
    chosen = set(random.Random(seed).sample(everything, round(share * len(everything))))
    val = [i for i, track in enumerate(tracks) if str(track) in chosen]
    train = [i for i in range(len(x)) if i not in set(val)]
    return [x[train], y[train], x[val], y[val]]


def with_mirrors(x, y, symmetric):
    images, labels = [], []
    for image, label in zip(x, y):
        images.append(image)
        labels.append(label)
        if label in symmetric:
            images.append(np.fliplr(image))
            labels.append(label)
    return np.stack(images), np.array(labels)
