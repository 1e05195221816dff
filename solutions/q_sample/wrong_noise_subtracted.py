# fails: gives_each_image_its_time, mixes_image_and_noise, starts_at_index_0, tells_images_from_pixels, tiny_example, uses_the_noise_given
import numpy as np


def q_sample(x0, t, noise, alpha_bar):
    kept = alpha_bar[t].reshape(-1, 1, 1, 1)
    return np.sqrt(kept) * x0 - np.sqrt(1 - kept) * noise
