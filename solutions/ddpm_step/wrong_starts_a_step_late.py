# fails: adds_noise_before_the_end, finds_the_mean, tiny_example, undoes_the_first_step
import numpy as np


def ddpm_step(x, t, predicted, z, beta):
    alpha = 1 - beta
    alpha_bar = np.cumprod(np.concatenate([[1.0], alpha]))[:-1]
    mean = (x - beta[t] / np.sqrt(1 - alpha_bar[t] + 1e-12) * predicted) / np.sqrt(alpha[t])
    return mean + np.sqrt(beta[t]) * z if t > 0 else mean
