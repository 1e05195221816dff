# fails: adds_the_noise_of_each_step, goes_from_noise_to_image, holds_together, one_step, passes_the_captions
import numpy as np


def model(x, t, alpha_bar, captions):
    centre = 0.5 * np.reshape(captions, (-1, 1, 1, 1)) - 1
    kept = alpha_bar[t]
    return np.sqrt(1 - kept) * (x - np.sqrt(kept) * centre) / (1 - 0.75 * kept)


def sample(x, noises, beta, captions):
    alpha = 1 - beta
    alpha_bar = np.cumprod(alpha)
    for t in range(len(beta) - 1, 0, -1):
        predicted = model(x, t, alpha_bar, captions)
        x = (x - beta[t] / np.sqrt(1 - alpha_bar[t]) * predicted) / np.sqrt(alpha[t])
        if t > 0:
            x = x + np.sqrt(beta[t]) * noises[t]
    return x
