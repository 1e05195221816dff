import math

import numpy as np

GREYS = {0: -0.8, 1: -0.2, 2: 0.3, 3: 0.9}


def bars(T):
    found, product = [], 1.0
    for beta in np.linspace(0.001, 0.2, T):
        product *= 1 - beta
        found.append(product)
    return np.array(found)


def q_sample(x0, t, noise, alpha_bar):
    return np.stack([math.sqrt(alpha_bar[k]) * x + math.sqrt(1 - alpha_bar[k]) * e for x, k, e in zip(x0, t, noise)])


def training_batch(x0, T, seed):
    rng = np.random.RandomState(seed)
    t = rng.randint(T, size=len(x0))
    noise = rng.normal(size=x0.shape)
    return q_sample(x0, t, noise, bars(T)), t, noise


def sample(labels, noises):
    T = len(noises) - 1
    alpha_bar = bars(T)
    images = []
    for n, label in enumerate(labels):
        x = noises[T][n].copy()
        for t in reversed(range(T)):
            a = alpha_bar[t]
            alpha = a / alpha_bar[t - 1] if t else a
            eps = math.sqrt(1 - a) * (x - math.sqrt(a) * GREYS[int(label)]) / (0.04 * a + 1 - a)
            x = (x - (1 - alpha) / math.sqrt(1 - a) * eps) / math.sqrt(alpha)
            if t:
                x += math.sqrt(1 - alpha) * noises[t][n]
        images.append(x)
    return np.array(images)
