# fails: noising_is_as_stated, the_target_is_the_noise_used, whole_script
import numpy as np

GREY = np.array([-0.8, -0.2, 0.3, 0.9])


def schedule(T):
    beta = np.linspace(1e-3, 0.2, T)
    return beta, np.cumprod(1 - beta)


def q_sample(x0, t, noise, alpha_bar):
    a = alpha_bar[t].reshape(-1, 1, 1)
    return a * x0 + (1 - a) * noise


def training_batch(x0, T, seed):
    rng = np.random.default_rng(seed)
    beta, alpha_bar = schedule(T)
    t = rng.integers(0, T, len(x0))
    noise = rng.standard_normal(x0.shape)
    x_t = q_sample(x0, t, noise, alpha_bar)
    return x_t, t, noise


def network(x, t, labels, alpha_bar):
    a = alpha_bar[t].reshape(-1, 1, 1)
    mean = 0.0 if labels is None else GREY[labels].reshape(-1, 1, 1)
    return np.sqrt(1 - a) * (x - np.sqrt(a) * mean) / (0.04 * a + 1 - a)


def sample(labels, noises):
    T = len(noises) - 1
    beta, alpha_bar = schedule(T)
    x = noises[T]
    for step in range(T):
        t = np.full(len(x), T - 1 - step)
        b, a = beta[t[0]], alpha_bar[t[0]]
        eps = network(x, t, labels, alpha_bar)
        mean = (x - b / np.sqrt(1 - a) * eps) / np.sqrt(1 - b)
        z = noises[t[0]] if t[0] > 0 else np.zeros_like(x)
        x = mean + np.sqrt(b) * z
    return x
