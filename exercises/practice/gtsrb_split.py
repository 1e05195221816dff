import numpy as np

from grader.author import grid, task

minutes = 25
difficulty = 3
tags = ("code", "data", "gtsrb")

params = grid(seed=range(3))  # of the hidden sets
CLASSES = 12


@task(points=4, asks=("split",), seconds=20)
def split():
    import numpy as np

    def split(labels, tracks, share, seed):
        raise NotImplementedError


@split.check
def keeps_a_track_together(split):
    labels = np.repeat([0, 1], 12)
    tracks = np.repeat([0, 1, 2, 3, 0, 1, 2, 3], 3)
    train, val = split(labels, tracks, 0.25, 0)
    assert sorted([*train, *val]) == list(range(24))
    assert not {(labels[i], tracks[i]) for i in train} & {(labels[i], tracks[i]) for i in val}


@split.hidden_check
def uses_every_image_once(split, seed):
    labels, tracks = photographed(seed)
    train, val = indices(split(labels, tracks, 0.2, seed))
    assert sorted([*train, *val]) == list(range(len(labels)))


@split.hidden_check(weight=2)
def leaks_no_track(split, seed):
    labels, tracks = photographed(seed)
    train, val = indices(split(labels, tracks, 0.2, seed))
    assert len(train) and len(val)
    assert not {(labels[i], tracks[i]) for i in train} & {(labels[i], tracks[i]) for i in val}


@split.hidden_check(weight=2)
def gives_every_class_its_share(split, seed):
    labels, tracks = photographed(seed)
    _, val = indices(split(labels, tracks, 0.2, seed))
    for k in range(CLASSES):
        held_out = {tracks[i] for i in val if labels[i] == k}
        assert abs(len(held_out) - 0.2 * len(np.unique(tracks[labels == k]))) <= 1
        assert held_out


@split.hidden_check
def depends_on_the_seed_alone(split, seed):
    labels, tracks = photographed(seed)
    first, again, other = (set(indices(split(labels, tracks, 0.2, s))[1]) for s in (seed, seed, seed + 1))
    assert first == again
    assert first != other


def photographed(seed):
    """Labels and track numbers, in no order; the numbers start again from 0 in each class."""
    rng = np.random.default_rng([seed, 45])
    pairs = [(k, t) for k, n in enumerate(rng.integers(5, 40, CLASSES)) for t in range(n) for _ in range(6)]
    labels, tracks = np.array(pairs)[rng.permutation(len(pairs))].T
    return labels, tracks


def indices(parts):
    train, val = parts
    return np.asarray(train).astype(int).tolist(), np.asarray(val).astype(int).tolist()
