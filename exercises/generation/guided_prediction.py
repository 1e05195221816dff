import numpy as np

from grader.author import grid, task

minutes = 15
difficulty = 3
tags = ("diffusion", "code", "guidance")

params = grid(seed=range(3))  # of the hidden predictions
CLOSE = 1e-5


@task(points=3, asks=("guided", "drop_captions"), seconds=10)
def guidance():
    import numpy as np

    def guided(with_caption, without, s):
        raise NotImplementedError

    def drop_captions(captions, rate, draws, empty):
        raise NotImplementedError


@guidance.check
def tiny_guidance(guided):
    assert np.allclose(guided(np.array([2.0, 0.0]), np.array([1.0, 1.0]), 3), [4, -2])


@guidance.check
def tiny_dropout(drop_captions):
    kept = drop_captions(np.array([3, 1, 4]), 0.25, np.array([0.5, 0.1, 0.9]), 6)
    assert np.array_equal(kept, [3, 6, 4])


@guidance.hidden_check
def scale_1_is_the_captioned_prediction(guided, seed):
    with_caption, without = predictions(seed)
    assert np.allclose(guided(with_caption, without, 1), with_caption, atol=CLOSE)


@guidance.hidden_check
def scale_0_is_the_other_prediction(guided, seed):
    with_caption, without = predictions(seed + 100)
    assert np.allclose(guided(with_caption, without, 0), without, atol=CLOSE)


@guidance.hidden_check(weight=2)
def goes_beyond_the_caption(guided, seed):
    with_caption, without = predictions(seed + 200)
    for s in (2.5, 7):
        found = np.asarray(guided(with_caption, without, s), dtype=float)
        assert np.allclose(found, without + s * (with_caption - without), atol=CLOSE)


@guidance.hidden_check
def drops_the_rate_asked(drop_captions, seed):
    captions, draws = labels(seed)
    for rate in (0.1, 0.3):
        found = np.asarray(drop_captions(captions, rate, draws, 6))
        assert found.shape == captions.shape
        assert np.sum(found != captions) == np.sum(draws < rate)


@guidance.hidden_check(weight=2)
def empties_the_captions_drawn(drop_captions, seed):
    captions, draws = labels(seed + 100)
    found = np.asarray(drop_captions(captions, 0.2, draws, 6))
    assert (found[draws < 0.2] == 6).all()
    assert (found[draws >= 0.2] == captions[draws >= 0.2]).all()


@guidance.hidden_check
def empties_with_the_number_given(drop_captions, seed):
    captions, draws = labels(seed + 200)
    found = np.asarray(drop_captions(captions, 0.2, draws, 11))
    assert (found[draws < 0.2] == 11).all()


def predictions(seed):
    return tuple(np.random.default_rng(seed).normal(size=(2, 3, 4, 5, 3)))


def labels(seed):
    """Captions from 0 to 5, and a draw from [0, 1) for each."""
    rng = np.random.default_rng(seed)
    return rng.integers(0, 6, 200), rng.random(200)
