import numpy as np

from grader.author import grid, task

minutes = 15
difficulty = 3
tags = ("diffusion", "code", "sampling")

params = grid(seed=range(3))  # of the hidden images
CLOSE = 1e-5


@task(points=3, asks=("ddpm_step",), seconds=10)
def ddpm_step():
    import numpy as np

    def ddpm_step(x, t, predicted, z, beta):
        raise NotImplementedError


@ddpm_step.check
def tiny_example(ddpm_step):
    x = np.array([[1.0, -2.0]])
    predicted = np.array([[0.5, 1.0]])
    z = np.array([[0.0, 1.0]])
    beta = np.array([0.19, 0.36])  # alpha_bar[1] = 0.81 × 0.64
    before = ddpm_step(x, 1, predicted, z, beta)
    assert np.allclose(before, [[0.92578, -2.548439]], atol=1e-5)


@ddpm_step.hidden_check(weight=3)
def finds_the_mean(ddpm_step, seed):
    x, predicted, _, beta = drawn(seed)
    agrees(ddpm_step, x, 20, predicted, np.zeros_like(x), beta)


@ddpm_step.hidden_check(weight=2)
def adds_noise_of_variance_beta(ddpm_step, seed):
    x, predicted, z, beta = drawn(seed + 100)
    without = np.asarray(ddpm_step(x, 15, predicted, np.zeros_like(x), beta), dtype=float)
    noisy = np.asarray(ddpm_step(x, 15, predicted, z, beta), dtype=float)
    assert np.allclose(noisy - without, np.sqrt(beta[15]) * z, rtol=0, atol=CLOSE)


@ddpm_step.hidden_check(weight=2)
def adds_no_noise_at_the_end(ddpm_step, seed):
    x, predicted, z, beta = drawn(seed + 200)
    without = np.asarray(ddpm_step(x, 0, predicted, np.zeros_like(x), beta), dtype=float)
    noisy = np.asarray(ddpm_step(x, 0, predicted, z, beta), dtype=float)
    assert np.allclose(noisy, without, rtol=0, atol=CLOSE)


@ddpm_step.hidden_check
def adds_noise_before_the_end(ddpm_step, seed):
    x, predicted, z, beta = drawn(seed + 300)
    for t in (1, len(beta) - 1):
        agrees(ddpm_step, x, t, predicted, z, beta)


@ddpm_step.hidden_check
def undoes_the_first_step(ddpm_step, seed):
    x0, noise, z, beta = drawn(seed + 400)
    x = np.sqrt(1 - beta[0]) * x0 + np.sqrt(beta[0]) * noise
    found = np.asarray(ddpm_step(x, 0, noise, z, beta), dtype=float)
    assert np.allclose(found, x0, rtol=0, atol=CLOSE)


def drawn(seed):
    """An image (2, 4, 5, 3), the noise predicted in it, a noise to add, and a schedule of 40 steps."""
    x, predicted, z = np.random.default_rng(seed).normal(size=(3, 2, 4, 5, 3))
    return x, predicted, z, np.linspace(0.01, 0.2, 40)


def agrees(ddpm_step, x, t, predicted, z, beta):
    before = np.asarray(ddpm_step(x, t, predicted, z, beta), dtype=float)
    kept = np.prod(1 - beta[: t + 1])
    mean = (x - beta[t] / np.sqrt(1 - kept) * predicted) / np.sqrt(1 - beta[t])
    right = mean + np.sqrt(beta[t]) * z if t > 0 else mean
    assert before.shape == x.shape
    assert np.allclose(before, right, rtol=0, atol=CLOSE)
