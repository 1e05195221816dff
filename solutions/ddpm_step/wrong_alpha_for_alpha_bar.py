# fails: adds_noise_before_the_end, finds_the_mean, tiny_example
import numpy as np


def ddpm_step(x, t, predicted, z, beta):
    alpha = 1 - beta
    alpha_bar = np.cumprod(alpha)
    mean = (x - beta[t] / np.sqrt(1 - alpha[t]) * predicted) / np.sqrt(alpha[t])
    return mean + np.sqrt(beta[t]) * z if t > 0 else mean
