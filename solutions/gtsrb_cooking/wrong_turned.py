# fails: keeps_up_up_and_left_left, forgets_transparency, equalises, acts_locally
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
    levels, place, counts = np.unique(channel, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) / channel.size)[place].reshape(channel.shape)


def cooked_one(image, recipe, width, height):
    rgb = np.asarray(Image.fromarray(image[..., :3]).resize((width, height))) / 255
    if recipe == "RGB":
        return rgb
    if recipe == "RGB-HE":
        hsv = rgb_to_hsv(rgb)
        hsv[..., 2] = equalised(hsv[..., 2])
        return hsv_to_rgb(hsv)
    grey = rgb @ [0.2125, 0.7154, 0.0721]
    if recipe == "L-HE":
        grey = equalised(grey)
    elif recipe == "L-CLAHE":
        grey = clahe(grey)
    return grey[..., None]


def cooked(images, recipe, width, height):
    return np.array(
        [cooked_one(image, recipe, height, width).swapaxes(0, 1)[::-1] for image in images], dtype=np.float32
    )


def shuffled(x, y, seed):
    order = np.random.default_rng(seed).permutation(len(x))
    return x[order], y[order]


def saved(enhanced_dir, name, x, y):
    Path(enhanced_dir).mkdir(parents=True, exist_ok=True)
    path = Path(enhanced_dir, f"{name}.h5")
    with h5py.File(path, "w") as file:
        file["x"], file["y"] = x, y
    return str(path)


def loaded(path):
    with h5py.File(path) as file:
        return file["x"][:], file["y"][:]
