import numpy as np

from grader.author import grid, task

minutes = 25
difficulty = 4
tags = ("diffusion", "code", "sampling")

params = grid(seed=range(3))  # of the hidden noises
CLOSE = 1e-5


@task(points=4, asks=("sample",), seconds=10)
def sampling():
    import numpy as np

    def model(x, t, alpha_bar, captions):
        centre = 0.5 * np.reshape(captions, (-1, 1, 1, 1)) - 1
        kept = alpha_bar[t]
        return np.sqrt(1 - kept) * (x - np.sqrt(kept) * centre) / (1 - 0.75 * kept)

    def sample(x, noises, beta, captions):
        raise NotImplementedError


@sampling.check
def one_step(sample):
    x = np.array([[1.0, -2.0, 0.5]]).reshape(1, 1, 1, 3)
    noises = np.ones((1, 1, 1, 1, 3))
    assert np.allclose(sample(x, noises, np.array([0.19]), [2]), x / 0.9 - 0.19 * x / 0.9 / (1 - 0.75 * 0.81))


@sampling.hidden_check
def keeps_the_shape(sample, seed):
    x, noises, beta, captions = drawn(seed, 7)
    assert np.shape(sample(x, noises, beta, captions)) == x.shape


@sampling.hidden_check(weight=2)
def goes_from_noise_to_image(sample, seed):
    x, noises, beta, captions = drawn(seed + 100, 10)
    agrees(sample, x, np.zeros_like(noises), beta, captions)


@sampling.hidden_check(weight=2)
def adds_the_noise_of_each_step(sample, seed):
    x, noises, beta, captions = drawn(seed + 200, 10)
    still = np.zeros_like(noises)
    for t in (1, 5, 9):
        only = still.copy()
        only[t] = noises[t]
        agrees(sample, x, only, beta, captions, change_from=still)


@sampling.hidden_check
def adds_no_noise_at_the_end(sample, seed):
    x, noises, beta, captions = drawn(seed + 300, 10)
    still = np.zeros_like(noises)
    last = still.copy()
    last[0] = noises[0]
    agrees(sample, x, last, beta, captions, change_from=still)


@sampling.hidden_check
def passes_the_captions(sample, seed):
    x, noises, beta, captions = drawn(seed + 400, 10)
    other = [5 - c for c in captions]
    changed = output(sample, x, noises, beta, other) - output(sample, x, noises, beta, captions)
    right = expected(x, noises, beta, other) - expected(x, noises, beta, captions)
    assert np.allclose(changed, right, rtol=0, atol=CLOSE)


@sampling.hidden_check(weight=2)
def draws_what_the_data_are_like(sample, seed):
    x, noises, beta, captions = drawn(seed + 500, 100, n=5, side=12)
    drawn_ones = output(sample, x, noises, beta, captions)
    for image, caption in zip(drawn_ones, captions, strict=True):
        assert (
            abs(image.mean() - (0.5 * caption - 1)) < 0.1
        )  # the mean of 432 values of deviation 0.5: four times its own
        assert 0.4 < image.std() < 0.6


@sampling.hidden_check(weight=2)
def holds_together(sample, seed):
    x, noises, beta, captions = drawn(seed + 600, 100)
    agrees(sample, x, noises, beta, captions)


def drawn(seed, steps, n=3, side=6):
    """Pure noise (n, side, side, 3), a noise for each step, a schedule, and captions."""
    rng = np.random.default_rng(seed)
    beta = np.linspace(0.001, 0.1, steps)
    shape = (n, side, side, 3)
    return rng.normal(size=shape), rng.normal(size=(steps, *shape)), beta, list(range(n))


def output(sample, *given):
    return np.asarray(sample(*given), dtype=float)


def agrees(sample, x, noises, beta, captions, change_from=None):
    found, right = output(sample, x, noises, beta, captions), expected(x, noises, beta, captions)
    assert found.shape == right.shape
    if change_from is not None:  # what one noise changes, whatever else is wrong
        found = found - output(sample, x, change_from, beta, captions)
        right = right - expected(x, change_from, beta, captions)
    assert np.allclose(found, right, rtol=0, atol=CLOSE)


def expected(x, noises, beta, captions):
    alpha_bar = np.cumprod(1 - beta)
    centre = 0.5 * np.reshape(captions, (-1, 1, 1, 1)) - 1
    for t in reversed(range(len(beta))):
        kept = alpha_bar[t]
        noise = np.sqrt(1 - kept) * (x - np.sqrt(kept) * centre) / (1 - 0.75 * kept)
        x = (x - beta[t] / np.sqrt(1 - kept) * noise) / np.sqrt(1 - beta[t])
        if t > 0:
            x = x + np.sqrt(beta[t]) * noises[t]
    return x
