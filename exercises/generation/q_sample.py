import numpy as np

from grader.author import grid, task

minutes = 12
difficulty = 2
tags = ("diffusion", "code", "noising")

params = grid(seed=range(3))  # of the hidden images
CLOSE = 1e-5


@task(points=2, asks=("q_sample",), seconds=10)
def q_sample():
    import numpy as np

    def q_sample(x0, t, noise, alpha_bar):
        raise NotImplementedError


@q_sample.check
def tiny_example(q_sample):
    x0 = np.array([1.0, -0.5]).reshape(1, 1, 1, 2)
    noise = np.array([0.5, 2.0]).reshape(1, 1, 1, 2)
    x_t = q_sample(x0, np.array([1]), noise, np.array([0.81, 0.64, 0.36]))
    assert np.allclose(np.ravel(x_t), [1.1, 0.8])


@q_sample.hidden_check(weight=2)
def mixes_image_and_noise(q_sample, seed):
    x0, t, noise, alpha_bar = images(seed, (1, 5, 6, 3))
    agrees(q_sample, x0, t, noise, alpha_bar)


@q_sample.hidden_check
def keeps_the_variance(q_sample, seed):
    x0, _, noise, alpha_bar = images(seed + 100, (1, 64, 64, 3))  # half the variance is left at 27
    assert abs(np.var(np.asarray(q_sample(x0, np.array([27]), noise, alpha_bar))) - 1) < 0.05


@q_sample.hidden_check
def uses_the_noise_given(q_sample, seed):
    x0, t, noise, alpha_bar = images(seed + 200, (1, 5, 6, 3))
    once, other = (np.asarray(q_sample(x0, t, z, alpha_bar), dtype=float) for z in (noise, noise + 1))
    assert np.allclose(other - once, np.sqrt(1 - alpha_bar[t[0]]), atol=CLOSE)


@q_sample.hidden_check
def starts_at_index_0(q_sample, seed):
    x0, _, noise, alpha_bar = images(seed + 300, (1, 5, 6, 3))
    agrees(q_sample, x0, np.array([0]), noise, alpha_bar)
    agrees(q_sample, x0, np.array([len(alpha_bar) - 1]), noise, alpha_bar)


@q_sample.hidden_check(weight=2)
def gives_each_image_its_time(q_sample, seed):
    x0, t, noise, alpha_bar = images(seed + 400, (4, 5, 6, 3))
    agrees(q_sample, x0, t, noise, alpha_bar)


@q_sample.hidden_check
def tells_images_from_pixels(q_sample, seed):
    x0, t, noise, alpha_bar = images(seed + 500, (6, 6, 6, 6))
    agrees(q_sample, x0, t, noise, alpha_bar)


def images(seed, shape):
    """Images of variance 1, a different time for each, noise, and a schedule."""
    rng = np.random.default_rng(seed)
    alpha_bar = np.cumprod(1 - np.linspace(0.001, 0.1, 60))
    t = 1 + rng.permutation(58)[: shape[0]]
    return rng.normal(size=shape), t, rng.normal(size=shape), alpha_bar


def agrees(q_sample, x0, t, noise, alpha_bar):
    x_t = np.asarray(q_sample(x0, t, noise, alpha_bar), dtype=float)
    kept = alpha_bar[t].reshape(-1, 1, 1, 1)
    assert x_t.shape == x0.shape
    assert np.allclose(x_t, np.sqrt(kept) * x0 + np.sqrt(1 - kept) * noise, rtol=0, atol=CLOSE)
