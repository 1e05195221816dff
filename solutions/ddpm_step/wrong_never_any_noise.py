# fails: adds_noise_before_the_end, adds_noise_of_variance_beta, tiny_example
import numpy as np


def ddpm_step(x, t, predicted, z, beta):
    alpha = 1 - beta
    alpha_bar = np.cumprod(alpha)
    mean = (x - beta[t] / np.sqrt(1 - alpha_bar[t]) * predicted) / np.sqrt(alpha[t])
    return mean
