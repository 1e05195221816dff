from pathlib import Path

import h5py
import numpy as np
from matplotlib.colors import hsv_to_rgb, rgb_to_hsv
from PIL import Image


def clahe(grey, tiles=4, clip=3.0, levels=64):
    height, width = grey.shape
    level = np.clip((grey * levels).astype(int), 0, levels - 1)
    rows, columns = (np.linspace(0, side, tiles + 1).astype(int) for side in (height, width))
    maps = np.empty((tiles, tiles, levels))
    for i in range(tiles):
        for j in range(tiles):
            tile = level[rows[i] : rows[i + 1], columns[j] : columns[j + 1]]
            counts = np.bincount(tile.ravel(), minlength=levels).astype(float)
            kept = np.minimum(counts, max(1.0, clip * tile.size / levels))
            maps[i, j] = np.cumsum(kept + (tile.size - kept.sum()) / levels) / tile.size
    y = np.clip((np.arange(height) + 0.5) * tiles / height - 0.5, 0, tiles - 1)[:, None]
    x = np.clip((np.arange(width) + 0.5) * tiles / width - 0.5, 0, tiles - 1)[None, :]
    top, left = np.minimum(y.astype(int), tiles - 2), np.minimum(x.astype(int), tiles - 2)
    down, right = y - top, x - left
    upper = maps[top, left, level] * (1 - right) + maps[top, left + 1, level] * right
    lower = maps[top + 1, left, level] * (1 - right) + maps[top + 1, left + 1, level] * right
    return upper * (1 - down) + lower * down


def equalised(channel):
    ordered = np.sort(channel, axis=None)
    return np.searchsorted(ordered, channel, side="right") / channel.size


def cooked_one(image, recipe, width, height):
    small = Image.fromarray(np.ascontiguousarray(image[:, :, :3])).resize((width, height), Image.Resampling.BOX)
    if recipe.startswith("L"):
        grey = np.asarray(small.convert("L"), dtype=np.float32)[:, :, np.newaxis] / 255
        if recipe.endswith("CLAHE"):
            return clahe(grey[:, :, 0])[:, :, np.newaxis]
        return equalised(grey) if recipe.endswith("HE") else grey
    x = np.asarray(small, dtype=np.float32) / 255
    if recipe == "RGB-HE":
        light = x.max(axis=2, keepdims=True)
        return x / np.maximum(light, 1e-6) * equalised(light)
    return x


def cooked(images, recipe, width, height):
    x = np.empty((len(images), height, width, 3 if recipe.startswith("RGB") else 1), dtype="float32")
    for place, image in enumerate(images):
        x[place] = cooked_one(image, recipe, width, height)
    return x


def shuffled(x, y, seed):
    np.random.seed(seed)
    order = np.arange(len(y))
    np.random.shuffle(order)
    return np.take(x, order, axis=0), np.take(y, order, axis=0)


def saved(enhanced_dir, name, x, y):
    folder = Path(enhanced_dir)
    folder.mkdir(parents=True, exist_ok=True)
    with h5py.File(folder / (name + ".h5"), "w") as file:
        file.create_dataset("x", data=x, compression="gzip")
        file.create_dataset("y", data=y)
    return f"{enhanced_dir}/{name}.h5"


def loaded(path):
    with h5py.File(path) as file:
        return file["x"][:], file["y"][:]
