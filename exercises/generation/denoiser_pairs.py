import numpy as np

from grader.author import grid, task

minutes = 15
difficulty = 2
tags = ("diffusion", "code", "training")

params = grid(seed=range(3))  # of the hidden chains


@task(points=3, asks=("pairs",), seconds=10)
def pairs():
    import numpy as np

    def pairs(images, captions):
        raise NotImplementedError


@pairs.check
def tiny_example(pairs):
    images = np.array([0.0, 1.0, 2.0]).reshape(1, 3, 1, 1, 1)
    inputs, texts, targets = pairs(images, ["pomme rouge"])
    assert sorted(np.ravel(inputs)) == [1, 2]
    assert np.allclose(np.ravel(inputs) - np.ravel(targets), 1)
    assert list(texts) == ["pomme rouge", "pomme rouge"]


@pairs.hidden_check
def removes_noise(pairs, seed):
    given, target, _ = found(pairs, *chains(seed, 1, 5))
    assert (target[:, 1] < given[:, 1]).all()


@pairs.hidden_check
def goes_back_one_image(pairs, seed):
    given, target, _ = found(pairs, *chains(seed + 100, 1, 6))
    assert (target[:, 1] == given[:, 1] - 1).all()


@pairs.hidden_check
def misses_no_pair(pairs, seed):
    given, _, _ = found(pairs, *chains(seed + 200, 1, 6))
    assert sorted(given[:, 1]) == [1, 2, 3, 4, 5]


@pairs.hidden_check
def keeps_chains_apart(pairs, seed):
    given, target, _ = found(pairs, *chains(seed + 300, 4, 3))
    assert set(given[:, 0]) == {0, 1, 2, 3}
    assert (given[:, 0] == target[:, 0]).all()


@pairs.hidden_check(weight=2)
def gives_each_input_its_caption(pairs, seed):
    images, captions = chains(seed + 400, 3, 4)
    given, _, texts = found(pairs, images, captions)
    assert len(set(given[:, 0])) == 3
    assert texts == [captions[chain] for chain, _ in given]


def chains(seed, n_chains, n_images):
    """Chains of images (n_chains, n_images, 4, 5, 3), all different, and a caption for each chain."""
    images = np.random.default_rng(seed).normal(size=(n_chains, n_images, 4, 5, 3))
    return images, ["banane jaune", "pomme verte", "banane rouge", "pomme jaune"][:n_chains]


def found(pairs, images, captions):
    """Of each pair, the place (chain, image) of its input and of its target, and its text."""
    inputs, texts, targets = pairs(images, captions)
    assert len(inputs) == len(targets) == len(texts) > 0
    return places(inputs, images), places(targets, images), list(texts)


def places(some, images):
    some = np.asarray(some, dtype=float)
    assert some.shape[1:] == images.shape[2:]
    flat = images.reshape(-1, images[0, 0].size)
    gaps = np.abs(some.reshape(len(some), 1, -1) - flat).max(axis=2)
    assert (gaps.min(axis=1) < 1e-5).all()  # each is one of the images given
    return np.stack(np.unravel_index(gaps.argmin(axis=1), images.shape[:2]), axis=1)
