def q_sample(x0, t, noise, alpha_bar):
    noisy = []
    for image, time, eps in zip(x0, t, noise):
        kept = alpha_bar[time]
        noisy.append(kept**0.5 * image + (1 - kept) ** 0.5 * eps)
    return noisy
