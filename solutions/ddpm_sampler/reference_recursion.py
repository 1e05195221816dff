import numpy as np


def model(x, t, alpha_bar, captions):
    centre = 0.5 * np.reshape(captions, (-1, 1, 1, 1)) - 1
    kept = alpha_bar[t]
    return np.sqrt(1 - kept) * (x - np.sqrt(kept) * centre) / (1 - 0.75 * kept)


def sample(x, noises, beta, captions):
    alpha_bar = np.cumprod(1 - beta)

    def down(x, t):
        if t < 0:
            return x
        kept, before = alpha_bar[t], alpha_bar[t - 1] if t else 1.0
        clean = (x - np.sqrt(1 - kept) * model(x, t, alpha_bar, captions)) / np.sqrt(kept)
        mean = np.sqrt(before) * beta[t] * clean + np.sqrt(kept / before) * (1 - before) * x
        return down(mean / (1 - kept) + (t > 0) * np.sqrt(beta[t]) * noises[t], t - 1)

    return down(x, len(beta) - 1)
