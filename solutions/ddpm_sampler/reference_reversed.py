import numpy as np


def model(x, t, alpha_bar, captions):
    centre = 0.5 * np.reshape(captions, (-1, 1, 1, 1)) - 1
    kept = alpha_bar[t]
    return np.sqrt(1 - kept) * (x - np.sqrt(kept) * centre) / (1 - 0.75 * kept)


def sample(x, noises, beta, captions):
    alpha_bar = np.cumprod(1 - beta)
    silent = np.concatenate([np.zeros_like(noises[:1]), noises[1:]])
    for t, (b, z) in reversed(list(enumerate(zip(beta, silent)))):
        away = b / (1 - alpha_bar[t]) ** 0.5
        x = (x - away * model(x, t, alpha_bar, captions)) / (1 - b) ** 0.5 + b**0.5 * z
    return x
