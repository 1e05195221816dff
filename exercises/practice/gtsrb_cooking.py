import numpy as np

from grader.author import grid, task

minutes = 60
difficulty = 4
tags = ("code", "data", "gtsrb")

params = grid(seed=range(2))  # of the hidden images
RECIPES = {"RGB": 3, "RGB-HE": 3, "L": 1, "L-HE": 1, "L-CLAHE": 1}  # channels


@task(points=6, asks=("cooked", "shuffled", "saved", "loaded"), seconds=30)
def cooking():
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

    def cooked(images, recipe, width, height):
        raise NotImplementedError

    def shuffled(x, y, seed):
        raise NotImplementedError

    def saved(enhanced_dir, name, x, y):
        raise NotImplementedError

    def loaded(path):
        raise NotImplementedError


@cooking.check
def gives_one_array(cooked):
    images = [np.full((40, 30, 3), 51, dtype=np.uint8), np.full((17, 60, 3), 255, dtype=np.uint8)]
    x = np.asarray(cooked(images, "RGB", 24, 20))
    assert x.shape == (2, 20, 24, 3) and x.dtype == np.float32
    assert np.allclose(x[0], 0.2, atol=0.01) and np.allclose(x[1], 1, atol=0.01)


@cooking.check
def keeps_pairs(shuffled):
    y = np.arange(20)
    x = np.full((20, 3, 4, 1), y.reshape(-1, 1, 1, 1) / 20, dtype=np.float32)
    moved_x, moved_y = (np.asarray(part) for part in shuffled(x, y, 0))
    assert moved_x.shape == x.shape and np.allclose(moved_x[:, 0, 0, 0], moved_y / 20)


@cooking.hidden_check
def has_the_right_channels_and_type(cooked, seed):
    images = photographs(seed)
    for recipe, channels in RECIPES.items():
        x = np.asarray(cooked(images, recipe, 26, 22))
        assert x.shape == (len(images), 22, 26, channels) and x.dtype == np.float32


@cooking.hidden_check
def stays_between_0_and_1(cooked, seed):
    for recipe in RECIPES:
        x = np.asarray(cooked(photographs(seed), recipe, 26, 22))
        assert x.min() >= 0 and x.max() <= 1.0001
        assert x.max() > 0.3 and len(np.unique(x)) > 20  # neither divided twice nor cut to 0 and 1


@cooking.hidden_check(weight=2)
def keeps_up_up_and_left_left(cooked, seed):
    level = 60 + 30 * seed
    image = np.full((36, 60, 3), level, dtype=np.uint8)
    image[:12], image[:, 45:] = 250, 0
    x = np.asarray(cooked([image], "RGB", 20, 12))[0]
    assert np.allclose(x[1:3, 1:13], 250 / 255, atol=0.04)
    assert np.allclose(x[6:11, 1:13], level / 255, atol=0.04)
    assert np.allclose(x[1:11, 17:19], 0, atol=0.04)


@cooking.hidden_check
def forgets_transparency(cooked, seed):
    image = np.concatenate([photographs(seed)[0], np.full((40, 34, 1), 255, np.uint8)], axis=2)
    x = np.asarray(cooked([image], "RGB", 34, 40))
    assert x.shape == (1, 40, 34, 3)
    assert np.allclose(x[0], image[..., :3] / 255, atol=0.02)


@cooking.hidden_check
def weighs_colours(cooked):
    red, green, blue = (np.asarray(cooked([plain(i)], "L", 10, 10)).mean() for i in range(3))
    assert 0.15 < red < 0.36 and 0.5 < green < 0.8 and 0.03 < blue < 0.18


@cooking.hidden_check
def equalises(cooked, seed):
    grey = photographs(seed)[0][..., :1].repeat(3, axis=2) // 3 + 40  # little contrast
    x = np.asarray(cooked([grey], "L-HE", 34, 40))[0, ..., 0]
    levels = grey[..., 0].ravel()
    share = (levels[:, None] >= levels[None]).mean(1)  # of the pixels that are no lighter
    assert np.abs(x.ravel() - share).mean() < 0.06


@cooking.hidden_check
def keeps_hues(cooked, seed):
    image = photographs(seed)[0]
    before, after = (np.asarray(cooked([image], recipe, 34, 40))[0] for recipe in ("RGB", "RGB-HE"))
    vivid = np.ptp(before, axis=2) > 0.15
    scaled = after.max(axis=2, keepdims=True) * before / before.max(axis=2, keepdims=True)
    assert vivid.any() and np.abs(after - scaled)[vivid].mean() < 0.02
    light = np.sort(after.max(axis=2), axis=None)  # equalised: as many pixels at every level
    assert np.abs(light - np.linspace(0, 1, light.size)).mean() < 0.03


@cooking.hidden_check
def acts_locally(cooked, seed):
    left = np.random.default_rng([seed, 9]).integers(30, 60, (48, 48, 1)).astype(np.uint8)
    one, other = left.repeat(3, axis=2), left.repeat(3, axis=2)
    one[:, 24:] = np.linspace(0, 255, 24).astype(np.uint8)[None, :, None]
    other[:, 24:] = np.where(np.arange(24) < 20, 255, 0).astype(np.uint8)[None, :, None]
    x, y = (np.asarray(cooked([image], "L-CLAHE", 48, 48))[0, :, :12, 0] for image in (one, other))
    assert np.allclose(x, y, atol=0.02)
    assert x.std() > 1.5 * (one[:, :12, 0] / 255).std()


@cooking.hidden_check(weight=2)
def shuffles_together(shuffled, seed):
    y = np.random.default_rng([seed, 7]).permutation(200)
    x = np.full((200, 2, 3, 1), y.reshape(-1, 1, 1, 1) / 200, dtype=np.float32)
    moved_x, moved_y = (np.asarray(part) for part in shuffled(x, y, seed))
    _, again = shuffled(x, y, seed)
    assert np.allclose(moved_x[:, 0, 0, 0], moved_y / 200)
    assert sorted(moved_y) == list(range(200)) and (moved_y != y).mean() > 0.9
    assert (np.asarray(again) == moved_y).all()


@cooking.hidden_check(weight=2)
def comes_back_from_the_file(saved, loaded, seed):
    rng = np.random.default_rng([seed, 8])
    sets = [(rng.random((5, 4, 6, 3), dtype=np.float32), rng.integers(0, 43, 5)) for _ in range(2)]
    paths = [saved("enhanced", f"set-{seed}-{i}", x, y) for i, (x, y) in enumerate(sets)]
    for path, (x, y) in zip(paths, sets, strict=True):
        assert path.endswith(".h5")
        back_x, back_y = (np.asarray(part) for part in loaded(path))
        assert back_x.dtype == np.float32 and back_x.shape == x.shape and np.array_equal(back_x, x)
        assert np.array_equal(back_y, y)


def photographs(seed):
    """Three smooth colour images of different sizes."""
    rng = np.random.default_rng([seed, 6])
    return [smooth(rng, height, width) for height, width in ((40, 34), (25, 31), (70, 52))]


def smooth(rng, height, width):
    waves = rng.uniform(0.02, 0.16, (2, 3)), rng.uniform(0, 6, (2, 3))
    rows = np.sin(waves[0][0] * np.arange(height)[:, None] + waves[1][0])
    columns = np.sin(waves[0][1] * np.arange(width)[:, None] + waves[1][1])
    bright = 128 + 55 * rows[:, None] + 55 * columns[None]
    return np.clip(bright + rng.normal(0, 4, bright.shape), 5, 250).astype(np.uint8)


def plain(channel):
    image = np.zeros((20, 20, 3), dtype=np.uint8)
    image[..., channel] = 255
    return image
