# fails: gives_each_image_its_time, tells_images_from_pixels
import numpy as np


def q_sample(x0, t, noise, alpha_bar):
    kept = alpha_bar[t[0]]
    return np.sqrt(kept) * x0 + np.sqrt(1 - kept) * noise
