import numpy as np

from grader.author import Bug, bugged, grid, right_line, task, value

minutes = 25
difficulty = 3
tags = ("code", "bug hunt", "data", "gtsrb")

SCRIPT = """import numpy as np


def resized(photo, size):
    width, height = size
    rows = np.arange(height) * photo.shape[0] // height
    columns = np.arange(width) * photo.shape[1] // width
    return photo[rows][:, columns]


def cooked(photos, width, height):
    x = np.array([resized(photo, (width, height)) for photo in photos])
    return x / 255


def split(x, y, tracks, share, seed):
    names = np.random.default_rng(seed).permutation(np.unique(tracks))
    held_out = names[: round(share * len(names))]
    is_val = np.isin(tracks, held_out)
    train = x[~is_val], y[~is_val]
    val = x[is_val], y[is_val]
    return *train, *val


def with_mirrors(x, y, symmetric):
    mirrored = np.isin(y, symmetric)
    mirrors = x[mirrored, :, ::-1]
    x = np.concatenate([x, mirrors])
    y = np.concatenate([y, y[mirrored]])
    return x, y"""
BUGS = {
    "arrows_flipped": Bug("", "    mirrored =", "    mirrored = np.full(len(y), True)", number=20),
    "sides_swapped": Bug(
        "", "    x = np.array", "    x = np.array([resized(photo, (height, width)) for photo in photos])", number=21
    ),
    "leak": Bug("", "    is_val =", "    is_val = np.random.default_rng(seed).random(len(x)) < share", number=28),
    "upside_down": Bug("", "    mirrors =", "    mirrors = x[mirrored, ::-1]"),
    "integer_division": Bug("", "    return x / 255", "    return x // 255", number=4),
    "labels_swapped": Bug("", "    val =", "    val = x[is_val], y[: is_val.sum()]"),
}

params = grid(bug=list(BUGS))


@value
def script(bug):
    return "\n".join(bugged(SCRIPT, BUGS[bug]))


@value
def right(bug):
    return right_line(SCRIPT, BUGS[bug]).strip()


@task(points=4, asks=("cooked", "split", "with_mirrors"), seconds=20)
def fixed():
    cooked = ...
    split = ...
    with_mirrors = ...


@fixed.check
def gives_arrays(cooked, split, with_mirrors):
    x = np.asarray(cooked([np.zeros((20, 20, 3), dtype="uint8"), np.zeros((31, 29, 3), dtype="uint8")], 16, 16))
    assert x.shape == (2, 16, 16, 3)
    y, tracks = np.zeros(20, dtype=int), np.array(["a", "b", "c", "d"] * 5)
    x_train, y_train, x_val, y_val = split(np.zeros((20, 4, 4, 3)), y, tracks, share=0.25, seed=0)
    assert len(x_train) == len(y_train) and len(x_val) == len(y_val)
    assert len(x_train) + len(x_val) == 20
    x, y = with_mirrors(np.zeros((5, 4, 4, 3)), np.zeros(5, dtype=int), symmetric=[0])
    assert len(x) == len(y) == 10


@fixed.hidden_check
def signs_have_the_size_asked(cooked, split, with_mirrors):
    x = np.asarray(cooked(photos(seed=1), 12, 20))
    assert x.shape == (3, 20, 12, 3)


@fixed.hidden_check
def pixels_are_scaled(cooked, split, with_mirrors):
    plain = [np.full((25, 30, 3), level, dtype="uint8") for level in (0, 51, 130, 255)]
    x = np.asarray(cooked(plain, 8, 8))
    assert np.allclose(x[:, 0, 0, 0], [0, 51 / 255, 130 / 255, 1], atol=1e-6)
    assert np.allclose(x, x[:, :1, :1])


@fixed.hidden_check
def no_track_is_on_both_sides(cooked, split, with_mirrors):
    for seed in range(3):
        x, y, tracks = catalogue(seed)
        x_train, _, x_val, _ = split(x, y, tracks, share=0.25, seed=seed)
        train, val = (set(tracks[np.ravel(np.mean(part, axis=(1, 2, 3))).astype(int)]) for part in (x_train, x_val))
        assert not train & val
        assert len(train) + len(val) == len(set(tracks))


@fixed.hidden_check
def the_share_is_kept(cooked, split, with_mirrors):
    x, y, tracks = catalogue(seed=5)
    for share in (0.2, 0.5):
        x_train, _, x_val, _ = split(x, y, tracks, share=share, seed=6)
        assert abs(len(x_val) / len(x) - share) < 0.12
        assert len(x_train) + len(x_val) == len(x)
    other = split(x, y, tracks, share=0.5, seed=7)[2]
    assert not np.array_equal(x_val, other)  # drawn, not the first ones


@fixed.hidden_check
def signs_keep_their_labels(cooked, split, with_mirrors):
    for seed in range(3):
        x, y, tracks = catalogue(seed)
        x_train, y_train, x_val, y_val = split(x, y, tracks, share=0.25, seed=seed)
        for part, labels in ((x_train, y_train), (x_val, y_val)):
            assert np.array_equal(labels, y[np.ravel(np.mean(part, axis=(1, 2, 3))).astype(int)])


@fixed.hidden_check
def arrows_are_not_mirrored(cooked, split, with_mirrors):
    x, y = signs(seed=8)
    _, labels = with_mirrors(x, y, symmetric=[12, 17])
    assert sorted(labels) == sorted([*y, *y[np.isin(y, [12, 17])]])


@fixed.hidden_check
def mirrors_swap_left_and_right(cooked, split, with_mirrors):
    x, y = signs(seed=9)
    images, labels = with_mirrors(x, y, symmetric=[12, 17])
    for label in (12, 17):
        kept, mirror = (image for image, known in zip(images, labels, strict=True) if known == label)
        original = x[list(y).index(label)]
        pair = [original, original[:, ::-1]]
        assert any(np.allclose([kept, mirror], wanted) for wanted in (pair, pair[::-1]))


@fixed.hidden_check(weight=24)
def whole_script(cooked, split, with_mirrors):
    """An untouched script passes every check but one: most of the points are here."""
    for check in (
        signs_have_the_size_asked,
        pixels_are_scaled,
        no_track_is_on_both_sides,
        the_share_is_kept,
        signs_keep_their_labels,
        arrows_are_not_mirrored,
        mirrors_swap_left_and_right,
    ):
        check(cooked, split, with_mirrors)


def photos(seed):
    rng = np.random.default_rng(seed)
    return [rng.integers(0, 256, (*sides, 3), dtype="uint8") for sides in ((40, 33), (28, 51), (60, 60))]


def catalogue(seed):
    """200 images that are their own number, in 20 tracks of very different labels."""
    x = np.arange(200.0)[:, None, None, None] * np.ones((1, 4, 4, 3))
    rng = np.random.default_rng(seed)
    tracks = rng.permutation(np.repeat([f"{n:05}" for n in range(20)], 10))
    return x, rng.integers(0, 43, 200), tracks


def signs(seed):
    """One sign of each of five classes, two of them symmetric."""
    rng = np.random.default_rng(seed)
    return rng.random((5, 6, 8, 3)), rng.permutation([12, 17, 33, 34, 38])
